//! Cutouts against the images that the network was trained on.

use super::scene::{cut, difference, sound};
use galaxy_grove::cutout::{Frame, Tone, correlation};
use hdf5_reader::{Hdf5File, SliceInfo, SliceInfoElem};
use std::path::PathBuf;

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn resembles_the_training_data() {
    let Some(data) = grove_test_support::shared("data") else {
        return;
    };
    let file = Hdf5File::open(data.join("train.hdf5")).unwrap();
    let ids = file.dataset("OBJID").unwrap().read_array::<i64>().unwrap();
    let images = file.dataset("img_1sigma").unwrap();
    let labels = std::fs::read_to_string(data.join("train_labels.csv")).unwrap();
    let (mut zoo, mut efigi) = (Vec::new(), Vec::new());
    let mut files: Vec<PathBuf> = std::fs::read_dir(data.join("pairs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for path in files {
        let id: i64 = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
        let picture = image::open(&path).unwrap().to_rgb8();
        let pixels = picture
            .pixels()
            .map(|p| (0.25 * f32::from(p.0[0]) + 0.5 * f32::from(p.0[1]) + 0.25 * f32::from(p.0[2])) / 255.0)
            .collect();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let done = cut(&Frame {
            width,
            height,
            pixels,
            tone: Tone::Stretched,
        });
        sound(&done);
        let row = ids.iter().position(|i| *i == id).unwrap() as u64;
        let mut part = SliceInfo::all(2);
        part.selections[0] = SliceInfoElem::Slice {
            start: row,
            end: row + 1,
            step: 1,
        };
        let truth: Vec<f32> = images.read_slice::<f32>(&part).unwrap().into_iter().collect();
        let line = labels.lines().find(|l| l.starts_with(&format!("{id},"))).unwrap();
        let half: f64 = line.rsplit(',').nth(1).unwrap().parse().unwrap();
        let off = (f64::from(done.square.unwrap().2) - half).abs();
        let one = (
            correlation(&done.image, &truth),
            difference(&done.image, &truth),
            off,
        );
        if id < 2_000_000_000_000 {
            &mut efigi
        } else {
            &mut zoo
        }
        .push(one);
    }
    for (name, all) in [("Galaxy Zoo", &zoo), ("EFIGI", &efigi)] {
        let least = all.iter().map(|o| o.0).fold(f64::INFINITY, f64::min);
        println!(
            "{name}: {} pairs, correlation median {:.4}, least {least:.4}, above 0.98 {}; mean difference median {:.4}; half side off by median {:.2}, mean {:.2} px",
            all.len(),
            median(all.iter().map(|o| o.0).collect()),
            all.iter().filter(|o| o.0 > 0.98).count(),
            median(all.iter().map(|o| o.1).collect()),
            median(all.iter().map(|o| o.2).collect()),
            all.iter().map(|o| o.2).sum::<f64>() / all.len() as f64,
        );
        assert!(median(all.iter().map(|o| o.0).collect()) > 0.998, "{name}");
        assert!(least > 0.90, "{name}: {least}");
    }
    assert_eq!((zoo.len(), efigi.len()), (40, 8));
    assert!(
        efigi.iter().all(|o| o.2 == 0.0),
        "EFIGI thumbnails are framed already: {efigi:?}"
    );
}

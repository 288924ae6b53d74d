//! A folder as users have it: sixty files of every kind, a third of them broken or foreign. Each has its verdict.

use crate::browser::Look;
use crate::journey::{fixture, open, open_files};
use anyhow::{Context as _, Result};
use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{self, Answers, Limits, Verdict};
use std::collections::BTreeMap;

use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(300);

/// Files that give galaxies, or say something about them.
const GOOD: [&str; 40] = [
    "intake/gray8.png",
    "intake/gray16.png",
    "formats/la8.png",
    "intake/rgba8.png",
    "intake/rgb.jpg",
    "intake/gray.jpg",
    "intake/turned.jpg",
    "intake/float.tif",
    "intake/flux.tif",
    "intake/f32.fits",
    "intake/i64.fits",
    "intake/multi.fits",
    "intake/chunked.hdf5",
    "formats/cmyk.jpg",
    "formats/progressive.jpg",
    "formats/rgb16.png",
    "formats/p4.png",
    "formats/film.gif",
    "formats/lossless.webp",
    "formats/lossy.webp",
    "formats/f64.tif",
    "formats/palette.tif",
    "formats/pages.tif",
    "formats/planar.tif",
    "formats/tiled.tif",
    "formats/grey.bmp",
    "formats/rgb.ppm",
    "formats/set.zip",
    "formats/nested.zip",
    "formats/flux.fits.bz2",
    "formats/table.csv",
    "fits/rice_i32.fits.gz",
    "fits/plio_i16.fits.gz",
    "fits/hcompress_i16_4_1.fits.gz",
    "fits/grz.fits.gz",
    "fits/wcs_cd.fits.gz",
    "fits/codes_b.fits.gz",
    "arrays/galaxy10.h5",
    "arrays/lzf.h5",
    "arrays/set.npz",
];

/// Files that cannot be used.
const BAD: [&str; 11] = [
    "intake/truncated.fits",
    "intake/text.png",
    "intake/empty.fits",
    "intake/no_sigma.hdf5",
    "intake/cut.jpg",
    "fits/headers_only.fits.gz",
    "formats/refused.avif",
    "formats/office.docx",
    "arrays/blosc.h5",
    "arrays/objects.npy",
    "arrays/no_rows.h5",
];

/// Foreign and damaged files that are made on the spot.
fn made() -> Result<Vec<(&'static str, Vec<u8>)>> {
    let half = |name: &str| -> Result<Vec<u8>> {
        let bytes = std::fs::read(fixture(name))?;
        Ok(bytes[..bytes.len() / 2].to_vec())
    };
    Ok(vec![
        ("half.png", half("intake/gray16.png")?),
        ("half.h5", half("intake/chunked.hdf5")?),
        ("half.zip", half("formats/set.zip")?),
        (
            "page.html",
            b"<!DOCTYPE html><html><body>404</body></html>".to_vec(),
        ),
        ("notes.txt", b"The galaxies are in the other folder.\n".to_vec()),
        ("paper.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n".to_vec()),
        ("film.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec()),
        ("tool.exe", b"MZ\x90\0\x03\0\0\0\x04\0\0\0".to_vec()),
        (
            "noise.dat",
            (0..4096_u32)
                .map(|at| (at * at * 31 / 7 % 251) as u8 | 0x80)
                .collect(),
        ),
    ])
}

/// A table in CSV, by its first column.
fn rows(text: &str) -> Result<BTreeMap<String, Vec<String>>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut rows = BTreeMap::new();
    for record in reader.records() {
        let fields: Vec<String> = record?.iter().map(str::to_owned).collect();
        rows.insert(fields[0].clone(), fields);
    }
    Ok(rows)
}

#[tokio::test]
async fn a_mixed_folder_of_sixty_files_gets_sixty_verdicts() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mix = folder.path().join("mix");
    std::fs::create_dir_all(mix.join("broken/deep"))?;
    let mut expected = BTreeMap::new();
    for (names, below, is_good) in [(&GOOD[..], "", true), (&BAD[..], "broken/", false)] {
        for name in names {
            let base = format!("{below}{}", name.rsplit('/').next().unwrap_or(name));
            std::fs::copy(fixture(name), mix.join(&base)).with_context(|| (*name).to_owned())?;
            expected.insert(format!("mix/{base}"), is_good);
        }
    }
    for (name, bytes) in made()? {
        std::fs::write(mix.join("broken/deep").join(name), bytes)?;
        expected.insert(format!("mix/broken/deep/{name}"), false);
    }
    assert_eq!(expected.len(), 60);
    assert!(expected.values().filter(|good| !**good).count() >= 20);

    let browser = open(Look::DESK, "cpu").await?;
    browser.drop_files("main", &[&mix]).await?;
    browser
        .wait_until("document.documentElement.dataset.stage === 'ready'", PATIENCE)
        .await?;
    browser.screenshot("mixed").await?;
    open_files(&browser).await?;
    // Tables are joined last.
    browser
        .wait_until(
            "![...document.querySelectorAll('.verdict .why')].some(of => of.textContent.includes('is joined to'))",
            PATIENCE,
        )
        .await?;
    browser.screenshot("mixed-files").await?;
    browser
        .eval("[...document.querySelectorAll('.sheet header button')].find(of => of.textContent === 'Save list').click();")
        .await?;
    let list = browser.wait_for_download("grove-files.csv", PATIENCE).await?;
    let listed = rows(&std::fs::read_to_string(list)?)?;

    for (name, is_good) in &expected {
        let row = listed
            .get(name)
            .with_context(|| format!("{name} has no verdict"))?;
        let (class, galaxies, words) = (&row[1], &row[2], row[3].to_lowercase());
        assert_eq!(class != "refused", *is_good, "{name}: {class}: {words}");
        if !is_good {
            assert_eq!(galaxies, "0", "{name}");
        }
        // The page and the command line say the same. (Archives, tables and codes go their own ways.)
        let bytes = std::fs::read(folder.path().join(name))?;
        let special = ["zip", "csv", "codes_b"].iter().any(|part| name.contains(part));
        if special {
            continue;
        }
        let report = intake::read(
            name,
            &bytes,
            &Recipe::default(),
            &Limits::default(),
            &Answers::default(),
        );
        assert_eq!(galaxies, &report.galaxies().len().to_string(), "{name}: {words}");
        let sentences = match &report.verdict() {
            Verdict::Accepted => vec![],
            Verdict::Remarked(remarks) => remarks.clone(),
            Verdict::Refused { reason, remedy } => vec![reason.clone(), remedy.clone()],
        };
        for sentence in sentences {
            let sentence = sentence.trim_end_matches('.').to_lowercase();
            assert!(
                words.contains(&sentence),
                "{name}: `{sentence}` is not in `{words}`"
            );
        }
    }
    // Members of archives have verdicts of their own; the table found its galaxies; codes were grouped.
    let inside = listed
        .keys()
        .filter(|name| name.starts_with("mix/set.zip/"))
        .count();
    assert!(inside >= 2, "{inside} members of set.zip");
    assert!(
        listed["mix/table.csv"][3].contains("have a row in it"),
        "{:?}",
        listed["mix/table.csv"]
    );
    assert!(
        listed["mix/codes_b.fits.gz"][2] != "0",
        "{:?}",
        listed["mix/codes_b.fits.gz"]
    );
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}

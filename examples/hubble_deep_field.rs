//! Cuts galaxies out of the Hubble Deep Field, for the page's second demo.
//!
//! ```text
//! cargo run --example hubble_deep_field -- hubble_deep_field.jpg www/demo/hubble-deep-field.safetensors
//! ```
//!
//! The picture is the one that PyPI's scikit-image ships in `skimage/data` (1000 x 872, NASA / STScI, public domain).
//! Every choice is a rule, none is made by hand: see `Limits`. The same picture gives the same bytes.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use galaxy_grove::cutout::{PIXELS, SIDE};
use image::imageops::{FilterType, crop_imm, resize};
use image::{ImageBuffer, Luma};

type Picture = ImageBuffer<Luma<f32>, Vec<f32>>;

/// What counts as a galaxy worth showing.
struct Limits {
    /// A source is what lies this many sigma above the sky after smoothing.
    threshold: f32,
    /// A peak stands for a source of its own when the saddle towards its brighter neighbour lies under this share of
    /// its height; else it is a knot of that neighbour.
    saddle: f32,
    /// Smallest half side of the square around a source, in pixels: below, there is no shape to see.
    half_side: f32,
    /// Smallest number of pixels of a source.
    area: usize,
    /// Smallest height of the peak above the sky, in sigma.
    peak: f32,
    /// Bright stars have eight spikes in this picture: a source is a star when the eighth harmonic around its centre
    /// has at least this share of the light and outdoes all lower ones.
    spikes: f64,
    /// Largest share of the square's light that may belong to other sources.
    crowd: f32,
}

const LIMITS: Limits = Limits {
    threshold: 3.0,
    saddle: 0.62,
    half_side: 5.5,
    area: 40,
    peak: 10.0,
    spikes: 0.06,
    crowd: 0.18,
};

/// One connected, deblended source.
struct Source {
    pixels: Vec<usize>,
    peak: f32,
    flux: f32,
    centre: (f32, f32),
    half_side: f32,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(output)) = (arguments.next(), arguments.next()) else {
        bail!("usage: hubble_deep_field IN.jpg OUT.safetensors");
    };
    let picture = image::open(&input).with_context(|| format!("cannot read the picture {input}"))?;
    let picture = mono(&picture.to_rgb8());
    let (width, height) = picture.dimensions();
    let (sky, sigma) = sky_of(picture.as_raw());
    println!("{width} x {height}, sky {sky:.4}, sigma {sigma:.4}");

    let smooth = smoothed(&picture);
    let floor = sky + LIMITS.threshold * sigma;
    let (owner, sources) = find(&smooth, sky, floor);
    println!("{} sources above {floor:.4}", sources.len());

    let mut kept: Vec<&Source> = Vec::new();
    let mut dropped: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, source) in sources.iter().enumerate() {
        match refusal(source, number, &owner, &smooth, sky, sigma) {
            Some(reason) => {
                if reason == "a star" {
                    println!("a star at {:.0}, {:.0}", source.centre.0, source.centre.1);
                }
                *dropped.entry(reason).or_default() += 1;
            }
            None => kept.push(source),
        }
    }
    println!("{} kept; dropped: {dropped:?}", kept.len());
    kept.sort_by(|a, b| b.flux.total_cmp(&a.flux));

    let mut names = Vec::new();
    let (mut raw, mut cleared) = (Vec::new(), Vec::new());
    for (index, source) in kept.iter().enumerate() {
        let (x, y) = source.centre;
        names.push(format!("HDF {} (x={x:.0}, y={y:.0})", index + 1));
        let (before, after) = cutout(&picture, source, sky, sigma);
        raw.extend(before);
        cleared.extend(after);
    }
    let bytes = bundle(&names, &raw, &cleared)?;
    std::fs::write(&output, &bytes).with_context(|| format!("cannot write {output}"))?;
    println!("{output}: {} galaxies, {} bytes", names.len(), bytes.len());
    Ok(())
}

/// 0.25 R + 0.5 G + 0.25 B, from 0 to 1: the mono of the preparation.
fn mono(picture: &image::RgbImage) -> Picture {
    let (width, height) = picture.dimensions();
    Picture::from_fn(width, height, |x, y| {
        let [r, g, b] = picture.get_pixel(x, y).0.map(f32::from);
        Luma([(0.25 * r + 0.5 * g + 0.25 * b) / 255.0])
    })
}

/// Median and standard deviation of the sky by clipping at 3 sigma.
fn sky_of(values: &[f32]) -> (f32, f32) {
    let mut values = values.to_vec();
    values.sort_by(f32::total_cmp);
    let (mut sky, mut sigma) = (0.0, 0.0);
    for _ in 0..10 {
        sky = values[values.len() / 2];
        let squares: f64 = values
            .iter()
            .map(|v| f64::from(v - sky) * f64::from(v - sky))
            .sum();
        sigma = (squares / values.len() as f64).sqrt() as f32;
        values.retain(|v| (v - sky).abs() <= 3.0 * sigma);
    }
    (sky, sigma)
}

/// The picture blurred with a Gaussian of one pixel, to find sources by.
fn smoothed(picture: &Picture) -> Picture {
    let (width, height) = picture.dimensions();
    let weights = [
        (-2_i64, 0.054_f32),
        (-1, 0.244),
        (0, 0.404),
        (1, 0.244),
        (2, 0.054),
    ];
    let pass = |source: &Picture, along_x: bool| {
        Picture::from_fn(width, height, |x, y| {
            let sum = weights.iter().map(|&(step, weight)| {
                let (dx, dy) = if along_x { (step, 0) } else { (0, step) };
                let x = (i64::from(x) + dx).clamp(0, i64::from(width) - 1) as u32;
                let y = (i64::from(y) + dy).clamp(0, i64::from(height) - 1) as u32;
                weight * source.get_pixel(x, y).0[0]
            });
            Luma([sum.sum()])
        })
    };
    pass(&pass(picture, true), false)
}

const NOBODY: usize = usize::MAX;

/// Floods the picture from the brightest pixel down to `floor`. A pixel joins the source it touches; where two sources
/// meet they become one unless the fainter stands out (see [`Limits::saddle`]). Returns the owner of each pixel and the
/// sources.
fn find(picture: &Picture, sky: f32, floor: f32) -> (Vec<usize>, Vec<Source>) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let values = picture.as_raw();
    let mut order: Vec<usize> = (0..values.len()).filter(|&p| values[p] > floor).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));

    let mut owner = vec![NOBODY; values.len()];
    // For each source: the source it was merged into (or itself), its peak, its size.
    let (mut into, mut peak, mut size): (Vec<usize>, Vec<f32>, Vec<usize>) = Default::default();
    fn root(into: &[usize], mut source: usize) -> usize {
        while into[source] != source {
            source = into[source];
        }
        source
    }
    for pixel in order {
        let (x, y) = (pixel % width, pixel / width);
        let mut touched: Vec<usize> = Vec::new();
        for ny in y.saturating_sub(1)..=(y + 1).min(height - 1) {
            for nx in x.saturating_sub(1)..=(x + 1).min(width - 1) {
                let other = owner[ny * width + nx];
                if other != NOBODY {
                    touched.push(root(&into, other));
                }
            }
        }
        // Sources are numbered by falling peak, so the smallest number is the brightest.
        touched.sort_unstable();
        touched.dedup();
        let Some(&first) = touched.first() else {
            owner[pixel] = into.len();
            into.push(into.len());
            peak.push(values[pixel] - sky);
            size.push(1);
            continue;
        };
        for &other in &touched[1..] {
            let saddle = (values[pixel] - sky) / peak[other];
            if saddle > LIMITS.saddle || size[other] < 6 {
                into[other] = first;
                size[first] += size[other];
            }
        }
        owner[pixel] = first;
        size[first] += 1;
    }

    for value in owner.iter_mut().filter(|value| **value != NOBODY) {
        *value = root(&into, *value);
    }
    let mut number = BTreeMap::new();
    let mut sources: Vec<Source> = Vec::new();
    for (pixel, value) in owner
        .iter_mut()
        .enumerate()
        .filter(|(_, value)| **value != NOBODY)
    {
        let index = *number.entry(*value).or_insert_with(|| {
            let empty = Source {
                pixels: Vec::new(),
                peak: 0.0,
                flux: 0.0,
                centre: (0.0, 0.0),
                half_side: 0.0,
            };
            sources.push(empty);
            sources.len() - 1
        });
        *value = index;
        let (source, light) = (&mut sources[index], values[pixel] - sky);
        source.pixels.push(pixel);
        source.peak = source.peak.max(light);
        source.flux += light;
        source.centre.0 += light * (pixel % width) as f32;
        source.centre.1 += light * (pixel / width) as f32;
    }
    for source in &mut sources {
        let (x, y) = (source.centre.0 / source.flux, source.centre.1 / source.flux);
        source.centre = (x, y);
        let mut reach: Vec<f32> = source
            .pixels
            .iter()
            .map(|p| ((p % width) as f32 - x).abs().max(((p / width) as f32 - y).abs()) + 0.5)
            .collect();
        reach.sort_by(f32::total_cmp);
        // As the preparation does: 1.1 times the 98th percentile of the pixels' Chebyshev distance.
        source.half_side = 1.1 * reach[(reach.len() - 1) * 98 / 100];
    }
    (owner, sources)
}

/// Why a source is not shown, or `None`.
fn refusal(
    source: &Source,
    number: usize,
    owner: &[usize],
    smooth: &Picture,
    sky: f32,
    sigma: f32,
) -> Option<&'static str> {
    let (width, height) = (smooth.width() as f32, smooth.height() as f32);
    let values = smooth.as_raw();
    if source.half_side < LIMITS.half_side || source.pixels.len() < LIMITS.area {
        return Some("too small");
    }
    if source.peak < LIMITS.peak * sigma {
        return Some("too faint");
    }
    let ((x, y), half) = (source.centre, source.half_side);
    if x - half < 0.0 || y - half < 0.0 || x + half > width - 1.0 || y + half > height - 1.0 {
        return Some("at the edge");
    }
    if has_spikes(source, smooth, sky) {
        return Some("a star");
    }
    let mut others = 0.0;
    for row in (y - half) as usize..=(y + half) as usize {
        for column in (x - half) as usize..=(x + half) as usize {
            let pixel = row * width as usize + column;
            if owner[pixel] != NOBODY && owner[pixel] != number {
                others += values[pixel] - sky;
            }
        }
    }
    (others > LIMITS.crowd * (others + source.flux)).then_some("crowded")
}

/// Whether light is spread around the source as around a star (see [`Limits::spikes`]).
fn has_spikes(source: &Source, smooth: &Picture, sky: f32) -> bool {
    let width = smooth.width() as usize;
    let values = smooth.as_raw();
    // Around the middle of the bright core: the centroid of all pixels follows neighbours.
    let core: Vec<usize> = source
        .pixels
        .iter()
        .copied()
        .filter(|&p| values[p] - sky > 0.8 * source.peak)
        .collect();
    let mean = |of: fn(usize, usize) -> usize| {
        core.iter().map(|&p| of(p, width) as f64).sum::<f64>() / core.len().max(1) as f64
    };
    let (x, y) = (mean(|p, w| p % w), mean(|p, w| p / w));
    let half = f64::from(source.half_side);

    // Light by distance in pixels, so that only what changes along a circle remains.
    let mut rings = vec![(0.0_f64, 0_usize); half as usize + 2];
    let mut samples = Vec::new();
    for row in (y - half).max(0.0) as usize..=(y + half) as usize {
        for column in (x - half).max(0.0) as usize..=(x + half) as usize {
            let (dx, dy) = (column as f64 - x, row as f64 - y);
            let r = dx.hypot(dy);
            let Some(&value) = values.get(row * width + column) else {
                continue;
            };
            if (0.38 * half..0.88 * half).contains(&r) {
                let light = f64::from(value - sky);
                rings[r as usize].0 += light;
                rings[r as usize].1 += 1;
                samples.push((r as usize, dy.atan2(dx), light));
            }
        }
    }
    let total: f64 = samples.iter().map(|sample| sample.2).sum();
    let harmonic = |order: f64| {
        let (mut cos, mut sin) = (0.0, 0.0);
        for &(ring, angle, light) in &samples {
            let (sum, count) = rings[ring];
            let excess = light - sum / count.max(1) as f64;
            cos += excess * (order * angle).cos();
            sin += excess * (order * angle).sin();
        }
        cos.hypot(sin) / total
    };
    let eighth = harmonic(8.0);
    eighth > LIMITS.spikes && (1..8).all(|order| harmonic(f64::from(order)) < eighth)
}

/// The square around a source as a cutout, before and after the sky is cleared, in 256 steps.
fn cutout(picture: &Picture, source: &Source, sky: f32, sigma: f32) -> (Vec<u8>, Vec<u8>) {
    let ((x, y), half) = (source.centre, source.half_side);
    // The sky keeps a little light, as in the pictures that the network was trained on.
    let pedestal = sigma;
    let left = (x - half).round().max(0.0) as u32;
    let top = (y - half).round().max(0.0) as u32;
    let side = (2.0 * half).round() as u32 + 1;
    let square = crop_imm(picture, left, top, side, side).to_image();
    let stamp = resize(&square, SIDE as u32, SIDE as u32, FilterType::CatmullRom);
    let values: Vec<f32> = stamp
        .as_raw()
        .iter()
        .map(|v| (v - sky + pedestal).max(0.0))
        .collect();
    let most = values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let floor = (pedestal + sigma) / most;
    let steps = |v: f32| (v * 255.0).round() as u8;
    let raw = values.iter().map(|v| steps(v / most)).collect();
    let image = values
        .iter()
        .map(|v| if v / most < floor { 0 } else { steps(v / most) })
        .collect();
    (raw, image)
}

/// The bundle's bytes. The header is written here, in sorted order, because the crate's own writer keeps metadata in a
/// hash map: the file would differ from run to run.
fn bundle(names: &[String], raw: &[u8], image: &[u8]) -> Result<Vec<u8>> {
    let n = names.len();
    let ids: Vec<u8> = (1..=n as i64).flat_map(i64::to_le_bytes).collect();
    let mut header = serde_json::Map::new();
    header.insert(
        "__metadata__".into(),
        serde_json::json!({
            "credit": "NASA / STScI, Hubble Deep Field (public domain), image as shipped by scikit-image",
            "format": "galaxy-grove bundle",
            "names": serde_json::to_string(names)?,
            "source": "hubble_deep_field.jpg",
            "title": "Hubble Deep Field",
            "version": "1",
        }),
    );
    let mut data = Vec::new();
    for (name, dtype, shape, bytes) in [
        ("id", "I64", vec![n], ids.as_slice()),
        ("image", "U8", vec![n, SIDE, SIDE], image),
        ("raw", "U8", vec![n, SIDE, SIDE], raw),
    ] {
        let offsets = [data.len(), data.len() + bytes.len()];
        header.insert(
            name.into(),
            serde_json::json!({ "dtype": dtype, "shape": shape, "data_offsets": offsets }),
        );
        data.extend_from_slice(bytes);
    }
    let mut head = serde_json::to_vec(&header)?;
    head.resize(head.len().next_multiple_of(8), b' ');
    let mut file = (head.len() as u64).to_le_bytes().to_vec();
    file.extend(head);
    file.extend(data);
    // What was written must be what others read.
    let read = safetensors::SafeTensors::deserialize(&file)?;
    if read.tensor("raw")?.data().len() != n * PIXELS {
        bail!("the bundle does not read back");
    }
    Ok(file)
}

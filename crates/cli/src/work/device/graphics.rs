//! A graphics processor: tested before it is trusted, and given as many galaxies at once as suit it.

use super::flag::ON_PROCESSOR;
use anyhow::{Context as _, bail};
use galaxy_grove::checkpoint::Weights;
use galaxy_grove::cutout::simulate::simulate;
use galaxy_grove::cutout::{CODES, PIXELS};
use galaxy_grove::shape::ShapeModel;
use grove_model::device::Graphics;
use grove_model::queue::DeviceQueue;
use grove_model::{Assignment, Extractor, ShapeExtractor, device, load};
use pollster::block_on;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A margin below this could be decided by rounding: ten times what devices differ by (1e-5 on an NVIDIA H200, 3e-5 on SwiftShader). The margins of a device must lie closer than half of it to the processor's.
const CLOSE: f32 = 3e-4;

/// Galaxies of the known-answer test.
const KNOWN: usize = 32;

/// Numbers of galaxies that are tried together.
const TRIED: [usize; 3] = [64, 256, 512];

/// A device that takes longer than this for one batch is not given a larger one.
const LONG: Duration = Duration::from_secs(2);

const OTHERWISE: &str = "use --device processor";

/// Opens the graphics processor.
///
/// # Errors
/// When there is none.
pub fn open() -> anyhow::Result<Graphics> {
    let opened = device::graphics()
        .map_err(|error| anyhow::anyhow!("no graphics processor can be used ({error}): {OTHERWISE}"))?;
    if opened.is_software {
        eprintln!(
            "warning: {} is no graphics processor but a program on the processor that behaves like one: it is slow",
            opened.name
        );
    }
    Ok(opened)
}

/// The recipe `shape`: whole numbers, which every device computes alike, or wrongly.
///
/// # Errors
/// When there is no such device, or its codes are wrong.
pub fn shape(model: &ShapeModel) -> anyhow::Result<(ShapeExtractor, usize)> {
    let opened = open()?;
    let extractor = ShapeExtractor::queued(model, opened.device, DeviceQueue::start()?);
    let images = simulate(1, KNOWN).image;
    let failed = || format!("{} cannot be used: {OTHERWISE}", opened.name);
    let found = block_on(extractor.place(&images)).with_context(failed)?;
    if found != block_on(ShapeExtractor::on_processor(model).place(&images))? {
        bail!("{} gives wrong codes: {OTHERWISE}", opened.name);
    }
    eprintln!("{}: the codes of {KNOWN} test galaxies are right", opened.name);
    Ok((extractor, KNOWN))
}

/// The recipe `reference`, its twin on the processor, and how many galaxies it takes together.
///
/// # Errors
/// When there is no such device, its codes are wrong, or its arithmetic is too coarse.
pub fn reference(weights: &Weights, processor: Extractor) -> anyhow::Result<(Extractor, Twin, usize)> {
    let opened = open()?;
    let name = &opened.name;
    let (network, codebook) = load(weights, &opened.device)?;
    let extractor = Extractor::queued(network, codebook, opened.device.clone(), DeviceQueue::start()?);
    let twin = Twin {
        processor,
        seen: AtomicUsize::new(0),
        again: AtomicUsize::new(0),
        name: name.clone(),
    };
    let images = simulate(1, KNOWN).image;
    let failed = || format!("{name} cannot be used: {OTHERWISE}");
    let found = block_on(extractor.extract(&images)).with_context(failed)?;
    twin.test(&images, found)?;
    let (together, rate) = fastest(&extractor, &images).with_context(failed)?;
    let by_processor = rate_of_processor(&twin.processor, &images)?;
    eprintln!(
        "{name}: the codes of {KNOWN} test galaxies are right; {together} galaxies together, about {rate:.0} a second (the processor: {by_processor:.0})"
    );
    if by_processor > rate {
        eprintln!("note: this machine's processor is faster: {OTHERWISE}");
    }
    Ok((extractor, twin, together))
}

/// How many galaxies are best encoded together, and how many a second that makes. The first of two runs compiles and tunes kernels.
fn fastest(extractor: &Extractor, images: &[f32]) -> anyhow::Result<(usize, f64)> {
    let mut best = (KNOWN, 0.0);
    for together in TRIED {
        let batch = images.repeat(together / KNOWN);
        block_on(extractor.encode(&batch))?;
        let begun = Instant::now();
        // Several at once, as later.
        const AT_ONCE: usize = 4;
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..AT_ONCE)
                .map(|_| scope.spawn(|| block_on(extractor.encode(&batch)).map(drop)))
                .collect();
            threads.into_iter().try_for_each(|thread| match thread.join() {
                Ok(encoded) => encoded,
                Err(_) => Err(grove_model::ExtractError::Device("a thread ended".to_owned())),
            })
        })?;
        let took = begun.elapsed();
        let rate = (AT_ONCE * together) as f64 / took.as_secs_f64();
        if rate > best.1 {
            best = (together, rate);
        }
        if took > LONG * AT_ONCE as u32 {
            break;
        }
    }
    Ok(best)
}

fn rate_of_processor(processor: &Extractor, images: &[f32]) -> anyhow::Result<f64> {
    let images = images.repeat(rayon::current_num_threads());
    let run = || {
        images
            .par_chunks(ON_PROCESSOR * PIXELS)
            .try_for_each(|part| block_on(processor.encode(part)).map(drop))
    };
    run()?;
    let begun = Instant::now();
    run()?;
    Ok((images.len() / PIXELS) as f64 / begun.elapsed().as_secs_f64())
}

/// The processor, which decides what a graphics processor's rounding must not decide.
pub struct Twin {
    processor: Extractor,
    seen: AtomicUsize,
    again: AtomicUsize,
    name: String,
}

impl Twin {
    /// Holds a device's answer to the processor's.
    fn test(&self, images: &[f32], found: Assignment) -> anyhow::Result<()> {
        let right = block_on(self.processor.extract(images))?;
        let name = &self.name;
        let moved = right.margins.iter().zip(&found.margins);
        let moved = moved.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        let wrong = right.codes.iter().zip(&found.codes).zip(&found.margins);
        let wrong = wrong
            .filter(|((a, b), margin)| a != b && **margin >= CLOSE)
            .count();
        if wrong > 0 {
            bail!(
                "{name} gives wrong codes ({wrong} of {}): {OTHERWISE}",
                right.codes.len()
            );
        }
        if moved >= CLOSE / 2.0 {
            bail!("{name} computes too coarsely (distances to codes differ by {moved:e}): {OTHERWISE}");
        }
        Ok(())
    }

    /// The codes of a device, and the processor's where one of a galaxy's codes is close to another.
    pub fn settle(&self, images: &[f32], found: Assignment) -> anyhow::Result<Vec<u8>> {
        let mut codes = found.codes;
        let grids = codes
            .chunks_exact_mut(CODES)
            .zip(found.margins.chunks_exact(CODES));
        let close: Vec<_> = grids
            .zip(images.chunks_exact(PIXELS))
            .filter(|((_, margins), _)| margins.iter().any(|margin| *margin < CLOSE))
            .collect();
        self.seen.fetch_add(images.len() / PIXELS, Ordering::Relaxed);
        self.again.fetch_add(close.len(), Ordering::Relaxed);
        close.into_par_iter().try_for_each(|((codes, _), image)| {
            codes.copy_from_slice(&block_on(self.processor.extract(image))?.codes);
            anyhow::Ok(())
        })?;
        Ok(codes)
    }

    /// What ran where.
    pub fn account(&self) -> String {
        let (seen, again) = (
            self.seen.load(Ordering::Relaxed),
            self.again.load(Ordering::Relaxed),
        );
        format!(
            "{seen} galaxies on {}; {again} of them on the processor too, because two codes were almost equally near",
            self.name
        )
    }
}

//! From galaxies to codes: what `grove extract` and `grove reconstruct` share.

use crate::inputs::batch::Batch;
use crate::inputs::stream::{Stream, Tally};
use crate::work::stop::stopped_by_user;
use anyhow::{Context as _, bail};
use galaxy_grove::cutout::PIXELS;
use grove_model::Extractor;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

/// Galaxies that one task encodes: enough to fill the matrix kernels, few enough to share out.
const CHUNK: usize = 16;

/// Encodes a stream on all cores, with a progress bar; reading goes on meanwhile. `take` gets galaxies and codes in the
/// order of the input.
///
/// # Errors
/// What reading, the network or `take` said; also when the user stops it.
pub fn encode_all(
    extractor: &Extractor,
    stream: Stream,
    take: &mut dyn FnMut(Batch, Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<Tally> {
    let work = |images: &[f32]| Ok(pollster::block_on(extractor.extract(images))?.codes);
    encode_with(&work, stream, &mut |batch, parts| take(batch, parts.concat()))
}

/// Runs `work` on the images of a stream, some galaxies at a time and on all cores; `take` gets the galaxies of a batch and what
/// `work` gave for its parts, in the order of the input.
///
/// # Errors
/// As [`encode_all`].
pub fn encode_with<T: Send>(
    work: &(dyn Fn(&[f32]) -> anyhow::Result<T> + Sync),
    stream: Stream,
    take: &mut dyn FnMut(Batch, Vec<T>) -> anyhow::Result<()>,
) -> anyhow::Result<Tally> {
    let stop = stopped_by_user("stopping; nothing will be written")?;
    let bar = progress_bar(&stream)?;
    let (sender, receiver) = sync_channel::<Batch>(1);
    let tally = std::thread::scope(|scope| {
        let reader =
            scope.spawn(move || stream.read(&mut |batch| sender.send(batch).context("the encoder stopped")));
        let encoded = encode_batches(work, &receiver, &stop, &bar, take);
        // A reader that waits to hand over a batch must see that nobody takes it.
        drop(receiver);
        let read = reader.join().unwrap_or_else(|_| {
            Err(anyhow::anyhow!(
                "reading the input failed: this is a bug in grove; please report it"
            ))
        });
        encoded.and(read)
    });
    bar.finish_and_clear();
    tally
}

/// A bar that counts the galaxies of a stream.
///
/// # Errors
/// None: the template is sound.
pub fn progress_bar(stream: &Stream) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} galaxies, {per_sec}, {eta} left")?;
    Ok(ProgressBar::new(stream.expected() as u64).with_style(style))
}

fn encode_batches<T: Send>(
    work: &(dyn Fn(&[f32]) -> anyhow::Result<T> + Sync),
    batches: &Receiver<Batch>,
    stop: &AtomicBool,
    bar: &ProgressBar,
    take: &mut dyn FnMut(Batch, Vec<T>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for batch in batches {
        if stop.load(Ordering::Relaxed) {
            bail!("stopped; nothing was written");
        }
        let parts: Vec<T> = batch
            .images
            .par_chunks(CHUNK * PIXELS)
            .map(work)
            .collect::<anyhow::Result<_>>()?;
        bar.inc(batch.ids.len() as u64);
        take(batch, parts)?;
    }
    Ok(())
}

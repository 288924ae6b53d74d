//! From galaxies to codes: what `grove extract` and `grove reconstruct` share.

use crate::inputs::batch::Batch;
use crate::inputs::stream::{Stream, Tally};
use crate::work::device::Reference;
use crate::work::stop::stopped_by_user;
use anyhow::{Context as _, bail};
use galaxy_grove::cutout::PIXELS;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel, sync_channel};

/// Batches of the input that are encoded while the one before them is written, at most.
const AHEAD: usize = 16;

/// Encodes a stream on all cores, with a progress bar; reading goes on meanwhile. `take` gets galaxies and codes in the
/// order of the input.
///
/// # Errors
/// What reading, the network or `take` said; also when the user stops it.
pub fn encode_all(
    model: &Reference,
    stream: Stream,
    take: &mut dyn FnMut(Batch, Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<Tally> {
    let work = |images: &[f32]| model.codes(images);
    let take = &mut |batch, parts: Vec<Vec<u8>>| take(batch, parts.concat());
    let tally = encode_with(&work, model.together, stream, take)?;
    if let Some(account) = model.account() {
        eprintln!("{account}");
    }
    Ok(tally)
}

/// Runs `work` on the images of a stream, `together` galaxies at a time and on all cores; `take` gets the galaxies of a batch and what
/// `work` gave for its parts, in the order of the input.
///
/// # Errors
/// As [`encode_all`].
pub fn encode_with<T: Send>(
    work: &(dyn Fn(&[f32]) -> anyhow::Result<T> + Sync),
    together: usize,
    stream: Stream,
    take: &mut dyn FnMut(Batch, Vec<T>) -> anyhow::Result<()>,
) -> anyhow::Result<Tally> {
    let stop = stopped_by_user("stopping; nothing will be written")?;
    let bar = progress_bar(&stream)?;
    let (sender, receiver) = sync_channel::<Batch>(1);
    let tally = std::thread::scope(|scope| {
        let reader =
            scope.spawn(move || stream.read(&mut |batch| sender.send(batch).context("the encoder stopped")));
        let encoded = encode_batches(work, together, &receiver, &stop, &bar, take);
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

/// A batch that is being encoded.
type Begun<T> = Receiver<anyhow::Result<(Batch, Vec<T>)>>;

fn encode_batches<T: Send>(
    work: &(dyn Fn(&[f32]) -> anyhow::Result<T> + Sync),
    together: usize,
    batches: &Receiver<Batch>,
    stop: &AtomicBool,
    bar: &ProgressBar,
    take: &mut dyn FnMut(Batch, Vec<T>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let ahead = rayon::current_num_threads().min(AHEAD);
    let mut take_first = |begun: &mut VecDeque<Begun<T>>| match begun.pop_front() {
        None => Ok(()),
        Some(waiting) => {
            let (batch, parts) = waiting.recv().context("the encoder ended early")??;
            bar.inc(batch.ids.len() as u64);
            take(batch, parts)
        }
    };
    rayon::in_place_scope(|scope| {
        let mut begun = VecDeque::with_capacity(ahead + 1);
        for batch in batches {
            if stop.load(Ordering::Relaxed) {
                bail!("stopped; nothing was written");
            }
            let (done, waiting) = channel();
            begun.push_back(waiting);
            scope.spawn(move |_| {
                let parts = batch.images.par_chunks(together * PIXELS).map(work);
                let parts: anyhow::Result<Vec<T>> = parts.collect();
                // Whoever waits is gone only after an error.
                let _ = done.send(parts.map(|parts| (batch, parts)));
            });
            if begun.len() > ahead {
                take_first(&mut begun)?;
            }
        }
        while !begun.is_empty() {
            if stop.load(Ordering::Relaxed) {
                bail!("stopped; nothing was written");
            }
            take_first(&mut begun)?;
        }
        Ok(())
    })
}

//! One request after another.

use super::answer::{Answer, failure};
use super::outbox::{now_and_then, post};
use super::{cutouts, reference, shape, speed, startup, study};
use galaxy_grove::cutout::CODES;
use galaxy_grove::grouping::{self, Linked};
use galaxy_grove::page_model::protocol::{Report, Request, TimedWork};
use grove_browser::{Buffer, Envelope};

/// Answers one request.
pub async fn handle(envelope: Envelope<Request>) {
    let answer = match envelope.head.clone() {
        Request::Start {
            manifest_url,
            version,
            timed,
        } => return startup::start(&manifest_url, &version, timed).await,
        // The loop before this one forwards them.
        Request::Read { .. } | Request::Join { .. } | Request::Fetch { .. } => Err(Report::Failed {
            reason: "this program reads no files".to_owned(),
        }),
        Request::Simulate {
            file,
            seed,
            first,
            count,
        } => Ok(cutouts::simulate(file, seed, first, count)),
        Request::Encode { first } => encode(first, envelope).await,
        Request::Place { first } => place(first, envelope).await,
        Request::BuildTree { method } => linkage(method, envelope),
        Request::BuildVectorTree { width } => vector_tree(width, envelope),
        Request::Measure { tree, first } => study::measure(tree, first, envelope),
        Request::TestSteadiness {
            tree,
            width,
            cut,
            groups,
            linkage,
        } => study::steadiness((tree, width), cut, groups, linkage, envelope),
        Request::MeasureQuality {
            tree,
            width,
            ref groups,
        } => study::quality((tree, width), groups, envelope),
        Request::MakeMap { tree, width } => study::map((tree, width), envelope),
        Request::Reconstruct { row } => reconstruct(row, envelope).await,
        Request::ReconstructMany { first } => reconstruct_many(first, envelope).await,
        Request::Inspect => inspect(envelope).await,
        Request::UseModel => startup::use_model(envelope).await,
    };
    post(answer.unwrap_or_else(Envelope::new));
}

/// Tells the page how far a tree is, now and then.
fn merges_done() -> impl FnMut(usize, usize) {
    now_and_then(|done, total| Report::BuildingTree { done, total })
}

fn linkage(method: grouping::Method, mut envelope: Envelope<Request>) -> Answer {
    let [codes] = envelope.take();
    built(grouping::linked(
        &codes.into_u8(),
        CODES,
        method,
        Some(&mut merges_done()),
    ))
}

fn vector_tree(width: u32, mut envelope: Envelope<Request>) -> Answer {
    let [vectors] = envelope.take();
    let tree = grouping::ward_vectors(&vectors.into_f64(), width as usize, Some(&mut merges_done()));
    built(tree.map(|tree| Linked { tree, inversions: 0 }))
}

fn built(linked: Result<Linked, grouping::GroupingError>) -> Answer {
    let Linked { tree, inversions } = linked.map_err(|error| Report::Failed {
        reason: error.to_string(),
    })?;
    let merges = tree.merges();
    let buffers = vec![
        Buffer::U32(merges.iter().map(|merge| merge.a as u32).collect()),
        Buffer::U32(merges.iter().map(|merge| merge.b as u32).collect()),
        Buffer::F64(merges.iter().map(|merge| merge.height).collect()),
    ];
    Ok(Envelope::with(
        Report::TreeBuilt {
            leaves: tree.leaves() as u32,
            inversions: inversions as u32,
        },
        buffers,
    ))
}

async fn encode(first: u32, mut envelope: Envelope<Request>) -> Answer {
    let [images] = envelope.take();
    let extractor = reference::model().await?;
    let (images, begun) = (images.into_f32(), js_sys::Date::now());
    let found = extractor
        .extract(&images)
        .await
        .map_err(|error| failure(&error))?;
    speed::report(TimedWork::Encode, images.len(), begun);
    Ok(Envelope::with(
        Report::Encoded { first },
        vec![Buffer::U8(found.codes), Buffer::F32(found.margins)],
    ))
}

async fn place(first: u32, mut envelope: Envelope<Request>) -> Answer {
    let [images] = envelope.take();
    let extractor = shape::model().await?;
    let (images, begun) = (images.into_f32(), js_sys::Date::now());
    let found = extractor.place(&images).await.map_err(|error| failure(&error))?;
    speed::report(TimedWork::Place, images.len(), begun);
    let space = extractor.space();
    let unlike = found
        .iter()
        .map(|(_, placed)| space.unusual(&placed.unlike))
        .collect();
    let vectors = found.into_iter().flat_map(|(_, placed)| placed.vector).collect();
    Ok(Envelope::with(
        Report::Placed { first },
        vec![Buffer::F64(vectors), Buffer::F64(unlike)],
    ))
}

async fn reconstruct(row: u32, envelope: Envelope<Request>) -> Answer {
    let image = painted(envelope).await?;
    Ok(Envelope::with(Report::Reconstructed { row }, vec![image]))
}

async fn reconstruct_many(first: u32, envelope: Envelope<Request>) -> Answer {
    let images = painted(envelope).await.map_err(|report| match report {
        Report::Failed { reason } => Report::NotReconstructed {
            reason: format!(
                "The codes are those of another model, so their galaxies have no pictures ({reason})"
            ),
        },
        other => other,
    })?;
    Ok(Envelope::with(Report::ReconstructedMany { first }, vec![images]))
}

/// The reconstruction from the request's codes.
async fn painted(mut envelope: Envelope<Request>) -> Result<Buffer, Report> {
    let [codes] = envelope.take();
    let extractor = reference::model().await?;
    let images = extractor.reconstruct(&codes.into_u8()).await;
    images.map(Buffer::F32).map_err(|error| failure(&error))
}

async fn inspect(mut envelope: Envelope<Request>) -> Answer {
    let [images] = envelope.take();
    let extractor = reference::model().await?;
    let z = extractor
        .encode(&images.into_f32())
        .await
        .map_err(|error| failure(&error))?;
    let found = extractor.codebook().assign(&z);
    let painted = extractor
        .reconstruct(&found.codes)
        .await
        .map_err(|error| failure(&error))?;
    let buffers = vec![
        Buffer::F32(z),
        Buffer::U8(found.codes),
        Buffer::F32(found.margins),
        Buffer::F32(painted),
    ];
    Ok(Envelope::with(Report::Inspected, buffers))
}

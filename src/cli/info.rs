//! `grove info`: what a file holds.

use std::{collections::BTreeMap, fs, path::PathBuf, process::ExitCode, sync::Arc};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::preparation::told;
use crate::{
    bundle::{self, TensorEntry},
    cutout::{CutoutSet, PIXELS, Tone},
    intake::{self, Answers, Content, FitsEntry, Hdf5Entry, Kind, Limits, Reading, Refusal, size},
};

const EXAMPLES: &str = "\
Examples:
  grove info galaxies.safetensors data.hdf5 m51.fits
      what each file holds: tensors, datasets or header-data units, ids, metadata
  grove info model.safetensors --json
      the same for programs, as a JSON list with one entry for each file

Exit codes: 0 all files were read; 1 some were not; 2 wrong usage.";

/// Print what a bundle, an HDF5 file, a FITS file, a picture or a model holds.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Files to look into
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is known of one file. Fields that do not apply are left out of the JSON.
#[derive(Debug, Default, Serialize)]
struct Info {
    file: String,
    bytes: u64,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    galaxies: Option<Galaxies>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<Picture>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hdus: Vec<FitsEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    datasets: Vec<Hdf5Entry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tensors: Vec<TensorEntry>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Refusal>,
}

/// A set of cutouts in numbers.
#[derive(Debug, Serialize)]
struct Galaxies {
    count: usize,
    smallest_id: i64,
    largest_id: i64,
    /// Range of the images' values.
    values: [f32; 2],
    /// Share of pixels of the images that are exactly 0: of prepared ones, the sky.
    zeros: f64,
    /// Whether the images look prepared: each peaks at 1, and the sky is cleared.
    prepared: bool,
}

#[derive(Debug, Serialize)]
struct Picture {
    width: u32,
    height: u32,
    pixels: String,
}

/// Runs the sub-command.
///
/// # Errors
/// When the result cannot be printed.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let infos: Vec<Info> = arguments.files.iter().map(look).collect();
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&infos)?);
    } else {
        infos.iter().for_each(print);
    }
    Ok(if infos.iter().any(|info| info.refused.is_some()) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn look(path: &PathBuf) -> Info {
    let limits = Limits::native();
    let mut info = Info {
        file: path.display().to_string(),
        ..Info::default()
    };
    let outcome = fs::metadata(path)
        .and_then(|meta| {
            info.bytes = meta.len();
            if meta.is_dir() {
                Err(std::io::Error::other("it is a folder"))
            } else {
                Ok(())
            }
        })
        .map_err(|error| {
            Refusal::new(
                format!("it cannot be opened ({error})"),
                "give the name of a file",
            )
        })
        .and_then(|()| limits.check_size(&info.file, info.bytes))
        .and_then(|()| {
            fs::read(path).map_err(|error| {
                Refusal::new(
                    format!("it cannot be read ({error})"),
                    "check the rights and the disk",
                )
            })
        })
        .and_then(|bytes| match Kind::detect(&bytes)? {
            kind @ (Kind::Gzip | Kind::Bzip2 | Kind::Xz | Kind::Zstd) => {
                let content = intake::expand(&bytes, &limits)?;
                describe(&mut info, Kind::detect(&content)?, &content, &limits)?;
                info.what += &format!(", compressed with {}", kind.name());
                Ok(())
            }
            kind => describe(&mut info, kind, &bytes, &limits),
        });
    info.refused = outcome.err();
    info
}

fn describe(info: &mut Info, kind: Kind, bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    info.what = format!("{} file", kind.name());
    match kind {
        Kind::Png | Kind::Jpeg | Kind::Tiff | Kind::WebP | Kind::Gif | Kind::Bmp | Kind::Pnm => {
            let (width, height, pixels) = intake::probe_picture(bytes, kind)?;
            info.picture = Some(Picture {
                width,
                height,
                pixels,
            });
        }
        Kind::Fits => info.hdus = intake::list_fits(bytes, limits)?,
        Kind::Hdf5 => {
            let source = Arc::new(bytes.to_vec());
            info.datasets = intake::list_hdf5(source.clone())?;
            info.what = "HDF5 file".to_owned();
            if intake::NAMES
                .iter()
                .all(|name| info.datasets.iter().any(|entry| entry.name == *name))
            {
                info.what += " in the reference layout";
                drop(source);
                look_into_set(info, bytes, limits)?;
            } else {
                let answers = Answers::default();
                let mut reading = Reading::new(limits, &answers);
                let count = intake::count_lazy(source, &mut reading);
                info.remarks.extend(reading.questions.iter().map(told));
                info.remarks
                    .push(format!("pictures that can be read: {}", count?));
            }
        }
        Kind::Npy | Kind::Npz => {
            let answers = Answers::default();
            let mut reading = Reading::new(limits, &answers);
            let count = intake::count_npy(kind, bytes, &mut reading);
            info.remarks.extend(reading.questions.iter().map(told));
            info.remarks
                .push(format!("pictures that can be read: {}", count?));
        }
        Kind::Safetensors => {
            let refusal = |error: bundle::BundleError| Refusal::new(error.to_string(), error.remedy());
            let contents = bundle::inspect(bytes).map_err(refusal)?;
            info.tensors = contents.tensors;
            info.metadata = contents.metadata;
            info.sha256 = Some(
                Sha256::digest(bytes)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect(),
            );
            let has = |wanted: &str| info.tensors.iter().any(|tensor| tensor.name == wanted);
            if has("id") && (has("image") || has("raw")) {
                info.what = "Galaxy Grove bundle".to_owned();
                look_into_set(info, bytes, limits)?;
            } else {
                info.what = "safetensors file of something else than galaxies, such as a model".to_owned();
            }
        }
        Kind::Gzip | Kind::Bzip2 | Kind::Xz | Kind::Zstd => {
            return Err(Refusal::new("it is compressed twice", "unpack it once"));
        }
        // `describe` tells of one file; these hold many.
        Kind::Zip | Kind::Tar => {}
    }
    let sets = matches!(kind, Kind::Hdf5 | Kind::Safetensors | Kind::Npy | Kind::Npz);
    let archives = matches!(kind, Kind::Zip | Kind::Tar);
    if !sets && !archives {
        // Decode it, so that "holds" means that it can be read, and say what intake would say.
        let answers = Answers::default();
        let mut reading = Reading::new(limits, &answers);
        let decoded = intake::decode(&info.file, bytes, &mut reading);
        info.remarks.extend(reading.questions.iter().map(told));
        match decoded {
            Ok(Content::Pictures { pictures, remarks }) => {
                info.remarks.extend(remarks);
                for picture in pictures {
                    let frame = &picture.frame;
                    let tone = if frame.tone == Tone::Linear {
                        "linear"
                    } else {
                        "already stretched"
                    };
                    let label = picture
                        .label
                        .map(|label| format!("[{label}] "))
                        .unwrap_or_default();
                    let blank = frame.pixels.iter().filter(|v| v.is_nan()).count();
                    let blank = if blank > 0 {
                        format!(", {blank} without a value")
                    } else {
                        String::new()
                    };
                    let (low, high) = range(&frame.pixels);
                    info.remarks.push(format!(
                        "{label}a picture of {} x {} pixels, {tone}, from {} to {}{blank}",
                        frame.width,
                        frame.height,
                        number(low),
                        number(high),
                    ));
                    info.remarks.extend(picture.remarks);
                }
            }
            Ok(Content::Set { .. }) => {}
            Ok(Content::Codes(codes)) => {
                info.what = format!(
                    "table of codes: {} galaxies with {} codes each",
                    codes.ids.len(),
                    codes.width()
                );
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(())
}

fn look_into_set(info: &mut Info, bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let answers = Answers::default();
    let mut reading = Reading::new(limits, &answers);
    if let Content::Set { set, remarks, .. } = intake::decode(&info.file, bytes, &mut reading)? {
        info.remarks.extend(reading.questions.iter().map(told));
        info.galaxies = measure(&set);
        info.remarks.extend(remarks);
    }
    Ok(())
}

fn measure(set: &CutoutSet) -> Option<Galaxies> {
    let (smallest_id, largest_id) = set.ids.iter().min().copied().zip(set.ids.iter().max().copied())?;
    let (low, high) = range(&set.image);
    let zeros = set.image.iter().filter(|v| **v == 0.0).count() as f64 / set.image.len() as f64;
    // Bytes hold 1 exactly; 16-bit floats too.
    let peaks = set
        .image
        .chunks(PIXELS)
        .all(|galaxy| (range(galaxy).1 - 1.0).abs() < 1e-3);
    Some(Galaxies {
        count: set.len(),
        smallest_id,
        largest_id,
        values: [low, high],
        zeros,
        prepared: peaks && low >= 0.0 && zeros > 0.01,
    })
}

/// Four digits of a number of any size.
fn number(value: f32) -> String {
    let size = value.abs();
    if size == 0.0 || (0.01..1e6).contains(&size) {
        format!("{value:.4}")
    } else {
        format!("{value:.4e}")
    }
}

fn range(values: &[f32]) -> (f32, f32) {
    values
        .iter()
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| {
            (low.min(*v), high.max(*v))
        })
}

fn print(info: &Info) {
    println!(
        "{}: {}, {}",
        info.file,
        if info.what.is_empty() {
            "not read"
        } else {
            &info.what
        },
        size(info.bytes)
    );
    let shape = |dims: &[String]| {
        if dims.is_empty() {
            "scalar".to_owned()
        } else {
            dims.join(" x ")
        }
    };
    if let Some(hash) = &info.sha256 {
        println!("  SHA-256   {hash}");
    }
    if let Some(set) = &info.galaxies {
        println!(
            "  galaxies  {} with ids from {} to {}",
            set.count, set.smallest_id, set.largest_id
        );
        println!(
            "  images    from {:.4} to {:.4}, {:.1} % of pixels 0: {}",
            set.values[0],
            set.values[1],
            100.0 * set.zeros,
            if set.prepared {
                "prepared"
            } else {
                "not prepared as the model expects"
            }
        );
    }
    if let Some(picture) = &info.picture {
        println!(
            "  picture   {} x {} pixels, {}",
            picture.width, picture.height, picture.pixels
        );
    }
    for unit in &info.hdus {
        let axes: Vec<String> = unit.axes.iter().map(u64::to_string).collect();
        let name = [unit.name.as_str(), unit.object.as_str()].join(" ");
        let axes = if axes.is_empty() {
            String::new()
        } else {
            format!(", {} (BITPIX {})", shape(&axes), unit.bitpix)
        };
        println!("  HDU {:<5} {}{axes} {}", unit.index, unit.holds, name.trim());
    }
    for entry in &info.datasets {
        let dims: Vec<String> = entry.shape.iter().map(u64::to_string).collect();
        let chunks = match &entry.chunks {
            Some(chunks) => format!(
                ", chunks of {}",
                shape(&chunks.iter().map(u32::to_string).collect::<Vec<_>>())
            ),
            None => String::new(),
        };
        println!(
            "  dataset   {}: {} {}{chunks}",
            entry.name,
            entry.dtype,
            shape(&dims)
        );
    }
    for tensor in &info.tensors {
        let dims: Vec<String> = tensor.shape.iter().map(usize::to_string).collect();
        println!("  tensor    {}: {} {}", tensor.name, tensor.dtype, shape(&dims));
    }
    for (key, value) in &info.metadata {
        let line = value.replace(['\n', '\r'], " ");
        let short: String = line.chars().take(100).collect();
        println!(
            "  metadata  {key}: {short}{}",
            if short.len() < line.len() { "..." } else { "" }
        );
    }
    for remark in &info.remarks {
        println!("  note      {remark}");
    }
    if let Some(refusal) = &info.refused {
        println!("  refused   {}. What to do: {}", refusal.reason, refusal.remedy);
    }
}

//! `grove info`: what a file holds.

use crate::outputs::terminal::say;
use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use serde::Serialize;

use crate::inputs::preparation::question_text;
use galaxy_grove::{
    bundle::{self, TensorEntry},
    checkpoint::manifest::sha256_hex,
    cutout::{PIXELS, Recipe, Tone},
    intake::{
        self, Answers, Content, FitsEntry, Hdf5Entry, Kind, Limits, ReadAt, Reading, Refusal, Verdict,
        in_turn, size,
    },
};
use grove_files::list::Input;
use grove_files::reading::read_input;
use grove_files::source::DiskFile;

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
    reads: Option<Reads>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Refusal>,
}

/// What `grove convert` makes of the file: read in the same way.
#[derive(Debug, Serialize)]
struct Reads {
    galaxies: usize,
    /// The verdicts: one, or in an archive one for each file in it.
    verdicts: Vec<String>,
}

/// Larger files of arrays are not read through: the count is that of their layout.
const LARGE: u64 = 256 << 20;
/// At most this many verdicts are shown.
const SHOWN: usize = 12;

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

/// Runs the subcommand.
///
/// # Errors
/// When the result cannot be printed.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let infos: Vec<Info> = arguments.files.iter().map(|path| look(path)).collect();
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&infos)?);
    } else {
        infos.iter().for_each(print);
    }
    Ok(if infos.iter().any(|info| info.refused.is_some()) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn look(path: &Path) -> Info {
    let limits = Limits::native();
    let mut info = Info {
        file: path.display().to_string(),
        ..Info::default()
    };
    info.refused = look_into(path, &mut info, &limits).err();
    read_through(path, &mut info, &limits);
    info
}

/// Reads the file as `grove convert` does, so that the two never disagree.
fn read_through(path: &Path, info: &mut Info, limits: &Limits) {
    let Ok(source) = DiskFile::open(path) else {
        return;
    };
    if intake::reads_lazily(&source) && source.len() > LARGE {
        return;
    }
    let input = Input {
        path: path.to_owned(),
        name: path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned(),
    };
    let outcomes = read_input(&input, &Recipe::default(), limits, &Answers::default());
    let galaxies = outcomes
        .iter()
        .map(|outcome| outcome.report.galaxies().len())
        .sum();
    if let [outcome] = outcomes.as_slice()
        && let Verdict::Refused { reason, remedy } = outcome.report.verdict()
    {
        // Codes are no galaxies for `convert`, but they are what the file is meant for.
        let is_other = matches!(outcome.report.outcome, intake::Outcome::Codes(_))
            || info.what.starts_with("safetensors");
        if info.refused.is_none() && !is_other {
            info.refused = Some(Refusal { reason, remedy });
        }
    } else if info.what.is_empty() && outcomes.iter().any(|outcome| !outcome.tables.is_empty()) {
        // No picture, but no stranger either.
        info.what = "table".to_owned();
        info.refused = None;
    }
    let verdicts = outcomes.iter().map(|outcome| {
        if outcomes.len() == 1 {
            outcome.report.verdict().to_string()
        } else {
            format!("{}: {}", outcome.report.name, outcome.report.verdict())
        }
    });
    info.reads = Some(Reads {
        galaxies,
        verdicts: verdicts.collect(),
    });
}

fn look_into(path: &Path, info: &mut Info, limits: &Limits) -> Result<(), Refusal> {
    let source = DiskFile::open(path)?;
    info.bytes = source.len();
    if intake::reads_lazily(&source) {
        return describe_hdf5(info, Arc::new(source), limits);
    }
    let bytes = source.whole(&info.file, limits)?;
    match Kind::detect(&bytes)? {
        kind @ (Kind::Gzip | Kind::Bzip2 | Kind::Xz | Kind::Zstd) => {
            let content = intake::expand(&bytes, limits)?;
            match Kind::detect(&content)? {
                Kind::Hdf5 => describe_hdf5(info, Arc::new(content), limits)?,
                inner => describe(info, inner, &content, limits)?,
            }
            info.what += &format!(", compressed with {}", kind.name());
            Ok(())
        }
        kind => describe(info, kind, &bytes, limits),
    }
}

/// HDF5 is read where it is asked for: it may be larger than memory.
fn describe_hdf5(info: &mut Info, source: Arc<dyn ReadAt>, limits: &Limits) -> Result<(), Refusal> {
    info.what = "HDF5 file".to_owned();
    info.datasets = intake::list_hdf5(source.clone())?;
    let answers = Answers::default();
    let there = |name: &str| info.datasets.iter().any(|entry| entry.name == name);
    if !intake::NAMES.iter().all(|name| there(name)) {
        let mut reading = Reading::new(limits, &answers);
        let count = intake::count_lazy(source, &mut reading);
        info.remarks.extend(reading.questions.iter().map(question_text));
        info.remarks
            .push(format!("pictures that can be read: {}", count?));
        return Ok(());
    }
    info.what += " in the reference layout";
    let mut measured = Galaxies::none();
    let mut each = |galaxy: intake::Galaxy| {
        measured.add(galaxy.id.unwrap_or_default(), &galaxy.image);
        ControlFlow::Continue(())
    };
    let recipe = Recipe::default();
    let report = intake::read_lazy(&info.file, source, &recipe, limits, &answers, &in_turn, &mut each);
    info.remarks.extend(report.questions.iter().map(question_text));
    info.galaxies = measured.some();
    match report.verdict() {
        Verdict::Accepted => Ok(()),
        Verdict::Remarked(remarks) => {
            info.remarks.extend(remarks);
            Ok(())
        }
        Verdict::Refused { reason, remedy } => Err(Refusal { reason, remedy }),
    }
}

fn describe(info: &mut Info, kind: Kind, bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    info.what = format!("{} file", kind.name());
    match kind {
        Kind::Png | Kind::Jpeg | Kind::Tiff | Kind::WebP | Kind::Gif | Kind::Bmp | Kind::Pnm => {
            // What it cannot tell, as of many a TIFF, is reported when the picture is decoded.
            let probed = intake::probe_picture(bytes, kind).ok();
            info.picture = probed.map(|(width, height, pixels)| Picture {
                width,
                height,
                pixels,
            });
        }
        Kind::Fits => info.hdus = intake::list_fits(bytes, limits)?,
        Kind::Npy | Kind::Npz => {
            let answers = Answers::default();
            let mut reading = Reading::new(limits, &answers);
            let count = intake::count_npy(kind, bytes, &mut reading);
            info.remarks.extend(reading.questions.iter().map(question_text));
            info.remarks
                .push(format!("pictures that can be read: {}", count?));
        }
        Kind::Safetensors => {
            let refusal = |error: bundle::BundleError| Refusal::new(error.to_string(), error.remedy());
            let contents = bundle::inspect(bytes).map_err(refusal)?;
            info.tensors = contents.tensors;
            info.metadata = contents.metadata;
            info.sha256 = Some(sha256_hex(bytes));
            let has = |wanted: &str| info.tensors.iter().any(|tensor| tensor.name == wanted);
            if has("id") && (has("image") || has("raw")) {
                info.what = "Galaxy Grove bundle".to_owned();
                look_into_bundle(info, bytes, limits)?;
            } else {
                info.what = "safetensors file of something else than galaxies, such as a model".to_owned();
            }
        }
        Kind::Gzip | Kind::Bzip2 | Kind::Xz | Kind::Zstd => {
            return Err(Refusal::new("it is compressed twice", "unpack it once"));
        }
        // `describe` covers one file; archives hold many. HDF5 has its own way.
        Kind::Zip | Kind::Tar | Kind::Hdf5 => {}
    }
    let sets = matches!(kind, Kind::Hdf5 | Kind::Safetensors | Kind::Npy | Kind::Npz);
    let archives = matches!(kind, Kind::Zip | Kind::Tar);
    if !sets && !archives {
        // Decode it, so that "holds" means that it can be read, and say what intake would say.
        let answers = Answers::default();
        let mut reading = Reading::new(limits, &answers);
        let decoded = intake::decode(&info.file, bytes, &mut reading);
        info.remarks.extend(reading.questions.iter().map(question_text));
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
            Ok(Content::Vectors(_)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(())
}

fn look_into_bundle(info: &mut Info, bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let answers = Answers::default();
    let mut reading = Reading::new(limits, &answers);
    if let Content::Set { set, remarks, .. } = intake::decode(&info.file, bytes, &mut reading)? {
        let mut measured = Galaxies::none();
        for (id, image) in set.ids.iter().zip(set.image.chunks(PIXELS)) {
            measured.add(*id, image);
        }
        info.galaxies = measured.some();
        info.remarks.extend(remarks);
    }
    Ok(())
}

impl Galaxies {
    fn none() -> Self {
        Self {
            count: 0,
            smallest_id: i64::MAX,
            largest_id: i64::MIN,
            values: [f32::INFINITY, f32::NEG_INFINITY],
            zeros: 0.0,
            prepared: true,
        }
    }

    /// Measures one more. Until [`Galaxies::some`], `zeros` is a number of pixels.
    fn add(&mut self, id: i64, image: &[f32]) {
        let (low, high) = range(image);
        self.count += 1;
        self.smallest_id = self.smallest_id.min(id);
        self.largest_id = self.largest_id.max(id);
        self.values = [self.values[0].min(low), self.values[1].max(high)];
        self.zeros += image.iter().filter(|v| **v == 0.0).count() as f64;
        // Bytes hold 1 exactly; 16-bit floats too.
        self.prepared &= (high - 1.0).abs() < 1e-3;
    }

    /// The numbers, when there is a galaxy.
    fn some(mut self) -> Option<Self> {
        self.zeros /= (self.count * PIXELS) as f64;
        self.prepared &= self.values[0] >= 0.0 && self.zeros > 0.01;
        (self.count > 0).then_some(self)
    }
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
    say!(
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
        say!("  SHA-256   {hash}");
    }
    if let Some(reads) = &info.reads {
        say!("  reads     {} galaxies", reads.galaxies);
        if reads.verdicts.len() > 1 {
            for verdict in reads.verdicts.iter().take(SHOWN) {
                say!("  inside    {verdict}");
            }
            if reads.verdicts.len() > SHOWN {
                say!("  inside    and {} more files", reads.verdicts.len() - SHOWN);
            }
        }
    }
    if let Some(set) = &info.galaxies {
        say!(
            "  galaxies  {} with ids from {} to {}",
            set.count,
            set.smallest_id,
            set.largest_id
        );
        say!(
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
        say!(
            "  picture   {} x {} pixels, {}",
            picture.width,
            picture.height,
            picture.pixels
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
        say!("  HDU {:<5} {}{axes} {}", unit.index, unit.holds, name.trim());
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
        say!(
            "  dataset   {}: {} {}{chunks}",
            entry.name,
            entry.dtype,
            shape(&dims)
        );
    }
    for tensor in &info.tensors {
        let dims: Vec<String> = tensor.shape.iter().map(usize::to_string).collect();
        say!("  tensor    {}: {} {}", tensor.name, tensor.dtype, shape(&dims));
    }
    for (key, value) in &info.metadata {
        let line = value.replace(['\n', '\r'], " ");
        let short: String = line.chars().take(100).collect();
        say!(
            "  metadata  {key}: {short}{}",
            if short.len() < line.len() { "..." } else { "" }
        );
    }
    for remark in &info.remarks {
        say!("  note      {remark}");
    }
    if let Some(refusal) = &info.refused {
        say!("  refused   {}. What to do: {}", refusal.reason, refusal.remedy);
    }
}

//! What the page and its worker say to each other.
//!
//! A message is a small head (an enum, through serde) and a bulk: arrays whose memory changes hands instead of being
//! copied. The page owns all data; a worker keeps only the model, so it can be ended and replaced at any moment.

mod buffer;

pub use buffer::Buffer;

pub use crate::catalogue::Known;
use crate::cutout::{About, Recipe, prepare::Measures};
use crate::grouping::{Linkage, Method};
pub use crate::intake::{Answers, FieldBox, FieldView, Question, Verdict};
pub use crate::levels::Level;
use serde::{Deserialize, Serialize};

/// What the worker computes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Backend {
    /// WebGPU.
    WebGpu,
    /// The processor, with 128-bit SIMD.
    Cpu,
}

impl Backend {
    /// The name that the page shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::WebGpu => "WebGPU",
            Self::Cpu => "CPU",
        }
    }

    /// Where the model runs, for the page's header.
    pub fn where_it_runs(self) -> &'static str {
        match self {
            Self::WebGpu => "Runs on this computer's graphics card",
            Self::Cpu => "Runs on this computer",
        }
    }
}

/// From the page to the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Fetch, verify and load the model, start the device and put it to the known-answer test. The first message.
    Start {
        /// Where the manifest stands; its files stand beside it.
        manifest_url: String,
        /// Added to the address of every file, so that a new build is not served old files.
        version: String,
        /// A graphics processor measures how fast it is, too.
        #[serde(default)]
        timed: bool,
    },
    /// Use another model from now on. Buffer: u8, a safetensors file as `grove import-tf` writes it.
    UseModel,
    /// Read one dropped file. The envelope carries the `File`; the worker reads it.
    Read {
        /// The page's number for the file, returned with the answer.
        file: u32,
        /// Name, with the folders it came from.
        name: String,
        /// How to prepare what is in it.
        recipe: Recipe,
        /// The answers to the questions that it left open.
        answers: Answers,
    },
    /// Read the tables in a file and find each galaxy's row. The envelope carries the `File`.
    Join {
        /// The page's number for the file, returned with the answer.
        file: u32,
        /// Name, with the folders it came from.
        name: String,
        /// What is known of every galaxy.
        galaxies: Vec<Known>,
        /// The answers to the questions that it left open.
        answers: Answers,
    },
    /// Fetch a bundle that the page's own server holds, and read it.
    Fetch {
        /// The page's number for the file.
        file: u32,
        /// Its address.
        url: String,
        /// The name to show.
        name: String,
        /// Of a file of levels, this part only.
        part: Option<u32>,
    },
    /// Make galaxies with the simulator.
    Simulate {
        /// The page's number for this source.
        file: u32,
        /// Seed.
        seed: u64,
        /// Number of the first galaxy.
        first: u32,
        /// How many.
        count: u32,
    },
    /// Encode cutouts. Buffer: f32 images `[N * 4096]`.
    Encode {
        /// Row of the first one, returned with the answer.
        first: u32,
    },
    /// Place cutouts by the recipe `shape`. Buffer: f32 images `[N * 4096]`.
    Place {
        /// Row of the first one, returned with the answer.
        first: u32,
    },
    /// Build the similarity tree of vectors. Buffer: f64 vectors `[N * width]`.
    BuildVectorTree {
        /// Numbers of one vector.
        width: u32,
    },
    /// Build the similarity tree. Buffer: u8 codes `[N * 64]`.
    BuildTree {
        /// How.
        method: Method,
    },
    /// Reconstruct a galaxy from its codes. Buffer: u8 codes `[64]`.
    Reconstruct {
        /// The galaxy's row, returned with the answer.
        row: u32,
    },
    /// Reconstruct galaxies that have no picture from their codes. Buffer: u8 codes `[N * 64]`.
    ReconstructMany {
        /// Row of the first one, returned with the answer.
        first: u32,
    },
    /// Measure the structure of cutouts. Buffer: f32 images `[N * 4096]`.
    Measure {
        /// The tree that is shown, returned with the answer.
        tree: u64,
        /// Row of the first one, returned with the answer.
        first: u32,
    },
    /// Test how steady groups are. Buffers: what the tree was made of (u8 codes `[N * 64]` or f64 vectors `[N * width]`), u32 the group of each
    /// galaxy, from 0.
    TestSteadiness {
        /// The tree, returned with the answer.
        tree: u64,
        /// Numbers of one vector, where vectors are compared.
        width: u32,
        /// The cut as text, returned with the answer.
        cut: String,
        /// The number of groups.
        groups: u32,
        /// The linkage of codes.
        linkage: Linkage,
    },
    /// Measure how good the tree and its cuts are. Buffers: what the tree was made of; u32 `a`, u32 `b` and f64 heights of its merges.
    MeasureQuality {
        /// The tree, returned with the answer.
        tree: u64,
        /// Numbers of one vector, where vectors are compared.
        width: u32,
        /// Numbers of groups.
        groups: Vec<u32>,
    },
    /// Put galaxies on a map. Buffer: what the tree was made of.
    MakeMap {
        /// The tree, returned with the answer.
        tree: u64,
        /// Numbers of one vector, where vectors are compared.
        width: u32,
    },
    /// Encode cutouts and give the encoder's raw output too: for tests. Buffer: f32 images.
    Inspect,
}

/// From the worker to the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// The program runs and listens.
    Hello,
    /// The model arrives.
    Loading {
        /// Bytes so far.
        done: f64,
        /// Bytes in all.
        total: f64,
    },
    /// The device passed its test.
    Ready(Ready),
    /// How fast this worker is. A graphics processor says it before [`Self::Ready`], the processor with each answer.
    Timed(Timing),
    /// The other model is in use.
    ModelInUse,
    /// The device cannot be used; the page should try another.
    Unusable {
        /// One sentence.
        reason: String,
    },
    /// A file (or another source) was read. Buffer: for each cutout in turn, see [`CutoutHead`]; then u8 codes
    /// `[N * 64]` when it holds codes instead of pictures.
    Cutouts {
        /// The page's number for the file.
        file: u32,
        /// Which file inside it, when it is an archive. The archive itself comes last, without a member.
        member: Option<String>,
        /// The outcome of the file.
        verdict: Verdict,
        /// The cutouts in it.
        cutouts: Vec<CutoutHead>,
        /// What the file can be asked to give instead.
        questions: Vec<Question>,
        /// It is a table, or an archive with tables in it: to be joined when all galaxies are there.
        tables: bool,
        /// More from the same source will follow.
        more: bool,
    },
    /// What a table in a file says about the galaxies.
    Joined {
        /// The page's number for the file.
        file: u32,
        /// The table's name: the file's, or that of an archive's member.
        name: String,
        /// The outcome of it.
        verdict: Verdict,
        /// Rows of galaxies (as they were sent), and what the table says of each.
        facts: Vec<(u32, About)>,
        /// Which column names the galaxies, where that is open.
        questions: Vec<Question>,
        /// More tables of the same file will follow.
        more: bool,
    },
    /// The galaxies that follow are a part of a tree that is too large to be shown at once. Comes before them.
    Level {
        /// The page's number for the file.
        file: u32,
        /// The part.
        level: Level,
    },
    /// A picture that was taken as a field of many galaxies, with a box on each source. Comes before its galaxies. Buffer: u8
    /// the grey values of the view, which is without them.
    Field {
        /// The page's number for the file.
        file: u32,
        /// The file's name, or that of an archive's member.
        name: String,
        /// The picture and the boxes.
        view: FieldView,
    },
    /// Codes. Buffer: u8 codes `[N * 64]`, f32 margins `[N * 64]`.
    Encoded {
        /// Row of the first galaxy.
        first: u32,
    },
    /// Places by the recipe `shape`. Buffer: f64 vectors `[N * 16]`, f64 how unusual each galaxy is `[N]`.
    Placed {
        /// Row of the first galaxy.
        first: u32,
    },
    /// The tree is being built.
    BuildingTree {
        /// Merges so far.
        done: u32,
        /// Merges in all.
        total: u32,
    },
    /// The tree. Buffer: u32 `a`, u32 `b` and f64 heights of the `n - 1` merges, in ascending order.
    TreeBuilt {
        /// Leaves.
        leaves: u32,
        /// Merges that lay below an earlier one, and were raised to its height.
        inversions: u32,
    },
    /// Structure. Buffer: f64 measures `[N * 12]`, NaN where one would mean nothing.
    Measured {
        /// The tree that was shown.
        tree: u64,
        /// Row of the first galaxy.
        first: u32,
    },
    /// Trees of parts of the galaxies are being built.
    TestingSteadiness {
        /// Trees so far.
        done: u32,
        /// Trees in all.
        total: u32,
    },
    /// How steady groups are. Buffers: f64 for each galaxy, f64 for each group.
    SteadinessTested {
        /// The tree.
        tree: u64,
        /// The cut as text.
        cut: String,
    },
    /// How good the tree is. Buffers: f64 silhouettes and f64 indices of Davies & Bouldin of the cuts, NaN where there is none.
    QualityMeasured {
        /// The tree.
        tree: u64,
        /// The correlation of distances with heights.
        cophenetic: Option<f64>,
    },
    /// The map is being made.
    MakingMap {
        /// Rounds so far.
        done: u32,
        /// Rounds in all.
        total: u32,
    },
    /// The map. Buffer: f32 x and y of each galaxy.
    MapMade {
        /// The tree.
        tree: u64,
    },
    /// A reconstructed galaxy. Buffer: f32 `[4096]`.
    Reconstructed {
        /// The galaxy's row.
        row: u32,
    },
    /// The model cannot decode these codes; others may do.
    NotReconstructed {
        /// One sentence without its full stop.
        reason: String,
    },
    /// Reconstructions from codes. Buffer: f32 `[N * 4096]`.
    ReconstructedMany {
        /// Row of the first galaxy.
        first: u32,
    },
    /// The encoder's output. Buffer: f32 z `[N, dim, 8, 8]`, u8 codes, f32 margins, f32 reconstruction.
    Inspected,
    /// The last request failed; the worker goes on.
    Failed {
        /// One sentence.
        reason: String,
    },
    /// The worker is about to die.
    Crashed {
        /// The panic's message.
        reason: String,
    },
}

/// How the worker introduces itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    /// What it computes on.
    pub backend: Backend,
    /// The adapter's or processor's name.
    pub device: String,
    /// The model's name.
    pub model: String,
    /// SHA-256 of the weights, verified.
    pub model_sha256: String,
    /// How the model was trained, as its manifest says.
    pub model_note: String,
    /// Codes compared in the known-answer test, all equal.
    pub compared: u32,
    /// Milliseconds that loading and testing took.
    pub milliseconds: f64,
    /// What the trial gave that chose this device, when there was one.
    #[serde(default)]
    pub trial: Option<TrialOutcome>,
}

/// Work whose speed is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimedWork {
    /// [`Request::Encode`].
    Encode,
    /// [`Request::Place`].
    Place,
}

/// How fast a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// At what.
    pub work: TimedWork,
    /// Galaxies a second, one worker.
    pub per_second: f64,
}

/// What both devices do in a second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrialOutcome {
    /// Galaxies a second on the graphics processor.
    pub graphics: f64,
    /// Galaxies a second on all of the processor's workers.
    pub processor: f64,
}

/// A cutout's small facts. The bulk holds, cutouts one after another: u8 grey values of the cutout before the sky was cleared, for display `[N * 4096]`, f32 image `[N * 4096]`, and
/// u8 previews (the frame before preparation), for those that have one; then u8 codes, and f64 vectors.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CutoutHead {
    /// The id that the file or its name gives. As text: JavaScript's numbers end at 2^53.
    pub id: Option<String>,
    /// The name to show.
    pub name: String,
    /// Width and height of the preview in pixels, `(0, 0)` when there is none.
    pub preview: (u32, u32),
    /// The preview is that of the galaxy before it, and is not sent again.
    #[serde(default)]
    pub shares_preview: bool,
    /// What was cut: centre x, centre y, half side, in pixels of the preview.
    pub square: Option<(f32, f32, f32)>,
    /// How the preview came from the picture: its pixels for one of the picture's, and where the picture's left top corner
    /// is in it.
    pub scale: (f32, f32, f32),
    /// Half the side of what was cut, in pixels of the picture.
    pub half_side: Option<f32>,
    /// Sky level and its standard deviation, where they were measured.
    pub sky: Option<(f32, f32)>,
    /// Numbers on the cutout.
    pub measures: Option<Measures>,
    /// What the file says about the galaxy. Its vector is in the bulk.
    pub about: About,
    /// Numbers of its vector.
    #[serde(default)]
    pub vector: u32,
    /// There are no pixels of it in the bulk.
    #[serde(default)]
    pub is_without_picture: bool,
    /// Sentences for the user.
    pub remarks: Vec<String>,
}

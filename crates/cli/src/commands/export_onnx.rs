//! `grove export-onnx`: the encoder for programs that run ONNX models.

use crate::inputs::model;
use crate::outputs::files::{refuse_overwrite, write_file};
use crate::outputs::terminal::say;
use crate::version;
use galaxy_grove::checkpoint::{sha256_hex, to_onnx};
use std::path::PathBuf;
use std::process::ExitCode;

/// Write a model's encoder as an ONNX model, for onnxruntime and other programs.
///
/// Input `image`: f32 [N, 1, 64, 64], prepared cutouts with values from 0 to 1. Outputs `z`: f32 [N, dim, 8, 8], what the codebook quantises, and
/// `codes`: i64 [N, 8, 8], the nearest codes. The distances are taken in single precision there and in double precision here, so that a code
/// whose two nearest vectors are as near as makes no difference may be the other one. Opset 13. Models of the recipe `reference` only.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove export-onnx www/model/galaxies.safetensors -o galaxies.onnx
      and in Python: onnxruntime.InferenceSession('galaxies.onnx').run(['codes'], {'image': images})

Exit codes: 0 written; 1 nothing was written; 2 wrong usage.")]
pub struct Arguments {
    /// The model, as `grove train` and `grove import-tf` write it.
    #[arg(value_name = "MODEL.safetensors")]
    model: PathBuf,
    /// The file to write.
    #[arg(short, long, value_name = "FILE.onnx")]
    output: PathBuf,
    /// Replace the file if it exists.
    #[arg(long)]
    force: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    refuse_overwrite([&arguments.output], arguments.force)?;
    let weights = model::open(&arguments.model)?;
    let hash = sha256_hex(&std::fs::read(&arguments.model)?);
    let bytes = to_onnx(&weights, version::FULL, &[("model_sha256", &hash)]);
    write_file(&arguments.output, &bytes)?;
    say!(
        "{}: input image [N, 1, 64, 64], outputs z [N, {}, 8, 8] and codes [N, 8, 8]",
        arguments.output.display(),
        weights.architecture().embedding_dim
    );
    Ok(ExitCode::SUCCESS)
}

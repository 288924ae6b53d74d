//! A set of prepared cutouts, whole.

use anyhow::{Context as _, bail};
use galaxy_grove::cutout::CutoutSet;
use galaxy_grove::intake::{self, Answers, Limits, Reading};
use std::fs;
use std::path::Path;

/// A set of prepared cutouts, whole: a bundle or an HDF5 file.
///
/// # Errors
/// With the file's name and the remedy.
pub fn read_set(input: &Path) -> anyhow::Result<CutoutSet> {
    let bytes = fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
    let name = input.display().to_string();
    let (limits, answers) = (Limits::native(), Answers::default());
    match intake::decode(&name, &bytes, &mut Reading::new(&limits, &answers)) {
        Ok(intake::Content::Set { set, remarks, .. }) => {
            remarks.iter().for_each(|remark| eprintln!("{name}: {remark}"));
            Ok(set)
        }
        Ok(intake::Content::Pictures { .. }) => {
            bail!(
                "{name} holds pictures, not prepared cutouts; run `grove convert {name} -o galaxies.safetensors` first"
            )
        }
        Ok(intake::Content::Codes(_)) => {
            bail!("{name} holds codes, not prepared cutouts; run `grove groups {name}`")
        }
        Ok(intake::Content::Vectors(_)) => {
            bail!("{name} holds vectors, not prepared cutouts; open it in the page")
        }
        Err(refusal) => bail!("{name}: {refusal}"),
    }
}

//! The sizes of the VQ-VAE, and the names and shapes of its tensors.
//!
//! Names are those of the published checkpoint (Cheng et al. 2021, arXiv:2009.11932). Shapes are ours, which is also
//! PyTorch's and burn's order: kernels `[out, in, height, width]`, kernels of transposed convolutions
//! `[in, out, height, width]`, the codebook one row a code.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The codebook `[codes, dimensions]`.
pub(crate) const CODEBOOK: &str = "vq_layer/embedding";

/// Sizes beyond which a file is taken for damaged or foreign, not for a large network.
const MAX_CHANNELS: usize = 4096;
const MAX_RESIDUAL_LAYERS: usize = 64;
/// Codes are kept in a byte each.
const MAX_CODES: usize = 256;

/// The sizes of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Architecture {
    /// Channels of the hidden layers; half as many next to the image.
    pub hidden: usize,
    /// Channels inside a residual block.
    pub residual_hidden: usize,
    /// Residual blocks in the encoder, and as many in the decoder.
    pub residual_layers: usize,
    /// Dimensions of a code's vector.
    pub embedding_dim: usize,
    /// Codes in the codebook.
    pub codebook: usize,
}

impl Architecture {
    /// The published network: 1,184,193 parameters in 35 tensors.
    pub const PUBLISHED: Self = Self {
        hidden: 128,
        residual_hidden: 32,
        residual_layers: 2,
        embedding_dim: 64,
        codebook: 16,
    };

    /// Every tensor of this network, sorted by name, with its shape in our layout.
    pub fn expected(&self) -> Vec<(String, Vec<usize>)> {
        let (hidden, half) = (self.hidden, self.hidden / 2);
        let mut tensors = vec![(CODEBOOK.to_owned(), vec![self.codebook, self.embedding_dim])];
        // A bias has one value for each output channel, whichever axis of the kernel that is.
        let mut layer = |name: String, kernel: [usize; 4], channels_out: usize| {
            tensors.push((format!("{name}/w"), kernel.to_vec()));
            tensors.push((format!("{name}/b"), vec![channels_out]));
        };
        for (name, channels_out, channels_in, side) in [
            ("encoder/enc_1", half, 1, 4),
            ("encoder/enc_2", hidden, half, 4),
            ("encoder/enc_3", hidden, hidden, 4),
            ("encoder/enc_4", hidden, hidden, 3),
            ("to_vq", self.embedding_dim, hidden, 1),
            ("decoder/dec_1", hidden, self.embedding_dim, 3),
        ] {
            layer(
                name.to_owned(),
                [channels_out, channels_in, side, side],
                channels_out,
            );
        }
        for (name, channels_in, channels_out) in [
            ("decoder/dec_2", hidden, hidden),
            ("decoder/dec_3", hidden, half),
            ("decoder/dec_4", half, 1),
        ] {
            layer(name.to_owned(), [channels_in, channels_out, 4, 4], channels_out);
        }
        for part in ["encoder", "decoder"] {
            for block in 0..self.residual_layers {
                layer(
                    format!("{part}/res3x3_{block}"),
                    [self.residual_hidden, hidden, 3, 3],
                    self.residual_hidden,
                );
                layer(
                    format!("{part}/res1x1_{block}"),
                    [hidden, self.residual_hidden, 1, 1],
                    hidden,
                );
            }
        }
        tensors.sort();
        tensors
    }

    /// How many numbers the network has.
    pub fn parameters(&self) -> usize {
        self.expected()
            .iter()
            .map(|(_, shape)| shape.iter().product::<usize>())
            .sum()
    }

    /// Reads the sizes off the shapes of named tensors (in our layout) and checks every shape against them.
    ///
    /// Tensors that the network does not have are no error here: they are in the second value, by name.
    ///
    /// # Errors
    /// [`Mismatch`], with every missing and misshapen tensor by name.
    pub fn infer(shapes: &BTreeMap<String, Vec<usize>>) -> Result<(Self, Vec<String>), Mismatch> {
        let (architecture, sizes_fit) = match Self::read_sizes(shapes) {
            Some(architecture) => (architecture, true),
            // Then the published sizes serve to say what is missing.
            None => (Self::PUBLISHED, false),
        };
        let expected = architecture.expected();
        let mut mismatch = Mismatch::default();
        for (name, wanted) in &expected {
            match shapes.get(name) {
                None => mismatch.missing.push(name.clone()),
                Some(found) if found != wanted => mismatch.misshapen.push(Misshapen {
                    name: name.clone(),
                    found: found.clone(),
                    expected: wanted.clone(),
                }),
                Some(_) => {}
            }
        }
        mismatch.unexpected = shapes
            .keys()
            .filter(|name| expected.binary_search_by(|(wanted, _)| wanted.cmp(name)).is_err())
            .cloned()
            .collect();
        if sizes_fit && mismatch.missing.is_empty() && mismatch.misshapen.is_empty() {
            Ok((architecture, mismatch.unexpected))
        } else {
            Err(mismatch)
        }
    }

    /// The sizes that the telling tensors have, where these are there and sensible.
    fn read_sizes(shapes: &BTreeMap<String, Vec<usize>>) -> Option<Self> {
        let &[hidden, half, _, _] = shapes.get("encoder/enc_2/w")?.as_slice() else {
            return None;
        };
        let &[codebook, embedding_dim] = shapes.get(CODEBOOK)?.as_slice() else {
            return None;
        };
        let mut residual_layers = 0;
        let mut residual_hidden = 0;
        while let Some(shape) = shapes.get(&format!("encoder/res3x3_{residual_layers}/w")) {
            if residual_layers == 0 {
                residual_hidden = *shape.first()?;
            }
            residual_layers += 1;
        }
        let sensible = (2..=MAX_CHANNELS).contains(&hidden)
            && half.checked_mul(2) == Some(hidden)
            && (1..=MAX_CHANNELS).contains(&residual_hidden)
            && (1..=MAX_RESIDUAL_LAYERS).contains(&residual_layers)
            && (1..=MAX_CHANNELS).contains(&embedding_dim)
            && (2..=MAX_CODES).contains(&codebook);
        sensible.then_some(Self {
            hidden,
            residual_hidden,
            residual_layers,
            embedding_dim,
            codebook,
        })
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} hidden channels, {} residual blocks of {}, {} codes of {} dimensions",
            self.hidden, self.residual_layers, self.residual_hidden, self.codebook, self.embedding_dim
        )
    }
}

/// A tensor whose shape does not fit the rest of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misshapen {
    /// The tensor.
    pub name: String,
    /// Its shape in our layout.
    pub found: Vec<usize>,
    /// The shape that the rest of the network asks for.
    pub expected: Vec<usize>,
}

/// How a set of tensors differs from the network's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mismatch {
    /// Tensors of the network that are not there.
    pub missing: Vec<String>,
    /// Tensors that the network does not have.
    pub unexpected: Vec<String>,
    /// Tensors of another shape.
    pub misshapen: Vec<Misshapen>,
}

impl std::error::Error for Mismatch {}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the tensors are not those of the galaxy VQ-VAE (published names, such as encoder/enc_1/w)",
        )?;
        let mut separator = ": ";
        if !self.missing.is_empty() {
            write!(
                f,
                "{separator}{} missing ({})",
                self.missing.len(),
                some_of(&self.missing)
            )?;
            separator = "; ";
        }
        for wrong in self.misshapen.iter().take(SHOWN) {
            write!(
                f,
                "{separator}{} has shape {:?} where {:?} is wanted",
                wrong.name, wrong.found, wrong.expected
            )?;
            separator = "; ";
        }
        if self.misshapen.len() > SHOWN {
            write!(
                f,
                "{separator}{} more of other shapes",
                self.misshapen.len() - SHOWN
            )?;
        }
        if !self.unexpected.is_empty() {
            write!(
                f,
                "{separator}{} unknown ({})",
                self.unexpected.len(),
                some_of(&self.unexpected)
            )?;
            separator = "; ";
        }
        if separator == ": " {
            write!(
                f,
                ": its sizes are out of range (at most {MAX_CHANNELS} channels, an even number of hidden ones, at most \
                 {MAX_RESIDUAL_LAYERS} residual blocks, 2 to {MAX_CODES} codes)"
            )?;
        }
        Ok(())
    }
}

/// How many names a message lists.
const SHOWN: usize = 4;

fn some_of(names: &[String]) -> String {
    let shown = names
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        format!("{shown}, ...")
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shapes(architecture: &Architecture) -> BTreeMap<String, Vec<usize>> {
        architecture.expected().into_iter().collect()
    }

    #[test]
    fn the_published_network_has_35_tensors_and_1184193_parameters() {
        let expected = Architecture::PUBLISHED.expected();
        assert_eq!(expected.len(), 35);
        assert_eq!(Architecture::PUBLISHED.parameters(), 1_184_193);
        let encoder: usize = expected
            .iter()
            .filter(|(name, _)| !name.starts_with("decoder"))
            .map(|(_, shape)| shape.iter().product::<usize>())
            .sum();
        assert_eq!(encoder, 633_664);
    }

    #[test]
    fn missing_unknown_and_misshapen_tensors_are_named() {
        let mut tensors = shapes(&Architecture::PUBLISHED);
        tensors.remove("encoder/enc_1/b");
        tensors.insert("to_vq/w".into(), vec![64, 127, 1, 1]);
        tensors.insert("encoder/enc_5/w".into(), vec![1]);
        let mismatch = Architecture::infer(&tensors).unwrap_err();
        assert_eq!(mismatch.missing, ["encoder/enc_1/b"]);
        assert_eq!(mismatch.unexpected, ["encoder/enc_5/w"]);
        assert_eq!(mismatch.misshapen[0].expected, [64, 128, 1, 1]);
        let message = mismatch.to_string();
        for part in [
            "1 missing (encoder/enc_1/b)",
            "to_vq/w has shape [64, 127, 1, 1]",
            "1 unknown (encoder/enc_5/w)",
        ] {
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn foreign_tensors_list_what_is_missing_of_the_published_network() {
        let foreign = [("image".to_owned(), vec![5, 64, 64])].into();
        let mismatch = Architecture::infer(&foreign).unwrap_err();
        assert_eq!(mismatch.missing.len(), 35);
        assert!(
            mismatch.to_string().contains("35 missing (decoder/dec_1/b"),
            "{mismatch}"
        );
    }

    #[test]
    fn sizes_out_of_range_are_refused() {
        for wrong in [
            Architecture {
                codebook: 257,
                ..Architecture::PUBLISHED
            },
            Architecture {
                codebook: 1,
                ..Architecture::PUBLISHED
            },
            Architecture {
                hidden: 7,
                ..Architecture::PUBLISHED
            },
            Architecture {
                residual_layers: 0,
                ..Architecture::PUBLISHED
            },
        ] {
            assert!(Architecture::infer(&shapes(&wrong)).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn sizes_come_back(half in 1usize..40, inner in 1usize..20, layers in 1usize..5, dim in 1usize..70, codes in 2usize..257) {
            let architecture = Architecture {
                hidden: 2 * half, residual_hidden: inner, residual_layers: layers, embedding_dim: dim, codebook: codes,
            };
            prop_assert_eq!(Architecture::infer(&shapes(&architecture)), Ok((architecture, vec![])));
        }

        #[test]
        fn any_shapes_end_in_an_answer(replaced in proptest::collection::vec((0usize..35, proptest::collection::vec(any::<usize>(), 0..5)), 1..6)) {
            let expected = Architecture::PUBLISHED.expected();
            let mut tensors = shapes(&Architecture::PUBLISHED);
            for (at, shape) in replaced {
                tensors.insert(expected[at].0.clone(), shape);
            }
            if let Ok((architecture, unexpected)) = Architecture::infer(&tensors) {
                prop_assert_eq!(shapes(&architecture), tensors);
                prop_assert!(unexpected.is_empty());
            }
        }
    }
}

//! What a user decides about one galaxy, or about the scale of all.

/// The scale of the cutouts of a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Scale {
    /// Each galaxy fills its cutout, as the training data do.
    #[default]
    EachFillsTheFrame,
    /// All cutouts show a square of the same size, for pictures that share a pixel scale: small galaxies stay small.
    AllTheSame {
        /// Half the side of the square, in pixels of the pictures. [`common_scale`] proposes one.
        half_side: f32,
    },
}

/// What is done differently for one galaxy. The default changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Override {
    /// The middle of the square (x, y), in pixels of the frame, where whole numbers are pixel centres. Unless its size is
    /// given too, the square is as large as the object nearest to this place needs.
    pub centre: Option<(f32, f32)>,
    /// Half the side of the square, in pixels of the frame.
    pub half_side: Option<f32>,
    /// Turn light and dark around: yes, no, or `None` to let the picture decide.
    pub invert: Option<bool>,
    /// Leave this galaxy out.
    pub exclude: bool,
}

impl Override {
    /// The same without numbers that are none, or that make no square.
    pub(super) fn sane(self) -> Self {
        Self {
            centre: self.centre.filter(|(x, y)| x.is_finite() && y.is_finite()),
            half_side: self.half_side.filter(|half| half.is_finite() && *half > 0.0),
            ..self
        }
    }

    /// Whether it leaves a prepared cutout as it is.
    pub(super) fn is_idle(&self) -> bool {
        self.centre.is_none() && self.half_side.is_none() && self.invert != Some(true)
    }
}

/// The half side of one square for all galaxies, in pixels, from those that each would have had: their median. 0 for none.
///
/// Half of the galaxies fit in it; those larger lose their outskirts, those smaller are surrounded by more sky.
#[must_use]
pub fn common_scale(half_sides: &[f32]) -> f32 {
    let mut known: Vec<f32> = half_sides
        .iter()
        .copied()
        .filter(|half| half.is_finite() && *half > 0.0)
        .collect();
    known.sort_unstable_by(f32::total_cmp);
    let upper = known.get(known.len() / 2).copied().unwrap_or(0.0);
    if known.len() % 2 == 1 {
        return upper;
    }
    let lower = (known.len() / 2).checked_sub(1).and_then(|i| known.get(i));
    lower.map_or(0.0, |lower| 0.5 * (lower + upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_scale_is_the_median_of_what_is_known() {
        assert_eq!(common_scale(&[30.0, 10.0, f32::NAN, 20.0, -4.0]), 20.0);
        assert_eq!(common_scale(&[10.0, 40.0]), 25.0);
        assert_eq!(common_scale(&[]), 0.0);
    }

    #[test]
    fn an_override_reads_with_gaps_and_drops_what_is_no_number() {
        let read: Override = serde_json::from_str(r#"{"centre":[3.5,4.0]}"#).unwrap();
        assert_eq!(read.centre, Some((3.5, 4.0)));
        assert!(!read.exclude && read.invert.is_none());
        let odd = Override {
            centre: Some((f32::NAN, 1.0)),
            half_side: Some(0.0),
            ..read
        };
        assert!(odd.sane().is_idle());
    }
}

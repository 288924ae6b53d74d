//! Where the medoids' thumbnails stand below the tree.

use super::GroupBar;

/// A thumbnail's place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The group's index.
    pub group: usize,
    /// Left edge in pixels.
    pub x: f64,
    /// Side in pixels.
    pub side: f64,
}

/// Sets a thumbnail under the middle of each group that is wide enough, between `left` and `right`, at most `largest`
/// pixels wide. Those of narrow groups shrink down to `smallest`; narrower groups go without: their number, card and
/// tooltip remain. No two overlap.
pub fn places(bars: &[GroupBar], left: f64, right: f64, smallest: f64, largest: f64) -> Vec<Place> {
    const GAP: f64 = 4.0;
    let mut found: Vec<Place> = Vec::new();
    for bar in bars {
        let (from, to) = (bar.x.0.max(left), bar.x.1.min(right));
        let side = (to - from - GAP).min(largest);
        if side >= smallest {
            found.push(Place {
                group: bar.group,
                x: (from + to - side) / 2.0,
                side,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_groups_go_without() {
        let bars = [
            GroupBar {
                group: 0,
                x: (-50.0, 100.0),
            },
            GroupBar {
                group: 1,
                x: (100.0, 110.0),
            },
            GroupBar {
                group: 2,
                x: (110.0, 140.0),
            },
        ];
        let found = places(&bars, 0.0, 400.0, 16.0, 52.0);
        assert_eq!(found.iter().map(|place| place.group).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(
            found[0],
            Place {
                group: 0,
                x: 24.0,
                side: 52.0
            }
        );
        assert_eq!(found[1].side, 26.0);
    }
}

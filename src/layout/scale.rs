//! From leaf places and heights to pixels, and back.

/// Where the tree is drawn, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Left edge.
    pub left: f64,
    /// Right edge.
    pub right: f64,
    /// Top edge: a little above the highest merge.
    pub top: f64,
    /// Bottom edge: height 0.
    pub bottom: f64,
}

/// The mapping of one view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Where it is drawn.
    pub area: Area,
    /// The part of the leaf order in sight, in places: `(0, n)` is all of it.
    pub window: (f64, f64),
    /// The height at the top edge.
    pub highest: f64,
}

impl Scale {
    /// A scale for `leaves` leaves of which the share `window` (0 to 1) is in sight, up to the height `top`.
    pub fn new(area: Area, leaves: usize, window: (f64, f64), top: f64) -> Self {
        let n = leaves.max(1) as f64;
        let window = (window.0 * n, (window.1 * n).max(window.0 * n + 1e-6));
        // A twentieth of room above the top merge; a tree of equal galaxies has height 0.
        Self {
            area,
            window,
            highest: if top > 0.0 { top * 1.05 } else { 1.0 },
        }
    }

    /// The x of a place (leaf i is at i + 0.5).
    pub fn x(&self, place: f64) -> f64 {
        let share = (place - self.window.0) / (self.window.1 - self.window.0);
        self.area.left + share * (self.area.right - self.area.left)
    }

    /// The place at an x.
    pub fn place(&self, x: f64) -> f64 {
        let share = (x - self.area.left) / (self.area.right - self.area.left);
        self.window.0 + share * (self.window.1 - self.window.0)
    }

    /// The y of a height.
    pub fn y(&self, height: f64) -> f64 {
        self.area.bottom - height / self.highest * (self.area.bottom - self.area.top)
    }

    /// The height at a y, not below 0.
    pub fn height(&self, y: f64) -> f64 {
        ((self.area.bottom - y) / (self.area.bottom - self.area.top) * self.highest).max(0.0)
    }

    /// Pixels a leaf.
    pub fn pitch(&self) -> f64 {
        (self.area.right - self.area.left) / (self.window.1 - self.window.0)
    }
}

/// Round numbers from 0 to `highest`, at most `count` (3 or more) above 0: steps of 1, 2 or 5 times a power of ten.
pub fn ticks(highest: f64, count: usize) -> Vec<f64> {
    if !(highest > 0.0 && highest.is_finite()) || count == 0 {
        return vec![0.0];
    }
    let rough = highest / count as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough);
    let step = step.unwrap_or(10.0 * power);
    (0..)
        .map(|index| f64::from(index) * step)
        .take_while(|tick| *tick <= highest * (1.0 + 1e-9))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AREA: Area = Area {
        left: 50.0,
        right: 850.0,
        top: 20.0,
        bottom: 520.0,
    };

    proptest! {
        #[test]
        fn pixels_map_back(place in 0.0..1000.0_f64, height in 0.0..7.0_f64) {
            let scale = Scale::new(AREA, 1000, (0.1, 0.7), 7.0);
            prop_assert!((scale.place(scale.x(place)) - place).abs() < 1e-6);
            prop_assert!((scale.height(scale.y(height)) - height).abs() < 1e-9);
        }

        #[test]
        fn ticks_are_few_and_reach_far(highest in 1e-3..1e6_f64, count in 3_usize..12) {
            let ticks = ticks(highest, count);
            prop_assert!(ticks.len() <= count + 1 && ticks.len() >= 2, "{ticks:?}");
            prop_assert!(ticks[ticks.len() - 1] <= highest * 1.000001);
            prop_assert!(ticks[ticks.len() - 1] > highest * 0.4);
        }
    }

    #[test]
    fn the_window_fills_the_area() {
        let scale = Scale::new(AREA, 200, (0.25, 0.75), 3.0);
        assert_eq!(scale.x(50.0), AREA.left);
        assert_eq!(scale.x(150.0), AREA.right);
        assert_eq!(scale.pitch(), 8.0);
        assert_eq!(ticks(0.0, 5), [0.0]);
    }
}

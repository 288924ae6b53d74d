//! The smoothing of `HCOMPRESS_1` (SMOOTH = 1): slopes and curvatures that quantisation made uncertain are drawn towards
//! what the neighbouring blocks suggest, by half a step at most and never past monotony. As in cfitsio's `hsmooth`, so
//! that pixels are equal.

use super::grid::Grid;

/// How far a coefficient moves: towards `wanted / unit`, where `unit` is a power of two, by `change` at most.
fn moved(wanted: i64, now: i64, unit: i64, change: i64) -> i64 {
    let off = wanted.wrapping_sub(now.wrapping_mul(unit));
    // Rounded towards zero.
    (off / unit).clamp(-change, change)
}

/// The slope that the means before, here and behind suggest, in eighths; `None` where monotony allows only 0.
fn slope(before: i64, here: i64, behind: i64) -> Option<i64> {
    let (rise, fall) = (behind.wrapping_sub(here), here.wrapping_sub(before));
    let most = rise.min(fall).max(0).wrapping_mul(4);
    let least = rise.max(fall).min(0).wrapping_mul(4);
    (least < most).then(|| behind.wrapping_sub(before).min(most).max(least))
}

/// Smooths one level of coefficients, `high` rows and `wide` columns in blocks of 2 x 2: mean, slope across, slope down,
/// curvature. Blocks at the edge stay as they are.
pub(crate) fn smooth(grid: &mut Grid, high: usize, wide: usize, change: i64) {
    let inner = |length: usize| (2..length.saturating_sub(2)).step_by(2);
    for row in inner(high) {
        for column in (0..wide).step_by(2) {
            let [before, here, behind] = [row - 2, row, row + 2].map(|row| grid.get(row, column));
            if let Some(wanted) = slope(before, here, behind) {
                let now = grid.get(row + 1, column);
                grid.set(row + 1, column, now.wrapping_add(moved(wanted, now, 8, change)));
            }
        }
    }
    for row in (0..high).step_by(2) {
        for column in inner(wide) {
            let [before, here, behind] = [column - 2, column, column + 2].map(|column| grid.get(row, column));
            if let Some(wanted) = slope(before, here, behind) {
                let now = grid.get(row, column + 1);
                grid.set(row, column + 1, now.wrapping_add(moved(wanted, now, 8, change)));
            }
        }
    }
    for row in inner(high) {
        for column in inner(wide) {
            curvature(grid, row, column, change);
        }
    }
}

fn curvature(grid: &mut Grid, row: usize, column: usize, change: i64) {
    // Rows run along p or m first, columns second: `pm` is a row on, a column back.
    let mm = grid.get(row - 2, column - 2);
    let pm = grid.get(row + 2, column - 2);
    let mp = grid.get(row - 2, column + 2);
    let pp = grid.get(row + 2, column + 2);
    let here = grid.get(row, column);
    let down = grid.get(row + 1, column).wrapping_mul(2);
    let across = grid.get(row, column + 1).wrapping_mul(2);
    let over = |a: i64, b: i64, x: i64, y: i64, bound: fn(i64, i64) -> i64| {
        bound(a.wrapping_sub(b), 0).wrapping_add(x).wrapping_add(y)
    };
    let (minus_down, minus_across) = (down.wrapping_neg(), across.wrapping_neg());
    let corners = |bound: fn(i64, i64) -> i64| {
        [
            over(pp, here, minus_down, minus_across, bound),
            over(here, pm, down, minus_across, bound),
            over(here, mp, minus_down, across, bound),
            over(mm, here, down, across, bound),
        ]
    };
    let most = corners(i64::max)
        .into_iter()
        .fold(i64::MAX, i64::min)
        .wrapping_mul(16);
    let least = corners(i64::min)
        .into_iter()
        .fold(i64::MIN, i64::max)
        .wrapping_mul(16);
    if least < most {
        let wanted = pp.wrapping_add(mm).wrapping_sub(mp).wrapping_sub(pm);
        let wanted = wanted.min(most).max(least);
        let now = grid.get(row + 1, column + 1);
        grid.set(
            row + 1,
            column + 1,
            now.wrapping_add(moved(wanted, now, 64, change)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_keep_to_monotony() {
        assert_eq!(slope(0, 10, 20), Some(20));
        assert_eq!(slope(0, 1, 100), Some(4), "no overshoot");
        assert_eq!(slope(20, 10, 0), Some(-20));
        assert_eq!(slope(0, 10, 0), None, "a peak has no slope");
        assert_eq!(moved(20, 0, 8, 1), 1);
        assert_eq!(moved(20, 0, 8, 9), 2);
        assert_eq!(moved(-20, 0, 8, 9), -2);
    }
}

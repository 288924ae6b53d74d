//! The background of a field: level and noise on a mesh, smooth in between.
//!
//! Bertin & Arnouts 1996, A&AS 117, 393, section 3: in each cell the pixels are clipped around their median until nothing
//! changes; the mode is estimated from mean and median; a median filter over 3 by 3 cells takes out those that a large
//! object fills.

use super::plane::Plane;
use super::resample::{Area, resample};

/// Values this many sigma off the median do not count as sky.
const CLIP: f64 = 3.0;
/// A cell counts when at least this share of its pixels was measured.
const MEASURED: f64 = 0.3;
/// Clipping ends after so many rounds.
const ROUNDS: usize = 30;

/// Level and noise of the sky over a frame.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cutout) struct Background {
    width: usize,
    height: usize,
    /// Cells across and down, one more on each side than cover the frame.
    level: Plane,
    noise: Plane,
}

impl Background {
    /// Measures the sky of a plane in cells of about `mesh` pixels a side.
    pub fn measure(plane: &Plane, mesh: usize) -> Self {
        let (across, down) = (cells(plane.width, mesh), cells(plane.height, mesh));
        let mut measured = Vec::with_capacity(across * down);
        let mut values = Vec::new();
        for j in 0..down {
            let rows = j * plane.height / down..(j + 1) * plane.height / down;
            for i in 0..across {
                let (from, to) = (i * plane.width / across, (i + 1) * plane.width / across);
                values.clear();
                for y in rows.clone() {
                    let start = y * plane.width;
                    let row = plane.values.get(start + from..start + to).unwrap_or(&[]);
                    values.extend(
                        row.iter()
                            .enumerate()
                            .filter(|(x, _)| plane.is_valid(start + from + x))
                            .map(|(_, v)| *v),
                    );
                }
                let enough = values.len() as f64 >= MEASURED * ((to - from) * rows.len()) as f64;
                measured.push(if enough { mode(&mut values) } else { None });
            }
        }
        let measured = filled(measured, across);
        let level: Vec<f64> = measured.iter().map(|cell| cell.0).collect();
        let noise: Vec<f64> = measured.iter().map(|cell| cell.1).collect();
        Self {
            width: plane.width,
            height: plane.height,
            level: mesh_of(&level, across, true),
            noise: mesh_of(&noise, across, false),
        }
    }

    /// The level over a rectangle of the frame: `width * height` values, row-major.
    pub fn level(&self, left: usize, top: usize, width: usize, height: usize) -> Vec<f32> {
        resample(
            &self.level,
            self.area(left, top, width, height),
            width,
            height,
            None,
        )
    }

    /// The standard deviation of the sky over a rectangle of the frame. At least `least`.
    pub fn noise(&self, left: usize, top: usize, width: usize, height: usize, least: f32) -> Vec<f32> {
        let mut noise = resample(
            &self.noise,
            self.area(left, top, width, height),
            width,
            height,
            None,
        );
        for v in &mut noise {
            *v = if *v > least { *v } else { least };
        }
        noise
    }

    /// The rectangle in cells, past the padding.
    fn area(&self, left: usize, top: usize, width: usize, height: usize) -> Area {
        let across = (self.level.width - 2) as f64 / self.width as f64;
        let down = (self.level.height - 2) as f64 / self.height as f64;
        Area {
            left: 1.0 + left as f64 * across,
            top: 1.0 + top as f64 * down,
            width: width as f64 * across,
            height: height as f64 * down,
        }
    }
}

/// How many cells of about `mesh` pixels cover `size` pixels.
fn cells(size: usize, mesh: usize) -> usize {
    ((size as f64 / mesh.max(1) as f64).round() as usize).max(1)
}

/// The mode of the sky and its standard deviation; `None` for no values.
fn mode(values: &mut Vec<f32>) -> Option<(f64, f64)> {
    mode_within(values, ROUNDS)
}

/// The same with this many rounds of clipping at most.
fn mode_within(values: &mut Vec<f32>, rounds: usize) -> Option<(f64, f64)> {
    let mut first = None;
    let mut last = 0.0;
    for _ in 0..rounds {
        let count = values.len();
        let middle = f64::from(median(values)?);
        let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / count as f64;
        let variance = values
            .iter()
            .map(|v| (f64::from(*v) - mean) * (f64::from(*v) - mean))
            .sum::<f64>()
            / count as f64;
        let sigma = variance.sqrt();
        let started = *first.get_or_insert(sigma);
        last = sigma;
        values.retain(|v| (f64::from(*v) - middle).abs() <= CLIP * sigma);
        if values.len() == count || values.is_empty() {
            // Little was clipped: the cell is empty sky, and the mean is the better estimate.
            let crowded = (started - sigma).abs() > 0.2 * started;
            let level = if !crowded {
                mean
            } else if (mean - middle).abs() < 0.3 * sigma {
                2.5 * middle - 1.5 * mean
            } else {
                middle
            };
            return Some((level, sigma));
        }
    }
    // Clipping went on and on: what was measured last is still noise, which no noise at all would not be.
    let middle = f64::from(median(values)?);
    Some((middle, last))
}

/// The middle value (of an even number the upper of the two); the order of the values changes.
fn median(values: &mut [f32]) -> Option<f32> {
    if values.is_empty() {
        return None;
    }
    let half = values.len() / 2;
    let (_, middle, _) = values.select_nth_unstable_by(half, f32::total_cmp);
    Some(*middle)
}

/// Gives the cells without a measurement the mean of their neighbours, from the edges of the gaps inwards.
fn filled(mut cells: Vec<Option<(f64, f64)>>, across: usize) -> Vec<(f64, f64)> {
    let down = cells.len() / across.max(1);
    // Each round fills at least one cell next to a measured one.
    for _ in 0..across + down {
        if cells.iter().all(Option::is_some) {
            break;
        }
        let before = cells.clone();
        for (i, cell) in cells.iter_mut().enumerate() {
            if cell.is_none() {
                let near: Vec<(f64, f64)> = around(i, across, down)
                    .filter_map(|j| before.get(j).copied().flatten())
                    .collect();
                if !near.is_empty() {
                    let n = near.len() as f64;
                    *cell = Some((
                        near.iter().map(|c| c.0).sum::<f64>() / n,
                        near.iter().map(|c| c.1).sum::<f64>() / n,
                    ));
                }
            }
        }
    }
    cells.into_iter().map(|c| c.unwrap_or((0.0, 0.0))).collect()
}

/// The indices of the cells within one step of a cell, itself included.
fn around(i: usize, across: usize, down: usize) -> impl Iterator<Item = usize> {
    let (x, y) = (i % across, i / across);
    let columns = x.saturating_sub(1)..(x + 2).min(across);
    (y.saturating_sub(1)..(y + 2).min(down)).flat_map(move |j| columns.clone().map(move |k| j * across + k))
}

/// Each cell becomes the median of those within one step. At the edges the slope goes on beyond, so that it stays one.
fn median_filter(values: &[f64], across: usize, sloping: bool) -> Vec<f64> {
    let wider = extended(values, across, sloping);
    let down = values.len() / across.max(1);
    (0..values.len())
        .map(|i| {
            let middle = (i / across + 1) * (across + 2) + i % across + 1;
            let mut near: Vec<f64> = around(middle, across + 2, down + 2)
                .filter_map(|j| wider.get(j).copied())
                .collect();
            near.sort_unstable_by(f64::total_cmp);
            near.get(near.len() / 2).copied().unwrap_or(0.0)
        })
        .collect()
}

/// One more cell on each side: the same as its neighbour, or going on as straight as the two before it, so that a slope
/// reaches the frame's edge.
fn extended(values: &[f64], across: usize, sloping: bool) -> Vec<f64> {
    let down = values.len() / across.max(1);
    let at = |x: usize, y: usize| values.get(y * across + x).copied().unwrap_or(0.0);
    // The place along an axis, and the one to mirror it on: value = 2 * near - far.
    let place = |i: usize, size: usize| -> (usize, usize) {
        if i == 0 {
            (0, 1.min(size - 1))
        } else if i > size {
            (size - 1, size.saturating_sub(2))
        } else {
            (i - 1, i - 1)
        }
    };
    let mut out = Vec::with_capacity((across + 2) * (down + 2));
    for j in 0..down + 2 {
        let (y, v) = place(j, down);
        for i in 0..across + 2 {
            let (x, u) = place(i, across);
            out.push(if sloping {
                2.0 * at(x, y) - at(u, v)
            } else {
                at(x, y)
            });
        }
    }
    out
}

/// The filtered cells with one more on each side, to draw from.
fn mesh_of(values: &[f64], across: usize, sloping: bool) -> Plane {
    let down = values.len() / across.max(1);
    let filtered = median_filter(values, across, sloping);
    let cells = extended(&filtered, across, sloping);
    Plane::new(
        across + 2,
        down + 2,
        cells.into_iter().map(|v| v as f32).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_in_which_clipping_does_not_end_has_noise() {
        // Each round clips some more of these.
        let mut values: Vec<f32> = (0..400).map(|n| 1.05f32.powi(n)).collect();
        let before = values.len();
        let (level, noise) = mode_within(&mut values, 2).unwrap();
        assert!(values.len() < before);
        assert!(noise > 0.0 && level > 0.0, "{level} {noise}");
        assert_eq!(mode_within(&mut Vec::new(), 2), None);
    }
    use crate::cutout::raster::testing::noise;

    fn plane(width: usize, height: usize, f: impl Fn(f64, f64) -> f64) -> Plane {
        let values = (0..width * height)
            .map(|i| f((i % width) as f64, (i / width) as f64) as f32)
            .collect();
        Plane::new(width, height, values)
    }

    #[test]
    fn a_slope_with_stars_is_followed_to_the_edges() {
        let slope = |x: f64, y: f64| 100.0 + 0.05 * x - 0.03 * y;
        let plane = plane(500, 420, |x, y| {
            let star = if (x as u64) % 37 < 3 && (y as u64) % 41 < 3 {
                400.0
            } else {
                0.0
            };
            slope(x, y) + 2.0 * noise((y * 500.0 + x) as u64) + star
        });
        let sky = Background::measure(&plane, 64);
        let level = sky.level(0, 0, 500, 420);
        for (i, v) in level.iter().enumerate() {
            let wanted = slope((i % 500) as f64, (i / 500) as f64);
            assert!((f64::from(*v) - wanted).abs() < 1.0, "{i}: {v} for {wanted}");
        }
        let noise = sky.noise(0, 0, 500, 420, 0.0);
        assert!(noise.iter().all(|v| (1.8..2.8).contains(v)), "{:?}", &noise[..4]);
        let part = sky.level(30, 40, 2, 1);
        assert!((part[1] - level[40 * 500 + 31]).abs() < 1e-3, "{part:?}");
    }

    #[test]
    fn a_large_object_does_not_lift_the_sky() {
        let plane = plane(640, 640, |x, y| {
            let r2 = (x - 320.0).powi(2) + (y - 300.0).powi(2);
            10.0 + noise((y * 640.0 + x) as u64) + 300.0 * (-r2 / (2.0 * 900.0)).exp()
        });
        let level = Background::measure(&plane, 64).level(0, 0, 640, 640);
        let worst = level.iter().map(|v| (v - 10.0).abs()).fold(0.0, f32::max);
        assert!(worst < 4.0, "{worst}");
    }

    #[test]
    fn cells_without_values_take_their_neighbours() {
        let mut plane = plane(320, 192, |_, _| 5.0);
        plane.valid = Some((0..320 * 192).map(|i| i % 320 >= 128).collect());
        let sky = Background::measure(&plane, 64);
        assert_eq!(sky.level(10, 10, 1, 1), [5.0]);
        assert_eq!(sky.noise(10, 10, 1, 1, 0.25), [0.25]);
        // Nothing measured at all, and less than a cell.
        plane.valid = Some(vec![false; 320 * 192]);
        assert_eq!(Background::measure(&plane, 64).level(0, 0, 1, 1), [0.0]);
        assert_eq!(
            Background::measure(&Plane::new(1, 1, vec![2.0]), 64).level(0, 0, 1, 1),
            [2.0]
        );
    }
}

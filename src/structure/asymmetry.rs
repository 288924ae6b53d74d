//! Asymmetry under a turn by 180 degrees, and the centre where it is least.

use super::aperture::{Circle, Touched};
use super::light::Light;
use super::minimise::minimise;

/// The mean difference of pairs of sky pixels that lie opposite each other through the frame's centre: what noise adds to the sum of
/// absolute differences, for each pixel. 0 where there is no sky.
pub(super) fn sky(light: &Light) -> f64 {
    let count = light.values.len();
    let (mut sum, mut pairs) = (0.0, 0_usize);
    let is_sky = |at: usize| !light.is_masked(at) && !light.galaxy.get(at).copied().unwrap_or(false);
    for at in 0..count / 2 {
        let opposite = count - 1 - at;
        if is_sky(at) && is_sky(opposite) {
            sum += (light.value(at) - light.value(opposite)).abs();
            pairs += 1;
        }
    }
    if pairs > 0 { sum / pairs as f64 } else { 0.0 }
}

/// A galaxy's light beside itself turned by 180 degrees around any place.
///
/// The turned frame is the frame in reverse order, moved by the same part of a pixel everywhere: so the weights of its four neighbours are
/// the same for all pixels, and whole rows are taken at once.
#[derive(Debug)]
pub(super) struct Turned<'a> {
    light: &'a Light,
    /// The light, and 1 where a pixel is not masked; then both with each row in reverse order.
    values: Vec<f64>,
    counts: Vec<f64>,
    reversed: Vec<f64>,
    reversed_counts: Vec<f64>,
}

/// The rows that one row of the frame is compared with.
#[derive(Debug, Default)]
struct Opposite {
    /// Two rows, weighted, with a 0 before and behind.
    mixed: Vec<f64>,
    values: Vec<f64>,
    counts: Vec<f64>,
}

/// A place in steps of whole pixels, and the rest.
fn split(v: f64) -> (isize, f64) {
    let whole = v.floor();
    (whole as isize, v - whole)
}

/// The part of a row whose column x is filled from place `x + shift` of another one, and the first such place.
fn aligned(row: &mut [f64], shift: isize) -> (&mut [f64], usize) {
    let skip = usize::try_from(-shift).unwrap_or(0);
    let from = usize::try_from(shift).unwrap_or(0);
    (row.get_mut(skip..).unwrap_or_default(), from)
}

/// Numbers that are summed side by side.
const LANES: usize = 4;

/// What a circle sums up, in [`LANES`] parts.
#[derive(Debug, Default)]
struct Sums {
    light: [f64; LANES],
    difference: [f64; LANES],
    area: [f64; LANES],
}

impl Sums {
    /// Adds pixels, the opposite ones, and how much each of both counts.
    fn add(&mut self, own: &[f64], opposite: &[f64], counts: (&[f64], &[f64])) {
        let values = own.chunks(LANES).zip(opposite.chunks(LANES));
        let counts = counts.0.chunks(LANES).zip(counts.1.chunks(LANES));
        for ((own, other), (count, other_count)) in values.zip(counts) {
            let pixels = own.iter().zip(other).zip(count.iter().zip(other_count));
            let sums = self
                .light
                .iter_mut()
                .zip(&mut self.difference)
                .zip(&mut self.area);
            for (((own, other), (count, other_count)), ((light, difference), area)) in pixels.zip(sums) {
                let counted = count * other_count;
                *light += counted * own.abs();
                *difference += counted * (other - own).abs();
                *area += counted;
            }
        }
    }
}

/// How much each pixel in a circle counts, row by row: its share inside, 0 where it is masked.
#[derive(Debug)]
pub(super) struct Aperture {
    rows: Vec<(Touched, Vec<f64>)>,
}

impl<'a> Turned<'a> {
    pub(super) fn new(light: &'a Light) -> Self {
        let count = light.values.len();
        let values: Vec<f64> = (0..count).map(|at| light.value(at)).collect();
        let counts: Vec<f64> = (0..count)
            .map(|at| f64::from(u8::from(!light.is_masked(at))))
            .collect();
        let reverse = |from: &[f64]| {
            let rows = from.chunks_exact(light.width);
            rows.flat_map(|row| row.iter().rev().copied()).collect()
        };
        Self {
            light,
            reversed: reverse(&values),
            reversed_counts: reverse(&counts),
            values,
            counts,
        }
    }

    fn row<'b>(&self, from: &'b [f64], row: isize) -> Option<&'b [f64]> {
        let row = usize::try_from(row).ok()?;
        from.get(row * self.light.width..(row + 1) * self.light.width)
    }

    /// What lies opposite the pixels of `row`, through a centre whose coordinates doubled are `twice`.
    fn opposite(&self, row: usize, twice: (f64, f64), to: &mut Opposite) {
        let width = self.light.width;
        let ((left, fx), (top, fy)) = (split(twice.0), split(twice.1));
        let (upper, lower) = (top - row as isize, top - row as isize + 1);
        to.mixed.clear();
        to.mixed.resize(width + 2, 0.0);
        for (row, weight) in [(upper, 1.0 - fy), (lower, fy)] {
            if let Some(row) = self.row(&self.reversed, row) {
                let inner = to.mixed.get_mut(1..=width).unwrap_or_default();
                for (sum, value) in inner.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
        }
        // Column x lies opposite `left + fx - x`, which in reverse order is `x + shift - fx`.
        let shift = width as isize - 1 - left;
        to.values.clear();
        to.values.resize(width, 0.0);
        let (into, from) = aligned(&mut to.values, shift);
        let before = to.mixed.get(from..).unwrap_or_default();
        let behind = to.mixed.get(from + 1..).unwrap_or_default();
        for ((value, before), behind) in into.iter_mut().zip(before).zip(behind) {
            *value = fx * before + (1.0 - fx) * behind;
        }
        // Whether the pixel nearest to that place is masked; nothing is beyond the frame.
        to.counts.clear();
        to.counts.resize(width, 1.0);
        let (near, near_row) = (split(twice.0 + 0.5).0, split(twice.1 + 0.5).0);
        if let Some(row) = self.row(&self.reversed_counts, near_row - row as isize) {
            let (into, from) = aligned(&mut to.counts, width as isize - 1 - near);
            for (count, value) in into.iter_mut().zip(row.get(from..).unwrap_or_default()) {
                *count = *value;
            }
        }
    }

    /// The pixels within a radius around a centre.
    pub(super) fn aperture(&self, centre: (f64, f64), radius: f64) -> Aperture {
        let width = self.light.width;
        let circle = Circle::new((width, self.light.height), centre, radius);
        let rows = circle.rows().filter(|touched| !touched.columns.is_empty());
        let rows = rows.map(|touched| {
            let first = touched.row * width;
            let mut shares = vec![1.0; touched.columns.len()];
            for column in touched.edge() {
                if let Some(share) = shares.get_mut(column - touched.columns.start) {
                    *share = circle.share(column, touched.row);
                }
            }
            let counts = self
                .counts
                .get(first + touched.columns.start..first + touched.columns.end);
            for (share, count) in shares.iter_mut().zip(counts.unwrap_or_default()) {
                *share *= count;
            }
            (touched, shares)
        });
        Aperture { rows: rows.collect() }
    }

    /// `(sum |I - I180| - area * sky) / sum |I|` over an aperture, turned around a centre (Conselice 2003; Lotz et al. 2004, equation 10). A
    /// pixel counts only where the opposite one is not masked either.
    ///
    /// `None` where there is no light.
    pub(super) fn asymmetry(&self, aperture: &Aperture, centre: (f64, f64), sky: f64) -> Option<f64> {
        let mut opposite = Opposite::default();
        let mut all = Sums::default();
        for (touched, shares) in &aperture.rows {
            self.opposite(touched.row, (2.0 * centre.0, 2.0 * centre.1), &mut opposite);
            let own = self.row(&self.values, touched.row as isize).unwrap_or_default();
            let cut = |row| -> &[f64] { <[f64]>::get(row, touched.columns.clone()).unwrap_or_default() };
            all.add(cut(own), cut(&opposite.values), (shares, cut(&opposite.counts)));
        }
        let sum = |lanes: [f64; LANES]| lanes.iter().sum::<f64>();
        let (light, difference, area) = (sum(all.light), sum(all.difference), sum(all.area));
        (light > 0.0).then(|| (difference - area * sky) / light)
    }

    /// The centre where the asymmetry is least, searched from `start`; the pixels are those within `radius` of `start` all the while. `None`
    /// when it drifts further than `reach`.
    pub(super) fn centre(&self, start: (f64, f64), radius: f64, sky: f64, reach: f64) -> Option<(f64, f64)> {
        let (width, height) = (self.light.width as f64, self.light.height as f64);
        let inside = |(x, y): (f64, f64)| x >= 0.0 && y >= 0.0 && x < width && y < height;
        let aperture = self.aperture(start, radius);
        let value = |place: (f64, f64)| {
            if inside(place) {
                self.asymmetry(&aperture, place, sky).unwrap_or(100.0)
            } else {
                100.0
            }
        };
        let (found, _) = minimise(value, start, 0.5, 3e-3);
        let (dx, dy) = (found.0 - start.0, found.1 - start.1);
        (dx * dx + dy * dy <= reach * reach).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value between pixels: bilinear, and 0 beyond the frame.
    fn between(light: &Light, x: f64, y: f64) -> f64 {
        let at = |x: f64, y: f64| {
            let inside = x >= 0.0 && y >= 0.0 && x < light.width as f64 && y < light.height as f64;
            if inside {
                light.value(y as usize * light.width + x as usize)
            } else {
                0.0
            }
        };
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let upper = at(left, top) * (1.0 - fx) + at(left + 1.0, top) * fx;
        let lower = at(left, top + 1.0) * (1.0 - fx) + at(left + 1.0, top + 1.0) * fx;
        upper * (1.0 - fy) + lower * fy
    }

    /// By its definition, pixel by pixel.
    fn by_pixels(light: &Light, centre: (f64, f64), radius: f64, sky: f64) -> f64 {
        let circle = Circle::new((light.width, light.height), centre, radius);
        let (mut total, mut difference, mut area) = (0.0, 0.0, 0.0);
        for at in 0..light.values.len() {
            let (column, row) = (at % light.width, at / light.width);
            let (x, y) = (2.0 * centre.0 - column as f64, 2.0 * centre.1 - row as f64);
            let inside =
                x >= -0.5 && y >= -0.5 && x < light.width as f64 - 0.5 && y < light.height as f64 - 0.5;
            let hidden = inside && light.is_masked((y + 0.5) as usize * light.width + (x + 0.5) as usize);
            if light.is_masked(at) || hidden {
                continue;
            }
            let share = circle.share(column, row);
            total += share * light.value(at).abs();
            difference += share * (between(light, x, y) - light.value(at)).abs();
            area += share;
        }
        (difference - area * sky) / total
    }

    #[test]
    fn whole_rows_are_all_pixels() {
        let mut light = Light::new(
            23,
            19,
            (0..437).map(|at| f64::from((at * 37) % 29) - 3.0).collect(),
        );
        for masked in [false, true] {
            if masked {
                light.masked[7 * 23 + 5] = true;
                light.masked[9 * 23 + 14] = true;
            }
            let turned = Turned::new(&light);
            for (centre, radius) in [
                ((11.0, 9.0), 5.0),
                ((11.37, 8.62), 6.4),
                ((2.3, 16.8), 7.0),
                ((20.5, 1.5), 40.0),
                ((11.5, 9.5), 0.4),
            ] {
                let fast = turned
                    .asymmetry(&turned.aperture(centre, radius), centre, 0.1)
                    .unwrap();
                let slow = by_pixels(&light, centre, radius, 0.1);
                assert!(
                    (fast - slow).abs() < 1e-12 * slow.abs().max(1.0),
                    "{centre:?} {radius}: {fast} {slow}"
                );
            }
        }
    }

    #[test]
    fn a_symmetric_galaxy_has_none_around_its_centre_and_that_is_found() {
        let blob = |x: f64, y: f64| (-((x - 14.3) * (x - 14.3) + (y - 16.6) * (y - 16.6)) / 18.0).exp();
        let values = (0..31 * 33).map(|at| blob(f64::from(at % 31), f64::from(at / 31)));
        let light = Light::new(31, 33, values.collect());
        let turned = Turned::new(&light);
        let around = |centre| {
            turned
                .asymmetry(&turned.aperture(centre, 10.0), centre, 0.0)
                .unwrap()
        };
        assert!(around((14.3, 16.6)) < 0.02);
        assert!(around((16.3, 16.6)) > 0.3);
        let (x, y) = turned.centre((15.0, 16.0), 10.0, 0.0, 3.0).unwrap();
        assert!((x - 14.3).abs() < 0.05 && (y - 16.6).abs() < 0.05, "{x} {y}");
        assert_eq!(turned.centre((15.0, 16.0), 10.0, 0.0, 0.1), None);
    }
}

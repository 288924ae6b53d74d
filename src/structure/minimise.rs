//! The least value of a function of two numbers, without its slopes.

/// Nelder & Mead 1965 with the usual coefficients, from `start` with first steps of `step`; stops when the simplex is smaller than
/// `tolerance`, or after 200 rounds.
pub(super) fn minimise(
    mut f: impl FnMut((f64, f64)) -> f64,
    start: (f64, f64),
    step: f64,
    tolerance: f64,
) -> ((f64, f64), f64) {
    let corner = |x: f64, y: f64| (start.0 + x, start.1 + y);
    let mut all = [corner(0.0, 0.0), corner(step, 0.0), corner(0.0, step)].map(|p| (p, f(p)));
    let mix = |a: (f64, f64), b: (f64, f64), t: f64| (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
    for _ in 0..200 {
        all.sort_by(|a, b| a.1.total_cmp(&b.1));
        let [best, middle, worst] = all;
        let far = |p: (f64, f64)| (p.0 - best.0.0).abs() > tolerance || (p.1 - best.0.1).abs() > tolerance;
        if !far(middle.0) && !far(worst.0) {
            break;
        }
        let base = mix(best.0, middle.0, 0.5);
        let mut at = |t: f64| {
            let place = mix(worst.0, base, t);
            (place, f(place))
        };
        let reflected = at(2.0);
        let new = if reflected.1 < best.1 {
            let expanded = at(3.0);
            if expanded.1 < reflected.1 {
                expanded
            } else {
                reflected
            }
        } else if reflected.1 < middle.1 {
            reflected
        } else if reflected.1 < worst.1 {
            let outside = at(1.5);
            if outside.1 <= reflected.1 { outside } else { worst }
        } else {
            let inside = at(0.5);
            if inside.1 < worst.1 { inside } else { worst }
        };
        if new == worst {
            // Towards the best.
            let shrink = |p: (f64, f64)| mix(best.0, p, 0.5);
            let (m, w) = (shrink(middle.0), shrink(worst.0));
            all = [best, (m, f(m)), (w, f(w))];
        } else {
            all = [best, middle, new];
        }
    }
    all.sort_by(|a, b| a.1.total_cmp(&b.1));
    all[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_valley_is_followed_to_its_end() {
        let rosenbrock = |(x, y): (f64, f64)| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2);
        let ((x, y), least) = minimise(rosenbrock, (-1.2, 1.0), 0.5, 1e-9);
        assert!((x - 1.0).abs() < 1e-6 && (y - 1.0).abs() < 1e-6 && least < 1e-12);
    }
}

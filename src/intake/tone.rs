//! Whether plain numbers are a picture for display or flux.

/// Share of the numbers of a picture in bytes that are whole.
const WHOLE: f64 = 0.999;

/// True for the values of a picture in bytes that were turned into another type. Of whole numbers by type, which may be
/// counts as well, more is asked than of floats.
pub(in crate::intake) fn are_bytes(values: &[f32], by_type: bool) -> bool {
    let known = || values.iter().filter(|value| !value.is_nan());
    let (mut low, mut high, mut whole, mut count) = (f32::INFINITY, f32::NEG_INFINITY, 0usize, 0usize);
    for value in known() {
        low = low.min(*value);
        high = high.max(*value);
        whole += usize::from(value.fract() == 0.0);
        count += 1;
    }
    if count == 0 || low < 0.0 || high > 255.0 {
        return false;
    }
    // Photons are whole numbers too, but a picture reaches almost to white, and its black is black. Values that were
    // interpolated still end at both ends of the scale.
    let is_whole = whole as f64 >= WHOLE * count as f64;
    let (white, black) = if by_type { (250.0, 32.0) } else { (128.0, 64.0) };
    (is_whole && high >= white && low < black) || (low == 0.0 && high == 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_in_other_types_are_told_from_flux() {
        let ramp: Vec<f32> = (0..1000).map(|n| (n % 256) as f32).collect();
        assert!(are_bytes(&ramp, false));
        let halves: Vec<f32> = ramp.iter().map(|value| value * 0.5).collect();
        assert!(!are_bytes(&halves, false), "not whole, and it ends at 127.5");
        let smooth: Vec<f32> = (0..1000).map(|n| n as f32 * (255.0 / 999.0)).collect();
        assert!(are_bytes(&smooth, false));
        let counts: Vec<f32> = (0..1000).map(|n| (n % 5) as f32).collect();
        assert!(!are_bytes(&counts, false), "photons");
        let sky: Vec<f32> = (0..1000).map(|n| 100.0 + (n % 50) as f32).collect();
        assert!(!are_bytes(&sky, false), "no black");
        assert!(
            !are_bytes(&[-1.0, 255.0], false) && !are_bytes(&[f32::NAN], false) && !are_bytes(&[], false)
        );
    }
}

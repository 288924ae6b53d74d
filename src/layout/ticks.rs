//! Round numbers along an axis.

/// One mark of an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The value.
    pub value: f64,
    /// The value as text, with as many decimals as the step needs.
    pub label: String,
}

/// Round values (1, 2 or 5 times a power of ten apart) from `low` to `high`, `most` at most.
pub fn ticks(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let range = high - low;
    if !(range.is_finite() && range > 0.0) || most == 0 {
        return Vec::new();
    }
    let rough = range / most as f64;
    let power = rough.log10().floor();
    // A step of the next power of ten always fits, but for rounding.
    for factor in [1.0, 2.0, 5.0, 10.0, 20.0] {
        let step = factor * 10_f64.powf(power);
        let (start, end) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
        if end - start + 1.0 <= most as f64 {
            let decimals = (-(step * 1.000_001).log10().floor()).clamp(0.0, 12.0) as usize;
            let count = (end - start + 1.0).max(0.0) as usize;
            let values = (0..count).map(|i| (start + i as f64) * step);
            return values
                .map(|value| Tick {
                    value,
                    label: format!("{value:.decimals$}"),
                })
                .collect();
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(low: f64, high: f64, most: usize) -> Vec<String> {
        ticks(low, high, most)
            .into_iter()
            .map(|tick| tick.label)
            .collect()
    }

    #[test]
    fn round_numbers() {
        assert_eq!(labels(0.0, 4.4, 6), ["0", "1", "2", "3", "4"]);
        assert_eq!(labels(0.0, 0.9, 6), ["0.0", "0.2", "0.4", "0.6", "0.8"]);
        assert_eq!(labels(0.0, 36.0, 5), ["0", "10", "20", "30"]);
        assert_eq!(labels(1.234, 1.236, 3), ["1.234", "1.235", "1.236"]);
        assert!(labels(1.0, 1.0, 5).is_empty());
        assert!(labels(0.0, f64::NAN, 5).is_empty());
    }

    proptest! {
        #[test]
        fn inside_and_not_too_many(low in 0.0..10.0_f64, range in 1e-6..1e6_f64, most in 2_usize..12) {
            let all = ticks(low, low + range, most);
            prop_assert!(all.len() <= most);
            prop_assert!(!all.is_empty());
            prop_assert!(all.iter().all(|tick| tick.value >= low - range * 1e-6 && tick.value <= low + range * 1.000_001));
            prop_assert!(all.windows(2).all(|pair| pair[0].value < pair[1].value));
        }
    }
}

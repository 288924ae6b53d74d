//! Sizes and times, for people.

/// A size in words: 1.4 MB is 1,400,000 bytes.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.2} MB", bytes as f64 / 1e6),
    }
}

/// A time in words.
pub fn time(seconds: f64) -> String {
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match (whole / 60, whole % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_words() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(30_000), "30.0 kB");
        assert_eq!(size(24_300_000), "24.30 MB");
    }

    #[test]
    fn times_in_words() {
        assert_eq!(time(0.84), "0.8 s");
        assert_eq!(time(9.96), "10 s");
        assert_eq!(time(59.6), "1 min");
        assert_eq!(time(187.0), "3 min 7 s");
    }
}

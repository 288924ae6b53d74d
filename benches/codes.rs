//! Codes of galaxies that are made up, for several benchmarks.

/// Whole numbers below a bound, by a linear congruence (Knuth's MMIX).
pub fn draws() -> impl FnMut(u64) -> u64 {
    let mut state = 42_u64;
    move |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// Galaxies of 64 codes around 40 prototypes.
pub fn around_prototypes(galaxies: usize, draw: &mut impl FnMut(u64) -> u64) -> Vec<u8> {
    let prototypes: Vec<u8> = (0..40 * 64).map(|_| draw(16) as u8).collect();
    let mut out = Vec::with_capacity(galaxies * 64);
    for _ in 0..galaxies {
        let prototype = draw(40) as usize * 64;
        for position in 0..64 {
            let changed = draw(10) < 4;
            out.push(if changed {
                draw(16) as u8
            } else {
                prototypes[prototype + position]
            });
        }
    }
    out
}

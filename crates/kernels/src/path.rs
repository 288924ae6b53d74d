//! Which instructions are used.

/// A way to compute, named after the instructions that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Path {
    /// Plain Rust: every processor.
    Plain,
    /// AVX2 and FMA.
    Avx2,
    /// AVX-512 F and BW.
    Avx512,
    /// AVX-512 with VNNI; for numbers with a fraction the same as [`Path::Avx512`].
    Avx512Vnni,
    /// NEON.
    Neon,
    /// WebAssembly's SIMD, with the relaxed multiply-add where the program was compiled for it.
    Simd128,
}

impl Path {
    /// Those that this processor has, the fastest first; [`Path::Plain`] is always one.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let fastest_first = [
            Self::Avx512Vnni,
            Self::Avx512,
            Self::Avx2,
            Self::Neon,
            Self::Simd128,
            Self::Plain,
        ];
        fastest_first.into_iter().filter(|path| path.is_there()).collect()
    }

    /// The fastest.
    #[must_use]
    pub fn best() -> Self {
        Self::all().first().copied().unwrap_or(Self::Plain)
    }

    /// Whether this processor has it.
    #[must_use]
    pub fn is_there(self) -> bool {
        match self {
            Self::Plain => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni => Self::Avx512.is_there() && is_x86_feature_detected!("avx512vnni"),
            Self::Neon => cfg!(target_arch = "aarch64"),
            Self::Simd128 => cfg!(all(target_arch = "wasm32", target_feature = "simd128")),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 | Self::Avx512Vnni => false,
        }
    }

    /// A short name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
            Self::Avx512Vnni => "AVX-512 VNNI",
            Self::Neon => "NEON",
            Self::Simd128 if cfg!(target_feature = "relaxed-simd") => "relaxed SIMD",
            Self::Simd128 => "SIMD",
        }
    }
}

//! How pixels are stored.

use std::fmt;
use std::str::FromStr;

/// How pixels are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dtype {
    /// 32-bit floats: exact. 32 kB for each galaxy.
    #[default]
    F32,
    /// 16-bit floats: to 3 digits. 16 kB for each galaxy.
    F16,
    /// Bytes, round(255 v): for values from 0 to 1. 8 kB for each galaxy.
    U8,
}

impl Dtype {
    /// Bytes of one pixel.
    pub fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
            Self::U8 => 1,
        }
    }

    /// The type as safetensors spells it.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::U8 => "U8",
        }
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::U8 => "u8",
        })
    }
}

impl FromStr for Dtype {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "f32" => Ok(Self::F32),
            "f16" => Ok(Self::F16),
            "u8" => Ok(Self::U8),
            other => Err(format!("`{other}` is no pixel type: choose f32, f16 or u8")),
        }
    }
}

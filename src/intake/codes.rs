//! Codes of galaxies, as a file gives them.

/// Codes of galaxies, as a file gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Codes {
    /// Codes from 0 to 255, row-major. `[N * width]`
    pub codes: Vec<u8>,
    /// 64-bit identifiers, not always unique. `[N]`; at least one.
    pub ids: Vec<i64>,
}

impl Codes {
    /// Codes of one galaxy: 64 for the published model. 0 when there are no galaxies.
    pub fn width(&self) -> usize {
        self.codes.len().checked_div(self.ids.len()).unwrap_or(0)
    }
}

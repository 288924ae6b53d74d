//! Colours on a dark ground. A group's colour always comes with its number.

use crate::grouping::PALETTE_SIZE;

/// Colours of groups, by palette slot. Neighbouring slots differ for the common colour-vision deficiencies too.
pub const GROUPS: [&str; PALETTE_SIZE] = [
    "#6cb6ff", "#f5a85b", "#5fd3a5", "#f47fa8", "#c3a6ff", "#e6d15a", "#7fdbe6", "#ff8f70", "#b5c7d8",
    "#a3d65c", "#e59be8", "#d8b08c",
];
/// Branches above the cut.
pub const NEUTRAL: &str = "#8b97a8";
/// What can be dragged.
pub const ACCENT: &str = "#ffb454";
/// Axis lines.
pub const GRID: &str = "#1a2230";
/// Axis text.
pub const TEXT: &str = "#9aa7b9";

/// Colours of codes: blue, cream and red tones apart enough to tell sixteen.
const CODES: [&str; 16] = [
    "#1f4e96", "#2f7fd0", "#5bb0e8", "#a7d8f0", "#f4ecd2", "#f3c98b", "#eea555", "#dd7a3c", "#bd4b33",
    "#872e36", "#5c3b73", "#8a6bb8", "#c0a5dc", "#3e8f78", "#79c09a", "#c4dd8a",
];

/// The colour of a palette slot.
pub fn group(slot: u8) -> &'static str {
    GROUPS[usize::from(slot) % PALETTE_SIZE]
}

/// The colour of a code. Codebooks of more than 16 repeat them.
pub fn code(code: u8) -> &'static str {
    CODES[usize::from(code) % CODES.len()]
}

//! How large a cutout is, and its code.

/// Pixels along one side of a cutout.
pub const SIDE: usize = 64;

/// Pixels of a cutout: row-major, top row first.
pub const PIXELS: usize = SIDE * SIDE;

/// Positions along one side of a galaxy's code grid.
pub const GRID: usize = 8;

/// Codes of one galaxy: row-major, top row first.
pub const CODES: usize = GRID * GRID;

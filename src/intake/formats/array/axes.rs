//! The names of axes, where a file gives them (HDF5's dimension labels, xarray's dimensions).

/// What an axis runs along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Galaxies.
    Count,
    /// Rows of a picture.
    Down,
    /// Columns of a picture.
    Across,
    /// Bands.
    Bands,
}

const COUNT: &[&str] = &[
    "n", "t", "s", "galaxy", "galaxies", "gal", "obj", "object", "objects", "source", "sources", "target",
    "targets", "sample", "samples", "batch", "index", "id", "objid", "image", "images", "cutout", "cutouts",
    "stamp", "time", "number", "item", "frame",
];
const DOWN: &[&str] = &[
    "y", "height", "h", "row", "rows", "lat", "dec", "ypix", "yc", "dim_y",
];
const ACROSS: &[&str] = &[
    "x", "width", "w", "col", "cols", "column", "columns", "lon", "ra", "xpix", "xc", "dim_x",
];
const BANDS: &[&str] = &[
    "c",
    "channel",
    "channels",
    "band",
    "bands",
    "filter",
    "filters",
    "rgb",
    "colour",
    "color",
    "colors",
    "wavelength",
    "wave",
    "lambda",
];

/// What an axis of that name runs along, if the name is known.
pub fn named(name: &str) -> Option<Axis> {
    let name = name.trim().to_ascii_lowercase();
    let is = |names: &[&str]| names.contains(&name.as_str());
    [
        (COUNT, Axis::Count),
        (DOWN, Axis::Down),
        (ACROSS, Axis::Across),
        (BANDS, Axis::Bands),
    ]
    .into_iter()
    .find(|(names, _)| is(names))
    .map(|(_, axis)| axis)
}

/// True for an array that gives the coordinates along an axis of the pictures, and so counts pixels, not galaxies.
pub fn is_coordinate(name: &str) -> bool {
    // Right ascension and declination are columns of a catalogue far more often.
    !matches!(name, "ra" | "dec") && matches!(named(name), Some(Axis::Down | Axis::Across | Axis::Bands))
}

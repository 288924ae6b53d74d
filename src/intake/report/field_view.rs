//! A picture of many galaxies, for display.

/// A picture of many galaxies, with a box on each source: for display.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FieldView {
    /// Pixels along one side.
    pub side: usize,
    /// `side * side` grey values, row-major, top row first.
    pub grey: Vec<u8>,
    /// The sources, the one with the most light first.
    pub boxes: Vec<FieldBox>,
}

/// A source in a [`FieldView`].
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FieldBox {
    /// The name of its galaxy.
    pub name: String,
    /// Centre x, centre y and half side of its cutout, in pixels of the view.
    pub square: (f32, f32, f32),
    /// It became a cutout.
    pub is_taken: bool,
    /// Why it is not taken, or its light.
    pub words: String,
}

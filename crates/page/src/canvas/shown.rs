//! What the tree's canvas shows, as the panel draws it and the gestures ask it.

use galaxy_grove::layout::{Drawing, Place, Scale};

/// What is on the canvas now: hit tests ask it.
#[derive(Debug)]
pub struct Shown {
    /// The shapes.
    pub drawing: Drawing,
    /// Pixels and places.
    pub scale: Scale,
    /// Thumbnails.
    pub places: Vec<Place>,
}

//! The preparation as others call it: held against the training data where that is at hand, and against what must hold for
//! every frame.

mod cutouts;
mod frames;
mod recipes;
mod scene;
mod training_data;

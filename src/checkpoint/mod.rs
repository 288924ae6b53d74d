//! TensorFlow checkpoints.

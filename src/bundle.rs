//! The binary format: a safetensors file of cutouts.

//! What a model file says about itself.

use std::collections::BTreeMap;

/// Names and texts in the head of a model file.
pub type Metadata = BTreeMap<String, String>;

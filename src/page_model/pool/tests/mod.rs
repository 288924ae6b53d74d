//! Plain scenarios, and any interleaving.

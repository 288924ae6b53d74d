//! Nothing: cargo wants a library or a program beside tests. The tests begin in `main.rs`.

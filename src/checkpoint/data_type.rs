//! TensorFlow's types of numbers.

use std::fmt;

/// The type of a tensor's numbers, by TensorFlow's `DataType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataType(pub u64);

impl DataType {
    /// 32-bit floating point, the only type that is read.
    pub const FLOAT32: Self = Self(1);
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.0 {
            1 => "float32",
            2 => "float64",
            3 => "int32",
            4 => "uint8",
            5 => "int16",
            6 => "int8",
            7 => "strings",
            9 => "int64",
            10 => "booleans",
            14 => "bfloat16",
            17 => "uint16",
            19 => "float16",
            22 => "uint32",
            23 => "uint64",
            other => return write!(f, "TensorFlow's data type {other}"),
        };
        f.write_str(name)
    }
}

//! The arrays of a message.

/// One array of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Buffer {
    /// Bytes: codes, thumbnails, files.
    U8(Vec<u8>),
    /// Node numbers.
    U32(Vec<u32>),
    /// Pixels, margins.
    F32(Vec<f32>),
    /// Heights.
    F64(Vec<f64>),
}

impl Buffer {
    /// The bytes, or nothing when the array is of another type.
    pub fn into_u8(self) -> Vec<u8> {
        if let Self::U8(v) = self { v } else { Vec::new() }
    }

    /// The integers, or nothing when the array is of another type.
    pub fn into_u32(self) -> Vec<u32> {
        if let Self::U32(v) = self { v } else { Vec::new() }
    }

    /// The numbers, or nothing when the array is of another type.
    pub fn into_f32(self) -> Vec<f32> {
        if let Self::F32(v) = self { v } else { Vec::new() }
    }

    /// The numbers, or nothing when the array is of another type.
    pub fn into_f64(self) -> Vec<f64> {
        if let Self::F64(v) = self { v } else { Vec::new() }
    }

    /// The first `N` arrays of a message, empty ones when there are fewer: `let [codes, margins] = Buffer::first(buffers);`
    pub fn first<const N: usize>(buffers: Vec<Self>) -> [Self; N] {
        let mut arrays = buffers.into_iter();
        std::array::from_fn(|_| arrays.next().unwrap_or_else(|| Self::U8(Vec::new())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_arrays_and_those_of_another_type_are_empty() {
        let [codes, margins, rest] = Buffer::first(vec![Buffer::U8(vec![1, 2]), Buffer::F32(vec![0.5])]);
        assert_eq!(codes.into_u8(), [1, 2]);
        assert_eq!(margins.clone().into_f32(), [0.5]);
        assert!(margins.clone().into_u8().is_empty());
        assert!(margins.clone().into_u32().is_empty());
        assert!(margins.into_f64().is_empty());
        assert!(rest.into_f64().is_empty());
        assert_eq!(Buffer::U32(vec![7]).into_u32(), [7]);
        assert_eq!(Buffer::F64(vec![2.0]).into_f64(), [2.0]);
    }
}

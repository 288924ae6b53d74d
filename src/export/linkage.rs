//! The tree as SciPy's linkage matrix Z.

use crate::grouping::Tree;
use std::fmt::Write as _;

/// SciPy's Z as CSV: `a,b,height,size`, one merge a line; heights read back exactly.
pub fn linkage_csv(tree: &Tree) -> String {
    let mut out = String::from("a,b,height,size\r\n");
    for merge in tree.merges() {
        let _ = write!(out, "{},{},{},{}\r\n", merge.a, merge.b, merge.height, merge.size);
    }
    out
}

/// SciPy's Z as NumPy's NPY (version 1.0, little-endian doubles, `[n - 1, 4]`): the bytes that `numpy.save(Z)` writes.
pub fn linkage_npy(tree: &Tree) -> Vec<u8> {
    let rows = tree.merges().len();
    let mut out = crate::export::npy::header("<f8", &[rows, 4]);
    for merge in tree.merges() {
        for value in [merge.a as f64, merge.b as f64, merge.height, merge.size as f64] {
            out.extend(value.to_le_bytes());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::tree::tests::any_tree;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_formats_hold_every_merge(tree in any_tree(20)) {
            let bytes = linkage_npy(&tree);
            let npy = npyz::NpyFile::new(&bytes[..]).unwrap();
            prop_assert_eq!(npy.shape(), &[tree.merges().len() as u64, 4]);
            let values = npy.into_vec::<f64>().unwrap();
            let text = linkage_csv(&tree);
            let lines: Vec<&str> = text.lines().skip(1).collect();
            prop_assert_eq!(lines.len(), tree.merges().len());
            for ((merge, row), line) in tree.merges().iter().zip(values.chunks(4)).zip(lines) {
                let expected = [merge.a as f64, merge.b as f64, merge.height, merge.size as f64];
                prop_assert_eq!(row, &expected[..]);
                let read: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
                prop_assert_eq!(read, &expected[..]);
            }
        }
    }
}

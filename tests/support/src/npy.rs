//! Files of NumPy's.

/// One array of NumPy's, as a file: its type (`<f8`), its shape (`(3, 2)`), its numbers as bytes.
pub fn npy(kind: &str, shape: &str, data: Vec<u8>) -> Vec<u8> {
    let mut head = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    while (head.len() + 11) % 64 != 0 {
        head.push(' ');
    }
    head.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((head.len() as u16).to_le_bytes());
    file.extend(head.into_bytes());
    file.extend(data);
    file
}

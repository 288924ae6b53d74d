//! The header of a tar file.

/// The size of a header.
pub const BLOCK: usize = 512;

/// A tar header is recognised by its checksum, which all tars have had; the magic word came later.
pub fn is_tar(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..BLOCK) else {
        return false;
    };
    let (Some(field), Some(true)) = (header.get(148..156), header.first().map(|first| *first != 0)) else {
        return false;
    };
    let digits: String = field
        .iter()
        .map(|byte| char::from(*byte))
        .skip_while(|c| *c == ' ')
        .take_while(char::is_ascii_digit)
        .collect();
    let sum: u32 = header
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            if (148..156).contains(&at) {
                u32::from(b' ')
            } else {
                u32::from(*byte)
            }
        })
        .sum();
    u32::from_str_radix(&digits, 8) == Ok(sum)
}

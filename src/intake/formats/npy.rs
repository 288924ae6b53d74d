//! NumPy's arrays: one in an NPY file, several in an NPZ file.
//!
//! The headers are read with npyz; the numbers are taken from the bytes as they are asked for, in C or Fortran order.
//! Arrays of Python objects are refused: they are programs, not data.

use std::ops::Range;

use npyz::{DType, NpyHeader, Order, TypeChar, TypeStr};

use crate::intake::formats::array::{Array, Arrays, Values};
use crate::intake::formats::array::{Class, Element};
use crate::refusal::Refusal;

/// Longer headers are refused: npyz reads them with a parser that recurses.
const HEADER: usize = 1 << 16;
/// Brackets inside brackets of a header: (1) for the whole, (2) for the shape, and some for records.
const NESTED: usize = 8;

const REMEDY: &str =
    "write it with `numpy.save(\"images.npy\", images)`, an array of whole numbers or floats";

/// The arrays of an NPY or NPZ file.
pub struct Npy<'a> {
    arrays: Vec<Array>,
    members: Vec<Member<'a>>,
}

/// Where the values of one array stand.
struct Member<'a> {
    bytes: &'a [u8],
    fortran: bool,
    /// Bytes of one value.
    size: usize,
    words: Words,
}

/// How words are written.
#[derive(Clone, Copy)]
enum Words {
    Bytes,
    /// 32 bits a letter.
    Wide {
        big: bool,
    },
}

impl<'a> Npy<'a> {
    /// An NPY file.
    ///
    /// # Errors
    /// A [`Refusal`] when its header is damaged, its type is not read here, or it is cut short.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let (array, member) = open("array", bytes)?;
        Ok(Self {
            arrays: vec![array],
            members: vec![member],
        })
    }

    /// The members of an NPZ file: names with their contents. Members that are no arrays, or arrays of a kind that is
    /// not read, are passed over as long as one is left.
    ///
    /// # Errors
    /// A [`Refusal`] that says why the first member was not read, when none was.
    pub fn of_members(members: &'a [(String, Vec<u8>)]) -> Result<Self, Refusal> {
        let mut npy = Self {
            arrays: Vec::new(),
            members: Vec::new(),
        };
        let mut why = None;
        for (name, bytes) in members {
            let name = name.strip_suffix(".npy").unwrap_or(name);
            match open(name, bytes) {
                Ok((array, member)) => {
                    npy.arrays.push(array);
                    npy.members.push(member);
                }
                Err(refusal) => {
                    why.get_or_insert(Refusal::new(
                        format!("{name}: {}", refusal.reason),
                        refusal.remedy,
                    ));
                }
            }
        }
        match why {
            Some(refusal) if npy.arrays.is_empty() => Err(refusal),
            _ => Ok(npy),
        }
    }

    fn at(&self, index: usize) -> Result<(&Array, &Member<'a>), Refusal> {
        let found = self.arrays.get(index).zip(self.members.get(index));
        found.ok_or_else(|| Refusal::new("the array is not there", "this is a fault of Galaxy Grove"))
    }
}

fn open<'a>(name: &str, bytes: &'a [u8]) -> Result<(Array, Member<'a>), Refusal> {
    let header = header(bytes)?;
    let mut rest = bytes;
    let parsed = NpyHeader::from_reader(&mut rest).map_err(|error| {
        Refusal::new(
            format!("the header of the NPY array cannot be read ({error})"),
            REMEDY,
        )
    })?;
    let rest = bytes.get(header..).unwrap_or_default();
    let dtype = parsed.dtype();
    let (values, size, words) = match &dtype {
        DType::Plain(plain) => values(plain)?,
        DType::Record(_) | DType::Array(..) => {
            return Err(Refusal::new("it is an array of records, not of numbers", REMEDY));
        }
    };
    let shape = parsed.shape().to_vec();
    let count = shape.iter().try_fold(1u64, |product, n| product.checked_mul(*n));
    let needed = count.and_then(|count| usize::try_from(count.checked_mul(size as u64)?).ok());
    let shown = Array {
        name: name.to_owned(),
        shape: shape.clone(),
        values: values.clone(),
        block: 1,
    }
    .words();
    let bytes = needed.and_then(|needed| rest.get(..needed)).ok_or_else(|| {
        Refusal::new(
            format!(
                "the array is cut short: {shown} does not fit into its {} bytes",
                rest.len()
            ),
            "download or copy it again",
        )
    })?;
    let fortran = parsed.order() == Order::Fortran && shape.len() > 1;
    let array = Array {
        name: name.to_owned(),
        shape,
        values,
        block: 1,
    };
    Ok((
        array,
        Member {
            bytes,
            fortran,
            size,
            words,
        },
    ))
}

/// Checks the header before it is parsed; returns where the values begin.
fn header(bytes: &[u8]) -> Result<usize, Refusal> {
    let damaged = |what: &str| Refusal::new(format!("the NPY array is {what}"), "download or copy it again");
    if !bytes.starts_with(b"\x93NUMPY") {
        return Err(Refusal::new("it is no NPY array", REMEDY));
    }
    let word = |range: Range<usize>| bytes.get(range).unwrap_or_default();
    let (start, length) = match bytes.get(6) {
        Some(1) => match word(8..10).first_chunk() {
            Some(length) => (10, usize::from(u16::from_le_bytes(*length))),
            None => return Err(damaged("cut short")),
        },
        Some(2 | 3) => match word(8..12).first_chunk() {
            Some(length) => (12, u32::from_le_bytes(*length) as usize),
            None => return Err(damaged("cut short")),
        },
        _ => return Err(damaged("of an unknown version")),
    };
    if length > HEADER {
        return Err(damaged("damaged: its header is longer than 64 kB"));
    }
    let text = bytes
        .get(start..start + length)
        .ok_or_else(|| damaged("cut short"))?;
    let mut depth = 0usize;
    for letter in text {
        match letter {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > NESTED {
            return Err(damaged("damaged: its header is nested too deep"));
        }
    }
    Ok(start + length)
}

/// What a type holds, and the bytes of one value.
fn values(plain: &TypeStr) -> Result<(Values, usize, Words), Refusal> {
    let big = plain.endianness() == npyz::Endianness::Big;
    let refused = |what: String| Err(Refusal::new(what, REMEDY));
    let class = match plain.type_char() {
        TypeChar::Bool => Class::Bool,
        TypeChar::Int => Class::Signed,
        TypeChar::Uint => Class::Unsigned,
        TypeChar::Float => Class::Float,
        TypeChar::ByteStr => return Ok((Values::Text, plain.size_field() as usize, Words::Bytes)),
        TypeChar::UnicodeStr => {
            let size = (plain.size_field() as usize).saturating_mul(4);
            return Ok((Values::Text, size, Words::Wide { big }));
        }
        TypeChar::Object => {
            return refused(
                "it is an array of Python objects (a pickle), which is not read: it could run programs"
                    .into(),
            );
        }
        TypeChar::Complex => return refused("it is an array of complex numbers".to_owned()),
        _ => return refused(format!("its type `{plain}` is not read here")),
    };
    let size = plain.size_field() as usize;
    match Element::new(class, size, big) {
        Some(element) => Ok((Values::Numbers(element), size, Words::Bytes)),
        None => refused(format!("its type `{plain}` is not read here")),
    }
}

impl Member<'_> {
    /// The bytes of some rows, in C order; `None` when they are not there.
    fn rows(&self, shape: &[u64], rows: Range<u64>) -> Option<Vec<u8>> {
        let first = *shape.first()?;
        if rows.start > rows.end || rows.end > first {
            return None;
        }
        let lengths: Vec<usize> = shape
            .iter()
            .map(|n| usize::try_from(*n).ok())
            .collect::<Option<_>>()?;
        let (count, inner) = lengths.split_first()?;
        let row = inner.iter().product::<usize>();
        let (start, end) = (usize::try_from(rows.start).ok()?, usize::try_from(rows.end).ok()?);
        if !self.fortran {
            return self
                .bytes
                .get(start * row * self.size..end * row * self.size)
                .map(<[u8]>::to_vec);
        }
        // In Fortran order the first axis runs fastest: neighbours of a picture stand far apart.
        let mut strides = Vec::with_capacity(inner.len());
        let mut stride = *count;
        for length in inner {
            strides.push(stride);
            stride *= length;
        }
        let mut out = Vec::with_capacity((end - start) * row * self.size);
        for line in start..end {
            let mut place = vec![0; inner.len()];
            for _ in 0..row {
                let at = line
                    + place
                        .iter()
                        .zip(&strides)
                        .map(|(index, stride)| index * stride)
                        .sum::<usize>();
                out.extend(self.bytes.get(at * self.size..(at + 1) * self.size)?);
                // The next place, the last axis first.
                for (index, length) in place.iter_mut().zip(inner).rev() {
                    *index += 1;
                    if *index < *length {
                        break;
                    }
                    *index = 0;
                }
            }
        }
        Some(out)
    }
}

impl Arrays for Npy<'_> {
    fn list(&self) -> &[Array] {
        &self.arrays
    }

    fn numbers(&self, index: usize, rows: Range<u64>) -> Result<Vec<u8>, Refusal> {
        let (array, member) = self.at(index)?;
        member.rows(&array.shape, rows).ok_or_else(|| {
            Refusal::new(
                format!("rows of {} are missing", array.words()),
                "download or copy it again",
            )
        })
    }

    fn texts(&self, index: usize, rows: Range<u64>) -> Result<Vec<String>, Refusal> {
        let (_, member) = self.at(index)?;
        let bytes = self.numbers(index, rows)?;
        let text = |word: &[u8]| match member.words {
            Words::Bytes => {
                let end = word.iter().position(|byte| *byte == 0).unwrap_or(word.len());
                String::from_utf8_lossy(word.get(..end).unwrap_or_default()).into_owned()
            }
            Words::Wide { big } => {
                let (letters, _) = word.as_chunks::<4>();
                let number = |n: &[u8; 4]| {
                    if big {
                        u32::from_be_bytes(*n)
                    } else {
                        u32::from_le_bytes(*n)
                    }
                };
                letters
                    .iter()
                    .map(number)
                    .take_while(|n| *n != 0)
                    .filter_map(char::from_u32)
                    .collect()
            }
        };
        Ok(bytes.chunks_exact(member.size.max(1)).map(text).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(descr: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
        let fortran = if fortran { "True" } else { "False" };
        let mut header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
        while !(header.len() + 10).is_multiple_of(16) {
            header.insert(header.len() - 1, ' ');
        }
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn rows_come_in_c_order_from_both_orders() {
        // a[i, j, k] = 6 i + 3 j + k of the shape (2, 2, 3).
        let c: Vec<u8> = (0..12).collect();
        let mut f = Vec::new();
        for k in 0..3 {
            for j in 0..2 {
                for i in 0..2 {
                    f.push(6 * i + 3 * j + k);
                }
            }
        }
        let c = npy("|u1", false, "(2, 2, 3)", &c);
        let f = npy("|u1", true, "(2, 2, 3)", &f);
        for bytes in [&c, &f] {
            let npy = Npy::new(bytes).unwrap();
            assert_eq!(npy.list()[0].shape, [2, 2, 3]);
            assert_eq!(npy.numbers(0, 0..2).unwrap(), (0..12).collect::<Vec<u8>>());
            assert_eq!(npy.numbers(0, 1..2).unwrap(), (6..12).collect::<Vec<u8>>());
            assert!(npy.numbers(0, 1..3).is_err());
        }
    }

    #[test]
    fn words_are_read() {
        let bytes = npy("|S3", false, "(2,)", b"ab\0xyz");
        assert_eq!(Npy::new(&bytes).unwrap().texts(0, 0..2).unwrap(), ["ab", "xyz"]);
        let bytes = npy(
            ">U2",
            false,
            "(2,)",
            &[0, 0, 0, 65, 0, 0, 0x1f, 0x30, 0, 0, 0, 66, 0, 0, 0, 0],
        );
        assert_eq!(
            Npy::new(&bytes).unwrap().texts(0, 0..2).unwrap(),
            ["A\u{1f30}", "B"]
        );
    }

    #[test]
    fn damage_and_foreign_types_are_refused() {
        let deep = format!("{}1{}", "(".repeat(30_000), ")".repeat(30_000));
        for (bytes, word) in [
            (npy("|O", false, "(2,)", b""), "pickle"),
            (npy("<c8", false, "(2,)", b""), "complex"),
            (npy("<f4", false, "(2, 64)", &[0; 100]), "cut short"),
            (
                npy("<f4", false, "(4000000000, 4000000000)", &[0; 100]),
                "cut short",
            ),
            (npy("<f16", false, "(1,)", &[0; 16]), "is not read"),
            (npy("<f4", false, &deep, b""), "nested too deep"),
            (b"\x93NUMPY\x01\x00\xff".to_vec(), "cut short"),
            (b"\x93NUMPY\x09\x00\x10\x00".to_vec(), "unknown version"),
            (b"\x93NUMPY\x02\x00\xff\xff\xff\xff".to_vec(), "longer than 64 kB"),
            (b"PK".to_vec(), "no NPY"),
        ] {
            let refusal = Npy::new(&bytes).map(|_| ()).unwrap_err();
            assert!(refusal.reason.contains(word), "{word}: {refusal}");
        }
    }
}

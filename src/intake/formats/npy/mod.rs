//! NumPy's arrays: one in an NPY file, several in an NPZ file.
//!
//! The headers are read with npyz; the numbers are taken from the bytes as they are asked for, in C or Fortran order.
//! Arrays of Python objects are refused: they are programs, not data. The fields of records are arrays of their own.

mod dates;
mod member;

use std::ops::Range;

use npyz::{DType, NpyHeader, Order, TypeChar, TypeStr};

use self::member::{Member, Words};
use crate::intake::formats::array::{Array, Arrays, Hints, Values};
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
    remarks: Vec<String>,
}

impl<'a> Npy<'a> {
    /// An NPY file.
    ///
    /// # Errors
    /// A [`Refusal`] when its header is damaged, its type is not supported, or it is cut short.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let (arrays, members): (Vec<Array>, Vec<Member<'a>>) = open("array", bytes)?.into_iter().unzip();
        if let [array] = arrays.as_slice()
            && let Values::Other(what) = &array.values
        {
            return Err(Refusal::new(format!("it is an array of {what}"), REMEDY));
        }
        Ok(Self {
            arrays,
            members,
            remarks: Vec::new(),
        })
    }

    /// The members of an NPZ file: names with their contents. Members that are no arrays are passed over with a remark as
    /// long as one is left.
    ///
    /// # Errors
    /// A [`Refusal`] that says why the first member was not read, when none was.
    pub fn of_members(members: &'a [(String, Vec<u8>)]) -> Result<Self, Refusal> {
        let mut npy = Self {
            arrays: Vec::new(),
            members: Vec::new(),
            remarks: Vec::new(),
        };
        let mut why = None;
        let mut fail = |name: &str, refusal: Refusal, remarks: &mut Vec<String>| {
            remarks.push(format!("`{name}` was left out: {}", refusal.reason));
            why.get_or_insert(Refusal::new(
                format!("{name}: {}", refusal.reason),
                refusal.remedy,
            ));
        };
        for (name, bytes) in members {
            let name = name.strip_suffix(".npy").unwrap_or(name);
            match open(name, bytes) {
                Ok(found) => {
                    for (array, member) in found {
                        npy.arrays.push(array);
                        npy.members.push(member);
                    }
                }
                Err(refusal) => fail(name, refusal, &mut npy.remarks),
            }
        }
        if let Some(first) = npy.arrays.first()
            && let Values::Other(what) = &first.values
            && npy
                .arrays
                .iter()
                .all(|array| matches!(array.values, Values::Other(_)))
        {
            return Err(Refusal::new(
                format!("{}: it is an array of {what}", first.name),
                REMEDY,
            ));
        }
        match why {
            Some(refusal) if npy.arrays.is_empty() => Err(refusal),
            _ => Ok(npy),
        }
    }

    fn at(&self, index: usize) -> Result<(&Array, &Member<'a>), Refusal> {
        let found = self.arrays.get(index).zip(self.members.get(index));
        found.ok_or_else(|| {
            Refusal::new(
                "the array is not there",
                "this is a bug in Galaxy Grove; please report it",
            )
        })
    }
}

/// The arrays of one NPY array: itself, or one for each field of its records.
fn open<'a>(name: &str, bytes: &'a [u8]) -> Result<Vec<(Array, Member<'a>)>, Refusal> {
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
    let shape = parsed.shape().to_vec();
    let array = |name: String, shape: Vec<u64>, values: Values| Array {
        name,
        shape,
        values,
        block: 1,
        hints: Hints::default(),
    };
    let (fields, record) = fields(&dtype);
    let lone = fields.len() == 1 && fields.first().is_some_and(|field| field.name.is_empty());
    let Some(record) = record else {
        // Of objects nothing is known but how many there are.
        let what = fields
            .into_iter()
            .find_map(|field| match field.values {
                Values::Other(what) => Some(what),
                _ => None,
            })
            .unwrap_or_else(|| "records, which are not supported".to_owned());
        return Ok(vec![(
            array(name.to_owned(), shape, Values::Other(what)),
            Member::default(),
        )]);
    };
    let count = shape.iter().try_fold(1u64, |product, n| product.checked_mul(*n));
    let needed = count.and_then(|count| usize::try_from(count.checked_mul(record as u64)?).ok());
    let bytes = needed.and_then(|needed| rest.get(..needed)).ok_or_else(|| {
        let values = match fields.as_slice() {
            [field] => field.values.clone(),
            _ => Values::Other("records".to_owned()),
        };
        Refusal::new(
            format!(
                "the array is cut short: {} does not fit into its {} bytes",
                array(name.to_owned(), shape.clone(), values).words(),
                rest.len()
            ),
            "download or copy it again",
        )
    })?;
    let fortran = parsed.order() == Order::Fortran && shape.len() > 1;
    if fortran && !lone {
        let what = "records in Fortran order, which are not supported".to_owned();
        return Ok(vec![(
            array(name.to_owned(), shape, Values::Other(what)),
            Member::default(),
        )]);
    }
    let outer = shape.len();
    Ok(fields
        .into_iter()
        .map(|field| {
            let path = if lone {
                name.to_owned()
            } else {
                format!("{name}/{}", field.name)
            };
            let member = Member {
                bytes,
                fortran,
                size: field.size,
                words: field.words,
                record,
                offset: field.offset,
                outer,
            };
            (
                array(path, [shape.as_slice(), &field.shape].concat(), field.values),
                member,
            )
        })
        .collect())
}

/// A field of a record, or the whole of a plain value.
struct Field {
    name: String,
    shape: Vec<u64>,
    values: Values,
    words: Words,
    /// Bytes of one value, and where the first begins in the record.
    size: usize,
    offset: usize,
}

/// The fields of a type, and the bytes of one record; none when that is not known.
fn fields(dtype: &DType) -> (Vec<Field>, Option<usize>) {
    let mut found = Vec::new();
    // Types inside types are as deep as the header's brackets, which are counted.
    let mut waiting = vec![(String::new(), Vec::new(), dtype, 0)];
    while let Some((name, mut shape, dtype, offset)) = waiting.pop() {
        match dtype {
            DType::Plain(plain) => {
                // Padding has no name.
                if name.is_empty() && found.is_empty() && waiting.is_empty() || !name.is_empty() {
                    let (values, size, words) = values(plain);
                    found.push(Field {
                        name,
                        shape,
                        values,
                        words,
                        size,
                        offset,
                    });
                }
            }
            DType::Array(n, inner) => {
                shape.push(*n);
                waiting.push((name, shape, inner, offset));
            }
            DType::Record(fields) if shape.is_empty() => {
                let mut inside = Vec::new();
                let mut at = offset;
                for field in fields {
                    let path = match (name.is_empty(), field.name.is_empty()) {
                        (_, true) => String::new(),
                        (true, false) => field.name.clone(),
                        (false, false) => format!("{name}/{}", field.name),
                    };
                    let Some(size) = field.dtype.num_bytes() else {
                        found.push(objects(path));
                        continue;
                    };
                    if !path.is_empty() {
                        inside.push((path, Vec::new(), &field.dtype, at));
                    }
                    at += size;
                }
                inside.reverse();
                waiting.extend(inside);
            }
            DType::Record(_) => found.push(Field {
                name,
                shape,
                values: Values::Other("records inside records".to_owned()),
                words: Words::Bytes,
                size: 0,
                offset,
            }),
        }
    }
    (found, dtype.num_bytes())
}

fn objects(name: String) -> Field {
    Field {
        name,
        shape: Vec::new(),
        values: Values::Other(OBJECTS.to_owned()),
        words: Words::Bytes,
        size: 0,
        offset: 0,
    }
}

const OBJECTS: &str = "Python objects (a pickle), which are not supported: they could run programs";

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

/// What a type holds, the bytes of one value, and how words are written.
fn values(plain: &TypeStr) -> (Values, usize, Words) {
    let big = plain.endianness() == npyz::Endianness::Big;
    let size = plain.num_bytes().unwrap_or(0);
    let other = |what: String| (Values::Other(what), size, Words::Bytes);
    let class = match plain.type_char() {
        TypeChar::Bool => Class::Bool,
        TypeChar::Int | TypeChar::TimeDelta => Class::Signed,
        TypeChar::Uint => Class::Unsigned,
        TypeChar::Float => Class::Float,
        TypeChar::ByteStr => return (Values::Text, size, Words::Bytes),
        TypeChar::UnicodeStr => return (Values::Text, size, Words::Wide { big }),
        TypeChar::DateTime => {
            return match plain.time_units() {
                Some(unit) => (Values::Text, size, Words::Dates { big, unit }),
                None => other("dates without a unit".to_owned()),
            };
        }
        TypeChar::Object => return other(OBJECTS.to_owned()),
        TypeChar::Complex => return other("complex numbers, which are not supported".to_owned()),
        _ => return other(format!("values of the type `{plain}`, which is not supported")),
    };
    match Element::new(class, size, big) {
        Some(element) => (Values::Numbers(element), size, Words::Bytes),
        None => other(format!("numbers of the type `{plain}`, which is not supported")),
    }
}

impl Arrays for Npy<'_> {
    fn list(&self) -> &[Array] {
        &self.arrays
    }

    fn remarks(&self) -> &[String] {
        &self.remarks
    }

    fn numbers(&self, index: usize, rows: Range<u64>) -> Result<Vec<u8>, Refusal> {
        self.numbers_along(index, 0, rows)
    }

    fn numbers_along(&self, index: usize, axis: usize, places: Range<u64>) -> Result<Vec<u8>, Refusal> {
        let (array, member) = self.at(index)?;
        member.part(&array.shape, axis, places).ok_or_else(|| {
            Refusal::new(
                format!("rows of {} are missing", array.words()),
                "download or copy it again",
            )
        })
    }

    fn texts(&self, index: usize, rows: Range<u64>) -> Result<Vec<String>, Refusal> {
        let (_, member) = self.at(index)?;
        let bytes = self.numbers(index, rows)?;
        Ok(bytes
            .chunks_exact(member.size.max(1))
            .map(|word| member.words.text(word))
            .collect())
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
            (npy("<f16", false, "(1,)", &[0; 16]), "is not supported"),
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

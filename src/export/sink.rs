//! Writing codes as they come, however many: nothing is held back but what a format wants at its end.

use super::fits::{BLOCK, FeatureFormat};
use crate::export::fits;
use crate::export::{npy, tensors};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

/// Takes codes galaxy by galaxy and makes a file of them.
pub trait FeatureSink {
    /// Takes the next galaxies: their ids and `ids.len() * width` codes.
    ///
    /// # Errors
    /// What the writer said.
    fn push(&mut self, ids: &[i64], codes: &[u8]) -> io::Result<()>;

    /// Completes the file. Without it the file is not valid.
    ///
    /// # Errors
    /// What the writer said.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// Refuses codes that do not fit the ids.
pub(super) fn check(ids: &[i64], codes: &[u8], width: usize) -> io::Result<()> {
    if codes.len() == ids.len() * width {
        Ok(())
    } else {
        Err(io::Error::other(format!(
            "{} codes do not fit {} galaxies of {width} codes",
            codes.len(),
            ids.len()
        )))
    }
}

/// Writes the head again, now that the number of galaxies is known, and flushes.
fn replace_head<W: Write + Seek>(mut out: BufWriter<W>, head: &[u8]) -> io::Result<()> {
    out.flush()?;
    out.seek(SeekFrom::Start(0))?;
    out.write_all(head)?;
    out.flush()
}

/// The reference's FITS table.
pub struct FitsSink<W: Write + Seek> {
    out: BufWriter<W>,
    format: FeatureFormat,
    width: usize,
    rows: usize,
}

impl<W: Write + Seek> FitsSink<W> {
    /// A table of `width` codes a galaxy.
    ///
    /// # Errors
    /// What the writer said.
    pub fn new(out: W, width: usize, format: FeatureFormat) -> io::Result<Self> {
        let mut out = BufWriter::new(out);
        out.write_all(&fits::head(0, width, format))?;
        Ok(Self {
            out,
            format,
            width,
            rows: 0,
        })
    }
}

impl<W: Write + Seek> FeatureSink for FitsSink<W> {
    fn push(&mut self, ids: &[i64], codes: &[u8]) -> io::Result<()> {
        check(ids, codes, self.width)?;
        let mut rows = Vec::new();
        for (id, galaxy) in ids.iter().zip(codes.chunks_exact(self.width.max(1))) {
            fits::row(&mut rows, *id, galaxy, self.format);
        }
        self.rows += ids.len();
        self.out.write_all(&rows)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let size = self.rows * self.format.row_bytes(self.width);
        let padding = size.div_ceil(BLOCK) * BLOCK - size;
        self.out.write_all(&vec![0; padding])?;
        replace_head(self.out, &fits::head(self.rows, self.width, self.format))
    }
}

/// Two NPY files: codes (u8, N x width) and ids (i64, N).
pub struct NpySink<W: Write + Seek> {
    codes: BufWriter<W>,
    ids: BufWriter<W>,
    width: usize,
    rows: usize,
}

impl<W: Write + Seek> NpySink<W> {
    /// Codes go to the one, ids to the other.
    ///
    /// # Errors
    /// What the writers said.
    pub fn new(codes: W, ids: W, width: usize) -> io::Result<Self> {
        let (mut codes, mut ids) = (BufWriter::new(codes), BufWriter::new(ids));
        codes.write_all(&npy::header("|u1", &[0, width]))?;
        ids.write_all(&npy::header("<i8", &[0]))?;
        Ok(Self {
            codes,
            ids,
            width,
            rows: 0,
        })
    }
}

impl<W: Write + Seek> FeatureSink for NpySink<W> {
    fn push(&mut self, ids: &[i64], codes: &[u8]) -> io::Result<()> {
        check(ids, codes, self.width)?;
        self.rows += ids.len();
        self.codes.write_all(codes)?;
        ids.iter()
            .try_for_each(|id| self.ids.write_all(&id.to_le_bytes()))
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        replace_head(self.codes, &npy::header("|u1", &[self.rows, self.width]))?;
        replace_head(self.ids, &npy::header("<i8", &[self.rows]))
    }
}

/// One safetensors file with `codes` and `id`. The ids (8 bytes a galaxy) wait in memory until the codes are through.
pub struct TensorSink<W: Write + Seek> {
    out: BufWriter<W>,
    ids: Vec<i64>,
    width: usize,
    made_by: String,
}

impl<W: Write + Seek> TensorSink<W> {
    /// A file of `width` codes a galaxy.
    ///
    /// # Errors
    /// What the writer said.
    pub fn new(out: W, width: usize, made_by: &str) -> io::Result<Self> {
        let mut out = BufWriter::new(out);
        out.write_all(&tensors::header(0, width, made_by))?;
        Ok(Self {
            out,
            ids: Vec::new(),
            width,
            made_by: made_by.to_owned(),
        })
    }
}

impl<W: Write + Seek> FeatureSink for TensorSink<W> {
    fn push(&mut self, ids: &[i64], codes: &[u8]) -> io::Result<()> {
        check(ids, codes, self.width)?;
        self.ids.extend(ids);
        self.out.write_all(codes)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.ids
            .iter()
            .try_for_each(|id| self.out.write_all(&id.to_le_bytes()))?;
        replace_head(
            self.out,
            &tensors::header(self.ids.len(), self.width, &self.made_by),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::features::Features;
    use crate::export::fits::features_fits;
    use crate::export::npy::read_ids_npy;
    use crate::export::read::read_features;
    use proptest::prelude::*;
    use std::io::Cursor;

    proptest! {
        #[test]
        fn every_format_reads_back_however_it_was_cut_up(
            parts in prop::collection::vec(prop::collection::vec((any::<i64>(), any::<[u8; 3]>()), 0..5), 0..6),
        ) {
            let ids: Vec<i64> = parts.iter().flatten().map(|galaxy| galaxy.0).collect();
            let codes: Vec<u8> = parts.iter().flatten().flat_map(|galaxy| galaxy.1).collect();
            let feed = |mut sink: Box<dyn FeatureSink + '_>| {
                for part in &parts {
                    let ids: Vec<i64> = part.iter().map(|galaxy| galaxy.0).collect();
                    let codes: Vec<u8> = part.iter().flat_map(|galaxy| galaxy.1).collect();
                    sink.push(&ids, &codes).unwrap();
                }
                sink.finish().unwrap();
            };
            let expected = Features { ids: ids.clone(), codes: codes.clone(), width: 3 };
            for format in [FeatureFormat::Reference, FeatureFormat::Compact] {
                let mut out = Vec::new();
                feed(Box::new(FitsSink::new(Cursor::new(&mut out), 3, format).unwrap()));
                prop_assert_eq!(&read_features(&out).unwrap(), &expected);
                if !ids.is_empty() {
                    prop_assert_eq!(out, features_fits(&ids, &codes, format).unwrap());
                }
            }
            let mut out = Vec::new();
            feed(Box::new(TensorSink::new(Cursor::new(&mut out), 3, "test").unwrap()));
            prop_assert_eq!(&read_features(&out).unwrap(), &expected);
            let (mut out, mut names) = (Vec::new(), Vec::new());
            feed(Box::new(NpySink::new(Cursor::new(&mut out), Cursor::new(&mut names), 3).unwrap()));
            prop_assert_eq!(&read_features(&out).unwrap().codes, &codes);
            prop_assert_eq!(read_ids_npy(&names).unwrap(), ids);
            #[cfg(feature = "parquet")]
            {
                let file = tempfile::NamedTempFile::new().unwrap();
                feed(Box::new(crate::export::parquet::ParquetSink::new(file.reopen().unwrap(), 3, "test").unwrap()));
                prop_assert_eq!(&read_features(&std::fs::read(file.path()).unwrap()).unwrap(), &expected);
            }
        }
    }

    #[test]
    fn codes_that_do_not_fit_are_refused() {
        let mut sink = TensorSink::new(Cursor::new(Vec::new()), 64, "test").unwrap();
        assert!(sink.push(&[1], &[0; 63]).is_err());
    }
}

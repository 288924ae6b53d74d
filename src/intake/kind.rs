//! What a file is, by its first bytes. Names lie; magic numbers seldom do.

use crate::intake::container::archive::detect::is_zip;
use crate::intake::container::archive::tar_header::is_tar;
use crate::intake::container::archive::{Special, special};
use crate::refusal::Refusal;

/// The formats that intake reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// PNG picture.
    Png,
    /// JPEG picture.
    Jpeg,
    /// TIFF picture.
    Tiff,
    /// FITS images.
    Fits,
    /// HDF5: the reference layout, or images in any other.
    Hdf5,
    /// An array of NumPy's.
    Npy,
    /// A safetensors file: a bundle, or a model.
    Safetensors,
    /// Any of the others, compressed with gzip.
    Gzip,
    /// Compressed with bzip2.
    Bzip2,
    /// Compressed with xz.
    Xz,
    /// Compressed with zstd.
    Zstd,
    /// WebP picture.
    WebP,
    /// GIF picture.
    Gif,
    /// BMP picture.
    Bmp,
    /// Netpbm picture: PBM, PGM, PPM, PAM.
    Pnm,
    /// An archive of other files.
    Zip,
    /// An archive of other files.
    Tar,
    /// NumPy arrays in one file, a ZIP inside.
    Npz,
}

impl Kind {
    /// The format's name for display.
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Tiff => "TIFF",
            Self::Fits => "FITS",
            Self::Hdf5 => "HDF5",
            Self::Npy => "NPY",
            Self::Safetensors => "safetensors",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Pnm => "Netpbm",
            Self::Zip => "ZIP",
            Self::Tar => "tar",
            Self::Npz => "NumPy archive",
        }
    }

    /// Recognises the format of a file from its bytes.
    ///
    /// # Errors
    /// A [`Refusal`] that says what a foreign file seems to be, and what to do.
    pub fn detect(bytes: &[u8]) -> Result<Self, Refusal> {
        known(bytes).ok_or_else(|| foreign(bytes))
    }
}

/// The HDF5 signature is at 0, 512, 1024, 2048, ...: a user block may come first.
fn is_hdf5(bytes: &[u8]) -> bool {
    const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";
    let mut offset = 0;
    while let Some(rest) = bytes.get(offset..) {
        if rest.starts_with(SIGNATURE) {
            return true;
        }
        offset = if offset == 0 { 512 } else { offset * 2 };
    }
    false
}

/// A safetensors file begins with the length of its JSON header, and the header with a brace.
fn is_safetensors(bytes: &[u8]) -> bool {
    const MAX_SIZE: u64 = 100_000_000;
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return false;
    };
    let length = u64::from_le_bytes(*length);
    (2..=MAX_SIZE).contains(&length) && rest.first() == Some(&b'{')
}

/// `P1` to `P6`, white space, then a number or a comment.
fn is_pnm(bytes: &[u8]) -> bool {
    let mut head = bytes.iter();
    let magic = head.next() == Some(&b'P') && head.next().is_some_and(|kind| (b'1'..=b'6').contains(kind));
    magic
        && head.next().is_some_and(u8::is_ascii_whitespace)
        && head
            .find(|byte| !byte.is_ascii_whitespace())
            .is_some_and(|byte| byte.is_ascii_digit() || *byte == b'#')
}

/// A raw picture of a camera in the guise of a TIFF, whose first page is but a thumbnail.
fn is_camera(bytes: &[u8]) -> bool {
    bytes.starts_with(b"II*\0") && bytes.get(8..10) == Some(b"CR")
}

fn known(bytes: &[u8]) -> Option<Kind> {
    if is_camera(bytes) {
        return None;
    }
    const MAGIC: [(&[u8], Kind); 15] = [
        (b"SIMPLE  =", Kind::Fits),
        (b"\x89PNG\r\n\x1a\n", Kind::Png),
        (b"\xff\xd8\xff", Kind::Jpeg),
        (b"II*\0", Kind::Tiff),
        (b"MM\0*", Kind::Tiff),
        (b"II+\0", Kind::Tiff),
        (b"MM\0+", Kind::Tiff),
        (b"\x1f\x8b", Kind::Gzip),
        (b"BZh", Kind::Bzip2),
        (b"\xfd7zXZ\0", Kind::Xz),
        (b"\x28\xb5\x2f\xfd", Kind::Zstd),
        (b"GIF87a", Kind::Gif),
        (b"GIF89a", Kind::Gif),
        (b"P7\n", Kind::Pnm),
        (b"\x93NUMPY", Kind::Npy),
    ];
    let by_magic = MAGIC
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, kind)| *kind);
    by_magic.or_else(|| {
        if is_safetensors(bytes) {
            Some(Kind::Safetensors)
        } else if is_tar(bytes) {
            // Before HDF5: what looks like a user block may be the header of a tar whose members are HDF5 files.
            Some(Kind::Tar)
        } else if is_hdf5(bytes) {
            Some(Kind::Hdf5)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Kind::WebP)
        } else if bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
            Some(Kind::Bmp)
        } else if is_pnm(bytes) {
            Some(Kind::Pnm)
        } else if is_zip(bytes) {
            match special(bytes) {
                None => Some(Kind::Zip),
                Some(Special::Npz) => Some(Kind::Npz),
                Some(Special::Document) => None,
            }
        } else {
            None
        }
    })
}

const PICTURE: &str = "save it as PNG, JPEG, WebP or TIFF";
const UNPACK: &str = "unpack it and drop the files or the folder";
const READABLE: &str = "give PNG, JPEG, TIFF, WebP, FITS, HDF5, NPY, a Galaxy Grove bundle (.safetensors) or a ZIP or tar archive of these";

/// Names a file that intake cannot read.
fn foreign(bytes: &[u8]) -> Refusal {
    if bytes.is_empty() {
        return Refusal::new("the file is empty", "download or copy it again");
    }
    let at = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    // LevelDB's table footer ends with this number; TensorFlow's `.index` is such a table.
    if bytes.ends_with(&[0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]) {
        return Refusal::new(
            "it is the index of a TensorFlow checkpoint: a model, not pictures",
            "turn it into a model file with `grove import-tf PREFIX -o MODEL.safetensors`",
        );
    }
    let table: [(bool, &str, &str); 33] = [
        (
            is_zip(bytes),
            "a document (.docx, .xlsx, .odt, .epub or similar files)",
            "save the pictures in it as PNG or JPEG, and tables as CSV",
        ),
        (at(0, b"7z\xbc\xaf\x27\x1c"), "a 7z archive", UNPACK),
        (at(0, b"Rar!"), "a RAR archive", UNPACK),
        (
            at(0, b"\x1f\x9d"),
            "compressed with Unix compress (.Z)",
            "unpack it with `uncompress`",
        ),
        (
            at(0, b"%PDF"),
            "a PDF document",
            "save the pictures in it as PNG or JPEG",
        ),
        (at(4, b"ftypavif"), "an AVIF picture", PICTURE),
        (at(4, b"ftyphei") || at(4, b"ftypmif1"), "a HEIC picture", PICTURE),
        (at(4, b"ftyp"), "a film (MP4)", "save a frame of it as PNG"),
        (
            at(0, b"\0\0\0\x0cjP  ") || at(0, b"\xff\x4f\xff\x51"),
            "a JPEG 2000 picture",
            PICTURE,
        ),
        (
            at(0, b"\0\0\0\x0cJXL ") || at(0, b"\xff\x0a"),
            "a JPEG XL picture",
            PICTURE,
        ),
        (at(0, b"8BPS"), "a Photoshop picture", PICTURE),
        (at(0, b"#ASDF"), "an ASDF file", "export the image as FITS"),
        (
            at(0, b"PAR1"),
            "a Parquet table",
            "save the table as CSV, for example in Python: pandas.read_parquet(FILE).to_csv('table.csv', index=False)",
        ),
        (
            at(0, b"ARROW1") || at(0, b"FEA1"),
            "an Arrow (Feather) table",
            "save the table as CSV, for example in Python: pandas.read_feather(FILE).to_csv('table.csv', index=False)",
        ),
        (
            at(0, b"XISF0100"),
            "an XISF picture of PixInsight",
            "save it as FITS in PixInsight",
        ),
        (
            at(0, b"LUCAM-RECORDER"),
            "a SER film of a telescope camera",
            "stack it, and save the result as FITS, TIFF or PNG",
        ),
        (
            at(0, b"RIFF") && at(8, b"AVI "),
            "an AVI film",
            "stack it, or save a frame of it as PNG",
        ),
        (
            at(0, b"II*\0") && at(8, b"CR")
                || at(0, b"IIRO")
                || at(0, b"IIU\0")
                || at(0, b"FUJIFILMCCD-RAW")
                || at(4, b"ftypcrx"),
            "a raw picture of a camera",
            "develop it, and save it as 16-bit TIFF or FITS",
        ),
        (at(128, b"DICM"), "a DICOM picture", PICTURE),
        (
            at(0, b"\x76\x2f\x31\x01"),
            "an OpenEXR picture",
            "save it as TIFF or FITS",
        ),
        (at(0, b"\0\0\x01\0"), "an icon (ICO)", PICTURE),
        (
            at(0, b"CDF\x01") || at(0, b"CDF\x02") || at(0, b"CDF\x05"),
            "a classic NetCDF file",
            "turn it into NetCDF-4, which is HDF5: `nccopy -k nc4 IN.nc OUT.nc`",
        ),
        (
            at(0, b"MATLAB 5.0"),
            "a MATLAB file of version 5",
            "save it with `-v7.3`, which is HDF5, or as NPY with scipy.io.loadmat",
        ),
        (
            at(0, b"\x80\x02") || at(0, b"\x80\x03") || at(0, b"\x80\x04\x95") || at(0, b"\x80\x05\x95"),
            "a Python pickle, which may hold programs and is never opened here",
            "load it in Python and save its arrays with numpy.savez",
        ),
        (
            at(0, b"SR\0\x04"),
            "an IDL save file",
            "write the arrays as FITS with writefits",
        ),
        (
            at(0, b"root") && at(4, b"\0\0"),
            "a ROOT file",
            "write its arrays as NPY or HDF5",
        ),
        (at(0, b"NRRD000"), "an NRRD file", "turn it into TIFF or FITS"),
        (
            at(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
            "an old Office document (.xls, .doc) or a list of thumbnails",
            "save tables as CSV, and pictures as PNG",
        ),
        (
            at(0, b"# Region file format"),
            "a list of regions of DS9",
            "give the picture, or save the positions as CSV",
        ),
        (
            at(0, b"\0\x05\x16\x07"),
            "a note that macOS keeps beside a file (._NAME)",
            "give the file itself",
        ),
        (
            at(0, b"SQLite format 3"),
            "an SQLite data base",
            "a data base holds no pictures: give the pictures",
        ),
        (
            at(0, b"XTENSION"),
            "a FITS extension without its primary header",
            "write it again with a primary header",
        ),
        (
            at(0, b"\x7fELF") || at(0, b"MZ"),
            "a program",
            "give pictures of galaxies",
        ),
    ];
    if let Some((_, what, remedy)) = table.iter().find(|(hit, _, _)| *hit) {
        return Refusal::new(format!("it is {what}"), *remedy);
    }
    if let Some(text) = text_of(bytes) {
        return text_refusal(text);
    }
    Refusal::new("its first bytes fit no supported format", READABLE)
}

/// The beginning of the file, if it looks like text.
fn text_of(bytes: &[u8]) -> Option<&str> {
    let head = bytes.get(..2048).unwrap_or(bytes);
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The cut at 2048 may fall inside a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    if text.is_empty() || text.contains(odd) {
        None
    } else {
        Some(text)
    }
}

fn text_refusal(text: &str) -> Refusal {
    let head = text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_ascii_lowercase();
    let is = |starts: &[&str]| starts.iter().any(|start| head.starts_with(start));
    let (what, remedy) = if is(&["<!doctype html", "<html", "<head", "<body"]) {
        (
            "a web page (HTML), perhaps an error message in place of a download",
            "open it to see what the server says",
        )
    } else if head.starts_with("<?xml") && head.contains("<votable") {
        (
            "a VOTable",
            "a table holds no pictures: give the pictures that it lists",
        )
    } else if is(&["<svg"]) || (head.starts_with("<?xml") && head.contains("<svg")) {
        ("an SVG drawing", PICTURE)
    } else if is(&["<?xml", "<"]) {
        ("an XML file", READABLE)
    } else if is(&["{", "["]) {
        ("JSON text", READABLE)
    } else if head.starts_with("model_checkpoint_path") {
        (
            "TensorFlow's `checkpoint` note",
            "give the files named in it to `grove import-tf`",
        )
    } else if head.starts_with("version https://git-lfs") {
        (
            "a Git LFS pointer, not the file itself",
            "fetch the file with `git lfs pull`",
        )
    } else if head
        .lines()
        .take(3)
        .all(|line| line.matches([',', ';', '\t']).count() > 0)
    {
        (
            "a table of text (CSV)",
            "a table holds no pictures: give the pictures that it lists",
        )
    } else {
        ("plain text", READABLE)
    };
    Refusal::new(format!("it is {what}"), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_formats_are_told_by_their_bytes() {
        assert_eq!(
            Kind::detect(b"SIMPLE  =                    T").unwrap(),
            Kind::Fits
        );
        assert_eq!(Kind::detect(b"\x1f\x8b\x08\0").unwrap(), Kind::Gzip);
        assert_eq!(Kind::detect(b"\x93NUMPY\x01\0").unwrap(), Kind::Npy);
        assert_eq!(Kind::detect(b"\x02\0\0\0\0\0\0\0{}").unwrap(), Kind::Safetensors);
        assert_eq!(Kind::detect(b"P5\n# a comment\n2 2 255\n").unwrap(), Kind::Pnm);
        assert_eq!(Kind::detect(b"PK\x03\x04rest").unwrap(), Kind::Zip);
        let mut user_block = vec![b'x'; 1024];
        user_block.extend_from_slice(b"\x89HDF\r\n\x1a\n");
        assert_eq!(Kind::detect(&user_block).unwrap(), Kind::Hdf5);
    }

    #[test]
    fn foreign_files_are_named() {
        let cases: [(&[u8], &str); 9] = [
            (b"", "empty"),
            (b"Rar!rest", "RAR"),
            (b"%PDF-1.7", "PDF"),
            (b"<!DOCTYPE html><html>", "web page"),
            (b"id,ra,dec\n1,2,3\n", "CSV"),
            (b"hello there\n", "plain text"),
            (b"....\x57\xfb\x80\x8b\x24\x75\x47\xdb", "TensorFlow"),
            (b"8BPS", "Photoshop"),
            (b"\x00\x01\x02\x03\x04", "no supported format"),
        ];
        for (bytes, word) in cases {
            let refusal = Kind::detect(bytes).unwrap_err();
            assert!(refusal.reason.contains(word), "{bytes:?}: {refusal}");
            assert!(!refusal.remedy.is_empty());
        }
    }
}

//! How much a file may ask for: checked before anything is allocated.

use super::refusal::Refusal;

/// The largest things that intake will take on. Each is checked before memory is spent.
///
/// [`Limits::default`] suits a browser tab, whose memory ends at 4 GiB; [`Limits::native`] suits the command line.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Largest file, in bytes. Default 512 MiB.
    pub bytes: u64,
    /// Largest content of a compressed file, or of all members of an archive together, in bytes: a small file may expand
    /// a thousandfold. Default 512 MiB.
    pub expanded: u64,
    /// How many times its own size a compressed file or an archive may expand, beyond the first 16 MiB. Default 200.
    pub ratio: u64,
    /// Most entries of an archive, with the archives inside it. Default 20,000.
    pub members: usize,
    /// How deep archives may are inside archives; 1 allows none inside the first. Default 3.
    pub nesting: usize,
    /// Largest width and height of a picture, in pixels. Default 16,384.
    pub side: usize,
    /// Most pixels of one picture. Default 67,108,864 (8192 x 8192).
    pub pixels: usize,
    /// Most galaxies of one file. Default 20,000 (each takes 32 kB).
    pub galaxies: usize,
    /// Most header-data units of one FITS file. Default 512.
    pub hdus: usize,
    /// Most cells (rows times columns) of a table. Default 20 million.
    pub table_cells: usize,
    /// Of a set (HDF5 or bundle), read only this many galaxies from the beginning. Default: all.
    pub take: Option<usize>,
    /// Side in pixels of the picture "before preparation" that each galaxy brings along; 0 for none. Default 0.
    pub preview: usize,
}

/// Most columns of facts that a galaxy takes along from a file or a table.
pub(crate) const FACTS: usize = 32;
/// Most letters of a fact; the rest is cut off.
const LETTERS: usize = 200;

/// A fact as it is kept, without what is too long.
pub(crate) fn fact(text: &str) -> String {
    text.chars().take(LETTERS).collect()
}

/// What is said of columns beyond [`FACTS`].
pub(crate) fn left_out(columns: usize) -> Option<String> {
    (columns > 0).then(|| format!("{columns} columns were left out: {FACTS} are taken at most"))
}

const MIB: u64 = 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 512 * MIB,
            expanded: 512 * MIB,
            ratio: 200,
            members: 20_000,
            nesting: 3,
            side: 16_384,
            pixels: 8192 * 8192,
            galaxies: 20_000,
            hdus: 512,
            table_cells: 20_000_000,
            take: None,
            preview: 0,
        }
    }
}

impl Limits {
    /// Limits for a program that has a whole machine: files of 16 GiB, pictures of 16,384 x 16,384, a million galaxies.
    pub fn native() -> Self {
        Self {
            bytes: 16 * 1024 * MIB,
            expanded: 4 * 1024 * MIB,
            pixels: 16_384 * 16_384,
            galaxies: 1_000_000,
            hdus: 10_000,
            members: 1_000_000,
            table_cells: 200_000_000,
            ..Self::default()
        }
    }

    /// To be asked before a file of `len` bytes is read into memory.
    ///
    /// # Errors
    /// A [`Refusal`] when the file is larger than [`Limits::bytes`]. `name` is the file's.
    pub fn check_size(&self, name: &str, len: u64) -> Result<(), Refusal> {
        if len <= self.bytes {
            return Ok(());
        }
        Err(Refusal::new(
            format!(
                "`{name}` is {} large; the limit is {}",
                size(len),
                size(self.bytes)
            ),
            format!(
                "let the command line read it: `grove convert \"{name}\" --limit {} -o galaxies.safetensors` makes a bundle of \
                 as many galaxies as fit",
                self.galaxies
            ),
        ))
    }

    /// How many bytes a compressed file or an archive of `packed` bytes may unpack to, in all.
    pub fn unpacked(&self, packed: u64) -> u64 {
        /// Small files may expand as they like: blank pictures compress a thousandfold.
        const FREE: u64 = 16 * MIB;
        self.expanded
            .min(packed.saturating_mul(self.ratio).saturating_add(FREE))
    }

    /// Checks the size of a picture, in pixels.
    ///
    /// # Errors
    /// A [`Refusal`] with the numbers when a side or the area is too large.
    pub fn check_picture(&self, width: u64, height: u64) -> Result<(), Refusal> {
        let side = self.side as u64;
        let area = width.saturating_mul(height);
        if width == 0 || height == 0 {
            return Err(Refusal::new(
                format!("the picture is {width} x {height} pixels: it holds nothing"),
                "save it again from the program that made it",
            ));
        }
        if width <= side && height <= side && area <= self.pixels as u64 {
            return Ok(());
        }
        Err(Refusal::new(
            format!(
                "the picture is {width} x {height} pixels; the limit is {side} on a side and {:.0} million in all",
                self.pixels as f64 / 1e6
            ),
            "cut the galaxy out of it and drop the cutout",
        ))
    }

    /// How many galaxies of a set of `found` to read.
    ///
    /// # Errors
    /// A [`Refusal`] with the numbers when there are more than [`Limits::galaxies`] and none were left out by
    /// [`Limits::take`].
    pub fn check_galaxies(&self, found: u64) -> Result<usize, Refusal> {
        let wanted = self.take.map_or(found, |take| found.min(take as u64));
        match usize::try_from(wanted) {
            Ok(count) if count <= self.galaxies => Ok(count),
            _ => Err(Refusal::new(
                format!("it holds {wanted} galaxies; the limit is {}", self.galaxies),
                format!(
                    "make a smaller bundle: `grove convert FILE --limit {} -o SMALL.safetensors`",
                    self.galaxies
                ),
            )),
        }
    }
}

/// A number of bytes for display.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_checked_at_the_edge() {
        let limits = Limits {
            bytes: 10,
            side: 4,
            pixels: 12,
            galaxies: 3,
            ..Limits::default()
        };
        assert!(limits.check_size("a", 10).is_ok());
        assert!(limits.check_size("a", 11).unwrap_err().reason.contains("`a`"));
        assert!(limits.check_picture(4, 3).is_ok());
        assert!(limits.check_picture(5, 1).is_err(), "too wide");
        assert!(limits.check_picture(4, 4).is_err(), "too many pixels");
        assert!(limits.check_picture(u64::MAX, u64::MAX).is_err(), "no overflow");
        assert!(limits.check_picture(0, 3).is_err(), "empty");
        assert_eq!(limits.check_galaxies(3).unwrap(), 3);
        assert!(limits.check_galaxies(4).is_err());
        assert_eq!(
            Limits {
                take: Some(2),
                ..limits
            }
            .check_galaxies(400)
            .unwrap(),
            2
        );
    }
}

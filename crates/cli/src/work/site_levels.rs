//! What a site says of a file of levels.

use anyhow::{Context as _, anyhow};
use galaxy_grove::bundle;
use galaxy_grove::count::galaxies;
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::figure::{Figure, Panel, group_sheet};
use galaxy_grove::levels::{Head, read_level};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// The top of a file of levels.
pub struct Top {
    /// Galaxies of the whole tree.
    pub galaxies: usize,
    /// The set in a sentence.
    pub about: String,
    head: Head,
    parts: usize,
    /// The pictures of the first part, the one that stands for most galaxies first; none where the file has none.
    pictures: Vec<Vec<f32>>,
}

impl Top {
    /// Reads the header and the first part.
    ///
    /// # Errors
    /// When the file cannot be read, or is of another kind.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display();
        let cannot = || format!("cannot read {name}");
        let mut file = File::open(path).with_context(cannot)?;
        let mut first = [0; 8];
        file.read_exact(&mut first).with_context(cannot)?;
        let wrong = |error: &dyn std::fmt::Display| anyhow!("{name}: {error}");
        let length = Head::length(first).map_err(|error| wrong(&error))?;
        let header = piece(&mut file, 0, length as u64).with_context(cannot)?;
        let head = Head::new(&header).map_err(|error| wrong(&error))?;
        let list = piece(&mut file, head.list.start, head.list.end - head.list.start).with_context(cannot)?;
        let index = head.index(&list).map_err(|error| wrong(&error))?;
        let place = index.place(0).map_err(|error| wrong(&error))?;
        let part = piece(&mut file, place.start, place.end - place.start).with_context(cannot)?;
        let level = read_level(&part).map_err(|error| wrong(&error))?;
        let mut pictures = Vec::new();
        if !bundle::holds_vectors_alone(&part) {
            let set = bundle::read(&part).map_err(|error| wrong(&error))?.set;
            let mut rows: Vec<usize> = (0..set.len()).collect();
            rows.sort_by_key(|row| std::cmp::Reverse(level.stands_for.get(*row).copied()));
            pictures = rows.iter().map(|row| set.image_of(*row).to_vec()).collect();
        }
        let count = usize::try_from(level.galaxies).map_err(|error| wrong(&error))?;
        Ok(Self {
            galaxies: count,
            about: format!("the similarity tree of {}, opened part by part", galaxies(count)),
            parts: index.parts(),
            head,
            pictures,
        })
    }

    /// Some of its pictures; `None` where it has none.
    pub fn picture(&self, title: &str, shown: usize) -> Option<Figure> {
        let panels: Vec<Panel<'_>> = self
            .pictures
            .iter()
            .take(shown)
            .map(|pixels| Panel {
                label: String::new(),
                pixels,
            })
            .filter(|panel| panel.pixels.len() == PIXELS)
            .collect();
        (!panels.is_empty()).then(|| group_sheet(title, &panels))
    }

    /// What the set is and how it was made.
    pub fn card(&self, title: &str) -> String {
        let mut text = format!("# {title}\n\n{} ({} parts).\n", self.about, self.parts);
        for (key, value) in &self.head.metadata {
            let _ = writeln!(text, "\n- {key}: {value}");
        }
        text
    }
}

fn piece(file: &mut File, start: u64, length: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(std::io::Error::new(
            std::io::ErrorKind::UnexpectedEof,
            "the file is cut short",
        ));
    }
    Ok(bytes)
}

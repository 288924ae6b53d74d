//! Files whose galaxies are read a few at a time: HDF5, and NumPy's arrays (NPY, NPZ).
//!
//! Memory holds one piece of the file and the galaxies that were not handed on yet, however large the file is.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::auxiliary;
use super::content::Content;
use super::guard::guarded;
use super::kind::Kind;
use super::picture::Picture;
use super::preparing::{Failure, galaxy};
use super::source::ReadAt;
use crate::cutout::{About, CutoutSet, PIXELS, Recipe};
use crate::intake::container::archive;
use crate::intake::formats::array::choose_rows;
use crate::intake::formats::array::{Rows, run};
use crate::intake::formats::hdf5;
use crate::intake::formats::hdf5::Hdf5Set;
use crate::intake::formats::hdf5::Store;
use crate::intake::formats::npy::Npy;
use crate::intake::formats::set::FiniteFilter;
use crate::intake::report::file::{FileReport, Galaxies, GalaxyRemarks, Outcome};
use crate::intake::report::galaxy::Galaxy;
use crate::intake::report::question::{Answers, Reading};
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Takes one galaxy; [`ControlFlow::Break`] ends the reading.
pub type Each<'a> = &'a mut dyn FnMut(Galaxy) -> ControlFlow<()>;

/// Prepares one picture.
pub type Prepare<'a> = &'a (dyn Fn(Picture) -> Result<Galaxy, Failure> + Sync);

/// Prepares some pictures in their order: one after another, or on all cores.
pub type Spread<'a> = &'a dyn Fn(Vec<Picture>, Prepare) -> Vec<Result<Galaxy, Failure>>;

/// One after another: what [`read_lazy`] is given where there are no threads.
pub fn in_turn(pictures: Vec<Picture>, prepare: Prepare) -> Vec<Result<Galaxy, Failure>> {
    pictures.into_iter().map(prepare).collect()
}

/// Reads an HDF5 file of any size; see [`reads_lazily`](super::reads_lazily). Galaxies go to `each` in the file's order,
/// a few at a time; the report that comes back holds none. Their identifiers still need
/// [`assign_ids`](super::assign_ids). [`Limits::bytes`] does not apply: the file is never in memory.
///
/// A file that turns out to be damaged after some galaxies keeps those, and the verdict says where it ended.
pub fn read_lazy(
    name: &str,
    source: Arc<dyn ReadAt>,
    recipe: &Recipe,
    limits: &Limits,
    answers: &Answers,
    spread: Spread,
    each: Each,
) -> FileReport {
    let reading = Reading::new(limits, answers);
    let reader = RowReader::new(name, recipe, &reading, spread, each);
    reader.read(Kind::Hdf5, reading, |reader, reading| {
        reader.hdf5(&hdf5::open(source)?, reading)
    })
}

/// Reads the bytes of an NPY file, galaxy by galaxy, as [`read_lazy`] does.
pub fn read_npy(
    name: &str,
    bytes: &[u8],
    recipe: &Recipe,
    limits: &Limits,
    answers: &Answers,
    spread: Spread,
    each: Each,
) -> FileReport {
    let reading = Reading::new(limits, answers);
    let reader = RowReader::new(name, recipe, &reading, spread, each);
    reader.read(Kind::Npy, reading, |reader, reading| {
        auxiliary::ask(reader.name, reading)?;
        numpy(Kind::Npy, bytes, reading, |rows, _| reader.rows(rows))
    })
}

/// How many galaxies [`read_lazy`] would read. Looks at the file's structure only; asks what is open.
///
/// # Errors
/// A [`Refusal`] when the file cannot be opened or holds no images.
pub fn count_lazy(source: Arc<dyn ReadAt>, reading: &mut Reading) -> Result<usize, Refusal> {
    guarded(Kind::Hdf5, || {
        let file = hdf5::open(source)?;
        if hdf5::is_reference(&file) {
            return Ok(SetRows::new(&Hdf5Set::new(&file)?, reading)?.wanted.len());
        }
        let store = Store::new(&file)?;
        let rows = Rows::open(&store, "HDF5 file", reading);
        Ok(rows
            .map_err(|refusal| hdf5::foreign(&file).unwrap_or(refusal))?
            .len())
    })
}

/// How many galaxies NumPy's arrays give, in a file of the `kind` NPY or NPZ; asks what is open.
///
/// # Errors
/// A [`Refusal`] when it cannot be read or holds no images.
pub fn count_npy(kind: Kind, bytes: &[u8], reading: &mut Reading) -> Result<usize, Refusal> {
    guarded(kind, || numpy(kind, bytes, reading, |rows, _| Ok(rows.len())))
}

/// Opens NumPy's arrays, in a file of the `kind` NPY or NPZ.
fn numpy<T>(
    kind: Kind,
    bytes: &[u8],
    reading: &mut Reading,
    then: impl FnOnce(Rows, &Reading) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    if kind == Kind::Npz {
        let members = archive::members(bytes, reading.limits)?;
        return then(
            Rows::open(&Npy::of_members(&members)?, "NPZ file", reading)?,
            reading,
        );
    }
    then(Rows::open(&Npy::new(bytes)?, "NPY file", reading)?, reading)
}

/// Reads the bytes of an HDF5, NPY or NPZ file.
pub(super) fn read_bytes(
    name: &str,
    kind: Kind,
    bytes: Cow<'_, [u8]>,
    recipe: &Recipe,
    limits: &Limits,
    answers: &Answers,
) -> FileReport {
    let mut galaxies = Vec::new();
    let mut keep = |galaxy| {
        galaxies.push(galaxy);
        ControlFlow::Continue(())
    };
    let reading = Reading::new(limits, answers);
    let reader = RowReader::new(name, recipe, &reading, &in_turn, &mut keep);
    let report = reader.read(kind, reading, |reader, reading| match kind {
        Kind::Hdf5 => reader.hdf5(&hdf5::open_bytes(bytes)?, reading),
        _ => {
            if kind == Kind::Npy {
                auxiliary::ask(reader.name, reading)?;
            }
            numpy(kind, &bytes, reading, |rows, _| reader.rows(rows))
        }
    });
    report.with(galaxies)
}

/// Hands galaxies on and keeps the account.
struct RowReader<'a> {
    name: &'a str,
    recipe: &'a Recipe,
    limits: &'a Limits,
    answers: &'a Answers,
    spread: Spread<'a>,
    each: Each<'a>,
    count: usize,
    is_set: bool,
    remarks: GalaxyRemarks,
    /// Pictures that gave no galaxy: how many, and why the first ones.
    failed: usize,
    failures: Vec<Failure>,
}

/// At most this many pictures that gave no galaxy are named.
const NAMED: usize = 3;

impl<'a> RowReader<'a> {
    fn new(
        name: &'a str,
        recipe: &'a Recipe,
        reading: &Reading<'a>,
        spread: Spread<'a>,
        each: Each<'a>,
    ) -> Self {
        Self {
            name,
            recipe,
            limits: reading.limits,
            answers: reading.answers,
            spread,
            each,
            count: 0,
            is_set: false,
            remarks: GalaxyRemarks::default(),
            failed: 0,
            failures: Vec::new(),
        }
    }

    /// Reads with `how`, behind the guard for files of this kind, and reports.
    fn read(
        mut self,
        kind: Kind,
        mut reading: Reading,
        how: impl FnOnce(&mut Self, &mut Reading) -> Result<Vec<String>, Refusal>,
    ) -> FileReport {
        let read = guarded(kind, || how(&mut self, &mut reading));
        self.report(read, reading)
    }

    fn emit(&mut self, galaxy: Galaxy) -> ControlFlow<()> {
        self.count += 1;
        self.remarks.add(&galaxy);
        (self.each)(galaxy)
    }

    /// Reads a file; returns sentences about it.
    fn hdf5(&mut self, file: &hdf5_reader::Hdf5File, reading: &mut Reading) -> Result<Vec<String>, Refusal> {
        if hdf5::is_reference(file) {
            return self.set(&Hdf5Set::new(file)?, reading);
        }
        let store = Store::new(file)?;
        let rows = Rows::open(&store, "HDF5 file", reading);
        self.rows(rows.map_err(|refusal| hdf5::foreign(file).unwrap_or(refusal))?)
    }

    fn rows(&mut self, mut rows: Rows) -> Result<Vec<String>, Refusal> {
        let several = rows.len() > 1;
        self.remarks.several = several;
        let (name, recipe, limits, answers) = (self.name, self.recipe, self.limits, self.answers);
        let prepare = |picture| galaxy(name, picture, recipe, limits, answers, several);
        let mut stopped = None;
        'reading: loop {
            let pictures = match rows.next() {
                Ok(pictures) if pictures.is_empty() => break,
                Ok(pictures) => pictures,
                Err(refusal) if self.count == 0 => return Err(refusal),
                Err(refusal) => {
                    stopped = Some(self.stopped(&refusal));
                    break;
                }
            };
            for result in (self.spread)(pictures, &prepare) {
                match result {
                    Ok(galaxy) => {
                        if self.emit(galaxy).is_break() {
                            break 'reading;
                        }
                    }
                    Err(failure) => {
                        self.failed += 1;
                        if self.failures.len() < NAMED {
                            self.failures.push(failure);
                        }
                    }
                }
            }
        }
        Ok(stopped.into_iter().chain(rows.remarks()).collect())
    }

    fn stopped(&self, refusal: &Refusal) -> String {
        format!("reading stopped after {} galaxies: {refusal}", self.count)
    }

    fn set(&mut self, set: &Hdf5Set, reading: &mut Reading) -> Result<Vec<String>, Refusal> {
        self.is_set = true;
        self.remarks.several = set.len() > 1;
        let mut rows = SetRows::new(set, reading)?;
        let mut filter = FiniteFilter::new(self.recipe);
        let mut stopped = None;
        'reading: loop {
            let part = match rows.next() {
                Ok(Some(part)) => part,
                Ok(None) => break,
                Err(refusal) if self.count == 0 => return Err(refusal),
                Err(refusal) => {
                    stopped = Some(self.stopped(&refusal));
                    break;
                }
            };
            for galaxy in filter.galaxies(&part) {
                if self.emit(galaxy).is_break() {
                    break 'reading;
                }
            }
        }
        filter.remarks(stopped.into_iter().chain(rows.remarks).collect())
    }

    fn report(self, read: Result<Vec<String>, Refusal>, reading: Reading) -> FileReport {
        let outcome = match read {
            Err(refusal) if self.count == 0 => Outcome::Refused(refusal),
            Ok(_) if self.count == 0 => Outcome::Refused(Refusal::new(
                self.failures.into_iter().next().map_or_else(
                    || "no galaxy of it was selected".to_owned(),
                    |failure| failure.why,
                ),
                "look at it in a viewer; switch preparation off if its pictures are cutouts already",
            )),
            read => {
                // A decoder that panicked half-way keeps what it gave.
                let mut remarks = read.unwrap_or_else(|refusal| vec![format!("reading stopped: {refusal}")]);
                remarks.extend(
                    self.failures
                        .iter()
                        .map(|Failure { label, why }| format!("{label} was left out: {why}")),
                );
                if self.failed > self.failures.len() {
                    remarks.push(format!(
                        "{} more pictures were treated in the same way",
                        self.failed - self.failures.len()
                    ));
                }
                Outcome::Galaxies(Galaxies {
                    is_set: self.is_set,
                    remarks: self.remarks.merged_with(remarks),
                    ..Galaxies::default()
                })
            }
        };
        FileReport {
            questions: reading.questions,
            ..FileReport::new(self.name, outcome)
        }
    }
}

/// The wanted rows of a set in the reference layout.
struct SetRows<'a> {
    set: &'a Hdf5Set,
    wanted: Vec<u64>,
    done: usize,
    remarks: Vec<String>,
}

impl<'a> SetRows<'a> {
    fn new(set: &'a Hdf5Set, reading: &mut Reading) -> Result<Self, Refusal> {
        if set.is_empty() {
            return Err(Refusal::new(
                "the HDF5 file holds no galaxies: its datasets have 0 rows",
                "write one row for each galaxy, as docs/bundle.md shows",
            ));
        }
        let (wanted, mut remarks) = choose_rows(set.len(), reading)?;
        remarks.extend(set.remarks());
        Ok(Self {
            set,
            wanted,
            done: 0,
            remarks,
        })
    }

    fn next(&mut self) -> Result<Option<CutoutSet>, Refusal> {
        let rest = self.wanted.get(self.done..).unwrap_or_default();
        let count = run(rest, self.set.block(), (PIXELS * 8) as u64);
        let (Some(first), Some(last)) = (rest.first(), rest.get(count - 1)) else {
            return Ok(None);
        };
        let all = self.set.set(*first..last + 1)?;
        self.done += count;
        if all.len() == count {
            return Ok(Some(all));
        }
        let mut part = CutoutSet::default();
        for row in rest.iter().take(count) {
            let at = (row - first) as usize;
            if let (Some(id), Some(name)) = (all.ids.get(at), all.names.get(at)) {
                part.push(
                    *id,
                    name.clone(),
                    all.raw_of(at),
                    all.image_of(at),
                    About::default(),
                )
                .map_err(|error| Refusal::new(error.to_string(), "write the file again"))?;
            }
        }
        Ok(Some(part))
    }
}

/// Decodes an HDF5 file without preparing anything.
///
/// # Errors
/// A [`Refusal`] with the reason and the remedy.
pub(super) fn decode_hdf5(bytes: Cow<'_, [u8]>, reading: &mut Reading) -> Result<Content, Refusal> {
    let file = hdf5::open_bytes(bytes)?;
    if !hdf5::is_reference(&file) {
        let store = Store::new(&file)?;
        let rows = Rows::open(&store, "HDF5 file", reading);
        let rows = rows.map_err(|refusal| hdf5::foreign(&file).unwrap_or(refusal))?;
        return pictures(rows, reading.limits);
    }
    let set = Hdf5Set::new(&file)?;
    let mut rows = SetRows::new(&set, reading)?;
    let mut set = CutoutSet::default();
    while let Some(part) = rows.next()? {
        set.extend(part);
    }
    Ok(Content::Set {
        set,
        credit: None,
        remarks: rows.remarks,
    })
}

/// Decodes NumPy's arrays, in a file of the `kind` NPY or NPZ, without preparing anything.
///
/// # Errors
/// A [`Refusal`] with the reason and the remedy.
pub(super) fn decode_npy(kind: Kind, bytes: &[u8], reading: &mut Reading) -> Result<Content, Refusal> {
    numpy(kind, bytes, reading, |rows, reading| {
        pictures(rows, reading.limits)
    })
}

/// All pictures at once, if they fit.
fn pictures(mut rows: Rows, limits: &Limits) -> Result<Content, Refusal> {
    if rows.pixels() > limits.pixels as u64 {
        return Err(Refusal::new(
            format!("{} are too many pixels to hold at once", rows.words()),
            "make a bundle of prepared cutouts: `grove convert FILE -o galaxies.safetensors`",
        ));
    }
    let mut pictures = Vec::new();
    loop {
        let part = rows.next()?;
        if part.is_empty() {
            break;
        }
        pictures.extend(part);
    }
    Ok(Content::Pictures {
        pictures,
        remarks: rows.remarks(),
    })
}

//! From a file's bytes to cutouts, with a verdict for each file.
//!
//! [`read`] is the way in. It gives the format by the first bytes ([`Kind`]), decodes ([`decode`]), prepares each
//! picture ([`crate::cutout::prepare`]) and reports: every file gets exactly one [`Verdict`], and nothing is dropped in
//! silence. A file that is a set already (HDF5 in the reference layout, or a bundle) passes untouched.
//!
//! One file a format; each gives one function from bytes and [`Limits`] to [`Content`]. Sizes are checked before memory
//! is spent. Natively, a panic inside a decoder of other authors becomes a refusal; in wasm it ends the worker, and the
//! page starts another.

mod angle;
mod auxiliary;
mod codes;
mod container;
mod content;
mod fields;
mod formats;
mod galaxies;
mod guard;
mod kind;
mod lazy;
mod likeness;
mod none;
mod picture;
mod preparing;
mod read;
mod report;
mod source;
mod structure;
mod tone;

pub use self::{
    angle::{AngleError, Sixtieths, sexagesimal},
    codes::Codes,
    container::{
        archive::{self, each_file, passed_over},
        unpack::{Packing, expand},
    },
    content::Content,
    formats::{
        fits::{Entry as FitsEntry, list as list_fits, read_psf},
        hdf5::{Entry as Hdf5Entry, Hdf5Set, NAMES, is_reference, list as list_hdf5, open as open_hdf5},
        pictures::probe as probe_picture,
    },
    kind::Kind,
    lazy::{Each, Prepare, Spread, count_lazy, count_npy, in_turn, read_lazy, read_npy},
    picture::Picture,
    preparing::Failure,
    read::{decode, read},
    report::{
        field_view::{FieldBox, FieldView},
        file::{FileReport, Galaxies, Outcome},
        galaxy::{Galaxy, Preview},
        identity::SOURCE_ID,
        ids::{Assigned, Renumbered, Taken, assign_ids, id_from_name, number_galaxies, unique_ids},
        key::QuestionKey,
        question::{Answers, Question, Reading},
        verdict::Verdict,
    },
    source::{ReadAt, reads_lazily},
    structure::columns_of_cutout,
};
pub use crate::{
    limits::{Limits, size},
    refusal::Refusal,
};

// For the modules that read tables.
#[cfg(feature = "tables")]
pub(crate) use self::{
    formats::fits::has_galaxies,
    report::ids::{digits, stem},
};

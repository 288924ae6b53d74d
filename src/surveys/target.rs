//! What is to be fetched: a place on the sky, with a label and perhaps a size.

use crate::refusal::Refusal;

/// A direction: right ascension and declination in degrees, ICRS.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Right ascension, 0 to under 360.
    pub ra: f64,
    /// Declination, -90 to 90.
    pub dec: f64,
}

impl Position {
    /// A position out of numbers that may be anything.
    ///
    /// # Errors
    /// A [`Refusal`] when one of them is outside its range.
    pub fn new(ra: f64, dec: f64) -> Result<Self, Refusal> {
        // 360 itself is what some tables write for 0.
        if !(0.0..=360.0).contains(&ra) {
            return Err(Refusal::new(
                format!("the right ascension {ra} is not between 0 and 360 degrees"),
                "write degrees (202.47), or hours with colons (13:29:52.7)",
            ));
        }
        if !(-90.0..=90.0).contains(&dec) {
            return Err(Refusal::new(
                format!("the declination {dec} is not between -90 and 90 degrees"),
                "write the right ascension first and the declination second",
            ));
        }
        let ra = if ra == 360.0 { 0.0 } else { ra };
        Ok(Self { ra, dec })
    }

    /// True when the two are less than `degrees` apart, for small angles.
    pub fn is_near(&self, other: &Self, degrees: f64) -> bool {
        let (north, across) = (self.dec - other.dec, (self.ra - other.ra).abs());
        if north.abs() > degrees {
            return false;
        }
        let across = across.min(360.0 - across) * libm::cos(self.dec.to_radians());
        across * across + north * north < degrees * degrees
    }

    /// The position in digits, for a target without a name: `202.4696+47.1952`.
    pub fn label(&self) -> String {
        format!("{:.4}{:+.4}", self.ra, self.dec)
    }
}

/// Where a target is.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A name, whose position must be looked up.
    Name(String),
    /// A position.
    At(Position),
}

/// One galaxy to fetch.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What to call it: a name, or its position in digits.
    pub label: String,
    /// Where it is.
    pub place: Place,
    /// Its diameter in arcminutes, where the line or the table says so.
    pub diameter: Option<f64>,
}

impl Target {
    /// The same for two targets whose pictures would be the same.
    pub(super) fn identity(&self) -> String {
        let place = match &self.place {
            Place::Name(name) => crate::surveys::key::key(name),
            Place::At(position) => position.label(),
        };
        format!("{place} {:?}", self.diameter)
    }
}

/// A line of the pasted text and the outcome of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its number in the text, from 1.
    pub number: usize,
    /// The line itself, at most 80 letters of it.
    pub text: String,
    /// The target, or why there is none.
    pub outcome: Result<Target, Refusal>,
}

impl Line {
    pub(super) fn new(number: usize, text: &str, outcome: Result<Target, Refusal>) -> Self {
        Self {
            number,
            text: text.chars().take(80).collect(),
            outcome,
        }
    }
}

//! From ring histograms to the vectors that are clustered, and how unlike a galaxy is to what the model has seen.
//!
//! The model carries a summary of its training galaxies: the directions in which their histograms vary, and prototypes of their Ward tree.
//! A galaxy's vector is drawn towards the prototypes that it resembles and towards the branches above them, so that two samples of
//! the sky are split alike. What is left of its own place keeps galaxies apart that no prototype tells apart.

/// Dimensions of a vector.
pub const DIMENSIONS: usize = 16;

/// The share of a galaxy's own place in its vector, beside that of the prototypes.
pub const OWN_SHARE: f64 = 0.3;

/// A summary of the training galaxies.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    /// The mean histogram, `[features]`.
    pub mean: Vec<f64>,
    /// The directions of largest variance, orthonormal, `[DIMENSIONS, features]`.
    pub directions: Vec<f64>,
    /// Prototypes along these directions, `[prototypes, DIMENSIONS]`.
    pub prototypes: Vec<f64>,
    /// What each prototype adds to a vector: weighted means of the branches above it and itself, `[prototypes, DIMENSIONS]`.
    pub anchors: Vec<f64>,
    /// Memberships are `softmax(-d² / softness)` of the distances d to the prototypes.
    pub softness: f64,
    /// For each of [`Unlike`]'s three measures its value at equal steps of rank among the training galaxies, ascending, `[3, steps]`.
    pub ranks: [Vec<f64>; 3],
}

/// How unlike a galaxy is to the training galaxies, by three measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unlike {
    /// The mean squared distance of the network's vectors to their codes.
    pub quantisation: f64,
    /// How far the histogram lies outside the directions in which training galaxies vary.
    pub outside: f64,
    /// The distance to the nearest prototype.
    pub distance: f64,
}

impl Unlike {
    fn measures(&self) -> [f64; 3] {
        [self.quantisation, self.outside, self.distance]
    }
}

/// A galaxy in the space.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The vector that is clustered, `[DIMENSIONS]`.
    pub vector: Vec<f64>,
    /// Its three measures.
    pub unlike: Unlike,
}

impl Space {
    /// Whether the tables have sizes that belong together, for histograms of this length, and finite values.
    #[must_use]
    pub fn fits(&self, features: usize) -> bool {
        let prototypes = self.prototypes.len() / DIMENSIONS;
        let all = [&self.mean, &self.directions, &self.prototypes, &self.anchors];
        self.mean.len() == features
            && self.directions.len() == DIMENSIONS * features
            && prototypes > 0
            && self.prototypes.len() == prototypes * DIMENSIONS
            && self.anchors.len() == self.prototypes.len()
            && self.softness > 0.0
            && self
                .ranks
                .iter()
                .all(|ranks| ranks.len() >= 2 && ranks.is_sorted())
            && all
                .into_iter()
                .chain(&self.ranks)
                .flatten()
                .all(|value| value.is_finite())
    }

    /// Places a galaxy, given its histogram ([`super::RingHistogram::mean`]) and its mean squared distance to its codes.
    #[must_use]
    pub fn place(&self, histogram: &[f64], quantisation: f64) -> Placed {
        let (own, outside) = project(&self.mean, &self.directions, histogram);
        let distances: Vec<f64> = self
            .prototypes
            .chunks_exact(DIMENSIONS)
            .map(|prototype| squared(&own, prototype))
            .collect();
        let least = distances.iter().copied().fold(f64::INFINITY, f64::min);
        let members: Vec<f64> = distances
            .iter()
            .map(|distance| libm::exp((least - distance) / self.softness))
            .collect();
        let all: f64 = members.iter().sum();
        let mut vector: Vec<f64> = own.iter().map(|value| OWN_SHARE * value).collect();
        for (anchor, member) in self.anchors.chunks_exact(DIMENSIONS).zip(&members) {
            for (value, anchor) in vector.iter_mut().zip(anchor) {
                *value += member / all * anchor;
            }
        }
        Placed {
            vector,
            unlike: Unlike {
                quantisation,
                outside,
                distance: least.max(0.0).sqrt(),
            },
        }
    }

    /// The share of the training galaxies that are less unusual, by the measure that finds most of them so: 0 to 1.
    #[must_use]
    pub fn unlike(&self, unlike: &Unlike) -> f64 {
        let rank = |(ranks, value): (&Vec<f64>, f64)| {
            let below = ranks.partition_point(|rank| *rank < value);
            below as f64 / ranks.len().max(1) as f64
        };
        self.ranks
            .iter()
            .zip(unlike.measures())
            .map(rank)
            .fold(0.0, f64::max)
    }

    /// One number for how unusual a galaxy is: [`Self::unlike`] up to the most unusual training galaxy, [`Self::excess`] beyond it.
    #[must_use]
    pub fn unusual(&self, unlike: &Unlike) -> f64 {
        let excess = self.excess(unlike);
        if excess > 1.0 { excess } else { self.unlike(unlike) }
    }

    /// By how much the largest measure exceeds the largest of the training galaxies: 1 is as unusual as the most unusual of them.
    #[must_use]
    pub fn excess(&self, unlike: &Unlike) -> f64 {
        let ratio = |(ranks, value): (&Vec<f64>, f64)| {
            let most = ranks.last().copied().unwrap_or(1.0);
            value / most.max(1e-12)
        };
        self.ranks
            .iter()
            .zip(unlike.measures())
            .map(ratio)
            .fold(0.0, f64::max)
    }
}

/// The squared distance of two points.
fn squared(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// A histogram less the mean, along orthonormal directions; and the length of what is left.
#[must_use]
pub fn project(mean: &[f64], directions: &[f64], histogram: &[f64]) -> (Vec<f64>, f64) {
    let off: Vec<f64> = histogram
        .iter()
        .zip(mean)
        .map(|(value, mean)| value - mean)
        .collect();
    let along: Vec<f64> = directions
        .chunks_exact(mean.len().max(1))
        .map(|direction| direction.iter().zip(&off).map(|(d, o)| d * o).sum())
        .collect();
    let whole: f64 = off.iter().map(|o| o * o).sum();
    let inside: f64 = along.iter().map(|a| a * a).sum();
    (along, (whole - inside).max(0.0).sqrt())
}

//! From a view's vectors to its ring histograms of soft codes, and back.

use super::parameters::Sizes;
use galaxy_grove::cutout::CODES;
use galaxy_grove::shape::RingHistogram;
use grove_kernels::{Matrix, multiply, multiply_add};

/// Shares below this have no gradient: the square root is steep at 0.
const MIN_SHARE: f32 = 1e-6;

/// Weights of the loss terms beside the contrast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Of the distance of vectors to their codes.
    pub commitment: f32,
    /// Views in the whole batch.
    pub views: usize,
}

/// Pools the views of one thread.
#[derive(Debug)]
pub struct Pooling<'a> {
    sizes: Sizes,
    codebook: &'a [f32],
    /// For every place of the grid and its ring: where the ring starts among the features, and one over its places.
    rings: Vec<(usize, f32)>,
    members: Vec<f32>,
    slopes: Vec<f32>,
}

/// One view, pooled.
#[derive(Clone, Debug)]
pub struct Pooled {
    /// Square roots of the soft shares, `[rings * codes]`.
    pub features: Vec<f32>,
    /// Sums of the memberships over the places, `[codes]`.
    pub use_of_codes: Vec<f32>,
    /// The sum of the squared distances of the vectors to their nearest codes.
    pub distance: f64,
}

impl<'a> Pooling<'a> {
    /// For a codebook `[codes, d]`.
    pub fn new(sizes: Sizes, codebook: &'a [f32]) -> Self {
        let shares = RingHistogram::new(sizes.codes).shares();
        let rings = shares
            .iter()
            .map(|(ring, share)| (ring * sizes.codes, *share as f32))
            .collect();
        Self {
            sizes,
            codebook,
            rings,
            members: Vec::new(),
            slopes: Vec::new(),
        }
    }

    /// The memberships `softmax(-|z - e|²)` of every place, `[64, codes]`, into `self.members`, and the nearest codes.
    fn memberships(&mut self, vectors: &[f32]) -> (Vec<u8>, f64) {
        let (codes, dim) = (self.sizes.codes, self.sizes.embedding_dim);
        self.members.clear();
        self.members.resize(CODES * codes, 0.0);
        let codebook = Matrix::new(self.codebook, codes, dim).transposed();
        multiply(&mut self.members, Matrix::new(vectors, CODES, dim), codebook);
        let norms: Vec<f32> = self
            .codebook
            .chunks_exact(dim)
            .map(|code| code.iter().map(|v| v * v).sum())
            .collect();
        let mut nearest = Vec::with_capacity(CODES);
        let mut distance = 0.0;
        for (row, vector) in self
            .members
            .chunks_exact_mut(codes)
            .zip(vectors.chunks_exact(dim))
        {
            // |z|² is the same for all codes of a place: softmax does not see it.
            for (value, norm) in row.iter_mut().zip(&norms) {
                *value = 2.0 * *value - norm;
            }
            let mut best = (0, f32::NEG_INFINITY);
            for (code, value) in row.iter().enumerate() {
                if *value > best.1 {
                    best = (code, *value);
                }
            }
            let norm: f32 = vector.iter().map(|v| v * v).sum();
            distance += f64::from((norm - best.1).max(0.0));
            nearest.push(best.0 as u8);
            let mut sum = 0.0;
            for value in row.iter_mut() {
                *value = (*value - best.1).exp();
                sum += *value;
            }
            row.iter_mut().for_each(|value| *value /= sum);
        }
        (nearest, distance)
    }

    fn shares(&self) -> Vec<f32> {
        let codes = self.sizes.codes;
        let mut shares = vec![0.0; self.sizes.features()];
        for (row, (start, weight)) in self.members.chunks_exact(codes).zip(&self.rings) {
            if let Some(ring) = shares.get_mut(*start..start + codes) {
                for (share, member) in ring.iter_mut().zip(row) {
                    *share += weight * member;
                }
            }
        }
        shares
    }

    /// Pools one view's vectors, `[64, d]`.
    pub fn forward(&mut self, vectors: &[f32]) -> Pooled {
        let (_, distance) = self.memberships(vectors);
        let mut use_of_codes = vec![0.0; self.sizes.codes];
        for row in self.members.chunks_exact(self.sizes.codes) {
            for (sum, member) in use_of_codes.iter_mut().zip(row) {
                *sum += member;
            }
        }
        let shares = self.shares();
        Pooled {
            features: shares.iter().map(|share| share.max(MIN_SHARE).sqrt()).collect(),
            use_of_codes,
            distance,
        }
    }

    /// Adds the gradient of the vectors to `back`, and that of the codebook to `codebook_gradient`, given the gradient of the features and
    /// that of the sums of memberships.
    pub fn backward(
        &mut self,
        vectors: &[f32],
        features: &[f32],
        use_gradient: &[f32],
        terms: &Terms,
        back: &mut Vec<f32>,
        codebook_gradient: &mut [f32],
    ) {
        let (codes, dim) = (self.sizes.codes, self.sizes.embedding_dim);
        let (nearest, _) = self.memberships(vectors);
        // d sqrt(s) = ds / (2 sqrt(s)).
        let steep: Vec<f32> = self
            .shares()
            .iter()
            .zip(features)
            .map(|(share, gradient)| {
                if *share > MIN_SHARE {
                    0.5 * gradient / share.sqrt()
                } else {
                    0.0
                }
            })
            .collect();
        self.slopes.clear();
        for (row, (start, weight)) in self.members.chunks_exact(codes).zip(&self.rings) {
            let ring = steep.get(*start..start + codes).unwrap_or_default();
            let from = self.slopes.len();
            let slope = ring
                .iter()
                .zip(use_gradient)
                .map(|(ring, use_of)| weight * ring + use_of);
            self.slopes.extend(slope);
            let fresh = self.slopes.get_mut(from..).unwrap_or_default();
            let mean: f32 = fresh.iter().zip(row).map(|(slope, member)| slope * member).sum();
            for (slope, member) in fresh.iter_mut().zip(row) {
                *slope = member * (*slope - mean);
            }
        }
        // With l = -|z - e|² and slopes that sum to 0: dz = 2 slopes e, de = 2 (slopesᵀ z - sum(slopes) e).
        let start = back.len();
        back.resize(start + CODES * dim, 0.0);
        let fresh = back.get_mut(start..).unwrap_or_default();
        self.slopes.iter_mut().for_each(|slope| *slope *= 2.0);
        let slopes = Matrix::new(&self.slopes, CODES, codes);
        multiply(fresh, slopes, Matrix::new(self.codebook, codes, dim));
        let vectors_matrix = Matrix::new(vectors, CODES, dim);
        multiply_add(codebook_gradient, slopes.transposed(), vectors_matrix);
        let mut sums = vec![0.0_f32; codes];
        for row in self.slopes.chunks_exact(codes) {
            for (sum, slope) in sums.iter_mut().zip(row) {
                *sum += slope;
            }
        }
        let rows = codebook_gradient
            .chunks_exact_mut(dim)
            .zip(self.codebook.chunks_exact(dim));
        for ((gradient, code), sum) in rows.zip(&sums) {
            for (gradient, value) in gradient.iter_mut().zip(code) {
                *gradient -= sum * value;
            }
        }
        // Commitment moves the vectors to their codes, the codebook term the codes to their vectors.
        let scale = 2.0 / (terms.views * CODES * dim) as f32;
        for ((back, vector), code) in fresh
            .chunks_exact_mut(dim)
            .zip(vectors.chunks_exact(dim))
            .zip(&nearest)
        {
            let at = usize::from(*code) * dim;
            let code = self.codebook.get(at..at + dim).unwrap_or_default();
            let gradient = codebook_gradient.get_mut(at..at + dim).unwrap_or_default();
            for (((back, z), e), gradient) in back.iter_mut().zip(vector).zip(code).zip(gradient) {
                *back += terms.commitment * scale * (z - e);
                *gradient += scale * (e - z);
            }
        }
    }
}

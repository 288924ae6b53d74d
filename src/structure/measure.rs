//! All measures of one galaxy.

use super::aperture::{Circle, Ellipse, RowSums, Sum};
use super::asymmetry::{self, Turned};
use super::errors::errors;
use super::light::Light;
use super::numbers::{MEASURES, place};
use super::petrosian::Growth;
use super::sersic::{Sersic, Start, fit};
use super::{gini, moments, petrosian, smoothness, texture};
use crate::cutout::Psf;

/// Light within this many Petrosian radii counts for concentration, asymmetry and smoothness.
const EXTENT: f64 = 1.5;

/// Light within this many Petrosian radii is all of it.
const TOTAL: f64 = 2.0;

/// Below this signal-to-noise per pixel, Gini and M20 are not to be trusted (Lotz et al. 2004).
const FAINT: f64 = 2.5;

/// Why a measure is to be doubted, or missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StructureFlag {
    /// The signal-to-noise per pixel is below 2.5.
    Faint,
    /// The light does not fall to the Petrosian radius within the frame: what depends on it is missing.
    NoPetrosianRadius,
    /// One and a half Petrosian radii reach beyond the frame.
    ReachesBeyondFrame,
    /// The galaxy is smaller than 2 pixels at half its light: it is not resolved.
    NotResolved,
    /// The centre of least asymmetry lies far from the centre of light: the latter was taken.
    CentreDrifted,
    /// Pixels as bright as the galaxy lie apart from it.
    SeveralPatches,
    /// The Sersic fit did not come to rest, or ended at a limit.
    FitFailed,
    /// The pixels are a stretched or clipped picture, not light: numbers depend on the stretch, and there is no Sersic fit.
    Stretched,
}

impl StructureFlag {
    /// All of them, in the order of their bits.
    const ALL: [Self; 8] = [
        Self::Faint,
        Self::NoPetrosianRadius,
        Self::ReachesBeyondFrame,
        Self::NotResolved,
        Self::CentreDrifted,
        Self::SeveralPatches,
        Self::FitFailed,
        Self::Stretched,
    ];

    /// Flags as bits, for a buffer.
    #[must_use]
    pub fn bits(flags: &[Self]) -> u8 {
        let bit = |flag: &Self| Self::ALL.iter().position(|other| other == flag);
        flags.iter().filter_map(bit).fold(0, |bits, at| bits | 1 << at)
    }

    /// The flags that [`bits`](Self::bits) stand for, the first one first.
    pub fn of_bits(bits: u8) -> impl Iterator<Item = Self> {
        let flags = Self::ALL.into_iter().enumerate();
        flags.filter_map(move |(at, flag)| (bits >> at & 1 == 1).then_some(flag))
    }

    /// A short name for tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Faint => "faint",
            Self::NoPetrosianRadius => "no_petrosian_radius",
            Self::ReachesBeyondFrame => "reaches_beyond_frame",
            Self::NotResolved => "not_resolved",
            Self::CentreDrifted => "centre_drifted",
            Self::SeveralPatches => "several_patches",
            Self::FitFailed => "fit_failed",
            Self::Stretched => "stretched",
        }
    }
}

/// The structure of one galaxy. Lengths are in pixels; `None` where a number would mean nothing.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Structure {
    /// The centre where the asymmetry is least, in pixels from the middle of the top left one.
    pub centre: (f64, f64),
    /// `5 log10(r80 / r20)`, of the light within 1.5 Petrosian radii (Bershady et al. 2000).
    pub concentration: Option<f64>,
    /// Differences from the picture turned by 180 degrees, as a share of the light (Conselice 2003).
    pub asymmetry: Option<f64>,
    /// The share of the light in clumps (Conselice 2003; Lotz et al. 2004).
    pub smoothness: Option<f64>,
    /// How unequally the light is shared out among the pixels, 0 to 1 (Lotz et al. 2004).
    pub gini: Option<f64>,
    /// The second moment of the brightest fifth of the light over that of all, as a logarithm (Lotz et al. 2004).
    pub m20: Option<f64>,
    /// The radius of the circle that holds half the light within two Petrosian radii.
    pub half_light_radius: Option<f64>,
    /// Where the light falls to a fifth of the mean within, in circles (Petrosian 1976).
    pub petrosian_radius: Option<f64>,
    /// `1 - b/a` by second moments.
    pub ellipticity: Option<f64>,
    /// The major axis by second moments, from the x axis anticlockwise as the picture is shown, 0 to 180 degrees.
    pub position_angle: Option<f64>,
    /// Entropy of the pixel values, 0 to 1 (Ferrari et al. 2015).
    pub entropy: Option<f64>,
    /// Second gradient moment, 0 is symmetric (Rosa et al. 2018).
    pub gradient_pattern: Option<f64>,
    /// Mean signal-to-noise of the galaxy's pixels; `None` without noise.
    pub signal_to_noise: Option<f64>,
    /// Standard deviations of the first [`MEASURES`](super::MEASURES) numbers under the sky's noise; NaN where there is none.
    pub errors: Option<[f64; MEASURES]>,
    /// The Sersic profile.
    pub sersic: Option<Sersic>,
    /// What there is to doubt.
    pub flags: Vec<StructureFlag>,
}

impl Structure {
    /// Lengths in other pixels: one of those that it was measured on is `factor` of them.
    pub fn scale(&mut self, factor: f64) {
        let place = |v: f64| (v + 0.5) * factor - 0.5;
        let centre = |(x, y): (f64, f64)| (place(x), place(y));
        self.centre = centre(self.centre);
        for radius in [&mut self.half_light_radius, &mut self.petrosian_radius] {
            *radius = radius.map(|radius| radius * factor);
        }
        if let Some(errors) = &mut self.errors {
            for place in [place::HALF_LIGHT_RADIUS, place::PETROSIAN_RADIUS] {
                if let Some(error) = errors.get_mut(place) {
                    *error *= factor;
                }
            }
        }
        if let Some(fit) = &mut self.sersic {
            fit.radius *= factor;
            fit.radius_error *= factor;
            fit.centre = centre(fit.centre);
        }
    }
}

/// What to measure beside the non-parametric numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Measure noisy copies, too, for the errors of the non-parametric numbers: eleven times slower.
    pub errors: bool,
    /// Fit a Sersic profile: slower by far.
    pub sersic: bool,
    /// The point spread function that the fitted profile is blurred by.
    pub psf: Option<Psf>,
    /// The pixels are stretched: said in the flags, and no profile is fitted.
    pub stretched: bool,
}

/// Measures a galaxy. `None` when its pixels hold no light, or the columns of `light` do not fit together.
///
/// The definitions are those of Lotz et al. 2004 and of `statmorph` (Rodriguez-Gomez et al. 2019), whose numbers a test compares.
///
/// # Examples
/// ```
/// use galaxy_grove::structure::{Light, Options, structure};
///
/// // An exponential disc.
/// let pixels = (0..61 * 61).map(|at| {
///     let (x, y) = (f64::from(at % 61) - 30.0, f64::from(at / 61) - 30.0);
///     (-(x * x + y * y).sqrt() / 4.0).exp()
/// });
/// let found = structure(&Light::new(61, 61, pixels.collect()), &Options::default()).expect("there is light");
/// assert!((found.concentration.unwrap() - 2.7).abs() < 0.15);
/// assert!(found.asymmetry.unwrap() < 0.01);
/// ```
#[must_use]
pub fn structure(light: &Light, options: &Options) -> Option<Structure> {
    if !light.is_whole() {
        return None;
    }
    let mut found = without_errors(light, options)?;
    if options.errors {
        let plain = Options {
            stretched: options.stretched,
            ..Options::default()
        };
        let measure = |copy: &Light| Some(without_errors(copy, &plain)?.measures());
        found.errors = Some(errors(light, &found.measures(), measure));
    }
    Some(found)
}

fn without_errors(light: &Light, options: &Options) -> Option<Structure> {
    let centroid = moments::centroid(light)?;
    let mut found = Structure::default();
    let flag = |found: &mut Structure, flag: StructureFlag| {
        if !found.flags.contains(&flag) {
            found.flags.push(flag);
        }
    };
    if options.stretched {
        flag(&mut found, StructureFlag::Stretched);
    }
    found.centre = centroid;
    let sums = RowSums::of(light);
    let within = |centre, radius| Circle::new((light.width, light.height), centre, radius).sum(&sums);
    let first = petrosian::petrosian(light, |radius| within(centroid, radius));
    if let Some(radius) = first {
        let sky = asymmetry::sky(light);
        let turned = Turned::new(light);
        let reach = 0.25 * radius;
        match turned.centre(centroid, EXTENT * radius, sky, reach.max(1.0)) {
            Some(centre) => found.centre = centre,
            None => flag(&mut found, StructureFlag::CentreDrifted),
        }
        found.asymmetry =
            turned.asymmetry(&turned.aperture(found.centre, EXTENT * radius), found.centre, sky);
    }
    let centre = found.centre;
    let axes = moments::axes(light, centre);
    if let Some(axes) = axes {
        found.ellipticity = Some(1.0 - axes.minor / axes.major);
        found.position_angle = Some((-axes.angle.to_degrees()).rem_euclid(180.0));
    }
    let within = |radius| within(centre, radius);
    found.petrosian_radius = petrosian::petrosian(light, within);
    let Some(radius) = found.petrosian_radius else {
        flag(&mut found, StructureFlag::NoPetrosianRadius);
        return Some(found);
    };
    let (x, y) = centre;
    let edge = [x, y, light.width as f64 - 1.0 - x, light.height as f64 - 1.0 - y]
        .into_iter()
        .fold(f64::INFINITY, |a, b| if b < a { b } else { a });
    if EXTENT * radius > edge + 0.5 {
        flag(&mut found, StructureFlag::ReachesBeyondFrame);
    }
    let mut growth = Growth::new(within, radius / 16.0);
    let mut share = |most: f64, share: f64| growth.radius_of_share(most * radius, share);
    if let (Some(inner), Some(outer)) = (share(EXTENT, 0.2), share(EXTENT, 0.8)) {
        found.concentration = (inner > 0.0).then(|| 5.0 * libm::log10(outer / inner));
    }
    found.half_light_radius = share(TOTAL, 0.5);
    if found.half_light_radius.is_some_and(|radius| radius < 2.0) {
        flag(&mut found, StructureFlag::NotResolved);
    }
    found.smoothness = smoothness::smoothness(light, &sums, centre, radius, EXTENT * radius);
    if let Some(axes) = axes {
        let (s, c) = libm::sincos(axes.angle);
        let ellipse = Ellipse {
            centre,
            elongation: axes.major / axes.minor,
            along: (c, s),
        };
        by_pixels(light, &sums, &ellipse, &mut found);
    }
    if found.signal_to_noise.is_some_and(|ratio| ratio < FAINT) {
        flag(&mut found, StructureFlag::Faint);
    }
    if options.sersic && !options.stretched {
        let total = within(TOTAL * radius);
        found.sersic = sersic(light, &found, axes, (radius, total), options.psf.as_ref());
        if !found.sersic.is_some_and(|fit| fit.converged) {
            flag(&mut found, StructureFlag::FitFailed);
        }
    }
    Some(found)
}

/// Gini, M20, entropy, gradients and signal-to-noise, on the pixels within the Petrosian ellipse.
fn by_pixels(light: &Light, sums: &RowSums, ellipse: &Ellipse, found: &mut Structure) {
    let Some(axis) = petrosian::petrosian(light, |a| ellipse.sum(a, sums)) else {
        return;
    };
    let Some((segment, several)) = gini::segment(light, ellipse, axis) else {
        return;
    };
    if several {
        found.flags.push(StructureFlag::SeveralPatches);
    }
    found.gini = gini::gini(light, &segment);
    found.m20 = gini::m20(light, &segment);
    found.entropy = texture::entropy(light, &segment);
    found.gradient_pattern = texture::gradient_pattern(light, &segment, found.centre);
    if light.sigma > 0.0 {
        let values = gini::pixels(light, &segment).map(|(_, _, value)| value);
        let (sum, count) = values
            .filter(|v| *v >= 0.0)
            .fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0));
        found.signal_to_noise = (count > 0.0).then(|| sum / count / light.sigma);
    }
}

fn sersic(
    light: &Light,
    found: &Structure,
    axes: Option<moments::Axes>,
    (radius, total): (f64, Sum),
    psf: Option<&Psf>,
) -> Option<Sersic> {
    let axes = axes?;
    let half = found.half_light_radius?;
    let start = Start {
        centre: found.centre,
        // From circles to the major axis.
        radius: half * (axes.major / axes.minor).sqrt(),
        axis_ratio: axes.minor / axes.major,
        angle: axes.angle,
        light: total.light,
    };
    fit(light, &start, TOTAL * radius, psf)
}

//! A source of a field.

/// What is to be known of a source before it is taken for a galaxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SourceFlags {
    /// It touches the edge of the frame, or of what was measured.
    pub edge: bool,
    /// Its brightest pixels are at the limit of the picture, or have no value.
    pub saturated: bool,
    /// It touched another source and was separated from it.
    pub blended: bool,
    /// It is as small as the stars of this frame, or has a star's spikes.
    pub star_like: bool,
    /// Its square is fewer than 16 pixels wide: there is no shape to see.
    pub small: bool,
}

impl SourceFlags {
    /// Worth a cutout: neither a star, nor cut off by the edge, nor too small to have a shape.
    #[must_use]
    pub fn is_promising(self) -> bool {
        !(self.edge || self.star_like || self.small)
    }
}

/// One source of a field. Positions are in pixels of the frame, where whole numbers are pixel centres, x to the right, y
/// down. Light is above the sky, in the frame's unit.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Source {
    /// Its number in the field's map of segments, from 1.
    pub number: u32,
    /// Centre, weighted by light.
    pub x: f32,
    /// Centre, weighted by light.
    pub y: f32,
    /// Light within the Kron ellipse (2.5 Kron radii), neighbours taken out: nearly all there is.
    pub flux: f32,
    /// Light of its own pixels over the noise of the sky in them.
    pub signal_to_noise: f32,
    /// Standard deviation of its light along the major axis, in pixels.
    pub a: f32,
    /// The same along the minor axis.
    pub b: f32,
    /// Angle of the major axis from the x axis towards the y axis (which points down), in radians, over -pi/2 up to pi/2.
    pub theta: f32,
    /// Its pixels above the threshold.
    pub area: u32,
    /// Its brightest pixel, above the sky.
    pub peak: f32,
    /// Radius of the circle that holds half of `flux`, in pixels.
    pub half_light_radius: f32,
    /// Level of the sky there.
    pub sky: f32,
    /// Standard deviation of the sky there.
    pub sigma: f32,
    /// Half the side of the square to cut, in pixels, by the rule of the preparation.
    pub half_side: f32,
    /// Reasons not to take it as a galaxy.
    pub flags: SourceFlags,
}

impl Source {
    /// `1 - b/a`: 0 for a round source.
    #[must_use]
    pub fn ellipticity(&self) -> f32 {
        if self.a > 0.0 { 1.0 - self.b / self.a } else { 0.0 }
    }
}

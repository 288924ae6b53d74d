//! The picture on a page: a rectangle that is not of the page's colour.

use image::RgbImage;

/// Share of the outermost pixels that have the page's colour.
const UNIFORM: f64 = 0.97;
/// Share of an edge's pixels that are not of the page's colour.
const STRAIGHT: f64 = 0.9;
/// A picture is at least this many pixels wide and high, and so large a part of the page.
const MIN_VALUE: usize = 16;
const MIN_SHARE: usize = 12;
/// Longer strips are colour bars.
const ASPECT: usize = 3;
/// A page is at least this light; darker ones are sky.
const LIGHT: u32 = 96;
/// Lines of axes are at most this thick.
const SPINE: u32 = 4;

/// The picture on a page.
pub struct Panel {
    /// Left edge, top edge, width and height.
    pub part: (u32, u32, u32, u32),
    /// How many pictures of about its size the page has.
    pub panels: usize,
}

/// A rectangle, ends not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Box {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Box {
    fn width(&self) -> usize {
        self.right.saturating_sub(self.left)
    }

    fn height(&self) -> usize {
        self.bottom.saturating_sub(self.top)
    }

    fn area(&self) -> usize {
        self.width() * self.height()
    }
}

/// Which pixels are not of the page's colour.
struct Mask {
    width: usize,
    ink: Vec<bool>,
}

impl Mask {
    fn at(&self, x: usize, y: usize) -> bool {
        self.ink.get(y * self.width + x).copied().unwrap_or(false)
    }

    fn row(&self, of: &Box, y: usize) -> f64 {
        let inked = (of.left..of.right).filter(|x| self.at(*x, y)).count();
        inked as f64 / of.width().max(1) as f64
    }

    fn column(&self, of: &Box, x: usize) -> f64 {
        let inked = (of.top..of.bottom).filter(|y| self.at(x, *y)).count();
        inked as f64 / of.height().max(1) as f64
    }

    /// The boxes around all connected parts.
    fn parts(&self) -> Vec<Box> {
        let mut seen = vec![false; self.ink.len()];
        let mut found = Vec::new();
        let mut open = Vec::new();
        for start in 0..self.ink.len() {
            if seen.get(start) != Some(&false) || self.ink.get(start) != Some(&true) {
                continue;
            }
            let mut part = Box {
                left: usize::MAX,
                top: usize::MAX,
                right: 0,
                bottom: 0,
            };
            open.push(start);
            if let Some(seen) = seen.get_mut(start) {
                *seen = true;
            }
            while let Some(at) = open.pop() {
                let (x, y) = (at % self.width, at / self.width);
                part = Box {
                    left: part.left.min(x),
                    top: part.top.min(y),
                    right: part.right.max(x + 1),
                    bottom: part.bottom.max(y + 1),
                };
                let mut visit = |next: Option<usize>| {
                    let Some(next) = next else { return };
                    if self.ink.get(next) == Some(&true)
                        && let Some(seen) = seen.get_mut(next)
                        && !*seen
                    {
                        *seen = true;
                        open.push(next);
                    }
                };
                visit((x > 0).then(|| at - 1));
                visit((x + 1 < self.width).then(|| at + 1));
                visit(at.checked_sub(self.width));
                visit(Some(at + self.width));
            }
            found.push(part);
        }
        found
    }

    /// Cuts ticks off a part's box: its outer rows and columns of which less than half is inked.
    fn trim(&self, mut part: Box) -> Box {
        loop {
            let before = part;
            if part.area() > 0 && self.row(&part, part.top) < 0.5 {
                part.top += 1;
            }
            if part.area() > 0 && self.row(&part, part.bottom - 1) < 0.5 {
                part.bottom -= 1;
            }
            if part.area() > 0 && self.column(&part, part.left) < 0.5 {
                part.left += 1;
            }
            if part.area() > 0 && self.column(&part, part.right - 1) < 0.5 {
                part.right -= 1;
            }
            if part == before || part.area() == 0 {
                return part;
            }
        }
    }

    /// True for a picture: large enough, no strip, with four straight edges.
    fn is_picture(&self, part: &Box) -> bool {
        let (width, height) = (part.width(), part.height());
        if width < MIN_VALUE || height < MIN_VALUE || width > ASPECT * height || height > ASPECT * width {
            return false;
        }
        if part.area() * MIN_SHARE < self.ink.len() {
            return false;
        }
        let near = 0..3;
        let straight = |share: &dyn Fn(usize) -> f64| near.clone().any(|step| share(step) >= STRAIGHT);
        straight(&|step| self.row(part, part.top + step))
            && straight(&|step| self.row(part, part.bottom - 1 - step))
            && straight(&|step| self.column(part, part.left + step))
            && straight(&|step| self.column(part, part.right - 1 - step))
    }
}

/// The colour of the outermost pixels, if they have one, and the largest difference from it among them.
fn page(view: &RgbImage) -> Option<([u8; 3], u8)> {
    const NEAR: u8 = 10;
    let (width, height) = view.dimensions();
    if (width as usize) < MIN_VALUE || (height as usize) < MIN_VALUE {
        return None;
    }
    let colour = view.get_pixel(0, 0).0;
    if colour.iter().map(|value| u32::from(*value)).sum::<u32>() < 3 * LIGHT {
        return None;
    }
    let ring = (0..width)
        .flat_map(|x| [(x, 0), (x, height - 1)])
        .chain((0..height).flat_map(|y| [(0, y), (width - 1, y)]));
    let (mut same, mut all, mut most) = (0usize, 0usize, 0u8);
    for (x, y) in ring {
        let difference = apart(view.get_pixel(x, y).0, colour);
        all += 1;
        if difference <= NEAR {
            same += 1;
            most = most.max(difference);
        }
    }
    (same as f64 >= UNIFORM * all as f64).then_some((colour, most))
}

fn apart(a: [u8; 3], b: [u8; 3]) -> u8 {
    a.iter().zip(b).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0)
}

/// Finds the largest picture on a page with a margin of one light colour.
/// `is_exact`: its colours were stored without loss.
pub fn find(view: &RgbImage, is_exact: bool) -> Option<Panel> {
    let (colour, noise) = page(view)?;
    // What was compressed with loss has traces of its letters all around them.
    let least = if noise == 0 && is_exact { 1 } else { 12 };
    let mask = Mask {
        width: view.width() as usize,
        ink: view
            .pixels()
            .map(|pixel| apart(pixel.0, colour) >= least)
            .collect(),
    };
    let pictures: Vec<Box> = mask
        .parts()
        .into_iter()
        .map(|part| mask.trim(part))
        .filter(|part| mask.is_picture(part))
        .collect();
    let largest = pictures.iter().max_by_key(|part| part.area())?;
    let panels = pictures
        .iter()
        .filter(|part| part.area() * 2 > largest.area())
        .count();
    let part = inside(view, *largest);
    let margin = view.width() * view.height() > part.2 * part.3;
    margin.then_some(Panel { part, panels })
}

/// The picture without the lines of the axes around it.
fn inside(view: &RgbImage, part: Box) -> (u32, u32, u32, u32) {
    let (left, top) = (part.left as u32, part.top as u32);
    let (width, height) = (part.width() as u32, part.height() as u32);
    let row = |y: u32| is_line((0..width).map(|x| view.get_pixel(left + x, top + y).0));
    let column = |x: u32| is_line((0..height).map(|y| view.get_pixel(left + x, top + y).0));
    // Behind the last line one pixel more may be blended with it.
    let cut = |is: &dyn Fn(u32) -> bool| (0..SPINE).rev().find(|step| is(*step)).map_or(0, |step| step + 2);
    let (above, below) = (cut(&|step| row(step)), cut(&|step| row(height - 1 - step)));
    let (before, behind) = (cut(&|step| column(step)), cut(&|step| column(width - 1 - step)));
    (
        left + before,
        top + above,
        width.saturating_sub(before + behind).max(1),
        height.saturating_sub(above + below).max(1),
    )
}

/// True for a line of one colour.
fn is_line(pixels: impl Iterator<Item = [u8; 3]>) -> bool {
    const NEAR: u8 = 16;
    let mut pixels = pixels.peekable();
    let Some(first) = pixels.peek().copied() else {
        return false;
    };
    let (mut same, mut all) = (0usize, 0usize);
    for pixel in pixels {
        all += 1;
        same += usize::from(apart(pixel, first) <= NEAR);
    }
    let dark = first.iter().all(|value| *value < 128);
    dark && same as f64 >= STRAIGHT * all as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// A page of a colour with a noisy picture at a place, and a line around it.
    fn sheet(colour: u8, (left, top, side): (u32, u32, u32), line: bool) -> RgbImage {
        let mut page = RgbImage::from_pixel(200, 160, Rgb([colour; 3]));
        for y in 0..side {
            for x in 0..side {
                let value = 20 + ((x * 7 + y * 13) % 90) as u8;
                let edge = x == 0 || y == 0 || x == side - 1 || y == side - 1;
                let value = if line && edge { 0 } else { value };
                page.put_pixel(left + x, top + y, Rgb([value; 3]));
            }
        }
        // A tick and a title.
        for step in 1..4 {
            page.put_pixel(left + 30, top + side + step - 1, Rgb([0; 3]));
            page.put_pixel(left + 10 + step, top - 6, Rgb([0; 3]));
        }
        page
    }

    #[test]
    fn the_picture_on_a_page_is_found() {
        let found = find(&sheet(255, (40, 20, 100), false), true).unwrap();
        assert_eq!((found.part, found.panels), ((40, 20, 100, 100), 1));
        let (left, top, width, height) = find(&sheet(255, (40, 20, 100), true), true).unwrap().part;
        assert!(
            left >= 41 && top >= 21 && width >= 94 && height >= 94,
            "{left} {top} {width} {height}"
        );
        assert!(
            find(&sheet(230, (40, 20, 100), true), true).is_some(),
            "a page need not be white"
        );
    }

    #[test]
    fn skies_are_no_pages() {
        assert!(
            find(&sheet(0, (40, 20, 100), false), true).is_none(),
            "black is sky"
        );
        // A negative: something round and dark on a sky that is white.
        let mut negative = RgbImage::from_pixel(120, 120, Rgb([255; 3]));
        for y in 0..120u32 {
            for x in 0..120u32 {
                let radius = f64::from((x as i32 - 60).pow(2) + (y as i32 - 60).pow(2)).sqrt();
                let value = 255.0 - 240.0 * (-radius / 12.0).exp();
                negative.put_pixel(x, y, Rgb([value as u8; 3]));
            }
        }
        assert!(find(&negative, true).is_none());
        assert!(find(&RgbImage::from_pixel(64, 64, Rgb([255; 3])), true).is_none());
        assert!(find(&RgbImage::new(4, 4), true).is_none());
    }
}

//! In which order an image's rows stand: from the bottom up, unless its header says otherwise.

use crate::cutout::Wcs;
use crate::fits::header::Header;

/// True when the first row is the top one: ROWORDER, as programs of amateur astronomy write it.
pub(super) fn is_top_down(header: &Header) -> bool {
    header.text("ROWORDER").is_some_and(|order| {
        let order = order.to_ascii_uppercase();
        order.starts_with("TOP")
    })
}

/// Turns a picture upside down.
pub(super) fn turn(pixels: &mut [f32], width: usize) {
    let height = pixels.len() / width.max(1);
    for row in 0..height / 2 {
        for column in 0..width {
            pixels.swap(row * width + column, (height - 1 - row) * width + column);
        }
    }
}

/// The coordinates of a picture of this many rows that was turned upside down.
pub(super) fn turned(wcs: &Wcs, height: usize) -> Wcs {
    let [a, b, c, d] = wcs.cd;
    let [x, y] = wcs.crpix;
    let mut turned = Wcs {
        crpix: [x, height as f64 + 1.0 - y],
        cd: [a, -b, c, -d],
        ..wcs.clone()
    };
    if let Some(sip) = &mut turned.sip {
        // Odd powers of the second pixel change their sign, and so does all that is added to it.
        let sign = |q: i32| if q % 2 == 0 { 1.0 } else { -1.0 };
        sip.a.iter_mut().for_each(|(_, q, factor)| *factor *= sign(*q));
        sip.b.iter_mut().for_each(|(_, q, factor)| *factor *= -sign(*q));
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::Sip;

    #[test]
    fn places_stay_where_they_are() {
        let wcs = Wcs {
            ctype: ["RA---TAN".to_owned(), "DEC--TAN".to_owned()],
            crval: [150.0, 2.0],
            crpix: [20.0, 40.0],
            cd: [-1e-4, 2e-5, 3e-5, 1.1e-4],
            sip: Some(Sip {
                a: vec![(2, 0, 1e-4), (1, 1, 2e-4), (0, 3, 1e-6)],
                b: vec![(0, 2, -1e-4), (2, 1, 3e-6)],
            }),
        };
        let turned = turned(&wcs, 64);
        for (x, y) in [(1.0, 1.0), (30.0, 50.0)] {
            let (one, other) = (wcs.sky(x, y).unwrap(), turned.sky(x, 65.0 - y).unwrap());
            assert!((one.0 - other.0).abs() < 1e-12 && (one.1 - other.1).abs() < 1e-12);
        }
        let mut pixels = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        turn(&mut pixels, 2);
        assert_eq!(pixels, [5.0, 6.0, 3.0, 4.0, 1.0, 2.0]);
    }
}

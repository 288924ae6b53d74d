//! Images: every coding of pixels, bands, coordinates, several in one file.

use super::common::{HEIGHT, WIDTH, open, oracle, path, pictures, reported, same};
use std::fs;

#[test]
fn every_coding_of_tiles_is_as_astropy_has_it() {
    let mut tried = 0;
    for (name, error) in [
        ("rice_1_none", 2e-5),
        ("rice_1_dither1", 2e-5),
        ("rice_1_dither2", 2e-5),
        ("gzip_1_none", 2e-5),
        ("gzip_1_dither1", 2e-5),
        ("gzip_1_dither2", 2e-5),
        ("gzip_2_none", 2e-5),
        ("gzip_2_dither1", 2e-5),
        ("gzip_2_dither2", 2e-5),
        ("hcompress_1_none", 2e-5),
        ("hcompress_1_dither1", 2e-5),
        ("hcompress_1_dither2", 2e-5),
        ("hcompress_float_smooth", 2e-5),
        ("rice_u8", 0.0),
        ("rice_u16", 0.0),
        ("rice_i32", 0.0),
        ("rice_blank", 0.0),
        ("gzip1_i32", 0.0),
        ("gzip2_f64", 0.0),
        ("nocompress_i16", 0.0),
        ("plio_i16", 0.0),
        ("plio_i32", 0.0),
        ("hcompress_i16_0_0", 0.0),
        ("hcompress_i16_4_0", 0.0),
        ("hcompress_i16_4_1", 0.0),
        ("hcompress_i16_30_0", 0.0),
        ("hcompress_i16_30_1", 0.0),
        ("hcompress_i32_0_0", 0.0),
        ("hcompress_i32_30_0", 0.0),
        ("hcompress_i32_30_1", 0.0),
        ("hcompress_smooth_odd", 0.0),
    ] {
        let (found, _, questions) = pictures(name, &[]);
        assert_eq!((found.len(), questions.len()), (1, 0), "{name}");
        same(name, &found[0].frame.pixels, &oracle(name), error);
        tried += 1;
    }
    // The fixtures themselves: smoothing and blanks do something.
    assert_ne!(oracle("hcompress_i16_30_0"), oracle("hcompress_i16_30_1"));
    assert!(oracle("rice_blank").iter().any(|v| v.is_nan()));
    assert!(oracle("rice_1_dither1").iter().any(|v| v.is_nan()));
    assert!(oracle("rice_1_dither2").iter().filter(|v| **v == 0.0).count() >= 8 * WIDTH);
    assert_eq!(tried, 31);
}

#[test]
fn tiles_may_reach_through_planes() {
    let wanted = oracle("rice_cube");
    let plane = |k: usize| {
        // The oracle has the last plane first, as all its rows are turned over.
        let at = (4 - k) * WIDTH * HEIGHT;
        &wanted[at..at + WIDTH * HEIGHT]
    };
    let (found, _, questions) = pictures("rice_cube", &[]);
    assert_eq!(found.len(), 1);
    same("rice_cube", &found[0].frame.pixels, plane(2), 0.0);
    assert_eq!(questions[0].key.to_string(), "band");
    assert_eq!(questions[0].taken, 2);
    let (found, _, _) = pictures("rice_cube", &[("band", "band 5")]);
    same("rice_cube", &found[0].frame.pixels, plane(4), 0.0);
    let (found, _, _) = pictures("rice_cube", &[("band", "each plane is a galaxy")]);
    assert_eq!(found.len(), 5);
    for (k, picture) in found.iter().enumerate() {
        assert_eq!(picture.label.as_deref(), Some(format!("1:{}", k + 1).as_str()));
        same("rice_cube", &picture.frame.pixels, plane(k), 0.0);
    }
    let (found, _, _) = pictures("rice_cube", &[("band", "all bands, weighted")]);
    let mean: Vec<f32> = (0..WIDTH * HEIGHT)
        .map(|i| (0..5).map(|k| plane(k)[i]).sum::<f32>() / 5.0)
        .collect();
    same("rice_cube", &found[0].frame.pixels, &mean, 1e-3);
}

#[test]
fn unsigned_and_signed_numbers() {
    for name in ["uint16", "uint32", "uint64", "int8"] {
        let (found, remarks, _) = pictures(name, &[]);
        same(name, &found[0].frame.pixels, &oracle(name), 0.0);
        assert_eq!(found[0].label, None);
        assert!(remarks.is_empty());
    }
}

#[test]
fn pixels_without_a_value_are_counted() {
    let (found, _, _) = pictures("infinite", &[]);
    let missing = found[0].frame.pixels.iter().filter(|v| v.is_nan()).count();
    assert_eq!(missing, 7);
    let verdict = reported("infinite", &[]).verdict().to_string();
    assert!(verdict.contains("7 pixels had no value"), "{verdict}");
}

#[test]
fn a_band_is_chosen() {
    let (found, _, questions) = pictures("grz", &[]);
    assert_eq!(
        questions[0].options,
        [
            "band 1 (g)",
            "band 2 (r)",
            "band 3 (z)",
            "all bands, weighted",
            "each plane is a galaxy"
        ]
    );
    assert_eq!(questions[0].taken, 1);
    assert_eq!(found[0].about.filter.as_deref(), Some("r"));
    let of = |answer: &str| pictures("grz", &[("band", answer)]).0.remove(0);
    let (g, z) = (of("band 1 (g)"), of("band 3"));
    assert_eq!(z.about.filter.as_deref(), Some("z"));
    for (a, b) in g.frame.pixels.iter().zip(&z.frame.pixels) {
        assert_eq!(4.0 * a, *b);
    }
    let all = of("all bands, weighted");
    assert_eq!(all.about.filter, None);
    for (a, b) in g.frame.pixels.iter().zip(&all.frame.pixels) {
        assert!((2.25 * a - b).abs() < 1e-3);
    }
    let (refused, _) = open("grz", &[("band", "y")]);
    assert!(refused.unwrap_err().reason.contains("`y` is no answer"));
    // The same as (H, W, C), as programs that turn JPEGs into FITS write it.
    let (turned, _, questions) = pictures("colours_first", &[]);
    assert_eq!(questions[0].options.len(), 5);
    assert_eq!((turned[0].frame.width, turned[0].frame.height), (WIDTH, HEIGHT));
    assert_eq!(turned[0].frame.pixels, found[0].frame.pixels);
    let (turned, _, _) = pictures("colours_first", &[("band", "each plane is a galaxy")]);
    assert_eq!(turned[2].frame.pixels, z.frame.pixels);
}

#[test]
fn a_stack_may_be_galaxies() {
    let (_, _, questions) = pictures("stack", &[]);
    assert_eq!(questions[0].options[1], "band 2 (502.5 nm)");
    assert_eq!(questions[0].taken, 9);
    let report = reported("stack", &[("band", "each plane is a galaxy")]);
    assert_eq!(report.galaxies().len(), 18);
    assert_eq!(report.galaxies()[17].name, "stack.fits[0:18]");
    assert_eq!(report.galaxies()[0].raw, report.galaxies()[6].raw, "they repeat");
    assert_ne!(report.galaxies()[0].raw, report.galaxies()[1].raw);
}

/// `x y ra dec` of a file, by astropy.
fn places(name: &str) -> Vec<[f64; 4]> {
    let text = fs::read_to_string(path("oracle.txt")).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix(name));
    lines
        .map(|line| {
            let numbers: Vec<f64> = line.split_whitespace().map(|n| n.parse().unwrap()).collect();
            numbers.try_into().unwrap()
        })
        .collect()
}

#[test]
fn the_cutouts_coordinates_are_astropys() {
    let (found, _, _) = pictures("wcs_cd", &[]);
    let about = &found[0].about;
    assert_eq!(
        about.object.as_deref(),
        Some("a galaxy whose name is so long that it takes more than one card to write it, and so it does")
    );
    assert_eq!(about.filter.as_deref(), Some("F814W"));
    let whole = about.wcs.as_ref().unwrap();
    let report = reported("wcs_cd", &[]);
    let galaxy = &report.galaxies()[0];
    let cut = galaxy.about.wcs.as_ref().unwrap();
    let (x, y, half) = galaxy.square.unwrap();
    let (x, y, half) = (f64::from(x), f64::from(y), f64::from(half));
    let known = places("wcs_cd");
    assert_eq!(known.len(), 4);
    for [px, py, ra, dec] in known {
        let (found_ra, found_dec) = whole.sky(px, py).unwrap();
        assert!((found_ra - ra).abs() < 1e-9 && (found_dec - dec).abs() < 1e-9);
        // The same point in pixels of the cutout: from its left and top edge, 64 over the square.
        let right = ((px - 1.0) - (x - half)) * 32.0 / half;
        let down = ((90.0 - py) - (y - half)) * 32.0 / half;
        let (found_ra, found_dec) = cut.sky(right + 0.5, 64.5 - down).unwrap();
        assert!(
            (found_ra - ra).abs() < 1e-7 && (found_dec - dec).abs() < 1e-7,
            "{px} {py}"
        );
    }
    // The galaxy is at about (70.5, 46.5) of the picture, which is near the cutout's centre.
    let (ra, dec) = (galaxy.about.ra.unwrap(), galaxy.about.dec.unwrap());
    let [.., near_ra, near_dec] = places("wcs_cd")[3];
    assert!(
        (ra - near_ra).abs() < 3e-3 && (dec - near_dec).abs() < 3e-3,
        "{ra} {dec}"
    );
}

#[test]
fn science_is_told_from_errors() {
    let (found, remarks, questions) = pictures("sci_err_dq", &[]);
    assert_eq!((found.len(), remarks.len()), (1, 2), "{remarks:?}");
    assert_eq!(questions[0].key.to_string(), "images");
    assert_eq!(questions[0].options[0], "only [1] SCI (40 x 32)");
    let about = &found[0].about;
    // From the primary header, which applies to the only image taken.
    assert_eq!(about.object.as_deref(), Some("M 31"));
    assert_eq!(about.filter.as_deref(), Some("r"));
    assert_eq!(about.ra, Some(10.7));
    let wcs = about.wcs.as_ref().unwrap();
    assert_eq!(wcs.ctype[0], "RA---SIN");
    for [x, y, ra, dec] in places("sci_err_dq") {
        let (found_ra, found_dec) = wcs.sky(x, y).unwrap();
        assert!((found_ra - ra).abs() < 1e-9 && (found_dec - dec).abs() < 1e-9);
    }
    let (all, remarks, _) = pictures("sci_err_dq", &[("images", "all 3 images, errors and masks too")]);
    assert_eq!((all.len(), remarks.len()), (3, 0));
    assert_eq!(
        all[0].about.object, None,
        "the primary header does not name three"
    );
}

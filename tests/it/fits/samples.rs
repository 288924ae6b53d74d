//! Files of real telescopes, where they are at hand.

use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{Answers, Limits, Verdict, read};
use grove_test_support::shared;
use std::fs;

#[test]
fn the_real_samples_are_read() {
    let Some(samples) = shared("samples") else {
        return;
    };
    for (name, galaxies, words) in [
        ("broken_truncated.fits", 0, "bytes are missing"),
        ("d_ext2_int32.fits.gz", 1, ""),
        ("d_float_gzip_2.fits.fz", 1, ""),
        ("d_float_rice_1.fits.fz", 1, ""),
        ("d_int16_bscale_bzero.fits", 1, ""),
        ("d_uint8.fits", 1, ""),
        ("decals_grz_cube.fits", 1, "plane 2 (r)"),
        ("field_int16_bscale.fits", 1, "a field of 75 sources"),
        ("hst_abell2744_cd_galaxy.fits.gz", 1, ""),
        ("hst_abell2744_dwarf_galaxy.fits.gz", 1, ""),
        ("hst_aegis_3hdu.fits", 3, ""),
        ("kids_r_G266662.fits", 1, ""),
        ("m13_rice.fits", 47, "a field of 404 sources"),
        ("m51_int16_512.fits", 1, ""),
        ("sdss_r_G266662.fits", 1, ""),
        ("sdss_r_G267525.fits", 1, ""),
    ] {
        let bytes = fs::read(samples.join(name)).unwrap();
        let report = read(
            name,
            &bytes,
            &Recipe::default(),
            &Limits::default(),
            &Answers::default(),
        );
        eprintln!("{name}: {}", report.verdict());
        for question in &report.questions {
            eprintln!(
                "    {}: {:?}, took {}",
                question.key, question.options, question.taken
            );
        }
        for galaxy in report.galaxies() {
            eprintln!("    {}: {:?}", galaxy.name, galaxy.about);
        }
        assert_eq!(report.galaxies().len(), galaxies, "{name}");
        assert!(report.verdict().to_string().contains(words), "{name}");
        assert_eq!(matches!(report.verdict(), Verdict::Refused { .. }), galaxies == 0);
    }
}

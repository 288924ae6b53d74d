//! What can be done differently for one galaxy of the user's: another centre, another size, light and dark, leaving it out.

use super::change_galaxies;
use crate::store::Page;
use galaxy_grove::cutout::prepare::Override;
use galaxy_grove::page_model::collection::Galaxy;

/// True when the galaxy was cut from a picture of the user's, so that it can be cut differently.
pub fn can(page: Page, galaxy: &Galaxy) -> bool {
    galaxy.preview.is_some() && galaxy.half_side.is_some() && page.dropped(galaxy.source).is_some()
}

/// Takes another centre: a place in the preview.
pub fn centre(page: Page, galaxy: &Galaxy, (x, y): (f32, f32)) {
    let Some(preview) = &galaxy.preview else {
        return;
    };
    let change = Override {
        centre: Some(preview.place(x, y)),
        half_side: galaxy.half_side,
        ..page.change_of(galaxy.source, &galaxy.name)
    };
    change_galaxies(page, galaxy.source, vec![(galaxy.name.clone(), change)]);
}

/// The centre of what is cut now, in pixels of the picture.
pub fn centre_now(galaxy: &Galaxy) -> Option<(f32, f32)> {
    let preview = galaxy.preview.as_ref()?;
    let (x, y, _) = preview.square?;
    Some(preview.place(x, y))
}

//! The buttons that cut one galaxy of the user's differently.

use crate::actions::adjust::centre_now;
use crate::actions::{answer, change, change_galaxies};
use crate::store::Page;
use galaxy_grove::cutout::prepare::Override;
use galaxy_grove::intake::QuestionKey;
use galaxy_grove::page_model::collection::Galaxy;
use leptos::prelude::*;

/// One press makes the square this much larger, or smaller by as much.
const STEP: f32 = 1.25;

/// The buttons below the pictures.
#[component]
pub fn Adjust(galaxy: Galaxy) -> impl IntoView {
    let page = Page::current();
    let now = page.change_of(galaxy.source, &galaxy.name);
    let (source, name) = (galaxy.source, galaxy.name.clone());
    let make = move |change: Override| change_galaxies(page, source, vec![(name.clone(), change)]);
    let half = galaxy.half_side.unwrap_or(32.0);
    let centre = now.centre.or_else(|| centre_now(&galaxy));
    let resize = {
        let make = make.clone();
        move |factor: f32| {
            make(Override {
                centre,
                half_side: Some((half * factor).clamp(4.0, 8192.0)),
                ..now
            });
        }
    };
    let smaller = resize.clone();
    let invert = {
        let make = make.clone();
        move |_| {
            make(Override {
                invert: Some(now.invert != Some(true)),
                ..now
            });
        }
    };
    let exclude = {
        let make = make.clone();
        move |_| {
            change(page, |session| session.galaxy = None);
            make(Override { exclude: true, ..now });
        }
    };
    let undo = (now != Override::default()).then(|| {
        view! { <button id="adjust-undo" on:click=move |_| make(Override::default())>"Undo changes"</button> }
    });
    view! {
        <div class="adjust" role="group" aria-label="Cut it differently">
            <span>"Click the first picture to re-centre."</span>
            <button id="adjust-wider" title="A larger square: the galaxy becomes smaller" on:click=move |_| resize(STEP)>"Wider"</button>
            <button id="adjust-closer" title="A smaller square: the galaxy becomes larger" on:click=move |_| smaller(1.0 / STEP)>"Closer"</button>
            <button id="adjust-invert" aria-pressed=(now.invert == Some(true)).to_string() title="Turn light and dark around" on:click=invert>"Invert"</button>
            <button id="adjust-exclude" title="Restore it in the list of files" on:click=exclude>"Leave out"</button>
            <button id="adjust-field" title="Look for every galaxy in this picture"
                on:click=move |_| answer(page, source, QuestionKey::Field, "every galaxy in it")>"Find more in this picture"</button>
            {undo}
        </div>
    }
}

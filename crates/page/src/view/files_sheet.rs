//! The list of files: every one with its verdict.

use crate::actions::apply;
use crate::actions::save;
use crate::store::Action;
use crate::store::Page;
use crate::text::in_words;
use crate::view::widgets::questions::Questions;
use crate::view::widgets::scrolled::Scrolled;
use crate::view::widgets::sheet::SheetFrame;
use crate::view::widgets::switch::Switch;
use galaxy_grove::cutout::Recipe;
use galaxy_grove::cutout::prepare::{Measured, Scale, common_scale};
use galaxy_grove::page_model::FileRow;
use galaxy_grove::page_model::protocol::Verdict;
use leptos::prelude::*;

/// Which files are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    All,
    Remarked,
    Refused,
}

impl Filter {
    fn takes(self, file: &FileRow) -> bool {
        match self {
            Self::All => true,
            Self::Remarked => matches!(file.verdict, Some(Verdict::Remarked(_))),
            Self::Refused => matches!(file.verdict, Some(Verdict::Refused { .. })),
        }
    }
}

/// The list over the page.
#[component]
pub fn FilesSheet() -> impl IntoView {
    let page = Page::current();
    let filter = RwSignal::new(Filter::All);
    let count = move |filter: Filter| {
        page.files
            .with(|files| files.iter().filter(|file| filter.takes(file)).count())
    };
    let choice = move |of: Filter, name: &'static str| {
        view! {
            <button aria-pressed=move || (filter.get() == of).to_string() on:click=move |_| filter.set(of)>
                {name} " " {move || count(of)}
            </button>
        }
    };
    let head = move || {
        view! {
            <span class="seg">
                {choice(Filter::All, "All")} {choice(Filter::Remarked, "With remarks")} {choice(Filter::Refused, "Refused")}
            </span>
            <button on:click=move |_| save::verdicts(page) disabled=move || page.files.with(<[_]>::is_empty)>"Save list"</button>
        }
    };
    view! {
        <SheetFrame label="Files" close_id="close-files" head>
            <Options/>
            <List filter/>
        </SheetFrame>
    }
}

/// How files are prepared. A change reads them again.
#[component]
fn Options() -> impl IntoView {
    let page = Page::current();
    let again = move |edit: fn(&mut Recipe, bool), on: bool| {
        let mut recipe = page.session.with_untracked(|session| session.recipe.clone());
        edit(&mut recipe, on);
        apply(page, Action::Prepare(recipe));
    };
    let one_scale = move |on: bool| {
        let scale = if on {
            let halves: Vec<f32> = page
                .collection
                .with_value(|c| c.galaxies().filter_map(|galaxy| galaxy.half_side).collect());
            match common_scale(&halves) {
                half_side if half_side > 0.0 => Scale::AllTheSame { half_side },
                _ => Scale::EachFillsTheFrame,
            }
        } else {
            Scale::EachFillsTheFrame
        };
        let recipe = page.session.with_untracked(|session| session.recipe.clone());
        apply(page, Action::Prepare(Recipe { scale, ..recipe }));
    };
    let recipe =
        move |id: &'static str, words, title, get: fn(&Recipe) -> bool, set: fn(&mut Recipe, bool)| {
            let is_on = Signal::derive(move || page.session.with(|session| get(&session.recipe)));
            view! { <Switch id words title is_on turn=Callback::new(move |on| again(set, on))/> }
        };
    let unique = Signal::derive(move || page.session.with(|session| session.unique));
    let one_scale_on = Signal::derive(move || {
        page.session
            .with(|session| session.recipe.scale != Scale::EachFillsTheFrame)
    });
    view! {
        <div class="options">
            {recipe("prepare", "Prepare: find the galaxy, centre, crop, clear the sky", "Off: each picture is only resampled to 64 × 64",
                |recipe| recipe.prepare, |recipe, on| recipe.prepare = on)}
            {recipe("stretch", "Stretch linear data (FITS)", "Off: flux is shown linearly, which the model was not trained on",
                |recipe| recipe.stretch, |recipe, on| recipe.stretch = on)}
            <Switch id="one-scale" words="All at one scale" title="Small galaxies stay small. For pictures that share a pixel scale"
                is_on=one_scale_on turn=Callback::new(one_scale)/>
            {recipe("orient", "Turn to one orientation",
                "Turn each major axis to the horizontal and flip by asymmetry, so that groups follow shape and not position angle. The reference does not",
                |recipe| recipe.orient, |recipe, on| recipe.orient = on)}
            {recipe("own-structure", "Measure on the files' own pixels",
                "Concentration, asymmetry, Gini and the like of each galaxy on its file's own pixels, as grove structure does, for tables and galaxies' panels. Off: on the cutouts",
                |recipe| recipe.structure != Measured::Nothing,
                |recipe, on| recipe.structure = if on { Measured::Numbers } else { Measured::Nothing })}
            <Switch id="unique" words="Each picture once" title="Leave out galaxies whose cutout equals that of another one"
                is_on=unique turn=Callback::new(move |on| apply(page, Action::LeaveOutDuplicates(on)))/>
        </div>
    }
}

/// The rows; only those in sight are in the document.
#[component]
fn List(filter: RwSignal<Filter>) -> impl IntoView {
    let page = Page::current();
    let scrolled = Scrolled::new();
    let pitch = move || -> f64 { if scrolled.width.get() < 600.0 { 76.0 } else { 52.0 } };
    let listed = Memo::new(move |_| {
        page.files.with(|files| {
            let takes = filter.get();
            files
                .iter()
                .enumerate()
                .filter(|(_, file)| takes.takes(file))
                .map(|(index, _)| index)
                .collect::<Vec<_>>()
        })
    });
    let visible = move || {
        let listed = listed.get();
        let places = scrolled.lines(pitch(), listed.len(), 0);
        page.files.with(|files| {
            places
                .filter_map(|place| Some((place, files.get(*listed.get(place)?)?.clone())))
                .collect::<Vec<_>>()
        })
    };
    view! {
        <div class="verdicts" node_ref=scrolled.node tabindex="0" aria-label="Files and verdicts"
            on:scroll=move |_| scrolled.follow()>
            <div role="list" style=move || format!("position:relative;height:{}px", listed.with(Vec::len) as f64 * pitch())>
                {move || visible().into_iter().map(|(place, file)| {
                    let (class, mark, why) = in_words(file.verdict.as_ref(), file.galaxies);
                    view! {
                        <div class=format!("verdict {class}") role="listitem" data-verdict=class
                            style=format!("top:{}px", place as f64 * pitch())>
                            <span class="mark" aria-hidden="true">{mark}</span>
                            <span class="name" title=file.name.clone()>{file.name.clone()}</span>
                            <span class="why" title=why.clone()>{why.clone()}</span>
                            <Questions file/>
                        </div>
                    }
                }).collect_view()}
            </div>
            <Show when=move || page.files.with(<[_]>::is_empty)>
                <p class="empty">"No files yet. Drop galaxy images anywhere on the page: every file gets a verdict here."</p>
            </Show>
        </div>
    }
}

//! The list of files: every one with its verdict.

use super::save;
use super::scrolled::Scrolled;
use super::state::{FileRow, Page, Sheet};
use crate::cutout::prepare::{Scale, common_scale};
use crate::protocol::Verdict;
use crate::session::Source;
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

/// What became of a file, in a class name and words.
pub fn in_words(file: &FileRow) -> (&'static str, &'static str, String) {
    let found = super::groups_panel::galaxies(file.galaxies);
    match &file.verdict {
        None => ("waiting", "…", "not read yet".to_owned()),
        Some(Verdict::Accepted) => ("accepted", "✓", found),
        Some(Verdict::Remarked(remarks)) => (
            "remarked",
            "!",
            format!(
                "{found}. {}",
                remarks
                    .iter()
                    .map(|remark| sentence(remark))
                    .collect::<Vec<_>>()
                    .join(" ")
            ),
        ),
        Some(Verdict::Refused { reason, remedy }) => (
            "refused",
            "✕",
            format!("Refused. {} {}", sentence(reason), sentence(remedy)),
        ),
    }
}

/// Capital first, unless a file's name comes first; full stop last.
fn sentence(words: &str) -> String {
    let first_word = words.split([' ', ':']).next().unwrap_or_default();
    if first_word.contains(['.', '[', '`']) {
        return format!("{}.", words.trim_end_matches('.'));
    }
    let mut rest = words.chars();
    let capital = rest
        .next()
        .map(|first| first.to_uppercase().collect::<String>())
        .unwrap_or_default();
    let stop = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{capital}{}{stop}", rest.as_str())
}

/// The list over the page.
#[component]
pub fn FilesSheet() -> impl IntoView {
    let page = Page::current();
    let filter = RwSignal::new(Filter::All);
    let close = move |_| page.sheet.set(None);
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
    view! {
        <div class="sheet" on:click=close>
            <section role="dialog" aria-modal="true" aria-label="Files" on:click=|event| event.stop_propagation()>
                <header>
                    <h2>"Files"</h2>
                    <span class="seg">
                        {choice(Filter::All, "All")} {choice(Filter::Remarked, "With remarks")} {choice(Filter::Refused, "Refused")}
                    </span>
                    <span class="spacer"></span>
                    <button on:click=move |_| save::verdicts(page) disabled=move || page.files.with(Vec::is_empty)>"Save list"</button>
                    <button aria-label="Close" on:click=close>"✕"</button>
                </header>
                <Options/>
                <List filter/>
            </section>
        </div>
    }
}

/// How files are prepared. A change reads them again.
#[component]
fn Options() -> impl IntoView {
    let page = Page::current();
    let again = move |edit: fn(&mut crate::cutout::Recipe, bool), on: bool| {
        page.session.update(|session| edit(&mut session.recipe, on));
        if page
            .session
            .with_untracked(|session| session.source == Source::Files)
        {
            page.open(&Source::Files);
        }
    };
    let one_scale = move |event: web_sys::Event| {
        let scale = if event_target_checked(&event) {
            let halves: Vec<f32> = page
                .collection
                .with_value(|c| c.galaxies.iter().filter_map(|galaxy| galaxy.half_side).collect());
            match common_scale(&halves) {
                half_side if half_side > 0.0 => Scale::AllTheSame { half_side },
                _ => Scale::EachFillsTheFrame,
            }
        } else {
            Scale::EachFillsTheFrame
        };
        page.session.update(|session| session.recipe.scale = scale);
        again(|_, _| (), true);
    };
    view! {
        <div class="options">
            <label title="Off: each picture is only resampled to 64 × 64">
                <input type="checkbox" id="prepare" prop:checked=move || page.session.with(|s| s.recipe.prepare)
                    on:change=move |event| again(|recipe, on| recipe.prepare = on, event_target_checked(&event))/>
                "Prepare: find the galaxy, centre, crop, clear the sky"
            </label>
            <label title="Off: flux is shown linearly, which the model was not trained on">
                <input type="checkbox" id="stretch" prop:checked=move || page.session.with(|s| s.recipe.stretch)
                    on:change=move |event| again(|recipe, on| recipe.stretch = on, event_target_checked(&event))/>
                "Stretch linear data (FITS)"
            </label>
            <label title="Small galaxies stay small. For pictures that share a pixel scale">
                <input type="checkbox" id="one-scale" prop:checked=move || page.session.with(|s| s.recipe.scale != Scale::EachFillsTheFrame)
                    on:change=one_scale/>
                "All at one scale"
            </label>
            <label title="Turn each major axis to the horizontal and flip by asymmetry, so that groups follow shape and not position angle. The reference does not">
                <input type="checkbox" id="orient" prop:checked=move || page.session.with(|s| s.recipe.orient)
                    on:change=move |event| again(|recipe, on| recipe.orient = on, event_target_checked(&event))/>
                "Turn to one orientation"
            </label>
            <label title="Leave out galaxies whose cutout equals that of another one">
                <input type="checkbox" id="unique" prop:checked=move || page.session.with(|s| s.unique)
                    on:change=move |event| page.leave_out_duplicates(event_target_checked(&event))/>
                "Each picture once"
            </label>
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
                    let (class, mark, why) = in_words(&file);
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
            <Show when=move || page.files.with(Vec::is_empty)>
                <p class="empty">"No files yet. Drop galaxy images anywhere on the page: every file gets a verdict here."</p>
            </Show>
        </div>
    }
}

/// Pickers for what a file leaves open. Another answer reads the file again.
#[component]
pub fn Questions(file: FileRow) -> impl IntoView {
    let page = Page::current();
    let source = file.source;
    let pickers = file.questions.into_iter().map(|question| {
        let key = question.key.clone();
        let answered = move |event: web_sys::Event| page.answer(source, &key, &event_target_value(&event));
        let options = question.options.into_iter().enumerate().map(|(at, option)| {
            view! { <option value=option.clone() selected={at == question.taken}>{option.clone()}</option> }
        });
        view! {
            <select aria-label=question.text.clone() title=question.text.clone() data-question=question.key
                on:change=answered>{options.collect_view()}</select>
        }
    });
    let name = file.name.clone();
    let boxes = page.fields.with(|fields| fields.contains_key(&name)).then(|| {
        let show = move |_| {
            page.field.set(Some(name.clone()));
            page.sheet.set(Some(Sheet::Field));
        };
        view! { <button on:click=show>"Boxes"</button> }
    });
    let changes = page.changes_of(source);
    let undo = (changes > 0 && !file.is_member).then(|| {
        let words = format!(
            "Undo {changes} {}",
            if changes == 1 { "change" } else { "changes" }
        );
        view! { <button data-undo="" on:click=move |_| page.forget_changes(source)>{words}</button> }
    });
    view! { <span class="asks">{pickers.collect_view()} {boxes} {undo}</span> }
}

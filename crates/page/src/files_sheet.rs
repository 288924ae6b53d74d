//! The list of files: every one with its verdict.

use super::save;
use super::scrolled::Scrolled;
use super::sheet::SheetFrame;
use super::state::{FileRow, Page, Sheet};
use galaxy_grove::cutout::Recipe;
use galaxy_grove::cutout::prepare::{Scale, common_scale};
use galaxy_grove::page_model::protocol::Verdict;
use galaxy_grove::page_model::session::Source;
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
            <button on:click=move |_| save::verdicts(page) disabled=move || page.files.with(Vec::is_empty)>"Save list"</button>
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
        page.session.update(|session| edit(&mut session.recipe, on));
        if page
            .session
            .with_untracked(|session| session.source == Source::Files)
        {
            page.open(&Source::Files);
        }
    };
    let one_scale = move |on: bool| {
        let scale = if on {
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
            <Switch id="unique" words="Each picture once" title="Leave out galaxies whose cutout equals that of another one"
                is_on=unique turn=Callback::new(move |on| page.leave_out_duplicates(on))/>
        </div>
    }
}

/// A check box with its words.
#[component]
fn Switch(
    id: &'static str,
    words: &'static str,
    title: &'static str,
    is_on: Signal<bool>,
    turn: Callback<bool>,
) -> impl IntoView {
    view! {
        <label title=title>
            <input type="checkbox" id=id prop:checked=is_on on:change=move |event| turn.run(event_target_checked(&event))/>
            {words}
        </label>
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
pub fn Questions(
    file: FileRow,
    /// With a button for the field's boxes, if it is one.
    #[prop(default = true)]
    boxes: bool,
) -> impl IntoView {
    let page = Page::current();
    let source = file.source;
    let pickers = file.questions.into_iter().map(|question| {
        let key = question.key.clone();
        let answered = move |event: web_sys::Event| page.answer(source, &key, &event_target_value(&event));
        let options = question.options.into_iter().enumerate().map(|(at, option)| {
            view! { <option value=option.clone() selected={at == question.taken}>{option.clone()}</option> }
        });
        view! {
            <select aria-label=question.text.clone() title=question.text.clone() data-question=question.key.to_string()
                on:change=answered>{options.collect_view()}</select>
        }
    });
    let key = (source, file.name.clone());
    let has_boxes = boxes && page.fields.with(|fields| fields.contains_key(&key));
    let boxes = has_boxes.then(|| {
        let show = move |_| {
            page.field.set(Some(key.clone()));
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

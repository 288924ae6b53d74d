//! “From the sky”: names, positions and the ready list become pictures of a sky survey. The only part of the page that
//! sends anything, and only after its button was pressed.

use crate::actions::sky_form::Sky;
use crate::actions::sky_run;
use crate::store::Page;
use crate::view::widgets::sheet::SheetFrame;
use crate::view::widgets::sky_list::ReadyList;
use crate::view::widgets::sky_progress::SkyProgress;
use galaxy_grove::surveys::{self, FAMOUS_CREDIT, SURVEYS, Survey, Target};
use leptos::html::Textarea;
use leptos::prelude::*;

/// Problems that are listed below the text; more are counted.
const MAX_PROBLEMS: usize = 5;

/// The sheet over the page.
#[component]
pub fn SkySheet() -> impl IntoView {
    let sky = Sky::current();
    let targets = Memo::new(move |_| sky.targets());
    let running = move || sky.progress.with(Option::is_some);
    view! {
        <SheetFrame label="From the sky" close_id="close-sky" class="sky">
                <div class="body">
                    <div class="sky-what"><Pasted/><ReadyList/></div>
                    <How/>
                    <p id="sky-consent">{move || targets.with(|targets| promise(targets, sky.chosen(), sky.asked.get()))}</p>
                    <Show when=running><SkyProgress/><Answered/></Show>
                    <Show when=move || !running()><Buttons targets/></Show>
                    <p class="hint">{move || sky.chosen().credit} ". " {FAMOUS_CREDIT} "."</p>
                </div>
        </SheetFrame>
    }
}

/// What pressing the button will send, to whom, in plain words.
fn promise(targets: &[Target], survey: &Survey, asked: bool) -> String {
    let names = match surveys::unknown_names(targets) {
        0 => String::new(),
        1 => "one name to the name resolver Sesame (cds.unistra.fr), and ".to_owned(),
        names => format!("{names} names to the name resolver Sesame (cds.unistra.fr), and "),
    };
    let galaxies = match targets.len() {
        0 => "for each galaxy".to_owned(),
        1 => "for the one galaxy".to_owned(),
        all => format!("for each of {all} galaxies"),
    };
    let yet = if asked { "" } else { "Nothing has been sent yet. " };
    format!(
        "{yet}The button sends {names}{galaxies} its position, the size of the picture and the words \
         “{}” to the picture service hips2fits (alasky.cds.unistra.fr and its twin alaskybis). Both belong to the CDS, the \
         astronomical data centre in Strasbourg, France, which sees your internet address, as every site does. No image and \
         nothing of your files ever leaves this computer. What comes back is kept in this browser and not asked for twice.",
        survey.hips
    )
}

/// The text field, and what its lines mean.
#[component]
fn Pasted() -> impl IntoView {
    let sky = Sky::current();
    let field = NodeRef::<Textarea>::new();
    // So that one can type at once. On a telephone the keyboard would cover the sheet.
    Effect::new(move || {
        let mouse = window()
            .match_media("(pointer: fine)")
            .ok()
            .flatten()
            .is_some_and(|query| query.matches());
        if let (Some(field), true) = (field.get(), mouse) {
            // A field that cannot take the focus can still be clicked.
            drop(field.focus());
        }
    });
    let understood = move || {
        let reading = sky.reading.get();
        let good = reading.lines.iter().filter(|line| line.outcome.is_ok()).count();
        match reading.lines.len() {
            0 => String::new(),
            all if all == good => format!("{good} understood."),
            all => format!("{good} of {all} lines understood."),
        }
    };
    let problems = move || {
        let reading = sky.reading.get();
        let mut listed: Vec<String> = reading.refusal.iter().map(ToString::to_string).collect();
        let bad = reading.lines.iter().filter_map(|line| {
            let refusal = line.outcome.as_ref().err()?;
            Some(format!(
                "Line {}: {}; {}.",
                line.number, refusal.reason, refusal.remedy
            ))
        });
        listed.extend(bad);
        let more = listed.len().saturating_sub(MAX_PROBLEMS);
        listed.truncate(MAX_PROBLEMS);
        if more > 0 {
            listed.push(format!("And {more} more."));
        }
        listed
    };
    view! {
        <div class="pasted">
            <textarea id="sky-text" node_ref=field rows="9" spellcheck="false" aria-label="Names or positions, one a line"
                placeholder="Names or positions, one a line, or a table with the columns name, ra, dec, size:\n\nM 51\nUGC 12158\n202.47 47.195 11.2'\n13:29:52.7 +47:11:43 Whirlpool"
                prop:value=sky.text on:input=move |event| sky.text.set(event_target_value(&event))></textarea>
            <div id="sky-lines" role="status" aria-live="polite">
                <p class="hint">{understood}</p>
                {move || problems().into_iter().map(|problem| view! { <p class="hint bad">{problem}</p> }).collect_view()}
            </div>
        </div>
    }
}

/// Survey and size.
#[component]
fn How() -> impl IntoView {
    let sky = Sky::current();
    let choose = move |event: web_sys::Event| {
        if let Some(survey) = Survey::by_key(&event_target_value(&event)) {
            sky.survey.set(survey.key);
        }
    };
    view! {
        <div class="options">
            <label>"Survey "
                <select id="sky-survey" on:change=choose prop:value=move || sky.survey.get()>
                    {SURVEYS.iter().map(|survey| view! {
                        <option value=survey.key selected=move || sky.survey.get_untracked() == survey.key>{survey.name}</option>
                    }).collect_view()}
                </select>
            </label>
            <label>"Size "
                <select id="sky-size" on:change=move |event| sky.fixed.set(event_target_value(&event) == "fixed")
                    prop:value=move || if sky.fixed.get() { "fixed" } else { "automatic" }>
                    <option value="automatic">"from line or list, else"</option>
                    <option value="fixed" selected=move || sky.fixed.get_untracked()>"the same for all:"</option>
                </select>
                <span class="field"><input id="sky-arcmin" inputmode="decimal" aria-label="Diameter in arcminutes"
                    prop:value=sky.arcmin on:input=move |event| sky.arcmin.set(event_target_value(&event))/>
                "arcminutes across"</span>
            </label>
            <span class="hint">{move || {
                let survey = sky.chosen();
                format!("{} covers {}. A picture spans two diameters.", survey.name, survey.coverage)
            }}</span>
        </div>
    }
}

/// Fetch, which is the consent, and Forget.
#[component]
fn Buttons(targets: Memo<Vec<Target>>) -> impl IntoView {
    let (page, sky) = (Page::current(), Sky::current());
    let forgotten = RwSignal::new(false);
    let count = move || targets.with(Vec::len);
    let off = move || count() == 0 || sky.size().is_none();
    let label = move || match count() {
        1 => "Fetch 1 galaxy".to_owned(),
        count => format!("Fetch {count} galaxies"),
    };
    let forget = move |_| {
        leptos::task::spawn_local(async move {
            sky_run::forget().await;
            forgotten.set(true);
        });
    };
    view! {
        <div class="options">
            <button class="primary" id="sky-fetch" disabled=off on:click=move |_| sky_run::begin(page, sky)>{label}</button>
            <button class="quiet" id="sky-forget" on:click=forget>
                {move || if forgotten.get() { "The cached pictures were deleted" } else { "Delete cached pictures" }}
            </button>
            <Show when=move || sky.size().is_none()>
                <span class="hint bad">"The size is no number above 0: write arcminutes, such as 2.5."</span>
            </Show>
        </div>
    }
}

/// The last things that happened.
#[component]
fn Answered() -> impl IntoView {
    let sky = Sky::current();
    let stated = move || {
        sky.progress.with(|progress| {
            progress
                .as_ref()
                .map(|progress| progress.stated.clone())
                .unwrap_or_default()
        })
    };
    view! {
        <ul class="said" aria-live="polite">
            {move || stated().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
        </ul>
    }
}

//! The head of the page: what is looked at, what computes, and what can be done.

use crate::actions::pick::pick;
use crate::actions::show::{show, simulated};
use crate::actions::{apply, say, show_sheet};
use crate::actions::{link, save};
use crate::store::{Action, Page};
use crate::text::{choice, known_answers};
use crate::view::widgets::menu::Menu;
use galaxy_grove::page_model::session::SetOrigin;
use galaxy_grove::page_model::{DeviceState, Sheet};
use leptos::prelude::*;

/// Name, chips and buttons.
#[component]
pub fn Header() -> impl IntoView {
    let page = Page::current();
    view! {
        <header class="top">
            <img src="./www/icon.svg" alt="" width="22" height="22"/>
            <h1>"Galaxy Grove"</h1>
            <SetMenu/>
            <DeviceChip/>
            <span class="spacer"></span>
            <div class="actions">
                <button class="primary" id="add" on:click=move |_| pick(false)>"Add galaxies"</button>
                <button class="wide-only" id="sky" title="Fetch pictures of named galaxies from sky surveys (S)"
                    on:click=move |_| show_sheet(page, Some(Sheet::Sky))>"From the sky"</button>
                <ShareButton/>
                <SaveMenu/>
                <button aria-label="Help" title="Help, facts and keys (?)" on:click=move |_| show_sheet(page, Some(Sheet::Help))>
                    "?"
                </button>
            </div>
        </header>
    }
}

/// Which galaxies are shown, and the demos.
#[component]
fn SetMenu() -> impl IntoView {
    let page = Page::current();
    let label = move || {
        let kind = match page.session.with(|session| session.source.clone()) {
            SetOrigin::Simulated { .. } => "simulated",
            SetOrigin::HubbleDeepField => "Hubble Deep Field",
            SetOrigin::Hosted(_) => "the set of this page",
            SetOrigin::Files => "your files",
            SetOrigin::Nothing => "nothing loaded",
        };
        let pictures = page.count.get();
        let count = page
            .collection
            .with_value(|c| c.level().map_or(pictures, |level| level.here() as usize));
        view! { <b>{count}</b> <span class="text">{if count == 1 { "galaxy" } else { "galaxies" }} " · " {kind}</span> "▾" }
    };
    view! {
        <Menu label=ViewFn::from(label) class="chip" id="set-menu" left=true>
            <li><button id="demo-simulated" on:click=move |_| show(page, simulated())>
                "Simulated galaxies" <small>"500 made up by the built-in simulator"</small>
            </button></li>
            <li><button id="demo-hubble" on:click=move |_| show(page, SetOrigin::HubbleDeepField)>
                "Hubble Deep Field" <small>"real galaxies, NASA / STScI 1996"</small>
            </button></li>
            <li><button on:click=move |_| pick(false)>
                "Your files…" <small>"they stay on this computer"</small>
            </button></li>
            <li><button on:click=move |_| pick(true)>"A folder of yours…"</button></li>
            <li><button id="sky-menu" on:click=move |_| show_sheet(page, Some(Sheet::Sky))>
                "From the sky…" <small>"fetched by name or position, when you say so"</small>
            </button></li>
            <li><button id="files" on:click=move |_| show_sheet(page, Some(Sheet::Files))>"List of files and how they were read"</button></li>
            <Show when=move || page.has_shelf.get()>
                <li><button id="shelf" on:click=move |_| apply(page, Action::BringBack)>
                    "Restore your files" <small>"the set that was set aside for this one"</small>
                </button></li>
            </Show>
            <li><button id="clear" on:click=move |_| show(page, SetOrigin::Nothing)>"Clear the page"</button></li>
        </Menu>
    }
}

#[component]
fn DeviceChip() -> impl IntoView {
    let page = Page::current();
    let dot = move || match page.device.get() {
        DeviceState::Loading(..) => "dot warn",
        DeviceState::Ready(_) => "dot good",
        DeviceState::Unusable(_) => "dot bad",
    };
    let text = move || match page.device.get() {
        DeviceState::Loading(..) => "Starting · images stay here".to_owned(),
        DeviceState::Ready(ready) => {
            format!("{} · images stay here", ready.backend.where_it_runs())
        }
        DeviceState::Unusable(_) => "No device can run the model".to_owned(),
    };
    let title = move || match page.device.get() {
        DeviceState::Ready(ready) => format!(
            "{} ({}){}. Model {}, SHA-256 {}. {}. Ready after {:.0} ms.",
            ready.backend.label(),
            ready.device,
            choice(&ready),
            ready.model,
            ready.model_sha256,
            known_answers(&ready),
            ready.milliseconds
        ),
        DeviceState::Unusable(reason) => reason,
        DeviceState::Loading(..) => "The model is being loaded and tested".to_owned(),
    };
    view! {
        <button class="chip device" id="device" title=title on:click=move |_| show_sheet(page, Some(Sheet::Help))>
            <span class=dot></span><span class="text">{text}</span>
        </button>
    }
}

#[component]
fn ShareButton() -> impl IntoView {
    let page = Page::current();
    let share =
        move |_| {
            let link = link::address(page);
            let own = page
                .session
                .with_untracked(|session| session.source == SetOrigin::Files);
            leptos::task::spawn_local(async move {
                let written = window().navigator().clipboard().write_text(&link);
                let copied = wasm_bindgen_futures::JsFuture::from(written).await.is_ok();
                say(page, match (copied, own) {
                (true, false) => {
                    "The link to this view is copied: whoever opens it sees what you see.".to_owned()
                }
                (true, true) => {
                    "The link is copied, but your galaxies are not in it: they stay on this computer. \
                                 Send the files along, or a bundle made with `grove convert`."
                        .to_owned()
                }
                (false, _) => format!("The browser did not allow copying. This is the link: {link}"),
            });
            });
        };
    view! { <button class="wide-only" id="share" on:click=share>"Share"</button> }
}

#[component]
fn SaveMenu() -> impl IntoView {
    let page = Page::current();
    let item = move |id: &'static str, what: save::Save, name: &'static str, note: &'static str| {
        let off = move || page.tree.with(Option::is_none);
        view! {
            <li><button id=id disabled=off on:click=move |_| save::save(page, what)>{name} <small>{note}</small></button></li>
        }
    };
    view! {
        <Menu label=ViewFn::from(|| "Save") class="" id="save">
            {item("save-csv", save::Save::Csv, "Groups as CSV", "id, file, group, what the files say, and the codes (Reference) or vector (Shape) of every galaxy")}
            {item("save-groups", save::Save::Groups, "Groups as FITS table", "sdss_objid, group, and what the files say: name, RA, Dec, filter, columns")}
            {item("save-newick", save::Save::Newick, "Tree as Newick", "for tree programs, with merge heights")}
            {item("save-png", save::Save::Png, "Picture as PNG", "the tree as it is shown")}
            {item("save-svg", save::Save::Svg, "Tree as figure", "SVG for paper: all of the tree, coloured by group")}
            {item("save-linkage", save::Save::Linkage, "Linkage as NPY", "SciPy's matrix Z; leaf i is galaxy i")}
            {item("save-fits", save::Save::Fits, "Codes as FITS table", "sdss_objid, f0 to f63, as the reference writes it")}
            {item("save-methods", save::Save::Methods, "Methods as text", "what was done, with which model")}
        </Menu>
    }
}

//! The page: Leptos components over one set of signals ([`state::Page`]).

#![cfg(target_arch = "wasm32")]

mod adjust;
mod arrivals;
mod atlas;
mod choose;
mod drop;
mod field_sheet;
mod files_sheet;
mod flow;
mod galaxy_panel;
mod gaps;
mod gather;
mod gesture;
mod groups_panel;
mod grove;
mod growing;
mod header;
mod help_sheet;
mod keys;
mod link;
mod members;
mod paint;
mod pictures;
mod save;
mod scrolled;
mod sheet;
mod sky_cache;
mod sky_list;
mod sky_panel;
mod sky_progress;
mod sky_run;
mod sky_state;
mod sources;
mod state;
mod status;
mod steps;
mod thumb;
mod timing;
mod tree_panel;
mod work;

use galaxy_grove::page_model::session::Session;
use leptos::prelude::*;
use state::{Page, Sheet};
use std::rc::Rc;

/// Shows the page.
pub fn start() {
    console_error_panic_hook::set_once();
    mount_to_body(App);
}

/// The whole page.
#[component]
fn App() -> impl IntoView {
    let fragment = window().location().hash().unwrap_or_default();
    let page = Page::new(Session::from_fragment(&fragment));
    provide_context(page);
    link::follow(page);
    keys::listen(page);
    timing::mark_stage(page);

    leptos::task::spawn_local(async move {
        let choice = choose::backend().await;
        if let Some(sentence) = choice.remark {
            page.say(sentence);
        }
        let listener = Rc::new(move |event| page.hear(event));
        let pool = work::Workers::start(
            choice.backend,
            choose::cpu_workers(),
            choose::version(),
            choose::deadline_factor(),
            listener,
        );
        page.flow
            .update_value(|flow| (flow.pool, flow.from_link) = (Some(pool), true));
        // Opening clears the view; the link's own cut and selection come back once the tree stands.
        let notice = page.notice.get_untracked();
        page.open(&page.session.get_untracked().source);
        page.notice.set(notice);
    });

    view! {
        <header::Header/>
        <status::Status/>
        <sky_progress::SkyStatus/>
        <main>
            <tree_panel::TreePanel/>
            <groups_panel::GroupsPanel/>
        </main>
        <drop::DropStrip/>
        <galaxy_panel::GalaxyPanel/>
        {move || match page.sheet.get() {
            Some(Sheet::Files) => view! { <files_sheet::FilesSheet/> }.into_any(),
            Some(Sheet::Field) => view! { <field_sheet::FieldSheet/> }.into_any(),
            Some(Sheet::Help) => view! { <help_sheet::HelpSheet/> }.into_any(),
            Some(Sheet::Sky) => view! { <sky_panel::SkySheet/> }.into_any(),
            None => ().into_any(),
        }}
    }
}

//! The page: Leptos components over one set of signals ([`store::state::Page`]).
//!
//! This file is the shell, which mounts the panels of `view`. Imports point one way: panels take from widgets, canvases,
//! actions and the store; canvases from actions and the store; actions from workers and the store.

#![cfg(target_arch = "wasm32")]

mod actions;
mod canvas;
mod store;
mod text;
mod view;
mod work;

use actions::{keys, link, timing};
use galaxy_grove::page_model::session::Session;
use leptos::prelude::*;
use std::rc::Rc;
use store::state::{Page, Sheet};
use view::{
    drop, field_sheet, files_sheet, galaxy_panel, groups_panel, header, help_sheet, sky_panel, sky_status,
    status, tree_panel,
};
use work::{choose, pool};

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
        let pool =
            pool::SharedPool::start(choice.backend, choose::cpu_workers(), choose::version(), listener);
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
        <sky_status::SkyStatus/>
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

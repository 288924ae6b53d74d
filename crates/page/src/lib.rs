//! The page: Leptos components over one set of signals (`store::Page`).
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

use actions::{keys, leaving, link, notify, sky_form, start, timing};
use galaxy_grove::page_model::session::Session;
use galaxy_grove::page_model::{Settings, Sheet};
use leptos::prelude::*;
use store::Page;
use view::{
    drop, field_sheet, files_sheet, galaxy_panel, groups_panel, header, help_sheet, level_bar, sky_panel,
    sky_status, status, tree_panel,
};
use work::choose;

/// Shows the page.
pub fn start() {
    console_error_panic_hook::set_once();
    mount_to_body(App);
}

/// The whole page.
#[component]
fn App() -> impl IntoView {
    let fragment = window().location().hash().unwrap_or_default();
    let settings = Settings {
        tree_budget: choose::tree_budget(),
    };
    let session = Session::from_fragment(&fragment).or_hosted(&fragment, choose::hosted().ok().flatten());
    let page = Page::new(session, settings);
    provide_context(page);
    provide_context(sky_form::Sky::default());
    link::follow(page);
    keys::listen(page);
    leaving::guard(page);
    timing::mark_stage(page);
    notify::notify_parent(page);
    leptos::task::spawn_local(start::start(page));

    view! {
        <header::Header/>
        <status::Status/>
        <sky_status::SkyStatus/>
        <level_bar::LevelBar/>
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

//! How far the fetch from the sky has come.

use crate::actions::sky_form::Sky;
use crate::actions::sky_run;
use crate::view::widgets::bar::Bar;
use leptos::prelude::*;

/// The bar with its numbers and its cancel button.
#[component]
pub fn SkyProgress() -> impl IntoView {
    let sky = Sky::current();
    let numbers = move || {
        sky.progress.with(|progress| {
            progress
                .as_ref()
                .map_or((0, 0), |progress| (progress.done, progress.total))
        })
    };
    let share = Signal::derive(move || {
        let (done, total) = numbers();
        done as f64 / total.max(1) as f64
    });
    view! {
        <div class="progress" id="sky-progress">
            <span class="what">{move || { let (done, total) = numbers(); format!("From the sky: {done} of {total}") }}</span>
            <Bar label="Fetched" share/>
            <button id="sky-cancel" on:click=move |_| sky_run::cancel()>"Cancel"</button>
        </div>
    }
}

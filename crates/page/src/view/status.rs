//! What the page is doing, and what it has to say.

use crate::actions::{apply, show_sheet};
use crate::store::Action;
use crate::store::Page;
use crate::text::{galaxies, groups};
use crate::view::widgets::bar::Bar;
use galaxy_grove::page_model::{DeviceState, Offer, Sheet, Stage};
use leptos::prelude::*;

/// Progress with its cancel button, and the one sentence.
#[component]
pub fn Status() -> impl IntoView {
    let page = Page::current();
    view! {
        {move || page.notice.get().map(|notice| {
            let offers = notice.offers.into_iter().map(|offer| match offer {
                Offer::Sample(size) => view! {
                    <button on:click=move |_| apply(page, Action::Sample(size))>{format!("Take a random {size} of them")}</button>
                }.into_any(),
                Offer::Field => view! {
                    <button id="show-field" on:click=move |_| show_sheet(page, Some(Sheet::Field))>"Show the boxes"</button>
                }.into_any(),
                Offer::Files => view! {
                    <button on:click=move |_| show_sheet(page, Some(Sheet::Files))>"Show which, and why"</button>
                }.into_any(),
                Offer::GoOn => view! {
                    <button id="go-on" on:click=move |_| apply(page, Action::GoOn)>"Go on"</button>
                }.into_any(),
                Offer::BringBack => view! {
                    <button id="bring-back" on:click=move |_| apply(page, Action::BringBack)>"Restore them"</button>
                }.into_any(),
                Offer::OpenLink => view! {
                    <button id="open-link" on:click=move |_| apply(page, Action::OpenLink)>"Open it"</button>
                }.into_any(),
                Offer::Unique => view! {
                    <button id="leave-out-duplicates" on:click=move |_| apply(page, Action::LeaveOutDuplicates(true))>"Remove duplicates"</button>
                }.into_any(),
            });
            let offers = offers.collect_view();
            view! {
                <div class="notice" class:bad=notice.bad role="status">
                    <span class="grow">{notice.text}</span>
                    {offers}
                    <button class="quiet" aria-label="Dismiss" on:click=move |_| apply(page, Action::ShowNotice(None))>"✕"</button>
                </div>
            }
        })}
        <Show when=move || page.stage.with(Stage::busy)>
            <div class="progress">
                <span class="what">{move || sentence(&page.stage.get(), &page.device.get())}</span>
                <Bar label="Progress" share=Signal::derive(move || share(&page.stage.get()))/>
                <button on:click=move |_| apply(page, Action::Cancel)>"Cancel"</button>
            </div>
        </Show>
        <p class="visually-hidden" role="status" aria-live="polite">{move || announcement(page)}</p>
    }
}

fn sentence(stage: &Stage, device: &DeviceState) -> String {
    match (stage, device) {
        (Stage::Reading { done, total }, _) => format!("Reading: {done} of {total}"),
        (Stage::Encoding { done: 0, .. }, DeviceState::Loading(_, total)) if *total <= 0.0 => {
            "Starting the model".to_owned()
        }
        (Stage::Encoding { done: 0, .. }, DeviceState::Loading(done, total)) => {
            format!("Loading the model: {:.1} of {:.1} MB", done / 1e6, total / 1e6)
        }
        (Stage::Encoding { done, total }, _) => format!("Turning galaxies into codes: {done} of {total}"),
        (Stage::BuildingTree { done, total }, _) => format!("Building the tree: {done} of {total} merges"),
        (Stage::Idle | Stage::Ready, _) => String::new(),
    }
}

fn share(stage: &Stage) -> f64 {
    match *stage {
        Stage::Reading { done, total }
        | Stage::Encoding { done, total }
        | Stage::BuildingTree { done, total } => done as f64 / total.max(1) as f64,
        Stage::Idle | Stage::Ready => 1.0,
    }
}

fn announcement(page: Page) -> String {
    match (page.stage.get(), page.cutting.get()) {
        (Stage::Ready, Some(cutting)) => {
            format!(
                "{} in {}, cut at height {:.2}",
                galaxies(page.count.get()),
                groups(cutting.len()),
                cutting.height
            )
        }
        (Stage::Idle, _) => "No tree".to_owned(),
        _ => "Working".to_owned(),
    }
}

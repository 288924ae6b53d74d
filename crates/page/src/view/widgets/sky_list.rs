//! The ready list: 200 well known galaxies to tick.

use crate::actions::sky_form::Sky;
use galaxy_grove::surveys::Kind;
use leptos::prelude::*;

/// The list with its filter.
#[component]
pub fn ReadyList() -> impl IntoView {
    let ticked = Sky::current().ticked;
    let letters = RwSignal::new(String::new());
    let kind = RwSignal::new(None::<Kind>);
    let shown = Memo::new(move |_| letters.with(|letters| Sky::listed(letters, kind.get())));
    let choose_kind = move |event: web_sys::Event| {
        let label = event_target_value(&event);
        kind.set(Kind::ALL.into_iter().find(|kind| kind.label() == label));
    };
    let tick_shown = move |on: bool| {
        let shown = shown.get_untracked();
        ticked.update(|ticked| {
            for (index, _) in shown {
                if on {
                    ticked.insert(index);
                } else {
                    ticked.remove(&index);
                }
            }
        });
    };
    view! {
        <div class="ready-list">
            <div class="options">
                <input type="search" id="sky-filter" placeholder="filter: m 51, whirl, ngc 42, SBc" aria-label="Filter the list"
                    prop:value=letters on:input=move |event| letters.set(event_target_value(&event))/>
                <select id="sky-kind" aria-label="Kind of galaxy" on:change=choose_kind>
                    <option value="">"all kinds"</option>
                    {Kind::ALL.map(|kind| view! { <option value=kind.label()>{kind.label()}</option> }).collect_view()}
                </select>
                <span class="step">
                    <button id="sky-all" on:click=move |_| tick_shown(true)>
                        "Tick all " {move || shown.with(Vec::len)}
                    </button>
                    <button id="sky-none" on:click=move |_| tick_shown(false)>"None"</button>
                </span>
            </div>
            <div class="ticks" role="group" aria-label="Well known galaxies" tabindex="0">
                <For each=move || shown.get() key=|(index, _)| *index children=move |(index, galaxy)| {
                    let facts = format!("{} {} · {:.1}′", galaxy.common, galaxy.hubble, galaxy.diameter);
                    view! {
                        <label>
                            <input type="checkbox" prop:checked=move || ticked.with(|ticked| ticked.contains(&index))
                                on:change=move |event| {
                                    let on = event_target_checked(&event);
                                    ticked.update(|ticked| if on { ticked.insert(index); } else { ticked.remove(&index); });
                                }/>
                            <b>{galaxy.name}</b> <small>{facts.trim().to_owned()}</small>
                        </label>
                    }
                }/>
                <Show when=move || shown.with(Vec::is_empty)>
                    <p class="hint">"None of the 200 fits. Type the name on the left: the name resolver knows millions."</p>
                </Show>
            </div>
        </div>
    }
}

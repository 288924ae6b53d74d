//! A check box with its words.

use leptos::prelude::*;

/// A check box with its words.
#[component]
pub fn Switch(
    /// Id of the box.
    id: &'static str,
    /// The words beside it.
    words: &'static str,
    /// What a pointer that rests on it is reported.
    title: &'static str,
    /// Whether it is ticked.
    is_on: Signal<bool>,
    /// What ticking it does.
    turn: Callback<bool>,
) -> impl IntoView {
    view! {
        <label title=title>
            <input type="checkbox" id=id prop:checked=is_on on:change=move |event| turn.run(event_target_checked(&event))/>
            {words}
        </label>
    }
}

//! A bar that shows how far something has come.

use leptos::prelude::*;

/// A bar that is filled by a share from 0 to 1.
#[component]
pub fn Bar(
    /// What a screen reader calls it.
    label: &'static str,
    /// The share.
    share: Signal<f64>,
) -> impl IntoView {
    view! {
        <span class="bar" role="progressbar" aria-label=label aria-valuemin="0" aria-valuemax="100"
            aria-valuenow=move || (share.get() * 100.0).round().to_string()>
            <i style=move || format!("width:{:.1}%", share.get() * 100.0)></i>
        </span>
    }
}

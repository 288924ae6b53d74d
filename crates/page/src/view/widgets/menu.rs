//! A button with a list of further buttons.

use leptos::prelude::*;

/// A button and the list below it. Closes when the focus leaves it.
#[component]
pub fn Menu(
    /// What the button shows.
    label: ViewFn,
    /// The button's class.
    #[prop(into)]
    class: String,
    /// An id for the button.
    id: &'static str,
    /// Opens to the right of its left edge.
    #[prop(optional)]
    left: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let leave = move |event: web_sys::FocusEvent| {
        use wasm_bindgen::JsCast;
        let inside = event
            .current_target()
            .and_then(|menu| menu.dyn_into::<web_sys::Node>().ok())
            .is_some_and(|menu| {
                let next = event
                    .related_target()
                    .and_then(|next| next.dyn_into::<web_sys::Node>().ok());
                next.is_some_and(|next| menu.contains(Some(&next)))
            });
        if !inside {
            open.set(false);
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
        }
    };
    view! {
        <div class="menu" class:left=left on:focusout=leave on:keydown=key>
            <button
                id=id
                class=class

                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {move || label.run()}
            </button>
            <Show when=move || open.get()>
                <ul on:click=move |_| open.set(false)>{children()}</ul>
            </Show>
        </div>
    }
}

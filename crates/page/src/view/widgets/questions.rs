//! What a file does not specify, to be answered by the user.

use crate::actions::{answer, apply};
use crate::store::Action;
use crate::store::Page;
use galaxy_grove::page_model::FileRow;
use leptos::prelude::*;

/// Pickers for what a file does not specify. Another answer reads the file again.
#[component]
pub fn Questions(
    file: FileRow,
    /// With a button for the field's boxes, if it is one.
    #[prop(default = true)]
    boxes: bool,
) -> impl IntoView {
    let page = Page::current();
    let source = file.source;
    let pickers = file.questions.into_iter().map(|question| {
        let key = question.key.clone();
        let answered = move |event: web_sys::Event| answer(page, source, key.clone(), &event_target_value(&event));
        let options = question.options.into_iter().enumerate().map(|(at, option)| {
            view! { <option value=option.clone() selected={at == question.taken}>{option.clone()}</option> }
        });
        view! {
            <select aria-label=question.text.clone() title=question.text.clone() data-question=question.key.to_string()
                on:change=answered>{options.collect_view()}</select>
        }
    });
    let key = (source, file.name.clone());
    let has_boxes = boxes && page.fields.with(|fields| fields.contains_key(&key));
    let boxes = has_boxes.then(|| {
        let show = move |_| {
            apply(page, Action::ShowField(key.0, key.1.clone()));
        };
        view! { <button on:click=show>"Boxes"</button> }
    });
    let changes = page.changes_of(source);
    let undo = (changes > 0 && !file.is_member).then(|| {
        let words = format!("Undo {}", galaxy_grove::count::counted(changes, "change", "changes"));
        view! { <button data-undo="" on:click=move |_| apply(page, Action::ForgetChanges(source))>{words}</button> }
    });
    view! { <span class="asks">{pickers.collect_view()} {boxes} {undo}</span> }
}

//! What a notebook receives from the page that it shows: the groups, and what is looked at. Only a page that its own host marks
//! (`<html data-notify>`) says anything: the one that the Python package serves on this machine.

use crate::store::Page;
use leptos::prelude::*;

/// How long the view must rest before it is sent.
const RESTED: std::time::Duration = std::time::Duration::from_millis(200);

/// Sends groups and selection to the window that the page is in, whenever they change.
pub fn notify_parent(page: Page) {
    let root = document().document_element();
    if !root.is_some_and(|root| root.has_attribute("data-notify")) {
        return;
    }
    let mut send = debounce(RESTED, |text: String| {
        let parent = window().parent().ok().flatten();
        if let Some(parent) = parent.filter(|parent| *parent != window()) {
            drop(parent.post_message(&wasm_bindgen::JsValue::from_str(&text), "*"));
        }
    });
    Effect::new(move || {
        let (cutting, session) = (page.cutting.get(), page.session.get());
        let (Some(cutting), Some(grove)) = (cutting, page.tree.get()) else {
            return;
        };
        if cutting.tree != grove.id {
            return;
        }
        // As text: a 64-bit identifier is no number of JavaScript's.
        let id = |row: usize| {
            page.collection
                .with_value(|c| Some(format!("\"{}\"", c.galaxy(row)?.id)))
        };
        let list = |rows: &mut dyn Iterator<Item = usize>| rows.filter_map(id).collect::<Vec<_>>().join(",");
        let groups: Vec<String> = cutting.groups.numbers().iter().map(ToString::to_string).collect();
        let branch = session.branch.filter(|node| *node < grove.tree.nodes());
        let branch = branch.map(|node| format!("[{}]", list(&mut grove.order.members(node).iter().copied())));
        let none = || "null".to_owned();
        send(format!(
            r#"{{"from":"galaxy-grove","ids":[{}],"groups":[{}],"galaxy":{},"branch":{}}}"#,
            list(&mut (0..grove.leaves())),
            groups.join(","),
            session.galaxy.and_then(id).unwrap_or_else(none),
            branch.unwrap_or_else(none),
        ));
    });
}

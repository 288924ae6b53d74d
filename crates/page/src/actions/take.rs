//! Files that the user gave, taken in.

use super::{apply, complain, say, show_sheet};
use crate::store::Action;
use crate::store::Page;
use crate::work::gather::{Dropped, entries, from_list, walk};
use galaxy_grove::intake::Refusal;
use galaxy_grove::page_model::{FileRow, Sheet};
use web_sys::{ClipboardEvent, DataTransfer, HtmlInputElement};

/// Takes what was dropped, folders walked. To be called while the drop event runs.
pub fn take_dropped(page: Page, transfer: &DataTransfer) {
    let entries = entries(transfer);
    leptos::task::spawn_local(async move {
        let listed = |count| {
            say(
                page,
                format!("Looking through the folders: {count} files so far."),
            )
        };
        let (files, problems) = walk(entries, listed).await;
        apply(page, Action::ShowNotice(None));
        take(page, files, problems);
    });
}

/// Takes files that were pasted, if any were.
pub fn take_pasted(page: Page, event: &ClipboardEvent) {
    let files = event
        .clipboard_data()
        .and_then(|data| data.files())
        .map(|list| from_list(&list));
    if let Some(files) = files.filter(|files| !files.is_empty()) {
        event.prevent_default();
        take(page, files, Vec::new());
    }
}

/// Takes files that were picked in a dialog.
pub fn take_picked(page: Page, input: &HtmlInputElement) {
    let files = input.files().map(|list| from_list(&list)).unwrap_or_default();
    // So that picking the same file again is a change again.
    input.set_value("");
    take(page, files, Vec::new());
}

/// Takes files, and what could not be opened, with the reasons.
fn take(page: Page, files: Vec<Dropped>, problems: Vec<(String, String)>) {
    if files.is_empty() && problems.is_empty() {
        return say(page, "There was no file in it.");
    }
    let (arrived, failed) = (files.len(), problems.len());
    let rows = problems.into_iter().map(|(name, reason)| {
        let remedy = "check that it is still there and may be read, and drop it again";
        FileRow::missing(name, Refusal::new(reason, remedy))
    });
    let missing = rows.collect();
    apply(page, Action::Add { files, missing });
    if failed > 0 && arrived == 0 {
        complain(
            page,
            "Nothing in it could be opened: the list of files gives the reasons.",
        );
        show_sheet(page, Some(Sheet::Files));
    }
}

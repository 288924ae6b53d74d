//! Taking results away: files made in the browser.

use super::files_sheet::in_words;
use super::state::{DeviceState, Page};
use crate::export::{self, FeatureFormat, MethodsNote};
use crate::figure::{TreeFigure, tree_figure};
use crate::grouping::Method;
use crate::session::Source;
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlCanvasElement, Url};

/// What can be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Save {
    /// Group assignments and codes.
    Csv,
    /// The tree.
    Newick,
    /// The tree as it is shown.
    Png,
    /// The whole tree as a figure for paper.
    Svg,
    /// The tree as SciPy's linkage matrix.
    Linkage,
    /// Codes as the reference writes them.
    Fits,
    /// The group of each galaxy and what is known of it, as a FITS table.
    Groups,
    /// What was done.
    Methods,
}

thread_local! {
    /// Whether the galaxies that are saved were turned to one orientation.
    static ORIENTED: Cell<bool> = const { Cell::new(false) };
}

/// Saves, and says what went wrong if something did.
pub fn save(page: Page, what: Save) {
    ORIENTED.set(page.session.with_untracked(|session| session.recipe.orient));
    let (Some(grove), Some(cutting)) = (page.grove.get_untracked(), page.cutting.get_untracked()) else {
        return;
    };
    let (ids, names, facts) = page.collection.with_value(|c| {
        let ids: Vec<i64> = c.galaxies.iter().map(|galaxy| galaxy.id).collect();
        let names: Vec<String> = c.galaxies.iter().map(|galaxy| galaxy.name.clone()).collect();
        let abouts: Vec<_> = c.galaxies.iter().map(|galaxy| &galaxy.about).collect();
        (ids, names, export::facts(&abouts))
    });
    let done = match what {
        Save::Csv => {
            let groups = cutting.groups.numbers();
            export::groups_csv(&ids, &names, &groups, &grove.codes, &facts)
                .map_err(|error| error.to_string())
                .and_then(|text| download("grove-groups.csv", "text/csv", text.as_bytes()))
        }
        Save::Newick => export::newick(&grove.tree, &ids)
            .map_err(|error| error.to_string())
            .and_then(|text| download("grove-tree.nwk", "text/plain", text.as_bytes())),
        Save::Fits => export::features_fits(&ids, &grove.codes, FeatureFormat::Reference)
            .map_err(|error| error.to_string())
            .and_then(|table| download("grove-features.fits", "application/fits", &table)),
        Save::Groups => export::groups_fits(&ids, &cutting.groups.numbers(), &facts)
            .map_err(|error| error.to_string())
            .and_then(|table| download("grove-groups.fits", "application/fits", &table)),
        Save::Methods => download("grove-methods.txt", "text/plain", methods(page).as_bytes()),
        Save::Png => picture(),
        Save::Svg => {
            let options = TreeFigure {
                title: format!("Merger tree of {} galaxies, {} groups", ids.len(), cutting.len()),
                colour_threshold: Some(cutting.height),
                ..TreeFigure::default()
            };
            let figure = tree_figure(&grove.tree, &grove.order, &options);
            download("grove-tree.svg", "image/svg+xml", figure.svg().as_bytes())
        }
        Save::Linkage => {
            let matrix = export::linkage_npy(&grove.tree);
            download("grove-linkage.npy", "application/octet-stream", &matrix)
        }
    };
    if let Err(reason) = done {
        page.complain(format!("Nothing was saved: {reason}."));
    }
}

/// Saves the list of files with their verdicts.
pub fn verdicts(page: Page) {
    let mut text = "file,verdict,galaxies,words\r\n".to_owned();
    page.files.with_untracked(|files| {
        for file in files {
            let (class, _, words) = in_words(file);
            let (name, words) = (export::csv_field(&file.name), export::csv_field(&words));
            text.push_str(&format!("{name},{class},{},{words}\r\n", file.galaxies));
        }
    });
    if let Err(reason) = download("grove-files.csv", "text/csv", text.as_bytes()) {
        page.complain(format!("Nothing was saved: {reason}."));
    }
}

/// What was done, in sentences that fit into a paper.
fn methods(page: Page) -> String {
    let source = match page.session.with_untracked(|session| session.source.clone()) {
        Source::Simulated { seed, count } => {
            format!("{count} galaxies of the built-in simulator, seed {seed}")
        }
        Source::HubbleDeepField => "galaxies of the Hubble Deep Field (NASA / STScI)".to_owned(),
        Source::Files => "the user's own files".to_owned(),
        Source::Nothing => "nothing".to_owned(),
    };
    let sky = match page.sky.credits(page) {
        Some(credits) => format!(" (from the sky, through hips2fits of the CDS, Strasbourg: {credits})"),
        None => String::new(),
    };
    let (model, device) = match page.device.get_untracked() {
        DeviceState::Ready(ready) => (
            format!("{}, SHA-256 {}", ready.model, ready.model_sha256),
            format!(
                "{}, {}; known-answer test: {} codes, all right",
                ready.backend.label(),
                ready.device,
                ready.compared
            ),
        ),
        _ => ("unknown".to_owned(), "unknown".to_owned()),
    };
    let (recipe, unique) = page
        .session
        .with_untracked(|session| (session.recipe.clone(), session.unique));
    let once = if unique {
        "Galaxies that show the same as another one were left out.\n"
    } else {
        ""
    };
    let switch = |on: bool| if on { "on" } else { "off" };
    let (groups, cut_height) = page
        .cutting
        .get_untracked()
        .map_or((0, 0.0), |cutting| (cutting.len(), cutting.height));
    let galaxies = page.count.get_untracked();
    let method = Method {
        precision: super::growing::precision(galaxies),
        ..Method::default()
    };
    let note = MethodsNote {
        galaxies,
        groups,
        cut_height,
        method,
        model: &model,
        device: &device,
    };
    format!(
        "{}Data: {source}{sky}, in the order of the files. Preparation: {}; stretch of linear data: {}.\n{}{once}",
        export::methods_text(&note),
        switch(recipe.prepare),
        switch(recipe.stretch),
        recipe.words().map(|words| words + "\n").unwrap_or_default(),
    )
}

fn picture() -> Result<(), String> {
    let canvas = document()
        .get_element_by_id("tree")
        .and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
    let canvas = canvas.ok_or("the tree is not on the page")?;
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            drop(offer("grove-tree.png", &blob));
        }
    });
    canvas
        .to_blob(done.unchecked_ref())
        .map_err(|error| crate::browser::describe(&error))
}

fn download(name: &str, kind: &str, bytes: &[u8]) -> Result<(), String> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options);
    blob.and_then(|blob| offer(name, &blob))
        .map_err(|error| crate::browser::describe(&error))
}

/// Lets the browser save a blob under a name.
fn offer(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    // Not every format has room for a word on it: the name tells when the galaxies were turned.
    let name = if ORIENTED.get() {
        format!("{stem}-oriented.{end}")
    } else {
        name.to_owned()
    };
    let url = Url::create_object_url_with_blob(blob)?;
    let anchor: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(&name);
    anchor.click();
    // The browser needs the address until it has begun to save.
    set_timeout(
        move || drop(Url::revoke_object_url(&url)),
        std::time::Duration::from_secs(60),
    );
    Ok(())
}

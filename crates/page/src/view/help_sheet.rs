//! What this is, what the keys do, and which model computed.

use crate::store::Page;
use crate::text::{choice, known_answers};
use crate::view::widgets::sheet::SheetFrame;
use galaxy_grove::page_model::{DeviceState, MAX_TESTED};
use leptos::prelude::*;

/// Help over the page.
#[component]
pub fn HelpSheet() -> impl IntoView {
    let page = Page::current();
    let facts = move || {
        match page.device.get() {
        DeviceState::Ready(ready) => view! {
            <p>{format!("The model “{}” runs on {} ({}){}. {}.", ready.model, ready.backend.label(), ready.device, choice(&ready), known_answers(&ready))}</p>
            <p>{ready.model_note.clone()}</p>
            <p>"SHA-256 of its weights, checked in this browser: " <code>{ready.model_sha256.clone()}</code></p>
        }.into_any(),
        DeviceState::Loading(..) => view! { <p>"The model is being loaded and tested."</p> }.into_any(),
        DeviceState::Unusable(reason) => view! { <p>{format!("No device here can run the model: {reason}")}</p> }.into_any(),
    }
    };
    let key = |keys: &'static str, what: &'static str| view! { <dt><kbd>{keys}</kbd></dt><dd>{what}</dd> };
    view! {
        <SheetFrame label="Galaxy Grove" close_id="close-help">
                <div class="body">
                    <p>"Galaxies sorted by shape, without anybody telling the computer what shapes there are. A neural network
                        turns each 64 × 64 cutout into an 8 × 8 grid of codes out of a codebook. The galaxies that are most alike
                        are joined first, then their branches, until one tree holds them all. Where you cut the tree, you get
                        groups."</p>
                    <p>"There are two recipes, above the groups. “Reference” is the method of Cheng et al. 2021, “Beyond the Hubble
                        Sequence”, arXiv:2009.11932: where the codes of two galaxies differ. “Shape” pools the codes of sixteen
                        turned and flipped copies in rings, so that angle, size and brightness hardly matter."</p>
                    <h3>"Your galaxies stay here"</h3>
                    <p>"Everything is computed in this browser, and no image ever leaves it. The page is not even allowed to talk
                        to other servers: its content security policy forbids it. The one exception is “From the sky”: when
                        you press Fetch there, names and positions go to the CDS in Strasbourg, and pictures come back.
                        Switch the network off, and all else goes on working."</p>
                    <h3>"How to"</h3>
                    <ul>
                        <li>"Drop pictures, FITS, HDF5 or NPY files, archives or folders of them, or a bundle made with grove convert; or paste a picture. A table dropped along is joined by file name or id."</li>
                        <li>"The list of files shows the outcome for each, and has pickers for what a file does not specify: bands, datasets, fields of many galaxies."</li>
                        <li>"In a galaxy's panel, click the first picture to re-centre, or cut it wider or closer, invert it, leave it out."</li>
                        <li>"Galaxies with vectors of another model (a bundle made with grove convert --vectors) are grouped by these, until you choose a recipe: “Vectors”, beside them."</li>
                        <li>"Or fetch galaxies from a sky survey by name or position: “From the sky” in the head of the page."</li>
                        <li>"Drag the orange line to cut the tree higher or lower."</li>
                        <li>"Click a branch to see all its galaxies; double-click to look into it; scroll to zoom; drag to move."</li>
                        <li>"In a branch: “Split” makes two groups of one, “Join” one of several, whatever the line says. The link and undo know it."</li>
                        <li>"“Map”, beside “Tree”, puts galaxies on a plane: those that are alike lie beside each other."</li>
                        <li>"Each group says in words how its galaxies differ from all others, and how steady it is: how often they stay together when a third of the galaxies is left out (" {format!("tested for up to {MAX_TESTED} galaxies")} ")."</li>
                        <li>"Click a galaxy to see it prepared, and the most similar galaxies; with “Reference” also its codes and the reconstruction from them."</li>
                    </ul>
                    <h3>"Keys"</h3>
                    <dl class="facts">
                        {key("↑ ↓", "with the tree in focus: the line up (join two groups), the line down (split one)")}
                        {key("PgUp PgDn", "the same ten times")}
                        {key("+ − 0", "zoom in, zoom out, the whole tree or map")}
                        {key("← →", "zoomed in: move; with a galaxy open: the next in the tree")}
                        {key("Ctrl Z, Ctrl Shift Z", "undo, redo")}
                        {key("S", "galaxies from the sky")}
                        {key("Esc", "close what is open")}
                        {key("?", "this page")}
                    </dl>
                    <h3>"The model and the device"</h3>
                    {facts}
                    <h3>"What to keep in mind"</h3>
                    <ul>
                        <li>"The groups are groups of codes, not of physics. A companion in the corner can matter as much as a bar, and
                            with “Reference” so can a position angle: look before you believe."</li>
                        <li>"With “Reference”, distances take only 65 values, so many merges are tied, and the order of the files decides
                            among them. With “Shape” it does not matter."</li>
                        <li>"The models know colour pictures of the SDSS. “How unusual”, in a galaxy's panel, says how unlike it is to what
                            the model for “Shape” was trained on."</li>
                        <li>"An id that a file's name does not give is a running number of this page."</li>
                    </ul>
                    <h3>"Credits"</h3>
                    <p>"Hubble Deep Field: R. Williams (STScI), the HDF team and NASA, public domain. The shipped model was
                        trained on images of the SDSS, by way of Galaxy Zoo and EFIGI. Pictures from the sky: the surveys named there, through
                        the services hips2fits and Sesame of the CDS, Strasbourg. " {galaxy_grove::surveys::FAMOUS_CREDIT} "."</p>
                </div>
        </SheetFrame>
    }
}

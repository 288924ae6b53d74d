//! The beginning of a visit: the device, the workers, the first galaxies.

use super::apply::{apply, set_pool};
use crate::store::{Action, Page};
use crate::work::choose;
use crate::work::workers::Workers;
use std::rc::Rc;

/// Chooses the device, starts the workers, and shows what the address asks for.
pub async fn start(page: Page) {
    let choice = choose::backend().await;
    let listener = Rc::new(move |event| apply(page, Action::Worker(event)));
    let workers = Workers::new(
        (choice.backend, choice.trial),
        choose::cpu_workers(),
        choose::version(),
        choose::deadline_factor(),
        listener,
    );
    set_pool(workers.clone());
    apply(
        page,
        Action::Start {
            remark: choose::hosted().err().or(choice.remark),
        },
    );
    // Last: what the browser says about starting them must not be wiped out by what the page begins with.
    workers.start();
}

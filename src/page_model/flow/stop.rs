//! The end of all jobs.

use crate::page_model::state::PageState;

/// Ends all jobs and forgets what they brought.
pub fn stop<F>(page: &mut PageState<F>) {
    page.cancel_jobs();
    let work = &mut page.work;
    work.cutout_batches.clear();
    work.unread.clear();
    work.again.clear();
    (work.to_read, work.waiting) = (0, 0);
}

//! The fetch itself: requests leave as the plan allows, answers become files for the page.

use super::{apply, complain, say, show_sheet};
use crate::actions::context::context;
use crate::actions::sky_form::{Progress, Sky};
use crate::store::Action;
use crate::store::Page;
use crate::work::choose::parameter;
use crate::work::clock::now;
use crate::work::gather::Dropped;
use crate::work::sky_cache;
use galaxy_grove::count::counted;
use galaxy_grove::intake::Refusal;
use galaxy_grove::page_model::{FileRow, Sheet};
use galaxy_grove::surveys::hips2fits::is_blank;
use galaxy_grove::surveys::{
    Address, Answer, Failure, Form, Job, Outcome, Pace, Plan, Step, Survey, explain_status,
};
use grove_browser::{ask, describe};
use leptos::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Blob, BlobPropertyBag, File, FilePropertyBag, HtmlCanvasElement, ImageBitmap,
};

/// A request without an answer is given up after this time.
const PATIENCE: Duration = Duration::from_secs(45);
/// Things that happened are shown this many at a time.
const MAX_MESSAGES: usize = 6;

thread_local! {
    /// The fetch under way: there is one at most.
    static RUN: RefCell<Option<Rc<Run>>> = const { RefCell::new(None) };
}

struct Run {
    page: Page,
    sky: Sky,
    address: Address,
    survey: &'static Survey,
    plan: RefCell<Plan>,
    jobs: RefCell<Vec<Job>>,
    pictures: RefCell<BTreeMap<usize, Vec<u8>>>,
    /// What ends the requests under way, by target.
    controllers: RefCell<BTreeMap<usize, AbortController>>,
    /// Rows for what could not even be asked for.
    refused: Vec<FileRow>,
    cached: RefCell<usize>,
    stated: RefCell<Vec<String>>,
}

/// Begins to fetch what the sheet says. Nothing was sent before, and nothing happens when a fetch is under way.
pub fn begin(page: Page, sky: Sky) {
    let (survey, Some(size)) = (untrack(|| sky.chosen()), untrack(|| sky.size())) else {
        return;
    };
    if RUN.with_borrow(Option::is_some) {
        return;
    }
    let mut refused: Vec<FileRow> = sky
        .reading
        .get_untracked()
        .lines
        .iter()
        .filter_map(|line| {
            let refusal = line.outcome.as_ref().err()?;
            Some(FileRow::missing(
                format!("line {}: {}", line.number, line.text),
                refusal.clone(),
            ))
        })
        .collect();
    let mut jobs = Vec::new();
    for target in untrack(|| sky.targets()) {
        match Job::new(&target, survey, size) {
            Ok(job) => jobs.push(job),
            Err(refusal) => refused.push(FileRow::missing(survey.file_name(&target.label), refusal)),
        }
    }
    let run = Rc::new(Run {
        page,
        sky,
        // Only a server on this computer can stand in, for tests.
        address: Address::or_local(parameter("sesame").as_deref(), parameter("hips2fits").as_deref()),
        survey,
        plan: RefCell::new(Plan::new(jobs.len(), Pace::default())),
        jobs: RefCell::new(jobs),
        pictures: RefCell::default(),
        controllers: RefCell::default(),
        refused,
        cached: RefCell::default(),
        stated: RefCell::default(),
    });
    RUN.with_borrow_mut(|slot| *slot = Some(Rc::clone(&run)));
    sky.asked.set(true);
    go_on(&run);
}

/// Ends the fetch under way. What has arrived is kept.
pub fn cancel() {
    let Some(run) = RUN.with_borrow(Clone::clone) else {
        return;
    };
    run.plan.borrow_mut().cancel();
    for controller in run.controllers.take().into_values() {
        controller.abort();
    }
    go_on(&run);
}

/// Forgets all pictures and positions that were kept.
pub async fn forget() {
    sky_cache::forget().await;
}

/// Does what the plan says, until it says to wait.
fn go_on(run: &Rc<Run>) {
    while run.is_under_way() {
        let time = now();
        let step = run.plan.borrow_mut().next(time);
        run.show();
        match step {
            Step::Start { target, attempt } => {
                let run = Rc::clone(run);
                leptos::task::spawn_local(async move {
                    let outcome = send(&run, target, attempt, time).await;
                    run.controllers.borrow_mut().remove(&target);
                    run.settle(target, outcome);
                    go_on(&run);
                });
            }
            Step::Wait(milliseconds) => {
                let run = Rc::clone(run);
                // A little later than asked for: timers may ring early by less than a millisecond.
                set_timeout(
                    move || go_on(&run),
                    Duration::from_millis(milliseconds.ceil() as u64 + 1),
                );
                return;
            }
            Step::Idle => return,
            Step::Over => return run.finish(),
        }
    }
}

/// Sends the request of a target that is due, or finds the answer in the cache.
async fn send(run: &Rc<Run>, target: usize, attempt: usize, begun: f64) -> Outcome {
    let request = run
        .jobs
        .borrow()
        .get(target)
        .map(|job| job.request(&run.address, attempt));
    let Some(request) = request else {
        return Outcome::Done;
    };
    if let Some(bytes) = sky_cache::get(&request.key).await {
        run.plan.borrow_mut().unsent(begun);
        // What was kept was checked before.
        if let Ok(answer) = run.answered(target, bytes) {
            return run.take(target, answer, true);
        }
    }
    let failed = |failure: Failure| Outcome::Failed { failure, after: None };
    let Ok(controller) = AbortController::new() else {
        return failed(Failure::network(
            request.service,
            "this browser cannot end requests",
        ));
    };
    // Cancelled while the cache was asked.
    if run.plan.borrow().is_over() {
        return Outcome::Done;
    }
    let signal = controller.signal();
    let late = set_timeout_with_handle(
        {
            let controller = controller.clone();
            move || {
                controller
                    .abort_with_reason(&format!("no answer within {} seconds", PATIENCE.as_secs()).into())
            }
        },
        PATIENCE,
    );
    run.controllers.borrow_mut().insert(target, controller);
    let answered = ask(&request.url, &signal, request.most).await;
    if let Ok(late) = late {
        late.clear();
    }
    let answered = match answered {
        Ok(answered) => answered,
        Err(words) => return failed(Failure::network(request.service, &words)),
    };
    if answered.status != 200 {
        return Outcome::Failed {
            failure: explain_status(request.service, answered.status, &answered.bytes),
            after: answered.after,
        };
    }
    let answer = match run.answered(target, answered.bytes.clone()) {
        Ok(answer) => answer,
        Err(failure) => return failed(failure),
    };
    // A place without a picture comes as a JPEG of one colour, which only a decoder can see.
    if let (Answer::Picture(bytes), Form::Jpeg) = (&answer, run.survey.form)
        && one_colour(bytes).await.unwrap_or(false)
    {
        return failed(Failure::lasting(run.survey.uncovered()));
    }
    sky_cache::put(&request.key, &answered.bytes).await;
    run.take(target, answer, false)
}

impl Run {
    fn answered(&self, target: usize, bytes: Vec<u8>) -> Result<Answer, Failure> {
        match self.jobs.borrow_mut().get_mut(target) {
            Some(job) => job.answered(bytes),
            None => Ok(Answer::Picture(bytes)),
        }
    }

    fn label(&self, target: usize) -> String {
        self.jobs
            .borrow()
            .get(target)
            .map(|job| job.label.clone())
            .unwrap_or_default()
    }

    fn take(&self, target: usize, answer: Answer, cached: bool) -> Outcome {
        match answer {
            Answer::Placed(doubt) => {
                let doubt = doubt.map_or_else(String::new, |doubt| format!("; {doubt}"));
                self.say(format!("{}: its position is found{doubt}", self.label(target)));
                Outcome::More
            }
            Answer::Picture(bytes) => {
                let from = if cached { ", from the cache" } else { "" };
                self.say(format!(
                    "{}: picture of {:.0} kB{from}",
                    self.label(target),
                    bytes.len() as f64 / 1e3
                ));
                *self.cached.borrow_mut() += usize::from(cached);
                self.pictures.borrow_mut().insert(target, bytes);
                Outcome::Done
            }
        }
    }

    /// Passes the outcome of a request to the plan, and shows the visitor a failure.
    fn settle(&self, target: usize, outcome: Outcome) {
        let failure = match &outcome {
            Outcome::Failed { failure, .. } => Some(failure.refusal.reason.clone()),
            _ => None,
        };
        let cancelled = self.plan.borrow().is_over();
        let again = self.plan.borrow_mut().finished(target, now(), outcome);
        if let (Some(reason), false) = (failure, cancelled) {
            let again = again.map_or_else(String::new, |wait| format!("; again in {:.0} s", wait / 1e3));
            self.say(format!("{}: {reason}{again}", self.label(target)));
        }
    }

    fn say(&self, sentence: String) {
        let mut stated = self.stated.borrow_mut();
        stated.insert(0, sentence);
        stated.truncate(MAX_MESSAGES);
    }

    fn show(&self) {
        let progress = Progress {
            done: self.plan.borrow().settled(),
            total: self.jobs.borrow().len(),
            stated: self.stated.borrow().clone(),
        };
        self.sky.progress.set(Some(progress));
    }

    /// False once it has ended: answers and timers of a cancelled fetch still come.
    fn is_under_way(self: &Rc<Self>) -> bool {
        RUN.with_borrow(|run| run.as_ref().is_some_and(|run| Rc::ptr_eq(run, self)))
    }

    /// Ends the fetch and hands everything over to the page.
    fn finish(self: &Rc<Self>) {
        RUN.with_borrow_mut(|run| *run = None);
        let page = self.page;
        self.sky.progress.set(None);
        let mut rows = self.refused.clone();
        for (target, refusal) in self.plan.borrow().failures() {
            rows.push(FileRow::missing(
                self.survey.file_name(&self.label(target)),
                refusal.clone(),
            ));
        }
        let mut dropped = Vec::new();
        for (target, bytes) in self.pictures.take() {
            let name = self.survey.file_name(&self.label(target));
            match file(&name, &bytes, self.survey.form.media_type()) {
                Ok(file) => dropped.push(Dropped { name, file }),
                Err(error) => {
                    let refusal = Refusal::new(
                        format!("the browser did not store it ({})", describe(&error)),
                        "fetch it again",
                    );
                    rows.push(FileRow::missing(name, refusal));
                }
            }
        }
        let (arrived, failed) = (dropped.len(), rows.len());
        apply(
            page,
            Action::Add {
                files: dropped,
                missing: rows,
            },
        );
        if arrived > 0 {
            apply(page, Action::NoteSurvey(self.survey.key));
        }
        let cached = match *self.cached.borrow() {
            0 => String::new(),
            cached => format!(", {cached} of them from the cache"),
        };
        let pictures = counted(arrived, "picture", "pictures");
        let mut words = format!("{pictures} from {}{cached}.", self.survey.name);
        if failed > 0 {
            words = format!("{words} {failed} could not be fetched: the list of files gives the reasons.");
        }
        if arrived == 0 {
            complain(page, words);
            show_sheet(page, Some(Sheet::Files));
        } else {
            say(page, words);
            if page.sheet.get_untracked() == Some(Sheet::Sky) {
                show_sheet(page, None);
            }
        }
    }
}

/// Bytes as a file, as if it had been dropped.
fn file(name: &str, bytes: &[u8], kind: &str) -> Result<File, JsValue> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = FilePropertyBag::new();
    options.set_type(kind);
    File::new_with_u8_array_sequence_and_options(&parts, name, &options)
}

/// True when a JPEG shows one colour only.
async fn one_colour(bytes: &[u8]) -> Result<bool, JsValue> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = BlobPropertyBag::new();
    options.set_type(Form::Jpeg.media_type());
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
    let bitmap: ImageBitmap = JsFuture::from(window().create_image_bitmap_with_blob(&blob)?)
        .await?
        .dyn_into()?;
    let (width, height) = (bitmap.width(), bitmap.height());
    // We asked for 256 at most; something huge is the file reader's to refuse.
    if width == 0 || height == 0 || width > 1024 || height > 1024 {
        return Ok(false);
    }
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context = context(&canvas)?;
    context.draw_image_with_image_bitmap(&bitmap, 0.0, 0.0)?;
    let pixels = context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height))?;
    Ok(is_blank(&pixels.data()))
}

//! Tables that come along with pictures: found among the files, and joined to the galaxies.

use crate::outbox::post;
use galaxy_grove::catalogue::{self, Facts, Known, join_best};
use galaxy_grove::intake::{self, Answers, Limits, Question, Refusal, Verdict};
use galaxy_grove::page_model::protocol::Report;
use grove_browser::Envelope;
use std::ops::ControlFlow;

/// Galaxies whose facts travel in one message.
const PARCEL: usize = 256;

/// What is said of a table until the galaxies are there.
pub fn waiting(kind: catalogue::TableKind) -> Verdict {
    Verdict::Remarked(vec![format!(
        "a {}: it is joined to the galaxies when all files are read",
        kind.name()
    )])
}

/// Joins every table in a file to the galaxies, and reports each; the last report says that it is the last.
pub fn join_all(file: u32, name: &str, bytes: &[u8], known: &[Known], answers: &Answers, limits: &Limits) {
    let mut last: Option<Joined> = None;
    let walked = intake::each_file(name, bytes, limits, &mut |table, content| {
        let Ok(content) = content else {
            return ControlFlow::Continue(());
        };
        if catalogue::has_tables(table, content, limits) {
            let joined = joined(table, content, known, answers, limits);
            if let Some(before) = last.replace(joined) {
                before.send(file, true);
            }
        }
        ControlFlow::Continue(())
    });
    let end = match (walked, last) {
        (_, Some(last)) => last,
        (Err(refusal), None) => Joined::refused(name, refusal),
        (Ok(()), None) => Joined::refused(
            name,
            Refusal::new("there is no table in it any more", "drop it again"),
        ),
    };
    end.send(file, false);
}

/// Reports that a file with tables cannot be read.
pub fn refuse(file: u32, name: &str, refusal: Refusal) {
    Joined::refused(name, refusal).send(file, false);
}

struct Joined {
    name: String,
    verdict: Verdict,
    facts: Vec<(u32, galaxy_grove::cutout::About)>,
    questions: Vec<Question>,
}

impl Joined {
    fn refused(name: &str, refusal: Refusal) -> Self {
        Self {
            name: name.to_owned(),
            verdict: refusal.into(),
            facts: Vec::new(),
            questions: Vec::new(),
        }
    }

    /// Sends the facts in parcels: the page has other things to do in between.
    fn send(self, file: u32, more: bool) {
        let mut facts = self.facts.into_iter();
        loop {
            let part: Vec<_> = facts.by_ref().take(PARCEL).collect();
            let is_last = facts.len() == 0;
            post(Envelope::new(Report::Joined {
                file,
                name: self.name.clone(),
                verdict: self.verdict.clone(),
                facts: part,
                questions: self.questions.clone(),
                more: more || !is_last,
            }));
            if is_last {
                return;
            }
        }
    }
}

fn joined(name: &str, bytes: &[u8], known: &[Known], answers: &Answers, limits: &Limits) -> Joined {
    let tables = match catalogue::read_all(name, bytes, limits) {
        Ok(tables) => tables,
        Err(refusal) => return Joined::refused(name, refusal),
    };
    let (taken, found) = join_best(&tables, known, answers);
    let Some(table) = tables.get(taken) else {
        return Joined::refused(
            name,
            Refusal::new("there is no table in it any more", "drop it again"),
        );
    };
    let facts = Facts::new(table, found.key_column);
    let rows = found.matched.iter().enumerate();
    Joined {
        name: name.to_owned(),
        verdict: found.verdict(table),
        questions: found.questions.clone(),
        facts: rows
            .filter_map(|(galaxy, row)| Some((galaxy as u32, facts.of((*row)?))))
            .collect(),
    }
}

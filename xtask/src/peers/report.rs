//! What was measured, as lines and as `docs/benchmarks.md`.

use std::fmt::Write as _;
use std::fs;

use anyhow::Result;

use super::contest::{Outcome, median};
use super::tools::Tools;
use crate::workspace::Workspace;

/// Where the page of numbers begins and ends in the document; what is outside is written by hand.
const MARKS: [&str; 2] = ["<!-- measured by `cargo xtask bench --peers` -->", "<!-- end -->"];

fn spread(values: &[f64]) -> (f64, f64) {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    (least, values.iter().copied().fold(0.0, f64::max))
}

/// A contest for the terminal.
pub fn lines(outcome: &Outcome) -> String {
    let mut text = String::new();
    for (at, entry) in outcome.entries.iter().enumerate() {
        let _ = write!(
            text,
            "  {:<18} {:>10.2} {} a second of processor time",
            entry.name,
            median(&entry.rates),
            outcome.unit
        );
        if at > 0 {
            let ratios = outcome.ratios(at);
            let (least, most) = spread(&ratios);
            let _ = write!(
                text,
                "; ours {:.2} times ({least:.2} to {most:.2})",
                median(&ratios)
            );
        }
        text.push('\n');
    }
    let same = match (outcome.same, outcome.agrees()) {
        ([], _) => "bits are not compared".to_owned(),
        (names, true) => format!("the same bits as {}", names.join(", ")),
        (names, false) => format!("NOT the same bits as {}", names.join(", ")),
    };
    let _ = writeln!(
        text,
        "  {same}; goal {:.1}: {}",
        outcome.goal,
        if outcome.is_met() { "met" } else { "missed" }
    );
    text
}

/// All contests as a table.
fn table(outcomes: &[Outcome]) -> String {
    let mut text = "| work | program | per second of processor time | ours, times as fast (least to most) | goal |\n|---|---|---|---|---|\n".to_owned();
    for outcome in outcomes {
        for (at, entry) in outcome.entries.iter().enumerate() {
            let ratios = outcome.ratios(at);
            let (least, most) = spread(&ratios);
            let ratio = if at == 0 {
                String::new()
            } else {
                format!("{:.2} ({least:.2} to {most:.2})", median(&ratios))
            };
            let goal = match (at, outcome.is_met()) {
                (0, met) => format!("{:.1}: {}", outcome.goal, if met { "met" } else { "**missed**" }),
                _ => String::new(),
            };
            let name = if at == 0 { outcome.name } else { "" };
            let rate = median(&entry.rates);
            let _ = writeln!(
                text,
                "| {name} | {} | {rate:.2} {} | {ratio} | {goal} |",
                entry.name, outcome.unit
            );
        }
    }
    text
}

/// Writes the table into the document, between its marks.
pub fn write(workspace: &Workspace, outcomes: &[Outcome], tools: &Tools, rounds: usize) -> Result<()> {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("an unknown processor", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let versions = tools.versions()?;
    let measured = format!(
        "{}\n{processor}, {cores} cores; {rounds} rounds, programs in turns, one thread each; medians. {versions}.\n\n{}{}",
        MARKS[0],
        table(outcomes),
        MARKS[1]
    );
    let path = workspace.root.join("docs/benchmarks.md");
    let before = fs::read_to_string(&path).unwrap_or_else(|_| "# Benchmarks\n\n".to_owned());
    fs::write(&path, replaced(&before, &measured))?;
    println!("\nwritten: docs/benchmarks.md");
    Ok(())
}

/// The document with what is between its marks replaced, or added at its end.
fn replaced(document: &str, measured: &str) -> String {
    let parts = document
        .split_once(MARKS[0])
        .and_then(|(head, rest)| Some((head, rest.split_once(MARKS[1])?.1)));
    match parts {
        Some((head, tail)) => format!("{head}{measured}{tail}"),
        None => format!("{}\n\n{measured}\n", document.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::contest::Entry;

    fn outcome() -> Outcome {
        let entry = |name: &str, rates: &[f64]| Entry {
            name: name.to_owned(),
            rates: rates.to_vec(),
            hash: "aa".to_owned(),
        };
        Outcome {
            name: "a task",
            unit: "things",
            entries: vec![
                entry("ours", &[10.0, 12.0, 11.0]),
                entry("other", &[5.0, 4.0, 5.5]),
            ],
            same: &["other"],
            goal: 3.0,
        }
    }

    #[test]
    fn a_table_has_rates_ratios_and_goals() {
        let text = table(&[outcome()]);
        assert!(
            text.contains("| a task | ours | 11.00 things |  | 3.0: **missed** |"),
            "{text}"
        );
        assert!(
            text.contains("|  | other | 5.00 things | 2.00 (2.00 to 3.00) |  |"),
            "{text}"
        );
        assert!(lines(&outcome()).contains("goal 3.0: missed"));
    }

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let [begin, end] = MARKS;
        let once = replaced("# Benchmarks\n\nBy hand.\n", &format!("{begin}\none\n{end}"));
        let twice = replaced(&format!("{once}more\n"), &format!("{begin}\ntwo\n{end}"));
        assert!(twice.contains("By hand.") && twice.contains("two") && twice.contains("more"));
        assert!(!twice.contains("one"));
    }
}

//! Several programs at one task, in turns.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::run;

/// A program that does its task once for each line that it is sent, and answers with processor seconds and a hash of what came out.
pub struct Program {
    pub name: String,
    command: Command,
    /// What one run does, in the contest's unit.
    units: f64,
}

impl Program {
    pub fn new(name: &str, command: Command) -> Self {
        Self {
            name: name.to_owned(),
            command,
            units: 1.0,
        }
    }

    pub fn units(self, units: f64) -> Self {
        Self { units, ..self }
    }
}

/// One task, ours and others.
pub struct Contest {
    pub name: &'static str,
    pub unit: &'static str,
    pub ours: Program,
    pub peers: Vec<Program>,
    /// The peers that must give what ours gives, to the last bit.
    pub same: &'static [&'static str],
    /// How many times as fast as the best peer ours shall be.
    pub goal: f64,
}

/// What each round gave.
pub struct Entry {
    pub name: String,
    /// Units for each second of processor time, of each round.
    pub rates: Vec<f64>,
    pub hash: String,
}

/// What a contest gave; ours is the first entry.
pub struct Outcome {
    pub name: &'static str,
    pub unit: &'static str,
    pub entries: Vec<Entry>,
    pub same: &'static [&'static str],
    pub goal: f64,
}

impl Outcome {
    /// Ours over a peer, of each round.
    pub fn ratios(&self, peer: usize) -> Vec<f64> {
        let (Some(ours), Some(peer)) = (self.entries.first(), self.entries.get(peer)) else {
            return Vec::new();
        };
        ours.rates.iter().zip(&peer.rates).map(|(a, b)| a / b).collect()
    }

    /// The median ratio to the best peer.
    pub fn ratio(&self) -> f64 {
        (1..self.entries.len())
            .map(|peer| median(&self.ratios(peer)))
            .fold(f64::INFINITY, f64::min)
    }

    /// Whether those that must give what ours gives do.
    pub fn agrees(&self) -> bool {
        let ours = self.entries.first().map(|entry| &entry.hash);
        let mut must = self
            .entries
            .iter()
            .filter(|entry| self.same.contains(&entry.name.as_str()));
        must.all(|entry| Some(&entry.hash) == ours)
    }

    pub fn is_met(&self) -> bool {
        self.ratio() >= self.goal && self.agrees()
    }
}

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    units: f64,
    entry: Entry,
}

impl Running {
    fn start(mut program: Program) -> Result<Self> {
        let line = run::show(&program.command);
        let mut child = program
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start `{line}`"))?;
        let input = child.stdin.take().context("no input")?;
        let output = child.stdout.take().context("no output")?;
        Ok(Self {
            child,
            input,
            output: BufReader::new(output),
            units: program.units,
            entry: Entry {
                name: program.name,
                rates: Vec::new(),
                hash: String::new(),
            },
        })
    }

    /// One run.
    fn turn(&mut self) -> Result<f64> {
        self.input.write_all(b"\n")?;
        self.input.flush()?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let mut words = line.split_whitespace();
        let seconds = words.next().and_then(|word| word.parse::<f64>().ok());
        let (Some(seconds), Some(hash)) = (seconds, words.next()) else {
            bail!("{} ended, or answered `{}`", self.entry.name, line.trim());
        };
        hash.clone_into(&mut self.entry.hash);
        Ok(self.units / seconds)
    }
}

impl Contest {
    /// Each program once to warm up, then all in turns.
    pub fn run(self, rounds: usize) -> Result<Outcome> {
        let programs = std::iter::once(self.ours).chain(self.peers);
        let mut running = programs.map(Running::start).collect::<Result<Vec<_>>>()?;
        for program in &mut running {
            program.turn()?;
        }
        let count = running.len();
        for round in 0..rounds {
            // Who begins changes.
            for at in 0..count {
                if let Some(program) = running.get_mut((at + round) % count) {
                    let rate = program.turn()?;
                    program.entry.rates.push(rate);
                }
            }
        }
        let mut entries = Vec::new();
        for mut program in running {
            drop(program.input);
            program.child.wait()?;
            entries.push(program.entry);
        }
        Ok(Outcome {
            name: self.name,
            unit: self.unit,
            entries,
            same: self.same,
            goal: self.goal,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(name: &str, seconds: &str, hash: &str) -> Program {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("while read -r _; do echo {seconds} {hash}; done")]);
        Program::new(name, command).units(10.0)
    }

    fn contest(ours: &str, hash: &str) -> Contest {
        Contest {
            name: "a task",
            unit: "things",
            ours: program("ours", ours, "aa"),
            peers: vec![program("slow", "4", "aa"), program("fast", "2", hash)],
            same: &["slow", "fast"],
            goal: 1.5,
        }
    }

    #[test]
    fn the_ratio_is_that_to_the_best_peer() {
        let outcome = contest("1", "aa").run(3).unwrap();
        assert_eq!(outcome.entries[0].rates, [10.0; 3]);
        assert_eq!((outcome.ratio(), outcome.is_met()), (2.0, true));
        assert!(!contest("1.5", "aa").run(3).unwrap().is_met());
    }

    #[test]
    fn what_is_not_the_same_misses_its_goal() {
        let outcome = contest("1", "bb").run(1).unwrap();
        assert!(!outcome.agrees() && !outcome.is_met());
    }

    #[test]
    fn a_program_that_ends_is_named() {
        let mut command = Command::new("sh");
        command.args(["-c", "exit 0"]);
        let contest = Contest {
            ours: Program::new("broken", command),
            ..contest("1", "aa")
        };
        assert!(contest.run(1).is_err());
    }
}

//! The library with each of its features alone, with none, and with all: each must build by itself.

use std::process::Command;

use anyhow::Result;

use crate::{house::House, run};

/// The features of the library, as its `Cargo.toml` has them.
const FEATURES: [&str; 7] = [
    "serde", "cutouts", "formats", "tables", "figures", "parquet", "parallel",
];

/// Checks every one of these builds. A warning is an error.
pub fn check(house: &House) -> Result<()> {
    commands(house).iter_mut().try_for_each(run::run)
}

fn commands(house: &House) -> Vec<Command> {
    let clippy = |features: &[&str]| {
        let mut command = house.cargo();
        command.args(["clippy", "--package", "galaxy-grove"]);
        command.args(features);
        command.args(["--", "-D", "warnings"]);
        command
    };
    let alone = FEATURES.map(|feature| clippy(&["--no-default-features", "--features", feature]));
    [clippy(&["--no-default-features"])]
        .into_iter()
        .chain(alone)
        .chain([clippy(&["--all-features"])])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_checked() {
        let manifest = include_str!("../../Cargo.toml");
        let list = manifest.split("[features]\n").nth(1).unwrap();
        let list = list.split("\n[").next().unwrap();
        let names: Vec<&str> = list
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| Some(line.split_once(" = ")?.0))
            .filter(|name| *name != "default")
            .collect();
        let (mut names, mut checked) = (names, FEATURES.to_vec());
        names.sort_unstable();
        checked.sort_unstable();
        assert_eq!(names, checked);
    }
}

//! The command line, `grove`.
//!
//! Imports point one way: `commands` (one for each subcommand) to `work` (what takes long), and both to `inputs` (what
//! reads) and `outputs` (what writes). Commands do not import each other.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod commands;
mod inputs;
mod outputs;
mod version;
mod work;

use commands::{
    audit, compare, convert, cut, export_onnx, extract, groups, import_tf, info, levels, map, orient, place,
    plot, publish, quality, reconstruct, serve, simulate, sort, steady, structure, train, tree,
};

/// Sort galaxies by shape, without labels.
#[derive(Debug, Parser)]
#[command(name = "grove", version = version::FULL, about, max_term_width = 100)]
struct Grove {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Audit(audit::Arguments),
    Compare(compare::Arguments),
    Convert(convert::Arguments),
    Cut(cut::Arguments),
    ExportOnnx(export_onnx::Arguments),
    Extract(extract::Arguments),
    Groups(groups::Arguments),
    Info(info::Arguments),
    ImportTf(import_tf::Arguments),
    Levels(levels::Arguments),
    Map(map::Arguments),
    Orient(orient::Arguments),
    Place(place::Arguments),
    Plot(plot::Arguments),
    Publish(publish::Arguments),
    Quality(quality::Arguments),
    Reconstruct(reconstruct::Arguments),
    Serve(serve::Arguments),
    Simulate(simulate::Arguments),
    Sort(sort::Arguments),
    Steady(steady::Arguments),
    Structure(structure::Arguments),
    Train(Box<train::Arguments>),
    Tree(tree::Arguments),
}

/// Runs the command line that the process was started with. The exit code is the subcommand's.
///
/// # Errors
/// Whatever the subcommand could not do, with the file's name and the remedy.
pub fn run() -> anyhow::Result<ExitCode> {
    match Grove::parse().command {
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Cut(arguments) => cut::run(&arguments),
        Command::ExportOnnx(arguments) => export_onnx::run(&arguments),
        Command::Extract(arguments) => extract::run(&arguments),
        Command::Groups(arguments) => groups::run(&arguments),
        Command::Info(arguments) => info::run(&arguments),
        Command::ImportTf(arguments) => import_tf::run(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Levels(arguments) => levels::run(&arguments),
        Command::Map(arguments) => map::run(&arguments),
        Command::Orient(arguments) => orient::run(&arguments),
        Command::Place(arguments) => place::run(&arguments),
        Command::Plot(arguments) => plot::run(&arguments),
        Command::Publish(arguments) => publish::run(&arguments),
        Command::Quality(arguments) => quality::run(&arguments),
        Command::Reconstruct(arguments) => reconstruct::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Sort(arguments) => sort::run(&arguments),
        Command::Steady(arguments) => steady::run(&arguments),
        Command::Structure(arguments) => structure::run(&arguments),
        Command::Train(arguments) => train::run(&arguments),
        Command::Tree(arguments) => tree::run(&arguments),
    }
}

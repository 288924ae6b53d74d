//! `grove serve`: the page on this computer, with galaxies beside it.

use crate::outputs::partial::folder as outputs_folder;
use crate::outputs::terminal::say;
use crate::work::site::{Set, Wanted, make_site, start_of, warn_of_other_model};
use anyhow::{Context as _, bail};
use galaxy_grove::sorted::FILE;
use grove_site::Site;
use std::path::PathBuf;
use std::process::ExitCode;

/// Show the page on this computer: a site that `grove publish` made, the page alone, or sorted galaxies in it.
///
/// Nothing leaves the computer: the server answers on 127.0.0.1 only. It sends nothing that a plain web host would not send, so a site that works here
/// works there. Ctrl-C stops it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove serve site/
      a look at what `grove publish` made
  grove serve sorted/ --page dist/
      the page, opening with what `grove sort` wrote; dist/ is the unpacked dist.zip of a release, or what `cargo xtask build` makes
  grove serve survey.levels --page dist/
      the page with a tree of any size, opened part by part
  grove serve dist/ --port 9000

Exit codes: 0 stopped; 1 nothing can be served; 2 wrong usage.")]
pub struct Arguments {
    /// A site, the page, the folder that `grove sort` wrote, or a file that `grove levels` wrote.
    #[arg(value_name = "FOLDER|FILE.levels")]
    folder: PathBuf,
    /// The page, for sorted galaxies and files of levels: the folder with its index.html.
    #[arg(long, value_name = "DIST")]
    page: Option<PathBuf>,
    /// The port; if it is taken, any free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let folder = &arguments.folder;
    let set = Set::at(folder);
    // A site that is made lies there as long as it is served.
    let mut made = None;
    let served = match (&arguments.page, set) {
        (Some(page), Some(set)) => {
            let made = made.insert(
                // Beside a file of levels it needs no copy of that.
                match set {
                    Set::Levels(file) => {
                        tempfile::tempdir_in(outputs_folder(file)).or_else(|_| tempfile::tempdir())
                    }
                    Set::Sorted(_) => tempfile::tempdir(),
                }
                .context("there is no room for the site in the folder for temporary files")?,
            );
            let done = make_site(Wanted {
                set,
                page,
                site: made.path(),
                title: None,
                base_url: None,
            })?;
            warn_of_other_model(&done, folder);
            made.path().to_owned()
        }
        (None, Some(_)) => bail!(
            "{} holds galaxies and no page: give the page with --page dist/",
            folder.display()
        ),
        (Some(_), None) => bail!(
            "{} is no folder of sorted galaxies ({FILE}) and no file of levels, so --page means nothing: `grove sort` and `grove levels` write them",
            folder.display()
        ),
        (None, None) => {
            start_of(folder)?;
            folder.clone()
        }
    };
    let site = Site::start(served, arguments.port, "/")?;
    if site.port != arguments.port {
        say!("port {} is taken, so this is another", arguments.port);
    }
    say!("Galaxy Grove: {}  (Ctrl-C to stop)", site.address());
    let (sender, stopped) = std::sync::mpsc::channel();
    ctrlc::set_handler(move || {
        // The second Ctrl-C finds nobody waiting.
        let _ = sender.send(());
    })
    .context("cannot watch for Ctrl-C")?;
    let _ = stopped.recv();
    drop((site, made));
    Ok(ExitCode::SUCCESS)
}

//! `grove publish`: a folder that any web host can serve, with the page and a set of galaxies that it opens with.

use crate::outputs::terminal::say;
use crate::work::site::{Set, Wanted, make_site, start_of, warn_of_other_model};
use anyhow::bail;
use galaxy_grove::count::{counted, galaxies};
use std::path::PathBuf;
use std::process::ExitCode;

/// Make a folder that any web host can serve: the page, opening with these galaxies.
///
/// The site holds the page as it is, the galaxies in data/grove.safetensors, a picture of them for shared links (data/card.png) and a card that says
/// what the set is (data/CARD.md). Nothing runs on the host. The same page opens another set of its host by its address: ?data=PATH.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove publish sorted/ -o site/ --page dist/ --title 'Galaxies of Abell 2744'
      dist/ is the unpacked dist.zip of a release, or what `cargo xtask build` makes
  grove publish sorted/ -o site/ --page dist/ --base-url https://example.org/galaxies/
      with a picture where the link is shared
  grove publish survey.levels -o site/ --page dist/
      a tree of any size, opened part by part (the host must answer range requests, as most do)
  grove serve site/
      looks at it

Exit codes: 0 written; 1 nothing was written; 2 wrong usage.")]
pub struct Arguments {
    /// The folder that `grove sort` wrote, or a file that `grove levels` wrote.
    #[arg(value_name = "FOLDER|FILE.levels")]
    folder: PathBuf,
    /// The site. It is made.
    #[arg(short, long, value_name = "SITE")]
    output: PathBuf,
    /// The page: the folder with its index.html.
    #[arg(long, value_name = "DIST")]
    page: PathBuf,
    /// What the site is called [default: the number of galaxies]
    #[arg(long)]
    title: Option<String>,
    /// Where the site will stand: shared links show the picture only with it, because they need its whole address.
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: Option<String>,
    /// Write into a folder that is not empty.
    #[arg(long)]
    force: bool,
}

fn base_url(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let good = rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['"', '<', '>', ' ', '?', '#']));
    if good {
        Ok(format!("{}/", text.trim_end_matches('/')))
    } else {
        Err("give the whole address of the folder, such as https://example.org/galaxies/".to_owned())
    }
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let site = &arguments.output;
    start_of(&arguments.page)?;
    if site.read_dir().is_ok_and(|mut files| files.next().is_some()) && !arguments.force {
        bail!(
            "{} is not empty: choose another folder, or --force to write into it",
            site.display()
        );
    }
    let Some(set) = Set::at(&arguments.folder) else {
        bail!(
            "{} is no folder of sorted galaxies and no file of levels: `grove sort` and `grove levels` write them",
            arguments.folder.display()
        );
    };
    let made = make_site(Wanted {
        set,
        page: &arguments.page,
        site,
        title: arguments.title.as_deref(),
        base_url: arguments.base_url.as_deref(),
    })?;
    say!(
        "{} with {} of the page: {}",
        galaxies(made.galaxies),
        counted(made.files, "file", "files"),
        site.display()
    );
    say!("put the folder on any web host; it opens with these galaxies, and with another set as ?data=PATH");
    warn_of_other_model(&made, &arguments.folder);
    if arguments.base_url.is_none() {
        say!("shared links show no picture without --base-url");
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_whole() {
        assert_eq!(base_url("https://a.org/b").as_deref(), Ok("https://a.org/b/"));
        for text in [
            "a.org",
            "ftp://a.org",
            "https://",
            "https://a.org/\"",
            "https://a.org/?x",
        ] {
            assert!(base_url(text).is_err(), "{text}");
        }
    }
}

//! `grove publish`: a folder that any web host can serve, with the page and a set of galaxies that it opens with.

use crate::outputs::figures;
use crate::outputs::files::write_file;
use crate::outputs::terminal::say;
use crate::work::container::read;
use anyhow::{Context as _, bail};
use galaxy_grove::count::{counted, galaxies};
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::describe::{Describer, ENGLISH};
use galaxy_grove::figure::{Panel, group_sheet};
use galaxy_grove::sorted::{FILE, Sorted};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where the set is in the site.
const DATA: &str = "data";

/// Galaxies on the picture that a shared link shows.
const SHOWN: usize = 28;

/// What the page's file for the start begins with.
const ROOT: &str = "<html lang=\"en\"";

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
  python3 -m http.server --directory site
      looks at it

Exit codes: 0 written; 1 nothing was written; 2 wrong usage.")]
pub struct Arguments {
    /// The folder that `grove sort` wrote.
    #[arg(value_name = "FOLDER")]
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
    let (site, page) = (&arguments.output, &arguments.page);
    let start = page.join("index.html");
    let index = fs::read_to_string(&start).with_context(|| {
        format!(
            "cannot read {}: give the folder of the page, dist/",
            start.display()
        )
    })?;
    if !index.contains("data-build=") || !index.contains(ROOT) || !index.contains("</title>") {
        bail!("{} is not the page of Galaxy Grove", start.display());
    }
    if site.read_dir().is_ok_and(|mut files| files.next().is_some()) && !arguments.force {
        bail!(
            "{} is not empty: choose another folder, or --force to write into it",
            site.display()
        );
    }
    let (from, to) = (
        page.canonicalize()?,
        site.canonicalize().unwrap_or_else(|_| site.clone()),
    );
    if to.starts_with(&from) {
        bail!(
            "the site lies in the page's folder {}: choose another one",
            page.display()
        );
    }
    let sorted = read(&arguments.folder)?;
    let title = arguments
        .title
        .clone()
        .unwrap_or_else(|| galaxies(sorted.ids.len()));
    let about = sentence(&sorted);

    let copied = copy(page, site)?;
    let data = site.join(DATA);
    make(&data)?;
    write_file(&data.join(FILE), &sorted.to_bytes())?;
    figures::write(&picture(&sorted, &title), &[data.join("card.png")])?;
    write_file(&data.join("CARD.md"), card(&sorted, &title, &about).as_bytes())?;
    let opening = opening(&index, &title, &about, arguments.base_url.as_deref());
    write_file(&site.join("index.html"), opening.as_bytes())?;
    say!(
        "{} with {} of the page: {}",
        galaxies(sorted.ids.len()),
        counted(copied, "file", "files"),
        site.display()
    );
    say!("put the folder on any web host; it opens with these galaxies, and with another set as ?data=PATH");
    if arguments.base_url.is_none() {
        say!("shared links show no picture without --base-url");
    }
    Ok(ExitCode::SUCCESS)
}

fn make(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Copies the page, but for its start. Gives the number of files.
fn copy(from: &Path, to: &Path) -> anyhow::Result<usize> {
    make(to)?;
    let mut count = 0;
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let entry = entry?;
        let (source, place) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            count += copy(&source, &place)?;
        } else {
            fs::copy(&source, &place).with_context(|| format!("cannot write {}", place.display()))?;
            count += 1;
        }
    }
    Ok(count)
}

/// What the set is, in a sentence.
fn sentence(sorted: &Sorted) -> String {
    let cuts: Vec<String> = sorted.groups.iter().map(|(k, _)| k.to_string()).collect();
    format!(
        "{} sorted by shape without labels, into {} groups",
        galaxies(sorted.ids.len()),
        cuts.join(", ")
    )
}

/// The page's start, which opens with the set and says what it is where its link is shared.
fn opening(index: &str, title: &str, about: &str, base_url: Option<&str>) -> String {
    let (title, about) = (escaped(title), escaped(about));
    let mut meta = format!(
        "<title>{title} · Galaxy Grove</title>\n<meta property=\"og:type\" content=\"website\">\n<meta property=\"og:title\" content=\"{title}\">\n\
         <meta property=\"og:description\" content=\"{about}\">"
    );
    if let Some(base) = base_url {
        let _ = write!(
            meta,
            "\n<meta property=\"og:url\" content=\"{base}\">\n<meta property=\"og:image\" content=\"{base}{DATA}/card.png\">\n\
             <meta name=\"twitter:card\" content=\"summary_large_image\">"
        );
    }
    let start = index.find("<title>").unwrap_or(0);
    let end = index.find("</title>").map_or(start, |end| end + "</title>".len());
    let (head, tail) = (
        index.get(..start).unwrap_or_default(),
        index.get(end..).unwrap_or_default(),
    );
    let head = head.replacen(ROOT, &format!("{ROOT} data-set=\"{DATA}/{FILE}\""), 1);
    format!("{head}{meta}{tail}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Galaxies of every group of the first cut in turn, one of each at a time.
fn picture(sorted: &Sorted, title: &str) -> galaxy_grove::figure::Figure {
    let (k, labels) = sorted
        .groups
        .first()
        .map_or((0, &[][..]), |(k, labels)| (*k, labels.as_slice()));
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); k];
    for (row, label) in labels.iter().enumerate().rev() {
        let group = usize::try_from(label - 1)
            .ok()
            .and_then(|group| members.get_mut(group));
        group.into_iter().for_each(|rows| rows.push(row));
    }
    let mut rows = Vec::new();
    while rows.len() < SHOWN && members.iter().any(|rows| !rows.is_empty()) {
        rows.extend(members.iter_mut().filter_map(Vec::pop));
    }
    rows.truncate(SHOWN);
    let panels: Vec<Panel<'_>> = rows
        .into_iter()
        .filter_map(|row| {
            Some(Panel {
                label: String::new(),
                pixels: sorted.images.get(row * PIXELS..(row + 1) * PIXELS)?,
            })
        })
        .collect();
    group_sheet(title, &panels)
}

/// What the set is and how it was made.
fn card(sorted: &Sorted, title: &str, about: &str) -> String {
    let mut text = format!("# {title}\n\n{about}. Recipe: {}.\n", sorted.recipe.name());
    for (key, value) in &sorted.metadata {
        let _ = writeln!(text, "\n- {key}: {value}");
    }
    let describer = Describer::new(&sorted.structure);
    for (k, labels) in &sorted.groups {
        let groups = crate::work::container::from_zero(labels);
        let _ = write!(
            text,
            "\n## {k} groups\n\n| group | galaxies | what they look like |\n|---|---|---|\n"
        );
        for (at, described) in describer.describe(&groups, *k).iter().enumerate() {
            let size = groups.iter().filter(|group| **group == at).count();
            let _ = writeln!(text, "| {} | {size} | {} |", at + 1, described.words(&ENGLISH));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_names_the_set_and_what_it_is() {
        let index =
            "<!doctype html>\n<html lang=\"en\" data-build=\"1\">\n<title>Galaxy Grove</title>\n<link>";
        let made = opening(index, "A & <b>", "3 galaxies", Some("https://example.org/a/"));
        assert!(
            made.contains("<html lang=\"en\" data-set=\"data/grove.safetensors\" data-build=\"1\">"),
            "{made}"
        );
        assert!(
            made.contains("<title>A &amp; &lt;b&gt; · Galaxy Grove</title>"),
            "{made}"
        );
        assert!(
            made.contains("content=\"https://example.org/a/data/card.png\""),
            "{made}"
        );
        assert!(
            made.ends_with("\n<link>") && made.starts_with("<!doctype html>"),
            "{made}"
        );
        assert!(!opening(index, "A", "b", None).contains("og:image"));
    }

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

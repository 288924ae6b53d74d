//! A folder that any web host can serve: the page, opening with sorted galaxies.

use super::site_levels::Top;
use crate::outputs::figures;
use crate::outputs::files::{end, write_file};
use crate::work::container::read;
use anyhow::{Context as _, bail};
use galaxy_grove::checkpoint::sha256_hex;
use galaxy_grove::count::galaxies;
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::describe::{Describer, ENGLISH};
use galaxy_grove::figure::{Figure, Panel, group_sheet};
use galaxy_grove::levels::EXTENSION;
use galaxy_grove::sorted::{FILE, RecipeName, Sorted};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Where the set is in the site.
const DATA: &str = "data";

/// The name of a file of levels there.
const LEVELS: &str = "grove.levels";

/// Galaxies on the picture that a shared link shows.
const SHOWN: usize = 28;

/// What the page's file for the start begins with.
const ROOT: &str = "<html lang=\"en\"";

/// What a site is made of.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The galaxies.
    pub set: Set<'a>,
    /// The page.
    pub page: &'a Path,
    /// The site.
    pub site: &'a Path,
    /// What it is called.
    pub title: Option<&'a str>,
    /// Where it will stand.
    pub base_url: Option<&'a str>,
}

/// Galaxies that a site opens with.
#[derive(Clone, Copy, Debug)]
pub enum Set<'a> {
    /// The folder that `grove sort` wrote.
    Sorted(&'a Path),
    /// A file of levels.
    Levels(&'a Path),
}

impl<'a> Set<'a> {
    /// What a path holds; `None` for neither.
    pub fn at(path: &'a Path) -> Option<Self> {
        if path.is_file() && end(path).as_deref() == Some(EXTENSION) {
            return Some(Self::Levels(path));
        }
        path.join(FILE).is_file().then_some(Self::Sorted(path))
    }
}

/// What was made.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    /// Galaxies.
    pub galaxies: usize,
    /// Files of the page.
    pub files: usize,
    /// The page groups the galaxies by another model than they were sorted by.
    pub other_model: bool,
}

/// Whether a folder holds the page: its start.
///
/// # Errors
/// When it is not there, or is another page.
pub fn start_of(page: &Path) -> anyhow::Result<String> {
    let start = page.join("index.html");
    let index = fs::read_to_string(&start).with_context(|| {
        format!(
            "cannot read {}: give the folder of the page, dist/",
            start.display()
        )
    })?;
    let marks = ["data-build=", ROOT, "</title>", "<!--/card-->"];
    if !marks.iter().all(|mark| index.contains(mark)) {
        bail!("{} is not the page of Galaxy Grove", start.display());
    }
    Ok(index)
}

/// Makes the site.
///
/// # Errors
/// With the file's name and the remedy.
pub fn make_site(wanted: Wanted<'_>) -> anyhow::Result<Made> {
    let Wanted { page, site, .. } = wanted;
    let index = start_of(page)?;
    let (from, to) = (
        page.canonicalize()?,
        site.canonicalize().unwrap_or_else(|_| site.to_owned()),
    );
    if to.starts_with(&from) {
        bail!(
            "the site lies in the page's folder {}: choose another one",
            page.display()
        );
    }
    let named = |count: usize| wanted.title.map_or_else(|| galaxies(count), str::to_owned);
    let data = site.join(DATA);
    match wanted.set {
        Set::Sorted(folder) => {
            let sorted = read(folder)?;
            let (title, about) = (named(sorted.ids.len()), sentence(&sorted));
            let other_model = other_model(&sorted, page)?;
            let files = copy(page, site)?;
            make(&data)?;
            write_file(&data.join(FILE), &sorted.to_bytes())?;
            let parts = Parts {
                file: FILE,
                title: &title,
                about: &about,
                card: card(&sorted, &title, &about, other_model),
                picture: Some(picture(&sorted, &title)),
            };
            parts.write(&wanted, &index, &data)?;
            Ok(Made {
                galaxies: sorted.ids.len(),
                files,
                other_model,
            })
        }
        Set::Levels(path) => {
            let top = Top::read(path)?;
            let title = named(top.galaxies);
            let files = copy(page, site)?;
            make(&data)?;
            let place = data.join(LEVELS);
            // It may be as large as a disk.
            if place.exists() {
                fs::remove_file(&place).with_context(|| format!("cannot replace {}", place.display()))?;
            }
            if fs::hard_link(path, &place).is_err() {
                fs::copy(path, &place).with_context(|| format!("cannot write {}", place.display()))?;
            }
            let parts = Parts {
                file: LEVELS,
                title: &title,
                about: &top.about,
                card: top.card(&title),
                picture: top.picture(&title, SHOWN),
            };
            parts.write(&wanted, &index, &data)?;
            Ok(Made {
                galaxies: top.galaxies,
                files,
                other_model: false,
            })
        }
    }
}

/// What a site has beside the page and the set itself.
struct Parts<'a> {
    /// The set's name in [`DATA`].
    file: &'a str,
    title: &'a str,
    about: &'a str,
    card: String,
    picture: Option<Figure>,
}

impl Parts<'_> {
    fn write(&self, wanted: &Wanted<'_>, index: &str, data: &Path) -> anyhow::Result<()> {
        if let Some(picture) = &self.picture {
            figures::write(picture, &[data.join("card.png")])?;
        }
        write_file(&data.join("CARD.md"), self.card.as_bytes())?;
        // Without a picture there is none to be shown where the link is shared.
        let base_url = wanted.base_url.filter(|_| self.picture.is_some());
        let opening = opening(index, self.file, self.title, self.about, base_url);
        write_file(&wanted.site.join("index.html"), opening.as_bytes())
    }
}

/// Warns that the page's groups are not those of the folder.
pub fn warn_of_other_model(made: &Made, sorted: &Path) {
    if made.other_model {
        eprintln!(
            "warning: these galaxies were sorted by another model than the page's: the page groups them by its own, and its groups will differ from \
             those in {}; data/CARD.md says so",
            sorted.display()
        );
    }
}

fn make(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Whether the set was sorted by another model than the one that the page will group it by.
fn other_model(sorted: &Sorted, page: &Path) -> anyhow::Result<bool> {
    let file = match sorted.recipe {
        RecipeName::Shape => "www/model/shape.safetensors",
        RecipeName::Reference => "www/model/galaxies.safetensors",
    };
    let path = page.join(file);
    let bytes =
        fs::read(&path).with_context(|| format!("cannot read the page's model {}", path.display()))?;
    Ok(sorted.metadata.get("model_sha256") != Some(&sha256_hex(&bytes)))
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
fn opening(index: &str, file: &str, title: &str, about: &str, base_url: Option<&str>) -> String {
    let (title, about) = (escaped(title), escaped(about));
    let mut card = format!(
        "<!--card-->\n<meta property=\"og:type\" content=\"website\">\n<meta property=\"og:title\" content=\"{title}\">\n\
         <meta property=\"og:description\" content=\"{about}\">\n"
    );
    if let Some(base) = base_url {
        let _ = write!(
            card,
            "<meta property=\"og:url\" content=\"{base}\">\n<meta property=\"og:image\" content=\"{base}{DATA}/card.png\">\n\
             <meta name=\"twitter:card\" content=\"summary_large_image\">\n"
        );
    }
    card += "<!--/card-->";
    let index = index.replacen(ROOT, &format!("{ROOT} data-set=\"{DATA}/{file}\""), 1);
    let titled = between(
        &index,
        "<title>",
        "</title>",
        &format!("<title>{title} · Galaxy Grove</title>"),
    );
    between(&titled, "<!--card-->", "<!--/card-->", &card)
}

/// The text with the first part from `start` to `end` replaced.
fn between(text: &str, start: &str, end: &str, new: &str) -> String {
    let parts = text
        .split_once(start)
        .and_then(|(head, rest)| Some((head, rest.split_once(end)?.1)));
    parts.map_or_else(|| text.to_owned(), |(head, tail)| format!("{head}{new}{tail}"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Galaxies of every group of the first cut in turn, one of each at a time.
fn picture(sorted: &Sorted, title: &str) -> Figure {
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
fn card(sorted: &Sorted, title: &str, about: &str, other_model: bool) -> String {
    let mut text = format!("# {title}\n\n{about}. Recipe: {}.\n", sorted.recipe.name());
    for (key, value) in &sorted.metadata {
        let _ = writeln!(text, "\n- {key}: {value}");
    }
    if other_model {
        text += "\n**The page groups these galaxies by its own model, which is another one: its groups differ from those below.**\n";
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
        let index = "<!doctype html>\n<html lang=\"en\" data-build=\"1\">\n<title>Galaxy Grove</title>\n<!--card-->old<!--/card--><link>";
        let made = opening(
            index,
            FILE,
            "A & <b>",
            "3 galaxies",
            Some("https://example.org/a/"),
        );
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
            made.ends_with("<!--/card--><link>")
                && !made.contains("old")
                && made.starts_with("<!doctype html>"),
            "{made}"
        );
        assert!(!opening(index, FILE, "A", "b", None).contains("og:image"));
    }
}

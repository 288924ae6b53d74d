//! The view as a value: what is looked at, where the tree is cut, what is selected.
//!
//! The address of the page carries it after the `#`, undo keeps a list of it, and a shared link gives it back.

use crate::cutout::Recipe;
use crate::cutout::prepare::{Measured, Scale};
use crate::grouping::{Edit, Linkage};
use crate::page_model::grouped_by::GroupedBy;
use crate::page_model::hosted::HostedPath;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Where the galaxies come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SetOrigin {
    /// The built-in simulator.
    Simulated {
        /// Seed: the same seed gives the same galaxies.
        seed: u64,
        /// How many.
        count: u32,
    },
    /// The Hubble Deep Field bundle that comes with the page.
    HubbleDeepField,
    /// A set that stands beside the page on its host.
    Hosted(HostedPath),
    /// The user's own files: a link cannot carry them.
    Files,
    /// Nothing: an empty page.
    Nothing,
}

/// How the groups are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupOrder {
    /// Largest first.
    Size,
    /// As they are in the tree, from left to right.
    Tree,
}

/// One view of one set of galaxies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Where the galaxies come from.
    pub source: SetOrigin,
    /// How files are prepared.
    pub recipe: Recipe,
    /// How galaxies are grouped.
    pub grouped_by: GroupedBy,
    /// The linkage of the recipe `reference`; `shape` has Ward's only.
    pub linkage: Linkage,
    /// Galaxies that show the same as another one are left out.
    pub unique: bool,
    /// Number of groups; `None` lets the page choose.
    pub groups: Option<usize>,
    /// What is done to single branches after the cut, one after another.
    pub edits: Vec<Edit>,
    /// How the groups are listed.
    pub order: GroupOrder,
    /// The branch looked into: a node of the tree.
    pub branch: Option<usize>,
    /// The galaxy looked at: its row.
    pub galaxy: Option<usize>,
    /// The part of the tree shown, as fractions of its leaves.
    pub window: (f64, f64),
    /// The map is shown in the place of the tree.
    pub map: bool,
}

/// How many galaxies the demo simulates.
pub const DEMO_COUNT: u32 = 500;
/// The most that a link may ask the simulator for.
pub const MAX_SIMULATED: u32 = 20_000;

impl Default for Session {
    fn default() -> Self {
        Self {
            source: SetOrigin::Simulated {
                seed: 1,
                count: DEMO_COUNT,
            },
            recipe: Recipe::default(),
            grouped_by: GroupedBy::default(),
            linkage: Linkage::default(),
            unique: false,
            groups: None,
            edits: Vec::new(),
            order: GroupOrder::Size,
            branch: None,
            galaxy: None,
            window: (0.0, 1.0),
            map: false,
        }
    }
}

impl Session {
    /// A fresh view of another set, prepared in the same way.
    pub fn of_another(&self, source: SetOrigin) -> Self {
        Self {
            source,
            recipe: self.recipe.clone(),
            grouped_by: self.grouped_by,
            linkage: self.linkage,
            unique: self.unique,
            map: self.map,
            ..Self::default()
        }
    }

    /// A fresh view of a set that the host names, as long as the address names no other one.
    #[must_use]
    pub fn or_hosted(mut self, fragment: &str, path: Option<HostedPath>) -> Self {
        if let Some(path) = path.filter(|_| !fragment.contains("set=")) {
            self.source = SetOrigin::Hosted(path);
            if !fragment.contains('=') {
                // By the vectors that came with it, if there are any.
                self.grouped_by = GroupedBy::Vectors;
            }
        }
        self
    }

    /// The text after the `#`. Values at their default are left out.
    pub fn to_fragment(&self) -> String {
        let mut text = match &self.source {
            SetOrigin::Simulated { seed, count } => format!("set=simulated&seed={seed}&n={count}"),
            SetOrigin::HubbleDeepField => "set=hubble-deep-field".to_owned(),
            SetOrigin::Hosted(path) if path.part() > 0 => {
                format!("set=hosted&data={}&part={}", path.as_str(), path.part())
            }
            SetOrigin::Hosted(path) => format!("set=hosted&data={}", path.as_str()),
            SetOrigin::Files => "set=files".to_owned(),
            SetOrigin::Nothing => "set=none".to_owned(),
        };
        // Writing to a String cannot fail.
        let mut add = |key: &str, value: String| {
            let _ = write!(text, "&{key}={value}");
        };
        if self.grouped_by != GroupedBy::Reference {
            add("by", self.grouped_by.name().to_owned());
        }
        if self.linkage != Linkage::default() {
            add("linkage", self.linkage.name().to_owned());
        }
        if let Some(groups) = self.groups {
            add("groups", groups.to_string());
        }
        if !self.edits.is_empty() {
            let edits: Vec<String> = self.edits.iter().map(edit_text).collect();
            add("edits", edits.join(","));
        }
        if self.order == GroupOrder::Tree {
            add("order", "tree".to_owned());
        }
        if let Some(branch) = self.branch {
            add("branch", branch.to_string());
        }
        if let Some(galaxy) = self.galaxy {
            add("galaxy", galaxy.to_string());
        }
        if self.window != (0.0, 1.0) {
            add("window", format!("{:.5},{:.5}", self.window.0, self.window.1));
        }
        if self.map {
            add("view", "map".to_owned());
        }
        if !self.recipe.prepare {
            add("prepare", "off".to_owned());
        }
        if !self.recipe.stretch {
            add("stretch", "off".to_owned());
        }
        if self.recipe.orient {
            add("orient", "on".to_owned());
        }
        if self.recipe.structure != Measured::Nothing {
            add("structure", "own".to_owned());
        }
        if self.unique {
            add("unique", "on".to_owned());
        }
        if let Scale::AllTheSame { half_side } = self.recipe.scale {
            add("half-side", half_side.to_string());
        }
        text
    }

    /// Reads what [`Self::to_fragment`] wrote. Whatever cannot be understood keeps its default: a mangled link still
    /// opens a page. Links from before there was a choice show what they always did: a link that does not say how galaxies are
    /// grouped means the recipe `reference`; an address without any link means the default.
    pub fn from_fragment(text: &str) -> Self {
        let mut session = Self::default();
        if text.contains('=') {
            session.grouped_by = GroupedBy::Reference;
        }
        let (mut seed, mut count) = (1, DEMO_COUNT);
        let (mut hosted, mut part) = (None, 0);
        for (key, value) in text
            .trim_start_matches('#')
            .split('&')
            .filter_map(|pair| pair.split_once('='))
        {
            match key {
                "set" => {
                    session.source = match value {
                        "hubble-deep-field" => SetOrigin::HubbleDeepField,
                        // The files themselves are not in the link.
                        "files" | "none" | "hosted" => SetOrigin::Nothing,
                        _ => SetOrigin::Simulated { seed, count },
                    }
                }
                "data" => hosted = HostedPath::new(value),
                "part" => part = value.parse().unwrap_or(0),
                "seed" => seed = value.parse().unwrap_or(seed),
                "n" => count = value.parse().unwrap_or(count).clamp(2, MAX_SIMULATED),
                "by" => session.grouped_by = GroupedBy::from_name(value).unwrap_or(session.grouped_by),
                "linkage" => session.linkage = Linkage::from_name(value).unwrap_or_default(),
                "groups" => session.groups = value.parse().ok().filter(|&k| k >= 1),
                "edits" => session.edits = value.split(',').filter_map(edit).collect(),
                "order" if value == "tree" => session.order = GroupOrder::Tree,
                "branch" => session.branch = value.parse().ok(),
                "galaxy" => session.galaxy = value.parse().ok(),
                "window" => session.window = window(value).unwrap_or((0.0, 1.0)),
                "view" => session.map = value == "map",
                "prepare" => session.recipe.prepare = value != "off",
                "stretch" => session.recipe.stretch = value != "off",
                "orient" => session.recipe.orient = value == "on",
                "structure" if value == "own" => session.recipe.structure = Measured::Numbers,
                "unique" => session.unique = value == "on",
                "half-side" => {
                    let half = value
                        .parse()
                        .ok()
                        .filter(|half: &f32| half.is_finite() && *half >= 1.0);
                    session.recipe.scale = half.map_or(Scale::EachFillsTheFrame, |half_side| {
                        Scale::AllTheSame { half_side }
                    });
                }
                _ => {}
            }
        }
        if let Some(path) = hosted {
            let part = if path.has_levels() { part } else { 0 };
            session.source = SetOrigin::Hosted(path.at_part(part));
        }
        if let SetOrigin::Simulated { .. } = session.source {
            session.source = SetOrigin::Simulated { seed, count };
        }
        session
    }
}

/// An edit in a link: `split:12`, `join:13`, `below:14:1.5`.
fn edit_text(edit: &Edit) -> String {
    match edit {
        Edit::Split(node) => format!("split:{node}"),
        Edit::Join(node) => format!("join:{node}"),
        Edit::Below(node, height) => format!("below:{node}:{height}"),
    }
}

fn edit(text: &str) -> Option<Edit> {
    let parts: Vec<&str> = text.split(':').collect();
    Some(match parts.as_slice() {
        ["split", node] => Edit::Split(node.parse().ok()?),
        ["join", node] => Edit::Join(node.parse().ok()?),
        ["below", node, height] => {
            let height = height
                .parse()
                .ok()
                .filter(|height: &f64| height.is_finite() && *height >= 0.0)?;
            Edit::Below(node.parse().ok()?, height)
        }
        _ => return None,
    })
}

fn window(value: &str) -> Option<(f64, f64)> {
    let (from, to) = value.split_once(',')?;
    let (from, to): (f64, f64) = (from.parse().ok()?, to.parse().ok()?);
    (from >= 0.0 && to <= 1.0 && to - from > 1e-5).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_hosted_set_survives_its_link_and_other_hosts_do_not() {
        let path = || HostedPath::new("data/grove.safetensors");
        let session = Session::from_fragment("").or_hosted("", path());
        assert_eq!(session.source, SetOrigin::Hosted(path().unwrap()));
        let text = session.to_fragment();
        assert_eq!(Session::from_fragment(&text).source, session.source);
        for other in [
            "#set=hosted&data=//example.org/a",
            "#set=hosted&data=../a",
            "#set=hosted",
        ] {
            assert_eq!(
                Session::from_fragment(other).source,
                SetOrigin::Nothing,
                "{other}"
            );
        }
        // A link that names a set means it.
        let link = "#set=hubble-deep-field&groups=3";
        let session = Session::from_fragment(link).or_hosted(link, path());
        assert_eq!(
            (session.source, session.groups),
            (SetOrigin::HubbleDeepField, Some(3))
        );
        let link = "#groups=9";
        assert_eq!(
            Session::from_fragment(link).or_hosted(link, path()).groups,
            Some(9)
        );
    }

    #[test]
    fn a_view_survives_its_link() {
        let session = Session {
            source: SetOrigin::Simulated { seed: 42, count: 60 },
            recipe: Recipe {
                prepare: false,
                orient: true,
                structure: Measured::Numbers,
                scale: Scale::AllTheSame { half_side: 41.5 },
                ..Recipe::default()
            },
            grouped_by: GroupedBy::Shape,
            linkage: Linkage::Average,
            unique: true,
            groups: Some(7),
            edits: vec![Edit::Split(112), Edit::Join(113), Edit::Below(115, 1.25)],
            order: GroupOrder::Tree,
            branch: Some(112),
            galaxy: Some(3),
            window: (0.25, 0.5),
            map: true,
        };
        assert_eq!(Session::from_fragment(&session.to_fragment()), session);
        assert_eq!(
            Session::from_fragment("#set=hubble-deep-field").source,
            SetOrigin::HubbleDeepField
        );
    }

    #[test]
    fn links_without_a_recipe_are_grouped_as_they_always_were() {
        let by = |text: &str| Session::from_fragment(text).grouped_by;
        assert_eq!(by("#set=simulated&seed=1&n=500&groups=9"), GroupedBy::Reference);
        assert_eq!(by("#set=hubble-deep-field&by=shape"), GroupedBy::Shape);
        assert_eq!(by("#set=hubble-deep-field&by=reference"), GroupedBy::Reference);
        assert_eq!(by(""), GroupedBy::Shape);
        let reference = Session {
            grouped_by: GroupedBy::Reference,
            ..Session::default()
        };
        assert_eq!(Session::from_fragment(&reference.to_fragment()), reference);
    }

    #[test]
    fn a_link_to_files_opens_an_empty_page() {
        let session = Session {
            source: SetOrigin::Files,
            ..Session::default()
        };
        assert_eq!(
            Session::from_fragment(&session.to_fragment()).source,
            SetOrigin::Nothing
        );
    }

    #[test]
    fn a_link_cannot_ask_for_a_million_galaxies() {
        let session = Session::from_fragment("set=simulated&n=1000000");
        assert_eq!(
            session.source,
            SetOrigin::Simulated {
                seed: 1,
                count: MAX_SIMULATED
            }
        );
    }

    proptest! {
        #[test]
        fn mangled_links_open_a_page(text in "[ -~]{0,80}") {
            let session = Session::from_fragment(&text);
            prop_assert!(session.window.0 < session.window.1);
            prop_assert_ne!(session.groups, Some(0));
        }
    }
}

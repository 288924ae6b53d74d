//! Who may import what: the one table. `cargo xtask imports` prints it, `cargo xtask test` keeps it.
//!
//! Cargo keeps some of it too, where a member does not name another in its `Cargo.toml`; here it is said with a reason.

/// Names that some members must not name.
pub struct Ban {
    /// Whom this concerns.
    pub who: Who,
    /// Crates, or paths in them. Each forbids all below it.
    pub names: &'static [&'static str],
    /// Allowed all the same in code that is compiled with this feature only.
    pub unless: Option<&'static str>,
    /// The reason, as a sentence.
    pub why: &'static str,
}

/// Members of the workspace, by the names of their packages.
pub enum Who {
    /// These.
    Only(&'static [&'static str]),
    /// All others.
    AllBut(&'static [&'static str]),
}

impl Who {
    /// True if this member is meant.
    pub fn means(&self, member: &str) -> bool {
        match self {
            Self::Only(members) => members.contains(&member),
            Self::AllBut(members) => !members.contains(&member),
        }
    }
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Only(members) => f.write_str(&members.join(", ")),
            Self::AllBut(members) => write!(f, "everybody but {}", members.join(", ")),
        }
    }
}

/// The layers of one member, each with what it may import of the same member.
///
/// A layer is a module with all below it that is no layer of its own. `view::*` stands for each module in `view`, each a
/// layer of its own: `view::*` among what may be imported therefore means any of them. `""` is what the root file
/// itself defines. The root file imports what it likes.
pub struct Order {
    /// The package.
    pub member: &'static str,
    /// The layers and what they may import.
    pub layers: &'static [(&'static str, &'static [&'static str])],
    /// The reason, as a sentence.
    pub why: &'static str,
}

/// What must not be named.
pub const BANS: &[Ban] = &[
    Ban {
        who: Who::AllBut(&["grove-model"]),
        names: &["burn"],
        unless: None,
        why: "Only the model names burn: whoever else did would compile it, and wait for it.",
    },
    Ban {
        who: Who::AllBut(&["grove-page"]),
        names: &["leptos"],
        unless: None,
        why: "Only the page is drawn with Leptos.",
    },
    Ban {
        who: Who::AllBut(&["grove-page", "grove-browser", "grove-engine"]),
        names: &["web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures"],
        unless: None,
        why: "Only what runs in the browser names the browser; all else is tested without one.",
    },
    Ban {
        who: Who::Only(&["galaxy-grove"]),
        names: &[
            "std::fs",
            "std::net",
            "std::process",
            "std::thread",
            "std::time::Instant",
            "std::time::SystemTime",
        ],
        unless: None,
        why: "The library is values in, values out: no disk, net, process, thread or clock, so it runs in a browser too.",
    },
    Ban {
        who: Who::Only(&["galaxy-grove"]),
        names: &["rayon"],
        unless: Some("parallel"),
        why: "The library uses threads only where its user asks for them with the feature `parallel`.",
    },
    Ban {
        who: Who::Only(&["galaxy-grove"]),
        names: &["grove_model", "grove_browser"],
        unless: None,
        why: "The library stands by itself.",
    },
    Ban {
        who: Who::Only(&["grove-model"]),
        names: &["grove_browser"],
        unless: None,
        why: "The model depends on the library alone, so that it runs natively and in the browser.",
    },
    Ban {
        who: Who::Only(&["grove-browser", "grove-page"]),
        names: &["grove_model"],
        unless: None,
        why: "The page asks a worker for what needs the model: with burn in it, it would load and compile slowly.",
    },
    Ban {
        who: Who::AllBut(&["grove-model"]),
        names: &["grove_kernels"],
        unless: None,
        why: "The kernels serve the model; everybody else asks the model.",
    },
    Ban {
        who: Who::AllBut(&["grove-cli", "grove-python"]),
        names: &["grove_files"],
        unless: None,
        why: "Only native programs know the disk.",
    },
    Ban {
        who: Who::AllBut(&["grove-cli", "xtask", "grove-page-tests"]),
        names: &["grove_site"],
        unless: None,
        why: "Only native programs serve files.",
    },
    Ban {
        who: Who::AllBut(&["grove-python"]),
        names: &["pyo3", "numpy"],
        unless: None,
        why: "Only the Python package knows Python.",
    },
    Ban {
        who: Who::AllBut(&["grove-cli"]),
        names: &["grove_cli"],
        unless: None,
        why: "Nobody imports a program: what two need is in the library.",
    },
    Ban {
        who: Who::AllBut(&["grove-engine"]),
        names: &["grove_engine"],
        unless: None,
        why: "Nobody imports a program: what two need is in the library.",
    },
    Ban {
        who: Who::AllBut(&["grove-page"]),
        names: &["grove_page"],
        unless: None,
        why: "Nobody imports a program: what two need is in the library.",
    },
];

/// Which layers may import which.
pub const ORDERS: &[Order] = &[
    Order {
        member: "galaxy-grove",
        layers: &[
            ("count", &[]),
            ("limits", &["refusal"]),
            ("refusal", &[]),
            ("grouping", &[]),
            ("checkpoint", &[]),
            ("cutout", &[]),
            ("structure", &["cutout"]),
            ("describe", &["count", "grouping", "structure"]),
            ("splits", &["grouping", "structure"]),
            ("map", &["grouping"]),
            ("tensors", &[]),
            ("shape", &["cutout", "tensors"]),
            ("compared", &["cutout", "grouping", "map", "shape"]),
            (
                "sorted",
                &[
                    "cutout",
                    "bundle",
                    "compared",
                    "grouping",
                    "shape",
                    "structure",
                    "tensors",
                ],
            ),
            ("placing", &["cutout", "grouping", "shape", "sorted"]),
            ("layout", &["grouping"]),
            ("figure", &["cutout", "grouping", "layout"]),
            ("bundle", &["cutout"]),
            ("levels", &["bundle", "cutout", "grouping", "tensors"]),
            ("fits", &["limits", "refusal"]),
            (
                "intake",
                &["cutout", "bundle", "fits", "limits", "refusal", "structure"],
            ),
            (
                "export",
                &["cutout", "intake", "fits", "grouping", "limits", "refusal"],
            ),
            (
                "catalogue",
                &["cutout", "intake", "fits", "export", "limits", "refusal"],
            ),
            ("surveys", &["cutout", "intake", "catalogue", "limits", "refusal"]),
            (
                "page_model",
                &[
                    "cutout",
                    "structure",
                    "describe",
                    "splits",
                    "compared",
                    "intake",
                    "catalogue",
                    "surveys",
                    "grouping",
                    "layout",
                    "figure",
                    "export",
                    "refusal",
                    "count",
                    "shape",
                    "sorted",
                    "levels",
                ],
            ),
        ],
        why: "From pictures to codes to trees: each module of the library may import only those before it.",
    },
    Order {
        member: "grove-page",
        layers: &[
            ("store", &[]),
            ("text", &["store"]),
            ("work", &["store"]),
            ("actions", &["store", "work", "text"]),
            ("canvas", &["store", "actions", "text"]),
            ("view", &["view::*"]),
            ("view::widgets", &["store", "actions", "canvas", "text"]),
            (
                "view::*",
                &["view::widgets", "canvas", "actions", "store", "text"],
            ),
        ],
        why: "The shell imports panels, panels import what they draw and do with, and never each other; \
              work tells what happened, and actions alone change the store.",
    },
];

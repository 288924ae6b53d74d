//! Names of columns that hold keys.

/// Names of columns that hold keys, those preferred first.
const KEY_NAMES: [&str; 32] = [
    "objid",
    "id",
    "dr7objid",
    "dr8objid",
    "bestobjid",
    "asset_id",
    "name",
    "file",
    "filename",
    "image",
    "file_name",
    "image_name",
    "image_file",
    "source_file",
    "path",
    "galaxyid",
    "galaxy_id",
    "object_id",
    "objectid",
    "source_id",
    "sdss_objid",
    "specobjid",
    "targetid",
    "iauname",
    "iau_name",
    "galaxy",
    "object",
    "number",
    "index",
    "pgc",
    "ngc",
    "ugc",
];

/// Where a column's name stands among those of keys; their number when it is none of them.
pub fn preference(name: &str) -> usize {
    let name = name.trim().to_lowercase().replace(['-', ' '], "_");
    KEY_NAMES
        .iter()
        .position(|known| *known == name)
        .unwrap_or(KEY_NAMES.len())
}

/// True for names that columns of keys have: those of the list, and names that end as theirs do.
pub fn is_key_name(name: &str) -> bool {
    const ENDS: [&str; 6] = ["_id", "_name", "_file", "_image", "_no", "_number"];
    let plain = name.trim().to_lowercase().replace(['-', ' '], "_");
    preference(name) < KEY_NAMES.len() || ENDS.iter().any(|end| plain.ends_with(end))
}

//! How the groups were made, in words, for a file beside the table or a methods section.

use crate::grouping::{Engine, Linkage, Method, Precision, RowOrder};

/// What the text needs to know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MethodsNote<'a> {
    /// The number of galaxies.
    pub galaxies: usize,
    /// The number of groups.
    pub groups: usize,
    /// Where the tree was cut.
    pub cut_height: f64,
    /// How the tree was built.
    pub method: Method,
    /// The model's name and, if known, its hash.
    pub model: &'a str,
    /// The device on which the codes were computed.
    pub device: &'a str,
    /// The program's version, commit and state.
    pub version: &'a str,
}

/// The same for the recipe `shape`; `method` of the note belongs to the other recipe, and is not named.
pub fn shape_methods_text(note: &MethodsNote<'_>) -> String {
    let MethodsNote {
        galaxies,
        groups,
        cut_height,
        model,
        device,
        version,
        method: _,
    } = note;
    format!(
        "Made with Galaxy Grove {version}.\n\
         {galaxies} galaxies were grouped by the recipe \"shape\" of this version (model: {model}; device: {device}; \
         all sums of the network are exact, so that every device gives the same codes). A network trained without labels to ignore turns, flips, small \
         shifts, scale and brightness turns sixteen turned and flipped copies of each cutout into 8x8 grids of 64 codes; the shares of the \
         codes in four rings, their square roots, projected on 16 directions and drawn to the prototypes of the training galaxies' tree, are its \
         vector. Ward linkage on Euclidean distances gave a similarity tree, which was cut at the height {cut_height:.4} into {groups} groups.\n\
         References: van den Oord et al. 2018, arXiv:1807.03748 (contrast of views); Ward 1963, JASA 58, 236; the idea of codes and trees for \
         galaxies: Cheng et al. 2021, MNRAS 503, 4446.\n"
    )
}

/// The same for vectors that came with the galaxies, `width` numbers each; `method`, `model` and `device` of the note are not named: nothing of
/// them was used.
pub fn vector_methods_text(note: &MethodsNote<'_>, width: usize) -> String {
    let MethodsNote {
        galaxies,
        groups,
        cut_height,
        version,
        ..
    } = note;
    format!(
        "Made with Galaxy Grove {version}.\n\
         {galaxies} galaxies were grouped by the vectors that came with them, {width} numbers each, as they were in the file; which model gave them is for the \
         file to say. Ward linkage on Euclidean distances gave a similarity tree, which was cut at the height {cut_height:.4} into {groups} groups.\n\
         References: Ward 1963, JASA 58, 236.\n"
    )
}

/// Where the other linkages are defined.
const MULLNER: &str = "Linkage: Muellner D. 2011 (arXiv:1109.2378).";

/// A paragraph on data and method with the references to cite. Plain text, ends in a line break.
pub fn methods_text(note: &MethodsNote<'_>) -> String {
    let MethodsNote {
        galaxies,
        groups,
        cut_height,
        method,
        model,
        device,
        version,
    } = note;
    let distance = match method.linkage {
        Linkage::WardEuclidean | Linkage::Centroid | Linkage::Median => {
            "the square roots of the Hamming distances between codes"
        }
        _ => "the Hamming distances between codes",
    };
    let (rule, cited) = match method.linkage {
        Linkage::Reference | Linkage::WardEuclidean => ("Ward", "Linkage: Ward J. H. 1963, JASA 58, 236."),
        Linkage::Average => ("Average", MULLNER),
        Linkage::Complete => ("Complete", MULLNER),
        Linkage::Weighted => ("Weighted (WPGMA)", MULLNER),
        Linkage::Single => ("Single", MULLNER),
        Linkage::Centroid => ("Centroid", MULLNER),
        Linkage::Median => ("Median", MULLNER),
    };
    let is_ward = matches!(method.linkage, Linkage::Reference | Linkage::WardEuclidean);
    let precision = match method.precision {
        Precision::Double => "double",
        Precision::Single => "single",
    };
    let engine = match method.engine {
        Engine::Chain if is_ward => "the nearest-neighbour chain with SciPy's tie rules",
        _ => "the kodama crate",
    };
    let rows = match method.rows {
        RowOrder::Reference => "shuffled by NumPy's RandomState(0), as the reference does".to_owned(),
        RowOrder::AsGiven => "in the order of the files".to_owned(),
        RowOrder::Seeded(seed) => format!("shuffled by NumPy's RandomState({seed})"),
    };
    format!(
        "Made with Galaxy Grove {version}.\n\
         {galaxies} galaxies were encoded by a VQ-VAE (model: {model}; device: {device}) into 8x8 grids of codes. {rule} \
         linkage on {distance} ({precision} precision, {engine}; rows {rows}) gave a similarity tree, which was cut at the height \
         {cut_height:.6} into {groups} groups. Groups are numbered from left to right in the tree.\n\
         Method: Cheng T.-Y. et al. 2021, Beyond the Hubble Sequence, MNRAS 503, 4446 (arXiv:2009.11932). VQ-VAE: van \
         den Oord A. et al. 2017 (arXiv:1711.00937). {cited}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_what_was_done() {
        let method = Method {
            linkage: Linkage::WardEuclidean,
            precision: Precision::Single,
            engine: Engine::Chain,
            rows: RowOrder::Reference,
        };
        let note = MethodsNote {
            galaxies: 500,
            groups: 9,
            cut_height: 1.79,
            method,
            model: "demo (sha256 ab12)",
            device: "CPU",
            version: "0.2.0 (commit 0123456789ab)",
        };
        let text = methods_text(&note);
        for part in [
            "500 galaxies",
            "0.2.0 (commit 0123456789ab)",
            "into 9 groups",
            "1.790000",
            "square roots",
            "single precision",
            "demo (sha256 ab12)",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(text.lines().count(), 3);
        let shape = shape_methods_text(&note);
        for part in [
            "500 galaxies",
            "the recipe \"shape\"",
            "1.7900",
            "demo (sha256 ab12)",
        ] {
            assert!(shape.contains(part), "{part}: {shape}");
        }
    }
}

//! Each group of each cut in words and numbers.

use crate::work::container::from_zero;
use galaxy_grove::describe::{Describer, Description, ENGLISH};
use galaxy_grove::export::csv_field;
use galaxy_grove::sorted::Sorted;
use galaxy_grove::structure::{MEASURES, NUMBERS, digits};
use std::fmt::Write as _;

/// Descriptions of the groups of each cut.
pub fn all(sorted: &Sorted) -> Vec<Vec<Description>> {
    let describer = Describer::new(&sorted.structure);
    let cuts = sorted.groups.iter();
    cuts.map(|(k, labels)| describer.describe(&from_zero(labels), *k))
        .collect()
}

/// How many galaxies each group has.
pub fn sizes(labels: &[i32], k: usize) -> Vec<usize> {
    let mut sizes = vec![0; k];
    for label in from_zero(labels) {
        if let Some(size) = sizes.get_mut(label) {
            *size += 1;
        }
    }
    sizes
}

/// One row a group: cut, group, size, words, and the median of each measure over its members that have it.
pub fn table(sorted: &Sorted, described: &[Vec<Description>]) -> String {
    let mut text = "groups,group,size,words".to_owned();
    for name in NUMBERS.iter().take(MEASURES) {
        let _ = write!(text, ",median_{name}");
    }
    text.push_str("\r\n");
    let measures: Vec<Vec<f64>> = (0..MEASURES).map(|place| sorted.measure(place)).collect();
    for ((k, labels), described) in sorted.groups.iter().zip(described) {
        let labels = from_zero(labels);
        for (group, description) in described.iter().enumerate() {
            let members: Vec<usize> = (0..labels.len())
                .filter(|row| labels.get(*row) == Some(&group))
                .collect();
            let words = description.words(&ENGLISH);
            let _ = write!(text, "{k},{},{},{}", group + 1, members.len(), csv_field(&words));
            for measure in &measures {
                let values = members.iter().filter_map(|row| measure.get(*row).copied());
                let median = median(values.filter(|value| value.is_finite()).collect());
                let _ = write!(text, ",{}", median.map_or_else(String::new, digits));
            }
            text.push_str("\r\n");
        }
    }
    text
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len() % 2 == 1 {
        upper
    } else {
        0.5 * (upper + values.get(middle - 1)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_in_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0]), Some(3.0));
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }
}

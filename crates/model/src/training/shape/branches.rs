//! The branches above the prototypes, by the few directions in which halves of the training galaxies agree best.

/// A cluster of prototypes: its mean, the galaxies in it, and which prototypes they are.
struct Cluster {
    mean: Vec<f64>,
    count: f64,
    members: Vec<usize>,
}

/// Ward's linkage of prototypes `[P * dim]` that stand for so many galaxies each, until `wanted` clusters are left: the prototypes of each. Every
/// pair is looked at for every merge: there are few prototypes.
pub fn branches(prototypes: &[f64], dim: usize, counts: &[f64], wanted: usize) -> Vec<Vec<usize>> {
    let mut clusters: Vec<Cluster> = prototypes
        .chunks_exact(dim)
        .zip(counts)
        .enumerate()
        .map(|(at, (mean, count))| Cluster {
            mean: mean.to_vec(),
            count: *count,
            members: vec![at],
        })
        .collect();
    while clusters.len() > wanted.max(1) {
        let mut best = (f64::INFINITY, 0, 0);
        for (b, second) in clusters.iter().enumerate() {
            for (a, first) in clusters.iter().enumerate().take(b) {
                let pairs = first.mean.iter().zip(&second.mean);
                let squared: f64 = pairs.map(|(x, y)| (x - y).powi(2)).sum();
                let cost = first.count * second.count / (first.count + second.count) * squared;
                if cost < best.0 {
                    best = (cost, a, b);
                }
            }
        }
        let second = clusters.swap_remove(best.2);
        if let Some(first) = clusters.get_mut(best.1) {
            let all = first.count + second.count;
            for (x, y) in first.mean.iter_mut().zip(&second.mean) {
                *x = (first.count * *x + second.count * y) / all;
            }
            first.count = all;
            first.members.extend(second.members);
        }
    }
    clusters.into_iter().map(|cluster| cluster.members).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use galaxy_grove::grouping::{TreeOrder, cut_into, ward_vectors};

    #[test]
    fn it_is_wards_linkage_of_the_galaxies() {
        // Each prototype stands for that many equal galaxies.
        let prototypes: Vec<f64> = (0..12).map(|at| f64::from(at * at % 23)).collect();
        let counts = [3.0, 1.0, 2.0, 5.0, 1.0, 4.0];
        let mut galaxies = Vec::new();
        let mut of = Vec::new();
        for (at, (point, count)) in prototypes.chunks_exact(2).zip(counts).enumerate() {
            for _ in 0..count as usize {
                galaxies.extend(point);
                of.push(at);
            }
        }
        let tree = ward_vectors(&galaxies, 2, None).unwrap();
        let order = TreeOrder::new(&tree);
        for wanted in 1..6 {
            let groups = cut_into(&tree, &order, wanted);
            let mut expected: Vec<Vec<usize>> = (0..wanted)
                .map(|group| {
                    let mut members: Vec<usize> =
                        groups.members(&order, group).iter().map(|row| of[*row]).collect();
                    members.sort_unstable();
                    members.dedup();
                    members
                })
                .collect();
            let mut found = branches(&prototypes, 2, &counts, wanted);
            found.iter_mut().for_each(|members| members.sort_unstable());
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{wanted}");
        }
    }
}

//! One part of a job that several machines share: `--shard 3/16`.

use std::ops::Range;
use std::str::FromStr;

/// Shard `number` of `count`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: usize,
    count: usize,
}

impl Shard {
    /// The rows of this shard, out of `total`: shards differ by one row at most.
    #[must_use]
    pub fn rows(self, total: usize) -> Range<usize> {
        let until = |number: usize| {
            let rows = total as u128 * number as u128 / self.count as u128;
            rows as usize
        };
        until(self.number - 1)..until(self.number)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let parsed = parts.and_then(|(number, count)| Some((number.parse().ok()?, count.parse().ok()?)));
        match parsed {
            Some((number, count)) if (1..=count).contains(&number) => Ok(Self { number, count }),
            _ => Err("write it as NUMBER/COUNT, from 1/16 to 16/16 say".to_owned()),
        }
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_all_rows_once_and_in_order() {
        for total in [0, 1, 5, 16, 1000] {
            for count in [1, 2, 7, 16] {
                let shards = (1..=count).map(|number| Shard { number, count }.rows(total));
                let rows: Vec<usize> = shards.clone().flatten().collect();
                assert_eq!(rows, (0..total).collect::<Vec<_>>());
                let sizes: Vec<usize> = shards.map(|rows| rows.len()).collect();
                assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
            }
        }
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for text in ["", "3", "0/4", "5/4", "1/0", "a/b", "-1/4", "1/2/3"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        assert_eq!("16/16".parse::<Shard>().unwrap().to_string(), "16/16");
    }
}

//! The record of a run: one row a step.

use std::fmt::Write as _;

/// What is known of a step, from the forward pass before its update.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The step, from 1.
    pub step: u64,
    /// NMSE of the training batch.
    pub reconstruction: f64,
    /// Codebook and commitment terms.
    pub quantisation: f64,
    /// The differentiable clustering term, without its weight.
    pub clustering: f64,
    /// The loss as the reference prints it, with the score penalty.
    pub loss: f64,
    /// Effective number of codes in the batch.
    pub perplexity: f64,
    /// Silhouette of the previous batch.
    pub silhouette: Option<f64>,
    /// NMSE of a validation batch.
    pub validation: Option<f64>,
    /// NMSE of the whole validation set, after this step's update.
    pub validation_all: Option<f64>,
}

/// The head of `metrics.csv`.
pub const HEADER: &str =
    "step,reconstruction,quantisation,clustering,loss,perplexity,silhouette,validation,validation_all\n";

impl Record {
    /// The record as a line of `metrics.csv`; every number reads back exactly, what is not known is empty.
    pub fn line(&self) -> String {
        let mut line = format!(
            "{},{},{},{},{},{}",
            self.step, self.reconstruction, self.quantisation, self.clustering, self.loss, self.perplexity
        );
        for value in [self.silhouette, self.validation, self.validation_all] {
            // Writing to a String cannot fail.
            let _ = match value {
                Some(value) => write!(line, ",{value}"),
                None => write!(line, ","),
            };
        }
        line.push('\n');
        line
    }

    fn parse(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split(',').collect();
        let [
            step,
            reconstruction,
            quantisation,
            clustering,
            loss,
            perplexity,
            silhouette,
            validation,
            all,
        ] = fields.as_slice()
        else {
            return None;
        };
        let known = |text: &str| match text {
            "" => Some(None),
            text => text.parse().ok().map(Some),
        };
        Some(Self {
            step: step.parse().ok()?,
            reconstruction: reconstruction.parse().ok()?,
            quantisation: quantisation.parse().ok()?,
            clustering: clustering.parse().ok()?,
            loss: loss.parse().ok()?,
            perplexity: perplexity.parse().ok()?,
            silhouette: known(silhouette)?,
            validation: known(validation)?,
            validation_all: known(all)?,
        })
    }
}

/// Reads `metrics.csv` back. A line that was cut off, as by a crash, ends the reading.
pub fn parse(text: &str) -> Vec<Record> {
    let Some(rows) = text.strip_prefix(HEADER) else {
        return Vec::new();
    };
    rows.split_inclusive('\n')
        .map_while(|line| line.strip_suffix('\n').and_then(Record::parse))
        .collect()
}

/// The mean over the last 100 records of a number that may not be known; `None` if none of them is.
pub fn recent(records: &[Record], number: impl Fn(&Record) -> Option<f64>) -> Option<f64> {
    let last = records.get(records.len().saturating_sub(100)..).unwrap_or(&[]);
    mean(last.iter().filter_map(number))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0_u32, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum / f64::from(count))
}

/// The points of a curve: means of `number` over runs of `every` steps, at the last step of each.
pub fn curve(records: &[Record], every: usize, number: impl Fn(&Record) -> Option<f64>) -> Vec<(f64, f64)> {
    records
        .chunks(every.max(1))
        .filter_map(|chunk| Some((chunk.last()?.step as f64, mean(chunk.iter().filter_map(&number))?)))
        .collect()
}

/// The five lines that the reference prints at every hundredth step.
pub fn printed(records: &[Record]) -> Option<String> {
    let step = records.last()?.step;
    let shown = |value: Option<f64>, digits| value.map_or("none".to_owned(), |v| format!("{v:.digits$}"));
    Some(format!(
        "{step} iterations\ntrain_loss: {}\ntrain_recon_error: {}\ntrain_silhouette_score: {}\nvalid_recon_error: {}\n",
        shown(recent(records, |r| Some(r.loss)), 3),
        shown(recent(records, |r| Some(r.reconstruction)), 3),
        shown(recent(records, |r| r.silhouette), 2),
        shown(recent(records, |r| r.validation), 3),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(step: u64, loss: f64, silhouette: Option<f64>) -> Record {
        Record {
            step,
            loss,
            silhouette,
            reconstruction: loss / 3.0,
            ..Record::default()
        }
    }

    proptest! {
        #[test]
        fn a_record_reads_back_exactly(losses in prop::collection::vec(-1e9..1e9f64, 1..30), score: Option<f64>) {
            let score = score.filter(|score| score.is_finite());
            let records: Vec<Record> =
                losses.iter().enumerate().map(|(i, &loss)| record(i as u64, loss, score)).collect();
            let text = std::iter::once(HEADER.to_owned()).chain(records.iter().map(Record::line)).collect::<String>();
            prop_assert_eq!(&parse(&text), &records);
            // A line cut off is dropped.
            let cut = parse(&text[..text.len() - 2]);
            prop_assert_eq!(&cut[..], &records[..records.len() - 1]);
        }
    }

    #[test]
    fn recent_means_are_of_the_last_hundred() {
        let records: Vec<Record> = (1..=150).map(|step| record(step, step as f64, None)).collect();
        assert_eq!(
            recent(&records, |r| Some(r.loss)),
            Some((51..=150).sum::<u64>() as f64 / 100.0)
        );
        assert_eq!(recent(&records, |r| r.silhouette), None);
        assert_eq!(recent(&records[..2], |r| Some(r.loss)), Some(1.5));
        assert_eq!(
            curve(&records, 100, |r| Some(r.loss)),
            [(100.0, 50.5), (150.0, 125.5)]
        );
        let printed = printed(&records).unwrap();
        assert!(
            printed.starts_with("150 iterations\ntrain_loss: 100.500\n"),
            "{printed}"
        );
        assert!(printed.contains("train_silhouette_score: none"));
    }
}

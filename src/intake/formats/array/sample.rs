//! Which rows of a large set are read.

use crate::intake::report::key::QuestionKey;
use rand::{SeedableRng, seq::index};
use rand_chacha::ChaCha8Rng;

use crate::intake::report::question::Reading;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// The seed of every sample: the same file gives the same galaxies, in the page and on the command line.
const SEED: u64 = 0;

/// The rows to read of `count`, ascending; sentences about those that are not. When there are more than
/// [`Limits::galaxies`] it asks whether a random sample or the first ones are wanted; the answer's key is `sample`. With
/// [`Limits::take`] the first ones are taken, unless the answer says otherwise.
///
/// # Errors
/// A [`Refusal`] when the answer is none of the two.
pub fn choose(count: u64, reading: &mut Reading) -> Result<(Vec<u64>, Vec<String>), Refusal> {
    let limits = reading.limits;
    let most = limits.galaxies as u64;
    let room = limits.take.map_or(most, |take| most.min(take as u64));
    if count <= room {
        return Ok(((0..count).collect(), Vec::new()));
    }
    let asked = limits.take.is_some_and(|take| take as u64 <= most);
    let (n, all) = (grouped(room), grouped(count));
    let first = format!("the first {n}");
    let text = if asked {
        format!("It holds {all} galaxies, and {n} were requested. Which?")
    } else {
        format!("It holds {all} galaxies; {n} of one file are taken at most. Which?")
    };
    // Row numbers of a sample are 32-bit, as on the web.
    let random = u32::try_from(count).is_ok();
    let taken = if random {
        let options = vec![format!("a random sample of {n} (seed {SEED})"), first];
        reading.choose(QuestionKey::Sample, &text, options, usize::from(asked))?
    } else {
        1
    };
    let rows = if taken == 0 {
        draw(count as usize, room as usize)
    } else {
        (0..room).collect()
    };
    let what = if taken == 0 {
        format!("a random sample of {n} (seed {SEED})")
    } else {
        format!("the first {n}")
    };
    let mut remark = format!("{what} of {all} galaxies was read");
    if taken == 1 {
        remark = format!("the first {n} of {all} galaxies were read");
    }
    if !asked && count <= Limits::native().galaxies as u64 {
        remark += "; all of them go into a bundle with `grove convert FILE -o galaxies.safetensors`";
    }
    Ok((rows, vec![remark]))
}

/// `wanted` different rows of `count`, ascending.
fn draw(count: usize, wanted: usize) -> Vec<u64> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let drawn = index::sample(&mut random, count, wanted.min(count));
    let mut rows: Vec<u64> = drawn.iter().map(|row| row as u64).collect();
    rows.sort_unstable();
    rows
}

/// A number with commas: 178,000.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::report::question::Answers;

    #[test]
    fn a_sample_is_drawn_asked_for_and_told() {
        let limits = Limits {
            galaxies: 5,
            ..Limits::default()
        };
        let mut answers = Answers::default();
        let mut reading = Reading::new(&limits, &answers);
        assert_eq!(choose(5, &mut reading), Ok(((0..5).collect(), Vec::new())));
        assert!(reading.questions.is_empty());
        let (rows, remarks) = choose(178_000, &mut reading).unwrap();
        // Written down once: the page, the command line and later versions must draw the same.
        assert_eq!(rows.len(), 5);
        assert!(rows.is_sorted() && rows.iter().all(|row| *row < 178_000) && rows != [0, 1, 2, 3, 4]);
        assert!(
            remarks[0].contains("a random sample of 5 (seed 0) of 178,000 galaxies was read"),
            "{remarks:?}"
        );
        assert!(remarks[0].contains("grove convert"), "{remarks:?}");
        assert_eq!(
            reading.questions[0].options,
            ["a random sample of 5 (seed 0)", "the first 5"]
        );
        answers.set(QuestionKey::Sample, "the first 5");
        let (rows, remarks) = choose(178_000, &mut Reading::new(&limits, &answers)).unwrap();
        assert_eq!(rows, [0, 1, 2, 3, 4]);
        assert!(
            remarks[0].starts_with("the first 5 of 178,000 galaxies were read;"),
            "{remarks:?}"
        );
    }

    #[test]
    fn those_who_ask_for_fewer_get_the_first() {
        let limits = Limits {
            take: Some(2),
            ..Limits::default()
        };
        let mut answers = Answers::default();
        let (rows, remarks) = choose(3, &mut Reading::new(&limits, &answers)).unwrap();
        assert_eq!(rows, [0, 1]);
        assert_eq!(remarks, ["the first 2 of 3 galaxies were read"]);
        answers.set(QuestionKey::Sample, "a random sample of 2");
        let (rows, _) = choose(1000, &mut Reading::new(&limits, &answers)).unwrap();
        assert_eq!(rows, draw(1000, 2));
    }

    #[test]
    fn every_draw_is_different_rows() {
        for (count, wanted) in [
            (1, 1),
            (10, 10),
            (300, 200),
            (100_000, 20),
            (600_000, 20_000),
            (7, 0),
        ] {
            let rows = draw(count, wanted);
            assert_eq!(rows.len(), wanted);
            assert!(rows.windows(2).all(|pair| pair[0] < pair[1]), "{count} {wanted}");
        }
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(12), "12");
    }
}

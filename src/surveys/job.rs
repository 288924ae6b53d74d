//! One target on its way to a picture: perhaps a look-up of its name, then the cutout.

use super::famous::{Famous, by_name, by_position};
use super::hips2fits::Cutout;
use super::key::key;
use super::plan::Failure;
use super::request::Address;
use super::size::{Size, field_of};
use super::survey::Survey;
use super::target::{Place, Position, Target};
use crate::refusal::Refusal;
use crate::surveys::hips2fits;
use crate::surveys::sesame;

/// What is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The address; there is nothing else in the request.
    pub url: String,
    /// The same for every try, whichever machine is asked: the name of the answer in a cache.
    pub key: String,
    /// Who is asked, in words.
    pub service: &'static str,
    /// The most bytes that the answer may have.
    pub most: usize,
}

/// What an answer means.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The name has its position now; the picture is next. The sentence, if any, is worth saying.
    Placed(Option<String>),
    /// The picture, as the file that it is.
    Picture(Vec<u8>),
}

/// A target and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// What to call it.
    pub label: String,
    survey: &'static Survey,
    size: Size,
    own: Option<f64>,
    step: Step,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Name(String),
    Cutout(Cutout),
}

impl Job {
    /// A job for a target. What the ready list knows by name needs no look-up.
    ///
    /// # Errors
    /// A [`Refusal`] when it is clear without any request that there will be no picture.
    pub fn new(target: &Target, survey: &'static Survey, size: Size) -> Result<Self, Refusal> {
        let mut job = Self {
            label: target.label.clone(),
            survey,
            size,
            own: target.diameter,
            step: Step::Name(String::new()),
        };
        match &target.place {
            Place::At(position) => job.place(*position, by_position(position))?,
            Place::Name(name) => match by_name(name) {
                Some(listed) => job.place(listed.position, Some(listed))?,
                None => {
                    // A size that is wrong is wrong before the name is known.
                    field_of(size.diameter(job.own, None), survey)?;
                    job.step = Step::Name(name.clone());
                }
            },
        }
        Ok(job)
    }

    fn place(&mut self, position: Position, listed: Option<&Famous>) -> Result<(), Refusal> {
        self.survey.check(&position)?;
        let diameter = self.size.diameter(self.own, listed.map(|galaxy| galaxy.diameter));
        let (field, side) = field_of(diameter, self.survey)?;
        self.step = Step::Cutout(Cutout {
            survey: self.survey,
            position,
            field,
            side,
        });
        Ok(())
    }

    /// The request that is due. Every second try for a picture asks the twin machine.
    pub fn request(&self, address: &Address, attempt: usize) -> Request {
        match &self.step {
            Step::Name(name) => {
                let url = sesame::request(&address.sesame, name);
                Request {
                    key: url.clone(),
                    url,
                    service: "the name resolver Sesame",
                    most: sesame::MAX_BYTES,
                }
            }
            Step::Cutout(cutout) => {
                let [first, twin] = &address.hips2fits;
                Request {
                    url: cutout.request(if attempt.is_multiple_of(2) { first } else { twin }),
                    key: cutout.request(first),
                    service: "hips2fits",
                    most: hips2fits::MAX_BYTES,
                }
            }
        }
    }

    /// Takes in the bytes of a good answer (HTTP 200).
    ///
    /// # Errors
    /// A [`Failure`] when they are not what was asked for, or when there is no such galaxy or no picture of it.
    pub fn answered(&mut self, bytes: Vec<u8>) -> Result<Answer, Failure> {
        match &self.step {
            Step::Name(name) => {
                let found =
                    sesame::parse(name, &String::from_utf8_lossy(&bytes)).map_err(Failure::lasting)?;
                let doubt = found.doubt();
                self.place(found.position, by_position(&found.position))
                    .map_err(Failure::lasting)?;
                Ok(Answer::Placed(doubt))
            }
            Step::Cutout(cutout) => {
                cutout.check(&bytes).map_err(Failure::lasting)?;
                Ok(Answer::Picture(bytes))
            }
        }
    }

    /// The name of the file that the picture becomes.
    pub fn file_name(&self) -> String {
        self.survey.file_name(&self.label)
    }
}

/// The targets, and after them the galaxies of the ready list that are not among them.
pub fn with_listed<'a>(targets: Vec<Target>, listed: impl IntoIterator<Item = &'a Famous>) -> Vec<Target> {
    let known: Vec<String> = targets
        .iter()
        .filter_map(|target| match &target.place {
            Place::Name(name) => by_name(name),
            Place::At(position) => by_position(position),
        })
        .map(|galaxy| key(galaxy.name))
        .collect();
    let more = listed
        .into_iter()
        .filter(|galaxy| !known.contains(&key(galaxy.name)))
        .map(|galaxy| Target {
            label: galaxy.name.to_owned(),
            place: Place::At(galaxy.position),
            diameter: Some(galaxy.diameter),
        });
    targets.into_iter().chain(more).collect()
}

/// How many of the targets are names that must be sent to the name resolver.
pub fn unknown_names(targets: &[Target]) -> usize {
    targets
        .iter()
        .filter(|target| matches!(&target.place, Place::Name(name) if by_name(name).is_none()))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surveys::famous;
    use crate::surveys::positions::read_targets;
    use crate::surveys::survey::SURVEYS;

    const AUTOMATIC: Size = Size::Automatic(2.0);

    fn target(line: &str) -> Target {
        read_targets(line).unwrap()[0].outcome.clone().unwrap()
    }

    fn job(line: &str) -> Job {
        Job::new(&target(line), &SURVEYS[0], AUTOMATIC).unwrap()
    }

    const ANSWER: &str = "<Sesame><Target><Resolver name='S=Simbad'><otype>G</otype><jradeg>345.815</jradeg>\
        <jdedeg>19.3</jdedeg></Resolver></Target></Sesame>";

    #[test]
    fn a_famous_name_needs_one_request_and_another_name_two() {
        let address = Address::default();
        let request = job("messier 51").request(&address, 0);
        assert!(request.url.starts_with(&address.hips2fits[0]), "{request:?}");
        // 2 x 13.71' from the list.
        assert!(request.url.contains("&fov=0.4570000&ra=202.46963"), "{request:?}");

        let mut other = job("UGC 12158");
        let request = other.request(&address, 0);
        assert_eq!(request.url, format!("{}/-oxp/SNV?UGC%2012158", address.sesame));
        assert_eq!(
            other.answered(ANSWER.as_bytes().to_vec()),
            Ok(Answer::Placed(None))
        );
        let request = other.request(&address, 0);
        assert!(
            request
                .url
                .contains("fov=0.0666667&ra=345.8150000&dec=19.3000000"),
            "{request:?}"
        );
        let twin = other.request(&address, 1);
        assert!(twin.url.starts_with(&address.hips2fits[1]), "{twin:?}");
        assert_eq!(twin.key, request.key, "one place in the cache");
        assert_eq!(other.file_name(), "UGC 12158 (SDSS9 r).fits");
    }

    #[test]
    fn what_cannot_be_had_is_refused_before_anything_is_sent() {
        for (line, words) in [
            ("10 -80", "declination -80.0"),
            ("M 51 9d", "540"),
            ("UGC 1 9d", "540"),
        ] {
            let refusal = Job::new(&target(line), &SURVEYS[0], AUTOMATIC).unwrap_err();
            assert!(refusal.reason.contains(words), "{line}: {refusal}");
        }
        assert!(Job::new(&target("M 51"), &SURVEYS[0], Size::Fixed(0.0)).is_err());
    }

    #[test]
    fn a_bad_answer_is_a_lasting_failure() {
        let mut unknown = job("xyzzy");
        let nothing = b"<Sesame><Target><INFO>*** Nothing found ***</INFO></Target></Sesame>".to_vec();
        let failure = unknown.answered(nothing).unwrap_err();
        assert!(
            !failure.retry && failure.refusal.reason.contains("xyzzy"),
            "{failure:?}"
        );
        // The name is in the far south, where SDSS has nothing.
        let south = ANSWER.replace("19.3", "-70");
        let failure = job("south").answered(south.into_bytes()).unwrap_err();
        assert!(
            failure.refusal.reason.contains("declination -70.0"),
            "{failure:?}"
        );
        let failure = job("M 51").answered(b"<html>".to_vec()).unwrap_err();
        assert!(failure.refusal.reason.contains("web page"), "{failure:?}");
        let star = ANSWER.replace("<otype>G<", "<otype>V*<");
        let Ok(Answer::Placed(Some(doubt))) = job("star").answered(star.into_bytes()) else {
            panic!("a star has a position too");
        };
        assert!(doubt.contains("V*"));
    }

    #[test]
    fn the_list_adds_what_is_not_there_yet() {
        let targets = with_listed(vec![target("ngc5194"), target("UGC 1")], famous().iter().take(6));
        let labels: Vec<&str> = targets.iter().map(|target| target.label.as_str()).collect();
        // M 51 is the fifth of the list.
        assert_eq!(
            labels,
            ["ngc5194", "UGC 1", "M 31", "M 32", "M 33", "M 49", "M 58"]
        );
        assert_eq!(unknown_names(&targets), 1);
    }
}

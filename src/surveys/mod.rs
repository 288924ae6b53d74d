//! Pictures of the real sky: from pasted names and positions to the requests that fetch a cutout of each.
//!
//! The module is pure. It reads what was pasted ([`read_targets`]), words the two kinds of request ([`sesame`] gives a name
//! its position, [`hips2fits`] cuts a picture out of a [`Survey`]), understands the answers, and says when which request
//! may be sent ([`Plan`]). It sends nothing: the page does, and only when asked.
//!
//! Both services are those of the Centre de Données astronomiques de Strasbourg (CDS).

mod famous;
pub mod hips2fits;
mod job;
mod key;
mod naming;
mod numbers;
mod plan;
mod positions;
mod request;
pub mod sesame;
mod size;
mod survey;
mod table;
mod target;

pub use self::{
    famous::{CREDIT as FAMOUS_CREDIT, Famous, Kind, by_name, by_position, famous},
    job::{Answer, Job, Request, unknown_names, with_listed},
    plan::{Failure, Outcome, Pace, Plan, Step},
    positions::{MAX_TARGETS, read_targets},
    request::{Address, SERVICES, explain_status, local_address},
    size::{DEFAULT_DIAMETER, Size, field_of},
    survey::{Form, SURVEYS, Survey},
    target::{Line, Place, Position, Target},
};

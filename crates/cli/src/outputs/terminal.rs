//! Words on the standard output.

use std::io::{ErrorKind, Write as _};

/// Prints a line. When nobody reads any more, as behind `head`, the program ends without a complaint.
pub fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = writeln!(out, "{text}")
        && error.kind() == ErrorKind::BrokenPipe
    {
        std::process::exit(0);
    }
}

/// Prints a line as `println!` does, but for a reader that went away; see [`line`].
macro_rules! say {
    ($($words:tt)*) => {
        $crate::outputs::terminal::line(&format!($($words)*))
    };
}
pub(crate) use say;

/// Warns when several galaxies have one id, with what cannot be done then.
pub fn warn_of_repeated_ids(ids: &[i64], consequence: &str) {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        eprintln!("warning: several galaxies have the id {}; {consequence}", pair[0]);
    }
}

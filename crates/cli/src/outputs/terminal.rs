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

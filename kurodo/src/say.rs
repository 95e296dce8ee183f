//! What commands print.

use std::{
    fmt,
    io::{self, Write},
    process,
};

/// Prints a line, as `println!` does; ends the command quietly where nobody reads on, as in `kurodo table | head`.
macro_rules! say {
    ($($what:tt)*) => { $crate::say::line(format_args!($($what)*)) };
}
pub(crate) use say;

pub(crate) fn line(what: fmt::Arguments<'_>) {
    if let Err(error) = writeln!(io::stdout(), "{what}") {
        process::exit(i32::from(error.kind() != io::ErrorKind::BrokenPipe));
    }
}

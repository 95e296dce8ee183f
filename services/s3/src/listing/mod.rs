//! Lists of keys, a page at a time.

mod encoding;
mod token;
mod versions;
mod walk;

pub(crate) use encoding::Encoding;
pub(crate) use token::Token;
pub(crate) use versions::{Version, walk_versions};
pub(crate) use walk::{Ask, Item, Start, behind, walk};

use crate::{Error, limits};

/// The length of a page, from what the client asks for.
pub(crate) fn page_length(name: &'static str, asked: Option<i32>) -> Result<usize, Error> {
    let Some(asked) = asked else { return Ok(limits::PAGE) };
    let message = format!("Argument {name} must be an integer between 0 and 2147483647");
    let asked = usize::try_from(asked).map_err(|_| Error::argument(name, asked, message))?;
    Ok(asked.min(limits::PAGE))
}

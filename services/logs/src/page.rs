//! Pages of answers. A token is the name that the page before ended with; it proves nothing and opens nothing.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};

use crate::Error;

/// How many things a page has: as many as are asked for, or this many.
pub(crate) fn limit(given: Option<i32>, usual: usize) -> usize {
    given.and_then(|given| usize::try_from(given).ok()).unwrap_or(usual)
}

/// The token after this name.
pub(crate) fn token(name: &str) -> String {
    BASE64.encode(name)
}

/// The name that a token stands for.
pub(crate) fn after(token: Option<&str>) -> Result<Option<String>, Error> {
    let invalid = || Error::invalid("The specified nextToken is invalid.");
    let name = |token: &str| String::from_utf8(BASE64.decode(token).ok()?).ok();
    token.map(|token| name(token).ok_or_else(invalid)).transpose()
}

/// The first things that come after the token's, and the token of the next page. The things are in order of the names.
pub(crate) fn cut<T>(
    mut things: Vec<T>,
    token: Option<&str>,
    limit: usize,
    name: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), Error> {
    if let Some(after) = after(token)? {
        let seen = things.iter().position(|thing| name(thing) > after).unwrap_or(things.len());
        things.drain(..seen);
    }
    let more = things.len() > limit;
    things.truncate(limit);
    let next = things.last().filter(|_| more).map(|last| self::token(&name(last)));
    Ok((things, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other() {
        let all = || vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let (first, next) = cut(all(), None, 2, Clone::clone).unwrap();
        assert_eq!(first, ["a", "b"]);
        let (second, next) = cut(all(), next.as_deref(), 2, Clone::clone).unwrap();
        assert_eq!((second, next), (vec!["c".to_owned()], None));
        assert!(cut(all(), Some("?"), 2, Clone::clone).is_err());
    }
}

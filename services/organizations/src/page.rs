//! Answers in pages: `MaxResults` and `NextToken`.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::{Error, model::InvalidInputExceptionReason};

/// Items on a page when the request does not say how many.
const USUAL: usize = 20;
/// Bytes of a token that tell whether it is one of this operation.
const CHECK: usize = 8;

/// One page.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Where the next page starts, if there is one.
    pub(crate) next: Option<String>,
}

/// The page of an operation's items that is asked for; the items come with their places, and are brought in
/// the order of these.
///
/// # Errors
/// [`Error::Invalid`] for a token that the operation did not give out.
pub(crate) fn cut<T>(
    operation: &'static str,
    mut items: Vec<(String, T)>,
    token: Option<&String>,
    most: Option<i32>,
) -> Result<Page<T>, Error> {
    let after = token.map(|token| open(operation, token).ok_or_else(invalid)).transpose()?;
    let limit = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(USUAL).max(1);
    items.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut rest =
        items.into_iter().skip_while(|(place, _)| after.as_ref().is_some_and(|after| place <= after));

    let mut page = Page { items: Vec::new(), next: None };
    let mut last = String::new();
    for (place, item) in rest.by_ref().take(limit) {
        page.items.push(item);
        last = place;
    }
    page.next = rest.next().is_some().then(|| seal(operation, &last));
    Ok(page)
}

fn invalid() -> Error {
    Error::Invalid(InvalidInputExceptionReason::InvalidNextToken, "You specified an invalid next token.")
}

fn seal(operation: &str, place: &str) -> String {
    let mut token = check(operation, place);
    token.extend_from_slice(place.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(token)
}

fn open(operation: &str, token: &str) -> Option<String> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    let (mark, place) = bytes.split_at_checked(CHECK)?;
    let place = std::str::from_utf8(place).ok()?;
    (mark == check(operation, place)).then(|| place.to_owned())
}

fn check(operation: &str, place: &str) -> Vec<u8> {
    let text = format!("{operation}\0{place}");
    digest(&SHA256, text.as_bytes()).as_ref().iter().take(CHECK).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Vec<(String, char)> {
        ['d', 'a', 'c', 'e', 'b'].map(|item| (item.to_string(), item)).into()
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_overlap() {
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let page = cut("List", items(), token.as_ref(), Some(2)).unwrap();
            seen.extend(page.items);
            match page.next {
                Some(next) => token = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, ['a', 'b', 'c', 'd', 'e']);
        assert_eq!(cut("List", items(), None, Some(5)).unwrap().next, None);
    }

    #[test]
    fn tokens_of_others_and_made_up_ones_are_refused() {
        let token = cut("List", items(), None, Some(1)).unwrap().next.unwrap();
        assert!(cut("Other", items(), Some(&token), None).is_err());
        for made_up in ["", "AA", "bob", "!", &token[1..]] {
            let refused = cut("List", items(), Some(&made_up.to_owned()), None).unwrap_err();
            assert_eq!(refused.code(), Some("InvalidInputException"), "{made_up}");
        }
    }
}

//! Answers in pages: `MaxItems`, `Marker` and `IsTruncated`.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use kurodo_arn::AccountId;

use crate::Error;

/// Items on a page when the request does not say how many.
const USUAL: usize = 100;
/// Bytes of a marker that tell whether it is one of this operation and account.
const CHECK: usize = 8;

/// Which page is asked for.
#[derive(Debug)]
pub(crate) struct Paging {
    operation: &'static str,
    account: AccountId,
    after: Option<String>,
    limit: usize,
}

/// One page.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Where the next page starts, if there is one.
    pub(crate) marker: Option<String>,
}

impl<T> Page<T> {
    /// The value of `IsTruncated`.
    pub(crate) fn truncated(&self) -> Option<bool> {
        Some(self.marker.is_some())
    }
}

impl Paging {
    /// Reads `Marker` and `MaxItems`; only a marker that this operation gave out in this account is taken.
    pub(crate) fn read(
        operation: &'static str,
        account: AccountId,
        marker: Option<&String>,
        most: Option<i32>,
    ) -> Result<Self, Error> {
        let limit = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(USUAL).max(1);
        let mut paging = Self { operation, account, after: None, limit };
        if let Some(marker) = marker {
            let position =
                paging.open(marker).ok_or_else(|| Error::Validation("Invalid Marker.".to_owned()))?;
            paging.after = Some(position);
        }
        Ok(paging)
    }

    /// The place of the last item of the page before.
    pub(crate) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// The page of these items, which come with their places, in the order of their places.
    pub(crate) fn cut<T>(
        &self,
        items: impl IntoIterator<Item = Result<(String, T), Error>>,
    ) -> Result<Page<T>, Error> {
        let mut page = Page { items: Vec::new(), marker: None };
        let mut last = None;
        for item in items {
            let (place, item) = item?;
            if self.after().is_some_and(|after| *place <= *after) {
                continue;
            }
            if page.items.len() == self.limit {
                page.marker = last.map(|last: String| self.seal(&last));
                break;
            }
            page.items.push(item);
            last = Some(place);
        }
        Ok(page)
    }

    /// The page of these items, brought in the order of their places.
    pub(crate) fn sort<T>(&self, mut items: Vec<(String, T)>) -> Result<Page<T>, Error> {
        items.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.cut(items.into_iter().map(Ok))
    }

    fn seal(&self, place: &str) -> String {
        let mut marker = self.check(place);
        marker.extend_from_slice(place.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(marker)
    }

    fn open(&self, marker: &str) -> Option<String> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(marker).ok()?;
        let (check, place) = bytes.split_at_checked(CHECK)?;
        let place = std::str::from_utf8(place).ok()?;
        (check == self.check(place)).then(|| place.to_owned())
    }

    fn check(&self, place: &str) -> Vec<u8> {
        let text = format!("{}\0{}\0{place}", self.operation, self.account);
        digest(&SHA256, text.as_bytes()).as_ref().iter().take(CHECK).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(value: u64) -> AccountId {
        AccountId::new(value).unwrap()
    }

    fn paging(marker: Option<&String>, most: i32) -> Result<Paging, Error> {
        Paging::read("ListUsers", account(7), marker, Some(most))
    }

    fn places(names: &[&str]) -> Vec<(String, String)> {
        names.iter().map(|&name| (name.to_owned(), name.to_uppercase())).collect()
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_overlap() {
        let all = places(&["d", "a", "c", "e", "b"]);
        let mut marker = None;
        let mut seen = Vec::new();
        for _ in 0..3 {
            let page = paging(marker.as_ref(), 2).unwrap().sort(all.clone()).unwrap();
            seen.extend(page.items);
            marker = page.marker;
        }
        assert_eq!(seen, ["A", "B", "C", "D", "E"]);
        assert_eq!(marker, None);
    }

    #[test]
    fn a_full_last_page_has_no_marker() {
        let page = paging(None, 2).unwrap().sort(places(&["a", "b"])).unwrap();
        assert_eq!((page.items.len(), page.truncated()), (2, Some(false)));
    }

    #[test]
    fn an_item_that_is_gone_does_not_lose_the_place() {
        let first = paging(None, 2).unwrap().sort(places(&["a", "b", "c"])).unwrap();
        let rest = paging(first.marker.as_ref(), 2).unwrap().sort(places(&["a", "c"])).unwrap();
        assert_eq!(rest.items, ["C"]);
    }

    #[test]
    fn markers_of_others_and_made_up_ones_are_refused() {
        let page = paging(None, 1).unwrap().sort(places(&["a", "b"])).unwrap();
        let marker = page.marker.unwrap();
        assert!(paging(Some(&marker), 1).is_ok());
        for (operation, id) in [("ListRoles", 7), ("ListUsers", 8)] {
            assert!(Paging::read(operation, account(id), Some(&marker), None).is_err());
        }
        for made_up in ["", "AA", "bob", "!", &marker[1..], &format!("{marker}AAAA")] {
            let refused = paging(Some(&made_up.to_owned()), 1).unwrap_err();
            assert_eq!(refused.code(), Some(("ValidationError", 400)), "{made_up}");
        }
    }
}

//! Lists, a page at a time. A marker is what the page before ended with.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::Error;

/// A page of a list.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// The items behind a marker, as many as are asked for; all are in the order of their names.
    pub(crate) fn of(
        all: impl IntoIterator<Item = (String, T)>,
        marker: Option<&str>,
        limit: Option<i32>,
        usual: usize,
    ) -> Result<Self, Error> {
        let after = marker.map(read).transpose()?;
        let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usual);
        let behind = |name: &String| after.as_ref().is_none_or(|after| name > after);
        let mut rest = all.into_iter().filter(|(name, _)| behind(name)).peekable();
        let (mut items, mut last) = (Vec::new(), None);
        while items.len() < limit
            && let Some((name, item)) = rest.next()
        {
            items.push(item);
            last = Some(name);
        }
        let more = rest.peek().is_some();
        Ok(Self { items, next: last.filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(last)) })
    }

    pub(crate) fn truncated(&self) -> bool {
        self.next.is_some()
    }
}

fn read(marker: &str) -> Result<String, Error> {
    let bytes = URL_SAFE_NO_PAD.decode(marker).map_err(|_| Error::InvalidMarker)?;
    String::from_utf8(bytes).map_err(|_| Error::InvalidMarker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another() {
        let all = || ["a", "b", "c"].map(|name| (name.to_owned(), name));
        let first = Page::of(all(), None, Some(2), 50).unwrap();
        assert_eq!(first.items, ["a", "b"]);
        let second = Page::of(all(), first.next.as_deref(), Some(2), 50).unwrap();
        assert_eq!((second.items, second.next), (vec!["c"], None));
        assert!(Page::of(all(), Some("!"), None, 50).is_err());
    }
}

//! Tokens with which the pages of a statement go on.
//!
//! A token tells where a page ended, which may be an item that the caller must not see: it is sealed, and opens only
//! for the account and the statement that it was made for.
//!
//! Source: DynamoDB API Reference, ExecuteStatement, NextToken.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use kurodo_arn::AccountId;
use kurodo_keys::{KeyError, Sealer};

use super::Digest;
use crate::{
    Error,
    attribute::{Damaged, Item, decode, encode},
};

/// What tokens are authenticated as.
const TOKEN: &[u8] = b"partiql-next-token";
/// How long a token can be used, in milliseconds.
const VALID: i64 = 24 * 60 * 60 * 1000;

/// Where a page ended: in which of the statement's reads, and after which item of it.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Mark {
    pub(crate) read: usize,
    /// The item's keys; `None` for the beginning of the read.
    pub(crate) last: Option<Item>,
}

/// The request that a page is of.
pub(crate) struct Page<'p> {
    pub(crate) sealer: &'p Sealer,
    pub(crate) account: AccountId,
    pub(crate) statement: Digest,
    /// In milliseconds since 1970.
    pub(crate) now: i64,
}

impl Page<'_> {
    /// The token for this mark.
    pub(crate) fn seal(&self, mark: &Mark) -> Result<String, Error> {
        let read = u64::try_from(mark.read).unwrap_or_default();
        let mut plain = self.account.value().to_be_bytes().to_vec();
        plain.extend(self.statement.bytes());
        plain.extend(self.now.saturating_add(VALID).to_be_bytes());
        plain.extend(read.to_be_bytes());
        if let Some(last) = &mark.last {
            plain.extend(encode(last));
        }
        match self.sealer.seal_random(TOKEN, &plain) {
            Ok(sealed) => Ok(BASE64.encode(sealed)),
            Err(KeyError::Random) => Err(Error::Random),
            Err(_) => Err(Error::validation("Invalid NextToken")),
        }
    }

    /// The mark of this token.
    pub(crate) fn open(&self, token: &str) -> Result<Mark, Error> {
        let sealed = BASE64.decode(token).ok();
        let plain = sealed.and_then(|sealed| self.sealer.open_random(TOKEN, &sealed).ok());
        let told =
            plain.as_deref().and_then(Told::read).ok_or_else(|| Error::validation("Invalid NextToken"))?;
        match () {
            () if told.account != self.account.value() => {
                Err(Error::validation("Given NextToken is invalid for this account"))
            }
            () if told.statement != *self.statement.bytes() => {
                Err(Error::validation("NextToken does not match request"))
            }
            () if told.until < self.now => Err(Error::validation("Given NextToken has already expired")),
            () => Ok(told.mark()?),
        }
    }
}

/// What a token tells.
struct Told<'t> {
    account: u64,
    statement: [u8; 32],
    /// Until when it can be used, in milliseconds since 1970.
    until: i64,
    read: u64,
    /// The record of the last item; empty where there is none.
    last: &'t [u8],
}

impl<'t> Told<'t> {
    fn read(plain: &'t [u8]) -> Option<Self> {
        let (account, rest) = plain.split_first_chunk()?;
        let (statement, rest) = rest.split_first_chunk()?;
        let (until, rest) = rest.split_first_chunk()?;
        let (read, last) = rest.split_first_chunk()?;
        Some(Self {
            account: u64::from_be_bytes(*account),
            statement: *statement,
            until: i64::from_be_bytes(*until),
            read: u64::from_be_bytes(*read),
            last,
        })
    }

    fn mark(&self) -> Result<Mark, Damaged> {
        let last = Bytes::copy_from_slice(self.last);
        let last = if last.is_empty() { None } else { Some(decode(&last)?) };
        Ok(Mark { read: usize::try_from(self.read).unwrap_or(usize::MAX), last })
    }
}

#[cfg(test)]
mod tests {
    use kurodo_keys::SecretKey;

    use super::*;
    use crate::attribute::Attribute;

    fn page<'s>(sealer: &'s Sealer, account: u64, statement: &str, now: i64) -> Page<'s> {
        let account = AccountId::new(account).unwrap();
        Page { sealer, account, statement: Digest::of(statement), now }
    }

    #[test]
    fn a_token_goes_on_where_it_was_made_and_nowhere_else() {
        let sealer = Sealer::new(&SecretKey::from_bytes([7; 32]));
        let last = Item::from([("secret".to_owned(), Attribute::String("hidden".to_owned()))]);
        for mark in [Mark { read: 3, last: Some(last) }, Mark { read: 1, last: None }] {
            let token = page(&sealer, 7, "a", 0).seal(&mark).unwrap();
            assert!(!String::from_utf8_lossy(&BASE64.decode(&token).unwrap()).contains("hidden"));
            assert_eq!(page(&sealer, 7, "a", VALID).open(&token).unwrap(), mark);
            let said = |page: Page<'_>, token: &str| page.open(token).unwrap_err().to_string();
            assert_eq!(said(page(&sealer, 8, "a", 0), &token), "Given NextToken is invalid for this account");
            assert_eq!(said(page(&sealer, 7, "b", 0), &token), "NextToken does not match request");
            assert_eq!(said(page(&sealer, 7, "a", VALID + 1), &token), "Given NextToken has already expired");
            for made_up in ["", "AAAA", "!", &token[4..]] {
                assert_eq!(said(page(&sealer, 7, "a", 0), made_up), "Invalid NextToken");
            }
        }
    }
}

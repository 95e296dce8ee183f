//! Tokens of transactions: one that comes again is not done again.
//!
//! Source: DynamoDB API Reference, TransactWriteItems, ClientRequestToken.

use aws_lc_rs::digest::{SHA256, digest};
use kurodo_arn::AccountId;
use kurodo_store::{Reader, Scan, Transaction};

use crate::{Error, layout};

/// How long a token is remembered, in milliseconds.
const REMEMBERED: i64 = 10 * 60 * 1000;
/// How many forgotten tokens a transaction sweeps away.
const SWEPT: usize = 8;

/// What a request asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// The digest of what describes a request in full.
    pub(crate) fn of(description: &str) -> Self {
        let found = digest(&SHA256, description.as_bytes());
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(found.as_ref()).for_each(|(to, from)| *to = *from);
        Self(bytes)
    }

    /// Its bytes.
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A transaction's token, with what it stands for.
pub(crate) struct Tokens<'t> {
    pub(crate) account: AccountId,
    pub(crate) token: &'t str,
    pub(crate) digest: Digest,
    /// In milliseconds since 1970.
    pub(crate) now: i64,
}

impl Tokens<'_> {
    /// Whether the transaction was done already.
    pub(crate) fn is_done(&self, reader: &Reader<'_>) -> Result<bool, Error> {
        let Some(record) = reader.get(layout::token(self.account, self.token))? else { return Ok(false) };
        let Some((until, digest)) = record.value.split_first_chunk::<8>() else { return Ok(false) };
        if i64::from_be_bytes(*until) < self.now {
            return Ok(false);
        }
        if digest == self.digest.0 {
            return Ok(true);
        }
        Err(Error::IdempotentParameterMismatch(
            "The provided idempotent token has been used with different parameters".to_owned(),
        ))
    }

    /// Adds to a transaction that it was done, if nobody else did it, and forgets some old ones.
    pub(crate) fn remember(
        &self,
        reader: &Reader<'_>,
        transaction: &mut Transaction<'_>,
    ) -> Result<(), Error> {
        let key = layout::token(self.account, self.token);
        match reader.get(&key)? {
            Some(record) => transaction.expect_version(&key, record.version),
            None => transaction.expect_absent(&key),
        };
        let until = self.now.saturating_add(REMEMBERED);
        self.sweep(reader, transaction)?;
        transaction.put(&key, [&until.to_be_bytes()[..], &self.digest.0].concat());
        transaction.put(layout::expiry(until, &key), key.to_vec());
        Ok(())
    }

    /// Forgets some tokens whose time is over.
    fn sweep(&self, reader: &Reader<'_>, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        for record in reader.scan(&Scan::within(layout::expiries()).limit(SWEPT))? {
            let until = layout::expires(&record.key).unwrap_or(i64::MAX);
            if until >= self.now {
                break;
            }
            transaction.delete(&record.key);
            // A token that was used again since is not forgotten yet.
            let known = reader.get(&record.value)?;
            if known.is_some_and(|known| known.value.first_chunk() == Some(&until.to_be_bytes())) {
                transaction.delete(&record.value);
            }
        }
        Ok(())
    }
}

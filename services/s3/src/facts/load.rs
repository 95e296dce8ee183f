use std::sync::Arc;

use bytes::Bytes;
use kurodo_gateway::Find;
use kurodo_keys::{KeyWrap, SecretKey, WrappedKey};
use kurodo_policy::{Attached, Kind, Policy, is_public};
use kurodo_store::{Reader, Scan};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{BucketFacts, BucketPolicy};
use crate::{
    Error, S3,
    layout::{self, Setting},
    records::{Damaged, Identity, Ownership},
};

impl S3 {
    /// The facts of this bucket; `None` where there is none.
    pub(crate) fn bucket_facts(find: &Find<'_, Self>, name: &str) -> Result<Option<Arc<BucketFacts>>, Error> {
        let service = find.service;
        // The generation comes first: what is read after it is not older, and may be kept under it.
        let generation = service.generation();
        let older = match service.buckets.latest(name) {
            Some((facts, read)) if read == generation => return Ok(Some(facts)),
            known => known.map(|(facts, _)| facts),
        };
        let facts = service.read_bucket(&find.stored(), name, older.as_deref())?.map(Arc::new);
        match &facts {
            Some(facts) => service.buckets.keep(&facts.name, generation, facts),
            None => service.buckets.forget(name),
        }
        Ok(facts)
    }

    /// The facts of this bucket, to who reads everything already, as it was a moment ago: nothing of it is kept.
    pub(crate) fn facts_of(
        &self,
        stored: &Reader<'_>,
        name: &str,
    ) -> Result<Option<Arc<BucketFacts>>, Error> {
        match self.buckets.latest(name) {
            Some((facts, read)) if read == self.generation() => Ok(Some(facts)),
            known => {
                let older = known.map(|(facts, _)| facts);
                Ok(self.read_bucket(stored, name, older.as_deref())?.map(Arc::new))
            }
        }
    }

    /// How often what facts are read from has changed. Each of the parts only grows, so that the sum tells whether one did.
    fn generation(&self) -> u64 {
        let namespaces = [layout::BUCKETS, self.accounts.namespace, self.points.namespace];
        namespaces.map(|namespace| self.store.generation(namespace)).iter().sum()
    }

    fn read_bucket(
        &self,
        reader: &Reader<'_>,
        name: &str,
        older: Option<&BucketFacts>,
    ) -> Result<Option<BucketFacts>, Error> {
        let prefix = layout::bucket(name);
        let identity = [prefix.as_ref(), &Setting::Identity.key()].concat();
        let (Some(found), exists) = reader.fact(identity)? else { return Ok(None) };
        let fact =
            |setting: Setting| reader.fact([prefix.as_ref(), &setting.key()].concat()).map(|(_, fact)| fact);
        let (versioned, blocked) = (fact(Setting::Versioning)?, fact(Setting::PublicAccessBlock)?);
        let identity: Identity = json(&found.value, "bucket")?;
        let account = identity.account()?;
        let (account_block, account_blocked) = (self.accounts.of)(reader, account)?;
        let records = reader.scan(&Scan::within(&prefix))?;
        let setting = |setting: Setting| {
            let own = |key: &Bytes| key.get(prefix.len()..) == Some(&setting.key());
            records.iter().find(|record| own(&record.key)).map(|record| &record.value)
        };
        let ownership = optional(setting(Setting::Ownership), "ownership controls")?;
        Ok(Some(BucketFacts {
            name: name.to_owned(),
            id: identity.id,
            account,
            account_block,
            blocked: [blocked, account_blocked],
            key: Arc::new(self.bucket_key(&identity)?),
            owner: identity.owner,
            region: identity.region,
            exists,
            policy: policy(name, setting(Setting::Policy), ownership, older)?,
            acl: optional(setting(Setting::Acl), "access control list")?,
            ownership,
            block_public: optional(setting(Setting::PublicAccessBlock), "public access block")?,
            encryption: optional(setting(Setting::Encryption), "default encryption")?.unwrap_or_default(),
            tags: optional(setting(Setting::Tags), "tag set")?.unwrap_or_default(),
            cors: optional(setting(Setting::Cors), "CORS configuration")?,
            requester_pays: optional(setting(Setting::RequestPayment), "request payment")?
                .unwrap_or_default(),
            versioning: optional(setting(Setting::Versioning), "versioning")?.unwrap_or_default(),
            versioned,
            lifecycle: optional(setting(Setting::Lifecycle), "lifecycle configuration")?,
            replication: optional(setting(Setting::Replication), "replication configuration")?,
            inventories: optional(setting(Setting::Inventory), "inventory configurations")?
                .unwrap_or_default(),
            logging: optional(setting(Setting::Logging), "logging status")?,
            object_lock: optional(setting(Setting::ObjectLock), "object lock configuration")?,
            attached: (self.points.of_bucket)(reader, name, account)?,
            gate: None,
        }))
    }

    /// The bucket's key, which its account's keyring wraps.
    fn bucket_key(&self, identity: &Identity) -> Result<SecretKey, Error> {
        let keyring = self.keys.find(identity.account()?)?.ok_or(Damaged("account's keyring"))?;
        let wrapped = WrappedKey::from_bytes(&identity.key)?;
        Ok(keyring.unwrap(&wrapped, identity.id.bytes())?)
    }
}

fn optional<T: DeserializeOwned>(record: Option<&Bytes>, what: &'static str) -> Result<Option<T>, Damaged> {
    record.map(|record| json(record, what)).transpose()
}

fn json<T: DeserializeOwned>(record: &Bytes, what: &'static str) -> Result<T, Damaged> {
    serde_json::from_slice(record).map_err(|_| Damaged(what))
}

/// Compiles the policy, or takes over the compiled one where the text is the same.
fn policy(
    bucket: &str,
    record: Option<&Bytes>,
    ownership: Option<Ownership>,
    older: Option<&BucketFacts>,
) -> Result<Option<BucketPolicy>, Damaged> {
    const WHAT: Damaged = Damaged("bucket policy");
    let Some(record) = record else { return Ok(None) };
    let text = std::str::from_utf8(record).map_err(|_| WHAT)?;
    let compile = |text: &str| {
        let policy = Policy::parse(text, Kind::Resource).map_err(|_| WHAT)?;
        Ok(Arc::new(Attached { name: format!("bucket-policy:{bucket}"), policy: Arc::new(policy) }))
    };
    let same = older.and_then(|facts| facts.policy.as_ref()).filter(|old| old.whole.policy.source() == text);
    let whole = match same {
        Some(old) => Arc::clone(&old.whole),
        None => compile(text)?,
    };
    let denials = match ownership {
        Some(Ownership::Enforced) => None,
        _ => denials(text).map(|text| compile(&text)).transpose()?,
    };
    let public = is_public(&whole.policy);
    Ok(Some(BucketPolicy { whole, denials, public }))
}

/// The policy without what it allows; `None` where it denies nothing.
fn denials(text: &str) -> Option<String> {
    let mut document: Value = serde_json::from_str(text).ok()?;
    let statements = document.get_mut("Statement")?;
    if !statements.is_array() {
        *statements = Value::Array(vec![statements.take()]);
    }
    let statements = statements.as_array_mut()?;
    statements.retain(|statement| statement.get("Effect").and_then(Value::as_str) == Some("Deny"));
    (!statements.is_empty()).then(|| document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_leave_out_what_is_allowed() {
        let both = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Sid":"a"},{"Effect":"Deny","Sid":"d"}]}"#;
        let left = denials(both).unwrap();
        assert!(left.contains("\"d\"") && !left.contains("\"a\""));
        assert_eq!(denials(r#"{"Statement":{"Effect":"Allow"}}"#), None);
        assert!(denials(r#"{"Statement":{"Effect":"Deny"}}"#).is_some());
    }
}

//! Grants of a key.

use kurodo_gateway::Handler;
use kurodo_store::{KeyBuilder, KeyParser, Scan};

use super::{Answer, Asked, changed, wet};
use crate::{
    Error, Kms,
    cipher::random,
    grant::{Grant, Party, Token},
    model::{
        CreateGrantOutput, KeyUsageType, ListGrantsOutput, ListRetirableGrantsOutput, RetireGrantOutput,
        RevokeGrantOutput, op,
    },
    names::hex,
    needs,
    pages::Page,
    resources::Key,
};

/// The most grants of a key.
///
/// Source: KMS Developer Guide, "Resource quotas".
const MOST: usize = 50_000;

fn place(id: &str) -> kurodo_store::Key {
    KeyBuilder::relative().part(id).build()
}

fn missing(id: &str) -> Error {
    Error::NotFound(format!("Grant ID {id} not found"))
}

impl Handler<op::CreateGrant> for Kms {
    async fn handle(&self, asked: Asked<'_, op::CreateGrant>) -> Answer<op::CreateGrant> {
        let (permit, input, now) = (&asked.permits, &asked.input, asked.call.now_ms);
        let key = permit.resource();
        let found = key.enabled()?;
        let grant = self.drafted(key, input, asked.call.account().ok_or(Error::Unsigned)?, now)?;
        let token = |id: &str| {
            let (account, key, grant) = (key.account, key.id.clone(), id.to_owned());
            Token { account, key, grant }.write()
        };
        wet(input.dry_run)?;
        // The same grant of the same name is made once.
        let known = found.grants.iter().find(|known| grant.name.is_some() && known.is_like(&grant));
        if let Some(known) = known {
            return Ok(CreateGrantOutput {
                grant_token: Some(token(&known.id)),
                grant_id: Some(known.id.clone()),
            }
            .into());
        }
        if found.grants.len() >= MOST {
            return Err(Error::LimitExceeded(format!("Limit for grants exceeded for key {}", key.called())));
        }
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(found.current.as_ref().ok_or(Error::Changed)?);
        transaction.in_annex(permit).put(place(&grant.id), grant.record()?);
        changed(transaction.commit().await)?;
        Ok(CreateGrantOutput { grant_token: Some(token(&grant.id)), grant_id: Some(grant.id) }.into())
    }
}

impl Kms {
    /// The grant that is asked for.
    fn drafted(
        &self,
        key: &Key,
        input: &crate::model::CreateGrantInput,
        issuer: kurodo_arn::AccountId,
        now: i64,
    ) -> Result<Grant, Error> {
        let draft = needs::draft(input)?;
        let usage = key.existing()?.key.usage()?;
        let macs = usage == KeyUsageType::GenerateVerifyMac;
        const EITHER: [&str; 3] = ["CreateGrant", "DescribeKey", "RetireGrant"];
        const MACS: [&str; 2] = ["GenerateMac", "VerifyMac"];
        const CIPHERS: [&str; 6] = [
            "Decrypt",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "ReEncryptFrom",
            "ReEncryptTo",
        ];
        let fits = |operation: &String| {
            let operation = operation.as_str();
            let own = if macs { MACS.contains(&operation) } else { CIPHERS.contains(&operation) };
            own || EITHER.contains(&operation)
        };
        if let Some(wrong) = draft.operations.iter().find(|operation| !fits(operation)) {
            return Err(Error::Validation(format!(
                "The operation {wrong} is not supported for keys with key usage {usage}."
            )));
        }
        if macs && draft.constraint.is_some() {
            return Err(Error::Validation(
                "Encryption context constraints are for symmetric encryption keys.".to_owned(),
            ));
        }
        let grantee = input.grantee_principal.as_deref();
        let grantee =
            grantee.ok_or_else(|| Error::Validation("GranteePrincipal must not be null".to_owned()))?;
        let party = |arn: &str| Party::asked(&self.principals, arn, key.occasion().via());
        let grantee = party(grantee)?;
        let mut grant = Grant::new(hex(&random::<32>()?), grantee, draft, now, issuer);
        grant.retiring = input.retiring_principal.as_deref().map(party).transpose()?;
        grant.name = input.name.clone();
        Ok(grant)
    }
}

impl Handler<op::ListGrants> for Kms {
    async fn handle(&self, asked: Asked<'_, op::ListGrants>) -> Answer<op::ListGrants> {
        let (key, input) = (asked.permits.resource(), &asked.input);
        let wanted = |grant: &&Grant| {
            let of = input.grantee_principal.as_ref().is_none_or(|arn| grant.grantee.arn == *arn);
            of && input.grant_id.as_ref().is_none_or(|id| grant.id == *id)
        };
        let found: Vec<&Grant> = key.existing()?.grants.iter().filter(wanted).collect();
        if let Some(id) = input.grant_id.as_ref().filter(|_| found.is_empty()) {
            return Err(missing(id));
        }
        let listed =
            found.into_iter().map(|grant| (grant.id.clone(), grant.view(key.account, &key.region, &key.id)));
        let page = Page::of(listed, input.marker.as_deref(), input.limit, 50)?;
        let truncated = Some(page.truncated());
        Ok(ListGrantsOutput { grants: Some(page.items), next_marker: page.next, truncated }.into())
    }
}

impl Handler<op::ListRetirableGrants> for Kms {
    async fn handle(&self, asked: Asked<'_, op::ListRetirableGrants>) -> Answer<op::ListRetirableGrants> {
        let (permit, input) = (&asked.permits, &asked.input);
        let all = permit.resource();
        let retiring = input.retiring_principal.as_ref();
        let retiring =
            retiring.ok_or_else(|| Error::Validation("RetiringPrincipal must not be null".to_owned()))?;
        let mut found = Vec::new();
        for record in self.store.read(permit).scan(&Scan::default())? {
            let key = KeyParser::new(&record.key).text().map_err(|_| Error::Damaged)?.into_owned();
            let grant = Grant::read(&record.value)?;
            if grant.retiring.as_ref().is_some_and(|party| party.arn == *retiring) {
                found.push((format!("{key}/{}", grant.id), grant.view(all.account, &all.region, &key)));
            }
        }
        let page = Page::of(found, input.marker.as_deref(), input.limit, 50)?;
        let truncated = Some(page.truncated());
        Ok(ListRetirableGrantsOutput { grants: Some(page.items), next_marker: page.next, truncated }.into())
    }
}

impl Handler<op::RevokeGrant> for Kms {
    async fn handle(&self, asked: Asked<'_, op::RevokeGrant>) -> Answer<op::RevokeGrant> {
        let (permit, input) = (&asked.permits, &asked.input);
        known(permit.resource(), &input.grant_id)?;
        wet(input.dry_run)?;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.in_annex(permit).delete(place(&input.grant_id));
        transaction.commit().await?;
        Ok(RevokeGrantOutput {}.into())
    }
}

impl Handler<op::RetireGrant> for Kms {
    async fn handle(&self, asked: Asked<'_, op::RetireGrant>) -> Answer<op::RetireGrant> {
        let (permit, input) = (&asked.permits, &asked.input);
        let id = input.grant_id.as_deref().unwrap_or_default();
        known(permit.resource(), id)?;
        wet(input.dry_run)?;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.in_annex(permit).delete(place(id));
        transaction.commit().await?;
        Ok(RetireGrantOutput {}.into())
    }
}

fn known(key: &Key, id: &str) -> Result<(), Error> {
    match key.existing()?.grants.iter().any(|grant| grant.id == id) {
        true => Ok(()),
        false => Err(missing(id)),
    }
}

//! Aliases: names for keys.

use kurodo_gateway::Handler;
use kurodo_store::{Expectation, Scan};

use super::{Answer, Asked, changed};
use crate::{
    Error, Kms, alias,
    alias::Alias,
    model::{CreateAliasOutput, DeleteAliasOutput, KeyState, ListAliasesOutput, UpdateAliasOutput, op},
    names::{Name, alias_arn},
    pages::Page,
    resources::Key,
};

/// That an alias may name the key.
fn nameable(key: &Key) -> Result<(), Error> {
    match key.existing()?.key.state() {
        KeyState::PendingDeletion => {
            Err(Error::InvalidState(format!("{} is pending deletion.", key.called())))
        }
        _ => Ok(()),
    }
}

impl Handler<op::CreateAlias> for Kms {
    async fn handle(&self, asked: Asked<'_, op::CreateAlias>) -> Answer<op::CreateAlias> {
        let ((permit, of), now) = (&asked.permits, asked.call.now_ms);
        let (alias, key) = (permit.resource(), of.resource());
        own(alias.account, key)?;
        nameable(key)?;
        let arn = alias_arn(alias.account, &alias.region, &alias.name);
        let exists = || Error::AlreadyExists(format!("An alias with the name {arn} already exists"));
        let record = Alias { key: key.id.clone(), created: now, updated: now }.record()?;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_absent([]).put([], record);
        match transaction.commit().await {
            Err(error) if error.conflict().is_some_and(|c| c.expectation == Expectation::Absent) => {
                Err(exists())
            }
            Err(error) => Err(error.into()),
            Ok(_) => Ok(CreateAliasOutput {}.into()),
        }
    }
}

/// An alias names a key of its own account.
fn own(account: kurodo_arn::AccountId, key: &Key) -> Result<(), Error> {
    match key.account == account {
        true => Ok(()),
        false => Err(Error::Validation("Aliases must refer to keys of the same account.".to_owned())),
    }
}

impl Handler<op::UpdateAlias> for Kms {
    async fn handle(&self, asked: Asked<'_, op::UpdateAlias>) -> Answer<op::UpdateAlias> {
        let ((permit, current, next), now) = (&asked.permits, asked.call.now_ms);
        let (alias, next) = (permit.resource(), next.resource());
        own(alias.account, next)?;
        nameable(next)?;
        if current.resource().existing()?.key.usage()? != next.existing()?.key.usage()? {
            return Err(Error::Validation(
                "The current and the new key of an alias must have the same key usage.".to_owned(),
            ));
        }
        let stored = Alias { key: next.id.clone(), updated: now, ..alias.existing()?.clone() };
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&alias.current).put([], stored.record()?);
        changed(transaction.commit().await)?;
        Ok(UpdateAliasOutput {}.into())
    }
}

impl Handler<op::DeleteAlias> for Kms {
    async fn handle(&self, asked: Asked<'_, op::DeleteAlias>) -> Answer<op::DeleteAlias> {
        let (permit, _) = &asked.permits;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&permit.resource().current).delete([]);
        changed(transaction.commit().await)?;
        Ok(DeleteAliasOutput {}.into())
    }
}

impl Handler<op::ListAliases> for Kms {
    async fn handle(&self, asked: Asked<'_, op::ListAliases>) -> Answer<op::ListAliases> {
        let (permit, input) = (&asked.permits, &asked.input);
        let all = permit.resource();
        let key = input.key_id.as_deref().map(|text| match Name::read(all.account, &all.region, text)? {
            Name::Key(_, id) => Ok(id),
            Name::Alias(..) => Err(Error::NotFound(format!("Invalid keyId '{text}'"))),
        });
        let key = key.transpose()?;
        let records = self.store.read(permit).scan(&Scan::default())?;
        let mut found = records.iter().map(alias::listed).collect::<Result<Vec<_>, Error>>()?;
        found.retain(|(_, alias)| key.as_ref().is_none_or(|key| alias.key == *key));
        let listed = found.into_iter().map(|(name, alias)| {
            let view = alias.view(all.account, &all.region, &name);
            (name, view)
        });
        let page = Page::of(listed, input.marker.as_deref(), input.limit, 50)?;
        let truncated = Some(page.truncated());
        Ok(ListAliasesOutput { aliases: Some(page.items), next_marker: page.next, truncated }.into())
    }
}

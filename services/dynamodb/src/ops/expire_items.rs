use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress};

use crate::{
    DynamoDb, Error,
    facts::TableFacts,
    items::{ATTEMPTS, Author, EXPIRED_TOGETHER, Occasion, Written, changed, get, is_over, stage},
    plan::Due,
    table::{action, chore},
};

impl Keeper<chore::ExpireItems> for DynamoDb {
    async fn keep(&self, errand: Errand<'_, Self, chore::ExpireItems>) -> Result<Progress, Error> {
        let mut progress = Progress::Done;
        for permit in &errand.permits {
            let (due, facts) = permit.resource().plan()?;
            match self.expire(permit, due, facts, errand.call.now_ms).await {
                // Nothing expires by a definition that is not the table's any more.
                Ok(()) | Err(Error::TableChanged) => {}
                Err(error) => return Err(error),
            }
            if due.0.len() == EXPIRED_TOGETHER {
                progress = Progress::More;
            }
        }
        Ok(progress)
    }
}

impl DynamoDb {
    /// Deletes these items, but for those whose time was changed meanwhile.
    async fn expire(
        &self,
        permit: &Permit<'_, action::ExpireItems>,
        due: &Due,
        facts: &TableFacts,
        now: i64,
    ) -> Result<(), Error> {
        let Some(attribute) = &facts.definition.expiry else { return Ok(()) };
        let Some(key) = self.vault.unlock_own(facts, now).await? else { return Ok(()) };
        let table = (facts, &key);
        for _ in 0..ATTEMPTS {
            let writer = self.store.write(permit);
            let mut transaction = writer.transaction();
            transaction.expect_fact(&facts.current);
            let past = facts.past.now(&self.store, || self.store.read(permit))?;
            let (noting, time) = (past.noting(), self.clock.tick(now));
            past.expect(&mut transaction);
            let (mut found, mut hold) = (0, self.collections.hold());
            for key in &due.0 {
                let Some((item, version)) = get(&writer, table.1, key)? else { continue };
                if is_over(&item, attribute, now) {
                    transaction.expect_version(key, version);
                    let written = Written { old: Some(item), version: Some(version), new: None };
                    let occasion = Occasion { now, by: Author::Expiry };
                    let noted = (noting, time);
                    hold.admit(table, &written, || self.store.read(permit))?;
                    stage(&mut transaction, &writer, table, key, &written, occasion, noted)?;
                    found += 1;
                }
            }
            if found == 0 {
                return Ok(());
            }
            hold.sent();
            if changed(transaction.commit().await)?.is_some() {
                hold.done();
                self.meter.expired(facts, found);
                return Ok(());
            }
            hold.undone();
        }
        Ok(())
    }
}

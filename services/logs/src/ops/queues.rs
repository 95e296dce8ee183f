use kurodo_authz::{Action, Permit, Write};

use crate::{Error, Logs, filter::Taken, locks::Locks, resources::Pending};

impl Logs {
    /// Takes what waits in a queue, as much as is worked on at once; `None` where KMS does not let it be read: it goes on
    /// waiting.
    pub(super) async fn take<A>(&self, permit: &Permit<'_, A>, now: i64) -> Result<Option<Taken>, Error>
    where
        A: Action<Access = Write, Resource = Pending>,
    {
        let reader = self.store.read(permit);
        let pending = permit.resource();
        let locks = match pending.facts() {
            Some(group) => self.open(&group.name, &group.definition).await,
            None => Locks::default(),
        };
        match Taken::next(&reader.annex(permit), (&reader, &locks), pending.consumer) {
            Err(Error::KeyDenied(why)) => {
                self.pauses.pause(pending.queue(), now);
                tracing::warn!(why, "what waits to be made of log events goes on waiting");
                Ok(None)
            }
            taken => taken.map(Some),
        }
    }

    /// Takes what is done out of its queue.
    pub(super) async fn finish<A>(
        &self,
        permit: &Permit<'_, A>,
        keys: impl IntoIterator<Item = &Vec<u8>>,
    ) -> Result<(), Error>
    where
        A: Action<Access = Write, Resource = Pending>,
    {
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.in_annex(permit);
        let mut done = 0;
        for key in keys {
            transaction.delete(key);
            done += 1;
        }
        if done > 0 {
            transaction.commit().await?;
        }
        Ok(())
    }
}

use kurodo_authz::{Action, Permit, Write};

use crate::{Error, Logs, filter::Taken, resources::Pending};

impl Logs {
    /// Takes what waits in a queue, as much as is worked on at once.
    pub(super) fn take<A>(&self, permit: &Permit<'_, A>) -> Result<Taken, Error>
    where
        A: Action<Access = Write, Resource = Pending>,
    {
        let reader = self.store.read(permit);
        Taken::next(&reader.annex(permit), &reader, permit.resource().consumer)
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

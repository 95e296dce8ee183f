use kurodo_gateway::Handler;
use kurodo_store::Scan;

use super::{Answer, Asked, settings::changed};
use crate::{
    Error, Kinesis,
    facts::encode,
    model::{DeleteStreamOutput, op},
    names::StreamName,
};

impl Handler<op::DeleteStream> for Kinesis {
    /// The stream is marked; a chore takes away what it holds, and then the stream.
    async fn handle(&self, asked: Asked<'_, op::DeleteStream>) -> Answer<op::DeleteStream> {
        let ((permit, consumers), input) = (&asked.permits, &asked.input);
        let facts = permit.resource().existing()?;
        let mut definition = facts.definition.clone();
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        definition.deleting = true;
        transaction.expect_fact(&facts.current).put([], encode(&definition, &facts.name.name)?);
        let of_consumers = self.store.write(consumers);
        let registered = of_consumers.scan(&Scan::default())?;
        if !registered.is_empty() && input.enforce_consumer_deletion != Some(true) {
            let StreamName { account, name, .. } = &facts.name;
            return Err(Error::InUse(format!(
                "Stream {name} under account {account} has registered consumers: set EnforceConsumerDeletion to \
                 delete them with it."
            )));
        }
        let mut rest = of_consumers.transaction();
        registered.iter().for_each(|record| _ = rest.delete(&record.key));
        transaction.join(rest);
        changed(transaction.commit().await)?;
        self.bells.ring(definition.contents);
        Ok(DeleteStreamOutput {}.into())
    }
}

use kurodo_gateway::Handler;

use super::{Answer, Asked, random};
use crate::{
    Error, Logs,
    definition::StreamDefinition,
    facts::encode,
    model::{CreateLogStreamOutput, op},
};

const EXISTS: Error = Error::AlreadyExists("The specified log stream already exists");

impl Handler<op::CreateLogStream> for Logs {
    async fn handle(&self, asked: Asked<'_, op::CreateLogStream>) -> Answer<op::CreateLogStream> {
        let permit = &asked.permits;
        permit.resource().group_facts()?;
        if permit.resource().is_there() {
            return Err(EXISTS);
        }
        let definition = StreamDefinition { id: random()?, created: asked.call.now_ms };
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_absent([]);
        transaction.put([], encode(&definition, &asked.input.log_stream_name)?);
        match transaction.commit().await {
            Err(error) if error.conflict().is_some() => Err(EXISTS),
            done => done.map(|_| CreateLogStreamOutput::default().into()).map_err(Error::from),
        }
    }
}

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Logs,
    definition::GroupDefinition,
    model::{AssociateKmsKeyOutput, DisassociateKmsKeyOutput, op},
};

impl Handler<op::AssociateKmsKey> for Logs {
    async fn handle(&self, asked: Asked<'_, op::AssociateKmsKey>) -> Answer<op::AssociateKmsKey> {
        let facts = asked.permits.resource().existing()?;
        let mut definition = facts.definition.clone();
        self.lock(&facts.name, &mut definition, &asked.input.kms_key_id).await?;
        self.redefine(&asked.permits, facts, &definition).await?;
        Ok(AssociateKmsKeyOutput::default().into())
    }
}

impl Handler<op::DisassociateKmsKey> for Logs {
    async fn handle(&self, asked: Asked<'_, op::DisassociateKmsKey>) -> Answer<op::DisassociateKmsKey> {
        let facts = asked.permits.resource().existing()?;
        let definition = GroupDefinition { lock: None, ..facts.definition.clone() };
        self.redefine(&asked.permits, facts, &definition).await?;
        Ok(DisassociateKmsKeyOutput::default().into())
    }
}

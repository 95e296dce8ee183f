use kurodo_gateway::Handler;

use super::delete;
use crate::{
    Error, Iam,
    model::{DeleteServiceLinkedRoleOutput, op},
    ops::{Answer, Asked},
    service_linked::Task,
};

impl Handler<op::DeleteServiceLinkedRole> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::DeleteServiceLinkedRole>,
    ) -> Answer<op::DeleteServiceLinkedRole> {
        let permit = &asked.permits;
        let task = self
            .change(permit, |draft| {
                let role = permit.resource().load(draft)?;
                let Some(service) = &role.service else {
                    let message = format!("Role {} is not a service-linked role.", role.name);
                    return Err(Error::InvalidInput(message));
                };
                delete(draft, &role)?;
                Task::new(service, &role.name)
            })
            .await?;
        Ok(DeleteServiceLinkedRoleOutput { deletion_task_id: task.to_string() }.into())
    }
}

use kurodo_gateway::Handler;

use crate::{
    Iam,
    error::Missing,
    model::{DeletionTaskStatusType, GetServiceLinkedRoleDeletionStatusOutput, op},
    ops::{Answer, Asked},
    service_linked::{self, Task},
};

/// A role is deleted, or not, before `DeleteServiceLinkedRole` answers: every task that it named is done.
impl Handler<op::GetServiceLinkedRoleDeletionStatus> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::GetServiceLinkedRoleDeletionStatus>,
    ) -> Answer<op::GetServiceLinkedRoleDeletionStatus> {
        let id = &asked.input.deletion_task_id;
        let task = Task::read(id)?;
        let known = service_linked::known(&task.service).is_ok_and(|linked| linked.role == task.role);
        if !known {
            return Err(Missing::DeletionTask(id.clone()).into());
        }
        let status = DeletionTaskStatusType::Succeeded;
        Ok(GetServiceLinkedRoleDeletionStatusOutput { status, reason: None }.into())
    }
}

use kurodo_gateway::Handler;

use super::profile;
use crate::{
    Iam,
    model::{DeleteLoginProfileOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::DeleteLoginProfile> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeleteLoginProfile>) -> Answer<op::DeleteLoginProfile> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut user = permit.resource().load(draft)?;
            profile(&user)?;
            user.login = None;
            draft.keep(&user)
        })
        .await?;
        Ok(DeleteLoginProfileOutput {}.into())
    }
}

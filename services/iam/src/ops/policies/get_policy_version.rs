use kurodo_gateway::Handler;

use super::versions::{number, readable, version};
use crate::{
    Iam,
    model::{GetPolicyVersionOutput, PolicyVersion, op},
    ops::{Answer, Asked},
    room::Room,
    text::encoded,
    view,
};

impl Handler<op::GetPolicyVersion> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetPolicyVersion>) -> Answer<op::GetPolicyVersion> {
        let permit = &asked.permits;
        let policy = readable(&Room::open(&self.store, permit), permit.resource())?;
        let number = number(permit.resource(), &asked.input.version_id)?;
        let version = version(&policy, permit.resource(), number)?;
        let document = Some(encoded(&version.document));
        let policy_version = PolicyVersion { document, ..view::version(&policy, version) };
        Ok(GetPolicyVersionOutput { policy_version: Some(policy_version) }.into())
    }
}

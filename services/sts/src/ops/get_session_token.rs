use kurodo_gateway::{Authorized, Handler, Reply};
use kurodo_identity::Subject;

use crate::{
    Error, Sts,
    issue::{Order, parent, seconds},
    mfa,
    model::{GetSessionTokenOutput, op},
    policies::SessionPolicies,
    tags::SessionTags,
};

impl Handler<op::GetSessionToken> for Sts {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetSessionToken>,
    ) -> Result<Reply<GetSessionTokenOutput>, Error> {
        let Authorized { input, call, .. } = call;
        let parent = parent(call, "GetSessionToken")?;
        let (serial, code) = (input.serial_number.as_deref(), input.token_code.as_deref());
        let shown = mfa::shown(&self.directory, call, serial, code).await?;
        let order = Order {
            account: call.account().ok_or(Error::Unsigned)?,
            seconds: seconds(&parent, input.duration_seconds),
            subject: Subject::Same(parent),
            mfa: shown.then(|| call.now_ms.div_euclid(1000)),
            policies: SessionPolicies::default(),
            tags: SessionTags::default(),
            source_identity: None,
            origin: None,
        };
        let issued = order.issue(call, self.directory.sealer())?;
        Ok(GetSessionTokenOutput { credentials: Some(issued.credentials), ..Default::default() }.into())
    }
}

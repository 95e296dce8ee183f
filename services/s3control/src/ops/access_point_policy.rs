use kurodo_authz::{Action, Permit, Write};
use kurodo_gateway::{Authorized, Handler};

use super::{Answer, encode};
use crate::{
    Error, S3Control,
    access_points::AccessPoint as Stored,
    model::{
        DeleteAccessPointPolicyOutput, GetAccessPointPolicyOutput, GetAccessPointPolicyStatusOutput,
        PolicyStatus, PutAccessPointPolicyOutput, op,
    },
    policy,
    resources::AccessPoint,
};

impl S3Control {
    /// Gives an access point another policy, or none.
    async fn set_policy<A>(
        &self,
        permit: &Permit<'_, A>,
        policy: Option<(String, String)>,
    ) -> Result<(), Error>
    where
        A: Action<Access = Write, Resource = AccessPoint>,
    {
        let (stored, current) = permit.resource().existing()?;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        permit.resource().refusals().for_each(|fact| _ = transaction.expect_fact(fact));
        transaction.expect_fact(current).put([], encode(&Stored { policy, ..stored.clone() })?);
        transaction.commit().await?;
        Ok(())
    }
}

fn given(point: &AccessPoint) -> Result<&(String, String), Error> {
    point.existing()?.0.policy.as_ref().ok_or(Error::NoSuchAccessPointPolicy)
}

impl Handler<op::PutAccessPointPolicy> for S3Control {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::PutAccessPointPolicy>,
    ) -> Answer<op::PutAccessPointPolicy> {
        let (text, point) = (call.input.policy, call.permits.resource());
        point.existing()?;
        let bound = policy::accept(&self.principals, &text, &point.arn())?;
        if point.refuses_public_policies() && policy::lets_in_everybody(&bound)? {
            return Err(Error::Denied);
        }
        self.set_policy(&call.permits, Some((text, bound))).await?;
        Ok(PutAccessPointPolicyOutput {}.into())
    }
}

impl Handler<op::DeleteAccessPointPolicy> for S3Control {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeleteAccessPointPolicy>,
    ) -> Answer<op::DeleteAccessPointPolicy> {
        self.set_policy(&call.permits, None).await?;
        Ok(DeleteAccessPointPolicyOutput {}.into())
    }
}

impl Handler<op::GetAccessPointPolicy> for S3Control {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetAccessPointPolicy>,
    ) -> Answer<op::GetAccessPointPolicy> {
        let policy = Some(given(call.permits.resource())?.0.clone());
        Ok(GetAccessPointPolicyOutput { policy }.into())
    }
}

impl Handler<op::GetAccessPointPolicyStatus> for S3Control {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetAccessPointPolicyStatus>,
    ) -> Answer<op::GetAccessPointPolicyStatus> {
        let is_public = policy::lets_in_everybody(&given(call.permits.resource())?.1)?;
        let policy_status = Some(PolicyStatus { is_public: Some(is_public) });
        Ok(GetAccessPointPolicyStatusOutput { policy_status }.into())
    }
}

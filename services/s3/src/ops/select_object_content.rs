use kurodo_gateway::{Authorized, Handler, Reply, wire::Streaming};
use kurodo_select::{Scan, SelectError};

use super::{
    Answer,
    described::{check_key, check_readable, check_unasked},
};
use crate::{
    Error, S3,
    content::{Opened, Reading, customer},
    model::{SelectObjectContentOutput, op},
    records::{Class, Head},
    resources::Object,
    select::{Selecting, plan},
};

impl Handler<op::SelectObjectContent> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::SelectObjectContent>,
    ) -> Answer<op::SelectObjectContent> {
        let Authorized { input, permits: (permit, _missing), call, .. } = call;
        if call.caller.is_anonymous() {
            return Err(Error::AccessDenied("Amazon S3 Select does not support anonymous access.".into()));
        }
        check_unasked(call)?;
        if call.head.header("range").is_some() {
            return Err(SelectError::UnsupportedRangeHeader.into());
        }
        let head = Object::granted(&permit)?;
        let customer = customer!(input)?;
        check_key(customer.as_ref(), head, permit.resource().facts())?;
        check_class(head)?;
        check_readable(head, call.now_ms)?;

        let progress = input.request_progress.as_ref().and_then(|progress| progress.enabled);
        let plan = plan(input, head.size, call.now_ms)?;
        let (first, header) = (plan.first_byte(), plan.needs_header());
        let mut scan = Scan::new(plan)?;
        let stored = (head.customer_key.as_ref(), head.kms.as_deref());
        let keys = self.unlock(customer.as_ref(), stored, permit.resource(), call).await?;
        if header {
            let beginning = Reading::open(self, &permit, &keys, 0..head.size).await?;
            Selecting::read_header(&mut scan, beginning).await?;
        }
        let opened = Opened::open(self, &permit, &keys)?;
        let content = opened.range(first.min(head.size)..head.size).await?;
        let turns = (self.turns.clone(), &self.room);
        let asked = (progress == Some(true), self.figures.selected(permit.resource().facts()));
        let selecting = Selecting::begin(scan, turns, (opened, content), asked).await?;
        let reply: Reply<_> = SelectObjectContentOutput { payload: Streaming }.into();
        Ok(reply.with_events(selecting.events()))
    }
}

/// Source: S3 User Guide, "Filtering and retrieving data using Amazon S3 Select", "Requirements and limits".
fn check_class(head: &Head) -> Result<(), Error> {
    match head.class {
        Class::Glacier | Class::DeepArchive | Class::ReducedRedundancy => {
            Err(SelectError::UnsupportedStorageClass.into())
        }
        _ => Ok(()),
    }
}

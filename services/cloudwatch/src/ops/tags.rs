use kurodo_authz::{Grant, OneOf, Permit, Write};
use kurodo_gateway::Handler;

use super::{ATTEMPTS, Answer, Asked, written};
use crate::{
    CloudWatch, Error,
    alarm::Stored as Alarm,
    dashboard::Stored as Dashboard,
    layout,
    model::{ListTagsForResourceOutput, TagResourceOutput, UntagResourceOutput, op},
    tags::{self, Tags},
};

impl Handler<op::TagResource> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::TagResource>) -> Answer<op::TagResource> {
        let input = &asked.input;
        let change = |tags: &mut Tags| tags::add(tags, &input.tags);
        match &asked.permits {
            OneOf::First(permit) => self.tag_alarm(permit, &input.resource_arn, change).await?,
            OneOf::Second(permit) => self.tag_dashboard(permit, &input.resource_arn, change).await?,
        }
        Ok(TagResourceOutput {}.into())
    }
}

impl Handler<op::UntagResource> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::UntagResource>) -> Answer<op::UntagResource> {
        let input = &asked.input;
        let change = |tags: &mut Tags| {
            tags::remove(tags, &input.tag_keys);
            Ok(())
        };
        match &asked.permits {
            OneOf::First(permit) => self.tag_alarm(permit, &input.resource_arn, change).await?,
            OneOf::Second(permit) => self.tag_dashboard(permit, &input.resource_arn, change).await?,
        }
        Ok(UntagResourceOutput {}.into())
    }
}

impl Handler<op::ListTagsForResource> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::ListTagsForResource>) -> Answer<op::ListTagsForResource> {
        let arn = &asked.input.resource_arn;
        let tags = match &asked.permits {
            OneOf::First(permit) => self.of(permit)?.map(|bytes| Alarm::read(&bytes).map(|alarm| alarm.tags)),
            OneOf::Second(permit) => {
                self.of(permit)?.map(|bytes| Dashboard::read(&bytes).map(|board| board.tags))
            }
        };
        let tags = tags.ok_or_else(|| not_there(arn))??;
        Ok(ListTagsForResourceOutput { tags: Some(tags::view(&tags)) }.into())
    }
}

fn not_there(arn: &str) -> Error {
    let kind = if arn.contains(":dashboard/") { "dashboard" } else { "alarm" };
    Error::NotTagged(kind, arn.to_owned())
}

impl CloudWatch {
    fn of<A: kurodo_authz::Action>(&self, permit: &Permit<'_, A>) -> Result<Option<bytes::Bytes>, Error> {
        Ok(self.store.read(permit).get(layout::ITSELF)?.map(|found| found.value))
    }

    async fn tag_alarm<G: Grant<Access = Write>>(
        &self,
        permit: &G,
        arn: &str,
        change: impl Fn(&mut Tags) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.rewrite(permit, arn, |bytes| {
            let mut alarm = Alarm::read(bytes)?;
            change(&mut alarm.tags)?;
            alarm.to_bytes()
        })
        .await
    }

    async fn tag_dashboard<G: Grant<Access = Write>>(
        &self,
        permit: &G,
        arn: &str,
        change: impl Fn(&mut Tags) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.rewrite(permit, arn, |bytes| {
            let mut dashboard = Dashboard::read(bytes)?;
            change(&mut dashboard.tags)?;
            dashboard.to_bytes()
        })
        .await
    }

    /// Changes a record.
    async fn rewrite<G: Grant<Access = Write>>(
        &self,
        permit: &G,
        arn: &str,
        change: impl Fn(&[u8]) -> Result<Vec<u8>, Error>,
    ) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let writer = self.store.write(permit);
            let found = writer.get(layout::ITSELF)?.ok_or_else(|| not_there(arn))?;
            let mut transaction = writer.transaction();
            transaction.expect_version(layout::ITSELF, found.version);
            transaction.put(layout::ITSELF, change(&found.value)?);
            if written(transaction.commit().await)? {
                return Ok(());
            }
        }
        Err(Error::Changed)
    }
}

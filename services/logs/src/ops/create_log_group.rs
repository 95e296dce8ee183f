use kurodo_gateway::Handler;

use super::{Answer, Asked, random};
use crate::{
    Error, Logs,
    definition::{Class, GroupDefinition},
    facts::encode,
    model::{CreateLogGroupOutput, LogGroupClass, op},
    names::GroupName,
    tags,
};

const EXISTS: Error = Error::AlreadyExists("The specified log group already exists");

impl Handler<op::CreateLogGroup> for Logs {
    async fn handle(&self, asked: Asked<'_, op::CreateLogGroup>) -> Answer<op::CreateLogGroup> {
        let ((permit, _), input) = (&asked.permits, asked.input);
        let group = permit.resource();
        let mut definition = GroupDefinition {
            id: random()?,
            created: asked.call.now_ms,
            class: class(input.log_group_class)?,
            retention: None,
            protected: input.deletion_protection_enabled.unwrap_or_default(),
            tags: Vec::new(),
            policy: None,
            metric_filters: Vec::new(),
            subscriptions: Vec::new(),
            locks: Vec::new(),
            lock: None,
        };
        let name =
            GroupName { region: group.region.clone(), account: group.account, name: input.log_group_name };
        tags::add(&mut definition.tags, &input.tags.unwrap_or_default(), &name.arn())?;
        if group.facts().is_some() {
            return Err(EXISTS);
        }
        if let Some(key) = &input.kms_key_id {
            self.lock(&name, &mut definition, key).await?;
        }
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_absent([]);
        transaction.put([], encode(&definition, &name.name)?);
        match transaction.commit().await {
            Err(error) if error.conflict().is_some() => Err(EXISTS),
            done => done.map(|_| CreateLogGroupOutput::default().into()).map_err(Error::from),
        }
    }
}

/// The class of a new group. The others are not for logs that are put here.
fn class(given: Option<LogGroupClass>) -> Result<Class, Error> {
    match given.unwrap_or(LogGroupClass::Standard) {
        LogGroupClass::Standard => Ok(Class::Standard),
        LogGroupClass::InfrequentAccess => Ok(Class::InfrequentAccess),
        _ => Err(Error::NotImplemented {
            operation: "CreateLogGroup",
            member: "a logGroupClass other than STANDARD and INFREQUENT_ACCESS",
        }),
    }
}

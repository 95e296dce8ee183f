use kurodo_authz::{Action, Permit, Write};
use kurodo_policy::{Kind, Policy};

use crate::{
    DynamoDb, Error,
    definition::ResourcePolicy,
    items::changed,
    resources::{Stream, Table},
    streams::{StreamDefinition, encode},
};

/// The most bytes of a policy.
///
/// Source: DynamoDB Developer Guide, "Resource-based policy considerations".
const LONGEST: usize = 20 << 10;

/// That a text is a policy.
pub(super) fn check(text: &str) -> Result<(), Error> {
    if text.len() > LONGEST {
        return Err(Error::validation("Policy size exceeds the limit of 20 KB"));
    }
    match Policy::parse(text, Kind::Resource) {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::Validation(format!("Invalid policy document: {error}"))),
    }
}

/// What has a policy, or may have one.
pub(super) struct Governed<'g> {
    pub(super) arn: String,
    pub(super) policy: Option<&'g ResourcePolicy>,
}

impl<'g> Governed<'g> {
    /// A table.
    pub(super) fn table(table: &'g Table) -> Result<Self, Error> {
        let facts = table.existing()?;
        Ok(Self { arn: facts.arn(), policy: facts.definition.policy.as_ref() })
    }

    /// A stream.
    pub(super) fn stream(stream: &'g Stream) -> Result<Self, Error> {
        let facts = stream.existing()?;
        Ok(Self { arn: facts.name.arn(), policy: facts.definition.policy.as_ref() })
    }

    /// That the policy is of the revision that the caller expects; `NO_POLICY` expects none.
    pub(super) fn check_revision(&self, expected: Option<&str>) -> Result<(), Error> {
        let known = self.policy.map(|policy| policy.revision.as_str());
        match expected {
            None => Ok(()),
            Some("NO_POLICY") if known.is_none() => Ok(()),
            Some(expected) if known == Some(expected) => Ok(()),
            Some(expected) => Err(self.missing(&format!(" with revision id {expected}"))),
        }
    }

    /// That there is no policy.
    pub(super) fn missing(&self, which: &str) -> Error {
        let arn = &self.arn;
        Error::PolicyNotFound(format!(
            "Resource-based policy not found for the provided ResourceArn: {arn}{which}"
        ))
    }
}

impl DynamoDb {
    /// Gives a stream this policy, or none.
    pub(super) async fn govern_stream<A>(
        &self,
        permit: &Permit<'_, A>,
        policy: Option<ResourcePolicy>,
    ) -> Result<(), Error>
    where
        A: Action<Access = Write, Resource = Stream>,
    {
        let facts = permit.resource().existing()?;
        let definition = StreamDefinition { policy, ..facts.definition.clone() };
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current);
        transaction.put([], encode(&definition, &facts.name.table)?);
        changed(transaction.commit().await)?;
        Ok(())
    }
}

use std::fmt::Display;

use kurodo_authz::{Action, Permit, Write};
use kurodo_gateway::Table as _;
use kurodo_identity::{BindError, Principals};
use kurodo_policy::{Kind, Policy, Statement, is_public_in_dynamodb};

use crate::{
    DynamoDb, DynamoDbStreams, Error,
    definition::ResourcePolicy,
    error::invalid_values,
    items::changed,
    resources::{Stream, Table},
    streams::{StreamDefinition, encode},
};

/// The most bytes of a policy.
///
/// Source: DynamoDB Developer Guide, "Resource-based policy considerations".
const LONGEST: usize = 20 << 10;

impl ResourcePolicy {
    /// A new policy in place of the one that there was, at this time in milliseconds since 1970.
    ///
    /// # Errors
    /// The text is no policy, lets in everybody, names users or roles that do not exist, or actions that are none on such
    /// a thing.
    pub(super) fn accept(
        principals: &Principals,
        of: Governing,
        text: &str,
        before: Option<&Self>,
        now: i64,
    ) -> Result<Self, Error> {
        let invalid = |why: &dyn Display| invalid_values(format!("Invalid policy document: {why}"));
        if text.len() > LONGEST {
            return Err(invalid_values("Maximum policy size of 20480 bytes exceeded"));
        }
        let policy = Policy::parse(text, Kind::Resource).map_err(|error| invalid(&error))?;
        let actions = policy.statements().iter().flat_map(Statement::actions);
        let unknown: Vec<_> =
            actions.filter(|action| !of.has(action)).map(|action| format!("\"{action}\"")).collect();
        if !unknown.is_empty() {
            return Err(invalid(&format!("The following action names are invalid: {}", unknown.join(", "))));
        }
        if is_public_in_dynamodb(&policy) {
            return Err(invalid(&"it grants public access, which Block Public Access does not let through"));
        }
        let bound = principals.bind(text).map_err(|error| match error {
            BindError::Store(error) => error.into(),
            other => invalid(&other),
        })?;
        Ok(Self { text: text.to_owned(), bound: Some(bound), revision: revision(now, before) })
    }
}

/// What a policy is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Governing {
    Table,
    Stream,
}

impl Governing {
    /// Whether there is such an action on it; of names with wildcards, whether they are of this service.
    fn has(self, action: &str) -> bool {
        const POLICY: [&str; 3] = ["DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy"];
        let Some((service, name)) = action.split_once(':') else { return action == "*" };
        if service.contains(['*', '?']) || name.contains(['*', '?']) {
            return service.eq_ignore_ascii_case("dynamodb") || service.contains(['*', '?']);
        }
        let is = |known: &str| known.eq_ignore_ascii_case(action);
        match self {
            Self::Table => {
                DynamoDb::ACTIONS.iter().any(|known| known.resource.contains(":table/") && is(known.name))
            }
            Self::Stream => {
                let of_policies = POLICY.iter().any(|known| known.eq_ignore_ascii_case(name));
                let streams = DynamoDbStreams::ACTIONS.iter();
                of_policies && service.eq_ignore_ascii_case("dynamodb")
                    || streams.filter(|known| known.resource != "*").any(|known| is(known.name))
            }
        }
    }
}

/// The revision that follows this one: the time, in milliseconds, and later than all before.
fn revision(now: i64, before: Option<&ResourcePolicy>) -> String {
    let before = before.and_then(|policy| policy.revision.parse::<i64>().ok());
    format!("{:013}", before.map_or(now, |before| now.max(before.saturating_add(1))))
}

/// What has a policy, or may have one.
pub(super) struct Governed<'g> {
    pub(super) arn: String,
    pub(super) of: Governing,
    /// What it is, as AWS calls it.
    name: String,
    pub(super) policy: Option<&'g ResourcePolicy>,
}

impl<'g> Governed<'g> {
    /// A table.
    pub(super) fn table(table: &'g Table) -> Result<Self, Error> {
        let facts = table.existing()?;
        let name = format!("table {}", facts.name);
        Ok(Self { arn: facts.arn(), of: Governing::Table, name, policy: facts.definition.policy.as_ref() })
    }

    /// A stream.
    pub(super) fn stream(stream: &'g Stream) -> Result<Self, Error> {
        let facts = stream.existing()?;
        let arn = facts.name.arn();
        let (of, name) = (Governing::Stream, format!("stream {arn}"));
        Ok(Self { arn, of, name, policy: facts.definition.policy.as_ref() })
    }

    /// That the policy is of the revision that the caller expects; `NO_POLICY` expects none.
    pub(super) fn check_revision(&self, expected: Option<&str>) -> Result<(), Error> {
        let (known, name) = (self.policy.map(|policy| policy.revision.as_str()), &self.name);
        match (expected, known) {
            (None, _) | (Some(NO_POLICY), None) => Ok(()),
            (Some(expected), Some(known)) if known == expected => Ok(()),
            (Some(NO_POLICY), Some(known)) => Err(not_found(&format!(
                "Requested policy update expecting none to be present for {name}, but a policy exists with revision id {known}."
            ))),
            (Some(expected), Some(known)) => Err(not_found(&format!(
                "Requested update for policy with revision id {expected}, but the policy associated to target {name} has revision id {known}."
            ))),
            (Some(expected), None) => Err(self.missing(&format!(" with revision id {expected}"))),
        }
    }

    /// That there is no policy.
    pub(super) fn missing(&self, which: &str) -> Error {
        not_found(&format!("{}{which}", self.arn))
    }
}

/// The revision of no policy.
const NO_POLICY: &str = "NO_POLICY";

fn not_found(why: &str) -> Error {
    Error::PolicyNotFound(format!("Resource-based policy not found for the provided ResourceArn: {why}"))
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

//! What the rows of the table name, and what the decision needs to know of it.
//!
//! A resource that touches items carries the plan of what is to be done with them. The permit holds the resource, so
//! that an operation does what was decided on; its scope is the contents of that one table.

mod backup;
mod export;
mod import;
mod stream;
mod table;

use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Named, Resource, Scope};
use kurodo_policy::{Attached, Context, Principal, PrincipalKind};

pub use backup::{Backup, Backups, Filling, Kept, Origin, Source, Target};
pub(crate) use backup::{backup, backups, kept, origin, source};
pub use export::{Export, Exported, Exports};
pub(crate) use export::{export, exported, exports};
pub use import::{Import, Imported, Imports};
pub(crate) use import::{import, imports};
pub use stream::{AllStreams, OfStream, Stream, StreamRecords, TableStreams};
pub(crate) use stream::{all_streams, iterated, records, stream, table_streams};
pub use table::Table;
pub(crate) use table::{contents, everything, table, tagged};

use crate::{
    Error,
    facts::TableFacts,
    layout,
    names::TableName,
    plan::{self, Refusal},
};

/// An item that is read.
pub type Item = Data<plan::Lookup>;
/// An item that is written, or checked within a transaction that writes.
pub type Change = Data<plan::Change>;
/// Items of one table that are read together, but for themselves.
pub type ReadBatch = Data<plan::Lookups>;
/// Items of one table that are written together, but for themselves.
pub type WriteBatch = Data<plan::Changes>;
/// Items of a table or of an index, found by a query or scan.
pub type Search = Data<plan::Search>;
/// Items of a table whose time to live is over.
pub type Expired = Data<plan::Due>;
/// What a statement reads.
pub type Selection = Data<plan::Select>;
/// All items of a table or of an index, where a statement may read any.
pub type Every = Data<plan::Every>;
/// The items of a table, as a whole.
pub type Contents = Data<plan::Whole>;

/// Items of a table, with what is to be done with them.
pub struct Data<P> {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The table's name.
    pub name: String,
    /// `/index/` and the index's name, or nothing.
    pub index: String,
    facts: Option<Arc<TableFacts>>,
    /// What is to be done; or why it cannot be done, which only those are told who may do it.
    plan: Result<P, Refusal>,
}

impl<P> Data<P> {
    /// The items of this table that the plan is about.
    pub(crate) fn new(table: TableName, facts: Option<Arc<TableFacts>>, plan: Result<P, Refusal>) -> Self {
        let TableName { region, account, name } = table;
        Self { region, account, name, index: String::new(), facts, plan }
    }

    /// The same, by this index.
    pub(crate) fn by_index(self, index: Option<&str>) -> Self {
        let index = index.map(|name| format!("/index/{name}")).unwrap_or_default();
        Self { index, ..self }
    }

    /// The table, if there is one.
    pub(crate) fn facts(&self) -> Option<&TableFacts> {
        self.facts.as_deref()
    }

    /// What is to be done, and with which table.
    pub(crate) fn plan(&self) -> Result<(&P, &TableFacts), Error> {
        match (&self.plan, self.facts.as_deref()) {
            (Ok(plan), Some(facts)) => Ok((plan, facts)),
            (Err(refusal), _) => Err(refusal.clone().into()),
            (Ok(_), None) => Err(Refusal::NoTable.into()),
        }
    }
}

impl<P: Send + Sync + 'static> Resource for Data<P>
where
    Self: Named,
{
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        match &self.facts {
            Some(facts) => layout::contents(facts.definition.contents),
            None => layout::nothing(),
        }
    }

    fn policy(&self) -> Option<&Attached> {
        self.facts.as_ref().and_then(|facts| facts.policy.as_ref())
    }

    fn hears(&self, action: &str, principal: &Principal) -> bool {
        hears(self.account, action, principal)
    }

    fn describe(&self, context: &mut Context) {
        if let Some(facts) = &self.facts {
            describe(facts, context);
        }
    }
}

fn describe(facts: &TableFacts, context: &mut Context) {
    for (key, value) in &facts.definition.tags {
        context.set(format!("aws:ResourceTag/{key}"), value.as_str());
    }
}

/// Whether the policy of a table or stream of this account has a say on an action of a principal. It lets other accounts
/// do what AWS lists, and nothing else: who is given `dynamodb:*` neither changes the policy nor has items expire. And it
/// does not keep the account's root user from taking it away, who could otherwise be locked out for good.
///
/// Source: DynamoDB Developer Guide, "DynamoDB API operations supported by resource-based policies"; API Reference,
/// DeleteResourcePolicy.
fn hears(owner: AccountId, action: &str, principal: &Principal) -> bool {
    match principal.account {
        Some(account) if account != owner => ACROSS_ACCOUNTS.contains(&action),
        _ => principal.kind != PrincipalKind::Root || action != "dynamodb:DeleteResourcePolicy",
    }
}

const ACROSS_ACCOUNTS: [&str; 18] = [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:DeleteTable",
    "dynamodb:DescribeStream",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListTagsOfResource",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:TagResource",
    "dynamodb:UntagResource",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateTable",
];

/// Everything, as the caller's account sees it.
#[derive(Debug)]
pub struct Everything {
    account: AccountId,
    region: Region,
}

impl Resource for Everything {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::tables(self.account, &self.region)
    }
}

#[cfg(test)]
mod tests {
    use kurodo_authz::Caller;

    use super::*;

    fn heard(action: &str, kind: PrincipalKind, account: Option<u64>) -> bool {
        let account = account.map(|number| AccountId::new(number).unwrap());
        let principal = Principal { kind, account, ..Caller::anonymous().principal };
        hears(AccountId::new(1).unwrap(), action, &principal)
    }

    #[test]
    fn a_policy_lets_other_accounts_do_what_aws_lists() {
        use PrincipalKind::{Service, User};
        for (action, across) in [
            ("dynamodb:GetItem", true),
            ("dynamodb:PutResourcePolicy", false),
            ("dynamodb:UpdateTimeToLive", false),
            ("dynamodb:PartiQLSelect", false),
            ("dynamodb:ExportTableToPointInTime", false),
        ] {
            assert_eq!(heard(action, User, Some(2)), across, "{action}");
            assert!(heard(action, User, Some(1)) && heard(action, Service, None), "{action}");
        }
    }

    #[test]
    fn no_policy_keeps_the_root_user_from_taking_it_away() {
        use PrincipalKind::{Root, User};
        assert!(!heard("dynamodb:DeleteResourcePolicy", Root, Some(1)));
        assert!(heard("dynamodb:PutResourcePolicy", Root, Some(1)));
        assert!(heard("dynamodb:DeleteResourcePolicy", User, Some(1)));
        assert!(!heard("dynamodb:DeleteResourcePolicy", Root, Some(2)));
    }
}

use std::sync::Arc;

use kurodo_arn::AccountId;
use kurodo_policy::{Attached, Kind};

use super::{error::LoadError, gather::Gatherer};
use crate::{Member, OrgPolicyKind, Organization, ReadRecords, keys, managed, org_scope};

/// Units that can be below each other: AWS's limit on depth. More is a loop in what is stored.
const DEPTH: usize = 8;

/// What an account's place in the organisation means for it.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    /// The organisation's id; none for an account that is in no organisation.
    pub(crate) organization: Option<Arc<str>>,
    /// The value of `aws:PrincipalOrgPaths`: ids from the organisation to the parent, each with a slash.
    pub(crate) path: String,
    /// Service control policies by level.
    pub(crate) scps: Vec<Vec<Attached>>,
    /// Resource control policies by level.
    pub(crate) rcps: Arc<Vec<Vec<Attached>>>,
}

impl Guard {
    /// For when the organisation cannot be read: a level without a policy, which allows nothing.
    pub(crate) fn closed() -> Self {
        Self { scps: vec![Vec::new()], rcps: Arc::new(vec![Vec::new()]), ..Self::default() }
    }
}

impl Gatherer<'_> {
    /// The account's guardrails. The management account has none.
    pub(crate) fn guard(&self, account: AccountId) -> Result<Guard, LoadError> {
        let scope = org_scope();
        let member = self.reader.record(&keys::member(account).below(&scope))?;
        let organization = self.reader.record(&keys::organization().below(&scope))?;
        let (Some(member), Some(organization)) = (member, organization) else { return Ok(Guard::default()) };
        let (member, organization) = (member.value, organization.value);

        let lineage = self.lineage(&organization, &member)?;
        let path = format!("{}/{}/", organization.id, lineage.join("/"));
        let mut guard =
            Guard { organization: Some(organization.id.as_str().into()), path, ..Guard::default() };
        if account != organization.management {
            let targets: Vec<String> = lineage.into_iter().chain([account.to_string()]).collect();
            guard.scps = self.levels(&organization, OrgPolicyKind::Scp, &targets)?;
            guard.rcps = Arc::new(self.levels(&organization, OrgPolicyKind::Rcp, &targets)?);
        }
        Ok(guard)
    }

    /// The ids from the root to the account's parent.
    fn lineage(&self, organization: &Organization, member: &Member) -> Result<Vec<String>, LoadError> {
        let mut ids = vec![member.parent.clone()];
        while let Some(id) = ids.last().filter(|id| **id != organization.root) {
            let unit = self.reader.record(&keys::unit(id).below(&org_scope()))?;
            let unit = unit.filter(|_| ids.len() <= DEPTH).ok_or_else(|| LoadError::Missing(id.clone()))?;
            ids.push(unit.value.parent);
        }
        ids.reverse();
        Ok(ids)
    }

    /// The policies of a type that are attached to each target; none at all where the type is not enabled.
    fn levels(
        &self,
        organization: &Organization,
        kind: OrgPolicyKind,
        targets: &[String],
    ) -> Result<Vec<Vec<Attached>>, LoadError> {
        if !organization.enabled.contains(&kind) {
            return Ok(Vec::new());
        }
        targets.iter().map(|target| self.level(organization, kind, target)).collect()
    }

    fn level(
        &self,
        organization: &Organization,
        kind: OrgPolicyKind,
        target: &str,
    ) -> Result<Vec<Attached>, LoadError> {
        let attachments = self.reader.record(&keys::attachments().exactly(target).below(&org_scope()))?;
        let mut attached = attachments.map(|found| found.value.policies).unwrap_or_default();
        if kind == OrgPolicyKind::Rcp {
            // It is attached to everything, and so nowhere written down.
            attached.insert(0, managed::RCP_FULL_ACCESS.to_owned());
        }
        let mut level = Vec::new();
        for id in attached {
            let missing = || LoadError::Missing(id.clone());
            let (policy_kind, name, text) = match managed::org_policy(&id) {
                Some(policy) => (policy.kind, policy.arn(), policy.document.to_owned()),
                None => {
                    let key = keys::org_policies().exactly(&id).below(&org_scope());
                    let policy = self.reader.record(&key)?.ok_or_else(missing)?.value;
                    (policy.kind, policy.arn(organization), policy.content)
                }
            };
            if policy_kind == kind {
                level.push(self.compiled(name, &text, language(kind))?);
            }
        }
        Ok(level)
    }
}

fn language(kind: OrgPolicyKind) -> Kind {
    match kind {
        OrgPolicyKind::Scp => Kind::Scp,
        OrgPolicyKind::Rcp => Kind::Rcp,
    }
}

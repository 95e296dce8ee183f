use std::sync::Arc;

use kurodo_authz::{Another, Caller};
use kurodo_identity::{Assume, AssumeError};

use super::{Finding, Need};
use crate::{
    Error, S3,
    facts::BucketFacts,
    layout::{self, Setting},
    listing::{Ask, Start, walk_versions},
    model::PutBucketReplicationInput,
    replication::{Replication, Rule, Task},
    resources::{Bucket, Door, Object, Reach, Role, located},
    table::action,
};

/// The service that roles trust, and that they are passed to.
const HOST: &str = "s3.amazonaws.com";

/// Who lets S3 act with a role must be allowed to pass it on.
///
/// Source: S3 User Guide, "Setting up permissions for live replication"; IAM User Guide, "Grant a user permissions to
/// pass a role to an AWS service".
pub(crate) async fn put_bucket_replication(
    find: &Finding<'_>,
    input: &PutBucketReplicationInput,
) -> Result<(Need<action::PutReplicationConfiguration>, Need<action::PassRole>), Error> {
    let facts = located(find, &input.bucket, &input.expected_bucket_owner)?;
    let asked = &input.replication_configuration;
    let role = Role::called(&asked.role)?;
    let mut targets = Vec::new();
    for rule in &asked.rules {
        let name = rule.destination.bucket.rsplit(':').next().unwrap_or_default();
        targets.extend(S3::bucket_facts(find, name)?);
    }
    let bucket = Bucket::existing(find, &facts, Reach::Settings).with_others(targets);
    Ok((Need::new(bucket), Need::new(role).with("iam:PassedToService", HOST)))
}

type Each<A> = Vec<Another<Need<A>>>;

/// What is copied at once: the versions, for S3 itself to note what became of them; and what the role does for them.
#[derive(Default)]
struct Work {
    versions: Vec<Need<action::PutObject>>,
    rules: Each<action::GetReplicationConfiguration>,
    list: Each<action::ListBucket>,
    read: Each<action::GetObjectVersionForReplication>,
    acl: Each<action::GetObjectVersionAcl>,
    tags: Each<action::GetObjectVersionTagging>,
    write: Each<action::ReplicateObject>,
    mark: Each<action::ReplicateDelete>,
    tag: Each<action::ReplicateTags>,
    give: Each<action::ObjectOwnerOverrideToBucketOwner>,
}

type Needs = (
    Vec<Need<action::PutObject>>,
    Each<action::GetReplicationConfiguration>,
    Each<action::ListBucket>,
    Each<action::GetObjectVersionForReplication>,
    Each<action::GetObjectVersionAcl>,
    Each<action::GetObjectVersionTagging>,
    Each<action::ReplicateObject>,
    Each<action::ReplicateDelete>,
    Each<action::ReplicateTags>,
    Each<action::ObjectOwnerOverrideToBucketOwner>,
);

/// So many versions are copied at once.
const PAGE: usize = 32;

/// The versions in the account's buckets that are to be copied.
pub(crate) async fn replication(find: &Finding<'_>) -> Result<Option<Needs>, Error> {
    let Some(account) = find.account() else { return Ok(None) };
    look_around(find).await?;
    loop {
        let tasks = find.service.replication.next(account, PAGE);
        if tasks.is_empty() {
            return Ok(None);
        }
        let mut work = Work::default();
        for task in &tasks {
            work.add(find, task)?;
        }
        if work.versions.is_empty() {
            find.service.replication.done(account);
        } else {
            let Work { versions, rules, list, read, acl, tags, write, mark, tag, give } = work;
            return Ok(Some((versions, rules, list, read, acl, tags, write, mark, tag, give)));
        }
    }
}

impl Work {
    /// What is gone meanwhile, or copied, needs nothing.
    fn add(&mut self, find: &Finding<'_>, task: &Task) -> Result<(), Error> {
        let Some(facts) = S3::bucket_facts(find, &task.bucket)?.filter(|facts| facts.id == task.id) else {
            return Ok(());
        };
        let object = Object::existing(find, &facts, &task.key, Some(task.version))?;
        if !object.is_pending()? {
            return Ok(());
        }
        if let Some(replication) = &facts.replication {
            match assume(find, replication, &facts) {
                Ok(caller) => self.copy(find, &facts, replication, &object, &caller)?,
                Err(error) => {
                    tracing::warn!(bucket = facts.name, role = replication.role, %error, "nothing is copied")
                }
            }
        }
        self.versions.push(Need::new(object));
        Ok(())
    }

    fn copy(
        &mut self,
        find: &Finding<'_>,
        facts: &Arc<BucketFacts>,
        replication: &Replication,
        object: &Object,
        caller: &Arc<Caller>,
    ) -> Result<(), Error> {
        let bucket = || Bucket::existing(find, facts, Reach::Settings);
        self.rules.push(another(find, caller, Need::new(bucket())));
        self.list.push(another(find, caller, Need::new(bucket())));
        if !object.is_marker() {
            self.read.push(another(find, caller, Need::new(object.clone())));
            self.acl.push(another(find, caller, Need::new(object.clone())));
            self.tags.extend(object.tags().map(|_| another(find, caller, Need::new(object.clone()))));
        }
        for rule in replication.rules_for(object.key(), object.what()) {
            self.target(find, rule, object, caller)?;
        }
        Ok(())
    }

    fn target(
        &mut self,
        find: &Finding<'_>,
        rule: &Rule,
        object: &Object,
        caller: &Arc<Caller>,
    ) -> Result<(), Error> {
        let Some(facts) = S3::bucket_facts(find, &rule.target)? else { return Ok(()) };
        if rule.account.as_ref().is_some_and(|account| *account != facts.account.to_string()) {
            return Ok(());
        }
        // Whose requesters pay takes no copies of others.
        let Ok(target) = Object::at(find, &facts, object.key(), Door::Content) else { return Ok(()) };
        let target = target.named(object.version().copied());
        if object.is_marker() {
            self.mark.push(another(find, caller, Need::new(target)));
            return Ok(());
        }
        self.tag.extend(object.tags().map(|_| another(find, caller, Need::new(target.clone()))));
        self.give.extend(rule.gives_away.then(|| another(find, caller, Need::new(target.clone()))));
        self.write.push(another(find, caller, Need::new(target)));
        Ok(())
    }
}

fn another<N>(find: &Finding<'_>, caller: &Arc<Caller>, need: N) -> Another<N> {
    find.call.another(Arc::clone(caller), need)
}

/// A session of the role, if it trusts S3 with this bucket.
fn assume(
    find: &Finding<'_>,
    replication: &Replication,
    facts: &BucketFacts,
) -> Result<Arc<Caller>, AssumeError> {
    let (arn, now) = (facts.arn(), find.call.now_ms.div_euclid(1000));
    let by = Assume { host: HOST, source: (&arn, facts.account), session: "s3-replication", now };
    find.service.codes.assume(&replication.role, &by)
}

/// The buckets that have rules, of whichever account.
fn governed(find: &Finding<'_>) -> Result<Arc<Vec<String>>, Error> {
    let generation = find.service.store.generation(layout::BUCKETS);
    if let Some(names) = find.service.replication.governed(generation) {
        return Ok(names);
    }
    let names = Arc::new(super::having(find, Setting::Replication)?);
    find.service.replication.keep_governed(generation, &names);
    Ok(names)
}

/// Looks once through each of the account's buckets that has rules, for versions that an earlier run left pending.
async fn look_around(find: &Finding<'_>) -> Result<(), Error> {
    for name in governed(find)?.iter() {
        let Some(facts) = S3::bucket_facts(find, name)? else { continue };
        let own = Some(facts.account) == find.account() && facts.replication.is_some();
        if own && find.service.replication.is_new(facts.id) {
            look_through(find, &facts).await.inspect_err(|_| find.service.replication.forget(facts.id))?;
        }
    }
    Ok(())
}

async fn look_through(find: &Finding<'_>, facts: &BucketFacts) -> Result<(), Error> {
    let (base, mut from) = (layout::contents(facts.id), (Start::Beginning, None));
    loop {
        let (start, behind) = from;
        let ask = Ask { start, most: 1000, ..Ask::default() };
        let page = walk_versions(&find.stored(), base.prefix(), &ask, behind.as_ref())?;
        for version in page.versions {
            if version.kept.is_pending()? {
                let task = Task {
                    bucket: facts.name.clone(),
                    id: facts.id,
                    key: version.key,
                    version: version.kept.id().wanted(),
                };
                find.service.replication.push(facts.account, task);
            }
        }
        match page.next {
            Some(next) => from = next,
            None => return Ok(()),
        }
        tokio::task::yield_now().await;
    }
}

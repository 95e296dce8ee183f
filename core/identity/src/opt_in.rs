use kurodo_arn::AccountId;
use kurodo_store::{CoreDoor, StoreError};

use crate::{ReadRecords, WriteRecords, iam_scope, keys, org_scope};

/// Why accounts could not be let sign with Signature Version 2.
#[derive(Debug, thiserror::Error)]
pub enum OptInError {
    /// No account of the organisation has this id.
    #[error("{0} is no account of this organisation: `kurodo account list` shows those that are")]
    NoAccount(AccountId),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets these accounts of the organisation, and no others, sign with Signature Version 2. Gives those for which this
/// is a change, with what holds for them from now on.
///
/// # Errors
/// [`OptInError`]; nothing is changed then.
pub async fn accept_signature_v2(
    door: &CoreDoor,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, bool)>, OptInError> {
    let writer = door.write();
    let members = writer.all(&keys::members().below(&org_scope()))?;
    let is_member = |id: &AccountId| members.iter().any(|member| member.account == *id);
    if let Some(stranger) = accounts.iter().find(|id| !is_member(id)) {
        return Err(OptInError::NoAccount(*stranger));
    }
    let mut transaction = writer.transaction();
    let mut changed = Vec::new();
    for id in members.iter().map(|member| member.account) {
        let key = keys::account().below(&iam_scope(id));
        let Some(mut found) = writer.record(&key)? else { continue };
        let accepts = accounts.contains(&id);
        if found.value.signature_v2 != accepts {
            found.value.signature_v2 = accepts;
            transaction.replace(&key, found.version, &found.value)?;
            changed.push((id, accepts));
        }
    }
    if !changed.is_empty() {
        transaction.commit().await?;
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ACCESS_ROLE, AccountOrder, CreateAccountState, Directory, fixture::Fixture, founder::create_account,
    };

    #[tokio::test]
    async fn accounts_opt_in_and_out() {
        let fixture = Fixture::new().await;
        let (name, email) = ("x", "x@example.com");
        let order = AccountOrder { name, email, role: ACCESS_ROLE, tags: Vec::new(), now: 5 };
        let created = create_account(&fixture.door, &order).await.unwrap();
        let CreateAccountState::Succeeded(other) = created.state else { panic!("{created:?}") };
        let record = |id| keys::account().below(&iam_scope(id));
        let accepts = |id| fixture.door.read().record(&record(id)).unwrap().unwrap().value.signature_v2;
        let root = &fixture.root.access_key_id;
        let first = || fixture.directory.credential(root, None, 1).unwrap().signature_v2;
        assert!(!first() && !accepts(other));
        let both = [fixture.account, other];
        assert_eq!(accept_signature_v2(&fixture.door, &both).await.unwrap().len(), 2);
        assert!(first() && accepts(other));
        let changed = accept_signature_v2(&fixture.door, &both[..1]).await.unwrap();
        assert_eq!(changed, [(other, false)]);
        assert!(first() && !accepts(other));
        assert!(accept_signature_v2(&fixture.door, &both[..1]).await.unwrap().is_empty());
        let stranger = AccountId::new(fixture.account.value() ^ 1).unwrap();
        let refused = accept_signature_v2(&fixture.door, &[stranger]).await;
        assert!(matches!(refused, Err(OptInError::NoAccount(id)) if id == stranger));
        assert!(first());
    }
}

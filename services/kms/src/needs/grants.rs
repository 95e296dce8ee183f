use kurodo_authz::Need;
use kurodo_gateway::Find;

use super::keys::tokens;
use crate::{
    Error, Kms,
    grant::{Constraint, Draft, Token},
    model::{CreateGrantInput, RetireGrantInput},
    resources::Key,
    table::action,
};

/// What a grant would let its grantee do.
pub(crate) fn draft(input: &CreateGrantInput) -> Result<Draft, Error> {
    let mut operations: Vec<String> = input.operations.iter().map(|one| one.as_str().to_owned()).collect();
    operations.sort_unstable();
    operations.dedup();
    let constraint = input.constraints.as_ref().map(Constraint::of).transpose()?.flatten();
    Ok(Draft { operations, constraint })
}

/// The key, with all that the grant says.
pub(crate) async fn create_grant(
    find: &Find<'_, Kms>,
    input: &mut CreateGrantInput,
) -> Result<Need<action::CreateGrant>, Error> {
    tokens(&input.grant_tokens)?;
    let draft = draft(input)?;
    let kind = draft.constraint.as_ref().map(|constraint| match constraint {
        Constraint::Equals(_) => "EncryptionContextEquals",
        Constraint::Subset(_) => "EncryptionContextSubset",
    });
    let operations = draft.operations.clone();
    let need = Need::new(Key::named(find, &input.key_id)?.making(draft))
        .with("kms:GrantIsForAWSResource", find.call.context.get("aws:CalledViaLast").is_some())
        .with("kms:GrantOperations", operations);
    Ok(need
        .with_some("kms:GrantConstraintType", kind)
        .with_some("kms:GranteePrincipal", input.grantee_principal.as_deref())
        .with_some("kms:RetiringPrincipal", input.retiring_principal.as_deref()))
}

/// The key of the grant that a token names, or of the id.
pub(crate) async fn retire_grant(
    find: &Find<'_, Kms>,
    input: &mut RetireGrantInput,
) -> Result<Need<action::RetireGrant>, Error> {
    let (key, grant) = match (&input.grant_token, &input.key_id, &input.grant_id) {
        (Some(token), None, None) => {
            let Token { account, key, grant } = Token::read(token)?;
            (Key::of(find, account, key, None)?, grant)
        }
        (None, Some(key), Some(grant)) => (Key::named(find, key)?, grant.clone()),
        _ => {
            return Err(Error::Validation(
                "Please specify either a grant token, or a key ID and a grant ID.".to_owned(),
            ));
        }
    };
    let key = key.retiring(&grant);
    input.grant_id = Some(grant);
    Ok(Need::new(key))
}

use kurodo_gateway::Handler;
use kurodo_identity::{PasswordPolicy, keys};

use crate::{
    Iam,
    model::{UpdateAccountPasswordPolicyInput, UpdateAccountPasswordPolicyOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::UpdateAccountPasswordPolicy> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::UpdateAccountPasswordPolicy>,
    ) -> Answer<op::UpdateAccountPasswordPolicy> {
        let policy = policy(&asked.input);
        self.change(&asked.permits, |draft| draft.put(&keys::password_policy(), &policy)).await?;
        Ok(UpdateAccountPasswordPolicyOutput {}.into())
    }
}

/// The policy; what the request does not name has its default again.
///
/// Source: IAM API Reference, `UpdateAccountPasswordPolicy`.
fn policy(input: &UpdateAccountPasswordPolicyInput) -> PasswordPolicy {
    let number =
        |value: Option<i32>| value.and_then(|value| u32::try_from(value).ok()).filter(|&value| value > 0);
    PasswordPolicy {
        minimum_length: number(input.minimum_password_length).unwrap_or(6),
        symbols: input.require_symbols.unwrap_or(false),
        numbers: input.require_numbers.unwrap_or(false),
        uppercase: input.require_uppercase_characters.unwrap_or(false),
        lowercase: input.require_lowercase_characters.unwrap_or(false),
        users_may_change: input.allow_users_to_change_password.unwrap_or(false),
        max_age: number(input.max_password_age),
        reuse_prevention: number(input.password_reuse_prevention),
        hard_expiry: input.hard_expiry.unwrap_or(false),
    }
}

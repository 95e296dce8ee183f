use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    error::Missing,
    model::{GetAccountPasswordPolicyOutput, PasswordPolicy, op},
    ops::{Answer, Asked},
    room::{Look, Room},
};

impl Handler<op::GetAccountPasswordPolicy> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::GetAccountPasswordPolicy>,
    ) -> Answer<op::GetAccountPasswordPolicy> {
        let room = Room::open(&self.store, &asked.permits);
        let policy = room.record(&keys::password_policy())?;
        let policy = policy.ok_or_else(|| Missing::PasswordPolicy(room.account()))?;
        let number = |value: u32| i32::try_from(value).ok();
        let password_policy = PasswordPolicy {
            minimum_password_length: number(policy.minimum_length),
            require_symbols: Some(policy.symbols),
            require_numbers: Some(policy.numbers),
            require_uppercase_characters: Some(policy.uppercase),
            require_lowercase_characters: Some(policy.lowercase),
            allow_users_to_change_password: Some(policy.users_may_change),
            expire_passwords: Some(policy.max_age.is_some()),
            max_password_age: policy.max_age.and_then(number),
            password_reuse_prevention: policy.reuse_prevention.and_then(number),
            hard_expiry: Some(policy.hard_expiry),
        };
        Ok(GetAccountPasswordPolicyOutput { password_policy }.into())
    }
}

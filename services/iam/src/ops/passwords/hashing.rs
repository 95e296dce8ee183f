use kurodo_gateway::Turns;
use kurodo_identity::{LoginProfile, PasswordHash, PasswordPolicy};
use kurodo_wire::Secret;

use crate::Error;

/// The hash of a new password. It takes tens of milliseconds, and its turn.
pub(super) async fn hash(turns: &Turns, password: &Secret) -> Result<PasswordHash, Error> {
    Ok(turns.take(|| PasswordHash::new(password.expose())).await?)
}

/// Whether this is the password.
pub(super) async fn matches(turns: &Turns, hash: &PasswordHash, password: &Secret) -> bool {
    turns.take(|| hash.matches(password.expose())).await
}

/// That a password is none of those that may not be used again.
pub(super) async fn is_fresh(
    turns: &Turns,
    password: &Secret,
    profile: &LoginProfile,
    policy: Option<&PasswordPolicy>,
) -> Result<(), Error> {
    let forbidden = policy.and_then(|policy| policy.reuse_prevention).unwrap_or(0);
    let forbidden = usize::try_from(forbidden).unwrap_or(usize::MAX);
    for hash in std::iter::once(&profile.password).chain(&profile.earlier).take(forbidden) {
        if matches(turns, hash, password).await {
            return Err(Error::PasswordPolicyViolation);
        }
    }
    Ok(())
}

/// The profile with another password; the one that it had can be told from a new one later.
pub(super) fn replaced(profile: &LoginProfile, password: PasswordHash, now: i64) -> LoginProfile {
    /// As many as a password policy can forbid to use again.
    const REMEMBERED: usize = 24;
    let earlier = std::iter::once(&profile.password).chain(&profile.earlier).take(REMEMBERED);
    LoginProfile { password, changed: now, earlier: earlier.cloned().collect(), ..profile.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(reuse_prevention: u32) -> PasswordPolicy {
        PasswordPolicy {
            minimum_length: 6,
            symbols: false,
            numbers: false,
            uppercase: false,
            lowercase: false,
            users_may_change: true,
            max_age: None,
            reuse_prevention: Some(reuse_prevention),
            hard_expiry: false,
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn as_many_earlier_passwords_are_refused_as_the_policy_says() {
        let turns = Turns::new(1);
        let first = hash(&turns, &"first".into()).await.unwrap();
        let profile =
            LoginProfile { password: first, created: 1, changed: 1, reset_required: false, earlier: vec![] };
        let profile = replaced(&profile, hash(&turns, &"second".into()).await.unwrap(), 2);
        assert_eq!(profile.changed, 2);
        for (password, forbidden, fresh) in
            [("second", 1, false), ("first", 1, true), ("first", 2, false), ("third", 24, true)]
        {
            let policy = policy(forbidden);
            let outcome = is_fresh(&turns, &password.into(), &profile, Some(&policy)).await;
            assert_eq!(outcome.is_ok(), fresh, "{password} {forbidden}");
        }
        assert!(is_fresh(&turns, &"second".into(), &profile, None).await.is_ok());
    }
}

use kurodo_identity::{Account, PasswordPolicy, keys};

use crate::{Error, room::Look};

/// Characters that count as symbols.
///
/// Source: IAM User Guide, "Setting an account password policy for IAM users".
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";

/// That a password is as the account asks.
pub(super) fn heed(look: &impl Look, password: &str) -> Result<(), Error> {
    let strong = match look.record(&keys::password_policy())? {
        Some(policy) => heeds(&policy, password),
        None => {
            let account = look.record(&keys::account())?.ok_or(Error::Inconsistent("no account"))?;
            heeds_default(&account, password)
        }
    };
    if strong { Ok(()) } else { Err(Error::PasswordPolicyViolation) }
}

fn heeds(policy: &PasswordPolicy, password: &str) -> bool {
    let long = usize::try_from(policy.minimum_length).is_ok_and(|length| password.chars().count() >= length);
    let Classes { upper, lower, digit, symbol } = Classes::of(password);
    long && (upper || !policy.uppercase)
        && (lower || !policy.lowercase)
        && (digit || !policy.numbers)
        && (symbol || !policy.symbols)
}

/// What AWS asks where an account has no policy of its own: eight characters of three classes that are
/// neither the account's name nor its address.
fn heeds_default(account: &Account, password: &str) -> bool {
    let Classes { upper, lower, digit, symbol } = Classes::of(password);
    let classes = [upper, lower, digit, symbol].into_iter().filter(|&there| there).count();
    password.chars().count() >= 8 && classes >= 3 && password != account.name && password != account.email
}

struct Classes {
    upper: bool,
    lower: bool,
    digit: bool,
    symbol: bool,
}

impl Classes {
    fn of(password: &str) -> Self {
        let any = |test: fn(&char) -> bool| password.chars().any(|character| test(&character));
        Self {
            upper: any(char::is_ascii_uppercase),
            lower: any(char::is_ascii_lowercase),
            digit: any(char::is_ascii_digit),
            symbol: any(|character| SYMBOLS.contains(*character)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: PasswordPolicy = PasswordPolicy {
        minimum_length: 8,
        symbols: true,
        numbers: true,
        uppercase: true,
        lowercase: true,
        users_may_change: true,
        max_age: None,
        reuse_prevention: None,
        hard_expiry: false,
    };

    #[test]
    fn each_demand_of_a_policy_is_heeded() {
        assert!(heeds(&ALL, "aB3!efgh"));
        for weak in ["aB3!efg", "ab3!efgh", "AB3!EFGH", "aBc!efgh", "aB34efgh", "aB3.efgh"] {
            assert!(!heeds(&ALL, weak), "{weak}");
        }
        let lax = PasswordPolicy { uppercase: false, symbols: false, ..ALL };
        assert!(heeds(&lax, "abc4efgh"));
    }

    #[test]
    fn without_a_policy_three_classes_are_asked_for() {
        let account = Account {
            id: "111122223333".parse().unwrap(),
            name: "Example1".to_owned(),
            email: "Root1@example.com".to_owned(),
            canonical_id: String::new(),
            created: 0,
            alias: None,
            root: kurodo_identity::RootUser::default(),
            signature_v2: false,
        };
        assert!(heeds_default(&account, "abcdefG1"));
        for weak in ["abcdeG1", "abcdefgh1", "Example1", "Root1@example.com"] {
            assert!(!heeds_default(&account, weak), "{weak}");
        }
    }
}

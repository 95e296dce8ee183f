use crate::say::say;
use std::fs;

use crate::{
    Outcome,
    client::{Access, Keys},
    home::Home,
};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Prints the lines that point every AWS SDK at the server, as the first account's root user or as the
/// administrator of another account.
pub(crate) fn run(account: Option<&str>, home: &Home) -> Outcome {
    let access = Access::read(home)?;
    let access = match account {
        Some(account) => access.with(Keys::read(&home.account(&id(account, home)?))?),
        None => access,
    };
    let ca = access.ca.display().to_string();
    let lines = [
        ("AWS_ENDPOINT_URL", access.endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", &access.keys.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", &access.keys.secret),
        ("AWS_REGION", &access.region),
        ("AWS_DEFAULT_REGION", &access.region),
        ("AWS_CA_BUNDLE", &ca),
        ("NODE_EXTRA_CA_CERTS", &ca),
        ("SSL_CERT_FILE", &ca),
    ];
    for (name, value) in lines {
        say!("export {name}={}", quoted(value));
    }
    say!("unset AWS_SESSION_TOKEN AWS_PROFILE");
    Ok(())
}

/// The id of the account with this name or id, of those whose credentials are here.
fn id(account: &str, home: &Home) -> Result<String, Fault> {
    let mut found = Vec::new();
    for entry in fs::read_dir(home.accounts()).into_iter().flatten() {
        let entry = entry?;
        let id = entry.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(entry.path())?;
        let name = text.lines().next().and_then(|line| line.strip_prefix("# "));
        if id == account || name == Some(account) {
            found.push(id);
        }
    }
    match found.as_slice() {
        [id] => Ok(id.clone()),
        [] => Err(format!(
            "there are no credentials of an account {account} in {}: create it with `kurodo account create`",
            home.accounts().display()
        )
        .into()),
        several => {
            Err(format!("several accounts are called {account}: name one of {}", several.join(", ")).into())
        }
    }
}

/// The value as one word of a POSIX shell.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/.:_-+=@%".contains(c);
    if value.chars().all(plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_are_one_word() {
        assert_eq!(quoted("https://localhost:4566"), "https://localhost:4566");
        assert_eq!(quoted("/my data/ca.pem"), "'/my data/ca.pem'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}

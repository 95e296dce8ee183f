use crate::{Outcome, client::Access, home::Home};

/// Prints the lines that point every AWS SDK at the server.
pub(crate) fn run(home: &Home) -> Outcome {
    let access = Access::read(home)?;
    let ca = access.ca.display().to_string();
    let lines = [
        ("AWS_ENDPOINT_URL", access.endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", &access.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", &access.secret),
        ("AWS_REGION", &access.region),
        ("AWS_DEFAULT_REGION", &access.region),
        ("AWS_CA_BUNDLE", &ca),
        ("NODE_EXTRA_CA_CERTS", &ca),
        ("SSL_CERT_FILE", &ca),
    ];
    for (name, value) in lines {
        println!("export {name}={}", quoted(value));
    }
    println!("unset AWS_SESSION_TOKEN AWS_PROFILE");
    Ok(())
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

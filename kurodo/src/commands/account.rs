use std::{thread::sleep, time::Duration};

use serde_json::{Value, json};

use super::administrator;
use crate::{Outcome, cli::AccountCommand, client::Access, home::Home, say::say};

type Fault = Box<dyn std::error::Error + Send + Sync>;

const PREFIX: &str = "AWSOrganizationsV20161128";

/// Creates and lists accounts, as the root user of the management account would.
pub(crate) fn run(command: &AccountCommand, home: &Home) -> Outcome {
    let access = Access::read(home)?;
    match command {
        AccountCommand::Create { name, email } => create(&access, home, name, email.as_deref()),
        AccountCommand::List => list(&access),
    }
}

fn create(access: &Access, home: &Home, name: &str, email: Option<&str>) -> Outcome {
    let id = found(access, name, email)?;
    say!("{id}");
    let keys = administrator::create(access, &id).map_err(|error| {
        format!(
            "the account {id} was created, but not its administrator ({error}): enter it with the role {}",
            administrator::role(&id)
        )
    })?;
    home.create_folder(&home.accounts())?;
    let file = home.account(&id);
    home.write(&file, &format!("# {name}\n{}", keys.file(&id)))?;
    eprintln!("the credentials of its administrator are in {}", file.display());
    eprintln!("act as it:\n  eval \"$({} --account {id})\"", home.env_command());
    eprintln!("or enter it from the first account with the role\n  {}", administrator::role(&id));
    Ok(())
}

/// Creates the account, and gives its id when it exists.
fn found(access: &Access, name: &str, email: Option<&str>) -> Result<String, Fault> {
    let email = email.map_or_else(|| address(name), str::to_owned);
    let input = json!({ "AccountName": name, "Email": email });
    let mut status = access.call("organizations", &format!("{PREFIX}.CreateAccount"), &input)?;
    for _ in 0..100 {
        let request = status.get("CreateAccountStatus").cloned().unwrap_or_default();
        match request.get("State").and_then(Value::as_str) {
            Some("SUCCEEDED") => return Ok(text(&request, "AccountId").to_owned()),
            Some("FAILED") => return Err(failure(text(&request, "FailureReason"), &email).into()),
            _ => sleep(Duration::from_millis(100)),
        }
        let id = json!({ "CreateAccountRequestId": text(&request, "Id") });
        status = access.call("organizations", &format!("{PREFIX}.DescribeCreateAccountStatus"), &id)?;
    }
    Err("the account is still being created: `kurodo account list` will show it".into())
}

/// An address that nobody can have, for an account that nobody writes to.
fn address(name: &str) -> String {
    let host: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{host}@kurodo.invalid")
}

fn failure(reason: &str, email: &str) -> String {
    match reason {
        "EMAIL_ALREADY_EXISTS" => {
            format!(
                "the account was not created: another one has the address {email}; choose another --email"
            )
        }
        other => format!("the account was not created: {other}"),
    }
}

fn list(access: &Access) -> Outcome {
    let mut token = Value::Null;
    loop {
        let input = if token.is_null() { json!({}) } else { json!({ "NextToken": token }) };
        let page = access.call("organizations", &format!("{PREFIX}.ListAccounts"), &input)?;
        for account in page.get("Accounts").and_then(Value::as_array).into_iter().flatten() {
            say!("{}  {:<10} {}", text(account, "Id"), text(account, "Status"), text(account, "Name"));
        }
        match page.get("NextToken") {
            Some(next) if !next.is_null() => token = next.clone(),
            _ => return Ok(()),
        }
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

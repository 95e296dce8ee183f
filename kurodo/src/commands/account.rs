use std::{thread::sleep, time::Duration};

use serde_json::{Value, json};

use crate::{Outcome, cli::AccountCommand, client::Access, home::Home};

const PREFIX: &str = "AWSOrganizationsV20161128";

/// Creates and lists accounts, as the root user of the management account would.
pub(crate) fn run(command: &AccountCommand, home: &Home) -> Outcome {
    let access = Access::read(home)?;
    match command {
        AccountCommand::Create { name, email } => create(&access, name, email.as_deref()),
        AccountCommand::List => list(&access),
    }
}

fn create(access: &Access, name: &str, email: Option<&str>) -> Outcome {
    let host: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let email = email.map_or_else(|| format!("{host}@kurodo.invalid"), str::to_owned);
    let input = json!({ "AccountName": name, "Email": email });
    let mut status = access.call("organizations", &format!("{PREFIX}.CreateAccount"), &input)?;
    for _ in 0..100 {
        let request = status.get("CreateAccountStatus").cloned().unwrap_or_default();
        match request.get("State").and_then(Value::as_str) {
            Some("SUCCEEDED") => return created(&request),
            Some("FAILED") => {
                return Err(
                    format!("the account was not created: {}", text(&request, "FailureReason")).into()
                );
            }
            _ => sleep(Duration::from_millis(100)),
        }
        let id = json!({ "CreateAccountRequestId": text(&request, "Id") });
        status = access.call("organizations", &format!("{PREFIX}.DescribeCreateAccountStatus"), &id)?;
    }
    Err("the account is still being created: `kurodo account list` will show it".into())
}

fn created(request: &Value) -> Outcome {
    let id = text(request, "AccountId");
    println!("{id}");
    eprintln!("enter it with the role arn:aws:iam::{id}:role/OrganizationAccountAccessRole");
    Ok(())
}

fn list(access: &Access) -> Outcome {
    let mut token = Value::Null;
    loop {
        let input = if token.is_null() { json!({}) } else { json!({ "NextToken": token }) };
        let page = access.call("organizations", &format!("{PREFIX}.ListAccounts"), &input)?;
        for account in page.get("Accounts").and_then(Value::as_array).into_iter().flatten() {
            println!("{}  {:<10} {}", text(account, "Id"), text(account, "Status"), text(account, "Name"));
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

//! An administrator for a new account, made by signed calls that anyone with the same rights could make.
//!
//! Nobody holds a credential of a new account. The way in is the role that trusts the first account, and a root
//! user assumes no roles; so a user of the first account does it, who exists for a moment and may do nothing else.

use serde_json::json;

use crate::client::{Access, Keys, element};

type Fault = Box<dyn std::error::Error + Send + Sync>;

const IAM: &str = "2010-05-08";
const STS: &str = "2011-06-15";
const ADMINISTRATOR: &str = "admin";
const EVERYTHING: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// The role by which the first account enters another one.
pub(crate) fn role(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/OrganizationAccountAccessRole")
}

/// Creates the user `admin` in the account, and gives an access key of it.
pub(crate) fn create(root: &Access, account: &str) -> Result<Keys, Fault> {
    let messenger = Messenger { root, name: format!("kurodo-enter-{account}"), role: role(account) };
    let session = messenger.session();
    messenger.dismiss(session.is_ok())?;
    let inside = root.with(session?);
    iam(&inside, "CreateUser", &[("UserName", ADMINISTRATOR)])?;
    iam(&inside, "AttachUserPolicy", &[("UserName", ADMINISTRATOR), ("PolicyArn", EVERYTHING)])?;
    keys(&iam(&inside, "CreateAccessKey", &[("UserName", ADMINISTRATOR)])?)
}

/// The user of the first account that assumes the role.
struct Messenger<'a> {
    root: &'a Access,
    name: String,
    role: String,
}

const POLICY: &str = "enter";

impl Messenger<'_> {
    /// Makes the user, and assumes the role as it.
    fn session(&self) -> Result<Keys, Fault> {
        let user = ("UserName", self.name.as_str());
        iam(self.root, "CreateUser", &[user])?;
        let statement = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": self.role });
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        let policy = [user, ("PolicyName", POLICY), ("PolicyDocument", document.as_str())];
        iam(self.root, "PutUserPolicy", &policy)?;
        let access = self.root.with(keys(&iam(self.root, "CreateAccessKey", &[user])?)?);
        let parameters = [
            ("Action", "AssumeRole"),
            ("Version", STS),
            ("RoleArn", self.role.as_str()),
            ("RoleSessionName", "kurodo-account-create"),
            ("DurationSeconds", "900"),
        ];
        keys(&access.query("sts", &parameters)?)
    }

    /// Removes the user with all that it has. What fails then is only told when all else went well.
    fn dismiss(&self, tell: bool) -> Result<(), Fault> {
        let removed = self.remove();
        if tell { removed } else { Ok(()) }
    }

    fn remove(&self) -> Result<(), Fault> {
        let user = ("UserName", self.name.as_str());
        let listed = iam(self.root, "ListAccessKeys", &[user])?;
        if let Some(key) = element(&listed, "AccessKeyId") {
            iam(self.root, "DeleteAccessKey", &[user, ("AccessKeyId", key)])?;
        }
        let policies = iam(self.root, "ListUserPolicies", &[user])?;
        if element(&policies, "member").is_some() {
            iam(self.root, "DeleteUserPolicy", &[user, ("PolicyName", POLICY)])?;
        }
        iam(self.root, "DeleteUser", &[user])?;
        Ok(())
    }
}

fn iam(access: &Access, action: &str, parameters: &[(&str, &str)]) -> Result<String, Fault> {
    access.query("iam", &[&[("Action", action), ("Version", IAM)], parameters].concat())
}

/// The credentials in an answer.
fn keys(xml: &str) -> Result<Keys, Fault> {
    let text = |name| element(xml, name).map(str::to_owned);
    let missing = || Fault::from("the server's answer has no credentials");
    Ok(Keys {
        access_key_id: text("AccessKeyId").ok_or_else(missing)?,
        secret: text("SecretAccessKey").ok_or_else(missing)?,
        token: text("SessionToken"),
    })
}

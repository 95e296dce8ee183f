//! The credential report: who has which credentials, in CSV.
//!
//! Source: IAM User Guide, "Generate credential reports for your AWS account", for the columns.

use kurodo_identity::{Account, CredentialReport, PasswordPolicy, User, keys};

use crate::{Error, room::Look, view};

const DAY: i64 = 24 * 60 * 60;

const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
    password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,\
    access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,\
    access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,\
    access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,\
    cert_2_active,cert_2_last_rotated";

/// Whether a report is no older than four hours.
pub(super) fn is_fresh(report: &CredentialReport, now: i64) -> bool {
    now < report.generated.saturating_add(4 * 60 * 60)
}

/// What a report is made from.
pub(super) struct Report<'a, L: Look, U: Look> {
    pub(super) look: &'a L,
    /// The records of when keys were last used.
    pub(super) uses: &'a U,
}

impl<L: Look, U: Look> Report<'_, L, U> {
    /// The report.
    pub(super) fn csv(&self) -> Result<String, Error> {
        let account = self.look.record(&keys::account())?.ok_or(Error::Inconsistent("no account"))?;
        let policy = self.look.record(&keys::password_policy())?;
        let mut lines = vec![COLUMNS.to_owned(), self.root(&account)?];
        for user in self.look.walk(&keys::users(), None)? {
            lines.push(self.user(&user?, policy.as_ref())?);
        }
        Ok(lines.join("\n"))
    }

    fn root(&self, account: &Account) -> Result<String, Error> {
        let mut cells = vec!["<root_account>".to_owned(), account.root_arn(), time(account.created)];
        cells
            .extend(["not_supported", "no_information", "not_supported", "not_supported"].map(str::to_owned));
        cells.push((!account.root.mfa.is_empty()).to_string());
        self.keys(&account.root.keys, &mut cells)?;
        Ok(cells.join(","))
    }

    fn user(&self, user: &User, policy: Option<&PasswordPolicy>) -> Result<String, Error> {
        let arn = user.arn(self.look.account());
        let mut cells = vec![quoted(&user.name), quoted(&arn), time(user.created)];
        match &user.login {
            Some(profile) => {
                let next = policy
                    .and_then(|policy| policy.max_age)
                    .map(|days| time(profile.changed.saturating_add(i64::from(days) * DAY)));
                let next = next.unwrap_or_else(|| "N/A".to_owned());
                cells.extend(["true".to_owned(), "no_information".to_owned(), time(profile.changed), next]);
            }
            None => cells.extend(["false", "N/A", "N/A", "N/A"].map(str::to_owned)),
        }
        cells.push((!user.mfa.is_empty()).to_string());
        self.keys(&user.keys, &mut cells)?;
        Ok(cells.join(","))
    }

    /// The cells of two access keys and of two certificates, which nobody has.
    fn keys(&self, ids: &[String], cells: &mut Vec<String>) -> Result<(), Error> {
        for place in 0..2 {
            match ids.get(place) {
                Some(id) => self.key(id, cells)?,
                None => cells.extend(["false", "N/A", "N/A", "N/A", "N/A"].map(str::to_owned)),
            }
        }
        cells.extend(["false", "N/A", "false", "N/A"].map(str::to_owned));
        Ok(())
    }

    fn key(&self, id: &str, cells: &mut Vec<String>) -> Result<(), Error> {
        let key = self.look.record(&keys::access_key(id))?;
        let key = key.ok_or(Error::Inconsistent("an access key is gone"))?;
        cells.extend([key.active.to_string(), time(key.created)]);
        match self.uses.record(&keys::key_uses().exactly(id))? {
            Some(used) => cells.extend([time(used.at), used.region, used.service]),
            None => cells.extend(["N/A", "N/A", "N/A"].map(str::to_owned)),
        }
        Ok(())
    }
}

/// A cell whose text may hold a comma, as names and paths may.
fn quoted(text: &str) -> String {
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// A time as the report writes it.
fn time(seconds: i64) -> String {
    view::time(seconds).strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_live_for_four_hours() {
        let report = CredentialReport { generated: 1000, content: String::new() };
        assert!(is_fresh(&report, 1000 + 4 * 3600 - 1));
        assert!(!is_fresh(&report, 1000 + 4 * 3600));
    }

    #[test]
    fn there_are_twenty_two_columns() {
        assert_eq!(COLUMNS.split(',').count(), 22);
        assert!(COLUMNS.split(',').all(|name| !name.is_empty() && !name.contains(' ')));
    }

    #[test]
    fn commas_of_names_do_not_make_cells() {
        assert_eq!(quoted("bob"), "bob");
        assert_eq!(quoted("bob,the \"builder\""), "\"bob,the \"\"builder\"\"\"");
    }

    #[test]
    fn times_carry_their_offset() {
        assert_eq!(time(0), "1970-01-01T00:00:00+00:00");
    }
}

//! The account as a whole.

mod create_account_alias;
mod delete_account_alias;
mod details;
mod generate_credential_report;
mod get_account_authorization_details;
mod get_account_summary;
mod get_credential_report;
mod list_account_aliases;
mod report;

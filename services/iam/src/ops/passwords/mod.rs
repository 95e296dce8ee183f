//! Passwords for the console, and what an account asks of them.

mod change_password;
mod create_login_profile;
mod delete_account_password_policy;
mod delete_login_profile;
mod get_account_password_policy;
mod get_login_profile;
mod hashing;
mod strength;
mod update_account_password_policy;
mod update_login_profile;

use kurodo_identity::{LoginProfile, User};

use crate::{Error, error::Missing, model, view};

/// The user's password.
fn profile(user: &User) -> Result<&LoginProfile, Error> {
    user.login.as_ref().ok_or_else(|| Missing::LoginProfile(user.name.clone()).into())
}

/// A user's password as answers carry it: without itself.
fn shown(user: &User, profile: &LoginProfile) -> model::LoginProfile {
    model::LoginProfile {
        user_name: user.name.clone(),
        create_date: view::time(profile.created),
        password_reset_required: Some(profile.reset_required),
    }
}

//! Policies embedded in users, groups and roles.

mod delete_group_policy;
mod delete_role_policy;
mod delete_user_policy;
mod get_group_policy;
mod get_role_policy;
mod get_user_policy;
mod list_group_policies;
mod list_role_policies;
mod list_user_policies;
mod put_group_policy;
mod put_role_policy;
mod put_user_policy;

use std::collections::BTreeMap;

use crate::{
    Error,
    error::{Exceeded, Missing},
    page::{Page, Paging},
    text::{identity_policy, size},
};

/// Embeds a policy, in place of one of the same name. `of` is the kind and the name of what it is embedded in,
/// and how many characters all its policies may have.
fn put(
    inline: &mut BTreeMap<String, String>,
    name: &str,
    document: &str,
    of: (&'static str, &str, usize),
) -> Result<(), Error> {
    identity_policy(document)?;
    inline.insert(name.to_owned(), document.to_owned());
    let (of, holder, limit) = of;
    let total: usize = inline.values().map(|document| size(document)).sum();
    if total > limit {
        return Err(Exceeded::Inline { limit, of, name: holder.to_owned() }.into());
    }
    Ok(())
}

fn missing(of: &'static str, name: &str) -> Error {
    Missing::Inline { of, name: name.to_owned() }.into()
}

/// A page of the names.
fn names(paging: &Paging, inline: &BTreeMap<String, String>) -> Result<Page<String>, Error> {
    paging.cut(inline.keys().map(|name| Ok((name.clone(), name.clone()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(length: usize) -> String {
        let start = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::"#;
        let end = r#""}]}"#;
        format!("{start}{}{end}", "x".repeat(length - start.len() - end.len()))
    }

    #[test]
    fn all_policies_together_have_a_limit() {
        let mut inline = BTreeMap::new();
        let of = ("user", "bob", 2048);
        put(&mut inline, "a", &document(1024), of).unwrap();
        put(&mut inline, "a", &document(1024), of).unwrap();
        put(&mut inline, "b", &document(1024), of).unwrap();
        let refused = put(&mut inline, "c", &document(200), of).unwrap_err();
        assert_eq!(refused.to_string(), "Maximum policy size of 2048 bytes exceeded for user bob");
        assert_eq!(refused.code(), Some(("LimitExceeded", 409)));
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        let refused = put(&mut BTreeMap::new(), "a", "{}", ("user", "bob", 2048)).unwrap_err();
        assert_eq!(refused.code(), Some(("MalformedPolicyDocument", 400)));
    }
}

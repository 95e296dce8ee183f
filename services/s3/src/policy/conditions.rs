//! The condition keys that a bucket's policy can speak of.
//!
//! Source: Service Authorization Reference, "Condition keys for Amazon S3".

use serde_json::Value;

use super::{
    actions::{self, LISTING, On},
    malformed,
};
use crate::Error;

/// Refuses keys that are none, and keys that no action of the statement has.
pub(super) fn check(statement: &Value, actions: &[&str]) -> Result<(), Error> {
    let operators = statement.get("Condition").and_then(Value::as_object);
    let keys = operators.into_iter().flat_map(|operators| operators.values().filter_map(Value::as_object));
    for key in keys.flat_map(|keys| keys.keys()) {
        let fits = match reach(key).ok_or_else(|| malformed("Policy has an invalid condition key"))? {
            Reach::Everything => true,
            Reach::Listing => actions.iter().any(|pattern| actions::any(pattern, &LISTING)),
            Reach::Objects => actions.iter().any(|pattern| actions::on(pattern, On::Object)),
        };
        if !fits {
            let message = "Conditions do not apply to combination of actions and resources in statement";
            return Err(malformed(message));
        }
    }
    Ok(())
}

/// Which actions have a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Everything,
    Listing,
    Objects,
}

/// The reach of a key; `None` for one that does not exist. Keys of other services are not looked at more closely.
fn reach(key: &str) -> Option<Reach> {
    let key = key.to_ascii_lowercase();
    let (vendor, name) = key.split_once(':')?;
    if vendor != "s3" {
        return (!vendor.is_empty() && !name.is_empty()).then_some(Reach::Everything);
    }
    let family = name.split_once('/').map(|(family, _)| family);
    match (name, family) {
        ("delimiter" | "max-keys" | "prefix", _) => Some(Reach::Listing),
        (_, Some("existingobjecttag" | "requestobjecttag")) => Some(Reach::Objects),
        (_, Some("accesspointtag" | "buckettag")) => Some(Reach::Everything),
        (name, None) if OBJECTS.contains(&name) => Some(Reach::Objects),
        (name, None) if EVERYTHING.contains(&name) => Some(Reach::Everything),
        _ => None,
    }
}

const OBJECTS: [&str; 18] = [
    "if-match",
    "if-none-match",
    "object-lock-legal-hold",
    "object-lock-mode",
    "object-lock-remaining-retention-days",
    "object-lock-retain-until-date",
    "objectcreationoperation",
    "requestobjecttagkeys",
    "versionid",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
    "destinationregion",
    "isreplicationpauserequest",
];

const EVERYTHING: [&str; 19] = [
    "accessgrantsinstancearn",
    "accesspointnetworkorigin",
    "authtype",
    "dataaccesspointaccount",
    "dataaccesspointarn",
    "inventoryaccessibleoptionalfields",
    "locationconstraint",
    "resourceaccount",
    "signatureage",
    "signatureversion",
    "tlsversion",
    "x-amz-acl",
    "x-amz-content-sha256",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-object-ownership",
];

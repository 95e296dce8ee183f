//! Decoding by the shapes of real operations.

use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderMap;
use kurodo_wire::{
    OperationSchema, Protocol, RequestParts, ServiceSchema, decode_input, present_members, validate,
    violation_message,
};

/// Every service with a generated model.
pub(crate) static SERVICES: [&ServiceSchema; 4] = [
    &kurodo_iam::model::SERVICE,
    &kurodo_sts::model::SERVICE,
    &kurodo_organizations::model::SERVICE,
    &kurodo_s3::model::SERVICE,
];

/// The operation that two bytes choose, of these services.
pub(crate) fn operation(
    services: &[&'static ServiceSchema],
    choice: [u8; 2],
) -> Option<&'static OperationSchema> {
    let all = services.iter().map(|service| service.operations.len()).sum::<usize>();
    let at = usize::from(u16::from_be_bytes(choice)).checked_rem(all)?;
    services.iter().flat_map(|service| service.operations).copied().nth(at)
}

/// Decodes a body as the input of an operation that two leading bytes choose, and validates it.
pub(crate) fn body(protocol: Protocol, services: &[&'static ServiceSchema], data: &[u8]) {
    let Some((choice, body)) = data.split_first_chunk::<2>() else { return };
    let Some(operation) = operation(services, *choice) else { return };
    let body = Bytes::copy_from_slice(body);
    let parts = RequestParts { labels: &[], query: &[], headers: &HeaderMap::new(), body };
    parts_of(protocol, operation, &parts);
}

/// Decodes a request, and validates it as the gateway does.
pub(crate) fn parts_of(protocol: Protocol, operation: &OperationSchema, parts: &RequestParts<'_>) {
    match decode_input(protocol, operation, parts) {
        Ok(value) => {
            present_members(operation.input, &value, &["Tags.Key", "Bucket", "Policy"]);
            let violations = validate(operation.input, &value);
            if !violations.is_empty() {
                assert!(!violation_message(&violations).is_empty());
            }
        }
        // Some messages are empty, as AWS's are.
        Err(error) => assert!(!error.code(protocol).is_empty(), "{error}"),
    }
}

/// Decodes a query and reads it as a form of this protocol.
pub(crate) fn form(protocol: Protocol, operation: &OperationSchema, text: &str) {
    let Ok(pairs) = kurodo_wire::parse_query(text) else { return };
    let query: Vec<(Cow<'_, str>, Cow<'_, str>)> = pairs;
    let headers = HeaderMap::new();
    let parts = RequestParts { labels: &[], query: &query, headers: &headers, body: Bytes::new() };
    parts_of(protocol, operation, &parts);
}

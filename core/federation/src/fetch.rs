use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::Method;
use kurodo_outside::{Answer, Ask, send};
use rustls::ClientConfig;
use serde::de::DeserializeOwned;

use crate::FetchError;

/// How long an issuer may take for each document.
///
/// Source: AWS re:Post, "How can I resolve the AWS STS AssumeRoleWithWebIdentity API call error InvalidIdentityToken?"
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest document, in bytes.
const LONGEST: usize = 256 << 10;

/// Fetches a JSON document; follows no redirections.
///
/// # Errors
/// [`FetchError`].
pub(crate) async fn json<T: DeserializeOwned>(
    client: &Arc<ClientConfig>,
    address: &str,
    document: &'static str,
) -> Result<T, FetchError> {
    let ask =
        Ask { method: Method::GET, address, content: Bytes::new(), patience: PATIENCE, longest: LONGEST };
    let Answer { status, content } = send(client, ask).await?;
    if status != 200 {
        return Err(FetchError::Status { address: address.to_owned(), status });
    }
    let found = serde_json::from_slice(&content);
    found.map_err(|_| FetchError::Content { address: address.to_owned(), document })
}

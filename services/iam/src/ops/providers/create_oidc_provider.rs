use kurodo_gateway::Handler;
use kurodo_identity::{OidcProvider, keys};

use crate::{
    Error, Iam,
    error::Duplicate,
    model::{CreateOpenIDConnectProviderInput, CreateOpenIDConnectProviderOutput, op},
    ops::{Answer, Asked, now},
    quota,
    room::{Draft, Look},
    tags,
};

impl Handler<op::CreateOpenIDConnectProvider> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::CreateOpenIDConnectProvider>,
    ) -> Answer<op::CreateOpenIDConnectProvider> {
        let (permit, _) = &asked.permits;
        let (input, now) = (&asked.input, now(asked.call));
        let url = issuer(&input.url)?;
        let output = self
            .change(permit, |draft| {
                let provider = create(draft, input, url, now)?;
                let arn = provider.arn(draft.account());
                let tags = tags::some(&provider.tags);
                Ok(CreateOpenIDConnectProviderOutput { open_id_connect_provider_arn: Some(arn), tags })
            })
            .await?;
        Ok(output.into())
    }
}

fn create(
    draft: &Draft<'_>,
    input: &CreateOpenIDConnectProviderInput,
    url: &str,
    now: i64,
) -> Result<OidcProvider, Error> {
    if draft.record(&keys::oidc_providers().exactly(url))?.is_some() {
        return Err(Duplicate::Oidc(url.to_owned()).into());
    }
    quota::OIDC_PROVIDERS.admits_another(draft.count(&keys::oidc_providers())?)?;
    let client_ids = input.client_id_list.clone().unwrap_or_default();
    quota::CLIENT_IDS.admits(client_ids.len())?;
    let thumbprints = input.thumbprint_list.clone().unwrap_or_default();
    check_thumbprints(&thumbprints)?;
    let tags = tags::new(input.tags.as_ref())?;
    let provider = OidcProvider { url: url.to_owned(), client_ids, thumbprints, created: now, tags };
    draft.keep(&provider)?;
    Ok(provider)
}

/// The issuer's URL without its scheme, which must be `https`; no query or fragment. AWS takes no port; providers on one's own
/// premises often have one.
fn issuer(url: &str) -> Result<&str, Error> {
    let invalid = || Error::Validation("Invalid Open ID Connect Provider URL".to_owned());
    let rest = url.strip_prefix("https://").ok_or_else(invalid)?;
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let named = !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    let digits = !port.starts_with('0') && port.bytes().all(|byte| byte.is_ascii_digit());
    let named = named && digits && port.parse::<u16>().is_ok();
    let plain = rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#*\\\"".contains(&byte));
    if named && plain { Ok(rest) } else { Err(invalid()) }
}

/// SHA-1 hashes in hexadecimal, at most five.
pub(super) fn check_thumbprints(thumbprints: &[String]) -> Result<(), Error> {
    quota::THUMBPRINTS.admits(thumbprints.len())?;
    let sound = |text: &String| text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if thumbprints.iter().all(sound) {
        return Ok(());
    }
    Err(Error::InvalidInput("Thumbprint list contains a value that is not a SHA-1 hash.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_reached_over_tls() {
        assert_eq!(issuer("https://id.example.com/a/b").unwrap(), "id.example.com/a/b");
        assert_eq!(issuer("https://id.example.com:8443/a").unwrap(), "id.example.com:8443/a");
        for url in [
            "http://id.example.com",
            "id.example.com",
            "https://",
            "https:///a",
            "https://a b",
            "https://a/*",
            "https://a:0/",
            "https://a:65536/",
            "https://a:",
            "https://a:b",
            "https://a:+1",
            "https://a:1:2",
            "https://a?b",
        ] {
            assert_eq!(issuer(url).unwrap_err().code(), Some(("ValidationError", 400)), "{url}");
        }
    }

    #[test]
    fn thumbprints_are_forty_digits_and_five_at_most() {
        let good = "0123456789abcdefABCDEF0123456789abcdef01".to_owned();
        assert!(check_thumbprints(&vec![good.clone(); 5]).is_ok());
        assert_eq!(
            check_thumbprints(&vec![good.clone(); 6]).unwrap_err().code(),
            Some(("LimitExceeded", 409))
        );
        let bad = good.replace('0', "g");
        assert_eq!(check_thumbprints(&[bad]).unwrap_err().code(), Some(("InvalidInput", 400)));
    }
}

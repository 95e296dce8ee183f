use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kurodo_arn::{AccountId, Arn};
use kurodo_gateway::{Authorized, Handler, Reply};
use kurodo_keys::Sealer;

use crate::{
    Error, Sts,
    model::{DecodeAuthorizationMessageOutput, op},
};

/// What the gateway authenticates its messages as.
const MESSAGE: &[u8] = b"authorization-message";

impl Handler<op::DecodeAuthorizationMessage> for Sts {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DecodeAuthorizationMessage>,
    ) -> Result<Reply<DecodeAuthorizationMessageOutput>, Error> {
        let account = call.call.account().ok_or(Error::Unsigned)?;
        let text = decode(&self.messages, &call.input.encoded_message, account);
        let text = text.ok_or(Error::InvalidAuthorizationMessage)?;
        Ok(DecodeAuthorizationMessageOutput { decoded_message: Some(text) }.into())
    }
}

/// The message's text, to the account whose principal was denied: it tells of that account's policies.
fn decode(messages: &Sealer, encoded: &str, account: AccountId) -> Option<String> {
    let sealed = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    let text = String::from_utf8(messages.open_random(MESSAGE, &sealed).ok()?).ok()?;
    let message: serde_json::Value = serde_json::from_str(&text).ok()?;
    let denied: Arn = message.pointer("/context/principal/arn")?.as_str()?.parse().ok()?;
    (denied.account == account.to_string()).then_some(text)
}

#[cfg(test)]
mod tests {
    use kurodo_keys::SecretKey;

    use super::*;

    #[test]
    fn only_the_account_that_was_denied_reads_its_messages() {
        let messages = Sealer::new(&SecretKey::from_bytes([3; 32]));
        let text = r#"{"context":{"principal":{"arn":"arn:aws:iam::111122223333:user/bob"}}}"#;
        let encoded = URL_SAFE_NO_PAD.encode(messages.seal_random(MESSAGE, text.as_bytes()).unwrap());
        let (own, other) = (AccountId::new(111_122_223_333).unwrap(), AccountId::new(1).unwrap());
        assert_eq!(decode(&messages, &encoded, own).as_deref(), Some(text));
        assert_eq!(decode(&messages, &encoded, other), None);
        let strange = Sealer::new(&SecretKey::from_bytes([4; 32]));
        assert_eq!(decode(&strange, &encoded, own), None);
        for text in ["", "AAAA", "not base64 at all", &encoded[1..]] {
            assert_eq!(decode(&messages, text, own), None, "{text}");
        }
    }
}

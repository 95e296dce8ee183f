use base64::{Engine, prelude::BASE64_STANDARD};
use kurodo_keys::{Sealer, SecretKey};
use zeroize::Zeroizing;

use super::{Session, pack};
use crate::id;

/// Characters that a token may have at most; longer ones were not made here.
const LONGEST: usize = 6 * 1024;

/// A session token could not be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is damaged, made elsewhere, or belongs to another access key.
    #[error("the session token does not belong to the access key")]
    Foreign,
    /// The session has fields that are too long for a token.
    #[error("the session is too large for a token: use fewer or shorter policies and tags")]
    TooLarge,
    /// There was no randomness to seal with.
    #[error("the session token cannot be sealed: try again")]
    Sealing,
}

/// Makes session tokens, and opens those that it made.
pub struct SessionSealer {
    root: SecretKey,
}

impl SessionSealer {
    /// A sealer under a key that is used for nothing else.
    pub fn new(root: SecretKey) -> Self {
        Self { root }
    }

    /// The token of a session.
    ///
    /// # Errors
    /// [`TokenError::TooLarge`], [`TokenError::Sealing`].
    pub fn seal(&self, session: &Session) -> Result<String, TokenError> {
        let key = &session.access_key_id;
        let plain = pack::pack(session).ok_or(TokenError::TooLarge)?;
        let sealed = self
            .sealer(key)
            .and_then(|sealer| sealer.seal_random(key.as_bytes(), &plain).ok())
            .ok_or(TokenError::Sealing)?;
        let token = BASE64_STANDARD.encode(sealed);
        if token.len() > LONGEST { Err(TokenError::TooLarge) } else { Ok(token) }
    }

    /// The session of a token, when it is the token of this access key.
    ///
    /// Whether the session has ended, and whether its subject still exists, is for the caller to check.
    ///
    /// # Errors
    /// [`TokenError::Foreign`].
    pub fn open(&self, access_key_id: &str, token: &str) -> Result<Session, TokenError> {
        let open = || {
            let sealer = self.sealer(access_key_id).filter(|_| token.len() <= LONGEST)?;
            let sealed = BASE64_STANDARD.decode(token).ok()?;
            let plain = Zeroizing::new(sealer.open_random(access_key_id.as_bytes(), &sealed).ok()?);
            pack::unpack(access_key_id, &plain)
        };
        open().ok_or(TokenError::Foreign)
    }

    /// Every account has its own key, so that none seals more tokens than AES-GCM's random nonces allow.
    fn sealer(&self, access_key_id: &str) -> Option<Sealer> {
        let account = id::account_of(access_key_id).filter(|_| access_key_id.starts_with("ASIA"))?;
        Some(Sealer::new(&self.root.derive("session token", account.to_string().as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use kurodo_arn::AccountId;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Secret, Tag,
        session::{Origin, Parent, Subject},
    };

    fn sealer(byte: u8) -> SessionSealer {
        SessionSealer::new(SecretKey::from_bytes([byte; 32]))
    }

    fn session(subject: Subject, policy: Option<String>, texts: Vec<String>) -> Session {
        Session {
            access_key_id: id::session_key(AccountId::new(123_456_789_012).unwrap()).unwrap(),
            secret: Secret::new("secret".to_owned()),
            subject,
            issued: 1,
            expires: i64::MAX,
            mfa: policy.as_ref().map(|_| -5),
            policy,
            policy_arns: texts.clone(),
            tags: texts.iter().map(|text| Tag { key: text.clone(), value: text.clone() }).collect(),
            transitive: texts.clone(),
            source_identity: Some("me".to_owned()),
            origin: texts.first().map(|text| Origin {
                provider: text.clone(),
                claims: vec![(text.clone(), texts.clone()), ("none".to_owned(), Vec::new())],
            }),
        }
    }

    fn subjects() -> impl Strategy<Value = Subject> {
        prop_oneof![
            (".*", ".*").prop_map(|(id, name)| Subject::Role { id, name }),
            (proptest::option::of(".*"), ".*").prop_map(|(user, key)| Subject::Same(Parent { user, key })),
            (".*", ".*").prop_map(|(name, key)| Subject::Federated { name, by: Parent { user: None, key } }),
        ]
    }

    proptest! {
        #[test]
        fn a_token_gives_its_session_back(
            subject in subjects(),
            policy in proptest::option::of(".{0,40}"),
            texts in proptest::collection::vec(".{0,20}", 0..4),
        ) {
            let session = session(subject, policy, texts);
            let token = sealer(1).seal(&session).unwrap();
            let opened = sealer(1).open(&session.access_key_id, &token).unwrap();
            // `Debug` tells everything but the secret.
            prop_assert_eq!(format!("{opened:?}"), format!("{session:?}"));
            prop_assert_eq!(opened.secret.expose(), "secret");
        }

        #[test]
        fn no_changed_token_opens(at: proptest::sample::Index, other in "[A-Za-z0-9+/=]") {
            let session = session(Subject::Role { id: "AROA".into(), name: "n".into() }, None, vec![]);
            let token = sealer(1).seal(&session).unwrap();
            let at = at.index(token.len());
            let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
            prop_assume!(changed != token);
            prop_assert!(matches!(sealer(1).open(&session.access_key_id, &changed), Err(TokenError::Foreign)));
        }
    }

    #[test]
    fn a_token_belongs_to_its_key_and_deployment() {
        let one = session(Subject::Role { id: "AROA".into(), name: "n".into() }, None, vec![]);
        let two = session(Subject::Role { id: "AROA".into(), name: "n".into() }, None, vec![]);
        let token = sealer(1).seal(&one).unwrap();
        assert!(sealer(1).open(&two.access_key_id, &token).is_err());
        assert!(sealer(2).open(&one.access_key_id, &token).is_err());
        assert!(sealer(1).open(&one.access_key_id.replace("ASIA", "AKIA"), &token).is_err());
    }

    #[test]
    fn the_secret_cannot_be_read_from_the_token() {
        let one = session(Subject::Role { id: "AROA".into(), name: "n".into() }, None, vec![]);
        let token = sealer(1).seal(&one).unwrap();
        let bytes = BASE64_STANDARD.decode(token).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"secret"));
    }
}

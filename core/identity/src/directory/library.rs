use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use aws_lc_rs::digest::{Context, SHA256};
use kurodo_policy::{Kind, Policy, PolicyError};

/// Policies that are kept compiled; past that many, those that nobody uses go.
const MOST: usize = 4096;

/// Compiled policies by their text: however many users share a policy, it is compiled once.
#[derive(Default)]
pub(crate) struct Library(RwLock<HashMap<Mark, Arc<Policy>>>);

/// The SHA-256 of a kind and a text.
type Mark = [u8; 32];

impl Library {
    /// The compiled policy.
    pub(crate) fn compiled(&self, text: &str, kind: Kind) -> Result<Arc<Policy>, PolicyError> {
        let mark = mark(text, kind);
        if let Some(policy) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&mark) {
            return Ok(Arc::clone(policy));
        }
        let policy = Arc::new(Policy::parse(text, kind)?);
        let mut compiled = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if compiled.len() >= MOST {
            compiled.retain(|_, policy| Arc::strong_count(policy) > 1);
        }
        if compiled.len() >= MOST {
            compiled.clear();
        }
        Ok(Arc::clone(compiled.entry(mark).or_insert(policy)))
    }
}

fn mark(text: &str, kind: Kind) -> Mark {
    let mut context = Context::new(&SHA256);
    context.update(&[kind as u8]);
    context.update(text.as_bytes());
    context.finish().as_ref().try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::{name}"}}}}"#
        )
    }

    #[test]
    fn one_text_is_compiled_once_for_each_use() {
        let library = Library::default();
        let one = library.compiled(&text("a"), Kind::Identity).unwrap();
        assert!(Arc::ptr_eq(&one, &library.compiled(&text("a"), Kind::Identity).unwrap()));
        assert!(!Arc::ptr_eq(&one, &library.compiled(&text("a"), Kind::Session).unwrap()));
        assert!(!Arc::ptr_eq(&one, &library.compiled(&text("b"), Kind::Identity).unwrap()));
    }

    #[test]
    fn what_is_in_use_outlives_the_limit() {
        let library = Library::default();
        let held = library.compiled(&text("held"), Kind::Identity).unwrap();
        for number in 0..MOST {
            library.compiled(&text(&number.to_string()), Kind::Identity).unwrap();
        }
        assert!(library.0.read().unwrap().len() <= MOST);
        assert!(Arc::ptr_eq(&held, &library.compiled(&text("held"), Kind::Identity).unwrap()));
    }
}

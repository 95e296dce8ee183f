//! Who waits for a stream's records is told when there are some.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use tokio::sync::watch;

/// A bell for every stream that somebody waits for.
#[derive(Debug, Default)]
pub(crate) struct Bells(RwLock<HashMap<u64, watch::Sender<()>>>);

impl Bells {
    /// Tells who waits for what is called by this number.
    pub(crate) fn ring(&self, contents: u64) {
        let bells = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(&contents) {
            bell.send_replace(());
        }
    }

    /// Is told from now on. Bells that nobody hears any more are taken down.
    pub(crate) fn hear(&self, contents: u64) -> watch::Receiver<()> {
        let mut bells = self.0.write().unwrap_or_else(PoisonError::into_inner);
        bells.retain(|_, bell| bell.receiver_count() > 0);
        bells.entry(contents).or_insert_with(|| watch::channel(()).0).subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_who_hears_is_told() {
        let bells = Bells::default();
        bells.ring(1);
        let (mut one, two) = (bells.hear(1), bells.hear(2));
        bells.ring(1);
        one.changed().await.unwrap();
        assert!(!two.has_changed().unwrap());
        drop(one);
        _ = bells.hear(3);
        assert_eq!(bells.0.read().unwrap().len(), 2);
    }
}

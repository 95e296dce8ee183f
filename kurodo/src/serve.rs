//! Composes the server: keys, store, audit trail, directory, services, gateway, listener.

use std::{sync::Arc, time::Instant};

use kurodo_gateway::{Gateway, Limits, Listener, Settings};
use kurodo_keys::{Root, SecretKey};
use kurodo_store::{CoreDoor, Store, StoreOptions, blobs::Blobs};
use tokio::sync::watch;

use crate::{
    Outcome,
    certificates,
    config::Config,
    home::Home,
    platform::{self, Platform},
    registry,
};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What services are made of.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) root: SecretKey,
}

/// Serves until it is told to stop.
pub(crate) fn run(config: &Config, started: Instant) -> Outcome {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(config, started))
}

use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, Error, RootCertStore, crypto::aws_lc_rs};

/// The authorities that this machine trusts.
pub fn machine() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    let load = || {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "some of the machine's certificate authorities cannot be read");
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        Arc::new(roots)
    };
    ROOTS.get_or_init(load).clone()
}

/// A client that trusts the authorities of this machine and nobody else.
///
/// # Errors
/// There are no protocol versions: never, with the provider that is built in.
pub fn client() -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(machine()).with_no_client_auth())
}

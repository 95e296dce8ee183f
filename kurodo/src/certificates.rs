use std::sync::Arc;

use kurodo_gateway::tls_config;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde::{Deserialize, Serialize};

use crate::config::Config;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The installation's certificate authority, as it is kept in the encrypted store.
#[derive(Serialize, Deserialize)]
pub(crate) struct Authority {
    /// The certificate that clients trust, PEM.
    pub(crate) certificate: String,
    /// Its private key, PEM.
    key: String,
}

impl Authority {
    /// A new authority, good for twenty years.
    pub(crate) fn create() -> Result<Self, Fault> {
        let key = KeyPair::generate()?;
        let certificate = Self::params()?.self_signed(&key)?.pem();
        Ok(Self { certificate, key: key.serialize_pem() })
    }

    /// What its certificate says; certificates under it repeat its name.
    fn params() -> Result<CertificateParams, Fault> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name("Kurodo local authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        (params.not_before, params.not_after) = validity(20 * 365)?;
        Ok(params)
    }

    /// TLS with a new key under this authority, for these names.
    pub(crate) fn tls(&self, names: &[String]) -> Result<Arc<rustls::ServerConfig>, Fault> {
        let issuer = Issuer::new(Self::params()?, KeyPair::from_pem(&self.key)?);
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names.to_vec())?;
        params.distinguished_name = name("Kurodo");
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        (params.not_before, params.not_after) = validity(397)?;
        let certificate = params.signed_by(&key, &issuer)?;
        let private = PrivateKeyDer::try_from(key.serialize_der())?;
        Ok(tls_config(vec![certificate.der().clone()], private)?)
    }
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}

/// From yesterday, so that clocks may differ, for so many days.
fn validity(days: i64) -> Result<(time::OffsetDateTime, time::OffsetDateTime), Fault> {
    let now = time::OffsetDateTime::now_utc();
    Ok((now - time::Duration::days(1), now + time::Duration::days(days)))
}

/// TLS with the operator's own certificate, or with one of our authority.
pub(crate) fn tls(config: &Config, authority: &Authority) -> Result<Arc<rustls::ServerConfig>, Fault> {
    let Some((chain, key)) = &config.certificate else { return authority.tls(&names(config)) };
    let certificates: Result<Vec<CertificateDer<'static>>, _> =
        CertificateDer::pem_file_iter(chain).and_then(Iterator::collect);
    let certificates =
        certificates.map_err(|error| format!("{} is no certificate: {error}", chain.display()))?;
    let private = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| format!("{} is no private key: {error}", key.display()))?;
    Ok(tls_config(certificates, private)?)
}

/// The names that the server's certificate is for.
fn names(config: &Config) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for domain in std::iter::once("localhost").chain(config.domains.iter().map(String::as_str)) {
        names.extend([domain.to_owned(), format!("*.{domain}"), format!("*.s3.{domain}")]);
    }
    names.extend(["127.0.0.1".to_owned(), "::1".to_owned()]);
    names.extend(
        config.listen.iter().map(|a| a.ip()).filter(|ip| !ip.is_unspecified()).map(|ip| ip.to_string()),
    );
    names.sort();
    names.dedup();
    names
}

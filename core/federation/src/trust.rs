use std::sync::Arc;

use ::aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use kurodo_outside::machine;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

/// Whom an issuer's server is believed: the authorities that this machine trusts; and beside them the authorities whose
/// certificates the provider lists by their thumbprints, as long as the server sends them along.
///
/// Source: IAM User Guide, "Obtain the thumbprint for an OpenID Connect identity provider".
#[derive(Debug)]
pub(crate) struct Trust {
    provider: Arc<CryptoProvider>,
    /// SHA-1 hashes in hexadecimal.
    thumbprints: Vec<String>,
}

impl Trust {
    /// What a client trusts that knows these thumbprints.
    pub(crate) fn client(thumbprints: &[String]) -> Result<ClientConfig, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let thumbprints = thumbprints.iter().map(|text| text.to_ascii_lowercase()).collect();
        let trust = Arc::new(Self { provider: provider.clone(), thumbprints });
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(config.dangerous().with_custom_certificate_verifier(trust).with_no_client_auth())
    }

    /// The listed ones among the certificates that the server sent.
    fn listed(&self, chain: &[CertificateDer<'_>]) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        for certificate in chain {
            let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate);
            let print: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
            if self.thumbprints.contains(&print) {
                // What cannot be an authority vouches for nobody.
                let _ = roots.add(certificate.clone().into_owned());
            }
        }
        roots
    }

    fn vouched(
        &self,
        roots: Arc<RootCertStore>,
        (server, chain): (&CertificateDer<'_>, &[CertificateDer<'_>]),
        (name, ocsp, now): (&ServerName<'_>, &[u8], UnixTime),
    ) -> Result<ServerCertVerified, Error> {
        if roots.is_empty() {
            return Err(CertificateError::UnknownIssuer.into());
        }
        let verifier = WebPkiServerVerifier::builder_with_provider(roots, self.provider.clone()).build();
        let verifier = verifier.map_err(|error| Error::General(error.to_string()))?;
        verifier.verify_server_cert(server, chain, name, ocsp, now)
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let (sent, asked) = ((end_entity, intermediates), (server_name, ocsp_response, now));
        match self.vouched(machine(), sent, asked) {
            Err(Error::InvalidCertificate(_)) if !self.thumbprints.is_empty() => {
                let chain = [std::slice::from_ref(end_entity), intermediates].concat();
                self.vouched(Arc::new(self.listed(&chain)), sent, asked)
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

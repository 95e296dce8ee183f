use std::collections::BTreeMap;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::RootError;
use super::seal::{Seal, SealedBy, Sealing};
use crate::{KeyError, Keyring, Sealer, SecretKey};

const VERSION: u32 = 1;
/// A key's version and the key.
const ENTRY: usize = 4 + SecretKey::LEN;

/// A root's file, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    kurodo_root: u32,
    sealed_by: SealedBy,
    /// The keyring under AES-256-GCM, with the fields above as associated data; base64.
    sealed: String,
    /// SHA-256 of all that, to tell damage from a wrong seal; base64.
    checksum: String,
}

pub(super) fn encode(keyring: &Keyring, sealing: &Sealing) -> Result<Vec<u8>, RootError> {
    let mut plain = Zeroizing::new(Vec::with_capacity(keyring.versions().count() * ENTRY));
    for (version, key) in keyring.versions() {
        plain.extend_from_slice(&version.to_be_bytes());
        plain.extend_from_slice(key.expose());
    }
    let named = named(VERSION, &sealing.by)?;
    let sealed = Sealer::new(&sealing.key.derive("root", b"")).seal_random(&named, &plain)?;
    let document = Document {
        kurodo_root: VERSION,
        sealed_by: sealing.by.clone(),
        checksum: checksum(&named, &sealed),
        sealed: BASE64_STANDARD.encode(sealed),
    };
    let mut bytes = serde_json::to_vec_pretty(&document).map_err(|_| KeyError::Malformed)?;
    bytes.push(b'\n');
    Ok(bytes)
}

pub(super) fn decode(bytes: &[u8], seal: &Seal, path: &Path) -> Result<Keyring, RootError> {
    let damaged = || RootError::damaged(path);
    let document: Document = serde_json::from_slice(bytes).map_err(|_| damaged())?;
    let sealed = BASE64_STANDARD.decode(&document.sealed).map_err(|_| damaged())?;
    let named = named(document.kurodo_root, &document.sealed_by)?;
    if document.kurodo_root != VERSION || document.checksum != checksum(&named, &sealed) {
        return Err(damaged());
    }
    let key = seal.find(&document.sealed_by, path)?;
    let opened = Sealer::new(&key.derive("root", b"")).open_random(&named, &sealed);
    let plain = Zeroizing::new(opened.map_err(|_| document.sealed_by.wrong(path))?);
    parse(&plain).ok_or_else(damaged)
}

fn parse(plain: &[u8]) -> Option<Keyring> {
    let (entries, []) = plain.as_chunks::<ENTRY>() else { return None };
    let entry = |entry: &[u8; ENTRY]| {
        let (version, key) = entry.split_first_chunk()?;
        Some((u32::from_be_bytes(*version), SecretKey::from_bytes(key.try_into().ok()?)))
    };
    let versions = entries.iter().map(entry).collect::<Option<BTreeMap<_, _>>>()?;
    Keyring::of(versions).ok()
}

fn named(version: u32, by: &SealedBy) -> Result<Vec<u8>, KeyError> {
    serde_json::to_vec(&("kurodo root", version, by)).map_err(|_| KeyError::Malformed)
}

fn checksum(named: &[u8], sealed: &[u8]) -> String {
    BASE64_STANDARD.encode(digest(&SHA256, &[named, sealed].concat()))
}

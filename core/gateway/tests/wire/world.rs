//! The depot behind a real listener, with an account, its root user, and users.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::SystemTime};

use kurodo_arn::AccountId;
use kurodo_audit::{Audit, Options, Record, Verdict};
use kurodo_gateway::{Gateway, Limits, Listener, Mount, Relay, Settings, tls_config};
use kurodo_identity::{
    AccessKey, Entity, KeyOwner, ReadRecords, SessionSealer, StoredDirectory, User, WriteRecords,
    first_start, iam_scope,
    id::{self, Prefix},
    keys,
};
use kurodo_keys::SecretKey;
use kurodo_store::{CoreDoor, Store, StoreOptions};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    depot::{Depot, Dressed},
    model,
};

/// An access key.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
}

pub(crate) struct World {
    pub(crate) address: SocketAddr,
    pub(crate) depot: Arc<Depot>,
    pub(crate) root: Key,
    pub(crate) account: AccountId,
    pub(crate) audit: Audit,
    pub(crate) directory: Arc<StoredDirectory>,
    pub(crate) relay: Relay,
    /// Doing the chores.
    pub(crate) keeping: JoinHandle<()>,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) running: JoinHandle<()>,
    pub(crate) certificate: CertificateDer<'static>,
    door: CoreDoor,
    _store: Store,
    _folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Limits::default(), 64).await
    }

    /// With these limits, and so many requests at once.
    pub(crate) async fn with(limits: Limits, requests: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = |byte| SecretKey::from_bytes([byte; 32]);
        let (store, door) =
            Store::open(&folder.path().join("records"), &key(1), &StoreOptions::default()).unwrap();
        let founded = first_start(&door, None, "root@example.com", 1).await.unwrap();
        let root = founded.credentials.unwrap();
        let root = Key { id: root.access_key_id, secret: root.secret.expose().to_owned() };
        let directory = Arc::new(StoredDirectory::new(door.clone(), SessionSealer::new(key(2))));
        let audit = Audit::open(&folder.path().join("audit"), &key(3), Options::default()).unwrap();
        let depot = Arc::new(Depot::new(founded.account));
        let dressed = |facts| Arc::new(Dressed(depot.clone(), facts)) as Arc<dyn Mount>;
        let services = vec![dressed(&model::S3), dressed(&model::JSON), dressed(&model::QUERY)];
        let settings = Settings {
            region: "us-east-1".parse().unwrap(),
            requests,
            domains: vec!["localhost".to_owned()],
        };
        let known = directory.clone();
        let gateway = Gateway::new(services, known, audit.clone(), door.clone(), &key(4), settings);
        let gateway = Arc::new(gateway);
        let relay = Relay::default();
        relay.bind(&gateway);
        let (certificate, private) = certificate();
        let tls = tls_config(vec![certificate.clone()], private).unwrap();
        let any = "127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind(any, tls, limits, gateway.clone()).await.unwrap();
        let address = listener.address().unwrap();
        let (stop, stopped) = watch::channel(false);
        let keeping = tokio::spawn(gateway.keep_house(stopped.clone()));
        let running = tokio::spawn(listener.run(stopped));
        let (_store, _folder, account) = (store, folder, founded.account);
        Self {
            address,
            depot,
            root,
            account,
            audit,
            directory,
            relay,
            keeping,
            stop,
            running,
            certificate,
            door,
            _store,
            _folder,
        }
    }

    /// A user with these statements in its policy.
    pub(crate) async fn user(&self, name: &str, statements: &str) -> Key {
        let id = id::unique(Prefix::User, self.account).unwrap();
        let key = AccessKey {
            id: id::access_key(self.account).unwrap(),
            secret: id::secret().unwrap(),
            owner: KeyOwner::User(id.clone()),
            active: true,
            created: 1,
        };
        let mut inline = BTreeMap::new();
        if !statements.is_empty() {
            let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
            inline.insert("given".to_owned(), document);
        }
        let user = User {
            name: name.to_owned(),
            id: id.clone(),
            path: "/".to_owned(),
            created: 1,
            boundary: None,
            tags: Vec::new(),
            attached: Vec::new(),
            inline,
            groups: Vec::new(),
            keys: vec![key.id.clone()],
            mfa: Vec::new(),
            login: None,
        };
        let scope = iam_scope(self.account);
        let writer = self.door.write();
        let mut transaction = writer.transaction();
        transaction.save(&keys::user(name).below(&scope), &user).unwrap();
        transaction.save(&keys::entity(&id).below(&scope), &Entity::User(name.to_owned())).unwrap();
        transaction.save(&keys::access_key(&key.id).below(&scope), &key).unwrap();
        transaction.commit().await.unwrap();
        Key { id: key.id, secret: key.secret.expose().to_owned() }
    }

    /// Lets the account sign with Signature Version 2, or not.
    pub(crate) async fn accept_version_two(&self, accept: bool) {
        let key = keys::account().below(&iam_scope(self.account));
        let mut account = self.door.read().record(&key).unwrap().unwrap().value;
        account.signature_v2 = accept;
        let writer = self.door.write();
        let mut transaction = writer.transaction();
        transaction.save(&key, &account).unwrap();
        transaction.commit().await.unwrap();
    }

    /// What the trail says of a request.
    pub(crate) async fn record(&self, id: &str) -> Record {
        for _ in 0..100 {
            if let Some(record) = self.audit.find(id).await.unwrap() {
                return record;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the trail knows nothing of {id}")
    }

    /// The reason for which the trail says that a request was refused.
    pub(crate) async fn refusal(&self, id: &str) -> String {
        match self.record(id).await.decision {
            Verdict::Denied { reason, .. } => reason,
            Verdict::Allowed => panic!("{id} was allowed"),
        }
    }

    /// How a client trusts and speaks to the listener.
    pub(crate) fn client(&self, protocol: &[u8]) -> Arc<ClientConfig> {
        client(self.certificate.clone(), protocol)
    }
}

/// How a client trusts this certificate, and speaks this protocol.
pub(crate) fn client(certificate: CertificateDer<'static>, protocol: &[u8]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols =
        Some(protocol.to_vec()).into_iter().filter(|protocol| !protocol.is_empty()).collect();
    Arc::new(config)
}

/// A new certificate for `localhost`, with its key.
pub(crate) fn certificate() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (certificate.der().clone(), PrivateKeyDer::try_from(key.serialize_der()).unwrap())
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

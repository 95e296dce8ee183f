//! A store with an organisation in it, for tests.

use std::sync::Arc;

use kurodo_arn::AccountId;
use kurodo_authz::Caller;
use kurodo_keys::SecretKey;
use kurodo_store::{CoreDoor, Store, StoreOptions};
use tempfile::TempDir;

use crate::{
    AccessKey, AccountOrder, CreateAccountState, CredentialError, Directory, Entity, Group, KeyOwner, Record,
    Role, RootCredentials, Secret, Session, SessionSealer, StoredDirectory, Subject, User, WriteRecords,
    first_start,
    founder::create_account,
    iam_scope,
    id::{self, Prefix},
    keys::{self, Key},
};

pub(crate) struct Fixture {
    _dir: TempDir,
    _store: Store,
    pub(crate) door: CoreDoor,
    pub(crate) directory: StoredDirectory,
    pub(crate) account: AccountId,
    pub(crate) root: RootCredentials,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = SecretKey::from_bytes([1; 32]);
        let (store, door) = Store::open(dir.path(), &key, &StoreOptions::default()).unwrap();
        let founded = first_start(&door, None, "root@example.com", 1).await.unwrap();
        assert!(founded.created);
        let directory =
            StoredDirectory::new(door.clone(), SessionSealer::new(SecretKey::from_bytes([2; 32])));
        let root = founded.credentials.unwrap();
        Self { _dir: dir, _store: store, door, directory, account: founded.account, root }
    }

    /// Writes a record of the management account.
    pub(crate) async fn save<R: Record>(&self, key: &Key<R>, record: &R) {
        self.save_in(self.account, key, record).await;
    }

    pub(crate) async fn save_in<R: Record>(&self, account: AccountId, key: &Key<R>, record: &R) {
        self.put(&key.below(&iam_scope(account)), record).await;
    }

    pub(crate) async fn put<R: Record>(&self, key: &Key<R>, record: &R) {
        let writer = self.door.write();
        let mut transaction = writer.transaction();
        transaction.save(key, record).unwrap();
        transaction.commit().await.unwrap();
    }

    pub(crate) async fn delete<R: Record>(&self, key: &Key<R>) {
        let writer = self.door.write();
        let mut transaction = writer.transaction();
        transaction.delete(key.below(&iam_scope(self.account)));
        transaction.commit().await.unwrap();
    }

    /// A user with an access key, `edit`ed before it is written.
    pub(crate) async fn user(&self, name: &str, edit: impl FnOnce(&mut User)) -> (User, AccessKey) {
        let key = AccessKey {
            id: id::access_key(self.account).unwrap(),
            secret: Secret::new("s".repeat(40)),
            owner: KeyOwner::Root,
            active: true,
            created: 1,
        };
        let mut user = User {
            name: name.to_owned(),
            id: id::unique(Prefix::User, self.account).unwrap(),
            path: "/".to_owned(),
            created: 1,
            boundary: None,
            tags: Vec::new(),
            attached: Vec::new(),
            inline: Default::default(),
            groups: Vec::new(),
            keys: vec![key.id.clone()],
            mfa: Vec::new(),
            login: None,
        };
        edit(&mut user);
        let key = AccessKey { owner: KeyOwner::User(user.id.clone()), ..key };
        self.save(&keys::user(name), &user).await;
        self.save(&keys::entity(&user.id), &Entity::User(name.to_owned())).await;
        self.save(&keys::access_key(&key.id), &key).await;
        (user, key)
    }

    /// A member account whose root user has a key: the caller's way in for tests of what limits it.
    pub(crate) async fn member_root(&self) -> RootCredentials {
        let order = AccountOrder { name: "m", email: "m@example.com", role: "R", tags: Vec::new(), now: 5 };
        let request = create_account(&self.door, &order).await.unwrap();
        let CreateAccountState::Succeeded(account) = request.state else { panic!("{request:?}") };
        let key = AccessKey {
            id: id::access_key(account).unwrap(),
            secret: Secret::new("s".repeat(40)),
            owner: KeyOwner::Root,
            active: true,
            created: 5,
        };
        self.save_in(account, &keys::access_key(&key.id), &key).await;
        RootCredentials { account, access_key_id: key.id, secret: key.secret }
    }

    pub(crate) async fn group(&self, name: &str, edit: impl FnOnce(&mut Group)) -> Group {
        let mut group = Group {
            name: name.to_owned(),
            id: id::unique(Prefix::Group, self.account).unwrap(),
            path: "/".to_owned(),
            created: 1,
            attached: Vec::new(),
            inline: Default::default(),
        };
        edit(&mut group);
        self.save(&keys::group(name), &group).await;
        self.save(&keys::entity(&group.id), &Entity::Group(name.to_owned())).await;
        group
    }

    pub(crate) async fn role(&self, name: &str, edit: impl FnOnce(&mut Role)) -> Role {
        let mut role = Role {
            name: name.to_owned(),
            id: id::unique(Prefix::Role, self.account).unwrap(),
            path: "/app/".to_owned(),
            created: 1,
            trust: String::new(),
            bound_trust: None,
            max_session: Role::MAX_SESSION,
            description: None,
            boundary: None,
            tags: Vec::new(),
            attached: Vec::new(),
            inline: Default::default(),
            service: None,
        };
        edit(&mut role);
        self.save(&keys::role(name), &role).await;
        self.save(&keys::entity(&role.id), &Entity::Role(name.to_owned())).await;
        role
    }

    /// A session that ends at 3600, `edit`ed before it is sealed: its key and token.
    pub(crate) fn session(&self, subject: Subject, edit: impl FnOnce(&mut Session)) -> (String, String) {
        let mut session = Session {
            access_key_id: id::session_key(self.account).unwrap(),
            secret: Secret::new("t".repeat(40)),
            subject,
            issued: 0,
            expires: 3600,
            mfa: None,
            policy: None,
            policy_arns: Vec::new(),
            tags: Vec::new(),
            transitive: Vec::new(),
            source_identity: None,
            origin: None,
        };
        edit(&mut session);
        let token = self.directory.sealer().seal(&session).unwrap();
        (session.access_key_id, token)
    }

    pub(crate) fn caller(&self, key: &str, token: Option<&str>) -> Result<Arc<Caller>, CredentialError> {
        self.directory.credential(key, token, 100).map(|credential| credential.caller.clone())
    }
}

/// A policy that allows one action on everything.
pub(crate) fn allow(action: &str) -> String {
    let statement = serde_json::json!({ "Effect": "Allow", "Action": action, "Resource": "*" });
    serde_json::json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

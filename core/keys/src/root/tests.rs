use std::fs;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;
use zeroize::Zeroizing;

use super::*;

fn dir() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn passphrase(text: &str) -> Seal {
    Seal::Passphrase(Passphrase::new(Zeroizing::new(text.into())).unwrap())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Whether two roots hold the same newest key.
fn same(a: &Root, b: &Root) -> bool {
    let key = SecretKey::generate().unwrap();
    b.unwrap(&a.wrap(&key, b"x").unwrap(), b"x").is_ok_and(|found| found.expose() == key.expose())
}

#[test]
fn key_file_seals() {
    let dir = dir();
    let path = dir.path().join("root.key");
    let seal = Seal::beside(&path);
    let made = Root::create(&path, &seal).unwrap();
    assert!(same(&made, &Root::open(&path, &seal).unwrap()));
    assert_eq!((mode(&path), mode(&dir.path().join("seal.key"))), (0o600, 0o600));
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing is left beside: {names:?}");
    assert!(matches!(Root::create(&path, &seal), Err(RootError::File { .. })), "a root is never replaced");
}

#[test]
fn sealing_key_can_live_elsewhere() {
    let (dir, elsewhere) = (dir(), dir());
    let path = dir.path().join("root.key");
    let seal = Seal::KeyFile(elsewhere.path().join("my.key"));
    let made = Root::create(&path, &seal).unwrap();
    assert!(same(&made, &Root::open(&path, &seal).unwrap()));
    assert!(matches!(Root::open(&path, &Seal::beside(&path)), Err(RootError::File { .. })));
    let other = Seal::KeyFile(elsewhere.path().join("other.key"));
    other.make().unwrap();
    assert!(matches!(Root::open(&path, &other), Err(RootError::WrongSeal { .. })));
}

#[test]
fn passphrase_seals() {
    let dir = dir();
    let path = dir.path().join("root.key");
    let made = Root::create(&path, &passphrase("correct horse")).unwrap();
    assert!(same(&made, &Root::open(&path, &passphrase("correct horse")).unwrap()));
    assert!(matches!(Root::open(&path, &passphrase("correct house")), Err(RootError::WrongSeal { .. })));
    assert!(matches!(Root::open(&path, &Seal::beside(&path)), Err(RootError::WrongSeal { .. })));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("\"memory_kib\": 65536") && text.contains("\"passes\": 3"), "{text}");
}

#[test]
fn passphrase_from_file_is_its_first_line() {
    let dir = dir();
    let path = dir.path().join("passphrase");
    private_file::create(&path, b"secret words\n").unwrap();
    assert_eq!(*Passphrase::from_file(&path).unwrap().0, "secret words");
    private_file::replace(&path, b"\n").unwrap();
    assert!(matches!(Passphrase::from_file(&path), Err(RootError::EmptyPassphrase)));
}

#[test]
fn any_changed_byte_is_refused() {
    let dir = dir();
    let path = dir.path().join("root.key");
    let seal = Seal::beside(&path);
    Root::create(&path, &seal).unwrap();
    let bytes = fs::read(&path).unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        private_file::replace(&path, &changed).unwrap();
        match Root::open(&path, &seal) {
            Err(RootError::Damaged { .. }) => {}
            Err(other) => panic!("byte {at}: {other}"),
            Ok(_) => assert!(bytes[at].is_ascii_whitespace(), "byte {at}"),
        }
    }
}

#[test]
fn a_cost_beyond_bearing_is_damage() {
    let by = |memory_kib| {
        format!(
            r#"{{"passphrase":{{"cost":{{"memory_kib":{memory_kib},"passes":3,"lanes":1}},"salt":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}}}}"#
        )
    };
    for memory_kib in [u32::MAX, 0] {
        let by = serde_json::from_str(&by(memory_kib)).unwrap();
        let found = passphrase("x y").find(&by, Path::new("root.key"));
        assert!(matches!(found, Err(RootError::Damaged { .. })));
    }
}

#[test]
fn wide_permissions_are_refused() {
    let dir = dir();
    let path = dir.path().join("root.key");
    let seal = Seal::beside(&path);
    Root::create(&path, &seal).unwrap();
    for file in ["root.key", "seal.key"] {
        let file = dir.path().join(file);
        for wide in [0o640, 0o604, 0o602, 0o610] {
            fs::set_permissions(&file, fs::Permissions::from_mode(wide)).unwrap();
            let Err(error @ RootError::Permissions { .. }) = Root::open(&path, &seal) else {
                panic!("{wide:o}")
            };
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
        fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(Root::open(&path, &seal).is_ok());
    }
}

#[test]
fn rotation_and_resealing_keep_what_was_wrapped() {
    let dir = dir();
    let path = dir.path().join("root.key");
    let seal = Seal::beside(&path);
    let mut root = Root::create(&path, &seal).unwrap();
    let file = dir.path().join("store.key");
    let key = create_key_file(&file, &root, b"store").unwrap();
    assert_eq!(root.rotate(&seal).unwrap(), 2);
    root.reseal(&passphrase("another way")).unwrap();
    let root = Root::open(&path, &passphrase("another way")).unwrap();
    assert_eq!(open_key_file(&file, &root, b"store").unwrap().expose(), key.expose());
    rewrap_key_file(&file, &root, b"store").unwrap();
    assert_eq!(WrappedKey::from_bytes(&fs::read(&file).unwrap()).unwrap().parent(), 2);
    assert_eq!(open_key_file(&file, &root, b"store").unwrap().expose(), key.expose());
    assert!(matches!(open_key_file(&file, &root, b"other"), Err(RootError::Damaged { .. })));
    assert!(matches!(create_key_file(&file, &root, b"store"), Err(RootError::File { .. })), "never replaced");
    assert!(matches!(open_key_file(&dir.path().join("no"), &root, b"store"), Err(RootError::File { .. })));
}

#[test]
fn retired_versions_open_nothing_and_the_newest_stays() {
    let dir = dir();
    let path = dir.path().join("root.key");
    let seal = Seal::beside(&path);
    let mut root = Root::create(&path, &seal).unwrap();
    let (old, new) = (dir.path().join("old.key"), dir.path().join("new.key"));
    create_key_file(&old, &root, b"old").unwrap();
    let key = create_key_file(&new, &root, b"new").unwrap();
    root.rotate(&seal).unwrap();
    rewrap_key_file(&new, &root, b"new").unwrap();
    assert_eq!(root.versions(), [1, 2]);
    root.retire_earlier(&seal).unwrap();
    let root = Root::open(&path, &seal).unwrap();
    assert_eq!(root.versions(), [2]);
    assert_eq!(open_key_file(&new, &root, b"new").unwrap().expose(), key.expose());
    assert!(open_key_file(&old, &root, b"old").is_err());
}

#[test]
fn rotation_needs_the_right_seal() {
    let dir = dir();
    let path = dir.path().join("root.key");
    let mut root = Root::create(&path, &Seal::beside(&path)).unwrap();
    let before = fs::read(&path).unwrap();
    assert!(root.rotate(&passphrase("not this")).is_err());
    assert_eq!((root.version(), fs::read(&path).unwrap()), (1, before));
}

#[test]
fn secrets_are_not_in_the_file_in_the_clear() {
    let dir = dir();
    let path = dir.path().join("root.key");
    let root = Root::create(&path, &Seal::beside(&path)).unwrap();
    let bytes = fs::read(&path).unwrap();
    let key = root.keyring.newest().1;
    assert!(!bytes.windows(32).any(|window| window == key.expose()));
    let base64 = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, key.expose());
    assert!(!String::from_utf8(bytes).unwrap().contains(&base64[..40]));
}

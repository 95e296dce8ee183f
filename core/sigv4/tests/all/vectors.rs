//! AWS's public signature vectors: the set in botocore's source distribution, found through
//! `KURODO_BOTOCORE_SDIST`, and the set in the source of the `aws-sigv4` crate.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::common::{Request, key, v4, v4a};
use kurodo_sigv4::{AuthError, PathRule, Rules, TokenRule, V4aKey};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2015-08-30T12:36:00Z
const NOW: i64 = 1_440_938_160;

fn rules() -> Rules<'static> {
    Rules::service(&["service"], 300)
}

fn text(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .replace("\r\n", "\n")
}

/// The folders below `root` that hold a vector.
fn folders(root: &Path, marker: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![root.to_path_buf()];
    while let Some(folder) = left.pop() {
        if marker(&folder) {
            found.push(folder.clone());
        }
        let inner = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        left.extend(inner.filter(|path| path.is_dir()));
    }
    found.sort();
    found
}

/// What the verifier computed, seen by way of a signature that it must refuse.
fn computed(request: &Request, rules: &Rules<'_>) -> (String, String) {
    let mut claim = v4(&request.head()).unwrap();
    claim.signature = "0".repeat(64);
    let key = key(&claim, SECRET);
    match claim.verify(&request.head(), &key, rules, NOW, Some(request.body_hash())) {
        Err(AuthError::SignatureDoesNotMatch(mismatch)) => {
            (mismatch.canonical_request, mismatch.string_to_sign)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn botocores_vectors_verify() {
    let Some(root) = std::env::var_os("KURODO_BOTOCORE_SDIST") else {
        println!("skipped: set KURODO_BOTOCORE_SDIST to botocore's unpacked source distribution");
        return;
    };
    let root = PathBuf::from(root).join("tests/unit/auth/aws4_testsuite");
    let stem = |folder: &Path| folder.join(folder.file_name().unwrap());
    let cases = folders(&root, &|folder| stem(folder).with_extension("sreq").exists());
    assert!(cases.len() >= 30, "only {} vectors in {}", cases.len(), root.display());
    for folder in cases {
        let stem = stem(&folder);
        let name = stem.file_name().unwrap().to_str().unwrap().to_owned();
        let mut request = Request::parse(&text(&stem.with_extension("sreq")));
        // One of the signed requests repeats another's signature; the separate field is the authority.
        request.headers.insert("authorization", text(&stem.with_extension("authz")).trim().parse().unwrap());
        let late = name == "post-sts-header-after";
        let rules =
            Rules { token: if late { TokenRule::AddedAfterSigning } else { TokenRule::Signed }, ..rules() };
        let result = request.verify(SECRET, &rules, NOW);
        let (canonical, to_sign) = computed(&request, &rules);
        assert_eq!(canonical, text(&stem.with_extension("creq")), "{name}");
        assert_eq!(to_sign, text(&stem.with_extension("sts")), "{name}");
        assert!(result.is_ok(), "{name}: {result:?}");
        assert!(request.verify("another secret", &rules, NOW).is_err(), "{name}");
    }
}

/// The folder of vectors that the `aws-sigv4` crate's source carries.
fn suite() -> PathBuf {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(rustc.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--locked", "--filter-platform", host])
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&cargo.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "aws-sigv4").unwrap();
    Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap().join("aws-signing-test-suite")
}

/// What a vector's context demands.
fn context(folder: &Path) -> Rules<'static> {
    let context: serde_json::Value = serde_json::from_str(&text(&folder.join("context.json"))).unwrap();
    let late = context["omit_session_token"] == true;
    Rules {
        token: if late { TokenRule::AddedAfterSigning } else { TokenRule::Signed },
        paths: if context["normalize"] == true { PathRule::Normalised } else { PathRule::AsSent },
        ..rules()
    }
}

fn cases(version: &str) -> Vec<PathBuf> {
    let cases = folders(&suite().join(version), &|folder| folder.join("context.json").exists());
    assert!(cases.len() >= 35, "only {} vectors", cases.len());
    cases
}

#[test]
fn the_crates_vectors_verify() {
    for folder in cases("v4") {
        let rules = context(&folder);
        for form in ["header", "query"] {
            let request = Request::parse(&text(&folder.join(format!("{form}-signed-request.txt"))));
            let (canonical, to_sign) = computed(&request, &rules);
            assert_eq!(canonical, text(&folder.join(format!("{form}-canonical-request.txt"))), "{folder:?}");
            assert_eq!(to_sign, text(&folder.join(format!("{form}-string-to-sign.txt"))), "{folder:?}");
            let result = request.verify(SECRET, &rules, NOW);
            assert!(result.is_ok(), "{form} {folder:?}: {result:?}");
        }
    }
}

#[test]
fn the_crates_vectors_for_several_regions_verify() {
    let key = V4aKey::derive("AKIDEXAMPLE", SECRET).unwrap();
    let other = V4aKey::derive("AKIDEXAMPLE", "another secret").unwrap();
    for folder in cases("v4a") {
        let rules = context(&folder);
        for form in ["header", "query"] {
            let request = Request::parse(&text(&folder.join(format!("{form}-signed-request.txt"))));
            let claim = v4a(&request.head()).unwrap();
            let hash = Some(request.body_hash());
            let result = claim.verify(&request.head(), &key, &rules, NOW, hash);
            assert!(result.is_ok(), "{form} {folder:?}: {result:?}");
            assert!(claim.verify(&request.head(), &other, &rules, NOW, hash).is_err(), "{form} {folder:?}");
        }
    }
}

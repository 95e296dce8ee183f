use proptest::prelude::*;

use super::*;

fn matching(pattern: &str, messages: &[&str]) -> Vec<usize> {
    let pattern = Pattern::parse(pattern).unwrap();
    messages.iter().enumerate().filter(|(_, message)| pattern.matches(message)).map(|(at, _)| at).collect()
}

#[test]
fn terms() {
    let lines = [
        "[ERROR 400] BAD REQUEST",
        "[ERROR 419] MISSING ARGUMENTS",
        "[WARN] ARGUMENTS",
        "[INFO] it's \"INTERNAL SERVER ERROR\"",
    ];
    assert_eq!(matching("", &lines), [0, 1, 2, 3]);
    assert_eq!(matching("ERROR", &lines), [0, 1, 3]);
    assert_eq!(matching("ERROR ARGUMENTS", &lines), [1]);
    assert_eq!(matching("?ERROR ?ARGUMENTS", &lines), [0, 1, 2, 3]);
    assert_eq!(matching("?WARN ?BAD", &lines), [0, 2]);
    assert_eq!(matching("ERROR -ARGUMENTS", &lines), [0, 3]);
    assert_eq!(matching("ERROR ?WARN", &lines), [0, 1, 3]);
    assert_eq!(matching("\"INTERNAL SERVER ERROR\"", &lines), [3]);
    assert_eq!(matching("-\"it's\"", &lines), [0, 1, 2]);
    assert_eq!(matching("%ERROR 4[01]\\d%", &lines), [0, 1]);
    assert_eq!(matching("error", &lines), [0; 0]);
}

#[test]
fn json() {
    let events = [
        r#"{"type":"UpdateTrail","ip":"123.123.7.7","n":3,"list":["a",{"k":"v"}],"none":null,"yes":true}"#,
        r#"{"type":"Delete","ip":"9.9.9.9","n":-2.5e1,"yes":false,"deep":{"a-b":"x"}}"#,
        "no JSON",
    ];
    for (pattern, found) in [
        ("{ $.type = \"UpdateTrail\" }", vec![0]),
        ("{ $.type = Update* }", vec![0]),
        ("{ $.ip != 123.123.* }", vec![1]),
        ("{ $.list[0] = \"a\" }", vec![0]),
        ("{ $.list[1].k = v }", vec![0]),
        ("{ $.n >= 3 }", vec![0]),
        ("{ $.n = -25 }", vec![1]),
        ("{ $.none IS NULL }", vec![0]),
        ("{ $.none NOT EXISTS }", vec![1]),
        ("{ $.yes IS TRUE || $.deep.a-b = \"x\" }", vec![0, 1]),
        ("{ ($.yes IS FALSE) && ($.n < 0) }", vec![1]),
        ("{ $.type = %^Up.*l$% }", vec![0]),
        ("{ $.ip = * }", vec![0, 1]),
        ("{ $.missing != \"x\" }", vec![]),
        ("{ $.n = 3 || $.n = 4 && $.yes IS FALSE }", vec![0]),
        ("{ $['type'] = \"Delete\" }", vec![1]),
    ] {
        assert_eq!(matching(pattern, &events), found, "{pattern}");
    }
}

#[test]
fn fields() {
    let lines = [
        "127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534",
        "10.0.0.3 Prod anna [10/Oct/2000:13:25:16 -0700] \"POST /x HTTP/1.0\" 200 7",
    ];
    for (pattern, found) in [
        ("[ip, user, username, timestamp, request, status_code, bytes]", vec![0, 1]),
        ("[ip, user, username, timestamp, request, status_code = 404, bytes]", vec![0]),
        ("[ip, user, username, timestamp, request = *.html*, status_code = 4*, bytes]", vec![0]),
        ("[..., status_code >= 200 && status_code < 300, bytes]", vec![1]),
        ("[ip = %^10\\.%, ...]", vec![1]),
        ("[ip != 10.*, ..., bytes > 1000]", vec![0]),
        ("[a, b]", vec![]),
        ("[ip, ..., status_code = 404 || status_code = 200, bytes]", vec![0, 1]),
    ] {
        assert_eq!(matching(pattern, &lines), found, "{pattern}");
    }
}

#[test]
fn what_a_pattern_takes_out() {
    let extract = |pattern: &str, message: &str| Pattern::parse(pattern).unwrap().extract(message).unwrap();
    let pairs = |all: &[(&str, &str)]| -> Extracted {
        all.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    assert_eq!(extract("[a, , c=7]", "x y 7"), pairs(&[("$a", "x"), ("$2", "y"), ("$c", "7")]));
    assert_eq!(extract("{ $.a.b = 1 }", r#"{"a":{"b":1}}"#), pairs(&[("$.a.b", "1")]));
    assert_eq!(extract("x", "x"), pairs(&[]));
}

#[test]
fn faults_have_their_place() {
    for (pattern, at) in [
        ("a:b", 1),
        ("{ $.a = }", 8),
        ("{ $.a > \"x\" }", 8),
        ("{ a = 1 }", 2),
        ("[a, b", 5),
        ("\"open", 1),
        ("%a!b%", 1),
        ("%a(b)%", 1),
        ("{ $.a = 1 } x", 12),
    ] {
        assert_eq!(Pattern::parse(pattern).unwrap_err().at, at, "{pattern}");
    }
    let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(1000), ")".repeat(1000));
    assert!(Pattern::parse(&deep).is_err());
}

proptest! {
    #[test]
    fn anything_parses_or_is_told_and_matches_without_panic(pattern in "[\\[{]?[ a-z$.,=<>&|()%\"*?0-9\\]}-]{0,40}", message in ".{0,40}") {
        if let Ok(pattern) = Pattern::parse(&pattern) {
            prop_assert_eq!(pattern.matches(&message), pattern.extract(&message).is_some());
        }
    }
}

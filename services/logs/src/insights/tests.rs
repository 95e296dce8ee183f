use std::sync::Arc;

use kurodo_store::{Place, Version};
use proptest::prelude::*;

use super::*;
use crate::event::EventId;

const START: i64 = 1_700_000_100_000;

/// What a query makes of these messages, a minute apart, without pointers.
fn ask(query: &str, messages: &[&str]) -> Vec<Vec<(String, String)>> {
    let mut rows = attempt(query, messages).unwrap().rows;
    rows.iter_mut().for_each(|row| row.retain(|(name, _)| name != "@ptr"));
    rows
}

fn attempt(query: &str, messages: &[&str]) -> Result<Outcome, TooLarge> {
    let query = Query::parse(query).unwrap();
    let mut run = Run::new(&query, 1000);
    for (index, message) in messages.iter().enumerate() {
        let place = Place { version: Version::from_number(7), change: 0 };
        let time = START + 60_000 * i64::try_from(index).unwrap();
        run.see(Source {
            id: EventId::new(time, place, index),
            ingested: time + 5,
            message: Arc::from(*message),
            log: Arc::from("111122223333:group"),
            stream: Arc::from(if index % 2 == 0 { "even" } else { "odd" }),
            pointer: Arc::from("p"),
            origin: Arc::from(r#"{"KeyAttributes":{"Name":"shop"}}"#),
        })?;
    }
    run.finish()
}

fn values(query: &str, messages: &[&str]) -> Vec<Vec<String>> {
    ask(query, messages).into_iter().map(|row| row.into_iter().map(|(_, value)| value).collect()).collect()
}

const JSON: [&str; 4] = [
    r#"{"level":"INFO","ms":10,"user":{"name":"ann","tags":["x","y"]},"a.b":"dotted"}"#,
    r#"{"level":"ERROR","ms":30,"user":{"name":"bob"}}"#,
    r#"{"level":"INFO","ms":20,"user":{"name":"ann"}}"#,
    "plain text 7 ERROR",
];

#[test]
fn the_latest_come_first_and_fields_are_discovered() {
    assert_eq!(values("fields level", &JSON), [vec![], vec!["INFO"], vec!["ERROR"], vec!["INFO"]]);
    assert_eq!(ask("limit 1", &JSON)[0][1], ("@message".to_owned(), JSON[3].to_owned()));
    assert_eq!(ask("limit 1", &JSON)[0][0].1, "2023-11-14 22:18:00.000");
    let query = "fields user.name as n, user.tags.1, a.b, @logStream, @entity.KeyAttributes.Name | sort @timestamp asc | limit 1";
    assert_eq!(values(query, &JSON), [vec!["ann", "y", "dotted", "even", "shop"]]);
    assert_eq!(
        values("display ms | filter ispresent(ms) # all\n | sort ms desc", &JSON),
        [["30"], ["20"], ["10"]]
    );
}

#[test]
fn filters() {
    for (filter, found) in [
        ("level = 'INFO'", 2),
        ("level != \"INFO\"", 2),
        ("ms >= 20 and level = \"INFO\"", 1),
        ("ms > 25 or user.name = 'ann'", 3),
        ("not (ms > 25)", 3),
        ("@message like /(?i)error/", 2),
        ("@message like 'ERROR'", 2),
        ("@message not like /ERROR/", 2),
        ("@message =~ /text \\d/", 1),
        ("level in ['INFO', 'ERROR']", 3),
        ("ms not in [10]", 3),
        ("ms * 2 + 10 = 50", 1),
        ("-ms < -25", 1),
        ("strlen(user.name) = 3 and toupper(user.name) = 'ANN'", 2),
        ("isempty(user.name)", 1),
        ("@logStream = 'odd'", 2),
        ("isIpInSubnet('10.1.2.3', '10.0.0.0/8')", 4),
        ("isIpInSubnet('10.1.2.3', '10.0.0.0/8') = 1", 4),
        ("strcontains(@message, 'ERROR') = 1", 2),
        ("strcontains(@message, 'ERROR') = 0", 2),
        ("ispresent(ms) != 1", 1),
    ] {
        assert_eq!(values(&format!("fields @message | filter {filter}"), &JSON).len(), found, "{filter}");
    }
}

#[test]
fn parsing() {
    let lines = ["user=ann, took 12 ms", "user=bob, took 7 ms"];
    for parse in [
        "parse @message \"user=*, took * ms\" as who, took",
        "parse 'user=*, took * ms' as who, took",
        "parse @message /user=(?<who>\\w+), took (?<took>\\d+)/",
    ] {
        assert_eq!(
            values(&format!("{parse} | sort took | display who, took"), &lines),
            [["bob", "7"], ["ann", "12"]]
        );
    }
    assert_eq!(values("parse 'took *' as rest | display rest | limit 1", &lines), [["7 ms"]]);
}

#[test]
fn stats() {
    assert_eq!(ask("stats count(*)", &JSON), [[("count(*)".to_owned(), "4".to_owned())]]);
    let all =
        "stats count(ms), sum(ms), avg(ms), min(ms), max(ms), pct(ms, 50), stddev(ms), count_distinct(level),
        earliest(level), latest(level), sum(ms) / count(*) as part";
    assert_eq!(values(all, &JSON), [["3", "60", "20", "10", "30", "20", "10", "2", "INFO", "INFO", "15"]]);
    assert_eq!(
        values("filter ispresent(level) | stats count(*) as n by level | sort n desc", &JSON),
        [["INFO", "2"], ["ERROR", "1"]]
    );
    assert_eq!(
        ask("stats count() by bin(2m)", &JSON)[0],
        [
            ("bin(2m)".to_owned(), "2023-11-14 22:14:00.000".to_owned()),
            ("count()".to_owned(), "1".to_owned())
        ]
    );
    let truths = "stats sum(@message like /ERROR/), avg(ispresent(ms)), max(strcontains(@message, 'x'))";
    assert_eq!(values(truths, &JSON), [["2", "0.75", "1"]]);
    assert_eq!(values("stats avg(ms) as a by user.name as u | stats max(a)", &JSON), [["30"]]);
    assert_eq!(values("stats count(*) | filter 1 = 2", &[]), [[0; 0]; 0].map(|_| Vec::<String>::new()));
    assert_eq!(values("stats count(*)", &[]), [["0"]]);
}

#[test]
fn counting_takes_times_alone() {
    for (query, counts, reads) in [
        ("stats count(*) by bin(5m)", true, false),
        ("stats count()", true, false),
        ("stats count(*) by @logStream", false, false),
        ("filter @logStream = 'a' | stats count(*)", false, false),
        ("stats count(*) by level", false, true),
        ("fields @timestamp", false, true),
    ] {
        let query = Query::parse(query).unwrap();
        let run = Run::new(&query, 10);
        assert_eq!((run.counts_only(), run.reads_messages()), (counts, reads));
    }
    let query = Query::parse("stats count(*) as n by bin(1m) as t | sort t").unwrap();
    let mut run = Run::new(&query, 10);
    run.count([59_999, 60_000, 60_001, 0].into_iter()).unwrap();
    let outcome = run.finish().unwrap();
    assert_eq!(outcome.matched, 4);
    let counts: Vec<_> = outcome.rows.iter().map(|row| row[1].1.as_str()).collect();
    assert_eq!(counts, ["2", "2"]);
}

#[test]
fn repetitions_are_dropped() {
    assert_eq!(values("fields ms | dedup level", &JSON), [["20"], ["30"]]);
    assert_eq!(values("fields ms | sort ms asc | dedup level", &JSON), [["10"], ["30"]]);
}

/// No stack overflows, however long a query is.
#[test]
fn expressions_have_their_length() {
    for operator in ["+", "^", " or ", " and "] {
        let long = |count: usize| format!("fields {} as x", vec!["1"; count].join(operator));
        assert_eq!(ask(&long(401), &["x"]).len(), 1, "{operator}");
        assert!(Query::parse(&long(402)).is_err(), "{operator}");
    }
}

#[test]
fn faults_have_their_place() {
    for (query, at) in [
        ("nonsense", 0),
        ("fields a | filter", 17),
        ("fields a b", 9),
        ("filter x like /(/", 15),
        ("stats nothing(x)", 6),
        ("pattern @message", 7),
        ("parse 'a * b' as x, y", 6),
        ("limit x", 6),
        ("stats sum(*)", 6),
    ] {
        assert_eq!(Query::parse(query).unwrap_err().at, at, "{query}");
    }
    for deep in ["(", "-", "abs("] {
        assert!(Query::parse(&format!("filter {}", deep.repeat(10_000))).is_err());
    }
}

proptest! {
    #[test]
    fn anything_parses_or_is_told_and_runs_without_panic(
        query in "(fields|filter|stats|sort|parse|dedup|display|limit) [a-z@.()*+/'\"|=<> 0-9,-]{0,40}", message in ".{0,40}",
    ) {
        if Query::parse(&query).is_ok() {
            _ = ask(&query, &[&message, JSON[0]]);
        }
    }
}

#[test]
fn texts_become_maps_and_lists_and_these_become_texts() {
    let nested = [
        r#"{"body":"{\"user\":{\"name\":\"ann\"},\"codes\":[200,404]}"}"#,
        r#"{"body":"[7,{\"deep\":true}]"}"#,
        r#"{"body":"no json"}"#,
        "plain",
    ];
    let query = "fields jsonParse(body) as b, @timestamp | sort @timestamp asc \
                 | display b.user.name, b.codes.1, b.0, b.1.deep";
    assert_eq!(values(query, &nested), [vec!["ann", "404"], vec!["7", "1"], vec![], vec![]]);
    let whole = "fields jsonParse(@message) as m | filter m.level = 'INFO' | stats sum(m.ms) by m.user.name";
    assert_eq!(values(whole, &JSON), [["ann", "30"]]);
    let back = "fields jsonParse(body) as b | filter ispresent(b) | sort @timestamp asc | display jsonStringify(b.codes), jsonStringify(b)";
    assert_eq!(values(back, &nested)[0][0], "[200,404]");
    assert_eq!(values(back, &nested)[1], [r#"[7,{"deep":true}]"#]);
    assert_eq!(values("filter jsonStringify('x') = 'x'", &nested).len(), 0);
    // A list is shown as it is written.
    assert_eq!(
        values("fields jsonParse('[1, 2]') as l | limit 1 | display l, l.1", &nested),
        [["[1,2]", "2"]]
    );
}

#[test]
fn no_query_takes_more_memory_than_it_may() {
    let long = "a".repeat(1 << 18);
    // Texts that double, in one command or in many.
    let steps = (0..12).map(|at| format!("fields concat(f{at}, f{at}) as f{}", at + 1));
    let doubled = format!("fields @message as f0 | {}", steps.collect::<Vec<_>>().join(" | "));
    let nested = (0..12).fold("@message".to_owned(), |inner, _| format!("concat({inner}, {inner})"));
    let many: Vec<_> = (0..400).map(|at| format!("concat(@message, {at}) as f{at}")).collect();
    for query in [
        doubled.clone(),
        format!(
            "stats count(*) | {}",
            doubled.replace("@message as f0", "'{long}' as f0").replace("{long}", &long)
        ),
        format!("filter {nested} like /b/"),
        "fields replace(@message, 'a', @message) as f".to_owned(),
        format!("fields {}", many.join(", ")),
    ] {
        assert_eq!(attempt(&query, &[&long]), Err(TooLarge), "{:.100}", query);
    }
    // Rows, groups and keys that are too much together; what is no longer kept takes nothing.
    let rows: Vec<_> = (0..70).map(|at| format!("{at} {long}")).collect();
    let rows: Vec<_> = rows.iter().map(String::as_str).collect();
    for query in [
        "filter strlen(@message) > 5 | sort @message | filter strlen(@message) > 5",
        "stats count(*) by @message",
        "stats latest(@message) by strlen(@message), @timestamp",
        "dedup @message | filter 1 = 1",
    ] {
        assert_eq!(attempt(query, &rows), Err(TooLarge), "{query}");
    }
    for query in [
        "limit 2",
        "sort @message | limit 2",
        "stats latest(@message), sortsfirst(@message)",
        "dedup @message | limit 2",
    ] {
        assert!(attempt(query, &rows).is_ok(), "{query}");
    }
}

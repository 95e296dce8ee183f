//! Queries over whole objects, by the examples of the reference and beyond.

use kurodo_select::{
    Compression, Csv, CsvOutput, Headers, Input, Json, Output, Plan, Query, Scan, SelectError, Step,
};

const CSV: &str = "name,age,city\nAnna,34,Bern\nBeat,7,\"New, York\"\nCarl,,Bern\n";

struct Case {
    input: Input,
    output: Output,
    compression: Compression,
    range: Option<(u64, u64)>,
}

impl Case {
    fn csv(headers: Headers) -> Self {
        Self::of(Input::Csv(Csv { headers, ..Csv::default() }))
    }

    fn json(json: Json) -> Self {
        Self { output: Output::Json("\n".into()), ..Self::of(Input::Json(json)) }
    }

    fn of(input: Input) -> Self {
        Self { input, output: Output::Csv(CsvOutput::default()), compression: Compression::None, range: None }
    }

    /// The result, with the bytes in pieces of this size.
    fn run_in(&self, sql: &str, bytes: &[u8], piece: usize) -> Result<String, SelectError> {
        let plan = Plan {
            query: Query::parse(sql)?,
            input: self.input.clone(),
            compression: self.compression,
            output: self.output.clone(),
            range: self.range,
            now_ms: 1_507_910_531_123,
        };
        let (first, header) = (plan.first_byte(), plan.needs_header());
        let mut scan = Scan::new(plan)?;
        if header {
            assert!(scan.push_header(bytes, true)?);
        }
        let bytes = usize::try_from(first).ok().and_then(|first| bytes.get(first..)).unwrap_or_default();
        let (mut pieces, mut found) = (bytes.chunks(piece), Vec::new());
        loop {
            let step = scan.read()?;
            found.extend(scan.take());
            match step {
                Step::Hungry => match pieces.next() {
                    Some(piece) => scan.push(piece),
                    None => scan.end(),
                },
                Step::Full | Step::Again | Step::Wants { .. } => {}
                Step::Done => return Ok(String::from_utf8_lossy(&found).into_owned()),
            }
        }
    }

    /// The result, which is the same in pieces of any size.
    fn run(&self, sql: &str, text: &str) -> Result<String, SelectError> {
        let whole = self.run_in(sql, text.as_bytes(), usize::MAX);
        for piece in [1, 2, 3, 7] {
            assert_eq!(self.run_in(sql, text.as_bytes(), piece), whole, "{sql} in pieces of {piece}");
        }
        whole
    }
}

/// What an expression comes to, as CSV shows it.
fn value(expression: &str) -> Result<String, SelectError> {
    let shown = Case::csv(Headers::None).run(&format!("select {expression} from s3object"), "x\n")?;
    Ok(shown.trim_end_matches('\n').to_owned())
}

#[test]
fn columns_go_by_number_or_header() {
    let named = Case::csv(Headers::Use);
    for sql in [
        "select s.name from s3object s where s.city = 'Bern'",
        "select name from S3Object where city = 'Bern';",
        "select NAME from s3object where s3object.City = 'Bern'",
        "select s.\"name\" from s3object as s where s._3 = 'Bern'",
        "select _1 from s3object where _3 like 'B_rn'",
    ] {
        assert_eq!(named.run(sql, CSV).unwrap(), "Anna\nCarl\n", "{sql}");
    }
    assert_eq!(named.run("select s.\"NAME\" from s3object s", CSV), Err(SelectError::MissingHeaders));
    assert_eq!(named.run("select s.nome from s3object s", CSV), Err(SelectError::MissingHeaders));
    assert_eq!(named.run("select _0 from s3object", CSV), Err(SelectError::InvalidColumnIndex));
    let twice = "name,NAME\na,b\n";
    assert_eq!(named.run("select name from s3object", twice), Err(SelectError::AmbiguousFieldName));
    assert_eq!(named.run("select \"NAME\" from s3object", twice).unwrap(), "b\n");
    let numbered = Case::csv(Headers::Ignore);
    assert_eq!(numbered.run("select _2, _1 from s3object limit 1", CSV).unwrap(), "34,Anna\n");
    assert_eq!(numbered.run("select name from s3object", CSV), Err(SelectError::MissingHeaders));
    let all = Case::csv(Headers::None).run("select * from s3object", CSV).unwrap();
    assert_eq!(all, CSV);
}

#[test]
fn results_of_csv_can_be_json() {
    let mut case = Case::csv(Headers::Use);
    case.output = Output::Json("\n".into());
    let shown = case.run("select * from s3object limit 1", CSV).unwrap();
    assert_eq!(shown, "{\"name\":\"Anna\",\"age\":\"34\",\"city\":\"Bern\"}\n");
    let shown = case.run("select cast(age as int), name as n, 1.50 from s3object limit 1", CSV).unwrap();
    assert_eq!(shown, "{\"_1\":34,\"n\":\"Anna\",\"_3\":1.50}\n");
}

#[test]
fn aggregates_are_of_all_rows() {
    let case = Case::csv(Headers::Use);
    let shown = case.run(
        "select count(*), count(nullif(age, '')), sum(cast(nullif(age, '') as int)), \
         avg(cast(nullif(age, '') as int)), max(cast(nullif(age, '') as decimal)) + 1, min(cast(nullif(age, '') as float)) from s3object",
        CSV,
    );
    assert_eq!(shown.unwrap(), "3,2,41,20.5,35,7.0\n");
    assert_eq!(
        case.run("select sum(cast(age as int)), count(*) from s3object where name = 'x'", CSV).unwrap(),
        ",0\n"
    );
    assert_eq!(
        case.run("select sum(age) from s3object", CSV),
        Err(SelectError::IncorrectSqlFunctionArgumentType)
    );
    assert_eq!(case.run("select sum(cast(age as int)) from s3object", CSV), Err(SelectError::CastFailed));
    let large = "9223372036854775807\n9223372036854775807\n";
    let case = Case::csv(Headers::None);
    assert_eq!(
        case.run("select sum(cast(_1 as int)) from s3object", large),
        Err(SelectError::IntegerOverflow)
    );
    assert_eq!(
        case.run("select avg(cast(_1 as int)) from s3object", large).unwrap(),
        "9223372036854775807\n"
    );
}

#[test]
fn expressions_come_to_values() {
    for (expression, shown) in [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("7 / 2", "3"),
        ("-7 % 2", "-1"),
        ("7.0 / 2", "3.5"),
        ("0.1 + 0.2", "0.3"),
        ("cast(0.5 as float) + 1", "1.5"),
        ("1 - - 1", "2"),
        ("'a' || 'b' || 'c'", "abc"),
        ("1 = 1.0", "true"),
        ("1 = '1'", "false"),
        ("1 <> '1'", "true"),
        ("'b' between 'a' and 'c'", "true"),
        ("2 not between 3 and 4", "true"),
        ("2 in (1, 2)", "true"),
        ("2 not in (1, 3)", "true"),
        ("2 in (1, null)", ""),
        ("null = null", ""),
        ("null is null", "true"),
        ("missing is missing", "true"),
        ("null is not missing", "true"),
        ("not false and true or false", "true"),
        ("null and false", "false"),
        ("null or true", "true"),
        ("case 2 when 1 then 'a' when 2 then 'b' else 'c' end", "b"),
        ("case when 1 > 2 then 'a' end", ""),
        ("coalesce(null, missing, 'x')", "x"),
        ("nullif(1, 1)", ""),
        ("nullif(1.0, 1)", ""),
        ("nullif(1, '1')", "1"),
        ("nullif(1, null)", "1"),
        ("char_length('äöü')", "3"),
        ("lower('AbCdEfG!@#$')", "abcdefg!@#$"),
        ("upper('AbCdEfG!@#$')", "ABCDEFG!@#$"),
        ("substring('123456789', 0)", "123456789"),
        ("substring('123456789', 2)", "23456789"),
        ("substring('123456789', -4)", "123456789"),
        ("substring('123456789', 0, 999)", "123456789"),
        ("substring('123456789', -1, 3)", "1"),
        ("substring('123456789' from 2 for 3)", "234"),
        ("trim('       foobar         ')", "foobar"),
        ("trim(leading from '  foobar  ')", "foobar  "),
        ("trim(trailing from '  foobar  ')", "  foobar"),
        ("trim(both '12' from '1112211foobar22211122')", "foobar"),
        ("trim('12' from '1foobar2')", "foobar"),
        ("cast('2007-04-05T14:30Z' as timestamp)", "2007-04-05T14:30Z"),
        ("cast(' 12 ' as int)", "12"),
        ("cast(1.9 as int)", "1"),
        ("cast('true' as bool)", "true"),
        ("cast(0 as bool)", "false"),
        ("cast(12 as string) || 'x'", "12x"),
        ("cast('1.50' as decimal(3, 1))", "1.50"),
        ("date_add(month, 13, `2010T`)", "2011-02T"),
        ("date_diff(month, `2010T`, `2011T`)", "12"),
        ("extract(hour from `2017-01-02T03:04:05+07:08`)", "3"),
        ("extract(timezone_minute from `2017-01-02T03:04:05+07:08`)", "8"),
        ("extract(second from `2017-01-02T03:04:05.006Z`)", "5.006"),
        ("to_string(`1969-07-20T20:18Z`, 'y-MM-dd''T''H:m:ssX')", "1969-07-20T20:18:00Z"),
        ("to_timestamp('2007-02-23T12:14:33.079-08:00')", "2007-02-23T12:14:33.079-08:00"),
        ("utcnow()", "2017-10-13T16:02:11.123Z"),
        ("`2017-01-01T00:00Z` = `2017-01-01T01:00+01:00`", "true"),
        ("'50%' like '50x%' escape 'x'", "true"),
        ("'x' not like 'y%'", "true"),
    ] {
        assert_eq!(value(expression).as_deref(), Ok(shown), "{expression}");
    }
}

#[test]
fn what_cannot_be_computed_is_refused() {
    for (expression, code) in [
        ("1 / 0", SelectError::ExternalEvalException),
        ("1.0 % 0", SelectError::ExternalEvalException),
        ("9223372036854775807 + 1", SelectError::IntegerOverflow),
        ("- (0 - 9223372036854775807 - 1)", SelectError::IntegerOverflow),
        ("_1 + 1", SelectError::InvalidDataType),
        ("_1 < 1", SelectError::UnsupportedTypeForQuerying),
        ("not 1", SelectError::InvalidDataType),
        ("cast('x' as int)", SelectError::CastFailed),
        ("cast('1.5' as int)", SelectError::CastFailed),
        ("cast(1 as timestamp)", SelectError::InvalidCast),
        ("cast(1e30 as int)", SelectError::IntegerOverflow),
        ("lower(1)", SelectError::IncorrectSqlFunctionArgumentType),
        ("substring('a', 1, -1)", SelectError::EvaluatorInvalidArguments),
        ("1 like 'x'", SelectError::LikeInvalidInputs),
        ("'x' like 'x' escape 'xx'", SelectError::EvaluatorLikePatternInvalidEscapeSequence),
        ("to_timestamp('soon')", SelectError::ValueParseFailure),
        ("1e9999", SelectError::NumberFormatError),
        ("1e6000 * 1e6000", SelectError::NumberFormatError),
    ] {
        assert_eq!(value(expression), Err(code), "{expression}");
    }
}

/// The reference's first example: a wildcard always gives a row.
#[test]
fn paths_find_records_in_json() {
    let rules = "{ \"Rules\": [ {\"id\": \"1\"}, {\"expr\": \"y > x\"}, {\"id\": \"2\", \"expr\": \"z = DEBUG\"} ]}\n\
                 { \"created\": \"June 27\", \"modified\": \"July 6\" }";
    let case = Case::json(Json::Document);
    let shown = case.run("SELECT id FROM S3Object[*].Rules[*].id", rules).unwrap();
    assert_eq!(shown, "{\"id\":\"1\"}\n{}\n{\"id\":\"2\"}\n{}\n");
    let shown = case.run("SELECT id FROM S3Object[*].Rules[*].id WHERE id IS NOT MISSING", rules).unwrap();
    assert_eq!(shown, "{\"id\":\"1\"}\n{\"id\":\"2\"}\n");
    let shown = case.run("SELECT r.expr FROM S3Object[*].\"Rules\"[1] r", rules).unwrap();
    assert_eq!(shown, "{\"expr\":\"y > x\"}\n{}\n");
    assert_eq!(
        case.run("SELECT count(*), count(id) FROM S3Object[*].rules[*].id", rules).unwrap(),
        "{\"_1\":4,\"_2\":2}\n"
    );
    let shown = case.run("SELECT * FROM S3Object[*].Rules[*].*", rules).unwrap();
    assert_eq!(shown, "{\"_1\":\"1\"}\n{\"_1\":\"y > x\"}\n{\"_1\":\"2\"}\n{\"_1\":\"z = DEBUG\"}\n{}\n");
}

#[test]
fn members_of_records_go_by_path() {
    let text = "{\"name\": \"Susan Smith\", \"org\": \"engineering\", \"big\": 12345678901234567890, \"x\": 1.50e0, \
                \"projects\": [{\"project_name\":\"project1\", \"completed\":false}, {\"project_name\":\"pr\\u00f6ject2\"}]}";
    let case = Case::json(Json::Document);
    for (sql, shown) in [
        ("Select s.name from S3Object s", "{\"name\":\"Susan Smith\"}\n"),
        ("Select name from S3Object", "{\"name\":\"Susan Smith\"}\n"),
        ("Select _1.Name from S3Object[*]", "{\"Name\":\"Susan Smith\"}\n"),
        ("Select s.\"Name\" from S3Object s", "{}\n"),
        ("Select s['org'] from S3Object s", "{\"org\":\"engineering\"}\n"),
        ("Select s.projects[0].project_name from S3Object s", "{\"project_name\":\"project1\"}\n"),
        ("Select s.projects[1] from S3Object s", "{\"_1\":{\"project_name\":\"pröject2\"}}\n"),
        ("Select s.projects[7].x from S3Object s", "{}\n"),
        (
            "Select s.big, s.x, s.big + 1 as y from S3Object s",
            "{\"big\":12345678901234567890,\"x\":1.50,\"y\":12345678901234567891}\n",
        ),
        (
            "Select p.project_name from S3Object[*].projects[*] p where p.completed = false",
            "{\"project_name\":\"project1\"}\n",
        ),
        ("Select _1.project_name from S3Object[*].projects[*] limit 1", "{\"project_name\":\"project1\"}\n"),
        (
            "Select s.nothing is missing as m, s.name is null as n from s3object s",
            "{\"m\":true,\"n\":false}\n",
        ),
    ] {
        assert_eq!(case.run(sql, text).as_deref(), Ok(shown), "{sql}");
    }
    let twice = "{\"a\": 1, \"A\": 2}";
    assert_eq!(case.run("select s.a from s3object s", twice), Err(SelectError::AmbiguousFieldName));
    assert_eq!(case.run("select s.\"A\" from s3object s", twice).unwrap(), "{\"A\":2}\n");
    let mut csv = Case::json(Json::Document);
    csv.output = Output::Csv(CsvOutput::default());
    assert_eq!(csv.run("select s.name, s.x from s3object s", text).unwrap(), "Susan Smith,1.50\n");
    assert_eq!(csv.run("select s.projects from s3object s", text), Err(SelectError::UnsupportedSqlOperation));
}

#[test]
fn json_is_what_the_standard_says() {
    let case = Case::json(Json::Document);
    let sql = "select * from s3object s";
    assert_eq!(
        case.run(sql, " 1 \"a\\n\\\"b\" null [1, 2 ]\n").unwrap(),
        "{\"_1\":1}\n{\"_1\":\"a\\n\\\"b\"}\n{\"_1\":null}\n{\"_1\":[1,2]}\n"
    );
    assert_eq!(case.run(sql, "").unwrap(), "");
    for bad in [
        "{",
        "[1",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "[1,]",
        "[,1]",
        "{1:2}",
        "}",
        "[1}",
        "tru",
        "01",
        "\"a",
        "\"\\x\"",
        "\"\u{1}\"",
        "{\"a\":1 \"b\":2}",
        "'a'",
        "1,2",
    ] {
        assert_eq!(case.run(sql, bad), Err(SelectError::JSONParsingError), "{bad}");
        let below = format!("{{\"skipped\": {bad}");
        assert!(case.run("select * from s3object[*].other[*] s", &below).is_err(), "{below}");
    }
    let deep = "[".repeat(1000);
    assert_eq!(case.run(sql, &deep), Err(SelectError::JSONParsingError));
    assert_eq!(case.run("select * from s3object[*].a", &deep), Err(SelectError::JSONParsingError));
    let lines = Case::json(Json::Lines);
    assert_eq!(
        lines.run("select s.a from s3object s", "{\"a\":1}\r\n\n{\"a\":2}").unwrap(),
        "{\"a\":1}\n{\"a\":2}\n"
    );
    assert_eq!(lines.run("select s.a from s3object s", "{\"a\":\n1}"), Err(SelectError::JSONParsingError));
}

/// A large document is no large record.
#[test]
fn only_records_are_bounded() {
    let many = format!(
        "{{\"rows\": [{}{{\"n\": 0}}]}}",
        "{\"n\": 1, \"pad\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"},".repeat(40_000)
    );
    let case = Case::json(Json::Document);
    let shown = case.run_in("select sum(r.n) from s3object[*].\"rows\"[*] r", many.as_bytes(), 65_536);
    assert_eq!(shown.unwrap(), "{\"_1\":40000}\n");
    let whole = case.run_in("select * from s3object", many.as_bytes(), 65_536);
    assert_eq!(whole, Err(SelectError::OverMaxRecordSize));
    let long = "x".repeat(1024 * 1024 + 1);
    assert_eq!(
        Case::csv(Headers::None).run_in("select * from s3object", long.as_bytes(), 65_536),
        Err(SelectError::OverMaxRecordSize)
    );
    let text = "x".repeat(600_000);
    let both = Case::csv(Headers::None).run_in("select _1, _1 from s3object", text.as_bytes(), 65_536);
    assert_eq!(both, Err(SelectError::OverMaxRecordSize));
}

/// The reference's example, and every range of it: the ranges of a partition find each record once.
#[test]
fn a_range_has_the_records_that_begin_in_it() {
    let text = "A,B\nC,D\nD,E\nE,F\nG,H\nI,J\n";
    let ranged = |start, end| Case { range: Some((start, end)), ..Case::csv(Headers::None) };
    let sql = "select * from s3object";
    assert_eq!(ranged(1, 4).run(sql, text).unwrap(), "C,D\n");
    assert_eq!(ranged(0, 0).run(sql, text).unwrap(), "A,B\n");
    for cut in 0..23 {
        let both = ranged(0, cut).run(sql, text).unwrap() + &ranged(cut + 1, 23).run(sql, text).unwrap();
        assert_eq!(both, text, "{cut}");
    }
    assert_eq!(ranged(5, 4).run(sql, text), Err(SelectError::InvalidScanRange));
    let named = Case { range: Some((20, 60)), ..Case::csv(Headers::Use) };
    assert_eq!(named.run("select name from s3object", CSV).unwrap(), "Beat\nCarl\n");
    let lines = Case { range: Some((1, 8)), ..Case::json(Json::Lines) };
    assert_eq!(
        lines.run("select s.a from s3object s", "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n").unwrap(),
        "{\"a\":2}\n"
    );
    let document = Case { range: Some((1, 8)), ..Case::json(Json::Document) };
    assert_eq!(document.run(sql, "{}"), Err(SelectError::UnsupportedScanRangeInput));
}

#[test]
fn results_are_quoted_as_asked() {
    let shown = |output| {
        let case = Case { output: Output::Csv(output), ..Case::csv(Headers::None) };
        case.run("select _1, _2, 1 from s3object", "\"a,b\",\"say \"\"x\"\"\"\n").unwrap()
    };
    assert_eq!(shown(CsvOutput::default()), "\"a,b\",\"say \"\"x\"\"\",1\n");
    let always = CsvOutput {
        always_quote: true,
        quote: "'".into(),
        field_delimiter: ";".into(),
        record_delimiter: "\r\n".into(),
        ..CsvOutput::default()
    };
    assert_eq!(shown(always), "'a,b';'say \"x\"';'1'\r\n");
    let bad = Case { output: Output::Json(String::new()), ..Case::csv(Headers::None) };
    assert_eq!(bad.run("select * from s3object", ""), Err(SelectError::InvalidRequestParameter));
    let bad = Case::of(Input::Csv(Csv { field_delimiter: "ab".into(), ..Csv::default() }));
    assert_eq!(bad.run("select * from s3object", ""), Err(SelectError::InvalidRequestParameter));
}

#[test]
fn packed_objects_are_unpacked() {
    use std::io::Write as _;
    let text = "a,1\nb,2\n".repeat(2000);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    bzip2.write_all(text.as_bytes()).unwrap();
    let bzip2 = bzip2.finish().unwrap();
    for (compression, packed) in [(Compression::Gzip, gzip), (Compression::Bzip2, bzip2)] {
        let case = Case { compression, ..Case::csv(Headers::None) };
        let sql = "select count(*), sum(cast(_2 as int)) from s3object";
        for piece in [1, 100, 100_000] {
            assert_eq!(case.run_in(sql, &packed, piece).as_deref(), Ok("4000,6000\n"), "{compression:?}");
            let twice = [packed.clone(), packed.clone()].concat();
            assert_eq!(case.run_in(sql, &twice, piece).as_deref(), Ok("8000,12000\n"), "{compression:?}");
            let half = &packed[..packed.len() / 2];
            assert_eq!(case.run_in(sql, half, piece), Err(SelectError::TruncatedInput), "{compression:?}");
        }
        assert_eq!(
            case.run_in(sql, text.as_bytes(), 100),
            Err(SelectError::TruncatedInput),
            "{compression:?}"
        );
        let first = case.run_in("select _1 from s3object limit 1", &packed, 10);
        assert_eq!(first.as_deref(), Ok("a\n"));
    }
}

/// What a few bytes could become is bounded, and found out early.
#[test]
fn little_does_not_become_much() {
    let case = Case::csv(Headers::None);
    let column = "x".repeat(900_000);
    let many = |what: &str, between: &str| format!("select {} from s3object", vec![what; 1000].join(between));
    for sql in [
        many("_1", ", "),
        many("upper(_1)", ", "),
        format!("select {} from s3object", vec!["_1"; 90].join("||")),
    ] {
        let refused = case.run_in(&sql, column.as_bytes(), 65_536);
        assert_eq!(refused, Err(SelectError::OverMaxRecordSize));
    }
    let lines = "x\n".repeat(500);
    let wide = case.run_in(&many("'0123456789'", ", "), lines.as_bytes(), usize::MAX).unwrap();
    assert_eq!(wide.len(), 11_000 * 500);
    let trimmed =
        case.run_in("select char_length(trim(both _1 from _1)) from s3object", column.as_bytes(), 65_536);
    assert_eq!(trimmed.as_deref(), Ok("0\n"));
    let pattern = format!("select _1 like '%{}b%' from s3object", "x_".repeat(500));
    assert_eq!(case.run_in(&pattern, column.as_bytes(), 65_536).as_deref(), Ok("false\n"));
    let long = format!("select _1 like '{}' from s3object", "x".repeat(5000));
    assert_eq!(case.run_in(&long, column.as_bytes(), 65_536), Err(SelectError::LikeInvalidInputs));
}

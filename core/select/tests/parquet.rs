//! Queries over Parquet, as another's writer makes it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops, in its helpers too"
)]

use std::sync::Arc;

use kurodo_select::{Compression as Packed, CsvOutput, Input, Output, Plan, Query, Scan, SelectError, Step};
use parquet::{
    basic::{Compression, Encoding, GzipLevel},
    data_type::{
        BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
        FloatType, Int32Type, Int64Type, Int96, Int96Type,
    },
    file::{
        properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;
/// Writes a group of rows.
type Write<'a> = &'a dyn Fn(&mut Group<'_>);

/// Writes a column: its values, and its levels of definition and repetition.
fn column<T: DataType>(group: &mut Group<'_>, values: &[T::T], def: Option<&[i16]>, rep: Option<&[i16]>) {
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, def, rep).unwrap();
    column.close().unwrap();
}

/// Makes a file of groups of rows.
fn file<const N: usize>(
    schema: &str,
    properties: WriterPropertiesBuilder,
    groups: [Write<'_>; N],
) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(&format!("message m {{ {schema} }}")).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build())).unwrap();
    for write in groups {
        let mut group = file.next_row_group().unwrap();
        write(&mut group);
        group.close().unwrap();
    }
    file.into_inner().unwrap()
}

struct Case {
    output: Output,
    range: Option<(u64, u64)>,
    piece: usize,
}

fn json() -> Case {
    Case { output: Output::Json("\n".into()), range: None, piece: usize::MAX }
}

fn csv() -> Case {
    Case { output: Output::Csv(CsvOutput::default()), ..json() }
}

impl Case {
    /// The result, and how many bytes were read for it.
    fn counted(&self, sql: &str, bytes: &[u8]) -> Result<(String, u64), SelectError> {
        let plan = Plan {
            query: Query::parse(sql)?,
            input: Input::Parquet(bytes.len() as u64),
            compression: Packed::None,
            output: self.output.clone(),
            range: self.range,
            now_ms: 0,
        };
        let (mut scan, mut wanted, mut found, mut read) = (Scan::new(plan)?, &[][..], Vec::new(), 0);
        loop {
            let step = scan.read()?;
            found.extend(scan.take());
            match step {
                Step::Wants { start, end } => {
                    let index = |at| usize::try_from(at).unwrap();
                    wanted = &bytes[index(start)..index(end)];
                    read += end - start;
                }
                Step::Hungry => {
                    let (now, later) = wanted.split_at(self.piece.min(wanted.len()));
                    wanted = later;
                    if now.is_empty() { scan.end() } else { scan.push(now) }
                }
                Step::Full | Step::Again => {}
                Step::Done => return Ok((String::from_utf8(found).unwrap(), read)),
            }
        }
    }

    fn run(&self, sql: &str, bytes: &[u8]) -> Result<String, SelectError> {
        Ok(self.counted(sql, bytes)?.0)
    }
}

fn props() -> WriterPropertiesBuilder {
    WriterProperties::builder()
}

const PEOPLE: &str = "required int64 id; optional binary Name (UTF8); required double height; \
     optional int32 born (DATE); required fixed_len_byte_array(5) pay (DECIMAL(10,2));";

fn people(properties: WriterPropertiesBuilder) -> Vec<u8> {
    file(
        PEOPLE,
        properties,
        [&|group| {
            column::<Int64Type>(group, &[1, 2, 3], None, None);
            column::<ByteArrayType>(group, &["Anna".into(), "Bü,ro".into()], Some(&[1, 0, 1]), None);
            column::<DoubleType>(group, &[1.5, f64::NAN, -0.25], None, None);
            column::<Int32Type>(group, &[0, 19_000], Some(&[1, 1, 0]), None);
            let pay = |cents: i64| FixedLenByteArray::from(cents.to_be_bytes()[3..].to_vec());
            column::<FixedLenByteArrayType>(group, &[pay(12_345), pay(-5), pay(0)], None, None);
        }],
    )
}

#[test]
fn rows_become_json_and_csv() {
    let bytes = people(props());
    let all = "{\"id\":1,\"Name\":\"Anna\",\"height\":1.5,\"born\":\"1970-01-01\",\"pay\":123.45}\n\
               {\"id\":2,\"Name\":null,\"height\":null,\"born\":\"2022-01-08\",\"pay\":-0.05}\n\
               {\"id\":3,\"Name\":\"Bü,ro\",\"height\":-0.25,\"born\":null,\"pay\":0.00}\n";
    assert_eq!(json().run("select * from s3object", &bytes).unwrap(), all);
    let fields = "1,Anna,1.5,1970-01-01,123.45\n2,,NaN,2022-01-08,-0.05\n3,\"Bü,ro\",-0.25,,0.00\n";
    assert_eq!(csv().run("select * from s3object", &bytes).unwrap(), fields);
    for piece in [1, 7, 100] {
        let case = Case { piece, ..csv() };
        assert_eq!(case.run("select * from s3object s", &bytes).unwrap(), fields, "in pieces of {piece}");
    }
}

#[test]
fn queries_see_the_types_of_the_file() {
    let bytes = people(props());
    for (sql, found) in [
        ("select id from s3object where name is null", "2\n"),
        (
            "select s.\"Name\" from s3object s where s.height > 1 and s.born < cast('1980-01-01T' as timestamp)",
            "Anna\n",
        ),
        (
            "select count(*), count(name), sum(pay), max(height), avg(id), min(pay) from s3object where id <> 2",
            "2,2,123.45,1.5,2,0.00\n",
        ),
        ("select id / 2, pay * 2 from s3object limit 1", "0.5,246.90\n"),
        ("select count(*) from s3object", "3\n"),
        ("select 'x' from s3object limit 2", "x\nx\n"),
        ("select extract(year from born), char_length(name) from s3object where id = 1", "1970,4\n"),
        ("select id from s3object limit 0", ""),
    ] {
        assert_eq!(csv().run(sql, &bytes).as_deref(), Ok(found), "{sql}");
    }
}

#[test]
fn names_are_those_of_the_columns() {
    let bytes = people(props());
    for (sql, error) in [
        ("select s.\"name\" from s3object s", SelectError::EvaluatorBindingDoesNotExist),
        ("select _1 from s3object", SelectError::EvaluatorBindingDoesNotExist),
        ("select name.given from s3object", SelectError::EvaluatorBindingDoesNotExist),
        ("select id from s3object[*]", SelectError::InvalidKeyPath),
        ("select id from s3object where name > 3", SelectError::UnsupportedTypeForQuerying),
    ] {
        assert_eq!(csv().run(sql, &bytes), Err(error), "{sql}");
    }
    let twice = file(
        "required int32 a; required int32 A;",
        props(),
        [&|group| {
            column::<Int32Type>(group, &[1], None, None);
            column::<Int32Type>(group, &[2], None, None);
        }],
    );
    assert_eq!(csv().run("select a from s3object", &twice), Err(SelectError::AmbiguousFieldName));
    assert_eq!(csv().run("select \"A\" from s3object", &twice).unwrap(), "2\n");
}

/// Many rows in many pages and groups, in each encoding, version and packing: what the writer wrote is what is found.
#[test]
fn all_encodings_are_read() {
    let schema = "required int32 a; optional int64 b; optional binary c (UTF8); required boolean d; \
                  optional float e; required fixed_len_byte_array(3) f (DECIMAL(6,1));";
    let write = |group: &mut Group<'_>, from: i32| {
        let rows = from..from + 5000;
        let some: Vec<i16> = rows.clone().map(|n| i16::from(n % 3 > 0)).collect();
        let kept = || rows.clone().filter(|n| n % 3 > 0);
        column::<Int32Type>(
            group,
            &rows.clone().map(|n| n.wrapping_mul(77_777_777)).collect::<Vec<_>>(),
            None,
            None,
        );
        let wide: Vec<_> = kept().map(|n| i64::from(n).wrapping_mul(0x1234_5678_9abc)).collect();
        column::<Int64Type>(group, &wide, Some(&some), None);
        let texts: Vec<ByteArray> = kept().map(|n| format!("text {}", n / 7).as_str().into()).collect();
        column::<ByteArrayType>(group, &texts, Some(&some), None);
        column::<BoolType>(group, &rows.clone().map(|n| n % 5 == 0).collect::<Vec<_>>(), None, None);
        column::<FloatType>(group, &kept().map(|n| n as f32 / 4.0).collect::<Vec<_>>(), Some(&some), None);
        let decimals: Vec<_> =
            rows.map(|n| FixedLenByteArray::from((n - 7000).to_be_bytes()[1..].to_vec())).collect();
        column::<FixedLenByteArrayType>(group, &decimals, None, None);
    };
    let expected: String = (0..10_000_i32)
        .map(|n| {
            let some = |text: String| if n % 3 > 0 { text } else { String::new() };
            let (a, b) = (n.wrapping_mul(77_777_777), i64::from(n).wrapping_mul(0x1234_5678_9abc));
            let tenths = n - 7000;
            let f =
                format!("{}{}.{}", if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10);
            let e = some(format!("{:?}", f64::from(n) / 4.0));
            format!(
                "{a},{},{},{},{e},{f}\n",
                some(b.to_string()),
                some(format!("text {}", n / 7)),
                n % 5 == 0
            )
        })
        .collect();
    let plain = || props().set_dictionary_enabled(false).set_data_page_row_count_limit(700);
    let ints = |builder: WriterPropertiesBuilder, encoding| {
        builder.set_column_encoding("a".into(), encoding).set_column_encoding("b".into(), encoding)
    };
    let texts = |encoding| plain().set_column_encoding("c".into(), encoding);
    let split = ints(plain(), Encoding::BYTE_STREAM_SPLIT)
        .set_column_encoding("e".into(), Encoding::BYTE_STREAM_SPLIT)
        .set_column_encoding("f".into(), Encoding::BYTE_STREAM_SPLIT);
    let builders = [
        props(),
        plain(),
        ints(plain(), Encoding::DELTA_BINARY_PACKED).set_column_encoding("d".into(), Encoding::RLE),
        texts(Encoding::DELTA_LENGTH_BYTE_ARRAY),
        texts(Encoding::DELTA_BYTE_ARRAY).set_column_encoding("f".into(), Encoding::DELTA_BYTE_ARRAY),
        split,
        props().set_dictionary_page_size_limit(900),
    ];
    for (number, builder) in builders.into_iter().enumerate() {
        for codec in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::GZIP(GzipLevel::default())]
        {
            for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
                let properties = builder.clone().set_compression(codec).set_writer_version(version);
                let bytes = file(schema, properties, [&|group| write(group, 0), &|group| write(group, 5000)]);
                let found = csv().run("select * from s3object", &bytes).unwrap();
                assert!(found == expected, "{number}, {codec:?}, {version:?}");
            }
        }
    }
}

const NESTED: &str = "required int32 id; \
    optional group address { required binary city (UTF8); optional int32 zip; } \
    optional group tags (LIST) { repeated group list { optional binary element (UTF8); } } \
    required group points (LIST) { repeated group list { optional group element { \
        required int32 x; optional group deep (LIST) { repeated int32 array; } } } } \
    repeated int32 latest;";

/// Lists of groups of lists, and nulls at every level, cut into pages of few values.
fn nested() -> Vec<u8> {
    file(
        NESTED,
        props().set_data_page_row_count_limit(1),
        [&|group| {
            column::<Int32Type>(group, &[1, 2, 3], None, None);
            column::<ByteArrayType>(group, &["Bern".into(), "Thun".into()], Some(&[1, 0, 1]), None);
            column::<Int32Type>(group, &[3000], Some(&[2, 0, 1]), None);
            // ["a", null], null, []
            column::<ByteArrayType>(group, &["a".into()], Some(&[3, 2, 0, 1]), Some(&[0, 1, 0, 0]));
            // [{1, [7, 8]}, null, {2, null}], [], [{3, []}]
            column::<Int32Type>(group, &[1, 2, 3], Some(&[2, 1, 2, 0, 2]), Some(&[0, 1, 1, 0, 0]));
            column::<Int32Type>(group, &[7, 8], Some(&[4, 4, 1, 2, 0, 3]), Some(&[0, 2, 1, 1, 0, 0]));
            column::<Int32Type>(group, &[4, 5, 6], Some(&[1, 1, 0, 1]), Some(&[0, 1, 0, 0]));
        }],
    )
}

#[test]
fn nested_columns_are_whole_in_json() {
    let bytes = nested();
    assert_eq!(
        json().run("select * from s3object", &bytes).unwrap(),
        "{\"id\":1,\"address\":{\"city\":\"Bern\",\"zip\":3000},\"tags\":[\"a\",null],\
         \"points\":[{\"x\":1,\"deep\":[7,8]},null,{\"x\":2,\"deep\":null}],\"latest\":5}\n\
         {\"id\":2,\"address\":null,\"tags\":null,\"points\":[],\"latest\":null}\n\
         {\"id\":3,\"address\":{\"city\":\"Thun\",\"zip\":null},\"tags\":[],\
         \"points\":[{\"x\":3,\"deep\":[]}],\"latest\":6}\n"
    );
    let sql = "select s.address.city, s.tags[0], s.points[0].deep[1], latest from s3object s where s.address.city like '%n'";
    assert_eq!(csv().run(sql, &bytes).unwrap(), "Bern,a,8,5\nThun,,,6\n");
    assert_eq!(csv().run("select tags from s3object", &bytes), Err(SelectError::UnsupportedSqlOperation));
    let missing = csv().run("select s.address.street from s3object s", &bytes);
    assert_eq!(missing, Err(SelectError::EvaluatorBindingDoesNotExist));
}

#[test]
fn numbers_of_96_bits_are_shown_and_not_compared() {
    let bytes = file(
        "optional int96 seen; required int32 n;",
        props(),
        [&|group| {
            let mut at = Int96::new();
            at.set_data(1, 0, 2_459_581);
            column::<Int96Type>(group, &[at], Some(&[1, 0]), None);
            column::<Int32Type>(group, &[1, 2], None, None);
        }],
    );
    assert_eq!(csv().run("select * from s3object", &bytes).unwrap(), "45371261235558612673232897,1\n,2\n");
    assert_eq!(csv().run("select n from s3object where seen is null", &bytes).unwrap(), "2\n");
    for sql in ["select n from s3object where seen > 0", "select n from s3object where seen = 5"] {
        assert_eq!(csv().run(sql, &bytes), Err(SelectError::UnsupportedTypeForQuerying));
    }
}

#[test]
fn types_that_are_unknown_are_refused_where_they_are_named() {
    let schema = "required int32 n; required binary raw; required binary j (JSON); required int32 t (TIME(MILLIS,true)); \
         required fixed_len_byte_array(16) u (UUID); \
         required group m (MAP) { repeated group key_value { required int32 key; required int32 value; } }";
    let bytes = file(
        schema,
        props(),
        [&|group| {
            column::<Int32Type>(group, &[1], None, None);
            column::<ByteArrayType>(group, &["a".into()], None, None);
            column::<ByteArrayType>(group, &["{}".into()], None, None);
            column::<Int32Type>(group, &[1], None, None);
            column::<FixedLenByteArrayType>(group, &[vec![0; 16].into()], None, None);
            column::<Int32Type>(group, &[1], Some(&[1]), Some(&[0]));
            column::<Int32Type>(group, &[1], Some(&[1]), Some(&[0]));
        }],
    );
    assert_eq!(csv().run("select n from s3object", &bytes).unwrap(), "1\n");
    for name in ["raw", "j", "t", "u", "m", "*"] {
        let found = csv().run(&format!("select {name} from s3object"), &bytes);
        assert_eq!(found, Err(SelectError::UnsupportedParquetType), "{name}");
    }
}

#[test]
fn only_what_is_named_is_read_and_only_in_the_range() {
    let write = |group: &mut Group<'_>, n: i32| {
        column::<Int32Type>(group, &[n], None, None);
        column::<ByteArrayType>(group, &["x".repeat(1_000_000).as_str().into()], None, None);
    };
    let plain = props()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None);
    let groups: [Write<'_>; 2] = [&|group| write(group, 1), &|group| write(group, 2)];
    let bytes = file("required int32 n; required binary text (UTF8);", plain, groups);
    let (found, read) = csv().counted("select n from s3object", &bytes).unwrap();
    assert_eq!(found, "1\n2\n");
    assert!(read < 10_000, "{read}");
    let half = bytes.len() as u64 / 2;
    for (range, found) in [
        ((0, half), "1\n2\n"),
        ((0, half - 100_000), "1\n"),
        ((5, u64::MAX), "2\n"),
        ((half + 100_000, u64::MAX), ""),
    ] {
        let case = Case { range: Some(range), ..csv() };
        assert_eq!(case.run("select n from s3object", &bytes).unwrap(), found, "{range:?}");
    }
    let (_, read) = csv().counted("select text from s3object limit 1", &bytes).unwrap();
    assert!(read < 1_500_000, "{read}");
}

#[test]
fn what_is_packed_otherwise_is_refused() {
    let bytes = people(props());
    let plan = |query, input| Plan {
        query: Query::parse(query).unwrap(),
        input,
        compression: Packed::Gzip,
        output: Output::Json("\n".into()),
        range: None,
        now_ms: 0,
    };
    let scan = Scan::new(plan("select * from s3object", Input::Parquet(bytes.len() as u64)));
    assert_eq!(scan.err(), Some(SelectError::InvalidRequestParameter));
}

/// The field of the codec in each column's metadata says 6, which is Zstandard.
#[test]
fn codecs_that_are_unknown_are_refused() {
    let bytes = people(props().set_compression(Compression::SNAPPY));
    let mut other = bytes.clone();
    // The path of a column, behind it the codec: field 4, a number, 1.
    for at in 0..bytes.len() - 6 {
        if &bytes[at..at + 6] == b"\x02id\x15\x02\x16" {
            other[at + 4] = 12;
        }
    }
    assert_ne!(other, bytes);
    let sql = "select id from s3object";
    assert_eq!(csv().run(sql, &other), Err(SelectError::ParquetUnsupportedCompressionCodec));
    assert_eq!(csv().run("select name from s3object limit 1", &other).unwrap(), "Anna\n");
}

/// Each element of a list has the name of what is in it, as JSON shows it: few bytes would become very many.
#[test]
fn long_names_count_in_every_element() {
    let name = "n".repeat(2000);
    let schema = format!(
        "required group a (LIST) {{ repeated group list {{ required group element {{ required int32 {name}; }} }} }}"
    );
    let bytes = file(
        &schema,
        props(),
        [&|group| {
            let reps: Vec<i16> = (0..1000).map(|n| i16::from(n > 0)).collect();
            column::<Int32Type>(group, &[1; 1000], Some(&[1; 1000]), Some(&reps));
        }],
    );
    assert_eq!(json().run("select * from s3object", &bytes), Err(SelectError::OverMaxRecordSize));
}

/// Whatever is cut off or turned over, nothing panics, and nothing that is found is more than the file can hold.
#[test]
fn damaged_files_end_the_query() {
    for bytes in [
        people(props().set_compression(Compression::SNAPPY)),
        people(props().set_compression(Compression::GZIP(GzipLevel::default()))),
        nested(),
    ] {
        for end in 0..bytes.len() {
            assert!(json().run("select * from s3object", &bytes[..end]).is_err(), "{end}");
        }
        let mut failed = 0;
        for at in 0..bytes.len() * 8 {
            let mut turned = bytes.clone();
            turned[at / 8] ^= 1 << (at % 8);
            match json().run("select * from s3object limit 10", &turned) {
                Ok(found) => assert!(found.len() < 10_000, "{at}"),
                Err(_) => failed += 1,
            }
        }
        assert!(failed > bytes.len(), "{failed}");
    }
    for bytes in [&b""[..], b"PAR1", b"PAR1\0\0\0\0PAR1", b"name,age\nAnna,34\n", &[0xff; 100]] {
        assert_eq!(json().run("select * from s3object", bytes), Err(SelectError::ParquetParsingError));
    }
}

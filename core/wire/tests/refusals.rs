//! Malformed requests, and the code that AWS answers with.

use std::borrow::Cow;

use kurodo_wire::{
    Bytes, HeaderMap, HeaderName, Location, Member, OperationSchema, Protocol, RequestParts, Schema, Value,
    WireError, common, decode_input, parse_query,
};

static ALGORITHM: HeaderName = HeaderName::from_static("x-amz-size");
static TAGS: Schema = Schema::list("Tags", Member::new("member", &TAG).wire_name("Tag"));
static TAG: Schema =
    Schema::structure("Tag", &[Member::new("Key", &common::STRING), Member::new("Inner", &TAG)]);
static TAGGING: Schema = Schema::structure(
    "Tagging",
    &[
        Member::new("TagSet", &TAGS),
        Member::new("Count", &common::INTEGER),
        Member::new("Total", &common::LONG),
        Member::new("Flag", &common::BOOLEAN),
        Member::new("Blob", &common::BLOB),
        Member::new("At", &common::TIMESTAMP),
    ],
);
static PUT: Schema = Schema::structure(
    "PutTagging",
    &[
        Member::new("Tagging", &TAGGING).at(Location::Payload),
        Member::new("MaxKeys", &common::INTEGER).at(Location::Query("max-keys")),
        Member::new("Size", &common::LONG).at(Location::Header(&ALGORITHM)),
    ],
);
static REST: OperationSchema = OperationSchema::new("PutTagging", "PUT", "/", [&PUT, &common::UNIT]);
static PLAIN: OperationSchema = OperationSchema::new("Tag", "POST", "/", [&TAGGING, &common::UNIT]);

fn decode(protocol: Protocol, body: impl Into<Bytes>) -> Result<Value, WireError> {
    let operation = if protocol.is_rest() { &REST } else { &PLAIN };
    let headers = HeaderMap::new();
    decode_input(
        protocol,
        operation,
        &RequestParts { labels: &[], query: &[], headers: &headers, body: body.into() },
    )
}

fn refused(protocol: Protocol, body: &[u8]) -> WireError {
    let shown = String::from_utf8_lossy(body);
    let error = decode(protocol, body.to_vec()).err();
    error.unwrap_or_else(|| WireError::Reply(format!("{protocol:?} took {shown}").into()))
}

#[test]
fn xml_that_is_not_the_document_is_malformed() {
    let deep = format!("<Tagging>{}</Tagging>", "<TagSet>".repeat(100));
    for body in [
        "",
        " ",
        "text",
        "<Tagging>",
        "<Tagging></Other>",
        "<Other/>",
        "<Tagging/><Tagging/>",
        "<Tagging/>text",
        "<Tagging>text</Tagging>",
        "<Tagging><Unknown/></Tagging>",
        "<Tagging><Count>1</Count><Count>1</Count></Tagging>",
        "<Tagging><Count>one</Count></Tagging>",
        "<Tagging><Count>2147483648</Count></Tagging>",
        "<Tagging><Flag>perhaps</Flag></Tagging>",
        "<Tagging><At>soon</At></Tagging>",
        "<Tagging><Blob>%</Blob></Tagging>",
        "<Tagging><TagSet><Other/></TagSet></Tagging>",
        "<Tagging><Count><Count>1</Count></Count></Tagging>",
        "<!DOCTYPE Tagging [<!ENTITY a \"b\">]><Tagging/>",
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?><Tagging/>",
        "<?php ?><Tagging/>",
        "<Tagging a=1/>",
        "<Tagging a=\"1\" a=\"2\"/>",
        "<Tagging><TagSet><Tag><Key>&a;</Key></Tag></TagSet></Tagging>",
        "<Tagging><TagSet><Tag><Key>&#0;</Key></Tag></TagSet></Tagging>",
        "<Tagging><TagSet><Tag><Key>&#xD800;</Key></Tag></TagSet></Tagging>",
        &deep,
    ] {
        if body.is_empty() {
            continue; // no payload at all is absence, which validation judges
        }
        let error = refused(Protocol::RestXml, body.as_bytes());
        assert_eq!(
            (error.code(Protocol::RestXml), error.status(Protocol::RestXml)),
            ("MalformedXML", 400),
            "{body}: {error}"
        );
    }
    assert_eq!(
        refused(Protocol::RestXml, b"<Tagging>\xff</Tagging>").code(Protocol::RestXml),
        "MalformedXML"
    );
}

#[test]
fn xml_is_taken_with_and_without_namespaces() {
    let plain = decode(Protocol::RestXml, "<Tagging><Count>1</Count></Tagging>").unwrap();
    for body in [
        "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Count>1</Count></Tagging>",
        "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<s:Tagging xmlns:s=\"x\">\n <s:Count> 1 </s:Count> <!-- c --></s:Tagging>\n",
        "<Tagging><Count><![CDATA[1]]></Count></Tagging>",
        "<Tagging><Count>&#49;</Count></Tagging>",
    ] {
        assert_eq!(decode(Protocol::RestXml, body).unwrap(), plain, "{body}");
    }
}

#[test]
fn json_that_is_not_the_document_is_refused() {
    let deep = format!("{{\"TagSet\":{}", "[".repeat(1000));
    let deep_unknown = format!("{{\"x\":{}", "{\"x\":".repeat(1000));
    for body in [
        "{",
        "[]",
        "null",
        "1",
        "{}{}",
        "{\"Count\":1,}",
        "{\"Count\":01}",
        "{\"Count\":1.5}",
        "{\"Count\":\"1\"}",
        "{\"Count\":2147483648}",
        "{\"Total\":9223372036854775808}",
        "{\"Flag\":1}",
        "{\"Flag\":truth}",
        "{\"Blob\":\"%\"}",
        "{\"At\":\"soon\"}",
        "{\"At\":1e99}",
        "{\"TagSet\":{}}",
        "{\"TagSet\":[1]}",
        "{\"TagSet\":[{\"Key\":1}]}",
        "{\"TagSet\":[{\"Key\":\"\\ud800\"}]}",
        "{\"TagSet\":[{\"Key\":\"\\x\"}]}",
        "{\"TagSet\":[{\"Key\":\"a\nb\"}]}",
        "{Count:1}",
        "{'Count':1}",
        "{\"unknown\":01}",
        "{\"unknown\":nope}",
        &deep,
        &deep_unknown,
    ] {
        let error = refused(Protocol::Json11, body.as_bytes());
        assert_eq!(
            (error.code(Protocol::Json11), error.status(Protocol::Json11)),
            ("SerializationException", 400),
            "{body}: {error}"
        );
    }
    assert_eq!(refused(Protocol::Json11, b"{\"\xff\":1}").code(Protocol::Json11), "SerializationException");
}

#[test]
fn json_says_what_it_found() {
    for (body, message) in [
        ("{\"TagSet\":[{\"Key\":1}]}", "NUMBER_VALUE can not be converted to a String"),
        ("{\"Count\":\"1\"}", "STRING_VALUE can not be converted to an Integer"),
        ("{\"Count\":{}}", "Start of structure or map found where not expected."),
        ("{\"Flag\":[]}", "Start of list found where not expected"),
    ] {
        assert_eq!(refused(Protocol::Json11, body.as_bytes()).to_string(), message);
    }
}

#[test]
fn json_takes_what_aws_takes() {
    let one = decode(Protocol::Json11, "{\"Count\":1}").unwrap();
    for body in [
        " { \"Count\" : 1 } ",
        "{\"Count\":7,\"Count\":1}",
        "{\"unknown\":[{\"a\":null,\"b\":-1.5e+7}],\"Count\":1}",
        "{\"Count\":1,\"Flag\":null}",
        "{\"\\u0043ount\":1}",
    ] {
        assert_eq!(decode(Protocol::Json11, body.to_owned()).unwrap(), one, "{body}");
    }
    assert_eq!(decode(Protocol::Json11, "").unwrap(), decode(Protocol::Json11, "{}").unwrap());
}

#[test]
fn cbor_that_is_not_the_document_is_refused() {
    let nested = [vec![0xbf, 0x61, b'x'], vec![0x81; 1000]].concat();
    let endless_tags = [vec![0xbf, 0x61, b'x'], vec![0xc1; 1000]].concat();
    for body in [
        &b"\xbf"[..],
        b"\x80",
        b"\xf6",
        b"\xa0\xa0",
        b"\xa1\x65Count\x61a",
        b"\xa1\x65Count\x1a\x80\x00\x00\x00",
        b"\xa1\x65Total\x1b\x80\x00\x00\x00\x00\x00\x00\x00",
        b"\xa1\x62At\x01",
        b"\xa1\x62At\xc2\x41\x01",
        b"\xa1\x01\x01",
        b"\xa1\x65Count",
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
        &nested,
        &endless_tags,
    ] {
        let error = refused(Protocol::RpcV2Cbor, body);
        assert_eq!(error.code(Protocol::RpcV2Cbor), "SerializationException", "{body:x?}: {error}");
    }
}

#[test]
fn forms_that_cannot_be_read_are_refused() {
    for (body, code) in [
        ("Count=%zz", "MalformedQueryString"),
        ("Count=%", "MalformedQueryString"),
        ("%ff=1", "MalformedQueryString"),
        ("Count=one", "MalformedInput"),
        ("Count=", "MalformedInput"),
        ("Count=2147483648", "MalformedInput"),
        ("Count.a=1", "MalformedInput"),
        ("TagSet=a", "MalformedInput"),
        ("TagSet.Tag.x.Key=a", "MalformedInput"),
        ("TagSet.Tag..Key=a", "MalformedInput"),
        ("TagSet.member.1.Key=a", "MalformedInput"),
        ("Flag=yes", "MalformedInput"),
    ] {
        let error = refused(Protocol::Query, body.as_bytes());
        assert_eq!(error.code(Protocol::Query), code, "{body}: {error}");
    }
    let deep = format!("a{}=1", ".a".repeat(100));
    assert_eq!(refused(Protocol::Query, deep.as_bytes()).code(Protocol::Query), "MalformedQueryString");
    let many = "a=1&".repeat(100_001);
    assert_eq!(refused(Protocol::Query, many.as_bytes()).status(Protocol::Query), 413);
    assert!(parse_query("a=%4").is_err());
}

#[test]
fn requests_that_grow_too_large_are_refused() {
    let count = 400_000;
    let nested =
        [vec![0xbf, 0x66], b"TagSet".to_vec(), vec![0x9f], vec![0xa0; count], vec![0xff, 0xff]].concat();
    for (protocol, body) in [
        (Protocol::Json11, format!("{{\"TagSet\":[{}{{}}]}}", "{},".repeat(count)).into_bytes()),
        (
            Protocol::RestXml,
            format!("<Tagging><TagSet>{}</TagSet></Tagging>", "<Tag/>".repeat(count)).into_bytes(),
        ),
        (Protocol::RpcV2Cbor, nested),
    ] {
        assert!(matches!(refused(protocol, &body), WireError::TooLarge(_)), "{protocol:?}");
    }
}

#[test]
fn neighbours_in_a_form_are_kept_apart() {
    let body = "Count-x=7&Count.=8&Counts=9&Count=1&TagSet.Tag.1.Key=a&TagSet-=b&TagSet.Tag.1.Key=c";
    let form = decode(Protocol::Query, "Count=1&TagSet.Tag.1.Key=c").unwrap();
    assert_eq!(refused(Protocol::Query, body.as_bytes()).code(Protocol::Query), "MalformedInput");
    assert_eq!(decode(Protocol::Query, body.replace("Count.=8&", "")).unwrap(), form);
}

#[test]
fn list_items_are_ordered_by_number() {
    let found = decode(Protocol::Query, "TagSet.Tag.10.Key=b&TagSet.Tag.9.Key=a&Unknown=x").unwrap();
    let keys: Vec<_> = match found.as_members().and_then(<[_]>::first) {
        Some(Value::List(items)) => {
            items.iter().map(|item| item.as_members().unwrap().first().cloned()).collect()
        }
        _ => Vec::new(),
    };
    assert_eq!(keys, [Some(Value::String("a".into())), Some(Value::String("b".into()))]);
}

#[test]
fn arguments_that_do_not_parse_are_named() {
    let decode = |query: &[(Cow<'_, str>, Cow<'_, str>)], size: Option<&'static str>| {
        let mut headers = HeaderMap::new();
        headers.extend(size.map(|size| (ALGORITHM.clone(), size.parse().unwrap())));
        decode_input(
            Protocol::RestXml,
            &REST,
            &RequestParts { labels: &[], query, headers: &headers, body: Bytes::new() },
        )
    };
    let error = decode(&[("max-keys".into(), "x".into())], None).unwrap_err();
    assert_eq!(error.code(Protocol::RestXml), "InvalidArgument");
    assert_eq!(error.to_string(), "Provided max-keys not an integer or within integer range");
    let error = decode(&[], Some("9223372036854775808")).unwrap_err();
    let WireError::InvalidArgument { name, value, .. } = error else { unreachable!("{error}") };
    assert_eq!((&*name, &*value), ("x-amz-size", "9223372036854775808"));
}

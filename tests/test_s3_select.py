"""S3 Select with the real client: what is found, what is told on the way, and that a query reads what a GET may read."""

import bz2
import gzip
import json
import os

import pytest
from botocore.exceptions import EventStreamError
from conftest import allow, document, fresh, refused, statement
from test_s3_access_points import Point
from test_s3_kms import kms, new_key  # noqa: F401

PEOPLE = b'name,age,city\nAnna,34,Bern\nBeat,7,"New, York"\nCarl,51,Bern\n'
CSV, JSON = {"CSV": {}}, {"JSON": {}}
NAMED = {"CSV": {"FileHeaderInfo": "USE"}}


@pytest.fixture
def s3(root):
    return root.client("s3")


@pytest.fixture
def people(s3, bucket):
    s3.put_object(Bucket=bucket, Key="people.csv", Body=PEOPLE)
    return {"Bucket": bucket, "Key": "people.csv"}


def asked(client, where, sql, into=CSV, of=NAMED, **more):
    return client.select_object_content(
        **where, Expression=sql, ExpressionType="SQL", InputSerialization=of, OutputSerialization=into, **more
    )


def events(*arguments, **more):
    return list(asked(*arguments, **more)["Payload"])


def found(*arguments, **more):
    """The records that were found. All else must be there as well, at its place."""
    told = events(*arguments, **more)
    assert [next(iter(event)) for event in told[-2:]] == ["Stats", "End"]
    records = b"".join(event["Records"]["Payload"] for event in told if "Records" in event)
    assert told[-2]["Stats"]["Details"]["BytesReturned"] == len(records)
    return records.decode()


def test_records_are_found_in_csv_and_json(s3, bucket, people):
    assert found(s3, people, "select s.name from s3object s where s.city = 'Bern'") == "Anna\nCarl\n"
    assert found(s3, people, "select * from s3object limit 1", JSON) == '{"name":"Anna","age":"34","city":"Bern"}\n'
    assert found(s3, people, "select avg(cast(age as int)) from s3object") == "30.666666666666666666666666666666666667\n"
    quoted = {"CSV": {"QuoteFields": "ALWAYS", "FieldDelimiter": ";", "RecordDelimiter": "|"}}
    assert found(s3, people, "select _1, _3 from s3object where _2 = '7'", quoted) == '"Beat";"New, York"|'
    rows = [{"id": n, "tags": {"even": n % 2 == 0}} for n in range(5)]
    s3.put_object(Bucket=bucket, Key="rows", Body=json.dumps({"rows": rows}))
    where, sql = {"Bucket": bucket, "Key": "rows"}, "select r.id, r.tags from s3object[*].\"rows\"[*] r where r.tags.even"
    lines = found(s3, where, sql, JSON, {"JSON": {"Type": "DOCUMENT"}}).splitlines()
    assert [json.loads(line) for line in lines] == rows[::2]
    s3.put_object(Bucket=bucket, Key="rows", Body="\n".join(map(json.dumps, rows)))
    assert found(s3, where, "select sum(s.id) as s from s3object s", JSON, {"JSON": {"Type": "LINES"}}) == '{"s":10}\n'


@pytest.mark.parametrize("kind", ["NONE", "GZIP", "BZIP2"])
def test_what_was_read_is_told(s3, bucket, kind):
    """A large object, in as many events as it takes."""
    text = "".join(f"{n},{n % 7},some words of text\n" for n in range(100_000)).encode()
    packed = {"NONE": bytes, "GZIP": gzip.compress, "BZIP2": bz2.compress}[kind](text)
    s3.put_object(Bucket=bucket, Key="large", Body=packed)
    where, of = {"Bucket": bucket, "Key": "large"}, {"CSV": {}, "CompressionType": kind}
    told = events(s3, where, "select _1 from s3object where _2 = '3'", of=of, RequestProgress={"Enabled": True})
    records = b"".join(event["Records"]["Payload"] for event in told if "Records" in event)
    assert records == "".join(f"{n}\n" for n in range(3, 100_000, 7)).encode()
    [*_, progress, stats, end] = told
    counted = {"BytesScanned": len(packed), "BytesProcessed": len(text), "BytesReturned": len(records)}
    assert progress["Progress"]["Details"] == stats["Stats"]["Details"] == counted
    assert end == {"End": {}}
    everything = events(s3, where, "select * from s3object", of=of)
    pieces = [event["Records"]["Payload"] for event in everything if "Records" in event]
    assert b"".join(pieces) == text and len(pieces) > 10
    assert len(events(s3, where, "select * from s3object limit 3", of=of)) == 3


def test_a_limit_reads_no_further(s3, bucket):
    s3.put_object(Bucket=bucket, Key="large", Body=b"a,b\n" * 1_000_000)
    stats = events(s3, {"Bucket": bucket, "Key": "large"}, "select _1 from s3object limit 2", of=CSV)[-2]["Stats"]
    assert stats["Details"]["BytesScanned"] <= 1 << 17


def test_ranges_of_an_object_have_each_record_once(s3, bucket):
    text = "".join(f"{n},x\n" for n in range(2000))
    where = {"Bucket": bucket, "Key": "ranges"}
    s3.put_object(**where, Body="number,x\n" + text)
    size = len(text) + 9
    ranges = [{"Start": at, "End": at + 999} for at in range(0, size, 1000)]
    parts = [found(s3, where, "select number, x from s3object", of=NAMED, ScanRange=each) for each in ranges]
    assert "".join(parts) == text
    assert found(s3, where, "select _1 from s3object", of=CSV, ScanRange={"End": 7}) == "1999\n"
    for wrong in [{"Start": size}, {"Start": 5, "End": 4}, {"Start": -1}]:
        refused(lambda: asked(s3, where, "select _1 from s3object", ScanRange=wrong), "InvalidScanRange", 400)
    packed = {**NAMED, "CompressionType": "GZIP"}
    call = lambda: asked(s3, where, "select _1 from s3object", of=packed, ScanRange={"Start": 0})  # noqa: E731
    refused(call, "UnsupportedScanRangeInput", 400)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("select", "ParseExpectedExpression"),
        ("select * from s3object where int(age) > 1", "UnsupportedFunction"),
        ("select salary from s3object", "MissingHeaders"),
        ("select cast(name as int) from s3object", "CastFailed"),
        ("select * from s3object where age > 8", "UnsupportedTypeForQuerying"),
    ],
)
def test_what_is_wrong_with_a_query_is_told_as_in_aws(s3, people, sql, code):
    refused(lambda: asked(s3, people, sql), code, 400)


def test_what_is_wrong_with_a_request(s3, bucket, people):
    sql = "select * from s3object"
    for of, into, code in [
        ({**CSV, "JSON": {"Type": "LINES"}}, CSV, "ObjectSerializationConflict"),
        ({}, CSV, "MissingRequiredParameter"),
        (CSV, {}, "MissingRequiredParameter"),
        (CSV, {**CSV, **JSON}, "ObjectSerializationConflict"),
        ({"CSV": {"FieldDelimiter": ",,"}}, CSV, "InvalidRequestParameter"),
        ({**CSV, "CompressionType": "GZIP"}, CSV, "TruncatedInput"),
        ({"JSON": {"Type": "DOCUMENT"}}, CSV, "JSONParsingError"),
        ({"Parquet": {}}, CSV, "ParquetParsingError"),
    ]:
        refused(lambda of=of, into=into: asked(s3, people, sql, into, of), code)
    refused(lambda: asked(s3, {**people, "Key": "none"}, sql), "NoSuchKey", 404)
    s3.put_object(Bucket=bucket, Key="cold", Body=b"a\n", StorageClass="GLACIER")
    refused(lambda: asked(s3, {**people, "Key": "cold"}, sql), "UnsupportedStorageClass", 400)


def test_an_error_behind_records_ends_the_events(s3, bucket):
    body = b"1\n" * 200_000 + b"x\n"
    s3.put_object(Bucket=bucket, Key="late", Body=body)
    got, where = b"", {"Bucket": bucket, "Key": "late"}
    with pytest.raises(EventStreamError) as error:
        for event in asked(s3, where, "select cast(_1 as int) from s3object", of=CSV)["Payload"]:
            got += event["Records"]["Payload"]
    assert error.value.response["Error"]["Code"] == "CastFailed"
    assert got == b"1\n" * 200_000


def test_a_query_reads_what_a_get_may_read(root, iam, s3, bucket, people):
    sql, arn = "select name from s3object limit 1", f"arn:aws:s3:::{bucket}"
    user = root.user()
    refused(lambda: asked(user.client("s3"), people, sql), "AccessDenied", 403)
    allow(iam, user.name, [statement("Allow", "s3:GetObject", f"{arn}/people.csv")])
    assert found(user.client("s3"), people, sql) == "Anna\n"
    refused(lambda: asked(user.client("s3"), {**people, "Key": "none"}, sql), "AccessDenied", 403)
    deny = statement("Deny", "s3:GetObject", f"{arn}/*", Principal="*", Condition={"Bool": {"aws:SecureTransport": "true"}})
    s3.put_bucket_policy(Bucket=bucket, Policy=document(deny))
    refused(lambda: asked(user.client("s3"), people, sql), "AccessDenied", 403)


def test_nobody_asks_without_a_name(s3, bucket, people, anonymous):
    s3.delete_public_access_block(Bucket=bucket)
    everybody = statement("Allow", "s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal="*")
    s3.put_bucket_policy(Bucket=bucket, Policy=document(everybody))
    assert anonymous("s3").get_object(**people)["Body"].read() == PEOPLE
    refused(lambda: asked(anonymous("s3"), people, "select * from s3object"), "AccessDenied", 403)


def test_queries_come_through_access_points(root, s3):
    bucket, people = fresh("bucket"), {"Key": "people.csv"}
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, **people, Body=PEOPLE)
    point = Point(root, bucket)
    assert found(s3, {**people, "Bucket": point.arn}, "select name from s3object limit 1") == "Anna\n"
    point.policy(statement("Deny", "s3:GetObject", point.objects(), Principal="*"))
    refused(lambda: asked(s3, {**people, "Bucket": point.alias}, "select name from s3object"), "AccessDenied", 403)


def test_sealed_objects_are_opened_as_a_get_opens_them(kms, s3, bucket):  # noqa: F811
    key, where, sql = new_key(kms), {"Bucket": bucket, "Key": "sealed"}, "select name from s3object limit 1"
    for more in [
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key},
        {"ServerSideEncryption": "aws:kms:dsse", "SSEKMSKeyId": key},
    ]:
        s3.put_object(**where, Body=PEOPLE, **more)
        assert found(s3, where, sql) == "Anna\n"
        kms.disable_key(KeyId=key)
        refused(lambda: asked(s3, where, sql), "KMS.DisabledException", 400)
        kms.enable_key(KeyId=key)
    own = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
    s3.put_object(**where, Body=PEOPLE, **own)
    refused(lambda: asked(s3, where, sql), "InvalidRequest", 400)
    assert found(s3, where, sql, **own) == "Anna\n"


def test_the_current_version_is_read_in_parts_too(s3, bucket):
    where = {"Bucket": bucket, "Key": "parts"}
    upload = {**where, "UploadId": s3.create_multipart_upload(**where)["UploadId"]}
    line = b"x" * 70 + b",1\n"
    bodies = [line * (6 * 1024 * 1024 // len(line)), b"end,1"]
    parts = [
        {"PartNumber": n, "ETag": s3.upload_part(**upload, PartNumber=n, Body=body)["ETag"]}
        for n, body in enumerate(bodies, 1)
    ]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    count = b"".join(bodies).count(b",1")
    assert found(s3, where, "select count(*), sum(cast(_2 as int)) from s3object", of=CSV) == f"{count},{count}\n"

"""S3 Select over Parquet, with the real client over files of the real writer."""

import datetime
import decimal
import io
import json
import math
import os
import random

import pyarrow
import pyarrow.parquet
import pytest
from botocore.exceptions import ClientError, EventStreamError
from conftest import allow, refused, statement
from test_s3_kms import kms, new_key  # noqa: F401
from test_s3_select import CSV, JSON, asked, events, found

PARQUET = {"Parquet": {}}
UTC = datetime.timezone.utc


@pytest.fixture
def s3(root):
    return root.client("s3")


def packed(table, **options):
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out, **{"compression": "snappy", **options})
    return out.getvalue()


def people(rows=3):
    """Names, decimals, dates and times, with nulls."""
    some = lambda values: [None if n % 3 == 1 else value for n, value in enumerate(values)]
    at = datetime.datetime(2026, 11, 27, 11, 30, tzinfo=UTC)
    return pyarrow.table(
        {
            "id": pyarrow.array(range(rows), pyarrow.int64()),
            "Name": pyarrow.array(some([f"name {n}" for n in range(rows)])),
            "pay": pyarrow.array(some([decimal.Decimal(n * 100 + 5) / 100 for n in range(rows)]), pyarrow.decimal128(12, 2)),
            "seen": pyarrow.array(
                some([at + datetime.timedelta(seconds=n) for n in range(rows)]), pyarrow.timestamp("ms", "UTC")
            ),
            "born": pyarrow.array([datetime.date(2026, 1, 1) + datetime.timedelta(n % 300) for n in range(rows)]),
            "share": pyarrow.array([n / 4 for n in range(rows)], pyarrow.float64()),
        }
    )


@pytest.fixture
def put(s3, bucket):
    """Puts an object; gives where it is."""

    def put(data, key="file.parquet", **more):
        s3.put_object(Bucket=bucket, Key=key, Body=data, **more)
        return {"Bucket": bucket, "Key": key}

    return put


def rows(client, where, sql, **more):
    return [json.loads(line) for line in found(client, where, sql, JSON, PARQUET, **more).splitlines()]


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_rows_are_found_in_csv_and_json(s3, put, codec, version):
    where = put(packed(people(), compression=codec, data_page_version=version))
    lines = found(s3, where, "select * from s3object", CSV, PARQUET).splitlines()
    assert lines == [
        "0,name 0,0.05,2026-11-27T11:30:00.000Z,2026-01-01,0.0",
        "1,,,,2026-01-02,0.25",
        "2,name 2,2.05,2026-11-27T11:30:02.000Z,2026-01-03,0.5",
    ]
    assert rows(s3, where, "select s.id, s.name, pay, seen from s3object s where born > cast('2026-01-01' as timestamp)") == [
        {"id": 1, "name": None, "pay": None, "seen": None},
        {"id": 2, "name": "name 2", "pay": 2.05, "seen": "2026-11-27T11:30:02.000Z"},
    ]
    sums = "select count(*) as n, count(name) as known, sum(pay) as pay, avg(share) as share, max(id) as id from s3object"
    assert rows(s3, where, sums) == [{"n": 3, "known": 2, "pay": 2.10, "share": 0.25, "id": 2}]
    assert rows(s3, where, "select id from s3object where name is null limit 5") == [{"id": 1}]


def test_many_rows_are_read_in_pages_and_groups(s3, put):
    """With dictionaries and without, and only the columns that are named."""
    table = people(200_000).append_column("text", pyarrow.array([os.urandom(20).hex() for _ in range(200_000)]))
    data = packed(table, row_group_size=30_000, data_page_size=20_000, version="2.6")
    where = put(data)
    told = events(s3, where, "select id, pay from s3object where share >= 100", CSV, PARQUET)
    lines = b"".join(event["Records"]["Payload"] for event in told if "Records" in event).decode().splitlines()
    assert len(lines) == 200_000 - 400 and lines[0].startswith("400,") and lines[-1].startswith("199999,")
    counted = told[-2]["Stats"]["Details"]
    assert counted["BytesScanned"] < len(data) / 2 and counted["BytesProcessed"] >= 200_000 * 16
    assert rows(s3, where, "select count(*) as n, max(share) as most from s3object where text <> ''") == [
        {"n": 200_000, "most": 199_999 / 4}
    ]
    first = events(s3, where, "select text from s3object limit 1", CSV, PARQUET)[-2]["Stats"]["Details"]
    assert first["BytesScanned"] < len(data) / 5


def test_nested_columns_are_reached_by_paths(s3, put):
    nested = [
        {"id": 1, "who": {"name": "Anna", "tags": ["a", None]}, "points": [{"x": 1}, {"x": 2}]},
        {"id": 2, "who": None, "points": []},
        {"id": 3, "who": {"name": None, "tags": []}, "points": None},
    ]
    where = put(packed(pyarrow.Table.from_pylist(nested)))
    assert rows(s3, where, "select * from s3object") == nested
    sql = "select s.id, s.who.name as name, s.points[1].x as x from s3object s where s.who.tags[0] = 'a'"
    assert rows(s3, where, sql) == [{"id": 1, "name": "Anna", "x": 2}]
    refused(lambda: asked(s3, where, "select who from s3object", CSV, PARQUET), "UnsupportedSqlOperation", 400)
    refused(lambda: asked(s3, where, "select s.who.age from s3object s", CSV, PARQUET), "EvaluatorBindingDoesNotExist", 400)


def test_timestamps_of_all_units(s3, put):
    at = datetime.datetime(2001, 2, 3, 4, 5, 6, 789_012)
    table = pyarrow.table({
        unit: pyarrow.array([at], pyarrow.timestamp(unit, zone)) for unit, zone in [("us", None), ("ns", "UTC")]
    })
    assert rows(s3, put(packed(table, version="2.6")), "select * from s3object") == [
        {"us": "2001-02-03T04:05:06.789012-00:00", "ns": "2001-02-03T04:05:06.789012000Z"}
    ]
    old = put(packed(table, use_deprecated_int96_timestamps=True), "int96")
    assert rows(s3, old, "select us from s3object where us is not null")[0]["us"] > 1 << 80
    refused(lambda: asked(s3, old, "select us from s3object where us > 0", CSV, PARQUET), "UnsupportedTypeForQuerying", 400)


def test_ranges_have_each_group_of_rows_once(s3, put):
    data = packed(people(10_000), row_group_size=1_000)
    where, sql = put(data), "select id from s3object"
    ranges = [{"Start": at, "End": at + 4_999} for at in range(0, len(data), 5_000)]
    parts = [found(s3, where, sql, CSV, PARQUET, ScanRange=each) for each in ranges]
    assert "".join(parts).split() == [str(n) for n in range(10_000)]


def test_what_is_refused(s3, put):
    table = people()
    where = put(packed(table))
    sql = "select * from s3object"
    for of, into, code in [
        ({**PARQUET, "CompressionType": "GZIP"}, CSV, "InvalidRequestParameter"),
        ({**PARQUET, "CompressionType": "BZIP2"}, CSV, "InvalidRequestParameter"),
        ({**PARQUET, "CSV": {}}, CSV, "ObjectSerializationConflict"),
        ({**PARQUET, "JSON": {"Type": "LINES"}}, CSV, "ObjectSerializationConflict"),
        (PARQUET, {}, "MissingRequiredParameter"),
    ]:
        refused(lambda of=of, into=into: asked(s3, where, sql, into, of), code, 400)
    for sql, code in [
        ("select _1 from s3object", "EvaluatorBindingDoesNotExist"),
        ("select s.\"name\" from s3object s", "EvaluatorBindingDoesNotExist"),
        ("select id from s3object where name > 1", "UnsupportedTypeForQuerying"),
        ("select * from s3object[*].id", "InvalidKeyPath"),
    ]:
        refused(lambda sql=sql: asked(s3, where, sql, CSV, PARQUET), code, 400)
    sql = "select * from s3object"
    zstd = put(packed(table, compression="zstd"), "zstd")
    refused(lambda: asked(s3, zstd, sql, CSV, PARQUET), "ParquetUnsupportedCompressionCodec", 400)
    maps = pyarrow.array([[("a", 1)]], pyarrow.map_(pyarrow.string(), pyarrow.int32()))
    odd = put(packed(pyarrow.table({"n": [1], "m": maps, "raw": [b"x"], "t": [datetime.time(1)]})), "odd")
    assert found(s3, odd, "select n from s3object", CSV, PARQUET) == "1\n"
    for name in ["m", "raw", "t"]:
        refused(lambda: asked(s3, odd, f"select {name} from s3object", CSV, PARQUET), "UnsupportedParquetType", 400)
    for data in [b"", b"PAR1", b"a,b\n1,2\n" * 100, packed(table)[:-1]]:
        other = put(data, "other")
        refused(lambda: asked(s3, other, sql, CSV, PARQUET), "ParquetParsingError", 400)


def test_damaged_files_end_in_an_error_and_not_in_the_server(s3, put):
    """Cut off or turned over at random: an error, or rows of what is whole; the server goes on."""
    chance, failed = random.Random(7), 0
    for codec in ["snappy", "gzip"]:
        data = packed(people(2_000), compression=codec, row_group_size=500)
        for round in range(40):
            damaged = bytearray(data)
            if round % 4 == 0:
                del damaged[chance.randrange(len(data)) :]
            for _ in range(3):
                if damaged:
                    damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
            where = put(bytes(damaged), "damaged")
            try:
                events(s3, where, "select * from s3object", JSON, PARQUET)
            except (ClientError, EventStreamError) as error:
                assert error.response["Error"]["Code"] != "InternalError", error
                failed += 1
    assert failed > 30
    assert rows(s3, put(packed(people())), "select count(*) as n from s3object") == [{"n": 3}]


def test_an_error_behind_records_ends_the_events(s3, put):
    """The last group of rows is damaged: what comes before it is found."""
    data = bytearray(packed(people(50_000), compression="gzip", row_group_size=10_000))
    at = pyarrow.parquet.ParquetFile(io.BytesIO(data)).metadata.row_group(4).column(1).data_page_offset
    data[at + 200 : at + 2_000] = bytes(1_800)
    got = b""
    with pytest.raises(EventStreamError) as error:
        for event in asked(s3, put(bytes(data)), "select id, name from s3object", CSV, PARQUET)["Payload"]:
            got += event.get("Records", {}).get("Payload", b"")
    assert error.value.response["Error"]["Code"] == "ParquetParsingError"
    assert got.count(b"\n") >= 40_000


def test_sealed_objects_parts_and_versions_are_read(kms, s3, bucket, put):  # noqa: F811
    """As a GET opens them, in ranges."""
    data, sql = packed(people(100_000)), "select count(*) as n, sum(id) as s from s3object"
    total = [{"n": 100_000, "s": math.comb(100_000, 2)}]
    key = new_key(kms)
    for more in [
        {},
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key},
        {"ServerSideEncryption": "aws:kms:dsse", "SSEKMSKeyId": key},
    ]:
        where = put(data, **more)
        assert rows(s3, where, sql) == total
    kms.disable_key(KeyId=key)
    refused(lambda: asked(s3, where, sql, CSV, PARQUET), "KMS.DisabledException", 400)
    own = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
    where = put(data, **own)
    refused(lambda: asked(s3, where, sql, CSV, PARQUET), "InvalidRequest", 400)
    assert rows(s3, where, sql, **own) == total
    small = put(packed(people()), **own)
    assert rows(s3, small, "select count(*) as n from s3object", **own) == [{"n": 3}]
    data = packed(people(700_000), compression="none", use_dictionary=False)
    upload = {**where, "UploadId": s3.create_multipart_upload(**where)["UploadId"]}
    cut = 6 * 1024 * 1024 + 12_345
    parts = [
        {"PartNumber": n, "ETag": s3.upload_part(**upload, PartNumber=n, Body=body)["ETag"]}
        for n, body in enumerate([data[:cut], data[cut : 2 * cut], data[2 * cut :]], 1)
    ]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert rows(s3, where, sql) == [{"n": 700_000, "s": math.comb(700_000, 2)}]


def test_a_query_needs_what_a_get_needs(root, iam, s3, bucket, put):
    where, user = put(packed(people())), root.user()
    ask = lambda: asked(user.client("s3"), where, "select id from s3object", CSV, PARQUET)  # noqa: E731
    refused(ask, "AccessDenied", 403)
    allow(iam, user.name, [statement("Allow", "s3:GetObject", f"arn:aws:s3:::{bucket}/*")])
    assert found(user.client("s3"), where, "select id from s3object limit 1", CSV, PARQUET) == "0\n"


def test_what_is_read_outlives_its_object(s3, put):
    """A query goes on where it began, though the object is replaced and deleted meanwhile."""
    where = put(packed(people(300_000), compression="none", row_group_size=20_000))
    stream = iter(asked(s3, where, "select * from s3object", JSON, PARQUET)["Payload"])
    got = next(stream)["Records"]["Payload"]
    put(packed(people(3)))
    s3.delete_object(**where)
    for event in stream:
        got += event.get("Records", {}).get("Payload", b"")
    assert got.count(b"\n") == 300_000

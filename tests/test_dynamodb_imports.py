"""Imports of tables from S3, with the stock client, and who may make them."""

import gzip
import json
import time

import dynamodb
import pytest
from conftest import fresh, refused, statement
from dynamodb import index, n, s


@pytest.fixture(scope="module")
def client(root):
    return root.client("dynamodb")


@pytest.fixture(scope="module")
def s3(root):
    return root.client("s3")


@pytest.fixture
def bucket(s3):
    name = fresh("imports")
    s3.create_bucket(Bucket=name)
    return name


def parameters(name=None, **more):
    return {
        "TableName": name or dynamodb.name("imported"),
        "KeySchema": dynamodb.key_schema("h", "r"),
        "AttributeDefinitions": dynamodb.definitions(h="S", r="N"),
        "BillingMode": "PAY_PER_REQUEST",
        **more,
    }


def load(client, bucket, form="DYNAMODB_JSON", table=None, prefix=None, **more):
    source = {"S3Bucket": bucket, **({"S3KeyPrefix": prefix} if prefix else {})}
    asked = {"InputFormat": form, "TableCreationParameters": table or parameters(), **more}
    return client.import_table(S3BucketSource=source, **asked)["ImportTableDescription"]


def ended(client, description):
    """The description once the import has ended."""
    for _ in range(300):
        now = client.describe_import(ImportArn=description["ImportArn"])["ImportTableDescription"]
        if now["ImportStatus"] != "IN_PROGRESS":
            return now
        time.sleep(0.1)
    raise AssertionError("the import goes on and on")


def name_of(description):
    return description["TableArn"].rsplit("/", 1)[1]


def content(client, description, **more):
    found = client.get_paginator("scan").paginate(TableName=name_of(description), **more)
    return [item for page in found for item in page["Items"]]


def item(number, **more):
    return {"h": s(f"key-{number}"), "r": n(number), "v": {"L": [s("é"), {"B": "AP8="}]}, **more}


def lines(items):
    return "".join(json.dumps({"Item": one}) + "\n" for one in items).encode()


def counts(done):
    return done["ProcessedItemCount"], done["ImportedItemCount"], done["ErrorCount"]


def test_items_come_from_every_object_below_the_prefix(client, s3, bucket):
    s3.put_object(Bucket=bucket, Key="in/a b.json", Body=lines(item(number) for number in range(3)))
    s3.put_object(Bucket=bucket, Key="in/deep/ü+%.json", Body=lines([item(9)]).rstrip())
    s3.put_object(Bucket=bucket, Key="in/empty", Body=b"")
    s3.put_object(Bucket=bucket, Key="out/c.json", Body=lines([item(10)]))
    begun = load(client, bucket, prefix="in/", ClientToken="the-token")
    assert (begun["ImportStatus"], begun["InputFormat"]) == ("IN_PROGRESS", "DYNAMODB_JSON")
    assert begun["InputCompressionType"] == "NONE" and begun["ClientToken"] == "the-token"
    done = ended(client, begun)
    assert done["ImportStatus"] == "COMPLETED", (done.get("FailureCode"), done.get("FailureMessage"))
    assert counts(done) == (4, 4, 0)
    assert done["TableCreationParameters"]["KeySchema"] == dynamodb.key_schema("h", "r")
    found = content(client, begun)
    assert sorted(int(one["r"]["N"]) for one in found) == [0, 1, 2, 9]
    assert found[0]["v"] == {"L": [s("é"), {"B": b"\x00\xff"}]}
    assert client.describe_table(TableName=name_of(begun))["Table"]["TableStatus"] == "ACTIVE"
    client.put_item(TableName=name_of(begun), Item={"h": s("more"), "r": n(1)})


def test_what_was_exported_is_imported(client, s3, bucket):
    table = dynamodb.create(client)
    client.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    for number in range(5):
        client.put_item(TableName=table, Item={"h": s(f"key-{number}"), "r": n(number), "b": {"B": b"\x01"}})
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    time.sleep(3)
    exported = client.export_table_to_point_in_time(TableArn=arn, S3Bucket=bucket)["ExportDescription"]["ExportArn"]
    for _ in range(100):
        description = client.describe_export(ExportArn=exported)["ExportDescription"]
        if description["ExportStatus"] != "IN_PROGRESS":
            break
        time.sleep(0.1)
    data = description["ExportManifest"].replace("manifest-summary.json", "data/")
    done = ended(client, load(client, bucket, prefix=data, InputCompressionType="GZIP"))
    assert counts(done) == (5, 5, 0)
    key = lambda one: one["h"]["S"]
    assert sorted(content(client, done), key=key) == sorted(client.scan(TableName=table)["Items"], key=key)


def test_the_bucket_may_be_in_another_region_and_a_line_may_have_several_items(root):
    name = fresh("imports")
    other = root.client("s3", region="eu-west-1")
    other.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    lines = [json.dumps({"Item": {"h": s("a"), "r": n(at)}}) for at in range(4)]
    other.put_object(Bucket=name, Key="data.json", Body=f"{lines[0]}\n{lines[1]}{lines[2]} {lines[3]}".encode())
    client = root.client("dynamodb", region="us-east-2")
    done = ended(client, load(client, name))
    assert (done["ImportStatus"], done["ProcessedItemCount"], done["ImportedItemCount"]) == ("COMPLETED", 4, 4)
    assert len(client.scan(TableName=name_of(done))["Items"]) == 4


def test_lines_that_are_no_items_are_counted(client, s3, bucket):
    wrong = [
        b"not json",
        b"{}",
        lines([{"h": s("no sort key")}]).strip(),
        lines([{"h": n(1), "r": n(1)}]).strip(),
        lines([item(1, big=s("x" * 410_000))]).strip(),
    ]
    s3.put_object(Bucket=bucket, Key="a", Body=b"\n".join([*wrong, b"", lines([item(1)])]))
    done = ended(client, load(client, bucket))
    assert (done["ImportStatus"], done["FailureCode"]) == ("FAILED", "ItemValidationError")
    assert counts(done) == (6, 1, 5)
    assert len(content(client, done)) == 1


def test_fields_become_attributes(client, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a.csv", Body=b'h,r,v\r\na,1,"x, ""y"""\r\nb,two,z\r\nc,3\r\nd,4,\r\n')
    done = ended(client, load(client, bucket, "CSV"))
    assert counts(done) == (4, 2, 2)
    assert sorted(content(client, done), key=lambda one: one["h"]["S"]) == [
        {"h": s("a"), "r": n(1), "v": s('x, "y"')},
        {"h": s("d"), "r": n(4), "v": s("")},
    ]
    options = {"Csv": {"Delimiter": ";", "HeaderList": ["r", "h"]}}
    s3.put_object(Bucket=bucket, Key="a.csv", Body=b"1;a\n2;b\n")
    done = ended(client, load(client, bucket, "CSV", InputFormatOptions=options))
    assert counts(done) == (2, 2, 0) and done["InputFormatOptions"] == options


def test_large_objects_come_in_pieces_and_later_items_count(client, s3, bucket):
    rows = [item(number % 2000, g=s("one"), pad=s("x" * 3000), at=n(number)) for number in range(4000)]
    table = parameters(
        AttributeDefinitions=dynamodb.definitions(h="S", r="N", g="S"), GlobalSecondaryIndexes=[index("by-g", "g")]
    )
    rows[-1]["g"] = s("two")
    s3.put_object(Bucket=bucket, Key="plain", Body=lines(rows))
    done = ended(client, load(client, bucket, table=table))
    assert counts(done) == (4000, 4000, 0)
    found = content(client, done)
    assert len(found) == 2000 and all(int(one["at"]["N"]) >= 2000 for one in found)
    assert len(content(client, done, IndexName="by-g")) == 2000
    zipped = gzip.compress(lines(rows))
    s3.put_object(Bucket=bucket, Key="plain", Body=zipped)
    done = ended(client, load(client, bucket, InputCompressionType="GZIP"))
    assert counts(done) == (4000, 4000, 0) and done["ProcessedSizeBytes"] > len(zipped)


def test_a_token_asks_once(client, s3, bucket):
    table = parameters()
    first = load(client, bucket, table=table, ClientToken="once")
    assert load(client, bucket, table=table, ClientToken="once")["ImportArn"] == first["ImportArn"]
    refused(
        lambda: load(client, bucket, table=table, prefix="other", ClientToken="once"), "ImportConflictException", 400
    )
    refused(lambda: load(client, bucket, table=table, ClientToken="twice"), "ResourceInUseException", 400)


def test_imports_are_listed(client, bucket):
    done = ended(client, load(client, bucket))
    found = client.list_imports(TableArn=done["TableArn"])["ImportSummaryList"]
    assert [one["ImportArn"] for one in found] == [done["ImportArn"]]
    assert found[0]["ImportStatus"] == "COMPLETED" and found[0]["S3BucketSource"]["S3Bucket"] == bucket
    page = client.list_imports(PageSize=1)
    assert len(page["ImportSummaryList"]) == 1
    refused(
        lambda: client.describe_import(ImportArn=f"{done['TableArn']}/import/01-ab"), "ImportNotFoundException", 400
    )


def test_what_cannot_be_imported_is_told_so(client, s3, bucket):
    done = ended(client, load(client, fresh("none")))
    assert (done["ImportStatus"], done["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    s3.put_object(Bucket=bucket, Key="a", Body=b"plain")
    done = ended(client, load(client, bucket, InputCompressionType="GZIP"))
    assert done["FailureCode"] == "ItemValidationError"
    for form, asked in (("ION", {}), ("CSV", {"InputCompressionType": "ZSTD"})):
        refused(lambda: load(client, bucket, form, **asked), "NotImplemented", 501)
    options = {"Csv": {"Delimiter": ";"}}
    refused(lambda: load(client, bucket, InputFormatOptions=options), "ValidationException", 400)
    bad = parameters(AttributeDefinitions=dynamodb.definitions(h="S"))
    refused(lambda: load(client, bucket, table=bad), "ValidationException", 400)


IMPORT = statement("Allow", ["dynamodb:ImportTable", "dynamodb:DescribeImport"])


def reading(bucket, *actions, **more):
    return statement("Allow", list(actions), [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"], **more)


VIA = {"StringEquals": {"aws:CalledViaFirst": "dynamodb.amazonaws.com"}}


@pytest.mark.parametrize(
    "actions, more, outcome",
    [
        ([], {}, "S3AccessDenied"),
        (["s3:ListBucket"], {}, "S3AccessDenied"),
        (["s3:GetObject"], {}, "S3AccessDenied"),
        (["s3:ListBucket", "s3:GetObject"], {}, None),
        (["s3:ListBucket", "s3:GetObject"], {"Condition": VIA}, None),
    ],
    ids=["nothing", "to list", "to get", "both", "both, by way of DynamoDB"],
)
def test_an_import_reads_nothing_that_its_caller_could_not(root, client, s3, bucket, actions, more, outcome):
    s3.put_object(Bucket=bucket, Key="a", Body=lines([item(1)]))
    given = [reading(bucket, *actions, **more)] if actions else []
    user = root.user(policy=[IMPORT, *given]).client("dynamodb")
    done = ended(user, load(user, bucket))
    assert done.get("FailureCode") == outcome, done
    assert len(content(client, done)) == (0 if outcome else 1)


def test_importing_is_an_action_of_its_own(root, bucket):
    user = root.user(policy=[statement("Allow", ["dynamodb:CreateTable", "dynamodb:PutItem", "s3:*"])]).client("dynamodb")
    refused(lambda: load(user, bucket), "AccessDeniedException", 400)
    refused(lambda: user.list_imports(), "AccessDeniedException", 400)

"""What CloudWatch shows of buckets, tables and accounts that no single request tells."""

import http.client
import ssl
import time
from urllib.parse import urlsplit

import pytest

import dynamodb
from cloudwatch import at, began, statistics  # noqa: F401
from conftest import Server, refused

KIB = 1024


class Watched:
    """A server of the test's own, whose figures are read after it was started anew."""

    def __init__(self, folder):
        self.server = Server(folder / "data").start()

    def client(self, service, **config):
        return self.server.root().client(service, **config)

    def restart(self):
        """What was counted is published when the server stops; what is looked for is looked for when it starts."""
        assert self.server.stop() == 0
        self.server.start()

    def points(self, namespace, name, statistic, **dimensions):
        given = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        client = self.client("cloudwatch")
        asked = {"period": 3600, "Dimensions": given, "StartTime": at(59)}
        found = statistics(client, namespace, name, statistic, **asked)
        # There are two where an hour has just begun.
        fold = sum if statistic in ("Sum", "SampleCount") else max
        return [(fold(point[statistic] for point in found), found[0]["Unit"])] if found else []

    def total(self, *arguments, **dimensions):
        return sum(number for number, _ in self.points(*arguments, **dimensions))


@pytest.fixture
def watched(tmp_path):
    watched = Watched(tmp_path)
    yield watched
    watched.server.kill()


def hang_up(watched, url, after):
    """Reads so many bytes of an answer at least, and closes the connection; how many it were."""
    parts = urlsplit(url)
    trusted = ssl.create_default_context(cafile=watched.server.ca)
    connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=trusted)
    connection.request("GET", f"{parts.path}?{parts.query}")
    read = len(connection.getresponse().read(after))
    connection.close()
    return read


def test_latencies_and_bytes_are_of_whole_answers(watched):
    s3, whole = watched.client("s3"), {"BucketName": "watched", "FilterId": "EntireBucket"}
    s3.create_bucket(Bucket="watched")
    s3.put_object(Bucket="watched", Key="large", Body=bytes(40 * KIB * KIB))
    signer = watched.client("s3", signature_version="s3v4")
    url = signer.generate_presigned_url("get_object", Params={"Bucket": "watched", "Key": "large"})
    assert hang_up(watched, url, 100_000) == 100_000
    body = s3.get_object(Bucket="watched", Key="large", Range="bytes=0-20000000")["Body"]
    # The answer is as slow as who reads it.
    time.sleep(3)
    assert len(body.read()) == 20_000_001
    s3.put_object(Bucket="watched", Key="few.csv", Body=b"a,1\nb,2\n")
    csv = {"CSV": {}}
    found = s3.select_object_content(
        Bucket="watched",
        Key="few.csv",
        Expression="select s._1 from s3object s",
        ExpressionType="SQL",
        InputSerialization=csv,
        OutputSerialization=csv,
    )["Payload"]
    assert b"".join(event["Records"]["Payload"] for event in found if "Records" in event) == b"a\nb\n"
    watched.restart()
    figure = lambda name, statistic: watched.total("AWS/S3", name, statistic, **whole)
    # The whole answer took at least as long as its reader waited, but began at once.
    assert figure("TotalRequestLatency", "Maximum") >= 3000 > figure("FirstByteLatency", "Maximum")
    assert figure("TotalRequestLatency", "SampleCount") == figure("AllRequests", "Sum") == 6
    # Of the large object far less was sent than there is.
    assert 20_000_001 <= figure("BytesDownloaded", "Maximum") < 40 * KIB * KIB
    assert figure("BytesDownloaded", "Sum") >= 20_100_001
    for name, bytes_of in [("SelectBytesScanned", 8), ("SelectBytesReturned", 4)]:
        assert watched.points("AWS/S3", name, "Sum", **whole) == [(bytes_of, "Bytes")]


def test_what_buckets_take_up_is_shown_once_a_day(watched):
    s3 = watched.client("s3")
    for bucket in ("kept", "empty"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    for size in (100, 200):
        s3.put_object(Bucket="kept", Key="k", Body=bytes(size))
    s3.delete_object(Bucket="kept", Key="k")
    s3.put_object(Bucket="kept", Key="ia", Body=bytes(28 * KIB), StorageClass="STANDARD_IA")
    s3.put_object(Bucket="kept", Key="cold", Body=bytes(7), StorageClass="GLACIER")
    for storage_class, parts in [("STANDARD", 2), ("DEEP_ARCHIVE", 1)]:
        upload = s3.create_multipart_upload(Bucket="kept", Key="u", StorageClass=storage_class)["UploadId"]
        for number in range(parts):
            s3.upload_part(Bucket="kept", Key="u", UploadId=upload, PartNumber=number + 1, Body=bytes(1000))
    watched.restart()
    # It looks when it starts.
    time.sleep(3)
    watched.restart()
    # Each look tells the same: of the mean it does not matter how often the server was started.
    of = lambda bucket, name, kind: watched.points("AWS/S3", name, "Average", BucketName=bucket, StorageType=kind)
    # Two versions and a delete marker, two objects, three parts.
    assert of("kept", "NumberOfObjects", "AllStorageTypes") == [(8, "Count")]
    assert of("empty", "NumberOfObjects", "AllStorageTypes") == [(0, "Count")]
    for kind, size in [
        ("StandardStorage", 100 + 200 + 2000),
        ("StandardIAStorage", 28 * KIB),
        ("StandardIASizeOverhead", 100 * KIB),
        ("GlacierStorage", 7),
        ("GlacierObjectOverhead", 32 * KIB),
        ("GlacierS3ObjectOverhead", 8 * KIB),
        ("DeepArchiveStagingStorage", 1000),
    ]:
        assert of("kept", "BucketSizeBytes", kind) == [(size, "Bytes")], kind
    assert of("kept", "BucketSizeBytes", "DeepArchiveStorage") == []


def test_what_is_provisioned_is_shown_with_what_may_be(watched):
    client = watched.client("dynamodb")
    units = lambda read, write: {"ReadCapacityUnits": read, "WriteCapacityUnits": write}
    table = {"KeySchema": dynamodb.key_schema("h"), "AttributeDefinitions": dynamodb.definitions(h="S", g="S")}
    index = {**dynamodb.index("by-g", "g"), "ProvisionedThroughput": units(80, 8)}
    client.create_table(
        TableName="given", **table, ProvisionedThroughput=units(400, 40), GlobalSecondaryIndexes=[index]
    )
    on_demand = {**table, "AttributeDefinitions": dynamodb.definitions(h="S"), "BillingMode": "PAY_PER_REQUEST"}
    client.create_table(TableName="free", **on_demand)
    for number in range(20):
        client.put_item(TableName="free", Item={"h": {"S": str(number)}, "g": {"S": "x" * 1500}})
    create = {key: value for key, value in dynamodb.index("later", "g").items()}
    client.update_table(
        TableName="free",
        AttributeDefinitions=dynamodb.definitions(h="S", g="S"),
        GlobalSecondaryIndexUpdates=[{"Create": create}],
    )
    building = lambda: client.describe_table(TableName="free")["Table"]["GlobalSecondaryIndexes"][0]
    while building()["IndexStatus"] != "ACTIVE":
        time.sleep(0.5)
    big = {"h": {"S": "big"}, "fill": {"S": "x" * 5000}}
    client.put_item(TableName="given", Item=big)
    never = {"ConditionExpression": "attribute_not_exists(h)"}
    refused(
        lambda: client.put_item(TableName="given", Item={"h": {"S": "big"}}, **never),
        "ConditionalCheckFailedException",
        400,
    )
    watched.restart()
    time.sleep(3)
    watched.restart()
    figure = lambda name, **of: watched.points("AWS/DynamoDB", name, "Maximum", **of)
    whole, part = {"TableName": "given"}, {"TableName": "given", "GlobalSecondaryIndexName": "by-g"}
    assert figure("ProvisionedReadCapacityUnits", **whole) == [(400, "Count")]
    assert figure("ProvisionedWriteCapacityUnits", **whole) == [(40, "Count")]
    assert figure("ProvisionedReadCapacityUnits", **part) == [(80, "Count")]
    assert figure("ProvisionedWriteCapacityUnits", TableName="free") == []
    for name, number, unit in [
        ("AccountMaxReads", 80_000, "Count"),
        ("AccountMaxWrites", 80_000, "Count"),
        ("AccountMaxTableLevelReads", 40_000, "Count"),
        ("AccountMaxTableLevelWrites", 40_000, "Count"),
        ("AccountProvisionedReadCapacityUtilization", 0.6, "Percent"),
        ("AccountProvisionedWriteCapacityUtilization", 0.06, "Percent"),
        ("MaxProvisionedTableReadCapacityUtilization", 1, "Percent"),
        ("MaxProvisionedTableWriteCapacityUtilization", 0.1, "Percent"),
    ]:
        [(found, its)] = figure(name)
        assert (found, its) == (pytest.approx(number), unit), name
    later = {"TableName": "free", "GlobalSecondaryIndexName": "later"}
    assert figure("OnlineIndexPercentageProgress", **later) == [(100, "Count")]
    assert watched.total("AWS/DynamoDB", "OnlineIndexConsumedWriteCapacity", "Sum", **later) == 20 * 2
    assert watched.total("AWS/DynamoDB", "ConsumedWriteCapacityUnits", "Sum", **later) == 0
    # What fails by its condition takes what the item takes that is there.
    consumed = watched.points("AWS/DynamoDB", "ConsumedWriteCapacityUnits", "Sum", **whole)
    assert consumed == [(5 + 5, "Count")]

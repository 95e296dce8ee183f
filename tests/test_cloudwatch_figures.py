"""What time does to CloudWatch's metrics, and what the server tells of itself."""

import datetime
import time

import boto3
import pytest

from cloudwatch import MINUTE, at, began, namespace, put, statistics, value  # noqa: F401
from conftest import Server, refused


def unverified(server, service="cloudwatch"):
    """A client of a server that may have its clock ahead, so that its certificate is from the future."""
    root = server.root()
    return boto3.client(
        service,
        endpoint_url=server.endpoint,
        verify=False,
        region_name="us-east-1",
        aws_access_key_id=root.access_key_id,
        aws_secret_access_key=root.secret,
    )


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_data_grow_coarser_as_they_grow_older(tmp_path):
    from clock import environment, signing_ahead

    folder = tmp_path / "clock"
    folder.mkdir()
    server = Server(tmp_path / "data").start()
    start = at(10).replace(minute=0) - datetime.timedelta(hours=1)
    dates = [{**value("m", n + 1), "Timestamp": start + n * MINUTE} for n in range(10)]
    put(server.root().client("cloudwatch"), "N", *dates)
    time.sleep(6)

    def sums(period):
        window = {"StartTime": start, "EndTime": start + 60 * MINUTE}
        found = statistics(unverified(server), "N", "m", "Sum", "SampleCount", period=period, **window)
        return [(point["Sum"], point["SampleCount"]) for point in found]

    def later(days):
        """The sums by the minute, five minutes and hour on a server whose clock is ahead, once its chores are done."""
        server.stop()
        server.start(environment(folder, days * 86_400))
        with signing_ahead(days * 86_400):
            time.sleep(8)
            return sums(60), sums(300), sums(3600)

    try:
        whole = [(55, 10)]
        by_minute = [(n + 1, 1) for n in range(10)]
        assert (sums(60), sums(300), sums(3600)) == (by_minute, [(15, 5), (40, 5)], whole)
        assert later(16) == ([], [(15, 5), (40, 5)], whole)
        # They are what they became, and not only hidden.
        assert later(0) == ([], [(15, 5), (40, 5)], whole)
        assert later(64) == ([], [], whole)
        assert later(0) == ([], [], whole)
        assert later(456) == ([], [], [])
        assert later(0) == ([], [], [])
    finally:
        server.stop()


def test_the_server_reports_its_own_figures(tmp_path):
    server = Server(tmp_path / "data").start()
    try:
        root = server.root()
        s3, dynamodb, client = root.client("s3"), root.client("dynamodb"), root.client("cloudwatch")
        s3.create_bucket(Bucket="watched")
        s3.put_object(Bucket="watched", Key="k", Body=b"x" * 1000)
        for _ in range(3):
            s3.get_object(Bucket="watched", Key="k")["Body"].read()
        refused(lambda: s3.get_object(Bucket="watched", Key="none"), "NoSuchKey", 404)
        refused(lambda: s3.get_object(Bucket="made-up", Key="none"), "NoSuchBucket", 404)
        key = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
        names = [{"AttributeName": "id", "AttributeType": "S"}]
        dynamodb.create_table(TableName="watched", AttributeDefinitions=names, **key)
        item = {"TableName": "watched", "Item": {"id": {"S": "1"}}, "ConditionExpression": "attribute_not_exists(id)"}
        dynamodb.put_item(**item)
        refused(lambda: dynamodb.put_item(**item), "ConditionalCheckFailedException", 400)
        names.append({"AttributeName": "g", "AttributeType": "S"})
        index = {
            "IndexName": "by-g",
            "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
        for table in ("metered", "other"):
            dynamodb.create_table(TableName=table, AttributeDefinitions=names, GlobalSecondaryIndexes=[index], **key)
        items = [{"id": {"S": str(number)}, "g": {"S": "x"}, "fill": {"S": "x" * 1500}} for number in range(3)]
        puts = [{"PutRequest": {"Item": item}} for item in items]
        dynamodb.batch_write_item(RequestItems={"metered": puts, "other": puts[:1]})
        dynamodb.transact_write_items(TransactItems=[{"Delete": {"TableName": "other", "Key": {"id": {"S": "0"}}}}])
        equals = {"ExpressionAttributeValues": {":g": {"S": "x"}}, "KeyConditionExpression": "g = :g"}
        assert dynamodb.query(TableName="metered", IndexName="by-g", **equals)["Count"] == 3
        dynamodb.get_item(TableName="metered", Key={"id": {"S": "0"}}, ConsistentRead=True)
        dynamodb.execute_statement(Statement='SELECT * FROM "metered"')
        streamed = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
        expiring = {"TableName": "expiring", "AttributeDefinitions": names[:1], "StreamSpecification": streamed}
        table = dynamodb.create_table(**expiring, **key)["TableDescription"]
        for number in range(3):
            over = int(time.time()) - 9 if number else int(time.time()) + 900
            dynamodb.put_item(TableName="expiring", Item={"id": {"S": str(number)}, "until": {"N": str(over)}})
        expiry = {"Enabled": True, "AttributeName": "until"}
        dynamodb.update_time_to_live(TableName="expiring", TimeToLiveSpecification=expiry)
        while dynamodb.scan(TableName="expiring")["Count"] > 1:
            time.sleep(0.5)
        changes, arn = root.client("dynamodbstreams"), table["LatestStreamArn"]
        [shard] = changes.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        whole = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        changed = changes.get_records(ShardIterator=changes.get_shard_iterator(**whole)["ShardIterator"])["Records"]
        kinesis, logs = root.client("kinesis"), root.client("logs", inject_host_prefix=False)
        kinesis.create_stream(StreamName="watched", ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName="watched")
        kinesis.put_records(StreamName="watched", Records=[{"Data": b"12345", "PartitionKey": "k"}] * 3)
        shard = {"StreamName": "watched", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
        kinesis.get_records(ShardIterator=kinesis.get_shard_iterator(**shard)["ShardIterator"])
        group = {"logGroupName": "/watched", "logStreamName": "s"}
        logs.create_log_group(logGroupName="/watched")
        logs.create_log_stream(**group)
        event = {"timestamp": int(time.time() * 1000), "message": "12345"}
        logs.put_log_events(**group, logEvents=[event, event])
        stranger = root.user()
        refused(stranger.client("s3").list_buckets, "AccessDenied", 403)
        stranger.secret = "another"
        refused(stranger.client("cloudwatch").list_metrics, "SignatureDoesNotMatch", 403)

        def total(namespace, name, statistic="Sum", **dimensions):
            given = [{"Name": name, "Value": value} for name, value in dimensions.items()]
            points = statistics(client, namespace, name, statistic, period=3600, Dimensions=given, StartTime=at(59))
            return sum(point[statistic] for point in points)

        # What was counted since the last minute is not lost when the server stops.
        assert server.stop() == 0
        server.start()
        client = server.root().client("cloudwatch")
        bucket = {"BucketName": "watched", "FilterId": "EntireBucket"}
        assert total("AWS/S3", "AllRequests", **bucket) == 6
        assert total("AWS/S3", "GetRequests", **bucket) == 4
        assert total("AWS/S3", "4xxErrors", **bucket) == 1
        assert total("AWS/S3", "BytesDownloaded", "Maximum", **bucket) == 1000
        assert total("AWS/S3", "FirstByteLatency", "SampleCount", **bucket) == 6
        asked = {"Namespace": "AWS/S3", "MetricName": "FirstByteLatency", "StartTime": at(59), "EndTime": at(-5)}
        filters = [{"Name": name, "Value": value} for name, value in bucket.items()]
        percentiles = client.get_metric_statistics(
            **asked, Period=60, Dimensions=filters, ExtendedStatistics=["p0", "p50", "p100"]
        )["Datapoints"]
        for point in percentiles:
            assert 0 < point["ExtendedStatistics"]["p0"] <= point["ExtendedStatistics"]["p50"]
            assert point["ExtendedStatistics"]["p50"] <= point["ExtendedStatistics"]["p100"] < 60_000
        assert percentiles
        assert total("AWS/DynamoDB", "SuccessfulRequestLatency", "SampleCount", TableName="watched", Operation="PutItem") == 1
        assert total("AWS/DynamoDB", "ConditionalCheckFailedRequests", TableName="watched") == 1
        capacity = lambda kind, table, **more: total("AWS/DynamoDB", f"Consumed{kind}CapacityUnits", TableName=table, **more)
        by_index = {"GlobalSecondaryIndexName": "by-g"}
        # The second put failed by its condition, which takes what the item does.
        assert (capacity("Write", "watched"), capacity("Read", "watched")) == (1 + 1, 0)
        # Each of the items is of two units for writing; so is its copy in the index.
        assert (capacity("Write", "metered"), capacity("Write", "metered", **by_index)) == (6, 6)
        # In a transaction all counts twice.
        assert (capacity("Write", "other"), capacity("Write", "other", **by_index)) == (2 + 4, 2 + 4)
        # Of the table are read one item, strongly, and all of them; of the index all of them.
        assert (capacity("Read", "metered"), capacity("Read", "metered", **by_index)) == (1 + 1, 1)
        returned = lambda operation: total("AWS/DynamoDB", "ReturnedItemCount", TableName="metered", Operation=operation)
        assert (returned("Query"), returned("ExecuteStatement"), returned("Scan")) == (3, 3, 0)
        assert total("AWS/DynamoDB", "TimeToLiveDeletedItemCount", TableName="expiring") == 2
        stream = {"TableName": "expiring", "StreamLabel": table["LatestStreamLabel"], "Operation": "GetRecords"}
        assert total("AWS/DynamoDB", "ReturnedRecordsCount", **stream) == len(changed) == 5
        sizes = sum(change["dynamodb"]["SizeBytes"] for change in changed)
        assert total("AWS/DynamoDB", "ReturnedBytes", **stream) == sizes > 0
        assert total("AWS/DynamoDB", "SuccessfulRequestLatency", "SampleCount", **stream) == 1
        stream, group = {"StreamName": "watched"}, {"LogGroupName": "/watched"}
        assert (total("AWS/Kinesis", "IncomingBytes", **stream), total("AWS/Kinesis", "IncomingRecords", **stream)) == (18, 3)
        assert total("AWS/Kinesis", "PutRecords.TotalRecords", **stream) == 3
        assert total("AWS/Kinesis", "GetRecords.Records", **stream) == 3
        assert total("AWS/Kinesis", "GetRecords.Success", "Average", **stream) == 1
        assert total("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", "SampleCount", **stream) == 1
        assert (total("AWS/Logs", "IncomingBytes", **group), total("AWS/Logs", "IncomingLogEvents", **group)) == (62, 2)
        assert total("AWS/Logs", "IncomingLogEvents") == 2
        assert total("Kurodo", "Denials", Reason="ImplicitDeny", PolicyType="identity-based policy") >= 1
        assert total("Kurodo", "SignatureFailures", Code="SignatureDoesNotMatch") == 1
        assert total("Kurodo", "Decisions", Service="s3") >= 6
        listed = client.list_metrics(Namespace="AWS/S3", MetricName="AllRequests")["Metrics"]
        values = {one["Value"] for metric in listed for one in metric["Dimensions"]}
        assert "made-up" not in values and "watched" in values
    finally:
        server.stop()

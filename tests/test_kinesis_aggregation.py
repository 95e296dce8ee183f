"""Records that producers put together into one, in the Kinesis Producer Library's format, come apart again."""

import base64

import aws_kinesis_agg.aggregator as aggregator
import aws_kinesis_agg.deaggregator as deaggregator
import kinesis


def test_aggregated_records_come_apart_as_they_were_put_together(root):
    client = root.client("kinesis")
    name, _ = kinesis.create(client)
    together = aggregator.RecordAggregator()
    given = [(f"user-{number}", f"event {number}".encode() * 20) for number in range(200)]
    for key, data in given:
        assert together.add_user_record(key, data, None) is None
    key, _, data = together.clear_and_get().get_contents()
    client.put_record(StreamName=name, PartitionKey=key, Data=data)
    # As an event source of Lambda shows records.
    shown = [
        {"kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": base64.b64encode(record["Data"]),
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"].timestamp(),
        }}
        for record in kinesis.records(client, name)
    ]
    assert len(shown) == 1
    apart = deaggregator.deaggregate_records(shown)
    found = [(one["kinesis"]["partitionKey"], base64.b64decode(one["kinesis"]["data"])) for one in apart]
    assert found == given


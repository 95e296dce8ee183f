// Kinesis as an application of JavaScript uses it: over HTTP/2, with records pushed as events.
import assert from "node:assert/strict";
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamConsumerCommand,
  KinesisClient,
  PutRecordCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  SubscribeToShardCommand,
  waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";

const client = new KinesisClient({ maxAttempts: 1 });
const StreamName = `js-${process.pid}`;
await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
const waited = { client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 };
const { reason } = await waitUntilStreamExists(waited, { StreamName });
const StreamARN = reason.StreamDescription.StreamARN;

const { Consumer } = await client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "js" }));
const { ConsumerARN } = Consumer;
const status = async () => (await client.send(new DescribeStreamConsumerCommand({ ConsumerARN }))).ConsumerDescription;
while ((await status()).ConsumerStatus !== "ACTIVE") await new Promise((done) => setTimeout(done, 100));

const record = (text) => ({ PartitionKey: text, Data: Buffer.from(text) });
const put = await client.send(new PutRecordCommand({ StreamARN, ...record("one") }));
assert.equal(put.ShardId, "shardId-000000000000");

const ShardId = put.ShardId;
const StartingPosition = { Type: "TRIM_HORIZON" };
const { EventStream } = await client.send(new SubscribeToShardCommand({ ConsumerARN, ShardId, StartingPosition }));
const found = [];
for await (const { SubscribeToShardEvent } of EventStream) {
  assert.ok(SubscribeToShardEvent.ContinuationSequenceNumber);
  found.push(...SubscribeToShardEvent.Records.map(({ Data }) => Buffer.from(Data).toString()));
  if (found.length === 1) {
    await client.send(new PutRecordsCommand({ StreamARN, Records: [record("two"), record("three")] }));
  }
  if (found.length === 3) break;
}
assert.deepEqual(found, ["one", "two", "three"]);
await client.send(new DeleteStreamCommand({ StreamName, EnforceConsumerDeletion: true }));
console.log("done");
process.exit(0);

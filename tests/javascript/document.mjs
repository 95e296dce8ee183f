// The document client: items as JavaScript's own values, commands, paginators and waiters as an application uses them.
import assert from "node:assert/strict";
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists, waitUntilTableNotExists } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand, BatchWriteCommand, DeleteCommand, DynamoDBDocumentClient, ExecuteStatementCommand, GetCommand, NumberValue,
  PutCommand, QueryCommand, TransactGetCommand, TransactWriteCommand, UpdateCommand, paginateQuery, paginateScan,
} from "@aws-sdk/lib-dynamodb";

const plain = new DynamoDBClient({ maxAttempts: 1 });
const client = DynamoDBDocumentClient.from(plain, { marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: true } });
const send = (command) => client.send(command);
const TableName = `documents-${process.pid}`;

await send(new CreateTableCommand({
  TableName,
  BillingMode: "PAY_PER_REQUEST",
  KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }, { AttributeName: "at", KeyType: "RANGE" }],
  AttributeDefinitions: [
    { AttributeName: "owner", AttributeType: "S" },
    { AttributeName: "at", AttributeType: "N" },
    { AttributeName: "kind", AttributeType: "S" },
  ],
  GlobalSecondaryIndexes: [{
    IndexName: "by-kind",
    KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }, { AttributeName: "at", KeyType: "RANGE" }],
    Projection: { ProjectionType: "KEYS_ONLY" },
  }],
}));
await waitUntilTableExists({ client: plain, maxWaitTime: 60 }, { TableName });

// Every kind of value comes back as it went.
const Item = {
  owner: "ann", at: 1, kind: "note", open: true, none: null, gone: undefined,
  text: "漢字 \u{1F600}", empty: "", bytes: new Uint8Array([0, 255]), deep: { list: [1, "two", { three: 3 }] },
  words: new Set(["a", "b"]), numbers: new Set([1, 2]), large: 12345678901234567890n, small: -0.125,
};
await send(new PutCommand({ TableName, Item }));
const Key = { owner: "ann", at: 1 };
const { gone, ...kept } = Item;
assert.deepEqual((await send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item, kept);

// Numbers beyond JavaScript's own keep all digits.
const exact = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 1 }), { unmarshallOptions: { wrapNumbers: true } });
const digits = "1.2345678901234567890123456789012345678";
await exact.send(new PutCommand({ TableName, Item: { owner: "exact", at: 1, n: NumberValue.from(digits) } }));
assert.equal((await exact.send(new GetCommand({ TableName, Key: { owner: "exact", at: 1 } }))).Item.n.value, digits);

// A failed condition brings the item with it.
const failed = await send(new PutCommand({
  TableName, Item: { ...Key, kind: "late" },
  ConditionExpression: "attribute_not_exists(#o)", ExpressionAttributeNames: { "#o": "owner" },
  ReturnValuesOnConditionCheckFailure: "ALL_OLD",
})).catch((error) => error);
assert.equal(failed.name, "ConditionalCheckFailedException");
assert.equal(failed.message, "The conditional request failed");
assert.deepEqual(failed.Item.kind, { S: "note" });

const { Attributes } = await send(new UpdateCommand({
  TableName, Key, ReturnValues: "ALL_NEW",
  UpdateExpression: "SET deep.#l = list_append(deep.#l, :more), #n = if_not_exists(#n, :zero) + :one REMOVE small ADD words :word DELETE numbers :out",
  ExpressionAttributeNames: { "#l": "list", "#n": "count" },
  ExpressionAttributeValues: { ":more": [4], ":zero": 0, ":one": 1, ":word": new Set(["c"]), ":out": new Set([2]) },
}));
assert.deepEqual(Attributes.deep.list, [1, "two", { three: 3 }, 4]);
assert.deepEqual([Attributes.count, Attributes.words, Attributes.numbers], [1, new Set(["a", "b", "c"]), new Set([1])]);
assert.equal("small" in Attributes, false);

// Batches, and pages of what they wrote.
const many = Array.from({ length: 25 }, (_, at) => ({ owner: "ben", at, kind: at % 2 ? "odd" : "even" }));
const wrote = await send(new BatchWriteCommand({ RequestItems: { [TableName]: many.map((Item) => ({ PutRequest: { Item } })) } }));
assert.deepEqual(wrote.UnprocessedItems, {});
const Keys = [3, 4, 99].map((at) => ({ owner: "ben", at }));
const { Responses } = await send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys } } }));
assert.deepEqual(Responses[TableName].map((item) => item.at).sort(), [3, 4]);

const ask = {
  TableName, KeyConditionExpression: "#o = :o AND #a BETWEEN :from AND :to", FilterExpression: "kind = :kind",
  ExpressionAttributeNames: { "#o": "owner", "#a": "at" },
  ExpressionAttributeValues: { ":o": "ben", ":from": 5, ":to": 20, ":kind": "odd" },
};
const found = [];
for await (const page of paginateQuery({ client, pageSize: 4 }, { ...ask, ScanIndexForward: false })) found.push(...page.Items.map((item) => item.at));
assert.deepEqual(found, [19, 17, 15, 13, 11, 9, 7, 5]);
let scanned = 0;
for await (const page of paginateScan({ client, pageSize: 7 }, { TableName })) scanned += page.Count;
assert.equal(scanned, 27);
const index = await send(new QueryCommand({
  TableName, IndexName: "by-kind", KeyConditionExpression: "kind = :k", ExpressionAttributeValues: { ":k": "even" }, Limit: 2,
}));
assert.deepEqual(index.Items, [0, 2].map((at) => ({ owner: "ben", at, kind: "even" })));
assert.deepEqual(index.LastEvaluatedKey, { owner: "ben", at: 2, kind: "even" });

// Transactions happen as a whole, and say which part did not hold.
await send(new TransactWriteCommand({
  TransactItems: [
    { Put: { TableName, Item: { owner: "cid", at: 1, total: 10 } } },
    { Update: { TableName, Key, UpdateExpression: "SET seen = :s", ExpressionAttributeValues: { ":s": true } } },
    { ConditionCheck: { TableName, Key: { owner: "ben", at: 0 }, ConditionExpression: "attribute_exists(kind)" } },
    { Delete: { TableName, Key: { owner: "ben", at: 24 } } },
  ],
}));
const cancelled = await send(new TransactWriteCommand({
  TransactItems: [
    { Put: { TableName, Item: { owner: "dan", at: 1 } } },
    { Update: {
      TableName, Key: { owner: "cid", at: 1 }, UpdateExpression: "SET #t = #t - :n", ConditionExpression: "#t >= :n",
      ExpressionAttributeNames: { "#t": "total" }, ExpressionAttributeValues: { ":n": 11 },
    } },
  ],
})).catch((error) => error);
assert.equal(cancelled.name, "TransactionCanceledException");
assert.deepEqual(cancelled.CancellationReasons.map((reason) => reason.Code), ["None", "ConditionalCheckFailed"]);
const together = await send(new TransactGetCommand({
  TransactItems: [Key, { owner: "cid", at: 1 }, { owner: "dan", at: 1 }].map((Key) => ({ Get: { TableName, Key } })),
}));
assert.deepEqual(together.Responses.map((answer) => answer.Item?.total ?? answer.Item?.seen), [true, 10, undefined]);

const said = await send(new ExecuteStatementCommand({
  Statement: `SELECT total FROM "${TableName}" WHERE "owner" = ? AND "at" = ?`, Parameters: ["cid", 1],
}));
assert.deepEqual(said.Items, [{ total: 10 }]);

const old = await send(new DeleteCommand({ TableName, Key: { owner: "cid", at: 1 }, ReturnValues: "ALL_OLD" }));
assert.deepEqual(old.Attributes, { owner: "cid", at: 1, total: 10 });
await send(new DeleteTableCommand({ TableName }));
await waitUntilTableNotExists({ client: plain, maxWaitTime: 60 }, { TableName });
const none = await send(new GetCommand({ TableName, Key })).catch((error) => error);
assert.equal(none.name, "ResourceNotFoundException");
console.log("done");

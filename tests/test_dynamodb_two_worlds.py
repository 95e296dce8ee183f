"""Two tables that differ in nothing but what a policy withholds answer its user alike, whatever he asks."""

import json
import random

import dynamodb
import pytest
from botocore.exceptions import ClientError
from conftest import fresh, statement
from dynamodb import HIDDEN, fine, n, s

OPEN, SHUT = ["h", "r", "open", "plain"], ["secret", "veiled", "none"]
DATA = ["BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"]
STATEMENTS = ["PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"]
REQUESTS = 400


def world(client, me, hidden):
    """A table of my items and of another's, in which this is hidden of them."""
    table = dynamodb.create_veiled(client)
    for at in range(4):
        one = {"h": s(me), "r": n(at), "open": s(me if at % 2 else "x"), "plain": s(f"p{at}")}
        client.put_item(TableName=table, Item={**one, **hidden(at)})
        if hidden(at):
            client.put_item(TableName=table, Item={"h": s("bob"), "r": n(at), "open": s("bob"), **hidden(at)})
    return table


HIDING = {
    "nothing there": lambda at: {},
    "some of it there": lambda at: {"secret": s(f"{HIDDEN}-{at % 2}")} if at > 1 else {},
    "other values": lambda at: {"secret": s(str(9 - at)), "veiled": {"L": [n(at)]}, "none": {"NULL": True}},
    "other types": lambda at: {"secret": s("x" * (at + 1)), "veiled": s("flat"), "none": n(1)},
}


class Asker:
    """Makes requests at random, the same ones for the same seed."""

    def __init__(self, seed, me):
        self.random, self.me = random.Random(seed), me

    def one(self, *choices):
        return self.random.choice(choices)

    def name(self):
        return self.random.choice(OPEN * 3 + SHUT)

    def key(self):
        return {"h": s(self.one(self.me, self.me, self.me, "bob")), "r": n(self.random.randrange(6))}

    def condition(self, wrap=lambda name: f"#{name}"):
        """A condition, with the names in it."""
        name, other = self.name(), self.name()
        a, b = wrap(name), wrap(other)
        text = self.one(
            f"attribute_exists({a})", f"attribute_not_exists({a})", f"size({a}) > :n", f"{a} = :v", f"{a} <> {b}",
            f"contains({a}, :v)", f"begins_with({a}, :v)", f"{a} IN ({b}, :v)", f"{a} BETWEEN :v AND :w",
            f"attribute_type({a}, :t)", f"NOT {a} = :v", f"{a} = :v OR attribute_exists({b})",
        )  # fmt: skip
        return text, {name, other} if b in text else {name}

    def values(self, text):
        known = {":n": n(2), ":v": s(self.one(HIDDEN, "p1", self.me)), ":w": s("z"), ":t": s("S")}
        return {key: value for key, value in known.items() if key in text}

    def spoken(self, names, values):
        """The placeholders of names and values."""
        given = {"ExpressionAttributeNames": {f"#{name}": name for name in names}} if names else {}
        return {**given, **({"ExpressionAttributeValues": values} if values else {})}

    def projection(self):
        names = set(self.random.sample(OPEN, 2)) | ({self.name()} if self.one(True, False) else set())
        return ({"ProjectionExpression": ", ".join(f"#{name}" for name in sorted(names))}, names) if self.one(True, True, False) else ({}, set())

    def read(self):
        shown, names = self.projection()
        spoken = self.spoken(names, {})
        return self.one(
            lambda client, table, key=self.key(): client.get_item(TableName=table, Key=key, **shown, **spoken),
            lambda client, table, key=self.key(): client.batch_get_item(RequestItems={table: {"Keys": [key], **shown, **spoken}}),
            lambda client, table, key=self.key(): client.transact_get_items(TransactItems=[{"Get": {"TableName": table, "Key": key, **shown, **spoken}}]),
        )  # fmt: skip

    def query(self):
        shown, names = self.projection()
        index = self.one(None, None, "by-open", "by-secret", "own-secret")
        hash_key = {"by-open": "open", "by-secret": "secret"}.get(index, "h")
        values, text = {":k": s(self.one(self.me, self.me, HIDDEN, "bob"))}, f"#{hash_key} = :k"
        names = names | {hash_key}
        more = {"IndexName": index} if index else {}
        if self.one(True, False):
            filtered, used = self.condition()
            more["FilterExpression"], names = filtered, names | used
            values |= self.values(filtered)
        if not shown and self.one(True, True, False):
            more["Select"] = "COUNT"
        if self.one(True, False):
            more |= {"Limit": self.random.randrange(1, 4), "ScanIndexForward": self.one(True, False)}
        return lambda client, table: client.query(
            TableName=table, KeyConditionExpression=text, **shown, **more, **self.spoken(names, values)
        )

    def write(self):
        text, names = self.condition()
        checked = self.spoken(names, self.values(text))
        to, source = self.name(), self.name()
        update = self.one(f"SET #{to} = :v", f"SET #{to} = #{source}", f"SET #{to} = if_not_exists(#{source}, :v)", f"REMOVE #{to}", f"ADD #{to} :n", f"SET #{to} = #{source} + :n")
        used = {to} | ({source} if f"#{source}" in update else set())
        conditional = {"ConditionExpression": text} if self.one(True, True, False) else {}
        shows = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if conditional and self.one(True, False, False) else {}
        names, values = (names if conditional else set()), (self.values(text) if conditional else {})
        returned = self.one("NONE", "UPDATED_NEW", "UPDATED_OLD", "ALL_NEW", "ALL_OLD")
        key, spoken, both = self.key(), self.spoken(names, values), self.spoken(names | used, values | self.values(update))
        item = {**key, self.name(): s("put"), **key}
        old = {"ReturnValues": self.one("NONE", "NONE", "ALL_OLD")}
        return self.one(
            lambda client, table: client.update_item(TableName=table, Key=key, UpdateExpression=update, ReturnValues=returned, **conditional, **shows, **both),
            lambda client, table: client.put_item(TableName=table, Item=item, **conditional, **shows, **spoken, **old),
            lambda client, table: client.delete_item(TableName=table, Key=key, **conditional, **shows, **spoken, **old),
            lambda client, table: client.transact_write_items(TransactItems=[{"Update": {"TableName": table, "Key": key, "UpdateExpression": update, **conditional, **shows, **both}}]),
            lambda client, table: client.transact_write_items(TransactItems=[{"ConditionCheck": {"TableName": table, "Key": key, "ConditionExpression": text, **shows, **checked}}]),
            lambda client, table: client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}}]}),
        )  # fmt: skip

    def statement(self):
        columns = ", ".join(f'"{self.name()}"' for _ in range(2)) if self.one(True, True, False) else "*"
        where = [f"h = '{self.one(self.me, self.me, 'bob')}'"] if self.one(True, True, True, False) else [f"\"open\" = '{self.me}'"]
        where += [f"r = {self.random.randrange(6)}"] if self.one(True, True, False) else []
        name = f'"{self.name()}"'
        where += self.one([], [], [f"{name} = '{HIDDEN}'"], [f"{name} IS MISSING"], [f"size({name}) > 2"], [f"NOT {name} = 'p1'"], [f"contains({name}, 'p')"])
        index = self.one("", "", "", '."by-open"', '."by-secret"', '."own-secret"')
        where, to = " AND ".join(where), f'"{self.name()}"'
        text = self.one(
            f"SELECT {columns} FROM @{index} WHERE {where}", f"SELECT {columns} FROM @{index} WHERE {where} ORDER BY {name}",
            f"UPDATE @ SET {to} = 'new' WHERE {where} RETURNING {self.one('MODIFIED', 'ALL')} {self.one('OLD', 'NEW')} *",
            f"UPDATE @ SET {to} = {name} WHERE {where}", f"UPDATE @ REMOVE {to} WHERE {where}", f"DELETE FROM @ WHERE {where}",
            f"INSERT INTO @ VALUE {{'h': '{self.me}', 'r': {self.random.randrange(6)}, '{self.name()}': 'new'}}",
        )  # fmt: skip
        limit = {"Limit": 2} if text.startswith("SELECT") and self.one(True, False) else {}
        at = lambda table: text.replace("@", f'"{table}"')  # noqa: E731
        return self.one(
            lambda client, table: client.execute_statement(Statement=at(table), **limit),
            lambda client, table: client.batch_execute_statement(Statements=[{"Statement": at(table)}]),
            lambda client, table: client.execute_transaction(TransactStatements=[{"Statement": at(table)}]),
        )

    def request(self):
        return self.one(self.read, self.query, self.query, self.write, self.write, self.statement, self.statement)()


def told(call, client, table):
    """All that an answer tells, but for what it tells of the request."""
    try:
        answer = call(client, table)
    except ClientError as error:
        answer = error.response
    status = answer.pop("ResponseMetadata")["HTTPStatusCode"]
    # A sealed token is another one each time.
    answer.pop("NextToken", None)
    return status, json.dumps(answer, sort_keys=True, default=str).replace(table, "TABLE")


@pytest.mark.parametrize("seed", range(3))
def test_what_is_withheld_changes_no_answer(root, seed):
    me = fresh("me")
    given = [statement("Allow", [f"dynamodb:{action}" for action in DATA + STATEMENTS], "*", Condition=fine(**{"dynamodb:ReturnConsumedCapacity": "NONE"}))]
    client, whole = root.user(name=me, policy=given).client("dynamodb"), root.client("dynamodb")
    tables = {what: world(whole, me, hidden) for what, hidden in HIDING.items()}
    asker, answered = Asker(seed, me), 0
    for at in range(REQUESTS):
        call = asker.request()
        answers = {what: told(call, client, table) for what, table in tables.items()}
        assert len(set(answers.values())) == 1, (at, answers)
        answered += next(iter(answers.values()))[0] == 200
        # What is put in the place of an item takes along what was hidden of it, and what is deleted too.
        if at % 40 == 39:
            whole_again(whole, tables, me)
    assert answered > REQUESTS / 10, "hardly any request got through"


def whole_again(client, tables, me):
    for what, table in tables.items():
        for at in range(4):
            one = {"h": s(me), "r": n(at), "open": s(me if at % 2 else "x"), "plain": s(f"p{at}")}
            client.put_item(TableName=table, Item={**one, **HIDING[what](at)})
        for at in range(4, 6):
            client.delete_item(TableName=table, Key={"h": s(me), "r": n(at)})

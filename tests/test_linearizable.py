"""Concurrent conditional writes and transactions, with `kill -9` between rounds: all of it in some order that explains
every answer.

`KURODO_LINEAR_ROUNDS` says how often (3 by itself; 100 by hand).
"""

import os
import random
import threading
import time

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from linear import NEVER, Operation, linearizable

ROUNDS = int(os.environ.get("KURODO_LINEAR_ROUNDS", "3"))
CLIENTS = 16
GROUPS = 4
KEYS = ("a", "b", "c")
TABLE = "registers"


def operation(began, ended, effect, name="op"):
    return Operation(name, began, ended, effect)


def write(value):
    return lambda state: value


def read(value):
    return lambda state: state if state == value else None


@pytest.mark.parametrize(
    ("answer", "history"),
    [
        (True, [(0, 1, write(1)), (2, 3, read(1))]),
        (False, [(0, 1, write(1)), (2, 3, read(0))]),
        (True, [(0, 5, write(1)), (1, 2, read(0)), (3, 4, read(1))]),
        (False, [(0, 5, write(1)), (1, 2, read(1)), (3, 4, read(0))]),
        (True, [(0, NEVER, write(1)), (1, 2, read(0)), (3, 4, read(0))]),
        (True, [(0, NEVER, write(1)), (1, 2, read(0)), (3, 4, read(1))]),
        (False, [(0, NEVER, write(1)), (1, 2, read(1)), (3, 4, read(0))]),
        (False, [(0, 1, write(1)), (0, 1, write(2)), (2, 3, read(1)), (4, 5, read(2))]),
    ],
)
def test_the_checker_itself(answer, history):
    assert linearizable(0, [operation(*one) for one in history]) is answer


class Client(threading.Thread):
    """Works on the registers of one group until the server is gone."""

    def __init__(self, principal, group, state, seed, values):
        super().__init__(daemon=True)
        self.dynamodb = principal.client("dynamodb", read_timeout=30)
        self.group, self.chance, self.values = group, random.Random(seed), values
        self.known = dict(zip(KEYS, state))
        self.history, self.failure = [], None

    def run(self):
        try:
            while True:
                self.chance.choice([self.put, self.swap, self.swap, self.get, self.all, self.transfer, self.transfer])()
        except (BotoCoreError, OSError):
            pass  # The server was killed.
        except BaseException as error:
            self.failure = error

    def act(self, name, call, effect):
        """Notes the operation before it is sent; what it means follows from its answer."""
        noted = Operation(name, time.monotonic(), NEVER, effect(None))
        self.history.append(noted)
        try:
            answer = call()
        except ClientError as error:
            answer = error
        noted.ended = time.monotonic()
        noted.effect = effect(answer)
        return answer

    def key(self, name):
        return {"group": {"S": self.group}, "name": {"S": name}}

    def item(self, name, value):
        return {**self.key(name), "value": {"N": str(value)}}

    def put(self):
        name, value = self.chance.choice(KEYS), next(self.values)
        call = lambda: self.dynamodb.put_item(TableName=TABLE, Item=self.item(name, value))
        self.act(f"put {name}={value}", call, lambda answer: lambda state: replaced(state, {name: value}))
        self.known[name] = value

    def get(self):
        name = self.chance.choice(KEYS)
        call = lambda: self.dynamodb.get_item(TableName=TABLE, Key=self.key(name), ConsistentRead=True)

        def effect(answer):
            if answer is None:
                return lambda state: state
            found = value_of(answer)
            return lambda state: state if state[KEYS.index(name)] == found else None

        self.known[name] = value_of(self.act(f"get {name}", call, effect))

    def all(self):
        gets = [{"Get": {"TableName": TABLE, "Key": self.key(name)}} for name in KEYS]
        call = lambda: self.dynamodb.transact_get_items(TransactItems=gets)

        def effect(answer):
            if answer is None or conflicted(answer):
                return lambda state: state
            found = tuple(value_of(one) for one in answer["Responses"])
            return lambda state: state if state == found else None

        answer = self.act("get all", call, effect)
        if not conflicted(answer):
            self.known = dict(zip(KEYS, (value_of(one) for one in answer["Responses"])))

    def swap(self):
        name, value = self.chance.choice(KEYS), next(self.values)
        old = self.known[name]
        call = lambda: self.dynamodb.update_item(
            TableName=TABLE,
            Key=self.key(name),
            UpdateExpression="SET #v = :new",
            ConditionExpression="#v = :old",
            ExpressionAttributeNames={"#v": "value"},
            ExpressionAttributeValues={":old": {"N": str(old)}, ":new": {"N": str(value)}},
        )
        answer = self.act(f"swap {name} {old}->{value}", call, lambda a: swapped(a, {name: old}, {name: value}))
        if succeeded(answer):
            self.known[name] = value
        else:
            self.get()

    def transfer(self):
        names = self.chance.sample(KEYS, 2)
        old = {name: self.known[name] for name in names}
        new = {name: next(self.values) for name in names}
        puts = [
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": self.item(name, new[name]),
                    "ConditionExpression": "#v = :old",
                    "ExpressionAttributeNames": {"#v": "value"},
                    "ExpressionAttributeValues": {":old": {"N": str(old[name])}},
                }
            }
            for name in names
        ]
        call = lambda: self.dynamodb.transact_write_items(TransactItems=puts)
        answer = self.act(f"transfer {old}->{new}", call, lambda a: swapped(a, old, new))
        if succeeded(answer):
            self.known.update(new)
        else:
            self.all()


def value_of(answer):
    return int(answer["Item"]["value"]["N"])


def succeeded(answer):
    return not isinstance(answer, ClientError)


def conflicted(answer):
    """Whether it was refused for the sake of another transaction; then it did nothing, and says nothing."""
    if not isinstance(answer, ClientError):
        return False
    reasons = [reason["Code"] for reason in answer.response.get("CancellationReasons", [])]
    return answer.response["Error"]["Code"] == "TransactionConflictException" or "TransactionConflict" in reasons


def replaced(state, new):
    return tuple(new.get(name, value) for name, value in zip(KEYS, state))


def swapped(answer, old, new):
    """What a conditional write of all these registers did, by its answer; one without an answer did it or did not."""
    holds = lambda state: all(state[KEYS.index(name)] == value for name, value in old.items())
    if answer is None:
        return lambda state: replaced(state, new) if holds(state) else state
    if succeeded(answer):
        return lambda state: replaced(state, new) if holds(state) else None
    if conflicted(answer):
        return lambda state: state
    code = answer.response["Error"]["Code"]
    assert code in ("ConditionalCheckFailedException", "TransactionCanceledException"), answer.response
    return lambda state: state if not holds(state) else None


class Values:
    """Values that nobody wrote before."""

    def __init__(self):
        self.lock, self.last = threading.Lock(), 0

    def __next__(self):
        with self.lock:
            self.last += 1
            return self.last


def found(principal, group):
    gets = [{"Get": {"TableName": TABLE, "Key": {"group": {"S": group}, "name": {"S": name}}}} for name in KEYS]
    answer = principal.client("dynamodb").transact_get_items(TransactItems=gets)
    return tuple(value_of(one) for one in answer["Responses"])


def create(principal, values):
    dynamodb = principal.client("dynamodb")
    names = ("group", "name")
    dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"))],
    )
    dynamodb.get_waiter("table_exists").wait(TableName=TABLE)
    for group in groups():
        for name in KEYS:
            item = {"group": {"S": group}, "name": {"S": name}, "value": {"N": str(next(values))}}
            dynamodb.put_item(TableName=TABLE, Item=item)


def groups():
    return [f"g{number}" for number in range(GROUPS)]


def test_conditional_writes_and_transactions_are_linearizable(own_server):
    chance, values = random.Random(os.environ.get("KURODO_CRASH_SEED", "kurodo")), Values()
    create(own_server.root(), values)
    states = {group: found(own_server.root(), group) for group in groups()}
    total = 0
    for number in range(ROUNDS):
        clients = []
        for at in range(CLIENTS):
            group = groups()[at % GROUPS]
            clients.append(Client(own_server.root(), group, states[group], chance.random(), values))
        for client in clients:
            client.start()
        time.sleep(chance.uniform(0.3, 1.0))
        own_server.kill()
        for client in clients:
            client.join(timeout=60)
            assert client.failure is None and not client.is_alive(), client.failure
        own_server.start()
        for group in groups():
            began, after = time.monotonic(), found(own_server.root(), group)
            history = [one for client in clients if client.group == group for one in client.history]
            history.append(Operation("what is there", began, time.monotonic(), lambda state, after=after: state if state == after else None))
            assert linearizable(states[group], history), (group, states[group], [(o.name, o.began, o.ended) for o in history])
            states[group], total = after, total + len(history)
        print(f"round {number + 1}: {total} operations so far")
    assert total > ROUNDS * CLIENTS

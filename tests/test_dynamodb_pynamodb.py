"""PynamoDB: an object mapper, with models, indexes, conditions and transactions that it writes in its own way."""

import time
from datetime import datetime, timedelta, timezone

import dynamodb
import pytest
from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    NumberSetAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.connection import Connection
from pynamodb.exceptions import DeleteError, PutError, QueryError, TransactWriteError, UpdateError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, LocalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactGet, TransactWrite

WHEN = datetime(2026, 11, 26, 12, 30, tzinfo=timezone.utc)


class ByKind(GlobalSecondaryIndex):
    class Meta:
        index_name = "by-kind"
        projection = IncludeProjection(["stars"])

    kind = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(range_key=True)


class ByStars(LocalSecondaryIndex):
    class Meta:
        index_name = "by-stars"
        projection = AllProjection()

    owner = UnicodeAttribute(hash_key=True)
    stars = NumberAttribute(range_key=True)


class Place(MapAttribute):
    town = UnicodeAttribute()
    height = NumberAttribute(null=True)


class Note(Model):
    class Meta:
        billing_mode = "PAY_PER_REQUEST"

    owner = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(range_key=True)
    kind = UnicodeAttribute(default="plain")
    stars = NumberAttribute(default=0)
    open = BooleanAttribute(null=True)
    body = BinaryAttribute(null=True, legacy_encoding=False)
    words = UnicodeSetAttribute(null=True)
    primes = NumberSetAttribute(null=True)
    lines = ListAttribute(null=True)
    place = Place(null=True)
    written = UTCDateTimeAttribute(null=True)
    until = TTLAttribute(null=True)
    by_kind = ByKind()
    by_stars = ByStars()


class Versioned(Model):
    class Meta:
        read_capacity_units = 5
        write_capacity_units = 5

    name = UnicodeAttribute(hash_key=True)
    value = NumberAttribute()
    version = VersionAttribute()


def made(model, server, root, monkeypatch):
    """The model on a table of its own."""
    monkeypatch.setenv("AWS_CA_BUNDLE", server.ca)
    meta = {"host": server.endpoint, "region": "us-east-1", "max_retry_attempts": 0, "table_name": dynamodb.name()}
    keys = {"aws_access_key_id": root.access_key_id, "aws_secret_access_key": root.secret}
    for name, value in {**meta, **keys}.items():
        monkeypatch.setattr(model.Meta, name, value, raising=False)
    model._connection = None
    model.create_table(wait=True)
    return model


@pytest.fixture
def note(server, root, monkeypatch):
    yield made(Note, server, root, monkeypatch)
    Note.delete_table()
    assert not Note.exists()


@pytest.fixture
def versioned(server, root, monkeypatch):
    yield made(Versioned, server, root, monkeypatch)
    Versioned.delete_table()


def connection(server, root):
    told = Connection(host=server.endpoint, region="us-east-1")
    told.session.set_credentials(root.access_key_id, root.secret)
    return told


def test_attributes_of_every_kind_come_back(note):
    kept = note(
        "ann",
        1,
        open=False,
        body=b"\0\xff",
        words={"a", "b"},
        primes={2, 3},
        lines=["one", 2, {"three": [None]}],
        place=Place(town="Bern", height=540),
        written=WHEN,
        until=timedelta(days=1),
    )
    kept.save()
    found = note.get("ann", 1, consistent_read=True)
    assert found.place.attribute_values == kept.place.attribute_values
    found.place = kept.place
    assert found.attribute_values == {**kept.attribute_values, "until": found.until}
    assert found.until == kept.until.replace(microsecond=0)
    with pytest.raises(note.DoesNotExist):
        note.get("ann", 2)


def test_a_table_is_as_the_model_says(server, root, note):
    about = root.client("dynamodb")
    table = about.describe_table(TableName=note.Meta.table_name)["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["GlobalSecondaryIndexes"][0]["Projection"]["NonKeyAttributes"] == ["stars"]
    assert table["LocalSecondaryIndexes"][0]["IndexName"] == "by-stars"
    expiry = about.describe_time_to_live(TableName=note.Meta.table_name)["TimeToLiveDescription"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"}
    # There may be more tables than a page has.
    name = note.Meta.table_name
    assert name in connection(server, root).list_tables(exclusive_start_table_name=name[:-1])["TableNames"]


def test_conditions_hold_or_are_told(note):
    first = note("ann", 1, kind="first", stars=3, open=True)
    first.save(condition=note.owner.does_not_exist())
    with pytest.raises(PutError) as failed:
        note("ann", 1).save(condition=note.owner.does_not_exist())
    assert failed.value.cause_response_code == "ConditionalCheckFailedException"
    with pytest.raises(UpdateError):
        first.update([note.stars.add(1)], condition=(note.stars > 3) | note.kind.contains("x"))
    with pytest.raises(DeleteError):
        first.delete(condition=~note.stars.between(1, 5))
    first.update(
        [note.stars.add(2), note.open.remove(), note.place.set(Place(town="Basel")), note.lines.set(["a"])],
        condition=note.stars.is_in(3, 4) & note.kind.startswith("fi"),
    )
    assert (first.stars, first.open, first.place.town) == (5, None, "Basel")
    first.update([note.lines.set(note.lines.append(["b"])), note.place.town.set("Chur"), note.words.add({"w"})])
    first.refresh()
    assert (first.lines, first.place.town, first.words) == (["a", "b"], "Chur", {"w"})
    first.delete(condition=note.stars == 5)
    assert note.count("ann") == 0


def filled(note, count=60):
    with note.batch_write() as batch:
        for number in range(count):
            batch.save(note("ben", number, kind="odd" if number % 2 else "even", stars=number % 10))


def test_batches_write_and_read_more_than_one_request_takes(note):
    filled(note, 130)
    keys = [("ben", number) for number in range(125)] + [("nobody", 1)]
    found = {int(item.number) for item in note.batch_get(keys, attributes_to_get=["owner", "number"])}
    assert found == set(range(125))
    with note.batch_write() as batch:
        for number in range(0, 130, 2):
            batch.delete(note("ben", number))
    assert note.count("ben") == 65


def test_queries_and_scans_go_through_all_pages(note):
    filled(note)
    backwards = note.query("ben", note.number >= 20, note.kind == "odd", scan_index_forward=False, page_size=7)
    assert [item.number for item in backwards] == list(range(59, 20, -2))
    pages = note.query("ben", limit=10, page_size=4)
    assert [item.number for item in pages] == list(range(10))
    after = note.query("ben", last_evaluated_key=pages.last_evaluated_key, limit=1)
    assert [item.number for item in after] == [10]
    assert len(list(note.scan(note.stars < 5, page_size=9))) == 30
    parts = [list(note.scan(segment=segment, total_segments=3)) for segment in range(3)]
    assert sum(map(len, parts)) == 60
    with pytest.raises(QueryError):
        next(note.query("ben", filter_condition=note.number == 3))


def test_indexes_are_queried_as_models_are(note):
    filled(note)
    odd = list(note.by_kind.query("odd", note.number < 8))
    assert [(item.number, item.stars) for item in odd] == [(1, 1), (3, 3), (5, 5), (7, 7)]
    assert note.by_kind.count("even") == 30
    best = list(note.by_stars.query("ben", note.stars == 9, consistent_read=True))
    assert {item.number for item in best} == {9, 19, 29, 39, 49, 59}
    assert len(list(note.by_stars.scan(note.kind == "odd"))) == 30


def test_transactions_happen_as_a_whole(server, root, note):
    told = connection(server, root)
    filled(note, 3)
    with TransactWrite(connection=told, client_request_token="once") as transaction:
        transaction.save(note("cid", 1, stars=10), condition=note.owner.does_not_exist())
        transaction.update(note("ben", 0), actions=[note.stars.set(note.stars + 7)])
        transaction.delete(note("ben", 1))
        transaction.condition_check(note, "ben", 2, condition=note.kind == "even")
    with TransactGet(connection=told) as transaction:
        first, second = transaction.get(note, "cid", 1), transaction.get(note, "ben", 0)
    assert (first.get().stars, second.get().stars) == (10, 7)
    with pytest.raises(TransactWriteError) as failed:
        with TransactWrite(connection=told) as transaction:
            transaction.save(note("dan", 1))
            transaction.update(note("cid", 1), actions=[note.stars.set(0)], condition=note.stars > 10)
    reasons = [reason and reason.code for reason in failed.value.cancellation_reasons]
    assert reasons == [None, "ConditionalCheckFailed"]
    assert note.count("dan") == 0


def test_versions_refuse_what_came_between(versioned):
    versioned("one", value=1).save()
    mine, other = versioned.get("one"), versioned.get("one")
    mine.update([versioned.value.set(2)])
    assert mine.version == 2
    other.value = 3
    with pytest.raises(PutError, match="ConditionalCheckFailed"):
        other.save()
    with pytest.raises(DeleteError):
        other.delete()
    mine.delete()


def test_items_end_when_the_attribute_says(note):
    soon = note("ann", 1, until=WHEN)
    soon.save()
    raw = note._get_connection().get_item("ann", "1")["Item"]["until"]
    assert raw == {"N": str(int(WHEN.timestamp()))}
    later = note("ann", 2, until=timedelta(hours=1))
    later.save()
    assert abs(note.get("ann", 2).until.timestamp() - time.time() - 3600) < 120

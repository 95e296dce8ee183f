"""Fine-grained access by statements: no clause, answer, error or count tells of what the policy hides."""

import json

import dynamodb
import pytest
from botocore.exceptions import ClientError
from conftest import refused, statement
from dynamodb import HIDDEN, fine, n, s

ACTIONS = ["dynamodb:PartiQL" + what for what in ("Select", "Insert", "Update", "Delete")]
# What is read by more than a key is refused there whoever asks.
UNKEYED = "must specify the primary key in the where clause"
OWN = "h = 'carol' AND r = 1"
CONDITIONS = {
    "compare": f"secret = '{HIDDEN}'",
    "other way": f"'{HIDDEN}' = secret",
    "differ": f"secret <> '{HIDDEN}'",
    "between": "secret BETWEEN 'a' AND 'z'",
    "in": f"secret IN ['{HIDDEN}']",
    "in list": "plain IN [secret]",
    "begins": "begins_with(secret, 'the')",
    "contains": "contains(plain, secret)",
    "size": "size(secret) > 1",
    "exists": "attribute_exists(secret)",
    "missing": "secret IS MISSING",
    "typed": "secret IS STRING",
    "type": "attribute_type(secret, 'S')",
    "nested": "veiled.a[0] IS NOT MISSING",
    "quoted": f"\"secret\" = '{HIDDEN}'",
    "not": f"NOT (secret = '{HIDDEN}')",
    "or": f"(plain = 'x' OR secret = '{HIDDEN}')",
    "as a boolean": f"(secret = '{HIDDEN}') = true",
    "in a comment's shadow": f"/* x */ secret = '{HIDDEN}' -- y",
}


@pytest.fixture(scope="module")
def table(root):
    return dynamodb.create_veiled(root.client("dynamodb"), "carol", "bob")


@pytest.fixture(scope="module")
def carol(root, table):
    """A user named carol who is held to her own items and to what is open in them."""
    given = [statement("Allow", ACTIONS, "*", Condition=fine())]
    return root.user(name="carol", policy=given).client("dynamodb")


def at(table, text):
    """The statement in which @ is this table."""
    return text.replace("@", f'"{table}"')


def paths():
    for what, condition in CONDITIONS.items():
        yield f"select, {what}", f"SELECT h FROM @ WHERE h = 'carol' AND {condition}"
        yield f"update, {what}", f"UPDATE @ SET plain = 'x' WHERE {OWN} AND {condition}"
        yield f"delete, {what}", f"DELETE FROM @ WHERE {OWN} AND {condition}"
    for what, columns in {"named": "secret", "among others": "h, secret", "nested": "veiled.a[0]", "all": "*"}.items():
        yield f"projection, {what}", f"SELECT {columns} FROM @ WHERE {OWN}"
    for what, change in {
        "set": "SET secret = 'x'",
        "copy": "SET plain = secret",
        "append": "SET plain = list_append([], secret)",
        "sum": "SET plain = secret + 1",
        "set_add": "SET secret = set_add(secret, <<'x'>>)",
        "set_delete": "SET secret = set_delete(secret, <<'x'>>)",
        "remove": "REMOVE secret",
        "remove nested": "REMOVE veiled.a[0]",
    }.items():
        yield f"update: {what}", f"UPDATE @ {change} WHERE {OWN}"
    yield "from first", f"FROM @ WHERE {OWN} AND secret = '{HIDDEN}' SET plain = 'x'"
    for returned in ("ALL OLD", "ALL NEW"):
        yield f"returning {returned}", f"UPDATE @ SET plain = 'x' WHERE {OWN} RETURNING {returned} *"
    yield "deleted, returning", f"DELETE FROM @ WHERE {OWN} RETURNING ALL OLD *"
    yield "insert", "INSERT INTO @ VALUE {'h': 'carol', 'r': 2, 'secret': 'mine'}"
    yield "insert what is there", "INSERT INTO @ VALUE {'h': 'carol', 'r': 1, 'secret': 'mine'}"
    yield "order", "SELECT h FROM @.\"own-secret\" WHERE h = 'carol' ORDER BY secret"
    yield "index sorted by it", "SELECT h FROM @.\"own-secret\" WHERE h = 'carol'"
    yield "index by it", f"SELECT \"open\" FROM @.\"by-secret\" WHERE secret = '{HIDDEN}'"
    yield "other's, select", "SELECT h FROM @ WHERE h = 'bob' AND r = 1"
    yield "other's, of two", "SELECT h FROM @ WHERE h IN ['carol', 'bob']"
    yield "other's, or", "SELECT h FROM @ WHERE h = 'carol' OR h = 'bob'"
    yield "other's, none", "SELECT h FROM @ WHERE h = 'nobody' AND r = 1"
    yield "other's, by index", "SELECT \"open\" FROM @.\"by-open\" WHERE \"open\" = 'bob'"
    yield "other's, beside own", "SELECT h FROM @ WHERE (h = 'carol' AND r = 1) OR (h = 'bob' AND r = 1)"
    yield "other's, insert", "INSERT INTO @ VALUE {'h': 'bob', 'r': 1}"
    yield "other's, update", "UPDATE @ SET plain = 'x' WHERE h = 'bob' AND r = 1"
    yield "other's, delete", "DELETE FROM @ WHERE h = 'bob' AND r = 1"
    yield "everybody's", "SELECT h FROM @"
    yield "everybody's, filtered", "SELECT h FROM @ WHERE \"open\" = 'bob'"
    yield "everybody's, own beside", "SELECT h FROM @ WHERE h = 'carol' OR \"open\" = 'bob'"
    yield "everybody's, greater", "SELECT h FROM @ WHERE h > 'a'"
    yield "everybody's, by index", "SELECT h FROM @.\"by-open\""


PATHS = dict(paths())


@pytest.mark.parametrize("text", PATHS.values(), ids=PATHS.keys())
def test_no_statement_leads_round_the_policy(root, table, carol, text):
    text = at(table, text)
    before = root.client("dynamodb").scan(TableName=table)["Items"]
    answer = refused(lambda: carol.execute_statement(Statement=text), "AccessDeniedException", 400)
    assert HIDDEN not in json.dumps(answer)
    with pytest.raises(ClientError) as together:
        carol.execute_transaction(TransactStatements=[{"Statement": text}])
    [alone] = carol.batch_execute_statement(Statements=[{"Statement": text}])["Responses"]
    assert HIDDEN not in json.dumps([together.value.response, alone]) and set(alone) == {"Error"}
    codes = {together.value.response["Error"]["Code"], alone["Error"]["Code"]}
    assert codes <= {"AccessDeniedException", "AccessDenied"} or (codes == {"ValidationException", "ValidationError"} and UNKEYED in str(alone))
    assert root.client("dynamodb").scan(TableName=table)["Items"] == before


@pytest.mark.parametrize("text", PATHS.values(), ids=PATHS.keys())
def test_only_the_policy_is_in_the_way(root, table, text):
    """The same statements of one who may: were they refused for another reason, the test above would prove nothing."""
    keep = root.client("dynamodb")
    saved = keep.scan(TableName=table)["Items"]
    try:
        keep.execute_statement(Statement=at(table, text))
    except ClientError as error:
        told = error.response["Error"]["Code"]
        assert told in ("ConditionalCheckFailedException", "DuplicateItemException", "ValidationException"), error
        if told == "ValidationException":
            assert "data type" in str(error) or "Type mismatch" in str(error), error
    for item in keep.scan(TableName=table)["Items"]:
        keep.delete_item(TableName=table, Key={"h": item["h"], "r": item["r"]})
    for item in saved:
        keep.put_item(TableName=table, Item=item)


def test_a_failed_condition_shows_no_more_than_the_policy(carol, table):
    failing = {"Statement": at(table, f"DELETE FROM @ WHERE {OWN} AND r = 1 AND plain = 'no'")}
    shown = {**failing, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    refused(lambda: carol.execute_statement(**failing), "ConditionalCheckFailedException")
    refused(lambda: carol.execute_statement(**shown), "AccessDeniedException")
    refused(lambda: carol.execute_transaction(TransactStatements=[shown]), "AccessDeniedException")
    [alone] = carol.batch_execute_statement(Statements=[shown])["Responses"]
    assert alone["Error"]["Code"] == "AccessDenied" and set(alone) == {"Error"}
    exists = {**shown, "Statement": at(table, f"EXISTS(SELECT * FROM @ WHERE {OWN} AND plain = 'no')")}
    refused(lambda: carol.execute_transaction(TransactStatements=[exists]), "AccessDeniedException")


def test_what_the_policy_lets_through(root, carol, table):
    def run(text, **more):
        return carol.execute_statement(Statement=at(table, text), **more)

    assert run(f"SELECT h, \"open\" FROM @ WHERE {OWN}")["Items"] == [{"h": s("carol"), "open": s("carol")}]
    assert run("INSERT INTO @ VALUE {'h': 'carol', 'r': 5}")["Items"] == []
    assert run("UPDATE @ SET plain = 'x' WHERE h = 'carol' AND r = 5 RETURNING MODIFIED NEW *")["Items"] == [{"plain": s("x")}]
    page = run("SELECT plain FROM @ WHERE h = 'carol'", Limit=1)
    assert "LastEvaluatedKey" not in page and page["Items"] == [{}]
    rest = run("SELECT plain FROM @ WHERE h = 'carol'", NextToken=page["NextToken"])
    assert rest["Items"] == [{"plain": s("x")}]
    done = carol.batch_execute_statement(
        Statements=[
            {"Statement": at(table, "UPDATE @ SET plain = 'y' WHERE h = 'carol' AND r = 5")},
            {"Statement": at(table, "DELETE FROM @ WHERE h = 'bob' AND r = 1")},
        ]
    )["Responses"]
    assert [one.get("Error", {}).get("Code") for one in done] == [None, "AccessDenied"]
    assert run("DELETE FROM @ WHERE h = 'carol' AND r = 5 AND plain = 'y'")["Items"] == []
    assert len(root.client("dynamodb").scan(TableName=table)["Items"]) == 2


def test_a_token_of_another_is_of_no_use(root, carol, table):
    text = at(table, "SELECT h FROM @ WHERE h = 'carol'")
    token = root.client("dynamodb").execute_statement(Statement=text, Limit=1)["NextToken"]
    assert HIDDEN not in token
    wider = at(table, "SELECT h FROM @ WHERE h IN ['carol', 'bob']")
    refused(lambda: carol.execute_statement(Statement=wider, NextToken=token), "AccessDeniedException")


def test_each_action_is_of_its_statement(root, table):
    statements = {
        "Select": "SELECT h FROM @ WHERE h = 'nobody' AND r = 1",
        "Insert": "INSERT INTO @ VALUE {'h': 'nobody', 'r': 1}",
        "Update": "UPDATE @ SET plain = 'x' WHERE h = 'nobody' AND r = 1",
        "Delete": "DELETE FROM @ WHERE h = 'nobody' AND r = 1",
    }
    for action in statements:
        user = root.user(policy=[statement("Allow", f"dynamodb:PartiQL{action}", "*")]).client("dynamodb")
        for kind, text in statements.items():
            run = lambda text=text: user.execute_statement(Statement=at(table, text))
            run() if kind == action else refused(run, "AccessDeniedException", 400)


def test_the_statements_of_the_guide(root, table):
    """What AWS's guide shows: no whole scans, and transactions only."""
    arn = root.client("dynamodb").describe_table(TableName=table)["Table"]["TableArn"]
    allow = statement("Allow", ACTIONS, [arn, f"{arn}/index/by-open"])
    scans = {"Bool": {"dynamodb:FullTableScan": ["true"]}}
    user = root.user(policy=[allow, statement("Deny", "dynamodb:PartiQLSelect", "*", Condition=scans)]).client("dynamodb")
    user.execute_statement(Statement=at(table, "SELECT * FROM @ WHERE h = 'carol' OR h IN ['bob']"))
    user.execute_statement(Statement=at(table, "SELECT * FROM @.\"by-open\" WHERE \"open\" = 'carol'"))
    refused(lambda: user.execute_statement(Statement=at(table, "SELECT * FROM @.\"by-secret\" WHERE secret = 'x'")), "AccessDeniedException")
    for text in ("SELECT * FROM @", "SELECT * FROM @ WHERE h = 'carol' OR r = 1", "SELECT * FROM @.\"by-open\" WHERE h = 'carol'"):
        refused(lambda: user.execute_statement(Statement=at(table, text)), "AccessDeniedException", 400)
    within = {"StringEquals": {"dynamodb:EnclosingOperation": ["ExecuteTransaction"]}}
    user = root.user(policy=[statement("Allow", ACTIONS, arn, Condition=within)]).client("dynamodb")
    one = {"Statement": at(table, f"SELECT h FROM @ WHERE {OWN}")}
    assert user.execute_transaction(TransactStatements=[one])["Responses"] == [{"Item": {"h": s("carol")}}]
    refused(lambda: user.execute_statement(**one), "AccessDeniedException", 400)


def test_a_scan_is_no_way_round_a_policy_that_looks_for_partition_keys(root, table):
    """Two ways to hold a user to partitions: a list that a missing key passes, and a denial where the key is missing."""
    listed = [statement("Allow", ACTIONS, "*", Condition={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["carol"]}})]
    missing = [
        statement("Allow", ACTIONS, "*"),
        statement("Deny", ACTIONS, "*", Condition={"Null": {"dynamodb:LeadingKeys": "true"}}),
    ]
    for policy in (listed, missing):
        user = root.user(policy=policy).client("dynamodb")
        assert len(user.execute_statement(Statement=at(table, "SELECT * FROM @ WHERE h = 'carol'"))["Items"]) == 1
        refused(lambda: user.execute_statement(Statement=at(table, "SELECT * FROM @")), "AccessDeniedException", 400)


def test_strangers_cannot_tell_which_tables_there_are(root, table):
    user = root.user().client("dynamodb")
    texts = [f"SELECT * FROM \"{which}\" WHERE wrong = 'x' ORDER BY other" for which in (table, "nothere")]
    answers = [refused(lambda: user.execute_statement(Statement=text), "AccessDeniedException", 400) for text in texts]
    reasons = [answer["Error"]["Message"].split("because")[1] for answer in answers]
    assert reasons[0] == reasons[1]

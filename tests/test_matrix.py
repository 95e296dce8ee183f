"""The privilege matrix: what every row of every table demands, tried out from the table itself.

For each row: unsigned, no policy, each need taken away, each need given for something else only, an explicit
deny, another account, and exactly what is needed. docs/privileges/ shows what came of it; with
`--update-snapshots` it is written anew.
"""

import importlib
import json
import time
from pathlib import Path

import pytest

from conftest import kurodo
from matrix.page import Line, page
from matrix.world import ALLOWED, World, fits

TABLES = {table["service"]: table for table in json.loads(kurodo("table", "--json").stdout)}
ROWS = [(service, row) for service, table in TABLES.items() for row in table["rows"]]
DOCS = Path(__file__).parent.parent / "docs" / "privileges"

def samples(service):
    try:
        return importlib.import_module(f"matrix.{service}")
    except ModuleNotFoundError:
        return None


@pytest.fixture(scope="module")
def world(server, root):
    return World(server, root)


@pytest.fixture(scope="module")
def lines():
    """What came of each row, by service and operation."""
    return {}


def test_every_row_has_a_sample_and_every_sample_a_row():
    for service, table in TABLES.items():
        found = samples(service)
        assert found, f"tests/matrix/{service}.py is missing"
        assert set(found.SAMPLES) == {row["operation"] for row in table["rows"]}


@pytest.mark.parametrize("service, row", ROWS, ids=[f"{service}-{row['operation']}" for service, row in ROWS])
def test_row(world, lines, service, row):
    tried = Row(world, service, row)
    lines[service, row["operation"]] = tried.line
    if tried.apart():
        return
    tried.unsigned()
    if row["open"] is not None:
        tried.open()
    else:
        tried.discover()
        tried.each_need_counts()
        tried.nowhere_else()
        tried.an_explicit_deny_wins()
        tried.exactly_what_is_needed()
        tried.asking_for_less_needs_less()
        tried.from_another_account()


class Row:
    """One row, and what was found out about it."""

    def __init__(self, world, service, row):
        self.world, self.service, self.row = world, service, row
        self.operation = row["operation"]
        self.samples = samples(service)
        self.headless = self.operation in getattr(self.samples, "HEADS", set())
        self.denial = ("403", 403) if self.headless else self.samples.DENIED
        self.name = f"m-{self.operation}"
        self.parameters = self.samples.SAMPLES[self.operation](world, self.name)
        self.needs = []
        self.line = Line(self.operation)

    def call(self, who, parameters=None):
        return self.world.call(who, self.service, self.operation, parameters or self.parameters)

    def denied(self, answer, need, why):
        """The call was denied for this need and this reason, in AWS's words."""
        assert (answer.outcome, answer.status) == self.denial, answer
        assert self.world.need(answer) == need
        if self.headless:
            return
        start = f"is not authorized to perform: {need.action} on resource: "
        assert start in answer.message and answer.message.endswith(why), answer.message

    def unsigned(self):
        answer = self.call(None)
        refusal = ("403", 403) if self.headless else self.samples.UNSIGNED
        assert (answer.outcome, answer.status) == refusal, answer
        self.line.unsigned = answer.outcome

    def apart(self):
        """Whether the row is not decided as a whole, so that tests of its own try it."""
        self.line.open = getattr(self.samples, "APART", {}).get(self.operation)
        return self.line.open is not None

    def open(self):
        self.world.give()
        answer = self.call(self.world.prober)
        assert answer.outcome == ALLOWED, answer
        self.line.no_policy, self.line.open = answer.outcome, f"open because {self.row['open']}"

    def discover(self):
        """Starts with no policy, and gives what is missed, one need at a time, until the call succeeds."""
        while (missed := self.missed(self.needs)) is not None:
            assert len(self.needs) < 8, "ever more is missed"
            self.needs.append(missed)
        assert self.needs, "the row demands actions, and none was missed"
        self.as_the_table_says()
        self.line.needs, self.line.no_policy = self.needs, "denied"
        self.afresh("again")

    def missed(self, given):
        """What is missed when this is given; nothing if the call succeeds."""
        self.give(given)
        answer = self.call(self.world.prober)
        if answer.sealed is None:
            assert answer.outcome == ALLOWED, answer
            return None
        need = self.world.need(answer)
        assert need not in given, f"{need} is given and still missed"
        self.denied(answer, need, f"because no identity-based policy allows the {need.action} action")
        return need

    def afresh(self, variant):
        """Sets everything up once more, under another name: a call that succeeds changes things. The needs are those
        of the new things; that the call would succeed with them all is not tried here."""
        self.parameters = self.samples.SAMPLES[self.operation](self.world, f"m-{self.operation}-{variant}")
        needs = []
        for _ in self.needs:
            needs.append(self.missed(needs))
        self.needs_now = needs

    def as_the_table_says(self):
        """What was missed is what the table demands, all of it, on resources of the forms that it says."""
        table = TABLES[self.service]
        templates = {}
        for action in table["actions"]:
            templates.setdefault(action["name"], []).append(action["resource"])
        unasked = getattr(self.samples, "UNASKED", {}).get(self.operation, set())
        assert {need.action for need in self.needs} == set(self.row["actions"]) - unasked
        for need in self.needs:
            assert any(fits(need.resource, template) for template in templates[need.action]), need

    def give(self, needs, *more):
        self.world.give(*[need.statement for need in needs], *more)

    def not_implied(self):
        """The needs that no wider one of the same action holds too: whoever may on `*` may on each thing."""
        wide = {need.action for need in self.needs_now if need.resource == "*"}
        return [need for need in self.needs_now if need.resource == "*" or need.action not in wide]

    def each_need_counts(self):
        for missing in self.not_implied():
            self.give([need for need in self.needs_now if need != missing])
            answer = self.call(self.world.prober)
            self.denied(answer, missing, f"because no identity-based policy allows the {missing.action} action")
        self.line.one_less = "denied"

    def nowhere_else(self):
        for wrong in self.not_implied():
            rest = [need for need in self.needs_now if need != wrong]
            self.give(rest, wrong.elsewhere(self.world.account))
            answer = self.call(self.world.prober)
            self.denied(answer, wrong, f"because no identity-based policy allows the {wrong.action} action")
        self.line.elsewhere = "denied"

    def an_explicit_deny_wins(self):
        for denied in self.needs_now:
            self.give(self.needs_now, {**denied.statement, "Effect": "Deny"})
            same = [need for need in self.needs_now if need.action == denied.action]
            first = same[0] if denied.resource == "*" else denied
            self.denied(self.call(self.world.prober), first, "with an explicit deny in an identity-based policy")
        self.line.deny = "denied"

    def exactly_what_is_needed(self):
        self.give(self.needs_now)
        answer = self.call(self.world.prober)
        assert answer.outcome == ALLOWED, answer
        self.line.exact = ALLOWED

    def asking_for_less_needs_less(self):
        """Without the parameters that ask for more, the operation's own action is enough."""
        asking = self.samples.ASKING.get(self.operation, ())
        if " if " in self.row["demands"] and not hasattr(self.samples, "UNASKED"):
            assert asking, "the row asks for more than its own action: which parameters do?"
        if not asking:
            return
        self.afresh("less")
        parameters = {name: value for name, value in self.parameters.items() if name not in asking}
        self.give([need for need in self.needs_now if need.action == self.needs_now[0].action])
        answer = self.call(self.world.prober, parameters)
        assert answer.outcome == ALLOWED, answer


    def from_another_account(self):
        """An administrator of another account is denied, or reaches what is of the other account only; the trail
        tells (`test_every_call_of_the_matrix_left_one_record`)."""
        self.afresh("foreign")
        answer = self.call(self.world.stranger)
        shared = self.operation in getattr(self.samples, "SHARED", set())
        refused = answer.outcome == self.denial[0]
        self.line.stranger = "denied" if refused else "shared" if shared else "its own only"


def test_every_call_of_the_matrix_left_one_record(world):
    """Exactly one, with the decision that was answered; and nothing of one account was given to another."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        tail = kurodo("audit", "tail", "--data-dir", world.server.data_dir, "-n", "1000000").stdout
        found = {}
        for record in map(json.loads, tail.rstrip("\n").split("\n")):
            found.setdefault(record["request_id"], []).append(record)
        if all(request in found for request in world.records):
            break
        time.sleep(0.5)
    for request, (service, operation, outcome, account) in world.records.items():
        assert len(found.get(request, [])) == 1, (service, operation, outcome)
        record = found[request][0]
        verdict = record["decision"]["verdict"] if account != world.account else verdict_of(outcome)
        assert (record["service"], record["decision"]["verdict"]) == (service, verdict), record
        shared = operation in getattr(samples(service), "SHARED", set())
        if account != world.account and verdict == "allowed" and not shared:
            assert not any(world.account in resource for resource in record["resources"]), record


def verdict_of(outcome):
    return "allowed" if outcome == ALLOWED else "denied"


@pytest.mark.parametrize("service", TABLES)
def test_the_page_for_auditors_is_as_it_was_reviewed(world, lines, service, request):
    rows = [lines.get((service, row["operation"])) for row in TABLES[service]["rows"]]
    if None in rows:
        pytest.skip("not every row was tried")
    text = page(world, TABLES[service], rows, getattr(samples(service), "SHOWN", []))
    file = DOCS / f"{service}.md"
    if request.config.getoption("--update-snapshots"):
        DOCS.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert file.read_text() == text, "look at what changed, then run with --update-snapshots"

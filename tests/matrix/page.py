"""The matrix as a page that auditors read."""

import json
import re
from dataclasses import dataclass, field

# Principals that have one of the policies that AWS provides.
PROVIDED = ("AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "SecurityAudit", "IAMFullAccess", "IAMReadOnlyAccess")


@dataclass
class Line:
    """What came of one row."""

    operation: str
    needs: list = field(default_factory=list)
    open: str | None = None
    unsigned: str = ""
    no_policy: str = ""
    one_less: str = ""
    elsewhere: str = ""
    deny: str = ""
    exact: str = ""
    stranger: str = ""


def page(world, table, lines, patterns):
    """The page of one service; `patterns` are what differs from run to run, and what is shown instead."""
    service = table["service"]
    head = [
        f"# {service}: who may do what",
        "",
        "<!-- Written by tests/test_matrix.py (`--update-snapshots`) from what a running server answered. -->",
        "",
        "## What every operation demands",
        "",
        "The needs are those that a caller without any policy was told to miss, one after the other; with exactly",
        "these the call succeeds. *One less*: any one of them taken away. *Elsewhere*: any one of them given for",
        "another resource only. *Deny*: all of them given, and any one of them denied. *Another account*: the same call",
        "by an administrator there.",
        "",
        "| operation | needs | unsigned | no policy | one less | elsewhere | deny | exactly these | another account |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(row(world, line, patterns) for line in lines), "", *principals(world, table), ""])


def row(world, line, patterns):
    needs = "<br>".join(f"`{need.action}` on `{shown(world, need.resource, patterns)}`" for need in line.needs)
    needs = needs.replace(f"m-{line.operation}", "x").replace(f"m-{line.operation}".lower(), "x")
    if line.open is not None:
        needs = line.open
    cells = [line.unsigned, line.no_policy, line.one_less, line.elsewhere, line.deny, line.exact, line.stranger]
    return f"| {line.operation} | {needs} | " + " | ".join(cell or "-" for cell in cells) + " |"


def shown(world, resource, patterns):
    """The resource, without what differs from run to run."""
    resource = resource.replace(world.account, "{account}").replace(world.prober.name, "{caller}")
    for pattern, instead in patterns:
        resource = re.sub(pattern, instead, resource)
    return resource


def principals(world, table):
    """Which action a principal may do on everything, by the policy that it has."""
    actions = sorted({action["name"] for action in table["actions"]})
    may = {name: allowed(world, f"arn:aws:iam::aws:policy/{name}", actions) for name in PROVIDED}
    yield "## What the policies that AWS provides allow"
    yield ""
    yield "Decided by `iam:SimulateCustomPolicy`, which runs the evaluator that decides requests."
    yield ""
    yield "| action | " + " | ".join(PROVIDED) + " |"
    yield "|---|" + "---|" * len(PROVIDED)
    for action in actions:
        yield f"| `{action}` | " + " | ".join("yes" if action in may[name] else "-" for name in PROVIDED) + " |"


def allowed(world, arn, actions):
    version = world.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = world.iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    pages = world.iam.get_paginator("simulate_custom_policy").paginate(
        PolicyInputList=[json.dumps(document)], ActionNames=actions
    )
    results = [result for page in pages for result in page["EvaluationResults"]]
    return {result["EvalActionName"] for result in results if result["EvalDecision"] == "allowed"}

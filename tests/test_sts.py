"""Sessions, and what becomes of requests whose signature does not hold."""

import json
import subprocess
import time

import pytest

from conftest import Principal, kurodo, refused


def test_callers_are_told_who_they_are(root):
    identity = root.client("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{identity['Account']}:root"


def test_a_session_acts_as_the_one_who_asked_for_it(server, root):
    found = root.client("sts").get_session_token()["Credentials"]
    session = Principal(server, found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    assert found["AccessKeyId"].startswith("ASIA")
    assert session.account == root.account


@pytest.mark.parametrize("at", [0, 20, -1])
def test_a_changed_session_token_is_nobodys(server, root, at):
    found = root.client("sts").get_session_token()["Credentials"]
    token = list(found["SessionToken"])
    token[at] = "A" if token[at] != "A" else "B"
    session = Principal(server, found["AccessKeyId"], found["SecretAccessKey"], "".join(token))
    refused(lambda: session.account, "InvalidClientTokenId", 403)


def test_a_session_without_its_token_is_nobodys(server, root):
    found = root.client("sts").get_session_token()["Credentials"]
    session = Principal(server, found["AccessKeyId"], found["SecretAccessKey"])
    refused(lambda: session.account, "InvalidClientTokenId", 403)


def test_unsigned_requests_are_refused(anonymous):
    refused(lambda: anonymous("sts").get_caller_identity(), "MissingAuthenticationToken", 403)


def test_a_wrong_secret_is_refused(server, root):
    wrong = Principal(server, root.access_key_id, root.secret[::-1])
    refused(lambda: wrong.account, "SignatureDoesNotMatch", 403)


def test_an_unknown_key_is_refused(server, root):
    unknown = Principal(server, "AKIAIOSFODNN7EXAMPLE", root.secret)
    refused(lambda: unknown.account, "InvalidClientTokenId", 403)


def test_operations_that_are_not_served_are_refused_by_name(root):
    answer = refused(lambda: root.client("sts").assume_root(
        TargetPrincipal=root.account, TaskPolicyArn={"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}
    ), "NotImplemented", 501)
    assert "AssumeRoot" in answer["Error"]["Message"]


def test_constraints_are_told_in_awss_words(root):
    answer = refused(lambda: root.client("sts", parameter_validation=False).get_session_token(DurationSeconds=899), "ValidationError", 400)
    assert "durationSeconds" in answer["Error"]["Message"]
    assert "greater than or equal to 900" in answer["Error"]["Message"]


def test_every_refusal_is_in_the_trail_and_explained(server):
    unknown = Principal(server, "AKIAIOSFODNN7EXAMPLE", "x" * 40)
    answer = refused(lambda: unknown.account, "InvalidClientTokenId", 403)
    request_id = answer["ResponseMetadata"]["RequestId"]
    explained = kurodo("why", request_id, "--data-dir", server.data_dir).stdout
    assert "denied: InvalidClientTokenId" in explained
    assert "AKIAIOSFODNN7EXAMPLE" in explained


def test_every_act_is_in_the_trail(server, root):
    answer = root.client("sts").get_caller_identity()
    request_id = answer["ResponseMetadata"]["RequestId"]
    deadline = time.monotonic() + 10
    record = None
    while record is None and time.monotonic() < deadline:
        lines = kurodo("audit", "tail", "--data-dir", server.data_dir, "-n", "50").stdout.rstrip("\n").split("\n")
        record = next((r for r in map(json.loads, lines) if r["request_id"] == request_id), None)
    assert record["operation"] == "GetCallerIdentity"
    assert record["decision"] == {"verdict": "allowed"}
    assert record["principal"].endswith(":root")


def test_the_trail_verifies(server, root):
    root.client("sts").get_caller_identity()
    assert "whole and in order" in kurodo("audit", "verify", "--data-dir", server.data_dir).stdout


def test_a_changed_trail_is_found_out(own_server):
    for _ in range(5):
        own_server.root().client("sts").get_caller_identity()
    own_server.stop()
    segment = max((own_server.data_dir / "audit").glob("*.log"), key=lambda file: file.stat().st_size)
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    answer = kurodo("audit", "verify", "--data-dir", own_server.data_dir, check=False)
    assert answer.returncode != 0
    assert "damaged" in answer.stderr.lower()


def test_nothing_on_disk_is_readable(own_server):
    """Of what the server knows, only the credentials file that the owner reads says anything in plain text."""
    root = own_server.root()
    account = root.account
    found = root.client("sts").get_session_token()["Credentials"]
    own_server.stop()
    secrets = [root.secret, root.access_key_id, found["SecretAccessKey"], account, "FullAWSAccess", "management"]
    for file in own_server.data_dir.rglob("*"):
        if file.is_file() and file.name not in ("credentials", "endpoint"):
            content = file.read_bytes()
            for secret in secrets:
                assert secret.encode() not in content, f"{secret} in {file}"


def test_check_finds_all_well_after_a_stop(own_server):
    own_server.root().client("sts").get_caller_identity()
    running = kurodo("check", "--data-dir", own_server.data_dir, check=False)
    assert running.returncode != 0
    assert str(own_server.process.pid) in running.stderr
    own_server.stop()
    assert "whole" in kurodo("check", "--data-dir", own_server.data_dir).stdout


def test_the_cli_works_with_the_printed_environment(root):
    command = ["aws", "sts", "get-caller-identity", "--query", "Account", "--output", "text"]
    answer = subprocess.run(command, capture_output=True, text=True, env=root.env(), check=True)
    assert answer.stdout.strip() == root.account


def test_tables_are_printed_for_reviewers():
    assert "GetCallerIdentity" in kurodo("table").stdout
    tables = json.loads(kurodo("table", "--json").stdout)
    sts = next(table for table in tables if table["service"] == "sts")
    row = next(row for row in sts["rows"] if row["operation"] == "AssumeRole")
    assert row["actions"] == ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    assert "AssumeRoot" in sts["refused"]

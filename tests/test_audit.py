"""The audit trail: it is on the disk before the act, and no change to it goes unseen."""

import json
import shutil
import time

import pytest

from conftest import allow, kurodo, refused, statement


def tail(server, number=50):
    lines = kurodo("audit", "tail", "-n", number, "--data-dir", server.data_dir).stdout.rstrip("\n").split("\n")
    return [json.loads(line) for line in lines]


def verify(server):
    return kurodo("audit", "verify", "--data-dir", server.data_dir, check=False)


def request_id(answer):
    return answer["ResponseMetadata"]["RequestId"]


@pytest.fixture
def trail(own_server):
    """A stopped server whose trail has several files; and a way to put it back."""
    for _ in range(3):
        own_server.root().client("iam").list_users()
        assert own_server.stop() == 0
        if _ < 2:
            own_server.start()
    own_server.trail = own_server.data_dir / "audit"
    own_server.segments = sorted(path for path in own_server.trail.iterdir() if path.suffix)
    assert len(own_server.segments) >= 3
    return own_server


def test_tail_tells_who_did_what_and_how_it_ended(server, root):
    answer = root.client("iam").list_users()
    time.sleep(0.3)  # How it ended is written a little after the answer.
    record = next(record for record in tail(server) if record["request_id"] == request_id(answer))
    assert (record["service"].lower(), record["operation"]) == ("iam", "ListUsers")
    assert record["decision"]["verdict"] == "allowed" and record["ending"]["status"] == 200
    assert record["principal"].endswith(":root") and record["source"] == "127.0.0.1"


def test_verify_says_whole_while_the_server_runs(server):
    answer = verify(server)
    assert answer.returncode == 0 and "whole and in order" in answer.stdout


@pytest.mark.parametrize("act", ["create", "denied", "anonymous", "forged"])
def test_changes_and_denials_are_on_the_disk_before_the_answer(own_server, act):
    """The server is killed with the answer just out: whatever it answered is in the trail."""
    root = own_server.root()
    nobody = root.user()
    call = {
        "create": lambda: root.client("iam").create_user(UserName="late"),
        "denied": lambda: refused(lambda: nobody.client("iam").list_users(), "AccessDenied", 403),
        "anonymous": lambda: refused(lambda: unsigned(own_server).get_caller_identity(), "MissingAuthenticationToken"),
        "forged": lambda: refused(lambda: forged(nobody).client("sts").get_caller_identity(), "SignatureDoesNotMatch"),
    }[act]
    answer = call()
    own_server.kill()
    explained = kurodo("why", request_id(answer), "--data-dir", own_server.data_dir).stdout
    assert ("allowed" if act == "create" else "denied") in explained
    assert verify(own_server).returncode == 0


def unsigned(server):
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    return boto3.client("sts", endpoint_url=server.endpoint, verify=server.ca, region_name="us-east-1", config=config)


def forged(principal):
    from conftest import Principal

    return Principal(principal.server, principal.access_key_id, principal.secret[::-1])


def test_a_denial_carries_its_whole_explanation(own_server):
    user = own_server.root().user()
    allow(own_server.root().client("iam"), user.name, [statement("Deny", "iam:ListUsers", Sid="NoListing")])
    answer = refused(lambda: user.client("iam").list_users(), "AccessDenied", 403)
    record = next(one for one in tail(own_server) if one["request_id"] == request_id(answer))
    assert record["decision"]["verdict"] == "denied" and "explicit deny" in record["decision"]["reason"]
    assert "NoListing" in json.dumps(record["decision"]["explanation"])


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 4
    path.write_bytes(content)


def swap(one, other):
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


DAMAGE = {
    "edited": lambda server: flip(server.segments[1], -20),
    "edited at its end": lambda server: flip(server.segments[-1], -5),
    "cut": lambda server: server.segments[-1].write_bytes(server.segments[-1].read_bytes()[:-60]),
    "cut within": lambda server: server.segments[0].write_bytes(server.segments[0].read_bytes()[:-60]),
    "oldest removed": lambda server: server.segments[0].unlink(),
    "middle removed": lambda server: server.segments[1].unlink(),
    "newest removed": lambda server: server.segments[-1].unlink(),
    "reordered": lambda server: swap(server.segments[0], server.segments[1]),
    "anchor removed": lambda server: (server.trail / "anchor").unlink(),
    "all removed": lambda server: shutil.rmtree(server.trail),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_no_change_to_the_trail_goes_unseen(trail, how):
    assert verify(trail).returncode == 0
    DAMAGE[how](trail)
    answer = verify(trail)
    assert answer.returncode != 0 and "audit trail" in answer.stderr, answer
    check = kurodo("check", "--data-dir", trail.data_dir, check=False)
    assert check.returncode != 0 and "audit trail: DAMAGED" in check.stdout, check
    assert "records: whole" in check.stdout


def test_an_older_copy_of_the_whole_trail_is_seen(own_server, tmp_path):
    assert own_server.stop() == 0
    shutil.copytree(own_server.data_dir / "audit", tmp_path / "older")
    own_server.start().root().client("iam").list_users()
    assert own_server.stop() == 0
    shutil.rmtree(own_server.data_dir / "audit")
    shutil.copytree(tmp_path / "older", own_server.data_dir / "audit")
    check = kurodo("check", "--data-dir", own_server.data_dir, check=False)
    assert check.returncode != 0 and "there have been" in check.stdout
    start = kurodo("serve", "--data-dir", own_server.data_dir, "--listen", "127.0.0.1:0", check=False)
    assert start.returncode != 0 and "kurodo audit renew" in start.stderr


def test_a_damaged_trail_is_kept_as_evidence_and_a_new_one_begun(trail):
    flip(trail.segments[1], -20)
    kurodo("audit", "renew", "--data-dir", trail.data_dir)
    kept = [path for path in trail.data_dir.iterdir() if path.name.startswith("audit-until-")]
    assert len(kept) == 1 and len(list(kept[0].iterdir())) >= 4
    trail.start().root().client("iam").list_users()
    assert verify(trail).returncode == 0

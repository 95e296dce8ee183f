"""The key hierarchy from outside: rotation and resealing keep the data, and rewrite none of it."""

import shutil

import pytest

from conftest import Principal, document, kurodo, statement

USERS = 60
# Where the file of records has its blocks, and how long each is with what lies beside it.
FIRST, STRIDE = 264 << 10, 4096 + 32


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def blocks(content):
    return {content[at : at + STRIDE] for at in range(FIRST, len(content), STRIDE)}


@pytest.fixture
def stopped(own_server):
    """A stopped server with data, a key of one user, and a session."""
    root = own_server.root()
    iam = root.client("iam")
    policy = document(statement("Allow", "*"), statement("Deny", "s3:GetObject", f"arn:aws:s3:::{'long' * 400}"))
    for number in range(USERS):
        iam.create_user(UserName=f"user-{number}")
        iam.put_user_policy(UserName=f"user-{number}", PolicyName="given", PolicyDocument=policy)
    key = iam.create_access_key(UserName="user-0")["AccessKey"]
    own_server.user = Principal(own_server, key["AccessKeyId"], key["SecretAccessKey"])
    found = own_server.user.client("sts").get_session_token()["Credentials"]
    own_server.session = Principal(own_server, found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    assert own_server.stop() == 0
    return own_server


def readable(server):
    """Everything that was written is there, and keys and sessions from before still sign."""
    names = {user["UserName"] for user in server.user.client("iam").list_users()["Users"]}
    assert names == {f"user-{number}" for number in range(USERS)}
    assert server.session.account == server.root().account


def test_rotation_keeps_data_readable_and_rewrites_none(stopped):
    before = files(stopped.data_dir)
    said = kurodo("keys", "rotate", "--accounts", "--data-dir", stopped.data_dir).stdout
    assert "the root key is version 2" in said and "1 account keys" in said
    after = files(stopped.data_dir)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"root.key", "server.key", "records/records.kdb", "records/records.kdj", "records/kurodo.lock"}, changed
    assert {"root.key", "server.key"} <= changed and before.keys() == after.keys()
    # The keyring's record is wrapped anew; what it shares a file with is not even sealed anew.
    old, new = blocks(before["records/records.kdb"]), blocks(after["records/records.kdb"])
    print(f"{len(new - old)} of {len(new)} blocks were written")
    assert len(new) > 50 and len(new - old) < 25
    readable(stopped.start())


def test_a_rotated_root_key_leaves_nothing_to_the_old_one(stopped):
    old = (stopped.data_dir / "root.key").read_bytes()
    assert "versions 1\n" in kurodo("keys", "list", "--data-dir", stopped.data_dir).stdout
    kurodo("keys", "rotate", "--data-dir", stopped.data_dir)
    listed = kurodo("keys", "list", "--data-dir", stopped.data_dir).stdout
    assert "versions 2\n" in listed and "wrapped by root 2" in listed and "wrapped by root 1" not in listed
    (stopped.data_dir / "root.key").write_bytes(old)
    answer = kurodo("keys", "list", "--data-dir", stopped.data_dir, check=False)
    assert answer.returncode != 0 and "server.key" in answer.stderr


def test_keys_are_not_rotated_under_a_running_server(own_server):
    answer = kurodo("keys", "rotate", "--data-dir", own_server.data_dir, check=False)
    assert answer.returncode != 0
    assert str(own_server.process.pid) in answer.stderr
    assert "versions 1\n" in stop_and_list(own_server)


def stop_and_list(server):
    assert server.stop() == 0
    return kurodo("keys", "list", "--data-dir", server.data_dir).stdout


def test_resealing_by_a_passphrase_closes_the_old_way(stopped, tmp_path):
    passphrase = tmp_path / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text("correct horse battery staple\n")
    kurodo("keys", "reseal", "--to-passphrase-file", passphrase, "--data-dir", stopped.data_dir)
    answer = kurodo("keys", "list", "--data-dir", stopped.data_dir, check=False)
    assert answer.returncode != 0 and "--passphrase-file" in answer.stderr
    stopped.flags = ("--passphrase-file", passphrase)
    readable(stopped.start())


def test_a_passphrase_that_others_can_read_is_refused(tmp_path):
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse battery staple\n")
    passphrase.chmod(0o644)
    answer = kurodo("keys", "list", "--passphrase-file", passphrase, "--data-dir", tmp_path / "none", check=False)
    assert answer.returncode != 0


@pytest.mark.parametrize("lost", ["root.key", "seal.key", "server.key", "records/records.kdb", "records/records.kdj", "audit"])
def test_a_start_makes_nothing_anew_where_something_was_lost(stopped, lost):
    path = stopped.data_dir / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    before = files(stopped.data_dir)
    answer = kurodo("serve", "--data-dir", stopped.data_dir, "--listen", "127.0.0.1:0", check=False)
    assert answer.returncode != 0
    assert lost.split("/")[0].split(".")[0] in answer.stderr, answer.stderr
    gained = files(stopped.data_dir).keys() - before.keys()
    assert not gained, gained

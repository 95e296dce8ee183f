"""A full disk: errors that clients understand, nothing lost, and on it goes once there is room."""

import subprocess

import pytest
from botocore.exceptions import ClientError

from conftest import Server, document, kurodo, statement

ROOM = 24 << 20


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own; where the machine gives out none, the test is left to the crates' own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "none", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this user cannot mount a small file system")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder):
    """Takes all the room that is left."""
    with open(folder / "ballast", "wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"\0" * 65536)
        except OSError:
            pass
        try:
            while True:
                ballast.write(b"\0")
        except OSError:
            pass


def test_a_full_disk_is_told_and_outlived(small_disk):
    server = Server(small_disk / "data").start()
    iam = server.root().client("iam")
    policy = document(statement("Allow", "s3:GetObject", f"arn:aws:s3:::{'b' * 1500}/*"))
    try:
        written = [name for name in map("before-{}".format, range(10)) if put(iam, name, policy)]
        assert len(written) == 10
        fill(small_disk)
        refusals = []
        for number in range(40):
            name = f"full-{number}"
            try:
                put(iam, name, policy)
                written.append(name)
            except ClientError as error:
                refusals.append(error.response)
        assert refusals, "the disk was never full"
        for refusal in refusals:
            status, code = refusal["ResponseMetadata"]["HTTPStatusCode"], refusal["Error"]["Code"]
            assert (status, code) in {(503, "ServiceUnavailable"), (500, "InternalFailure")}, refusal
        assert server.process.poll() is None

        (small_disk / "ballast").unlink()
        recovered(iam, policy)
        for name in written:
            assert iam.get_user_policy(UserName=name, PolicyName="p"), name
    finally:
        assert server.stop() == 0
    check = kurodo("check", "--data-dir", server.data_dir)
    assert "DAMAGED" not in check.stdout


def put(iam, name, policy):
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy)
    return True


def recovered(iam, policy):
    """Soon after there is room again, writes are taken again."""
    import time

    for attempt in range(50):
        try:
            return put(iam, f"after-{attempt}", policy)
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500, error.response
            time.sleep(0.1)
    raise AssertionError("the server did not recover")

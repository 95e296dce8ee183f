"""`kurodo check`: one flipped bit in any file is found and named, and never returned as data."""

import random
import re
import shutil

import pytest
from botocore.exceptions import ClientError

from conftest import Server, document, kurodo, statement

USERS = 40
BUCKET = "checked-bucket"
# Where the file of records has its first checkpoint and its blocks.
CHECKPOINT, BLOCKS = 8 << 10, 264 << 10


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The data of a stopped server."""
    server = Server(tmp_path_factory.mktemp("whole") / "data").start()
    iam = server.root().client("iam")
    for number in range(USERS):
        iam.create_user(UserName=f"user-{number}")
        iam.put_user_policy(UserName=f"user-{number}", PolicyName="given", PolicyDocument=policy(number))
    write_objects(server.root().client("s3"))
    assert server.stop() == 0
    return server.data_dir


CONTENT = {"small": b"small content", "large": bytes(range(256)) * 2000}
SECRET_KEY = b"k" * 32


def write_objects(s3):
    s3.create_bucket(Bucket=BUCKET)
    for key, content in CONTENT.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=content)
    s3.put_object(
        Bucket=BUCKET, Key="own", Body=CONTENT["large"], SSECustomerAlgorithm="AES256", SSECustomerKey=SECRET_KEY
    )
    upload = {"Bucket": BUCKET, "Key": "parts"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    tag = s3.upload_part(**upload, PartNumber=1, Body=CONTENT["large"])["ETag"]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]})
    # All of them become older versions: of other objects, or under a delete marker.
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for key, content in CONTENT.items():
        s3.copy_object(Bucket=BUCKET, Key=f"older-{key}", CopySource=f"{BUCKET}/{key}")
        s3.put_object(Bucket=BUCKET, Key=f"older-{key}", Body=b"later")
    s3.copy_object(Bucket=BUCKET, Key="older-parts", CopySource=f"{BUCKET}/parts")
    s3.delete_object(Bucket=BUCKET, Key="older-parts")


def blob_files(data):
    return sorted(path for path in (data / "blobs").rglob("*") if path.is_file())


@pytest.fixture
def data(whole, tmp_path):
    """A copy of it, to damage."""
    return shutil.copytree(whole, tmp_path / "data")


def policy(number):
    return document(statement("Allow", "s3:GetObject", f"arn:aws:s3:::bucket-{number}/*"))


def check(data):
    return kurodo("check", "--data-dir", data, check=False)


def flip(path, at, bit=0):
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << bit
    path.write_bytes(content)


def blank(path, start):
    content = path.read_bytes()
    path.write_bytes(content[:start] + bytes(byte ^ 255 for byte in content[start:]))


def found(data, *names):
    """The check names one of these."""
    answer = check(data)
    assert answer.returncode == 1, answer
    damage = [line for line in answer.stdout.splitlines() if "DAMAGED" in line]
    assert any(name in line for line in damage for name in names), answer
    assert "panicked" not in answer.stderr
    return answer


def test_nothing_is_wrong_with_what_is_whole(data):
    answer = check(data)
    assert answer.returncode == 0, answer
    for part in ("records: whole", "keys: the root key opens", "whole and in order", "credentials: as in the records"):
        assert part in answer.stdout
    assert "DAMAGED" not in answer.stdout


def test_a_running_server_is_no_damage(own_server):
    answer = check(own_server.data_dir)
    assert answer.returncode == 1 and "DAMAGED" not in answer.stdout
    assert str(own_server.process.pid) in answer.stderr


KEY_FILES = {"root.key": ["root.key"], "seal.key": ["seal.key", "sealed by a key file"], "server.key": ["server.key"]}


@pytest.mark.parametrize("name", KEY_FILES)
@pytest.mark.parametrize("place", [0.0, 0.3, 0.6, 0.9])
def test_a_bit_of_a_key_file_is_named(data, name, place):
    path = data / name
    flip(path, int(place * path.stat().st_size))
    found(data, *KEY_FILES[name])


def test_a_bit_of_a_segment_of_the_trail_is_named(data):
    segments = [path for path in (data / "audit").iterdir() if path.suffix]
    for path in segments:
        size = path.stat().st_size
        for at in (0, 20, size // 2, size - 1):
            flip(path, at)
            answer = found(data, "audit trail")
            assert "records: whole" in answer.stdout
            flip(path, at)
    assert check(data).returncode == 0


def test_a_bit_of_the_anchor_is_told(data):
    """One of its two copies suffices; that the other is bad is told all the same."""
    anchor = data / "audit" / "anchor"
    for at in (30, 4096 + 30):
        flip(anchor, at)
        assert "anchor" in check(data).stdout
        flip(anchor, at)
    flip(anchor, 30)
    flip(anchor, 4096 + 30)
    found(data, "audit trail")


def test_a_bit_anywhere_in_the_records_is_named(data):
    path = data / "records" / "records.kdb"
    content = path.read_bytes()
    # The marks, the checkpoints, and any of the blocks.
    places = [0, 40, 4096 + 30, CHECKPOINT, CHECKPOINT + 2000, CHECKPOINT * 17 + 9]
    places += random.Random(7).sample(range(BLOCKS, len(content)), 24) + [len(content) - 1]
    unseen = []
    for at in places:
        flip(path, at)
        answer = check(data)
        told = [line for line in answer.stdout.splitlines() if line.startswith("records")]
        damaged = any("DAMAGED" in line for line in told)
        assert answer.returncode == int(damaged), (at, answer)
        if not damaged and not any("not open" in line for line in told):
            unseen.append(at)
        path.write_bytes(content)
    # Opening writes some blocks of free space, and so mends them before they are looked at.
    assert len(unseen) <= 4 and all(at >= BLOCKS for at in unseen), unseen


def test_a_bit_of_what_only_the_journal_holds_is_named(own_server):
    iam = own_server.root().client("iam")
    for number in range(20):
        iam.create_user(UserName=f"user-{number}")
    own_server.kill()
    path = own_server.data_dir / "records" / "records.kdj"
    content = path.read_bytes()
    # Entries begin at every 4096th byte, and each of these is short.
    for entry in range(0, len(content) - 4096, 4096):
        for at in (0, 30, 90):
            flip(path, entry + at)
            found(own_server.data_dir, "records.kdj")
            path.write_bytes(content)
    flip(path, len(content) // 4096 * 4096 + 90)
    torn = check(own_server.data_dir)
    assert torn.returncode == 0 and "newest entry of the journal" in torn.stdout, torn
    path.write_bytes(content)
    own_server.start()
    assert len(own_server.root().client("iam").list_users()["Users"]) == 20
    assert own_server.stop() == 0
    answer = check(own_server.data_dir)
    assert answer.returncode == 0 and "not open" not in answer.stdout, answer


def test_a_bit_of_a_blob_is_named_with_its_object(data):
    whole = check(data).stdout
    assert "8 contents are whole, 1 lie under keys of customers or of KMS" in whole, whole
    named = []
    for path in blob_files(data):
        for at in (0, 100_000, path.stat().st_size - 1):
            flip(path, at)
            answer = check(data)
            named += [line for line in answer.stdout.splitlines() if "DAMAGED" in line]
            assert answer.returncode == int("DAMAGED" in answer.stdout)
            flip(path, at)
    # Each of three places; the customer's own content only the customer can verify.
    for key in ("large", "parts", "older-large", "older-parts"):
        assert sum(f'object "{key}" of bucket {BUCKET}' in line for line in named) == 3, named
    assert len(named) == 12


def test_missing_and_cut_blobs_are_named(data):
    for path in blob_files(data):
        content = path.read_bytes()
        path.write_bytes(content[:-20])
        cut = check(data)
        path.unlink()
        gone = check(data)
        path.write_bytes(content)
        assert cut.returncode == gone.returncode
        assert ("shorter" in cut.stdout) == ("is missing" in gone.stdout) == (cut.returncode == 1)
    shutil.rmtree(data / "blobs")
    found(data, "blobs")
    assert not (data / "blobs").exists()


def test_a_flipped_blob_is_never_returned(data):
    for path in blob_files(data):
        flip(path, 200_000)
    server = Server(data).start()
    s3 = server.root().client("s3")
    own = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": SECRET_KEY}
    for key, more in (("large", {}), ("parts", {}), ("own", own)):
        with pytest.raises(Exception) as error:
            s3.get_object(Bucket=BUCKET, Key=key, **more)["Body"].read()
        assert "IncompleteRead" in str(error) or "InternalError" in str(error) or "broken" in str(error), error
        start = s3.get_object(Bucket=BUCKET, Key=key, Range="bytes=0-65535", **more)["Body"].read()
        assert start == CONTENT["large"][:65536], "what is not damaged is still there"
    assert s3.get_object(Bucket=BUCKET, Key="small")["Body"].read() == CONTENT["small"]
    server.kill()


def test_what_was_handed_out_is_compared(data):
    credentials = data / "credentials"
    text = credentials.read_text()
    last = re.search(r"secret_access_key = (\S+)", text).group(1)[-1]
    credentials.write_text(text.rstrip()[:-1] + ("A" if last != "A" else "B") + "\n")
    found(data, "credentials")
    credentials.write_text(text)
    flip(data / "ca.pem", 200)
    found(data, "ca.pem")


LOST = ["records/records.kdb", "records/records.kdj", "audit/anchor", "server.key", "root.key", "seal.key"]


@pytest.mark.parametrize("lost", LOST)
def test_what_is_missing_is_named(data, lost):
    (data / lost).unlink()
    found(data, lost.split("/")[0], lost.split("/")[-1])
    assert not (data / lost).exists(), "a check makes nothing"


def test_damage_in_two_places_is_told_at_once(data):
    blank(data / "records" / "records.kdb", BLOCKS)
    segment = next(path for path in (data / "audit").iterdir() if path.suffix)
    flip(segment, segment.stat().st_size // 2)
    answer = found(data, "records")
    assert "audit trail: DAMAGED" in answer.stdout and "things are damaged" in answer.stderr


def test_flipped_data_is_never_returned(data, tmp_path):
    path = data / "records" / "records.kdb"
    whole = path.read_bytes()
    chance = random.Random(11)
    wrong = served = 0
    for _ in range(6):
        content = bytearray(whole)
        for _ in range(40):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        start = Server(data)
        try:
            start.start()
        except Exception:
            start.process.wait(timeout=60)
            wrong += 1
            continue
        served += read_all(start)
        start.kill()
    assert wrong + served == 6


def read_all(server):
    """Every answer is an error, or as it was written."""
    iam = server.root().client("iam")
    for number in range(USERS):
        try:
            answer = iam.get_user_policy(UserName=f"user-{number}", PolicyName="given")
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500 or (
                error.response["Error"]["Code"] == "InvalidClientTokenId"
            ), error.response
        else:
            wanted = policy(number)
            import json

            assert answer["PolicyDocument"] == json.loads(wanted)
    return 1

"""`aws s3`: the commands that users type."""

import os
import subprocess
import time
import urllib.request
import ssl
import uuid

import pytest


@pytest.fixture
def aws(root):
    def aws(*arguments, check=True, text=True):
        # In the oldest region the command still presigns with Signature Version 2, which is refused.
        command = ["aws", "--region", "eu-central-1", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=text, env=root.env(), check=check, timeout=300)

    return aws


@pytest.fixture
def name():
    return f"b-{uuid.uuid4().hex[:16]}"


def test_a_bucket_from_making_to_removing(aws, name, tmp_path, server):
    local = tmp_path / "file"
    local.write_bytes(os.urandom(100_000))
    assert "make_bucket" in aws("s3", "mb", f"s3://{name}").stdout
    aws("s3", "cp", local, f"s3://{name}/folder/file")
    assert name in aws("s3", "ls").stdout
    assert "PRE folder/" in aws("s3", "ls", f"s3://{name}/").stdout
    assert "100000 folder/file" in aws("s3", "ls", f"s3://{name}", "--recursive").stdout
    aws("s3", "cp", f"s3://{name}/folder/file", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == local.read_bytes()
    aws("s3", "mv", f"s3://{name}/folder/file", f"s3://{name}/moved")
    url = aws("s3", "presign", f"s3://{name}/moved").stdout.strip()
    trusted = ssl.create_default_context(cafile=server.ca)
    assert urllib.request.urlopen(url, context=trusted).read() == local.read_bytes()
    refused = aws("s3", "rb", f"s3://{name}", check=False)
    assert refused.returncode != 0 and "BucketNotEmpty" in refused.stderr
    aws("s3", "rb", f"s3://{name}", "--force")
    assert name not in aws("s3", "ls").stdout


def test_a_large_file_goes_in_parts(aws, name, tmp_path):
    local = tmp_path / "large"
    local.write_bytes(os.urandom(20 << 20))
    aws("s3", "mb", f"s3://{name}")
    aws("s3", "cp", local, f"s3://{name}/large")
    aws("s3", "cp", f"s3://{name}/large", f"s3://{name}/copy")
    aws("s3", "cp", f"s3://{name}/copy", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == local.read_bytes()
    aws("s3", "rb", f"s3://{name}", "--force")


def test_folders_are_synchronised(aws, name, tmp_path):
    here, back = tmp_path / "here", tmp_path / "back"
    for number in range(20):
        file = here / f"d{number % 3}" / f"f{number}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(1000 * number))
        # What is of the same second as its copy counts as newer.
        os.utime(file, (time.time() - 60,) * 2)
    aws("s3", "mb", f"s3://{name}")
    assert aws("s3", "sync", here, f"s3://{name}/tree").stdout.count("upload:") == 20
    assert aws("s3", "sync", here, f"s3://{name}/tree").stdout == ""
    (here / "d0" / "f0").unlink()
    assert "delete:" in aws("s3", "sync", here, f"s3://{name}/tree", "--delete").stdout
    aws("s3", "sync", f"s3://{name}/tree", back)
    files = lambda folder: {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert files(here) == files(back)
    aws("s3", "rb", f"s3://{name}", "--force")

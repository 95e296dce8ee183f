"""Clients of other makers against the built binary, over TLS: each writes and reads what it is made for.

    KURODO_BIN=target/debug/kurodo python tests/conformance/s3_clients.py

They are too large for tests/requirements.txt: `pip install minio duckdb pyarrow s3fs` beside that. docs/conformance/s3.md
says what comes of it.
"""

import io
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import unquote

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from conftest import Server  # noqa: E402

BUCKET = "clients"
OBJECTS = 60_000


def by_minio(server, root):
    """minio-py: what its own functional tests go through, in short."""
    import minio
    from minio.commonconfig import ENABLED, CopySource, Filter, Tags
    from minio.deleteobjects import DeleteObject
    from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule
    from minio.versioningconfig import VersioningConfig

    keys = {"access_key": root.access_key_id, "secret_key": root.secret, "region": "us-east-1"}
    client = minio.Minio(f"localhost:{server.port}", **keys)
    client.make_bucket(bucket_name="minio")
    assert client.bucket_exists(bucket_name="minio")
    assert "minio" in [bucket.name for bucket in client.list_buckets()]
    where = {"bucket_name": "minio", "object_name": "a b/ü"}
    client.put_object(**where, data=io.BytesIO(b"small"), length=5, metadata={"Team": "a"})
    assert client.get_object(**where).read() == b"small"
    assert client.get_object(**where, offset=1, length=3).read() == b"mal"
    assert client.stat_object(**where).metadata["x-amz-meta-team"] == "a"
    large = os.urandom(12 << 20)
    large_one = {"bucket_name": "minio", "object_name": "large"}
    client.put_object(**large_one, data=io.BytesIO(large), length=-1, part_size=5 << 20)
    assert client.get_object(**large_one).read() == large
    client.copy_object(bucket_name="minio", object_name="copy", source=CopySource(bucket_name="minio", object_name="a b/ü"))
    tags = Tags.new_object_tags()
    tags["k"] = "v"
    client.set_object_tags(**where, tags=tags)
    assert client.get_object_tags(**where)["k"] == "v"
    found = [item.object_name for item in client.list_objects(bucket_name="minio", recursive=True)]
    assert found == ["a b/ü", "copy", "large"]
    client.set_bucket_versioning(bucket_name="minio", config=VersioningConfig(ENABLED))
    rule = Rule(status=ENABLED, rule_id="r", rule_filter=Filter(prefix="old/"), expiration=Expiration(days=3))
    client.set_bucket_lifecycle(bucket_name="minio", config=LifecycleConfig([rule]))
    assert client.get_bucket_lifecycle(bucket_name="minio").rules[0].rule_id == "r"
    until = datetime.now(timezone.utc) + timedelta(hours=1)
    assert client.presigned_get_object(**where, expires=timedelta(hours=1), request_date=until)
    doomed = [DeleteObject(item.object_name) for item in client.list_objects(bucket_name="minio", recursive=True)]
    assert list(client.remove_objects(bucket_name="minio", delete_object_list=doomed)) == []


def by_pyarrow(server, root):
    """Apache Arrow: writes a Parquet data set of several files and reads a part of it."""
    import pyarrow
    import pyarrow.dataset
    import pyarrow.fs

    s3 = pyarrow.fs.S3FileSystem(
        access_key=root.access_key_id,
        secret_key=root.secret,
        endpoint_override=f"localhost:{server.port}",
        region="us-east-1",
        tls_ca_file_path=str(server.ca),
    )
    table = pyarrow.table({"id": range(100_000), "group": [i % 7 for i in range(100_000)]})
    partitioning = pyarrow.dataset.partitioning(pyarrow.schema([("group", pyarrow.int64())]), flavor="hive")
    pyarrow.dataset.write_dataset(
        table, f"{BUCKET}/arrow", format="parquet", filesystem=s3, partitioning=partitioning
    )
    found = pyarrow.dataset.dataset(f"{BUCKET}/arrow", filesystem=s3, partitioning=partitioning)
    assert found.count_rows(filter=pyarrow.dataset.field("group") == 3) == sum(i % 7 == 3 for i in range(100_000))


def by_duckdb(server, root):
    """DuckDB, through fsspec: reads what Arrow wrote, and writes a file."""
    import duckdb
    import s3fs

    files = s3fs.S3FileSystem(
        key=root.access_key_id,
        secret=root.secret,
        endpoint_url=server.endpoint,
        client_kwargs={"verify": str(server.ca), "region_name": "us-east-1"},
    )
    found = duckdb.connect()
    found.register_filesystem(files)
    query = f"select count(*), sum(id) from read_parquet('s3://{BUCKET}/arrow/*/*.parquet', hive_partitioning = true)"
    assert found.sql(query).fetchall() == [(100_000, sum(range(100_000)))]
    found.sql(f"copy (select 42 as answer) to 's3://{BUCKET}/answer.parquet' (format parquet)")
    assert found.sql(f"select answer from 's3://{BUCKET}/answer.parquet'").fetchall() == [(42,)]


def by_s3fs(server, root):
    """s3fs: a tree there and back, moved and removed."""
    import s3fs

    files = s3fs.S3FileSystem(
        key=root.access_key_id,
        secret=root.secret,
        endpoint_url=server.endpoint,
        client_kwargs={"verify": str(server.ca), "region_name": "us-east-1"},
    )
    with tempfile.TemporaryDirectory() as folder:
        for number in range(50):
            path = Path(folder, "tree", str(number % 5), f"{number}.txt")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(str(number))
        files.put(f"{folder}/tree", f"{BUCKET}/", recursive=True)
        assert len(files.find(f"{BUCKET}/tree")) == 50
        files.mv(f"{BUCKET}/tree/0/0.txt", f"{BUCKET}/tree/moved.txt")
        files.get(f"{BUCKET}/tree", f"{folder}/back", recursive=True)
        assert Path(folder, "back", "moved.txt").read_text() == "0"
    with files.open(f"{BUCKET}/parts", "wb", block_size=5 << 20) as file:
        file.write(b"x" * (11 << 20))
    assert files.info(f"{BUCKET}/parts")["size"] == 11 << 20
    files.rm(f"{BUCKET}/tree", recursive=True)
    assert not files.exists(f"{BUCKET}/tree")


def by_readers_of_inventory(server, root):
    """PyArrow and DuckDB: what an inventory list in Parquet says, of more versions than a group of rows has."""
    import duckdb
    import pyarrow.parquet
    import test_s3_inventory as lists
    from conftest import document

    s3 = root.client("s3", max_pool_connections=32)
    source, target = lists.new(s3), lists.new(s3)
    s3.put_bucket_versioning(Bucket=source, VersioningConfiguration={"Status": "Enabled"})
    names = [f"{number:05} ü" for number in range(OBJECTS)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda name: s3.put_object(Bucket=source, Key=name, Body=name.encode()), names))
    s3.delete_object(Bucket=source, Key=names[0])
    s3.put_bucket_policy(Bucket=target, Policy=document(lists.delivers(target, source, root.account)))
    wanted = lists.inventory(target, OptionalFields=lists.FIELDS, destination={"Format": "Parquet"})
    lists.put(s3, source, wanted)
    lists.until(lambda: any(key.endswith("manifest.checksum") for key in lists.keys(s3, target)))
    file = next(key for key in lists.keys(s3, target) if key.endswith(".parquet"))
    content = s3.get_object(Bucket=target, Key=file)["Body"].read()
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    assert table.num_rows == OBJECTS + 1
    first, second, last = (table.slice(at, 1).to_pylist()[0] for at in (0, 1, OBJECTS))
    assert (first["is_delete_marker"], first["is_latest"], first["size"], first["e_tag"]) == (True, True, None, None)
    assert (second["is_delete_marker"], second["is_latest"], second["size"]) == (False, False, 8)
    assert unquote(last["key"]) == names[-1] and last["is_multipart_uploaded"] is False
    assert abs(last["last_modified_date"].replace(tzinfo=timezone.utc) - datetime.now(timezone.utc)) < timedelta(hours=1)
    with tempfile.NamedTemporaryFile(suffix=".parquet") as named:
        named.write(content)
        named.flush()
        query = f"select count(*), sum(size), count(distinct key), max(encryption_status) from '{named.name}'"
        assert duckdb.sql(query).fetchall() == [(OBJECTS + 1, 8 * OBJECTS, OBJECTS, "SSE-S3")]


def run(folder):
    server = Server(folder / "data").start()
    try:
        os.environ["SSL_CERT_FILE"] = os.environ["AWS_CA_BUNDLE"] = str(server.ca)
        root = server.root()
        root.client("s3").create_bucket(Bucket=BUCKET)
        for client in (by_minio, by_pyarrow, by_duckdb, by_s3fs, by_readers_of_inventory):
            client(server, root)
            print(f"{client.__name__.removeprefix('by_'):8} passed")
    finally:
        server.kill()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        run(Path(temporary))

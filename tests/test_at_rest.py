"""Nothing that was written lies in the data directory in the clear, in any usual encoding."""

import base64
import json
import urllib.parse
import uuid

from conftest import Principal, document, kurodo, refused, statement

# What clients are handed, for the account's owner alone.
HANDED_OUT = {"credentials", "ca.pem", "endpoint"}


def encodings(text):
    """How a text may lie on a disk."""
    raw = text.encode()
    yield from (raw, raw.hex().encode(), raw.hex().upper().encode())
    yield from (text.encode("utf-16-le"), text.encode("utf-16-be"), text.encode("utf-32-le"))
    yield from (raw[::-1], json.dumps(text)[1:-1].encode(), urllib.parse.quote(text, safe="").encode())
    for shift in range(3):
        # What base64 makes of it at any offset, without the characters that its neighbours touch.
        encoded = base64.b64encode(b"\0" * shift + raw)
        middle = encoded[4 if shift else 0 : len(encoded) // 4 * 4 - 4]
        yield middle
        yield middle.replace(b"+", b"-").replace(b"/", b"_")


def search(folder, texts):
    """Where any of the texts lies."""
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in HANDED_OUT:
            content = path.read_bytes()
            for text in texts:
                for needle in encodings(text):
                    if len(needle) >= 6 and needle in content:
                        yield path.name, text


def test_the_search_itself_finds_what_there_is(tmp_path):
    text = "unmistakable-7f3a"
    for number, form in enumerate(encodings(text)):
        file = tmp_path / "data"
        file.write_bytes(b"x" * (number + 5) + form + b"y")
        assert list(search(tmp_path, [text])), number
    for shift in range(3):
        file.write_bytes(base64.b64encode(b"a" * shift + text.encode() + b"tail"))
        assert list(search(tmp_path, [text])), shift


def test_nothing_is_on_the_disk_in_the_clear(own_server):
    root = own_server.root()
    texts = identities(own_server, root) + objects(root)
    assert not list(search(own_server.data_dir, texts)), "while the server runs"
    assert own_server.stop() == 0
    assert not list(search(own_server.data_dir, texts))
    kurodo("keys", "rotate", "--accounts", "--data-dir", own_server.data_dir)
    assert not list(search(own_server.data_dir, texts))


def unique(word):
    return f"{word}-{uuid.uuid4().hex}"


def identities(server, root):
    """Users, policies, keys, passwords, sessions and denials; gives every text that was written."""
    iam = root.client("iam")
    user, group, role, name, sid = (unique(word) for word in ("user", "group", "role", "policy", "sid"))
    bucket, password = unique("arn-bucket"), f"Pw1!{uuid.uuid4().hex}"
    written = document(statement("Deny", "iam:ListUsers", Sid=sid.replace("-", "")), statement("Allow", "*", f"arn:aws:s3:::{bucket}/*"))
    iam.create_user(UserName=user, Tags=[{"Key": "team", "Value": f"{user}-tag"}])
    iam.create_group(GroupName=group)
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": root.account}, "Action": "sts:AssumeRole"}]}
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust), Description=f"{role}-described")
    iam.put_user_policy(UserName=user, PolicyName=name, PolicyDocument=written)
    iam.create_login_profile(UserName=user, Password=password)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    principal = Principal(server, key["AccessKeyId"], key["SecretAccessKey"])
    refused(lambda: principal.client("iam").list_users(), "AccessDenied", 403)
    arn = f"arn:aws:iam::{root.account}:role/{role}"
    assume = root.user(policy=[statement("Allow", "sts:AssumeRole", arn)]).client("sts").assume_role
    session = assume(RoleArn=arn, RoleSessionName=unique("session")[:64])
    found = session["Credentials"]
    return [
        user, group, role, name, sid.replace("-", ""), bucket, password, written, f"{user}-tag", f"{role}-described",
        key["AccessKeyId"], key["SecretAccessKey"], root.access_key_id, root.secret,
        found["AccessKeyId"], found["SecretAccessKey"], session["AssumedRoleUser"]["Arn"],
        "PRIVATE KEY-----", "sts:AssumeRole", "iam:ListUsers",
    ]  # fmt: skip


def objects(root):
    """Buckets and objects, once they are served; gives every text that was written."""
    s3 = root.client("s3")
    bucket, key, content = unique("bucket"), unique("key"), unique("content")
    try:
        s3.create_bucket(Bucket=bucket)
    except Exception as error:
        assert "UnknownService" in str(error), error
        return []
    s3.put_object(Bucket=bucket, Key=key, Body=content, Metadata={"note": f"{key}-meta"}, ContentType="text/plain")
    large = unique("large")
    s3.put_object(Bucket=bucket, Key=f"{key}-large", Body=large * 20_000)
    upload = s3.create_multipart_upload(Bucket=bucket, Key=f"{key}-parts")["UploadId"]
    parts = [unique("first") * 200_000, unique("second")]
    tags = [
        s3.upload_part(Bucket=bucket, Key=f"{key}-parts", UploadId=upload, PartNumber=number, Body=part)["ETag"]
        for number, part in enumerate(parts, 1)
    ]
    told = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
    s3.complete_multipart_upload(Bucket=bucket, Key=f"{key}-parts", UploadId=upload, MultipartUpload={"Parts": told})
    return [bucket, key, content, f"{key}-meta", large, parts[0][:38], parts[1]]

"""Objects under keys of KMS: nobody reads them whom the key does not let, and what is on the disk opens by KMS alone."""

import base64
import hashlib
import json
import os
import ssl
import urllib.request

import pytest
import test_s3_inventory as lists
import test_s3_logging as access_logs
import test_s3_replication as copies
from conftest import allow, document, fresh, kurodo, refused, statement
from test_at_rest import search
from test_post_forms import client as form_client
from test_post_forms import post

USE = ["kms:GenerateDataKey", "kms:Decrypt"]
SIZES = [0, 5, 16 * 1024, 16 * 1024 + 1, 200_000]
KMS = "aws:kms"
DUAL = "aws:kms:dsse"
MIB = 1 << 20


@pytest.fixture(scope="module")
def kms(root):
    return root.client("kms")


@pytest.fixture
def s3(root):
    return root.client("s3")


@pytest.fixture
def key(kms):
    """The ARN of a new key whose policy leaves everything to the account."""
    return new_key(kms)


def new_key(kms, *statements):
    """The ARN of a new key. Its policy lets the account do everything, and says what else is given."""
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    if statements:
        put_policy(kms, arn, *statements)
    return arn


def put_policy(kms, arn, *statements):
    account = arn.split(":")[4]
    own = statement("Allow", "kms:*", Principal={"AWS": f"arn:aws:iam::{account}:root"})
    kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=document(own, *statements))


def put(client, bucket, key=None, name="thing", body=b"content", **more):
    if key:
        more["SSEKMSKeyId"] = key
    return client.put_object(Bucket=bucket, Key=name, Body=body, **{"ServerSideEncryption": KMS, **more})


def read(client, bucket, name="thing", **more):
    return client.get_object(Bucket=bucket, Key=name, **more)["Body"].read()


def encoded(context):
    return base64.b64encode(json.dumps(context).encode()).decode()


def shown(answer):
    return answer["ServerSideEncryption"], answer["SSEKMSKeyId"], answer.get("BucketKeyEnabled", False)


def text(answer):
    return answer["Error"]["Message"]


def can(root, *more):
    """A user who may do everything with S3, and what else is given."""
    return root.user(policy=[statement("Allow", "s3:*"), *more])


def denied(call, action, arn):
    answer = refused(call, "AccessDenied", 403)
    assert action in text(answer) and arn in text(answer), text(answer)


# Round trips.


@pytest.mark.parametrize("algorithm", [KMS, DUAL])
@pytest.mark.parametrize("size", SIZES)
def test_what_was_put_is_read(s3, bucket, key, algorithm, size):
    body = os.urandom(size)
    answer = put(s3, bucket, key, body=body, ServerSideEncryption=algorithm)
    assert shown(answer) == (algorithm, key, False)
    assert answer["ETag"].strip('"') != hashlib.md5(body).hexdigest()
    got = s3.get_object(Bucket=bucket, Key="thing")
    assert got["Body"].read() == body and shown(got) == (algorithm, key, False) and got["ETag"] == answer["ETag"]
    assert shown(s3.head_object(Bucket=bucket, Key="thing")) == (algorithm, key, False)
    for start, end in ((0, 0), (1, 17), (65_530, 65_550), (size // 2, size // 2 + 33)):
        if end < size:
            assert read(s3, bucket, Range=f"bytes={start}-{end}") == body[start : end + 1]


def test_a_key_has_several_names(s3, kms, bucket, key):
    alias = f"alias/{fresh('s3')}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    by_arn = f"{key.rsplit(':', 1)[0]}:{alias}"
    for name in (key, key.rsplit("/", 1)[1], alias, by_arn):
        assert put(s3, bucket, name)["SSEKMSKeyId"] == key
        assert read(s3, bucket) == b"content"


def test_without_a_name_it_is_the_accounts_own_key_for_s3(s3, kms, bucket):
    own = put(s3, bucket)["SSEKMSKeyId"]
    assert read(s3, bucket) == b"content"
    assert put(s3, bucket, "alias/aws/s3")["SSEKMSKeyId"] == own
    assert kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["Arn"] == own


def test_each_version_has_its_own_key(s3, kms, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    keys = [new_key(kms) for _ in range(2)]
    versions = [put(s3, bucket, key, body=key.encode())["VersionId"] for key in keys]
    kms.disable_key(KeyId=keys[0])
    assert read(s3, bucket) == keys[1].encode()
    refused(lambda: read(s3, bucket, VersionId=versions[0]), "KMS.DisabledException", 400)
    for version in versions:
        s3.delete_object(Bucket=bucket, Key="thing", VersionId=version)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


# Who may.


def test_s3_alone_lets_nobody_use_a_key(root, s3, bucket, key):
    user, putter = can(root).client("s3"), can(root, statement("Allow", "kms:GenerateDataKey", key)).client("s3")
    reader = can(root, statement("Allow", "kms:Decrypt", key)).client("s3")
    denied(lambda: put(user, bucket, key), "kms:GenerateDataKey", key)
    refused(lambda: s3.head_object(Bucket=bucket, Key="thing"), "404")
    put(putter, bucket, key)
    denied(lambda: read(putter, bucket), "kms:Decrypt", key)
    denied(lambda: read(user, bucket), "kms:Decrypt", key)
    denied(lambda: put(reader, bucket, key), "kms:GenerateDataKey", key)
    assert read(reader, bucket) == b"content"
    # What is said of an object needs no key.
    assert user.head_object(Bucket=bucket, Key="thing")["SSEKMSKeyId"] == key
    assert user.get_object_attributes(Bucket=bucket, Key="thing", ObjectAttributes=["ObjectSize"])["ObjectSize"] == 7
    assert user.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    refused(lambda: user.get_object(Bucket=bucket, Key="thing", IfNoneMatch="*"), "304")
    user.delete_object(Bucket=bucket, Key="thing")


def test_an_empty_object_needs_the_key_as_well(root, s3, bucket, key):
    put(s3, bucket, key, body=b"")
    denied(lambda: read(can(root).client("s3"), bucket), "kms:Decrypt", key)


def test_the_key_policy_denies(root, s3, kms, bucket, key):
    user = can(root, statement("Allow", "kms:*"))
    client = user.client("s3")
    put(client, bucket, key)
    assert read(client, bucket) == b"content"
    arn = user.client("sts").get_caller_identity()["Arn"]
    put_policy(kms, key, statement("Deny", "kms:Decrypt", Principal={"AWS": arn}))
    denied(lambda: read(client, bucket), "kms:Decrypt", key)
    put(client, bucket, key, body=b"newer")
    assert read(s3, bucket) == b"newer"
    put_policy(kms, key)
    assert read(client, bucket) == b"newer"


def test_checksums_are_told_to_those_who_may_decrypt(root, s3, key, bucket):
    """A checksum of few possible contents is as good as the content."""
    put(s3, bucket, key, ChecksumAlgorithm="SHA256")
    upload = s3.create_multipart_upload(
        Bucket=bucket, Key="parts", ServerSideEncryption=KMS, SSEKMSKeyId=key, ChecksumAlgorithm="SHA256"
    )["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"x", ChecksumAlgorithm="SHA256")
    done = {"PartNumber": 1, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]}
    s3.complete_multipart_upload(Bucket=bucket, Key="parts", UploadId=upload, MultipartUpload={"Parts": [done]})
    reader = root.user(policy=[statement("Allow", "s3:*")]).client("s3")
    thing = {"Bucket": bucket, "Key": "thing"}
    assert reader.head_object(**thing)["ContentLength"] == 7
    assert "Checksum" not in reader.get_object_attributes(**thing, ObjectAttributes=["ETag", "ObjectSize"])
    refused(lambda: reader.head_object(**thing, ChecksumMode="ENABLED"), "403", 403)
    refused(lambda: reader.get_object_attributes(**thing, ObjectAttributes=["Checksum"]), "AccessDenied", 403)
    parts = {"Bucket": bucket, "Key": "parts", "ObjectAttributes": ["ObjectParts"]}
    refused(lambda: reader.get_object_attributes(**parts), "AccessDenied", 403)
    assert s3.head_object(**thing, ChecksumMode="ENABLED")["ChecksumSHA256"]
    assert s3.get_object_attributes(**parts)["ObjectParts"]["Parts"]


def test_a_key_that_is_off_opens_nothing(s3, kms, bucket, key):
    put(s3, bucket, key)
    kms.disable_key(KeyId=key)
    for call in (lambda: read(s3, bucket), lambda: put(s3, bucket, key)):
        assert key in text(refused(call, "KMS.DisabledException", 400))
    kms.enable_key(KeyId=key)
    assert read(s3, bucket) == b"content"
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    for call in (lambda: read(s3, bucket), lambda: put(s3, bucket, key)):
        assert key in text(refused(call, "KMS.KMSInvalidStateException", 400))


def test_a_key_that_is_not_there_is_told(s3, bucket, account):
    for name in ("00000000-0000-4000-8000-000000000000", "alias/nothing-of-this-name"):
        refused(lambda: put(s3, bucket, name), "KMS.NotFoundException", 400)
    elsewhere = f"arn:aws:kms:eu-west-1:{account}:key/00000000-0000-4000-8000-000000000000"
    refused(lambda: put(s3, bucket, elsewhere), "KMS.NotFoundException", 400)
    refused(lambda: s3.head_object(Bucket=bucket, Key="thing"), "404")


def test_nobody_in_particular_has_no_key(s3, bucket, key, anonymous):
    s3.delete_public_access_block(Bucket=bucket)
    everyone = statement("Allow", ["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{bucket}/*", Principal="*")
    s3.put_bucket_policy(Bucket=bucket, Policy=document(everyone))
    put(s3, bucket, key)
    stranger = anonymous("s3")
    message = "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4."
    for call in (lambda: read(stranger, bucket), lambda: put(stranger, bucket, key)):
        refused(call, "InvalidArgument", 400, message)


def test_another_account_needs_both_accounts(root, other, s3, kms, bucket, key):
    visitor = other.user(policy=[statement("Allow", "s3:*")])
    client = visitor.client("s3")
    let = statement("Allow", ["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{bucket}/*", Principal={"AWS": other.account})
    s3.put_bucket_policy(Bucket=bucket, Policy=document(let))
    put(s3, bucket, key)
    refused(lambda: read(client, bucket), "AccessDenied", 403)
    put_policy(kms, key, statement("Allow", USE, Principal={"AWS": other.account}))
    refused(lambda: read(client, bucket), "AccessDenied", 403)
    allow(other.client("iam"), visitor.name, [statement("Allow", USE, key)], "keys")
    assert read(client, bucket) == b"content"
    assert put(client, bucket, key, body=b"theirs")["SSEKMSKeyId"] == key
    assert read(s3, bucket) == b"theirs"
    # By its id alone it is a key of the account that asks.
    refused(lambda: put(client, bucket, key.rsplit("/", 1)[1]), "KMS.NotFoundException", 400)


# What KMS gets to see.


def test_the_encryption_context_names_the_object(root, s3, bucket, key):
    arn = f"arn:aws:s3:::{bucket}/mine/*"
    condition = {"StringLike": {"kms:EncryptionContext:aws:s3:arn": arn}}
    user = can(root, statement("Allow", USE, key, Condition=condition)).client("s3")
    put(user, bucket, key, "mine/a")
    assert read(user, bucket, "mine/a") == b"content"
    denied(lambda: put(user, bucket, key, "theirs/a"), "kms:GenerateDataKey", key)
    put(s3, bucket, key, "theirs/a")
    denied(lambda: read(user, bucket, "theirs/a"), "kms:Decrypt", key)


def test_a_context_of_the_clients_own_goes_along(root, s3, bucket, key):
    condition = {"StringEquals": {"kms:EncryptionContext:team": "red"}}
    user = can(root, statement("Allow", USE, key, Condition=condition)).client("s3")
    answer = put(user, bucket, key, SSEKMSEncryptionContext=encoded({"team": "red"}))
    assert json.loads(base64.b64decode(answer["SSEKMSEncryptionContext"])) == {"team": "red"}
    assert read(user, bucket) == b"content"
    put(s3, bucket, key, SSEKMSEncryptionContext=encoded({"team": "blue"}))
    denied(lambda: read(user, bucket), "kms:Decrypt", key)
    put(s3, bucket, key)
    denied(lambda: read(user, bucket), "kms:Decrypt", key)
    for wrong in ("%", encoded(["a"]), encoded({"a": 1}), base64.b64encode(b"{").decode()):
        answer = refused(lambda: put(s3, bucket, key, SSEKMSEncryptionContext=wrong), "InvalidArgument", 400)
        assert answer["Error"]["ArgumentName"] == "x-amz-server-side-encryption-context"


def test_a_key_can_be_for_s3_alone(root, s3, kms, bucket):
    user = can(root)
    arn = user.client("sts").get_caller_identity()["Arn"]
    via = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    key = new_key(kms, statement("Allow", USE, Principal={"AWS": arn}, Condition=via))
    client, direct = user.client("s3"), user.client("kms")
    put(client, bucket, key)
    assert read(client, bucket) == b"content"
    refused(lambda: direct.generate_data_key(KeyId=key, KeySpec="AES_256"), "AccessDeniedException", 400)


# Defaults and bucket keys.


def default(algorithm, key=None, **more):
    by = {"SSEAlgorithm": algorithm, **({"KMSMasterKeyID": key} if key else {})}
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": by, **more}]}


def test_a_bucket_has_a_default(s3, kms, bucket, key):
    rules = lambda: s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    for rule in (default(KMS, key, BucketKeyEnabled=True), default(KMS, BucketKeyEnabled=False),
                 default(DUAL, key, BucketKeyEnabled=False)):
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rule)
        assert rules() == rule["Rules"]
        answer = s3.put_object(Bucket=bucket, Key="thing", Body=b"content")
        by = rule["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        assert answer["ServerSideEncryption"] == by["SSEAlgorithm"]
        assert answer.get("BucketKeyEnabled", False) == rule["Rules"][0]["BucketKeyEnabled"]
        assert answer["SSEKMSKeyId"] == by.get("KMSMasterKeyID", answer["SSEKMSKeyId"])
        assert read(s3, bucket) == b"content"
    # A request that names an encryption gets that.
    own = s3.put_object(Bucket=bucket, Key="thing", Body=b"x", ServerSideEncryption="AES256")
    assert own["ServerSideEncryption"] == "AES256" and "SSEKMSKeyId" not in own
    both = default(DUAL, key, BucketKeyEnabled=True)
    refused(lambda: s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=both), "InvalidArgument", 400)
    s3.delete_bucket_encryption(Bucket=bucket)
    assert s3.put_object(Bucket=bucket, Key="thing", Body=b"x")["ServerSideEncryption"] == "AES256"


def test_with_a_bucket_key_the_context_names_the_bucket(root, s3, bucket, key):
    condition = {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}"}}
    user = can(root, statement("Allow", USE, key, Condition=condition)).client("s3")
    assert shown(put(user, bucket, key, BucketKeyEnabled=True)) == (KMS, key, True)
    got = user.get_object(Bucket=bucket, Key="thing")
    assert got["Body"].read() == b"content" and got["BucketKeyEnabled"] is True
    denied(lambda: put(user, bucket, key, BucketKeyEnabled=False), "kms:GenerateDataKey", key)
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=default(KMS, key, BucketKeyEnabled=True))
    assert user.put_object(Bucket=bucket, Key="a", Body=b"x")["BucketKeyEnabled"] is True
    assert put(user, bucket, key)["BucketKeyEnabled"] is True
    denied(lambda: put(user, bucket, key, BucketKeyEnabled=False), "kms:GenerateDataKey", key)


def test_a_bucket_key_does_not_outlive_a_permission(root, s3, kms, bucket, key):
    user = can(root, statement("Allow", USE, key))
    client = user.client("s3")
    put(client, bucket, key, BucketKeyEnabled=True)
    assert read(client, bucket) == b"content"
    allow(root.client("iam"), user.name, [statement("Allow", "s3:*")])
    denied(lambda: read(client, bucket), "kms:Decrypt", key)
    denied(lambda: put(client, bucket, key, BucketKeyEnabled=True), "kms:GenerateDataKey", key)
    kms.disable_key(KeyId=key)
    refused(lambda: read(s3, bucket), "KMS.DisabledException", 400)


def test_policies_of_buckets_see_which_key_is_asked_for(root, s3, kms, bucket, key):
    condition = {"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": key}}
    deny = statement("Deny", "s3:PutObject", f"arn:aws:s3:::{bucket}/*", Principal="*", Condition=condition)
    s3.put_bucket_policy(Bucket=bucket, Policy=document(deny))
    put(s3, bucket, key)
    put(s3, bucket, key.rsplit("/", 1)[1])
    wrong = new_key(kms)
    for name in (wrong, wrong.rsplit("/", 1)[1], None):
        refused(lambda: put(s3, bucket, name), "AccessDenied", 403)
    # A default is no header.
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=default(KMS, key))
    refused(lambda: s3.put_object(Bucket=bucket, Key="thing", Body=b"x"), "AccessDenied", 403)
    condition = {"StringNotEquals": {"s3:x-amz-server-side-encryption": KMS}}
    deny = statement("Deny", "s3:PutObject", f"arn:aws:s3:::{bucket}/*", Principal="*", Condition=condition)
    s3.put_bucket_policy(Bucket=bucket, Policy=document(deny))
    put(s3, bucket, key)
    refused(lambda: put(s3, bucket, ServerSideEncryption="AES256"), "AccessDenied", 403)
    refused(lambda: put(s3, bucket, key, ServerSideEncryption=DUAL), "AccessDenied", 403)


# Uploads and copies.


def upload(client, bucket, parts, name="large", **more):
    begun = client.create_multipart_upload(Bucket=bucket, Key=name, **more)
    where = {"Bucket": bucket, "Key": name, "UploadId": begun["UploadId"]}
    done = []
    for number, body in enumerate(parts, 1):
        answer = client.upload_part(**where, PartNumber=number, Body=body)
        done.append({"PartNumber": number, "ETag": answer["ETag"]})
    return begun, answer, client.complete_multipart_upload(**where, MultipartUpload={"Parts": done})


@pytest.mark.parametrize("algorithm", [KMS, DUAL])
def test_all_parts_lie_under_the_uploads_key(s3, kms, bucket, key, algorithm):
    parts = [os.urandom(5 * MIB), os.urandom(5 * MIB), os.urandom(12_345)]
    for answer in upload(s3, bucket, parts, ServerSideEncryption=algorithm, SSEKMSKeyId=key):
        assert shown(answer) == (algorithm, key, False)
    whole = b"".join(parts)
    assert read(s3, bucket, "large") == whole
    for start, end in ((0, 99), (5 * MIB - 7, 5 * MIB + 9), (5 * MIB + 1, 10 * MIB + 50), (len(whole) - 3, len(whole) - 1)):
        assert read(s3, bucket, "large", Range=f"bytes={start}-{end}") == whole[start : end + 1]
    assert s3.get_object(Bucket=bucket, Key="large", PartNumber=3)["Body"].read() == parts[2]
    kms.disable_key(KeyId=key)
    refused(lambda: read(s3, bucket, "large"), "KMS.DisabledException", 400)


def test_parts_name_no_encryption_of_their_own(s3, bucket, key):
    begun = s3.create_multipart_upload(Bucket=bucket, Key="large", ServerSideEncryption=KMS, SSEKMSKeyId=key)
    where = {"Bucket": bucket, "Key": "large", "UploadId": begun["UploadId"]}
    s3.meta.events.register("before-call.s3.UploadPart", lambda params, **_: params["headers"].update(
        {"x-amz-server-side-encryption": KMS, "x-amz-server-side-encryption-aws-kms-key-id": "alias/other"}))
    refused(lambda: s3.upload_part(**where, PartNumber=1, Body=b"x"), "InvalidArgument", 400,
            "x-amz-server-side-encryption header is not supported for this operation.")
    s3.abort_multipart_upload(**where)


def test_uploading_parts_needs_to_read_them(root, bucket, key):
    putter = can(root, statement("Allow", "kms:GenerateDataKey", key))
    client = putter.client("s3")
    where = {"Bucket": bucket, "Key": "large"}
    begun = client.create_multipart_upload(**where, ServerSideEncryption=KMS, SSEKMSKeyId=key)
    where["UploadId"] = begun["UploadId"]
    denied(lambda: client.upload_part(**where, PartNumber=1, Body=b"x"), "kms:Decrypt", key)
    iam = root.client("iam")
    allow(iam, putter.name, [statement("Allow", "kms:Decrypt", key)], "more")
    tag = client.upload_part(**where, PartNumber=1, Body=b"x")["ETag"]
    iam.delete_user_policy(UserName=putter.name, PolicyName="more")
    finish = lambda: client.complete_multipart_upload(
        **where, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]})
    denied(finish, "kms:Decrypt", key)
    assert client.list_parts(**where)["Parts"][0]["Size"] == 1
    allow(iam, putter.name, [statement("Allow", "kms:Decrypt", key)], "more")
    assert finish()["SSEKMSKeyId"] == key
    assert read(client, bucket, "large") == b"x"
    denied(lambda: can(root).client("s3").create_multipart_upload(
        Bucket=bucket, Key="other", ServerSideEncryption=KMS, SSEKMSKeyId=key), "kms:GenerateDataKey", key)


def test_a_copy_opens_its_source_and_closes_itself(root, s3, kms, bucket):
    one, two = new_key(kms), new_key(kms)
    body = os.urandom(100_000)
    put(s3, bucket, one, body=body)
    copy = lambda client, **more: client.copy_object(
        Bucket=bucket, Key="copy", CopySource=f"{bucket}/thing", **more)
    under_two = {"ServerSideEncryption": KMS, "SSEKMSKeyId": two}
    reader = can(root, statement("Allow", "kms:Decrypt", one)).client("s3")
    writer = can(root, statement("Allow", "kms:GenerateDataKey", two)).client("s3")
    denied(lambda: copy(writer, **under_two), "kms:Decrypt", one)
    denied(lambda: copy(reader, **under_two), "kms:GenerateDataKey", two)
    assert shown(copy(s3, **under_two)) == (KMS, two, False)
    assert read(s3, bucket, "copy") == body
    # The source's encryption does not go along.
    assert copy(reader)["ServerSideEncryption"] == "AES256"
    assert read(writer, bucket, "copy") == body
    both = {"ServerSideEncryption": DUAL, "SSEKMSKeyId": two, "SSEKMSEncryptionContext": encoded({"a": "b"})}
    copy(s3, **both)
    assert read(s3, bucket, "copy") == body
    # Another key over the object itself.
    s3.copy_object(Bucket=bucket, Key="thing", CopySource=f"{bucket}/thing", **under_two)
    kms.disable_key(KeyId=one)
    assert read(s3, bucket) == body


def test_parts_are_copied_from_under_a_key(root, s3, kms, bucket, key):
    put(s3, bucket, key, body=b"content", ServerSideEncryption=DUAL)
    target = new_key(kms)
    begun = s3.create_multipart_upload(Bucket=bucket, Key="whole", ServerSideEncryption=KMS, SSEKMSKeyId=target)
    where = {"Bucket": bucket, "Key": "whole", "UploadId": begun["UploadId"]}
    copy = lambda client: client.upload_part_copy(**where, PartNumber=1, CopySource=f"{bucket}/thing")
    denied(lambda: copy(can(root, statement("Allow", "kms:*", target)).client("s3")), "kms:Decrypt", key)
    denied(lambda: copy(can(root, statement("Allow", "kms:*", key)).client("s3")), "kms:Decrypt", target)
    answer = copy(s3)
    assert answer["SSEKMSKeyId"] == target
    parts = [{"PartNumber": 1, "ETag": answer["CopyPartResult"]["ETag"]}]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    assert read(s3, bucket, "whole") == b"content"


# Other ways in.


def test_urls_that_are_signed_beforehand(server, root, s3, bucket, key):
    signer = root.client("s3", signature_version="s3v4", s3={"addressing_style": "path"})
    asked = {"Bucket": bucket, "Key": "thing", "ServerSideEncryption": KMS, "SSEKMSKeyId": key}
    url = signer.generate_presigned_url("put_object", asked)
    headers = {"x-amz-server-side-encryption": KMS, "x-amz-server-side-encryption-aws-kms-key-id": key}
    context = ssl.create_default_context(cafile=server.ca)
    request = urllib.request.Request(url, b"content", headers, method="PUT")
    assert urllib.request.urlopen(request, context=context).status == 200
    url = signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "thing"})
    got = urllib.request.urlopen(url, context=context)
    assert got.read() == b"content" and got.headers["x-amz-server-side-encryption-aws-kms-key-id"] == key


def test_a_form_names_a_key(server, root, s3, bucket, key):
    fields = {"x-amz-server-side-encryption": KMS, "x-amz-server-side-encryption-aws-kms-key-id": key}
    conditions = [{name: value} for name, value in fields.items()]
    form = form_client(root).generate_presigned_post(bucket, "thing", Fields=fields, Conditions=conditions)
    assert post(server, form).status == 204
    assert s3.head_object(Bucket=bucket, Key="thing")["SSEKMSKeyId"] == key
    assert read(s3, bucket) == b"content"


def test_lists_of_what_is_there_are_delivered_under_a_key(own_server):
    root = own_server.root()
    s3, kms, account = root.client("s3"), root.client("kms"), root.account
    bucket, target = lists.new(s3), lists.new(s3)
    s3.put_bucket_policy(Bucket=target, Policy=document(lists.delivers(target, bucket, account)))
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    condition = {"StringEquals": {"aws:SourceAccount": account}}
    may = statement("Allow", "kms:GenerateDataKey", Principal={"Service": "s3.amazonaws.com"}, Condition=condition)
    key = new_key(kms, may)
    for name in ("own", "default"):
        own = {"Encryption": {"SSEKMS": {"KeyId": key}}} if name == "own" else {}
        lists.put(s3, bucket, lists.inventory(target, name, destination={**own, "Prefix": name}))
    s3.put_bucket_encryption(Bucket=target, ServerSideEncryptionConfiguration=default(KMS, key, BucketKeyEnabled=True))
    lists.until(lambda: len(lists.keys(s3, target)) == 8)
    for found in lists.keys(s3, target):
        assert shown(s3.head_object(Bucket=target, Key=found)) == (KMS, key, True)
        assert read(s3, target, found)


def test_versions_under_a_key_are_not_replicated(root, s3, kms, key):
    source, target = copies.versioned(s3), copies.versioned(s3)
    copies.put(s3, source, copies.role(root), copies.rule(target))
    put(s3, source, key, "closed")
    upload(s3, source, [b"part"], "parts", ServerSideEncryption=DUAL, SSEKMSKeyId=key)
    s3.put_object(Bucket=source, Key="open", Body=b"x")
    copies.until(lambda: copies.status(s3, source, "open") == "COMPLETED")
    assert copies.status(s3, source, "closed") is None and copies.status(s3, source, "parts") is None
    assert lists.keys(s3, target) == ["open"]


def test_access_logs_go_under_no_key_of_kms(own_server):
    root = own_server.root()
    s3, kms = root.client("s3"), root.client("kms")
    bucket, target = lists.new(s3), lists.new(s3)
    s3.put_bucket_policy(Bucket=target, Policy=document(access_logs.delivers(target)))
    s3.put_bucket_encryption(Bucket=target, ServerSideEncryptionConfiguration=default(KMS, new_key(kms)))
    access_logs.enable(s3, bucket, target)
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    s3 = access_logs.restarted(own_server)
    assert lists.keys(s3, target) == []
    s3.delete_bucket_encryption(Bucket=target)
    s3.put_object(Bucket=bucket, Key="b", Body=b"x")
    s3 = access_logs.restarted(own_server)
    assert lists.keys(s3, target) != []


def test_what_contradicts_itself_is_refused(s3, bucket, key):
    wrong = lambda **more: refused(lambda: s3.put_object(Bucket=bucket, Key="a", Body=b"x", **more), "InvalidArgument", 400)
    message = "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms"
    assert text(wrong(SSEKMSKeyId=key)) == message
    wrong(SSEKMSKeyId=key, ServerSideEncryption="AES256")
    wrong(SSEKMSEncryptionContext=encoded({}))
    customer = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
    wrong(**customer, ServerSideEncryption=KMS, SSEKMSKeyId=key)
    wrong(**customer, SSEKMSKeyId=key)
    wrong(ServerSideEncryption=DUAL, SSEKMSKeyId=key, BucketKeyEnabled=True)
    put(s3, bucket, key)
    refused(lambda: read(s3, bucket, **customer), "InvalidRequest", 400)


def test_who_may_not_put_does_not_reach_kms(root, bucket, key):
    user = root.user(policy=[statement("Allow", "kms:*")]).client("s3")
    answer = refused(lambda: put(user, bucket, key), "AccessDenied", 403)
    assert "s3:PutObject" in text(answer)


# On the disk.


def test_nothing_of_it_is_on_the_disk_and_it_outlives_a_restart(own_server):
    root = own_server.root()
    s3, kms = root.client("s3"), root.client("kms")
    bucket, words = fresh("b"), {}
    s3.create_bucket(Bucket=bucket)
    key = new_key(kms)
    for algorithm in (KMS, DUAL):
        for size in (1, 5000):
            word = fresh("unmistakable")
            words[f"{algorithm}-{size}"] = word
            put(s3, bucket, key, f"{algorithm}-{size}", (word * size).encode(), ServerSideEncryption=algorithm)
    begun = s3.create_multipart_upload(Bucket=bucket, Key="parts", ServerSideEncryption=DUAL, SSEKMSKeyId=key)
    where = {"Bucket": bucket, "Key": "parts", "UploadId": begun["UploadId"]}
    tag = s3.upload_part(**where, PartNumber=1, Body=b"part")["ETag"]
    assert not list(search(own_server.data_dir, list(words.values())))
    assert own_server.stop() == 0
    checked = kurodo("check", "--data-dir", own_server.data_dir).stdout
    assert "2 lie under keys of customers or of KMS" in checked, checked
    assert not list(search(own_server.data_dir, list(words.values())))
    own_server.start()
    s3, kms = root.client("s3"), root.client("kms")
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]})
    assert read(s3, bucket, "parts") == b"part"
    for name, word in words.items():
        assert read(s3, bucket, name) == (word * int(name.rsplit("-", 1)[1])).encode()
    kms.disable_key(KeyId=key)
    refused(lambda: read(s3, bucket, f"{KMS}-1"), "KMS.DisabledException", 400)

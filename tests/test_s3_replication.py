"""Replication with boto3: whom the role must be given to, what it must be allowed, and what the copies are."""

import json
import time
import uuid

import pytest

from conftest import document, new_account, refused, statement

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
SOURCE = ["s3:GetReplicationConfiguration", "s3:ListBucket", "s3:GetObjectVersionForReplication",
          "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
TARGET = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"]


def versioned(client, name=None, **more):
    name = name or f"b-{uuid.uuid4().hex[:16]}"
    client.create_bucket(Bucket=name, **more)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def role(principal, actions=(*SOURCE, *TARGET), trust=TRUST):
    iam = principal.client("iam")
    name = f"copier-{uuid.uuid4().hex[:8]}"
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(statement("Allow", list(actions))))
    return arn


def rule(target, number=1, **more):
    given = {"ID": f"r{number}", "Priority": number, "Status": "Enabled", "Filter": {"Prefix": ""},
             "DeleteMarkerReplication": {"Status": "Enabled"}, "Destination": {"Bucket": f"arn:aws:s3:::{target}"}}
    return {**given, **more}


def put(client, bucket, arn, *rules):
    client.put_bucket_replication(Bucket=bucket, ReplicationConfiguration={"Role": arn, "Rules": list(rules)})


def status(client, bucket, key, **more):
    return client.head_object(Bucket=bucket, Key=key, **more).get("ReplicationStatus")


def until(check):
    for _ in range(300):
        if check():
            return
        time.sleep(0.2)
    raise AssertionError("it did not happen")


@pytest.fixture(scope="module")
def s3(root):
    return root.client("s3")


def test_the_rules_are_put_shown_and_removed(s3, root):
    source, target, arn = versioned(s3), versioned(s3), role(root)
    refused(lambda: s3.get_bucket_replication(Bucket=source), "ReplicationConfigurationNotFoundError", 404,
            "The replication configuration was not found")
    rules = [
        rule(target, 1),
        rule(target, 2, Filter={"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}},
             DeleteMarkerReplication={"Status": "Disabled"}, Status="Disabled"),
        rule(target, 3, Filter={"Tag": {"Key": "k", "Value": "v"}}, DeleteMarkerReplication={"Status": "Disabled"},
             Destination={"Bucket": f"arn:aws:s3:::{target}", "StorageClass": "STANDARD_IA", "Account": root.account,
                          "AccessControlTranslation": {"Owner": "Destination"}}),
    ]
    put(s3, source, arn, *rules)
    assert s3.get_bucket_replication(Bucket=source)["ReplicationConfiguration"] == {"Role": arn, "Rules": rules}
    refused(lambda: s3.put_bucket_versioning(Bucket=source, VersioningConfiguration={"Status": "Suspended"}),
            "InvalidBucketState", 409)
    old = {"ID": "old", "Prefix": "p", "Status": "Enabled", "Destination": {"Bucket": f"arn:aws:s3:::{target}"}}
    put(s3, source, arn, old)
    assert s3.get_bucket_replication(Bucket=source)["ReplicationConfiguration"]["Rules"] == [old]
    s3.delete_bucket_replication(Bucket=source)
    refused(lambda: s3.get_bucket_replication(Bucket=source), "ReplicationConfigurationNotFoundError", 404)


def test_rules_that_aws_does_not_take(s3, root):
    source, target, arn = versioned(s3), versioned(s3), role(root)
    plain = f"b-{uuid.uuid4().hex[:16]}"
    s3.create_bucket(Bucket=plain)
    wrong = lambda code, *rules, bucket=source: refused(lambda: put(s3, bucket, arn, *rules), code, 400)
    wrong("InvalidRequest", rule(target), bucket=plain)
    wrong("InvalidRequest", rule(plain))
    wrong("InvalidRequest", rule("nowhere-at-all"))
    wrong("InvalidRequest", rule(source))
    wrong("InvalidRequest", rule(target, 1), rule(target, 1, ID="b"))
    wrong("InvalidArgument", rule(target, 1), rule(target, 2, ID="r1"))
    wrong("InvalidRequest", rule(target, Destination={"Bucket": f"arn:aws:s3:::{target}", "Account": "111122223333"}))
    wrong("InvalidRequest", rule(target, Filter={"Tag": {"Key": "k", "Value": "v"}}))
    wrong("InvalidArgument", rule(target, Destination={"Bucket": target}))
    wrong("MalformedXML", rule(target, Prefix="both"))
    wrong("MalformedXML", rule(target, Filter={"And": {"Prefix": "one"}}))
    refused(lambda: put(s3, source, arn, rule(target, ExistingObjectReplication={"Status": "Enabled"})),
            "NotImplemented", 501)
    refused(lambda: put(s3, source, "arn:aws:iam::nobody", rule(target)), "InvalidArgument", 400)


def test_who_gives_the_role_away_must_be_allowed_to(s3, root):
    source, target, arn = versioned(s3), versioned(s3), role(root)
    may = statement("Allow", "s3:PutReplicationConfiguration")
    refused(lambda: put(root.user(policy=[may]).client("s3"), source, arn, rule(target)), "AccessDenied", 403)
    passes = {"StringEquals": {"iam:PassedToService": "s3.amazonaws.com"}}
    user = root.user(policy=[may, statement("Allow", "iam:PassRole", arn, Condition=passes)])
    put(user.client("s3"), source, arn, rule(target))


def test_versions_are_copied_as_they_are(s3, root):
    source = versioned(s3)
    far = root.client("s3", region="eu-west-1")
    target = versioned(far, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=source, Key="before", Body=b"x")
    put(s3, source, role(root), rule(target))
    assert status(s3, source, "before") is None
    first = s3.put_object(Bucket=source, Key="k", Body=b"first", Metadata={"a": "b"}, ContentType="text/x",
                          Tagging="t=1")["VersionId"]
    second = s3.put_object(Bucket=source, Key="k", Body=b"2" * 100_000)["VersionId"]
    assert status(s3, source, "k") in ("PENDING", "COMPLETED")
    upload = s3.create_multipart_upload(Bucket=source, Key="parts")["UploadId"]
    bodies = [b"a" * (5 << 20), b"b"]
    parts = [{"PartNumber": n, "ETag": s3.upload_part(Bucket=source, Key="parts", UploadId=upload, PartNumber=n,
                                                     Body=body)["ETag"]} for n, body in enumerate(bodies, 1)]
    s3.complete_multipart_upload(Bucket=source, Key="parts", UploadId=upload, MultipartUpload={"Parts": parts})
    for key in ("k", "parts"):
        until(lambda: status(s3, source, key) == "COMPLETED")
    until(lambda: status(s3, source, "k", VersionId=first) == "COMPLETED")

    copy = far.get_object(Bucket=target, Key="k", VersionId=first)
    original = s3.head_object(Bucket=source, Key="k", VersionId=first)
    assert copy["Body"].read() == b"first" and copy["ReplicationStatus"] == "REPLICA"
    for field in ("Metadata", "ContentType", "ETag", "LastModified", "VersionId", "TagCount"):
        assert copy[field] == original[field], field
    assert far.get_object_tagging(Bucket=target, Key="k", VersionId=first)["TagSet"] == [{"Key": "t", "Value": "1"}]
    found = far.list_object_versions(Bucket=target, Prefix="k")["Versions"]
    assert [(item["VersionId"], item["IsLatest"]) for item in found] == [(second, True), (first, False)]
    assert far.get_object(Bucket=target, Key="k")["Body"].read() == b"2" * 100_000
    assert far.head_object(Bucket=target, Key="parts")["ETag"] == s3.head_object(Bucket=source, Key="parts")["ETag"]
    assert far.get_object(Bucket=target, Key="parts", PartNumber=2)["Body"].read() == b"b"
    assert far.get_object(Bucket=target, Key="parts")["Body"].read() == b"".join(bodies)
    refused(lambda: far.head_object(Bucket=target, Key="before"), "404")

    # Tags that change later change at the copy; a delete marker is one there too.
    s3.put_object_tagging(Bucket=source, Key="k", VersionId=first, Tagging={"TagSet": [{"Key": "t", "Value": "2"}]})
    until(lambda: far.get_object_tagging(Bucket=target, Key="k", VersionId=first)["TagSet"][0]["Value"] == "2")
    marker = s3.delete_object(Bucket=source, Key="k")["VersionId"]
    until(lambda: "DeleteMarkers" in far.list_object_versions(Bucket=target, Prefix="k"))
    assert far.list_object_versions(Bucket=target, Prefix="k")["DeleteMarkers"][0]["VersionId"] == marker
    # Who deletes a version for good does so in his own bucket only.
    s3.delete_object(Bucket=source, Key="k", VersionId=second)
    # A copy of the copy says nothing of replication.
    far.copy_object(Bucket=target, Key="again", CopySource={"Bucket": target, "Key": "parts"})
    assert status(far, target, "again") is None
    assert far.head_object(Bucket=target, Key="k", VersionId=second)["ContentLength"] == 100_000


@pytest.mark.parametrize("missing", ["s3:GetReplicationConfiguration", "s3:GetObjectVersionForReplication",
                                     "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging", "s3:ReplicateObject",
                                     "s3:ReplicateTags"])
def test_the_role_needs_every_permission(s3, root, missing):
    source, target = versioned(s3), versioned(s3)
    put(s3, source, role(root, [action for action in (*SOURCE, *TARGET) if action != missing]), rule(target))
    s3.put_object(Bucket=source, Key="k", Body=b"x", Tagging="a=b")
    until(lambda: status(s3, source, "k") == "FAILED")
    assert s3.list_objects_v2(Bucket=target)["KeyCount"] == 0


def test_the_role_must_trust_s3_with_this_bucket(s3, root):
    source, target = versioned(s3), versioned(s3)
    for trust in ({"Service": "ec2.amazonaws.com"}, {"AWS": root.account}):
        one = {**TRUST["Statement"][0], "Principal": trust}
        put(s3, source, role(root, trust={**TRUST, "Statement": [one]}), rule(target))
        s3.put_object(Bucket=source, Key="k", Body=b"x")
        until(lambda: status(s3, source, "k") == "FAILED")
    own = root.client("organizations").describe_organization()["Organization"]["Id"]
    for arn, organization, outcome in (
        (f"arn:aws:s3:::{target}", own, "FAILED"),
        (f"arn:aws:s3:::{source}", "o-another", "FAILED"),
        (f"arn:aws:s3:::{source}", own, "COMPLETED"),
    ):
        sure = {"aws:SourceAccount": root.account, "aws:SourceOrgID": organization}
        one = {**TRUST["Statement"][0], "Condition": {"ArnEquals": {"aws:SourceArn": arn}, "StringEquals": sure}}
        put(s3, source, role(root, trust={**TRUST, "Statement": [one]}), rule(target))
        s3.put_object(Bucket=source, Key="k", Body=b"x")
        until(lambda: status(s3, source, "k") == outcome)


def test_another_accounts_bucket_decides_by_its_policy(s3, root, other):
    theirs = other.client("s3")
    arn = role(root)
    target = versioned(theirs, ObjectOwnership="ObjectWriter")
    source = versioned(s3)
    put(s3, source, arn, rule(target))
    s3.put_object(Bucket=source, Key="denied", Body=b"x")
    until(lambda: status(s3, source, "denied") == "FAILED")
    allow = {**statement("Allow", TARGET, f"arn:aws:s3:::{target}/*"), "Principal": {"AWS": arn}}
    theirs.put_bucket_policy(Bucket=target, Policy=document(allow))
    s3.put_object(Bucket=source, Key="mine", Body=b"x")
    until(lambda: status(s3, source, "mine") == "COMPLETED")
    refused(lambda: theirs.get_object(Bucket=target, Key="mine"), "AccessDenied", 403)
    given = {"Bucket": f"arn:aws:s3:::{target}", "Account": other.account,
             "AccessControlTranslation": {"Owner": "Destination"}}
    put(s3, source, arn, rule(target, Destination=given))
    s3.put_object(Bucket=source, Key="given", Body=b"x")
    until(lambda: status(s3, source, "given") == "COMPLETED")
    assert theirs.get_object(Bucket=target, Key="given")["Body"].read() == b"x"


def test_what_only_the_customer_opens_is_not_copied(s3, root):
    source, target = versioned(s3), versioned(s3)
    put(s3, source, role(root), rule(target))
    customer = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}
    s3.put_bucket_encryption(Bucket=source, ServerSideEncryptionConfiguration={"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
         "BlockedEncryptionTypes": {"EncryptionType": ["NONE"]}}]})
    s3.put_object(Bucket=source, Key="closed", Body=b"x", **customer)
    assert status(s3, source, "closed", **customer) is None


def test_what_is_locked_at_the_copy_stays_locked(s3, root):
    source, target = (versioned(s3, ObjectLockEnabledForBucket=True) for _ in range(2))
    plain = versioned(s3)
    refused(lambda: put(s3, source, role(root), rule(plain)), "InvalidRequest", 400)
    default = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}
    s3.put_object_lock_configuration(Bucket=target, ObjectLockConfiguration=default)
    put(s3, source, role(root), rule(target))
    version = s3.put_object(Bucket=source, Key="k", Body=b"x", Tagging="a=1")["VersionId"]
    until(lambda: status(s3, source, "k") == "COMPLETED")
    s3.put_object_tagging(Bucket=source, Key="k", Tagging={"TagSet": [{"Key": "a", "Value": "2"}]})
    until(lambda: s3.get_object_tagging(Bucket=target, Key="k")["TagSet"][0]["Value"] == "2")
    assert s3.get_object_retention(Bucket=target, Key="k")["Retention"]["Mode"] == "COMPLIANCE"
    refused(lambda: s3.delete_object(Bucket=target, Key="k", VersionId=version), "AccessDenied", 403)
    s3.put_object(Bucket=source, Key="held", Body=b"x", ObjectLockLegalHoldStatus="ON", ChecksumAlgorithm="CRC32")
    until(lambda: status(s3, source, "held") == "COMPLETED")
    assert s3.get_object_legal_hold(Bucket=target, Key="held")["LegalHold"]["Status"] == "ON"


def test_a_crash_leaves_nothing_behind(own_server):
    root = own_server.root()
    s3 = root.client("s3")
    source, target = versioned(s3), versioned(s3)
    put(s3, source, role(root), rule(target))
    for number in range(20):
        s3.put_object(Bucket=source, Key=f"k{number}", Body=b"x")
    s3.delete_object(Bucket=source, Key="k0")
    own_server.kill()
    s3 = own_server.start().root().client("s3")
    until(lambda: s3.list_objects_v2(Bucket=target)["KeyCount"] == 19)
    until(lambda: "DeleteMarkers" in s3.list_object_versions(Bucket=target))

"""A bucket's settings: what is given back, and what is said to settings that are none."""

import hashlib
import json

import pytest
import urllib3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conftest import document, fresh, refused, statement


@pytest.fixture
def s3(root):
    return root.client("s3")


@pytest.fixture
def lists(s3, bucket):
    """A bucket with access control lists that may be public."""
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=rule("ObjectWriter"))
    return bucket


@pytest.fixture
def thing(s3, bucket):
    s3.put_object(Bucket=bucket, Key="thing", Body=b"content")
    return "thing"


def rule(ownership):
    return {"Rules": [{"ObjectOwnership": ownership}]}


def message(answer):
    return answer["Error"]["Message"]


def tags(**pairs):
    return {"TagSet": [{"Key": key, "Value": value} for key, value in pairs.items()]}


ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"


# Policies.


def good(root, bucket, **changes):
    one = {
        "Effect": "Allow", "Principal": {"AWS": root.account}, "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*", **changes,
    }
    return {name: value for name, value in one.items() if value is not None}


def test_a_policy_comes_back_in_aws_form(root, s3, bucket):
    refused(lambda: s3.get_bucket_policy(Bucket=bucket), "NoSuchBucketPolicy", 404)
    answer = refused(lambda: s3.get_bucket_policy_status(Bucket=bucket), "NoSuchBucketPolicy", 404)
    assert message(answer) == "The bucket policy does not exist"
    assert answer["Error"]["BucketName"] == bucket
    answer = s3.put_bucket_policy(Bucket=bucket, Policy=document(good(root, bucket)))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    found = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    expected = good(root, bucket, Principal={"AWS": f"arn:aws:iam::{root.account}:root"})
    assert found == {"Version": "2012-10-17", "Statement": [expected]}
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": False}
    for _ in range(2):
        assert s3.delete_bucket_policy(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 204
    refused(lambda: s3.get_bucket_policy(Bucket=bucket), "NoSuchBucketPolicy", 404)


@pytest.mark.parametrize("text, expected", [
    ("nonsense", "Policies must be valid JSON and the first byte must be '{'"),
    (" {}", "Policies must be valid JSON and the first byte must be '{'"),
    ("{", "This policy contains invalid Json"),
    ("{}", "Missing required field Statement"),
    ('{"Statement":[]}', "Could not parse the policy: Statement is empty!"),
    ('{"Version":"2000-01-01","Statement":[]}', "The policy must contain a valid version string"),
    ('{"Statements":[]}', "Unknown field Statements"),
])
def test_documents_that_are_no_policies(s3, bucket, text, expected):
    answer = refused(lambda: s3.put_bucket_policy(Bucket=bucket, Policy=text), "MalformedPolicy", 400)
    assert message(answer) == expected


@pytest.mark.parametrize("changes, expected", [
    ({"Principal": None}, "Missing required field Principal"),
    ({"Action": None}, "Missing required field Action"),
    ({"Resource": None}, "Missing required field Resource"),
    ({"Effect": "hello"}, "Invalid effect: hello"),
    ({"Principal": None, "NotPrincipal": "*"}, "Allow with NotPrincipal is not allowed."),
    ({"Principal": {"AWS": "nobody"}}, "Invalid principal in policy"),
    ({"Principal": {"AWS": "000000000001"}}, "Invalid principal in policy"),
    ({"Principal": {"AWS": "arn:aws:iam::000000000001:root"}}, "Invalid principal in policy"),
    ({"Principal": {"AWS": "AIDAAAAAAAAAAAAAAAAAA"}}, "Invalid principal in policy"),
    ({"Principal": {"CanonicalUser": "ab" * 32}}, "Invalid principal in policy"),
    ({"Principal": {"Service": "example.com"}}, "Invalid principal in policy"),
    ({"Action": "s3:GetStuff"}, "Policy has invalid action"),
    ({"Action": "iam:GetUser"}, "Policy has invalid action"),
    ({"Action": "s3:ListAllMyBuckets"}, "Policy has invalid action"),
    ({"Action": None, "NotAction": "s3:GetStuff"}, "Policy has invalid action"),
    ({"Resource": "*"}, "Policy has invalid resource"),
    ({"Resource": "arn:aws:s3:::another-bucket/*"}, "Policy has invalid resource"),
    ({"Action": "s3:ListBucket"}, "Action does not apply to any resource(s) in statement"),
    ({"Condition": {"StringEquals": {"s3:VersionStatus": "x"}}}, "Policy has an invalid condition key"),
    ({"Condition": {"StringIs": {"aws:userid": "x"}}}, "Invalid Condition type : StringIs"),
    ({"Condition": {"StringEquals": {"s3:prefix": "x"}}},
     "Conditions do not apply to combination of actions and resources in statement"),
])
def test_statements_that_are_none(root, s3, bucket, changes, expected):
    policy = document(good(root, bucket, **changes))
    answer = refused(lambda: s3.put_bucket_policy(Bucket=bucket, Policy=policy), "MalformedPolicy", 400)
    assert message(answer) == expected
    refused(lambda: s3.get_bucket_policy(Bucket=bucket), "NoSuchBucketPolicy", 404)


def test_users_and_roles_must_exist(root, s3, bucket):
    account = root.account
    for name in ("user/nobody-of-that-name", "role/nobody-of-that-name"):
        principal = {"AWS": f"arn:aws:iam::{account}:{name}"}
        policy = document(good(root, bucket, Principal=principal))
        refused(lambda: s3.put_bucket_policy(Bucket=bucket, Policy=policy), "MalformedPolicy", 400)


def test_a_policy_is_limited_in_its_short_form(root, s3, bucket):
    def sized(length, spaces=""):
        return document(good(root, bucket, Resource=f"arn:aws:s3:::{bucket}/{'k' * length}")).replace("{", "{" + spaces)

    short = len(json.dumps(json.loads(sized(0)), separators=(",", ":"))) + len("arn:aws:iam:::root")
    s3.put_bucket_policy(Bucket=bucket, Policy=sized(20480 - short, " " * 999))
    answer = refused(lambda: s3.put_bucket_policy(Bucket=bucket, Policy=sized(20481 - short)), "MalformedPolicy", 400)
    assert message(answer) == "Normalized policy document exceeds the maximum allowed size of 20480 bytes"


def test_a_digest_that_is_not_the_bodys_is_refused(root, s3, bucket):
    policy = document(good(root, bucket))
    wrong = "1B2M2Y8AsgTpgAmY7PhCfg=="
    refused(lambda: s3.put_bucket_policy(Bucket=bucket, Policy=policy, ContentMD5=wrong), "BadDigest", 400)
    refused(lambda: s3.get_bucket_policy(Bucket=bucket), "NoSuchBucketPolicy", 404)


# Blocks, ownership.


def test_a_new_bucket_blocks_public_access(s3, bucket):
    names = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    found = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert found == dict.fromkeys(names, True)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    found = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert found == {name: name == "IgnorePublicAcls" for name in names}
    for _ in range(2):
        s3.delete_public_access_block(Bucket=bucket)
    answer = refused(lambda: s3.get_public_access_block(Bucket=bucket), "NoSuchPublicAccessBlockConfiguration", 404)
    assert message(answer) == "The public access block configuration was not found"


def test_a_new_buckets_owner_owns_its_objects(s3, bucket):
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"] == rule("BucketOwnerEnforced")
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=rule("BucketOwnerPreferred"))
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"] == rule("BucketOwnerPreferred")
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    answer = refused(lambda: s3.get_bucket_ownership_controls(Bucket=bucket), "OwnershipControlsNotFoundError", 404)
    assert message(answer) == "The bucket ownership controls were not found"


def test_lists_are_not_switched_off_while_one_lets_others_in(s3, lists):
    s3.put_bucket_acl(Bucket=lists, ACL="public-read")
    answer = refused(
        lambda: s3.put_bucket_ownership_controls(Bucket=lists, OwnershipControls=rule("BucketOwnerEnforced")),
        "InvalidBucketAclWithObjectOwnership", 400,
    )
    assert message(answer) == "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
    s3.put_bucket_acl(Bucket=lists, ACL="private")
    s3.put_bucket_ownership_controls(Bucket=lists, OwnershipControls=rule("BucketOwnerEnforced"))


# Access control lists.


def test_a_bucket_without_lists_takes_none(s3, bucket, thing):
    for call in (
        lambda: s3.put_bucket_acl(Bucket=bucket, ACL="private"),
        lambda: s3.put_object_acl(Bucket=bucket, Key=thing, ACL="private"),
        lambda: s3.put_object(Bucket=bucket, Key=thing, Body=b"x", ACL="private"),
    ):
        answer = refused(call, "AccessControlListNotSupported", 400)
        assert message(answer) == "The bucket does not allow ACLs"
    s3.put_object(Bucket=bucket, Key=thing, Body=b"x", ACL="bucket-owner-full-control")
    for found in (s3.get_bucket_acl(Bucket=bucket), s3.get_object_acl(Bucket=bucket, Key=thing)):
        owner = found["Owner"]["ID"]
        assert found["Grants"] == [{"Grantee": {"ID": owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]


def test_lists_by_name_by_header_and_by_document(s3, lists, thing):
    owner = s3.get_bucket_acl(Bucket=lists)["Owner"]["ID"]

    def grants():
        found = s3.get_object_acl(Bucket=lists, Key=thing)["Grants"]
        return {(grant["Grantee"].get("URI") or grant["Grantee"]["ID"], grant["Permission"]) for grant in found}

    assert grants() == {(owner, "FULL_CONTROL")}
    s3.put_object_acl(Bucket=lists, Key=thing, ACL="public-read")
    assert grants() == {(owner, "FULL_CONTROL"), (ALL_USERS, "READ")}
    s3.put_object_acl(Bucket=lists, Key=thing, GrantReadACP=f'uri="{ALL_USERS}"', GrantRead=f'id="{owner}"')
    assert grants() == {(owner, "READ"), (ALL_USERS, "READ_ACP")}
    policy = {"Owner": {"ID": owner}, "Grants": [
        {"Grantee": {"Type": "Group", "URI": ALL_USERS}, "Permission": "READ"},
        {"Grantee": {"Type": "CanonicalUser", "ID": owner}, "Permission": "WRITE_ACP"},
    ]}
    s3.put_object_acl(Bucket=lists, Key=thing, AccessControlPolicy=policy)
    assert grants() == {(ALL_USERS, "READ"), (owner, "WRITE_ACP")}
    s3.put_bucket_acl(Bucket=lists, AccessControlPolicy=policy)
    assert len(s3.get_bucket_acl(Bucket=lists)["Grants"]) == 2


def test_lists_that_are_none(s3, lists, thing):
    owner = s3.get_bucket_acl(Bucket=lists)["Owner"]["ID"]

    def put(**parameters):
        return lambda: s3.put_bucket_acl(Bucket=lists, **parameters)

    def given(grantee, owner=owner):
        return {"Owner": {"ID": owner}, "Grants": [{"Grantee": grantee, "Permission": "READ"}]}

    answer = refused(put(), "MissingSecurityHeader", 400)
    assert message(answer) == "Your request was missing a required header"
    refused(put(AccessControlPolicy={"Grants": []}), "MalformedACLError", 400)
    refused(put(ACL="sideways"), "InvalidArgument", 400)
    refused(put(ACL="private", GrantRead=f'id="{owner}"'), "InvalidRequest", 400)
    refused(put(ACL="private", AccessControlPolicy=given({"Type": "CanonicalUser", "ID": owner})), "UnexpectedContent", 400)
    refused(put(GrantRead='uri="http://example.com/everyone"'), "InvalidArgument", 400)
    answer = refused(put(GrantRead='id="abc"'), "InvalidArgument", 400)
    assert message(answer) == "Invalid id"
    answer = refused(put(GrantRead='id="' + "ab" * 32 + '"'), "InvalidArgument", 400)
    assert message(answer) == "Invalid id", "an account that does not exist"
    refused(put(AccessControlPolicy=given({"Type": "Group", "URI": "http://example.com"})), "InvalidArgument", 400)
    refused(put(AccessControlPolicy=given({"Type": "CanonicalUser", "ID": owner}, "ab" * 32)), "AccessDenied", 403)
    assert len(s3.get_bucket_acl(Bucket=lists)["Grants"]) == 1


# Tags.


def test_a_buckets_tags(s3, bucket):
    answer = refused(lambda: s3.get_bucket_tagging(Bucket=bucket), "NoSuchTagSet", 404)
    assert message(answer) == "The TagSet does not exist"
    answer = s3.put_bucket_tagging(Bucket=bucket, Tagging=tags(team="red", stage="a b+c"))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags(team="red", stage="a b+c")["TagSet"]
    s3.put_bucket_tagging(Bucket=bucket, Tagging=tags(team="blue"))
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags(team="blue")["TagSet"]
    assert s3.delete_bucket_tagging(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 204
    refused(lambda: s3.get_bucket_tagging(Bucket=bucket), "NoSuchTagSet", 404)


def test_an_objects_tags(s3, bucket, thing):
    assert s3.get_object_tagging(Bucket=bucket, Key=thing)["TagSet"] == []
    etag = s3.head_object(Bucket=bucket, Key=thing)["ETag"]
    s3.put_object_tagging(Bucket=bucket, Key=thing, Tagging=tags(a="1", b=""))
    assert s3.get_object_tagging(Bucket=bucket, Key=thing)["TagSet"] == tags(a="1", b="")["TagSet"]
    found = s3.get_object(Bucket=bucket, Key=thing)
    assert (found["TagCount"], found["ETag"], found["Body"].read()) == (2, etag, b"content")
    answer = s3.delete_object_tagging(Bucket=bucket, Key=thing)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert s3.get_object_tagging(Bucket=bucket, Key=thing)["TagSet"] == []
    refused(lambda: s3.get_object_tagging(Bucket=bucket, Key="none"), "NoSuchKey", 404)
    refused(lambda: s3.put_object_tagging(Bucket=bucket, Key="none", Tagging=tags(a="1")), "NoSuchKey", 404)


@pytest.mark.parametrize("bad, code, expected", [
    ({"a!": "1"}, "InvalidTag", "The TagKey you have provided is invalid"),
    ({"k" * 129: "1"}, "InvalidTag", "The TagKey you have provided is invalid"),
    ({"a": "{}"}, "InvalidTag", "The TagValue you have provided is invalid"),
    ({"a": "v" * 257}, "InvalidTag", "The TagValue you have provided is invalid"),
    ({"aws:a": "1"}, "InvalidTag", None),
])
def test_tags_that_are_none(s3, bucket, thing, bad, code, expected):
    for call in (
        lambda: s3.put_object_tagging(Bucket=bucket, Key=thing, Tagging=tags(**bad)),
        lambda: s3.put_bucket_tagging(Bucket=bucket, Tagging=tags(**bad)),
    ):
        answer = refused(call, code, 400)
        assert expected in (None, message(answer))


def test_a_tag_twice_or_too_many(s3, bucket, thing):
    twice = {"TagSet": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}
    answer = refused(lambda: s3.put_bucket_tagging(Bucket=bucket, Tagging=twice), "InvalidTag", 400)
    assert message(answer) == "Cannot provide multiple Tags with the same key"
    many = tags(**{f"k{n}": "v" for n in range(11)})
    answer = refused(lambda: s3.put_object_tagging(Bucket=bucket, Key=thing, Tagging=many), "BadRequest", 400)
    assert message(answer) == "Object tags cannot be greater than 10"
    s3.put_bucket_tagging(Bucket=bucket, Tagging=many)
    many = tags(**{f"k{n}": "v" for n in range(51)})
    answer = refused(lambda: s3.put_bucket_tagging(Bucket=bucket, Tagging=many), "BadRequest", 400)
    assert message(answer) == "Bucket tag count cannot be greater than 50"


# Encryption.


def default(algorithm, **more):
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, **more}}]}


def test_every_bucket_encrypts(s3, bucket):
    def found():
        return s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]

    ours = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]
    assert found() == ours
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=default("AES256"))
    assert found() == ours
    s3.delete_bucket_encryption(Bucket=bucket)
    assert found() == ours
    with_key = default("AES256", KMSMasterKeyID="alias/a")
    refused(
        lambda: s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=with_key),
        "InvalidArgument", 400,
    )
    assert found() == ours


# Settings belong to a bucket, and go with it.


def test_a_bucket_that_is_not_there_has_no_settings(s3):
    missing = "no-bucket-of-this-name"
    for call in (
        lambda: s3.get_bucket_policy(Bucket=missing),
        lambda: s3.put_bucket_tagging(Bucket=missing, Tagging=tags(a="1")),
        lambda: s3.get_public_access_block(Bucket=missing),
        lambda: s3.put_bucket_acl(Bucket=missing, ACL="private"),
        lambda: s3.get_bucket_encryption(Bucket=missing),
    ):
        refused(call, "NoSuchBucket", 404)


def test_the_wrong_owner_is_refused(s3, bucket):
    refused(lambda: s3.get_bucket_acl(Bucket=bucket, ExpectedBucketOwner="000000000001"), "AccessDenied", 403)


def test_a_bucket_made_anew_has_none_of_the_old_settings(root, s3):
    bucket = f"again-{root.account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_tagging(Bucket=bucket, Tagging=tags(a="1"))
    s3.put_bucket_policy(Bucket=bucket, Policy=document(good(root, bucket)))
    s3.delete_public_access_block(Bucket=bucket)
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    refused(lambda: s3.get_bucket_tagging(Bucket=bucket), "NoSuchTagSet", 404)
    refused(lambda: s3.get_bucket_policy(Bucket=bucket), "NoSuchBucketPolicy", 404)
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]["BlockPublicPolicy"]
    s3.delete_bucket(Bucket=bucket)


@pytest.mark.parametrize("action, call", [
    ("GetBucketPolicy", lambda s3, b: s3.get_bucket_policy(Bucket=b)),
    ("PutBucketPolicy", lambda s3, b: s3.put_bucket_policy(Bucket=b, Policy="{}")),
    ("DeleteBucketPolicy", lambda s3, b: s3.delete_bucket_policy(Bucket=b)),
    ("GetBucketPolicyStatus", lambda s3, b: s3.get_bucket_policy_status(Bucket=b)),
    ("GetBucketWebsite", lambda s3, b: s3.get_bucket_website(Bucket=b)),
    ("GetBucketPublicAccessBlock", lambda s3, b: s3.get_public_access_block(Bucket=b)),
    ("PutBucketPublicAccessBlock", lambda s3, b: s3.put_public_access_block(Bucket=b, PublicAccessBlockConfiguration={})),
    ("PutBucketPublicAccessBlock", lambda s3, b: s3.delete_public_access_block(Bucket=b)),
    ("GetBucketOwnershipControls", lambda s3, b: s3.get_bucket_ownership_controls(Bucket=b)),
    ("PutBucketOwnershipControls",
     lambda s3, b: s3.put_bucket_ownership_controls(Bucket=b, OwnershipControls=rule("ObjectWriter"))),
    ("PutBucketOwnershipControls", lambda s3, b: s3.delete_bucket_ownership_controls(Bucket=b)),
    ("GetBucketAcl", lambda s3, b: s3.get_bucket_acl(Bucket=b)),
    ("PutBucketAcl", lambda s3, b: s3.put_bucket_acl(Bucket=b, ACL="private")),
    ("GetBucketTagging", lambda s3, b: s3.get_bucket_tagging(Bucket=b)),
    ("PutBucketTagging", lambda s3, b: s3.put_bucket_tagging(Bucket=b, Tagging=tags(a="1"))),
    ("PutBucketTagging", lambda s3, b: s3.delete_bucket_tagging(Bucket=b)),
    ("GetEncryptionConfiguration", lambda s3, b: s3.get_bucket_encryption(Bucket=b)),
    ("PutEncryptionConfiguration",
     lambda s3, b: s3.put_bucket_encryption(Bucket=b, ServerSideEncryptionConfiguration=default("AES256"))),
    ("PutEncryptionConfiguration", lambda s3, b: s3.delete_bucket_encryption(Bucket=b)),
    ("GetObjectAcl", lambda s3, b: s3.get_object_acl(Bucket=b, Key="thing")),
    ("PutObjectAcl", lambda s3, b: s3.put_object_acl(Bucket=b, Key="thing", ACL="private")),
    ("GetObjectTagging", lambda s3, b: s3.get_object_tagging(Bucket=b, Key="thing")),
    ("PutObjectTagging", lambda s3, b: s3.put_object_tagging(Bucket=b, Key="thing", Tagging=tags(a="1"))),
    ("DeleteObjectTagging", lambda s3, b: s3.delete_object_tagging(Bucket=b, Key="thing")),
])
def test_each_operation_needs_its_action_and_no_other(root, bucket, thing, action, call):
    from botocore.exceptions import ClientError

    others = root.user(policy=[
        {"Effect": "Allow", "NotAction": f"s3:{action}", "Resource": "*"},
    ]).client("s3")
    answer = refused(lambda: call(others, bucket), "AccessDenied", 403)
    assert f"is not authorized to perform: s3:{action} on resource" in message(answer)
    only = root.user(policy=[statement("Allow", f"s3:{action}")]).client("s3")
    try:
        call(only, bucket)
    except ClientError as error:
        assert error.response["Error"]["Code"] != "AccessDenied", error.response


def test_a_bucket_is_made_with_tags(root, s3):
    name, made = fresh("tagged"), {"CreateBucketConfiguration": {"Tags": tags(team="a")["TagSet"]}}
    maker = root.user(policy=[
        statement("Allow", ["s3:CreateBucket", "s3:TagResource"], Condition={"StringEquals": {"aws:RequestTag/team": "a"}}),
    ])
    other = {"CreateBucketConfiguration": {"Tags": tags(team="b")["TagSet"]}}
    refused(lambda: maker.client("s3").create_bucket(Bucket=name, **other), "AccessDenied", 403)
    untagging = root.user(policy=[statement("Allow", "s3:CreateBucket")])
    refused(lambda: untagging.client("s3").create_bucket(Bucket=name, **made), "AccessDenied", 403)
    hiding = {"CreateBucketConfiguration": {"Tags": [{"Key": "team", "Value": "b"}, {"Key": "Team", "Value": "a"}]}}
    refused(lambda: maker.client("s3").create_bucket(Bucket=name, **hiding), "InvalidTag", 400)
    maker.client("s3").create_bucket(Bucket=name, **made)
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"] == tags(team="a")["TagSet"]
    s3.delete_bucket(Bucket=name)


def test_what_no_bucket_has_can_be_asked_and_not_be_put(s3, bucket):
    answer = refused(lambda: s3.get_bucket_website(Bucket=bucket), "NoSuchWebsiteConfiguration", 404)
    assert message(answer) == "The specified bucket does not have a website configuration"
    assert answer["Error"]["BucketName"] == bucket
    s3.delete_bucket_website(Bucket=bucket)
    website = {"IndexDocument": {"Suffix": "index.html"}}
    refused(lambda: s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=website), "NotImplemented", 501)

    assert "Status" not in s3.get_bucket_accelerate_configuration(Bucket=bucket)

    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    answer = s3.get_bucket_notification_configuration(Bucket=bucket)
    assert set(answer) == {"ResponseMetadata"}
    events = {"Events": ["s3:ObjectCreated:*"]}
    for name, target in {
        "TopicConfigurations": [{"TopicArn": "arn:aws:sns:us-east-1:111122223333:t", **events}],
        "QueueConfigurations": [{"QueueArn": "arn:aws:sqs:us-east-1:111122223333:q", **events}],
        "LambdaFunctionConfigurations": [{"LambdaFunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f", **events}],
        "EventBridgeConfiguration": {},
    }.items():
        put = lambda: s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={name: target})
        answer = refused(put, "NotImplemented", 501)
        assert name in message(answer), answer


def send(principal, method, path, body, region="us-east-1"):
    """A request of a client that gives no digest of its documents, but signs it."""
    headers = {"X-Amz-Content-SHA256": hashlib.sha256(body).hexdigest()}
    request = AWSRequest(method=method, url=principal.server.endpoint + path, data=body, headers=headers)
    S3SigV4Auth(Credentials(principal.access_key_id, principal.secret), "s3", region).add_auth(request)
    pool = urllib3.PoolManager(ca_certs=principal.server.ca, retries=False)
    return pool.request(method, request.url, body=body, headers=dict(request.headers))


def test_documents_without_a_digest_are_taken_where_s3_takes_them(root, s3, bucket):
    policy = document(statement("Allow", "s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal={"AWS": root.account}))
    versioning = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
    payment = b"<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>"
    for part, text in [
        ("policy", policy.encode()),
        ("versioning", versioning),
        ("requestPayment", payment),
        ("logging", b"<BucketLoggingStatus/>"),
    ]:
        answer = send(root, "PUT", f"/{bucket}?{part}", text)
        assert answer.status in (200, 204), (part, answer.data)
    cors = "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>"
    for part, text in [
        ("tagging", "<Tagging><TagSet/></Tagging>"),
        ("cors", f"<CORSConfiguration>{cors}</CORSConfiguration>"),
        ("lifecycle", "<LifecycleConfiguration/>"),
        ("object-lock", "<ObjectLockConfiguration/>"),
    ]:
        answer = send(root, "PUT", f"/{bucket}?{part}", text.encode())
        assert answer.status == 400 and b"Missing required header for this request: Content-MD5" in answer.data, part
    answer = send(root, "POST", f"/{bucket}?delete", b"<Delete><Object><Key>k</Key></Object></Delete>")
    assert answer.status == 400 and b"Content-MD5" in answer.data


def test_a_client_that_knows_no_region_learns_it(root, bucket):
    answer = send(root, "GET", f"/{bucket}", b"", region="US")
    assert answer.status == 400, answer.data
    assert b"<Code>AuthorizationHeaderMalformed</Code>" in answer.data
    assert b"the region 'US' is wrong; expecting 'us-east-1'" in answer.data
    assert b"<Region>us-east-1</Region>" in answer.data


def test_ready_made_lists_of_buckets(s3, lists):
    group = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    given = lambda: {(one["Grantee"].get("URI", "account"), one["Permission"]) for one in s3.get_bucket_acl(Bucket=lists)["Grants"]}
    own = ("account", "FULL_CONTROL")
    for acl, others in {
        "log-delivery-write": {(group, "WRITE"), (group, "READ_ACP")},
        "aws-exec-read": {("account", "READ")},
        "bucket-owner-read": set(),
        "bucket-owner-full-control": set(),
    }.items():
        s3.put_bucket_acl(Bucket=lists, ACL=acl)
        assert given() == {own, *others}, acl


def test_words_that_headers_do_not_have(s3, bucket):
    put = lambda **more: lambda: s3.put_object(Bucket=bucket, Key="k", Body=b"", **more)
    answer = refused(put(StorageClass="FOO"), "InvalidStorageClass", 400, "The storage class you specified is not valid")
    assert answer["Error"]["StorageClassRequested"] == "FOO"
    copy = lambda **more: lambda: s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/k", **more)
    for call, name, value, said in [
        (put(ACL="foo"), "x-amz-acl", "foo", "Invalid canned ACL"),
        (copy(MetadataDirective="foo"), "x-amz-metadata-directive", "foo", "Unknown metadata directive."),
        (put(ObjectLockLegalHoldStatus="foo"), "x-amz-object-lock-legal-hold", "foo", "Legal Hold must be either of 'ON' or 'OFF'"),
    ]:
        answer = refused(call, "InvalidArgument", 400, said)
        assert (answer["Error"]["ArgumentName"], answer["Error"]["ArgumentValue"]) == (name, value)


def test_a_copy_is_of_no_delete_marker(s3):
    bucket = fresh("markers")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    source = {"Bucket": bucket, "Key": "k", "VersionId": marker}
    said = "The source of a copy request may not specifically refer to a delete marker by version id."
    refused(lambda: s3.copy_object(Bucket=bucket, Key="c", CopySource=source), "InvalidRequest", 400, said)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="c")["UploadId"]
    part = {"Bucket": bucket, "Key": "c", "UploadId": upload, "PartNumber": 1, "CopySource": source}
    refused(lambda: s3.upload_part_copy(**part), "InvalidRequest", 400, said)


def test_owners_parts_and_places_that_cannot_be(s3, bucket, thing):
    owner = lambda: s3.get_bucket_versioning(Bucket=bucket, ExpectedBucketOwner="abc")
    said = "The value of the expected bucket owner parameter must be an AWS account ID"
    refused(owner, "InvalidBucketOwnerAWSAccountID", 400, said)
    for number in (0, 10_001):
        part = lambda: s3.get_object(Bucket=bucket, Key="thing", PartNumber=number)  # noqa: B023
        refused(part, "InvalidArgument", 400, "Part number must be an integer between 1 and 10000, inclusive")
    place = lambda: s3.list_buckets(ContinuationToken="garbage!")
    refused(place, "InvalidArgument", 400, "The continuation token provided is incorrect")
    refused(lambda: s3.list_buckets(ContinuationToken="Z2FyYmFnZQD_"), "InvalidArgument", 400)

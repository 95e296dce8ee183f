"""Two accounts: what one lets the other do with its buckets, and whose the objects are that come of it."""

import itertools
import uuid

import pytest
from botocore.exceptions import ClientError

from conftest import allow, document, refused, statement

READ = "s3:GetObject"


@pytest.fixture
def s3(root):
    return root.client("s3")


@pytest.fixture(scope="module")
def visitor(other):
    """A user of the other account who may do with S3 what buckets let him."""
    return other.user(policy=[statement("Allow", "s3:*")])


@pytest.fixture(scope="module")
def ids(root, other):
    """The canonical ids of the two accounts."""
    found = [who.client("s3").list_buckets()["Owner"]["ID"] for who in (root, other)]
    assert found[0] != found[1]
    return found


@pytest.fixture
def open_to(s3, bucket, other):
    """Lets the other account put and read, under this ownership setting."""

    def let(ownership, actions=("s3:PutObject", "s3:PutObjectAcl", READ), *more):
        own(s3, bucket, ownership)
        put_policy(s3, bucket, statement("Allow", list(actions), on(bucket), Principal={"AWS": other.account}), *more)

    return let


def own(s3, bucket, ownership):
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]})


def put_policy(s3, bucket, *statements):
    s3.put_bucket_policy(Bucket=bucket, Policy=document(*statements))


def on(bucket, key="*"):
    return f"arn:aws:s3:::{bucket}/{key}"


def put(client, bucket, **more):
    client.put_object(Bucket=bucket, Key="thing", Body=b"content", **more)


def reads(who, bucket):
    client = who.client("s3") if hasattr(who, "client") else who
    try:
        return client.get_object(Bucket=bucket, Key="thing")["Body"].read() == b"content"
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied", error.response
        return False


def owner(client, bucket):
    return client.get_object_acl(Bucket=bucket, Key="thing")["Owner"]["ID"]


# Both sides.

WORDS = (None, "Allow", "Deny")


def test_both_accounts_must_allow(s3, bucket, other):
    put(s3, bucket)
    user = other.user()
    iam = other.client("iam")
    named = f"arn:aws:iam::{other.account}:user/{user.name}"
    for principal, ours, theirs in itertools.product((named, other.account), WORDS, WORDS):
        s3.delete_bucket_policy(Bucket=bucket)
        if ours:
            put_policy(s3, bucket, statement(ours, READ, on(bucket), Principal={"AWS": principal}))
        for name in iam.list_user_policies(UserName=user.name)["PolicyNames"]:
            iam.delete_user_policy(UserName=user.name, PolicyName=name)
        if theirs:
            allow(iam, user.name, [statement(theirs, READ, on(bucket))])
        assert reads(user, bucket) is ((ours, theirs) == ("Allow", "Allow")), (principal, ours, theirs)


def test_a_refusal_says_whose_policy_is_missing(s3, bucket, other, visitor):
    put(s3, bucket)
    answer = refused(lambda: visitor.client("s3").get_object(Bucket=bucket, Key="thing"), "AccessDenied", 403)
    assert answer["Error"]["Message"] == (
        f"User: arn:aws:iam::{other.account}:user/{visitor.name} is not authorized to perform: s3:GetObject on resource: "
        f'"{on(bucket, "thing")}" because no resource-based policy allows the s3:GetObject action'
    )


def test_public_is_not_enough_for_users_whose_account_does_not_allow(s3, bucket, anonymous, other, visitor):
    put(s3, bucket)
    s3.delete_public_access_block(Bucket=bucket)
    put_policy(s3, bucket, statement("Allow", READ, on(bucket), Principal="*"))
    assert reads(anonymous("s3"), bucket)
    assert reads(visitor, bucket)
    assert not reads(other.user(), bucket)


def test_a_restricted_bucket_shuts_out_the_other_account(s3, bucket, other, visitor):
    put(s3, bucket)
    s3.delete_public_access_block(Bucket=bucket)
    everyone = statement("Allow", READ, on(bucket), Principal="*")
    them = statement("Allow", READ, on(bucket), Principal={"AWS": other.account})
    put_policy(s3, bucket, everyone, them)
    assert reads(visitor, bucket)
    restricted = {"RestrictPublicBuckets": True}
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=restricted)
    assert not reads(visitor, bucket), "a public policy counts for its own account only"
    put_policy(s3, bucket, them)
    assert reads(visitor, bucket), "a policy that is not public is not restricted"


def test_a_buckets_policy_is_its_own_accounts_business(s3, bucket, other, visitor):
    actions = ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"]
    let = statement("Allow", actions, f"arn:aws:s3:::{bucket}", Principal={"AWS": other.account})
    put_policy(s3, bucket, let)
    client = visitor.client("s3")
    refused(lambda: client.get_bucket_policy(Bucket=bucket), "MethodNotAllowed", 405)
    refused(lambda: client.put_bucket_policy(Bucket=bucket, Policy=document(let)), "MethodNotAllowed", 405)
    refused(lambda: client.delete_bucket_policy(Bucket=bucket), "MethodNotAllowed", 405)


def test_a_role_lets_in_whom_the_bucket_does_not_know(root, s3, bucket, visitor, other):
    put(s3, bucket)
    name = f"role-{uuid.uuid4().hex[:8]}"
    trust = document({"Effect": "Allow", "Principal": {"AWS": other.account}, "Action": "sts:AssumeRole"})
    iam = root.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    reading = document(statement("Allow", READ, on(bucket)))
    iam.put_role_policy(RoleName=name, PolicyName="reads", PolicyDocument=reading)
    user = other.user(policy=[statement("Allow", "sts:AssumeRole", role)])
    assert not reads(user, bucket)
    assert reads(user.assume(role), bucket)


# Access control lists, which know accounts only.


def test_a_list_lets_in_an_account_and_its_policies_decide(root, s3, bucket, other, visitor, ids):
    own(s3, bucket, "ObjectWriter")
    put(s3, bucket, GrantRead=f'id="{ids[1]}"')
    assert reads(visitor, bucket)
    assert not reads(other.user(), bucket)
    assert not reads(root.user(), bucket), "to the owner's own users a list says nothing"
    refused(lambda: visitor.client("s3").get_object_acl(Bucket=bucket, Key="thing"), "AccessDenied", 403)
    put_policy(s3, bucket, statement("Deny", READ, on(bucket), Principal={"AWS": other.account}))
    assert not reads(visitor, bucket), "what a policy denies no list gives"
    s3.delete_bucket_policy(Bucket=bucket)
    own(s3, bucket, "BucketOwnerEnforced")
    assert not reads(visitor, bucket), "with lists switched off none counts"


def test_rights_on_a_bucket(s3, bucket, visitor, ids):
    client = visitor.client("s3")
    own(s3, bucket, "ObjectWriter")
    s3.put_bucket_acl(Bucket=bucket, GrantRead=f'id="{ids[1]}"', GrantFullControl=f'id="{ids[0]}"')
    client.list_objects_v2(Bucket=bucket)
    refused(lambda: put(client, bucket), "AccessDenied", 403)
    s3.put_bucket_acl(Bucket=bucket, GrantWrite=f'id="{ids[1]}"', GrantFullControl=f'id="{ids[0]}"')
    put(client, bucket)
    refused(lambda: client.list_objects_v2(Bucket=bucket), "AccessDenied", 403)
    refused(lambda: client.get_bucket_acl(Bucket=bucket), "AccessDenied", 403)
    s3.put_bucket_acl(Bucket=bucket, GrantReadACP=f'id="{ids[1]}"', GrantWriteACP=f'id="{ids[1]}"')
    assert len(client.get_bucket_acl(Bucket=bucket)["Grants"]) == 2
    client.put_bucket_acl(Bucket=bucket, GrantFullControl=f'id="{ids[0]}", id="{ids[1]}"')
    client.list_objects_v2(Bucket=bucket)
    refused(lambda: client.get_bucket_tagging(Bucket=bucket), "AccessDenied", 403)


# Whose an object is.


def test_a_writer_owns_what_he_puts(root, s3, bucket, open_to, visitor, ids):
    open_to("ObjectWriter")
    put(visitor.client("s3"), bucket)
    assert owner(visitor.client("s3"), bucket) == ids[1]
    admin = root.user(policy=[statement("Allow", "s3:*")])
    assert reads(visitor, bucket)
    assert not reads(admin, bucket)
    assert not reads(root, bucket), "the bucket is his, the object is not"
    refused(lambda: s3.get_object_acl(Bucket=bucket, Key="thing"), "AccessDenied", 403)
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["thing"]


def test_tags_and_restoring_are_the_buckets_business_whoever_put_the_object(root, s3, bucket, open_to, visitor):
    thing, tags = {"Bucket": bucket, "Key": "thing"}, {"TagSet": [{"Key": "a", "Value": "b"}]}
    open_to("ObjectWriter")
    writer = visitor.client("s3")
    writer.put_object(**thing, Body=b"content", StorageClass="GLACIER")
    restore = {"RestoreRequest": {"Days": 1}}
    refused(lambda: writer.put_object_tagging(**thing, Tagging=tags), "AccessDenied", 403)
    refused(lambda: writer.restore_object(**thing, **restore), "AccessDenied", 403)
    s3.put_object_tagging(**thing, Tagging=tags)
    assert s3.get_object_tagging(**thing)["TagSet"] == tags["TagSet"]
    refused(lambda: root.user().client("s3").get_object_tagging(**thing), "AccessDenied", 403)
    s3.restore_object(**thing, **restore)
    open_to("ObjectWriter", ("s3:PutObject", "s3:GetObjectTagging"))
    assert writer.get_object_tagging(**thing)["TagSet"] == tags["TagSet"]
    refused(lambda: writer.delete_object_tagging(**thing), "AccessDenied", 403)


def test_a_policy_allows_nothing_of_what_others_own_and_denies_all_of_it(root, s3, bucket, open_to, visitor):
    reader = root.user(policy=[statement("Allow", READ)])
    named = {"AWS": f"arn:aws:iam::{root.account}:user/{reader.name}"}
    open_to("ObjectWriter", ("s3:PutObject",), statement("Allow", READ, on(bucket), Principal=named))
    put(visitor.client("s3"), bucket)
    assert not reads(reader, bucket)
    assert reads(visitor, bucket), "the owner needs nobody's leave"
    open_to("ObjectWriter", ("s3:PutObject",), statement("Deny", READ, on(bucket), Principal="*"))
    assert not reads(visitor, bucket)


def test_the_bucket_owner_may_always_delete(s3, bucket, open_to, visitor):
    open_to("ObjectWriter")
    put(visitor.client("s3"), bucket)
    refused(lambda: visitor.client("s3").delete_object(Bucket=bucket, Key="thing"), "AccessDenied", 403)
    s3.delete_object(Bucket=bucket, Key="thing")
    refused(lambda: s3.head_object(Bucket=bucket, Key="thing"), "404", 404)


def test_full_control_for_the_bucket_owner(root, s3, bucket, open_to, visitor, ids):
    open_to("ObjectWriter")
    put(visitor.client("s3"), bucket, ACL="bucket-owner-full-control")
    assert owner(s3, bucket) == ids[1], "control is not ownership"
    assert reads(root, bucket)
    assert reads(root.user(policy=[statement("Allow", READ)]), bucket)
    assert not reads(root.user(), bucket)
    put(visitor.client("s3"), bucket, ACL="bucket-owner-read")
    assert reads(root, bucket)
    refused(lambda: s3.get_object_acl(Bucket=bucket, Key="thing"), "AccessDenied", 403)


def test_a_preferring_bucket_owns_what_is_given_to_it(root, s3, bucket, open_to, visitor, ids):
    open_to("BucketOwnerPreferred")
    put(visitor.client("s3"), bucket)
    assert owner(visitor.client("s3"), bucket) == ids[1]
    assert not reads(root, bucket)
    put(visitor.client("s3"), bucket, ACL="bucket-owner-full-control")
    assert owner(s3, bucket) == ids[0]
    assert reads(root.user(policy=[statement("Allow", READ)]), bucket)
    open_to("BucketOwnerPreferred", ("s3:PutObject", "s3:PutObjectAcl"))
    assert not reads(visitor, bucket), "given is given"


def test_an_enforcing_bucket_owns_everything(root, s3, bucket, open_to, visitor, ids):
    open_to("BucketOwnerEnforced", ("s3:PutObject", "s3:PutObjectAcl"))
    client = visitor.client("s3")
    for more in ({}, {"ACL": "bucket-owner-full-control"}, {"GrantFullControl": f'id="{ids[0]}"'}):
        put(client, bucket, **more)
        assert owner(s3, bucket) == ids[0]
        assert reads(root, bucket)
        assert not reads(visitor, bucket)
    for acl in ("private", "public-read", "bucket-owner-read"):
        refused(lambda: client.put_object(Bucket=bucket, Key="x", Body=b"", ACL=acl), "AccessControlListNotSupported", 400)


def test_enforcing_takes_over_what_others_own_already(root, s3, bucket, open_to, visitor, ids):
    open_to("ObjectWriter")
    put(visitor.client("s3"), bucket)
    assert not reads(root, bucket)
    own(s3, bucket, "BucketOwnerEnforced")
    assert reads(root, bucket)
    assert owner(s3, bucket) == ids[0]
    s3.delete_bucket_policy(Bucket=bucket)
    assert not reads(visitor, bucket)
    own(s3, bucket, "ObjectWriter")
    assert not reads(root, bucket), "switched on again, lists count as they were"


def test_a_policy_can_ask_for_full_control(s3, bucket, other, visitor):
    own(s3, bucket, "BucketOwnerPreferred")
    condition = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    principal = {"AWS": other.account}
    put_policy(
        s3, bucket,
        statement("Allow", "s3:PutObject", on(bucket), Principal=principal, Condition=condition),
        statement("Allow", "s3:PutObjectAcl", on(bucket), Principal=principal),
    )
    client = visitor.client("s3")
    refused(lambda: put(client, bucket), "AccessDenied", 403)
    refused(lambda: put(client, bucket, ACL="private"), "AccessDenied", 403)
    put(client, bucket, ACL="bucket-owner-full-control")


def test_owning_an_object_does_not_open_a_restricted_bucket(s3, bucket, open_to, visitor):
    open_to("ObjectWriter")
    put(visitor.client("s3"), bucket)
    s3.delete_public_access_block(Bucket=bucket)
    put_policy(s3, bucket, statement("Allow", "s3:PutObject", on(bucket), Principal="*"))
    assert reads(visitor, bucket)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    assert not reads(visitor, bucket)


def test_a_policy_may_name_an_account_by_its_canonical_id(s3, bucket, visitor, ids):
    put(s3, bucket)
    put_policy(s3, bucket, statement("Allow", READ, on(bucket), Principal={"CanonicalUser": ids[1]}))
    assert reads(visitor, bucket)
    refused(lambda: visitor.client("s3").list_objects_v2(Bucket=bucket), "AccessDenied", 403)


# What a writer may do with what he puts.


def test_a_writer_decides_of_the_list_of_what_he_puts(s3, bucket, open_to, visitor, other):
    """The bucket lets him put; the object is his."""
    open_to("ObjectWriter", actions=["s3:PutObject"])
    put(visitor.client("s3"), bucket, ACL="bucket-owner-full-control")
    # Tags are the bucket's business.
    refused(lambda: put(visitor.client("s3"), bucket, Tagging="team=a"), "AccessDenied", 403)
    # His own account must let him all the same,
    plain = other.user(policy=[statement("Allow", "s3:PutObject")])
    refused(lambda: put(plain.client("s3"), bucket, ACL="bucket-owner-full-control"), "AccessDenied", 403)
    # and what the bucket denies is denied.
    denied = statement("Deny", "s3:PutObjectAcl", on(bucket), Principal={"AWS": other.account})
    open_to("ObjectWriter", ["s3:PutObject"], denied)
    refused(lambda: put(visitor.client("s3"), bucket, ACL="private"), "AccessDenied", 403)
    # Where the bucket owns everything, its policy must allow it.
    open_to("BucketOwnerEnforced", actions=["s3:PutObject"])
    put(visitor.client("s3"), bucket)
    for asked in ({"ACL": "bucket-owner-full-control"}, {"Tagging": "team=a"}):
        refused(lambda: put(visitor.client("s3"), bucket, **asked), "AccessDenied", 403)


def test_who_begins_an_upload_may_end_it(s3, bucket, open_to, visitor, other):
    open_to("ObjectWriter", actions=["s3:PutObject"])
    client, where = visitor.client("s3"), {"Bucket": bucket, "Key": "thing"}
    upload = {**where, "UploadId": client.create_multipart_upload(**where)["UploadId"]}
    theirs = {**where, "UploadId": s3.create_multipart_upload(**where)["UploadId"]}
    assert client.list_parts(**upload)["PartNumberMarker"] == 0
    for call in (client.list_parts, client.abort_multipart_upload):
        refused(lambda: call(**theirs), "AccessDenied", 403)
        stranger = getattr(other.user().client("s3"), call.__name__)
        refused(lambda: stranger(**upload), "AccessDenied", 403)
    client.abort_multipart_upload(**upload)


def test_who_lists_a_bucket_knows_what_is_not_there(s3, bucket, anonymous, other, visitor):
    own(s3, bucket, "ObjectWriter")
    s3.delete_public_access_block(Bucket=bucket)
    refused(lambda: anonymous("s3").get_object(Bucket=bucket, Key="none"), "AccessDenied", 403)
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    refused(lambda: anonymous("s3").get_object(Bucket=bucket, Key="none"), "NoSuchKey", 404)
    s3.put_bucket_acl(Bucket=bucket, ACL="private")
    # Who may list what begins so, learns of nothing else.
    listing = statement(
        "Allow", "s3:ListBucket", f"arn:aws:s3:::{bucket}", Principal={"AWS": other.account},
        Condition={"StringLike": {"s3:prefix": "shown/*"}},
    )
    put_policy(s3, bucket, listing, statement("Allow", READ, on(bucket), Principal={"AWS": other.account}))
    refused(lambda: visitor.client("s3").get_object(Bucket=bucket, Key="shown/none"), "NoSuchKey", 404)
    refused(lambda: visitor.client("s3").get_object(Bucket=bucket, Key="other/none"), "AccessDenied", 403)

"""Access points: what comes through one needs its leave and the bucket's, and nothing else changes."""

import json
import ssl
import urllib.error
import urllib.request

import pytest
from conftest import allow, document, fresh, new_account, refused, statement

ALL_OFF = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], False)


class Point:
    """An access point with everything that leads there."""

    def __init__(self, principal, bucket, region="us-east-1", **more):
        self.control, self.account, self.name = principal.client("s3control", region), principal.account, fresh("point")
        self.me = {"AccountId": self.account, "Name": self.name}
        made = self.control.create_access_point(**self.me, Bucket=bucket, **more)
        self.arn, self.alias = made["AccessPointArn"], made["Alias"]
        self.label = f"{self.name}-{self.account}"

    def policy(self, *statements):
        self.control.put_access_point_policy(**self.me, Policy=document(*statements))

    def objects(self, prefix=""):
        return f"{self.arn}/object/{prefix}*"


@pytest.fixture
def s3(root):
    return root.client("s3")


@pytest.fixture
def bucket(s3):
    """A bucket that stays, since access points may lead to it."""
    name = fresh("bucket")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def point(root, bucket):
    return Point(root, bucket)


def delegate(s3, bucket, *accounts):
    """The bucket leaves the decision to the access points of these accounts."""
    both = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    condition = {"StringEquals": {"s3:DataAccessPointAccount": list(accounts)}}
    s3.put_bucket_policy(Bucket=bucket, Policy=document(statement("Allow", "s3:*", both, Principal="*", Condition=condition)))


def read(client, where, key="a"):
    return client.get_object(Bucket=where, Key=key)["Body"].read()


def denied(call, arn=None):
    """`arn` is what denies: the access point, or the bucket, which the answer does not name."""
    message = refused(call, "AccessDenied", 403)["Error"]["Message"]
    if arn and ":accesspoint/" in arn:
        assert arn in message, message
    elif arn:
        assert ":accesspoint/" in message and arn not in message, message


def arn_of(user):
    return f"arn:aws:iam::{user.account}:user/{user.name}"


# Making and finding them.


def test_an_access_point_from_making_to_removing(root, account, bucket, point):
    control = point.control
    found = control.get_access_point(**point.me)
    assert (found["Name"], found["Bucket"], found["NetworkOrigin"]) == (point.name, bucket, "Internet")
    assert (found["AccessPointArn"], found["Alias"]) == (point.arn, point.alias)
    assert found["BucketAccountId"] == account and all(found["PublicAccessBlockConfiguration"].values())
    assert point.arn == f"arn:aws:s3:us-east-1:{account}:accesspoint/{point.name}"
    assert point.alias.endswith("-s3alias") and len(point.alias) <= 63
    listed = control.list_access_points(AccountId=account, Bucket=bucket)["AccessPointList"]
    assert [(one["Name"], one["AccessPointArn"], one["Alias"]) for one in listed] == [(point.name, point.arn, point.alias)]
    again = {**point.me, "Bucket": bucket}
    refused(lambda: control.create_access_point(**again), "AccessPointAlreadyOwnedByYou", 409)
    elsewhere = root.client("s3control", "eu-west-1")
    refused(lambda: elsewhere.get_access_point(**point.me), "NoSuchAccessPoint", 404)
    assert elsewhere.list_access_points(AccountId=account)["AccessPointList"] == []
    control.delete_access_point(**point.me)
    for call in (control.get_access_point, control.delete_access_point, control.get_access_point_policy):
        refused(lambda: call(**point.me), "NoSuchAccessPoint", 404)
    s3 = root.client("s3")
    for where in (point.arn, point.alias, point.label):
        refused(lambda: s3.get_object(Bucket=where, Key="a"), "NoSuchBucket", 404)


def test_lists_have_pages(root, account, bucket):
    names = sorted(Point(root, bucket).name for _ in range(5))
    other = root.client("s3")
    second = fresh("bucket")
    other.create_bucket(Bucket=second)
    Point(root, second)
    control, found, more = root.client("s3control"), [], {}
    while True:
        page = control.list_access_points(AccountId=account, Bucket=bucket, MaxResults=2, **more)
        assert len(page["AccessPointList"]) <= 2
        found += [one["Name"] for one in page["AccessPointList"]]
        if not page.get("NextToken"):
            break
        more = {"NextToken": page["NextToken"]}
    assert found == names
    refused(lambda: control.list_access_points(AccountId=account, NextToken="%"), "InvalidArgument", 400)


def test_what_an_access_point_cannot_be(root, other, account, bucket):
    control = root.client("s3control")

    def make(code, status, **more):
        asked = {"AccountId": account, "Name": fresh("point"), "Bucket": bucket, **more}
        refused(lambda: control.create_access_point(**asked), code, status)

    for name in ("ab-", "a.bc", "a_bc", "Abc", "abc-s3alias", "x" * 51):
        make("InvalidAccessPoint", 400, Name=name)
    make("NoSuchBucket", 404, Bucket=fresh("none"))
    make("NotImplemented", 501, VpcConfiguration={"VpcId": "vpc-1"})
    make("NotImplemented", 501, Tags=[{"Key": "a", "Value": "b"}])
    theirs = fresh("bucket")
    other.client("s3").create_bucket(Bucket=theirs)
    make("AccessDenied", 403, Bucket=theirs)
    make("AccessDenied", 403, BucketAccountId=other.account)
    elsewhere = root.client("s3control", "eu-west-1")
    asked = {"AccountId": account, "Name": fresh("point"), "Bucket": bucket}
    refused(lambda: elsewhere.create_access_point(**asked), "InvalidRequest", 400)
    denied(lambda: other.client("s3control").create_access_point(**asked))


def test_no_bucket_and_no_access_point_take_each_others_name(root, other, account, bucket, point):
    theirs = other.client("s3")
    refused(lambda: theirs.create_bucket(Bucket=point.label), "BucketAlreadyExists", 409)
    refused(lambda: theirs.create_bucket(Bucket=point.alias), "InvalidBucketName", 400)
    name = fresh("point")
    theirs.create_bucket(Bucket=f"{name}-{account}")
    asked = {"AccountId": account, "Name": name, "Bucket": bucket}
    refused(lambda: point.control.create_access_point(**asked), "InvalidRequest", 400)
    theirs.delete_bucket(Bucket=f"{name}-{account}")
    point.control.create_access_point(**asked)


def test_a_bucket_with_access_points_stays(s3, bucket, point):
    refused(lambda: s3.delete_bucket(Bucket=bucket), "BucketHasAccessPointsAttached", 400)
    point.control.delete_access_point(**point.me)
    s3.delete_bucket(Bucket=bucket)


# What goes through them.


@pytest.mark.parametrize("way", ["arn", "alias", "label"])
def test_objects_go_through(s3, bucket, point, way):
    where = getattr(point, way)
    s3.put_object(Bucket=where, Key="a/b", Body=b"content", Tagging="t=1")
    assert read(s3, bucket, "a/b") == read(s3, where, "a/b") == b"content"
    assert s3.head_object(Bucket=where, Key="a/b")["ContentLength"] == 7
    assert s3.get_object_tagging(Bucket=where, Key="a/b")["TagSet"] == [{"Key": "t", "Value": "1"}]
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=where)["Contents"]] == ["a/b"]
    assert [one["Key"] for one in s3.list_objects(Bucket=where)["Contents"]] == ["a/b"]
    assert len(s3.list_object_versions(Bucket=where)["Versions"]) == 1
    assert s3.head_bucket(Bucket=where)["AccessPointAlias"] is True
    if way != "arn":
        # The client does not ask this by an ARN.
        assert s3.get_bucket_location(Bucket=where)["LocationConstraint"] is None
    assert s3.get_object_attributes(Bucket=where, Key="a/b", ObjectAttributes=["ObjectSize"])["ObjectSize"] == 7
    begun = s3.create_multipart_upload(Bucket=where, Key="parts")["UploadId"]
    upload = {"Bucket": where, "Key": "parts", "UploadId": begun}
    tag = s3.upload_part(**upload, PartNumber=1, Body=b"part")["ETag"]
    assert [one["PartNumber"] for one in s3.list_parts(**upload)["Parts"]] == [1]
    assert [one["Key"] for one in s3.list_multipart_uploads(Bucket=where)["Uploads"]] == ["parts"]
    done = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]})
    assert done["Bucket"] == bucket and read(s3, bucket, "parts") == b"part"
    s3.copy_object(Bucket=where, Key="copy", CopySource={"Bucket": bucket, "Key": "parts"})
    assert read(s3, bucket, "copy") == b"part"
    s3.delete_object(Bucket=where, Key="copy")
    left = s3.delete_objects(Bucket=where, Delete={"Objects": [{"Key": "a/b"}, {"Key": "parts"}]})
    assert len(left["Deleted"]) == 2 and "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_copies_come_out_of_their_region_and_partition_alone(s3, bucket, point):
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    source = f"{point.arn}/object/a"
    s3.copy_object(Bucket=bucket, Key="b", CopySource=source)
    for elsewhere in (source.replace("us-east-1", "eu-west-1"), source.replace("arn:aws:", "arn:aws-cn:")):
        refused(lambda: s3.copy_object(Bucket=bucket, Key="b", CopySource=elsewhere), "InvalidArgument", 400)  # noqa: B023


def test_copies_come_out_of_them(s3, bucket, point):
    s3.put_object(Bucket=bucket, Key="a/ü", Body=b"content")
    s3.copy_object(Bucket=bucket, Key="b", CopySource={"Bucket": point.arn, "Key": "a/ü"})
    assert read(s3, bucket, "b") == b"content"
    s3.copy_object(Bucket=bucket, Key="c", CopySource=f"{point.alias}/b")
    assert read(s3, bucket, "c") == b"content"


def test_what_is_for_buckets_alone_is_not_done_through_them(s3, point):
    for call in (s3.get_bucket_policy, s3.get_bucket_versioning, s3.get_bucket_encryption, s3.get_bucket_tagging, s3.delete_bucket):
        for where in (point.alias, point.label):
            refused(lambda: call(Bucket=where), "MethodNotAllowed", 405)
    refused(lambda: s3.put_bucket_versioning(Bucket=point.alias, VersioningConfiguration={"Status": "Enabled"}), "MethodNotAllowed", 405)


# Who may.


def test_both_must_let_the_caller_in(root, s3, bucket, point):
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    everything = f"arn:aws:s3:::{bucket}/*"
    by_bucket = root.user(policy=[statement("Allow", "s3:GetObject", everything)]).client("s3")
    by_point = root.user(policy=[statement("Allow", "s3:GetObject", point.objects())]).client("s3")
    by_both = root.user(policy=[statement("Allow", "s3:GetObject", [everything, point.objects()])]).client("s3")
    assert read(by_bucket, bucket) == read(by_both, point.arn) == read(by_both, bucket) == b"content"
    for where in (point.arn, point.alias, point.label):
        denied(lambda: read(by_bucket, where), f"{point.arn}/object/a")
        denied(lambda: read(by_point, where), f"arn:aws:s3:::{bucket}/a")
    denied(lambda: read(by_point, bucket))
    delegate(s3, bucket, point.account)
    assert read(by_point, point.arn) == b"content"
    denied(lambda: read(by_point, bucket))
    denied(lambda: read(by_bucket, point.arn))


def test_its_policy_lets_in_whom_nothing_else_does(root, s3, bucket, point):
    for key in ("jane/a", "joe/a"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"content")
    jane = root.user(policy=[])
    client = jane.client("s3")
    point.policy(
        statement("Allow", ["s3:GetObject", "s3:PutObject"], point.objects("jane/"), Principal={"AWS": arn_of(jane)}),
        statement("Allow", "s3:ListBucket", point.arn, Principal={"AWS": arn_of(jane)}, Condition={"StringLike": {"s3:prefix": "jane/*"}}),
    )
    denied(lambda: read(client, point.arn, "jane/a"))
    delegate(s3, bucket, point.account)
    assert read(client, point.arn, "jane/a") == b"content"
    client.put_object(Bucket=point.arn, Key="jane/b", Body=b"more")
    assert len(client.list_objects_v2(Bucket=point.arn, Prefix="jane/")["Contents"]) == 2
    for call in (
        lambda: read(client, point.arn, "joe/a"),
        lambda: client.put_object(Bucket=point.arn, Key="joe/b", Body=b""),
        lambda: client.delete_object(Bucket=point.arn, Key="jane/a"),
        lambda: client.list_objects_v2(Bucket=point.arn),
        lambda: client.list_objects_v2(Bucket=point.arn, Prefix="joe/"),
        lambda: read(client, bucket, "jane/a"),
        lambda: client.get_object_tagging(Bucket=point.arn, Key="jane/a"),
        lambda: client.copy_object(Bucket=point.arn, Key="jane/c", CopySource={"Bucket": point.arn, "Key": "joe/a"}),
        lambda: client.copy_object(Bucket=point.arn, Key="jane/c", CopySource={"Bucket": bucket, "Key": "jane/a"}),
    ):
        denied(call)


def test_whether_an_object_is_missing_is_told_to_those_who_may_list(root, s3, bucket, point):
    delegate(s3, bucket, point.account)
    reader = root.user(policy=[statement("Allow", "s3:GetObject", point.objects())])
    denied(lambda: read(reader.client("s3"), point.arn, "none"), point.arn)
    allow(root.client("iam"), reader.name, [statement("Allow", "s3:ListBucket", point.arn)], name="list")
    refused(lambda: read(reader.client("s3"), point.arn, "none"), "NoSuchKey", 404)


def test_its_denials_hold_for_what_comes_through_it(root, s3, bucket, point):
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    second = Point(root, bucket)
    point.policy(statement("Deny", "s3:GetObject", point.objects(), Principal="*"))
    admin = root.user(policy=[statement("Allow", "s3:*")]).client("s3")
    for client in (s3, admin):
        denied(lambda: read(client, point.arn), f"{point.arn}/object/a")
        denied(lambda: read(client, point.alias))
        denied(lambda: client.copy_object(Bucket=bucket, Key="c", CopySource={"Bucket": point.arn, "Key": "a"}))
        assert read(client, bucket) == read(client, second.arn) == b"content"
    point.control.delete_access_point_policy(**point.me)
    assert read(admin, point.arn) == b"content"


def test_buckets_tell_access_points_apart(root, s3, bucket, point):
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    second, user = Point(root, bucket), root.user(policy=[statement("Allow", "s3:*")]).client("s3")
    own = statement("Deny", "s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal="*")
    s3.put_bucket_policy(Bucket=bucket, Policy=document({**own, "Condition": {"StringNotEquals": {"s3:DataAccessPointArn": point.arn}}}))
    assert read(user, point.arn) == b"content"
    denied(lambda: read(user, second.arn), f"arn:aws:s3:::{bucket}/a")
    denied(lambda: read(user, bucket))
    origin = {"StringNotEquals": {"s3:AccessPointNetworkOrigin": "VPC"}}
    s3.put_bucket_policy(Bucket=bucket, Policy=document({**own, "Condition": origin}))
    denied(lambda: read(user, point.arn))


def test_conditions_on_copies_see_the_bucket_behind(root, s3, bucket, point):
    for key in ("open/a", "shut/a"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"content")
    reads = statement("Allow", ["s3:GetObject", "s3:ListBucket"])
    puts = statement("Allow", "s3:PutObject", Condition={"StringLike": {"s3:x-amz-copy-source": f"{bucket}/open/*"}})
    user = root.user(policy=[reads, puts]).client("s3")
    user.copy_object(Bucket=bucket, Key="c", CopySource={"Bucket": point.arn, "Key": "open/a"})
    denied(lambda: user.copy_object(Bucket=bucket, Key="c", CopySource={"Bucket": point.arn, "Key": "shut/a"}))


# Accounts.


def test_another_account_comes_through_where_both_say_so(root, other, s3, bucket, point):
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    user = other.user(policy=[statement("Allow", "s3:*")])
    client = user.client("s3")
    denied(lambda: read(client, point.arn))
    delegate(s3, bucket, point.account)
    denied(lambda: read(client, point.arn), f"{point.arn}/object/a")
    point.policy(statement("Allow", "s3:GetObject", point.objects(), Principal={"AWS": other.account}))
    assert read(client, point.arn) == b"content"
    denied(lambda: read(client, bucket))
    none = other.user(policy=[]).client("s3")
    denied(lambda: read(none, point.arn))
    s3.delete_bucket_policy(Bucket=bucket)
    denied(lambda: read(client, point.arn), f"arn:aws:s3:::{bucket}/a")


def test_an_access_point_may_lead_to_a_bucket_of_another_account(root, other, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    theirs = Point(other, bucket, BucketAccountId=root.account)
    found = theirs.control.get_access_point(**theirs.me)
    assert found["BucketAccountId"] == root.account
    admin = other.user(policy=[statement("Allow", "s3:*")]).client("s3")
    denied(lambda: read(admin, theirs.arn), f"arn:aws:s3:::{bucket}/a")
    delegate(s3, bucket, other.account)
    assert read(admin, theirs.arn) == b"content"
    denied(lambda: read(admin, bucket))
    stranger = root.user(policy=[statement("Allow", "s3:*")]).client("s3")
    denied(lambda: read(stranger, theirs.arn), f"{theirs.arn}/object/a")


def test_access_points_of_others_hold_no_bucket_and_lead_to_no_other(root, other, server, s3, bucket):
    theirs = Point(other, bucket, BucketAccountId=root.account)
    delegate(s3, bucket, other.account)
    mine = other.client("s3")
    mine.put_object(Bucket=theirs.arn, Key="a", Body=b"content")
    s3.delete_object(Bucket=bucket, Key="a")
    s3.delete_bucket(Bucket=bucket)
    refused(lambda: read(mine, theirs.arn), "NoSuchBucket", 404)
    # Whoever makes a bucket of the old name gets nothing that was meant for the old one.
    thief = new_account(server, fresh("thief")).client("s3")
    thief.create_bucket(Bucket=bucket)
    delegate(thief, bucket, other.account)
    refused(lambda: mine.put_object(Bucket=theirs.arn, Key="a", Body=b"content"), "NoSuchBucket", 404)
    thief.delete_bucket(Bucket=bucket)


def test_access_points_are_the_business_of_their_account(root, other, point):
    everyone = statement("Allow", ["s3:GetAccessPointPolicy", "s3:DeleteAccessPoint", "s3:PutAccessPointPolicy"], point.arn, Principal={"AWS": other.account})
    point.policy(everyone)
    theirs = other.client("s3control")
    for call in (
        lambda: theirs.get_access_point_policy(**point.me),
        lambda: theirs.delete_access_point(**point.me),
        lambda: theirs.put_access_point_policy(**point.me, Policy=document(everyone)),
        lambda: theirs.get_access_point(**point.me),
        lambda: theirs.list_access_points(AccountId=point.account),
    ):
        denied(call)
    # Its root user cannot lock himself out.
    own = root.user(policy=[statement("Allow", "s3:*")]).client("s3control")
    point.policy(statement("Deny", "s3:*", point.arn, Principal="*"))
    denied(lambda: own.delete_access_point_policy(**point.me))
    denied(lambda: own.delete_access_point(**point.me))


def test_a_policy_means_whom_it_named(root, s3, bucket, point):
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    delegate(s3, bucket, point.account)
    jane = root.user(policy=[])
    given = statement("Allow", "s3:GetObject", point.objects(), Principal={"AWS": arn_of(jane)})
    point.policy(given)
    assert json.loads(point.control.get_access_point_policy(**point.me)["Policy"])["Statement"] == [given]
    assert read(jane.client("s3"), point.arn) == b"content"
    again = root.reborn(jane)
    denied(lambda: read(again.client("s3"), point.arn))


# Policies and public access.


def test_policies_must_be_the_access_points_own(point, bucket):
    def put(**changes):
        given = {**statement("Allow", "s3:GetObject", point.objects(), Principal={"AWS": point.account}), **changes}
        return lambda: point.control.put_access_point_policy(**point.me, Policy=document(given))

    put()()
    for changes in (
        {"Resource": "*"},
        {"Resource": f"arn:aws:s3:::{bucket}/*"},
        {"Resource": point.arn + "x/object/*"},
        {"Resource": point.arn + "/a"},
        {"Action": "iam:PassRole"},
        {"Principal": {"AWS": f"arn:aws:iam::{point.account}:user/nobody-{fresh()}"}},
    ):
        refused(put(**changes), "MalformedPolicy", 400)
    refused(lambda: point.control.put_access_point_policy(**point.me, Policy="{"), "MalformedPolicy", 400)
    point.control.delete_access_point_policy(**point.me)
    refused(lambda: point.control.get_access_point_policy(**point.me), "NoSuchAccessPointPolicy", 404)


def test_public_policies(root, other, s3, bucket, point, anonymous):
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    everybody = lambda to: statement("Allow", "s3:GetObject", to.objects(), Principal="*")
    denied(lambda: point.policy(everybody(point)))
    open_one = Point(root, bucket, PublicAccessBlockConfiguration=ALL_OFF)
    denied(lambda: open_one.policy(everybody(open_one)))
    s3.delete_public_access_block(Bucket=bucket)
    open_one.policy(everybody(open_one))
    assert open_one.control.get_access_point_policy_status(**open_one.me)["PolicyStatus"]["IsPublic"] is True
    delegate(s3, bucket, root.account)
    user = other.user(policy=[statement("Allow", "s3:*")]).client("s3")
    assert read(user, open_one.arn) == b"content"
    restricted = Point(root, bucket, PublicAccessBlockConfiguration={**ALL_OFF, "RestrictPublicBuckets": True})
    restricted.policy(everybody(restricted))
    denied(lambda: read(user, restricted.arn))
    nobody = root.user(policy=[]).client("s3")
    assert read(nobody, restricted.arn) == b"content"
    assert read(anonymous("s3"), open_one.label) == b"content"
    denied(lambda: read(anonymous("s3"), restricted.label))


def test_what_the_bucket_or_its_account_blocks_is_blocked_behind_access_points(server, anonymous):
    """The most restrictive of them counts, for policies that are put and for those that were."""
    owner = new_account(server, fresh("blocks"))
    s3, bucket = owner.client("s3"), fresh("bucket")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    s3.delete_public_access_block(Bucket=bucket)
    delegate(s3, bucket, owner.account)
    point = Point(owner, bucket, PublicAccessBlockConfiguration=ALL_OFF)
    everybody = statement("Allow", "s3:GetObject", point.objects(), Principal="*")
    point.policy(everybody)
    assert read(anonymous("s3"), point.alias) == b"content"
    block = lambda name: {"PublicAccessBlockConfiguration": {**ALL_OFF, name: True}}
    of_account = {"AccountId": owner.account}
    for put, remove in [
        (lambda name: s3.put_public_access_block(Bucket=bucket, **block(name)), lambda: s3.delete_public_access_block(Bucket=bucket)),
        (
            lambda name: point.control.put_public_access_block(**of_account, **block(name)),
            lambda: point.control.delete_public_access_block(**of_account),
        ),
    ]:
        put("RestrictPublicBuckets")
        denied(lambda: read(anonymous("s3"), point.alias))
        put("BlockPublicPolicy")
        denied(lambda: point.policy(everybody))
        remove()
        assert read(anonymous("s3"), point.alias) == b"content"


def test_presigned_urls_lead_through(root, bucket, point, server):
    s3 = root.client("s3", signature_version="s3v4")
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": point.alias, "Key": "a"})
    context = ssl.create_default_context(cafile=str(server.ca))
    assert urllib.request.urlopen(url, context=context).read() == b"content"
    old = root.client("s3", signature_version="s3").generate_presigned_url("get_object", Params={"Bucket": point.alias, "Key": "a"})
    with pytest.raises(urllib.error.HTTPError) as failed:
        urllib.request.urlopen(old, context=context)
    assert failed.value.code == 400


def test_pages_of_other_origins_are_told_what_the_bucket_says(server, s3, bucket, point):
    rule = {"AllowedOrigins": ["https://shop.example.com"], "AllowedMethods": ["PUT"], "MaxAgeSeconds": 60}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    for name in [bucket, point.alias, point.label]:
        asked = {"Origin": "https://shop.example.com", "Access-Control-Request-Method": "PUT"}
        request = urllib.request.Request(f"{server.endpoint}/{name}/a", method="OPTIONS", headers=asked)
        with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=server.ca)) as answer:
            assert answer.headers["Access-Control-Allow-Methods"] == "PUT", name
    gone = urllib.request.Request(f"{server.endpoint}/x{point.label}/a", method="OPTIONS", headers=asked)
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(gone, context=ssl.create_default_context(cafile=server.ca))
    assert refusal.value.code == 403 and b"Bucket not found" in refusal.value.read()

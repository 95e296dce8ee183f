"""Who reaches buckets and objects: policies, lists, ownership and blocks, each alone and all together."""

import itertools
import json
import urllib.request
import uuid

import pytest
from botocore.exceptions import ClientError

from conftest import allow, document, refused, statement

READ = "s3:GetObject"


@pytest.fixture
def s3(root):
    return root.client("s3")


@pytest.fixture
def unsigned(anonymous):
    return anonymous("s3")


@pytest.fixture
def thing(s3, bucket):
    """The key of an object in the bucket."""
    s3.put_object(Bucket=bucket, Key="thing", Body=b"content")
    return "thing"


def opened(s3, bucket):
    s3.delete_public_access_block(Bucket=bucket)


def with_acls(s3, bucket, ownership="ObjectWriter"):
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]}
    )


def put_policy(s3, bucket, *statements):
    s3.put_bucket_policy(Bucket=bucket, Policy=document(*statements))


def on(bucket, key="*"):
    return f"arn:aws:s3:::{bucket}/{key}"


def arn(principal, account):
    return f"arn:aws:iam::{account}:user/{principal.name}"


def reads(client, bucket, key="thing"):
    """Whether the client may read the object: yes, or AWS's refusal."""
    try:
        return client.get_object(Bucket=bucket, Key=key)["Body"].read() == b"content"
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied", error.response
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        return False


def message(answer):
    return answer["Error"]["Message"]


# Private by default.


def test_nobody_but_the_owner_reaches_a_new_bucket(root, s3, unsigned, bucket, thing):
    stranger = root.user().client("s3")
    assert reads(s3, bucket)
    for client in (unsigned, stranger):
        assert not reads(client, bucket)
        refused(lambda: client.list_objects_v2(Bucket=bucket), "AccessDenied", 403)
        refused(lambda: client.put_object(Bucket=bucket, Key="other", Body=b"x"), "AccessDenied", 403)
        refused(lambda: client.delete_object(Bucket=bucket, Key=thing), "AccessDenied", 403)
        refused(lambda: client.get_bucket_policy(Bucket=bucket), "AccessDenied", 403)
        refused(lambda: client.get_object_acl(Bucket=bucket, Key=thing), "AccessDenied", 403)
        refused(lambda: client.delete_public_access_block(Bucket=bucket), "AccessDenied", 403)
        refused(lambda: client.put_bucket_acl(Bucket=bucket, ACL="private"), "AccessDenied", 403)
        refused(lambda: client.delete_bucket(Bucket=bucket), "AccessDenied", 403)
    assert reads(s3, bucket), "a refused request changes nothing"


def test_a_refusal_says_what_is_missing(root, unsigned, bucket, thing):
    user = root.user()
    answer = refused(lambda: user.client("s3").get_object(Bucket=bucket, Key=thing), "AccessDenied", 403)
    assert message(answer) == (
        f"User: {arn(user, root.account)} is not authorized to perform: s3:GetObject on resource: "
        f'"{on(bucket, thing)}" because no identity-based policy allows the s3:GetObject action'
    )
    answer = refused(lambda: unsigned.get_object(Bucket=bucket, Key=thing), "AccessDenied", 403)
    assert message(answer) == "Access Denied"


def test_a_missing_object_is_told_only_to_those_who_may_list(root, s3, bucket):
    refused(lambda: s3.get_object(Bucket=bucket, Key="none"), "NoSuchKey", 404)
    reader = root.user(policy=[statement("Allow", READ, on(bucket))]).client("s3")
    refused(lambda: reader.get_object(Bucket=bucket, Key="none"), "AccessDenied", 403)
    both = [statement("Allow", READ, on(bucket)), statement("Allow", "s3:ListBucket", f"arn:aws:s3:::{bucket}")]
    lister = root.user(policy=both).client("s3")
    refused(lambda: lister.get_object(Bucket=bucket, Key="none"), "NoSuchKey", 404)


# Policies of users.


def test_users_of_one_account_differ(root, bucket, thing):
    may = root.user(policy=[statement("Allow", READ, on(bucket))]).client("s3")
    other_key = root.user(policy=[statement("Allow", READ, on(bucket, "other"))]).client("s3")
    other_action = root.user(policy=[statement("Allow", "s3:PutObject", on(bucket))]).client("s3")
    assert reads(may, bucket)
    assert not reads(other_key, bucket)
    assert not reads(other_action, bucket)
    refused(lambda: may.put_object(Bucket=bucket, Key=thing, Body=b"x"), "AccessDenied", 403)
    other_action.put_object(Bucket=bucket, Key=thing, Body=b"content")


def test_a_variable_gives_each_user_a_folder(root, s3, bucket):
    folder = [statement("Allow", ["s3:PutObject", READ], f"arn:aws:s3:::{bucket}/home/${{aws:username}}/*")]
    one, two = root.user(policy=folder), root.user(policy=folder)
    mine = f"home/{one.name}/thing"
    one.client("s3").put_object(Bucket=bucket, Key=mine, Body=b"content")
    assert reads(one.client("s3"), bucket, mine)
    assert not reads(two.client("s3"), bucket, mine)


# Bucket policies.


def test_a_bucket_policy_lets_in_one_user_alone(root, s3, bucket, thing):
    one, two = root.user(), root.user()
    put_policy(s3, bucket, statement("Allow", READ, on(bucket), Principal={"AWS": arn(one, root.account)}))
    assert reads(one.client("s3"), bucket)
    assert not reads(two.client("s3"), bucket)
    s3.delete_bucket_policy(Bucket=bucket)
    assert not reads(one.client("s3"), bucket)


def test_naming_the_account_leaves_it_to_the_accounts_policies(root, s3, bucket, thing):
    put_policy(s3, bucket, statement("Allow", READ, on(bucket), Principal={"AWS": root.account}))
    assert not reads(root.user().client("s3"), bucket)
    assert reads(root.user(policy=[statement("Allow", READ)]).client("s3"), bucket)


def test_whoever_is_called_the_same_later_is_somebody_else(root, s3, bucket, thing):
    first = root.user()
    named = arn(first, root.account)
    put_policy(s3, bucket, statement("Allow", READ, on(bucket), Principal={"AWS": named}))
    assert named in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    iam = root.client("iam")
    unique = iam.get_user(UserName=first.name)["User"]["UserId"]
    second = root.reborn(first)
    assert not reads(second.client("s3"), bucket)
    shown = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    assert named not in shown and unique in shown
    refused(lambda: s3.put_bucket_policy(Bucket=bucket, Policy=shown), "MalformedPolicy", 400)


def test_a_role_is_let_in_by_its_sessions(root, s3, bucket, thing):
    name, account = f"role-{uuid.uuid4().hex[:8]}", root.account
    trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    role = root.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    user = root.user(policy=[statement("Allow", "sts:AssumeRole", role)])
    put_policy(s3, bucket, statement("Allow", READ, on(bucket), Principal={"AWS": role}))
    assert reads(user.assume(role).client("s3"), bucket)
    assert not reads(user.client("s3"), bucket)
    narrow = document(statement("Allow", "s3:ListBucket"))
    assert not reads(user.assume(role, Policy=narrow).client("s3"), bucket), "the session's policy limits it"
    session = f"arn:aws:sts::{account}:assumed-role/{name}/named"
    put_policy(s3, bucket, statement("Allow", READ, on(bucket), Principal={"AWS": session}))
    assert reads(user.assume(role, session="named").client("s3"), bucket)
    assert not reads(user.assume(role, session="another").client("s3"), bucket)


def test_conditions_on_the_request(root, s3, bucket, thing):
    user = root.user()
    client = user.client("s3")

    def when(**condition):
        principal = {"AWS": arn(user, root.account)}
        put_policy(s3, bucket, statement("Allow", READ, on(bucket), Principal=principal, Condition=condition))
        return reads(client, bucket)

    assert when(IpAddress={"aws:SourceIp": ["127.0.0.0/8", "::1"]})
    assert not when(IpAddress={"aws:SourceIp": "192.0.2.0/24"})
    assert when(Bool={"aws:SecureTransport": "true"})
    assert not when(Bool={"aws:SecureTransport": "false"})
    assert when(NumericGreaterThanEquals={"s3:TlsVersion": "1.2"})
    assert when(StringEquals={"s3:authType": "REST-HEADER"})
    assert not when(StringEquals={"s3:authType": "REST-QUERY-STRING"})
    assert when(StringEquals={"aws:username": user.name})
    assert when(StringEquals={"s3:ResourceAccount": root.account})
    assert not when(StringEquals={"aws:PrincipalTag/team": "red"})
    root.client("iam").tag_user(UserName=user.name, Tags=[{"Key": "team", "Value": "red"}])
    assert when(StringEquals={"aws:PrincipalTag/team": "red"})


def test_listing_only_below_a_prefix(root, s3, bucket):
    user = root.user()
    put_policy(
        s3, bucket,
        statement(
            "Allow", "s3:ListBucket", f"arn:aws:s3:::{bucket}",
            Principal={"AWS": arn(user, root.account)},
            Condition={"StringLike": {"s3:prefix": "own/*"}, "NumericLessThanEquals": {"s3:max-keys": "10"}},
        ),
    )
    client = user.client("s3")
    client.list_objects_v2(Bucket=bucket, Prefix="own/", MaxKeys=10)
    for others in ({"Prefix": "other/", "MaxKeys": 10}, {"MaxKeys": 10}, {"Prefix": "own/", "MaxKeys": 11}, {"Prefix": "own/"}):
        refused(lambda: client.list_objects_v2(Bucket=bucket, **others), "AccessDenied", 403)


def test_tags_of_the_object_decide(root, s3, bucket, thing):
    user = root.user()
    principal = {"AWS": arn(user, root.account)}
    condition = {"StringEquals": {"s3:ExistingObjectTag/open": "yes"}}
    put_policy(s3, bucket, statement("Allow", READ, on(bucket), Principal=principal, Condition=condition))
    client = user.client("s3")
    assert not reads(client, bucket)
    s3.put_object_tagging(Bucket=bucket, Key=thing, Tagging={"TagSet": [{"Key": "open", "Value": "no"}]})
    assert not reads(client, bucket)
    s3.put_object_tagging(Bucket=bucket, Key=thing, Tagging={"TagSet": [{"Key": "open", "Value": "yes"}]})
    assert reads(client, bucket)
    s3.delete_object_tagging(Bucket=bucket, Key=thing)
    assert not reads(client, bucket)


def test_tags_of_the_request_decide(root, s3, bucket, thing):
    put = ["s3:PutObject", "s3:PutObjectTagging"]
    user = root.user(policy=[
        statement("Allow", put, on(bucket), Condition={
            "StringEquals": {"s3:RequestObjectTag/team": "red"},
            "ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["team", "stage"]},
        }),
    ]).client("s3")
    user.put_object(Bucket=bucket, Key="a", Body=b"x", Tagging="team=red")
    user.put_object(Bucket=bucket, Key="a", Body=b"x", Tagging="team=red&stage=one")
    for tagging in ({}, {"Tagging": "team=blue"}, {"Tagging": "team=red&other=x"}, {"Tagging": "stage=one"}):
        refused(lambda: user.put_object(Bucket=bucket, Key="a", Body=b"x", **tagging), "AccessDenied", 403)
    tags = lambda **pairs: {"TagSet": [{"Key": k, "Value": v} for k, v in pairs.items()]}
    user.put_object_tagging(Bucket=bucket, Key=thing, Tagging=tags(team="red"))
    refused(lambda: user.put_object_tagging(Bucket=bucket, Key=thing, Tagging=tags(team="blue")), "AccessDenied", 403)
    refused(lambda: user.put_object_tagging(Bucket=bucket, Key=thing, Tagging=tags(team="red", x="y")), "AccessDenied", 403)


def test_putting_with_tags_needs_both_actions(root, s3, bucket):
    user = root.user(policy=[statement("Allow", "s3:PutObject", on(bucket))]).client("s3")
    user.put_object(Bucket=bucket, Key="a", Body=b"x")
    answer = refused(lambda: user.put_object(Bucket=bucket, Key="a", Body=b"x", Tagging="a=b"), "AccessDenied", 403)
    assert "s3:PutObjectTagging" in message(answer)


def test_everyone_but_one_is_denied(root, s3, bucket, thing):
    account = root.account
    one = root.user(policy=[statement("Allow", "s3:*")])
    two = root.user(policy=[statement("Allow", "s3:*")])
    spared = {"AWS": [arn(one, account), f"arn:aws:iam::{account}:root"]}
    put_policy(s3, bucket, statement("Deny", READ, on(bucket), NotPrincipal=spared))
    assert reads(one.client("s3"), bucket)
    answer = refused(lambda: two.client("s3").get_object(Bucket=bucket, Key=thing), "AccessDenied", 403)
    assert message(answer).endswith("with an explicit deny in a resource-based policy")
    assert reads(s3, bucket)


def test_a_bucket_that_locks_out_everybody_opens_to_root_alone(root, s3, bucket, thing):
    admin = root.user(policy=[statement("Allow", "*")]).client("s3")
    everything = [f"arn:aws:s3:::{bucket}", on(bucket)]
    lock = document(statement("Deny", "s3:*", everything, Principal="*"))
    admin.put_bucket_policy(Bucket=bucket, Policy=lock)
    for client in (admin, s3):
        assert not reads(client, bucket)
        refused(lambda: client.list_objects_v2(Bucket=bucket), "AccessDenied", 403)
        refused(lambda: client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={}), "AccessDenied", 403)
    refused(lambda: admin.get_bucket_policy(Bucket=bucket), "AccessDenied", 403)
    refused(lambda: admin.delete_bucket_policy(Bucket=bucket), "AccessDenied", 403)
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == json.loads(lock)
    s3.delete_bucket_policy(Bucket=bucket)
    assert reads(admin, bucket)


# Public access.

PUBLIC = "because public policies are blocked by the BlockPublicPolicy block public access setting."
def test_no_spelling_of_a_tag_hides_it_from_a_condition(root, s3, bucket):
    public = {"StringEquals": {"s3:RequestObjectTag/class": "public"}}
    denied = statement("Deny", ["s3:PutObject", "s3:PutObjectTagging"], Condition=public)
    client = root.user(policy=[statement("Allow", "s3:*"), denied]).client("s3")
    put = lambda tags, **more: client.put_object(Bucket=bucket, Key="a", Tagging=tags, **more)
    refused(lambda: put("class=public"), "AccessDenied", 403)
    # The second tag would be the one that the condition sees.
    hidden = [{"Key": "class", "Value": "public"}, {"Key": "CLASS", "Value": "x"}]
    refused(lambda: put("class=public&CLASS=x"), "InvalidTag", 400)
    put("class=x")
    refused(lambda: client.put_object_tagging(Bucket=bucket, Key="a", Tagging={"TagSet": hidden}), "InvalidTag", 400)


def test_tags_that_a_copy_takes_along_are_those_of_the_request(root, s3, bucket):
    red = {"StringEquals": {"s3:RequestObjectTag/team": "red"}}
    may = [
        statement("Allow", ["s3:GetObject", "s3:GetObjectTagging"]),
        statement("Allow", ["s3:PutObject", "s3:PutObjectTagging"], Condition=red),
    ]
    client = root.user(policy=may).client("s3")
    for team in ("red", "blue"):
        s3.put_object(Bucket=bucket, Key=team, Body=b"x", Tagging=f"team={team}")
    copy = lambda team, **more: client.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/{team}", **more)
    refused(lambda: copy("blue"), "AccessDenied", 403)
    # What the request says of tags does not count where it takes the source's.
    refused(lambda: copy("blue", Tagging="team=red"), "AccessDenied", 403)
    copy("red")
    copy("blue", Tagging="team=red", TaggingDirective="REPLACE")
    public = statement("Deny", "s3:PutObjectTagging", Condition={"StringEquals": {"s3:RequestObjectTag/team": "blue"}})
    client = root.user(policy=[statement("Allow", "s3:*"), public]).client("s3")
    refused(lambda: copy("blue"), "AccessDenied", 403)
    copy("red")


PUBLIC_ACL = "because public access control lists (ACLs) are blocked by the BlockPublicAcls block public access setting."


def public(bucket, **more):
    return document(statement("Allow", READ, on(bucket), Principal="*", **more))


def test_a_public_policy_is_refused_while_it_is_blocked(root, s3, unsigned, bucket, thing):
    admin = root.user(policy=[statement("Allow", "s3:*")])
    answer = refused(lambda: admin.client("s3").put_bucket_policy(Bucket=bucket, Policy=public(bucket)), "AccessDenied", 403)
    assert message(answer) == (
        f"User: {arn(admin, root.account)} is not authorized to perform: s3:PutBucketPolicy on resource: "
        f'"arn:aws:s3:::{bucket}" {PUBLIC}'
    )
    refused(lambda: s3.get_bucket_policy(Bucket=bucket), "NoSuchBucketPolicy", 404)
    assert not reads(unsigned, bucket)
    opened(s3, bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=public(bucket))
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True
    assert reads(unsigned, bucket)
    refused(lambda: unsigned.list_objects_v2(Bucket=bucket), "AccessDenied", 403)
    refused(lambda: unsigned.put_object(Bucket=bucket, Key=thing, Body=b"x"), "AccessDenied", 403)


def test_a_public_object_is_read_by_any_browser(server, s3, bucket, thing):
    import ssl

    opened(s3, bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=public(bucket))
    context = ssl.create_default_context(cafile=server.ca)
    with urllib.request.urlopen(f"{server.endpoint}/{bucket}/{thing}", context=context) as answer:
        assert answer.read() == b"content"


def test_a_refused_upload_ends_its_connection(server, bucket):
    """The content was never sent: whoever sent another request on the connection would not be understood."""
    import http.client
    import ssl

    context = ssl.create_default_context(cafile=server.ca)
    connection = http.client.HTTPSConnection("localhost", server.port, context=context, timeout=30)
    connection.putrequest("PUT", f"/{bucket}/thing")
    connection.putheader("Content-Length", "7")
    connection.putheader("Expect", "100-continue")
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Connection"]) == (403, "close")
    connection.close()


def test_a_public_policy_lets_in_users_without_policies(root, s3, bucket, thing):
    opened(s3, bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=public(bucket))
    user = root.user()
    assert reads(user.client("s3"), bucket)
    allow(root.client("iam"), user.name, [statement("Deny", READ)])
    assert not reads(user.client("s3"), bucket)


def test_a_restricted_bucket_lets_in_its_own_account_only(root, s3, unsigned, bucket, thing):
    opened(s3, bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=public(bucket))
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    assert not reads(unsigned, bucket)
    assert reads(root.user().client("s3"), bucket)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"RestrictPublicBuckets": False})
    assert reads(unsigned, bucket)


@pytest.mark.parametrize("condition, is_public, may", [
    ({"IpAddress": {"aws:SourceIp": ["127.0.0.0/8", "::1/128"]}}, False, True),
    ({"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}, True, True),
    ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, False, False),
    ({"StringLike": {"aws:Referer": "https://example.com/*"}}, True, False),
    ({"StringEquals": {"aws:PrincipalOrgID": "o-0000000000"}}, False, False),
    ({"Bool": {"aws:SecureTransport": "true"}}, True, True),
    ({"StringEquals": {"aws:PrincipalType": "Anonymous"}}, True, True),
    ({"StringNotEquals": {"aws:PrincipalType": "Anonymous"}}, True, False),
])
def test_what_counts_as_public(s3, unsigned, bucket, thing, condition, is_public, may):
    policy = public(bucket, Condition=condition)
    if is_public:
        refused(lambda: s3.put_bucket_policy(Bucket=bucket, Policy=policy), "AccessDenied", 403)
        opened(s3, bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is is_public
    assert reads(unsigned, bucket) is may


def test_a_public_list_is_refused_while_it_is_blocked(root, s3, unsigned, bucket, thing):
    with_acls(s3, bucket)
    account = root.account
    for call, resource, action in [
        (lambda: s3.put_bucket_acl(Bucket=bucket, ACL="public-read"), f"arn:aws:s3:::{bucket}", "s3:PutBucketAcl"),
        (lambda: s3.put_object_acl(Bucket=bucket, Key=thing, ACL="public-read"), on(bucket, thing), "s3:PutObjectAcl"),
        (lambda: s3.put_object_acl(Bucket=bucket, Key=thing, ACL="authenticated-read"), on(bucket, thing), "s3:PutObjectAcl"),
        (lambda: s3.put_object(Bucket=bucket, Key="new", Body=b"x", ACL="public-read"), on(bucket, "new"), "s3:PutObject"),
    ]:
        answer = refused(call, "AccessDenied", 403)
        assert message(answer) == (
            f'User: arn:aws:iam::{account}:root is not authorized to perform: {action} on resource: "{resource}" {PUBLIC_ACL}'
        )
    opened(s3, bucket)
    assert not reads(unsigned, bucket)
    s3.put_object_acl(Bucket=bucket, Key=thing, ACL="public-read")
    assert reads(unsigned, bucket)
    refused(lambda: unsigned.list_objects_v2(Bucket=bucket), "AccessDenied", 403)
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    assert [item["Key"] for item in unsigned.list_objects_v2(Bucket=bucket)["Contents"]] == [thing]
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    assert not reads(unsigned, bucket)
    refused(lambda: unsigned.list_objects_v2(Bucket=bucket), "AccessDenied", 403)


def test_everyone_who_signs_is_not_everyone(root, s3, unsigned, bucket, thing):
    opened(s3, bucket)
    with_acls(s3, bucket)
    s3.put_object_acl(Bucket=bucket, Key=thing, ACL="authenticated-read")
    assert not reads(unsigned, bucket)
    assert reads(root.user().client("s3"), bucket)


def test_what_nobody_in_particular_put_belongs_to_nobody(root, s3, unsigned, bucket):
    opened(s3, bucket)
    with_acls(s3, bucket)
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    unsigned.put_object(Bucket=bucket, Key="thing", Body=b"content")
    # The bucket's owner reads what others put no more than they let him, but may always delete it.
    assert not reads(s3, bucket)
    s3.put_bucket_acl(Bucket=bucket, ACL="private")
    with_acls(s3, bucket, "BucketOwnerEnforced")
    assert reads(s3, bucket), "with lists switched off, everything is the bucket owner's"
    assert not reads(unsigned, bucket)


def test_switching_lists_off_takes_back_what_they_gave(s3, unsigned, bucket, thing):
    opened(s3, bucket)
    with_acls(s3, bucket)
    s3.put_object_acl(Bucket=bucket, Key=thing, ACL="public-read")
    assert reads(unsigned, bucket)
    with_acls(s3, bucket, "BucketOwnerEnforced")
    assert not reads(unsigned, bucket)
    grants = s3.get_object_acl(Bucket=bucket, Key=thing)["Grants"]
    assert [grant["Permission"] for grant in grants] == ["FULL_CONTROL"]
    with_acls(s3, bucket)
    assert reads(unsigned, bucket)


# All together, for a user of the bucket's account and for nobody in particular.

WORDS = (None, "Allow", "Deny")


@pytest.fixture(scope="module")
def stage(root):
    """A bucket with one object, a user, and what decides about them, to be set anew for every combination."""
    s3, bucket = root.client("s3"), f"b-{uuid.uuid4().hex[:16]}"
    s3.create_bucket(Bucket=bucket)
    opened(s3, bucket)
    with_acls(s3, bucket)
    s3.put_object(Bucket=bucket, Key="thing", Body=b"content")
    yield s3, bucket, root.user()
    s3.delete_object(Bucket=bucket, Key="thing")
    s3.delete_bucket(Bucket=bucket)


@pytest.mark.parametrize("acl, ignored, restricted", list(itertools.product((False, True), repeat=3)))
def test_the_layers_combine(root, anonymous, stage, acl, ignored, restricted):
    s3, bucket, user = stage
    iam = root.client("iam")
    s3.put_object_acl(Bucket=bucket, Key="thing", ACL="public-read" if acl else "private")
    for identity, policy in itertools.product(WORDS, WORDS):
        s3.delete_bucket_policy(Bucket=bucket)
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={})
        if policy:
            put_policy(s3, bucket, statement(policy, READ, on(bucket), Principal="*"))
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={
            "IgnorePublicAcls": ignored, "RestrictPublicBuckets": restricted,
        })
        if identity:
            allow(iam, user.name, [statement(identity, READ)])
        else:
            for name in iam.list_user_policies(UserName=user.name)["PolicyNames"]:
                iam.delete_user_policy(UserName=user.name, PolicyName=name)
        listed = acl and not ignored
        shut_out = restricted and policy == "Allow"
        expected_user = "Deny" not in (identity, policy) and ("Allow" in (identity, policy) or listed)
        expected_nobody = policy != "Deny" and (policy == "Allow" or listed) and not shut_out
        where = f"identity {identity}, policy {policy}"
        assert reads(user.client("s3"), bucket) is expected_user, where
        assert reads(anonymous("s3"), bucket) is expected_nobody, where


# The account's own block.


@pytest.fixture
def control(root):
    client, account = root.client("s3control"), root.account
    client.delete_public_access_block(AccountId=account)
    yield client
    client.delete_public_access_block(AccountId=account)


def test_an_account_blocks_for_all_of_its_buckets(root, control, s3, unsigned, bucket, thing):
    account = root.account
    refused(lambda: control.get_public_access_block(AccountId=account), "NoSuchPublicAccessBlockConfiguration", 404)
    opened(s3, bucket)
    with_acls(s3, bucket)
    s3.put_object_acl(Bucket=bucket, Key=thing, ACL="public-read")
    assert reads(unsigned, bucket)

    def block(**settings):
        control.put_public_access_block(AccountId=account, PublicAccessBlockConfiguration=settings)

    block(IgnorePublicAcls=True)
    assert control.get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": False, "IgnorePublicAcls": True, "BlockPublicPolicy": False, "RestrictPublicBuckets": False,
    }
    assert not reads(unsigned, bucket)
    refused(lambda: s3.get_public_access_block(Bucket=bucket), "NoSuchPublicAccessBlockConfiguration", 404)
    block(BlockPublicAcls=True, BlockPublicPolicy=True)
    assert reads(unsigned, bucket)
    refused(lambda: s3.put_object_acl(Bucket=bucket, Key=thing, ACL="public-read"), "AccessDenied", 403)
    refused(lambda: s3.put_bucket_policy(Bucket=bucket, Policy=public(bucket)), "AccessDenied", 403)
    s3.put_object_acl(Bucket=bucket, Key=thing, ACL="private")
    block()
    s3.put_bucket_policy(Bucket=bucket, Policy=public(bucket))
    assert reads(unsigned, bucket)
    block(RestrictPublicBuckets=True)
    assert not reads(unsigned, bucket)
    control.delete_public_access_block(AccountId=account)
    assert reads(unsigned, bucket)


def test_the_accounts_block_needs_its_own_permission(root, control, monkeypatch):
    account = root.account
    user = root.user(policy=[statement("Allow", "s3:GetAccountPublicAccessBlock")]).client("s3control")
    refused(lambda: user.get_public_access_block(AccountId=account), "NoSuchPublicAccessBlockConfiguration", 404)
    settings = {"BlockPublicAcls": True}
    answer = refused(
        lambda: user.put_public_access_block(AccountId=account, PublicAccessBlockConfiguration=settings),
        "AccessDenied", 403,
    )
    assert "s3:PutAccountPublicAccessBlock" in message(answer)
    refused(lambda: user.delete_public_access_block(AccountId=account), "AccessDenied", 403)
    refused(lambda: control.get_public_access_block(AccountId="000000000001"), "AccessDenied", 403)
    answer = refused(lambda: control.list_jobs(AccountId=account), "NotImplemented", 501)
    assert "ListJobs" in message(answer)


def test_an_upload_that_began_before_the_block_ends_behind_it(s3, bucket):
    opened(s3, bucket)
    with_acls(s3, bucket)
    upload = {"Bucket": bucket, "Key": "parts"}
    upload["UploadId"] = s3.create_multipart_upload(**upload, ACL="public-read")["UploadId"]
    tag = s3.upload_part(**upload, PartNumber=1, Body=b"part")["ETag"]
    settings = {
        "BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": False, "RestrictPublicBuckets": False,
    }
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=settings)
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    answer = refused(lambda: s3.complete_multipart_upload(**upload, MultipartUpload=parts), "AccessDenied", 403)
    assert message(answer).endswith(PUBLIC_ACL)
    opened(s3, bucket)
    s3.complete_multipart_upload(**upload, MultipartUpload=parts)

"""Sessions of roles and users: how long, for whom, under which conditions, and what they hand on."""

import datetime
import json
import time

import pytest

from conftest import Principal, document, fresh, refused, statement

HOUR = 3600


def trust(*principals, actions=("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"), **more):
    return document({"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": list(actions), **more})


@pytest.fixture
def role(iam, account):
    """Makes roles that trust the account, and gives their ARNs."""

    def make(policy=None, trusted=None, **parameters):
        name = fresh("role")
        trusted = trusted or trust(f"arn:aws:iam::{account}:root")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted, **parameters)["Role"]["Arn"]
        if policy:
            iam.put_role_policy(RoleName=name, PolicyName="given", PolicyDocument=document(*policy))
        return arn

    return make


@pytest.fixture
def caller(root):
    """A user who may do with roles whatever they let it."""
    return root.user(policy=[statement("Allow", "sts:*")])


def lasts(answer):
    left = answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.UTC)
    return round(left.total_seconds() / 60)


def name(arn):
    return arn.rsplit("/", 1)[1]


# How long.


def test_a_session_lasts_an_hour_or_as_asked_up_to_the_role_s_maximum(caller, role):
    sts, arn = caller.client("sts"), role(MaxSessionDuration=2 * HOUR)
    ask = lambda **more: sts.assume_role(RoleArn=arn, RoleSessionName="ci", **more)
    assert lasts(ask()) == 60
    assert lasts(ask(DurationSeconds=900)) == 15
    assert lasts(ask(DurationSeconds=2 * HOUR)) == 120
    answer = refused(lambda: ask(DurationSeconds=2 * HOUR + 1), "ValidationError", 400)
    assert answer["Error"]["Message"] == (
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    )


def test_a_role_assumed_from_a_role_lasts_an_hour_at_most(caller, role):
    first = caller.assume(role(policy=[statement("Allow", "sts:AssumeRole")]))
    second = role(MaxSessionDuration=12 * HOUR)
    sts = first.client("sts")
    assert lasts(sts.assume_role(RoleArn=second, RoleSessionName="ci", DurationSeconds=HOUR)) == 60
    answer = refused(
        lambda: sts.assume_role(RoleArn=second, RoleSessionName="ci", DurationSeconds=HOUR + 1), "ValidationError", 400
    )
    assert "role chaining" in answer["Error"]["Message"]


def test_the_root_user_assumes_no_roles_and_gets_an_hour(root, role):
    arn = role()
    refused(lambda: root.assume(arn), "AccessDenied", 403, "Roles may not be assumed by root accounts.")
    assert lasts(root.client("sts").get_session_token(DurationSeconds=12 * HOUR)) == 60


def test_sessions_get_no_session_tokens(caller, role):
    sts = caller.assume(role(policy=[statement("Allow", "sts:*")])).client("sts")
    refused(sts.get_session_token, "AccessDenied", 403, "Cannot call GetSessionToken with session credentials")
    refused(
        lambda: sts.get_federation_token(Name="eve"),
        "AccessDenied",
        403,
        "Cannot call GetFederationToken with session credentials",
    )


# Whose end ends them.


def test_a_role_of_the_same_name_is_another_role(caller, iam, role):
    arn = role(policy=[statement("Allow", "iam:ListUsers")])
    session = caller.assume(arn)
    session.client("iam").list_users()
    iam.delete_role_policy(RoleName=name(arn), PolicyName="given")
    iam.delete_role(RoleName=name(arn))
    refused(lambda: session.account, "InvalidClientTokenId", 403)
    trusted = trust(f"arn:aws:iam::{arn.split(':')[4]}:root")
    iam.create_role(RoleName=name(arn), AssumeRolePolicyDocument=trusted)
    refused(lambda: session.account, "InvalidClientTokenId", 403)
    assert caller.assume(arn).account


def test_a_user_of_the_same_name_is_not_trusted_for_it(root, iam, role):
    bob = root.user(policy=[statement("Allow", "sts:*")])
    arn = role(trusted=trust(bob.client("sts").get_caller_identity()["Arn"]))
    bob.assume(arn)
    iam.delete_access_key(UserName=bob.name, AccessKeyId=bob.access_key_id)
    iam.delete_user_policy(UserName=bob.name, PolicyName="given")
    iam.delete_user(UserName=bob.name)
    again = root.user(bob.name, policy=[statement("Allow", "sts:*")])
    refused(lambda: again.assume(arn), "AccessDenied", 403)
    shown = iam.get_role(RoleName=name(arn))["Role"]["AssumeRolePolicyDocument"]
    iam.update_assume_role_policy(RoleName=name(arn), PolicyDocument=json.dumps(shown))
    again.assume(arn)


def test_nobody_is_trusted_who_does_not_exist(iam, account, other):
    for arn in (f"arn:aws:iam::{account}:user/{fresh('none')}", f"arn:aws:iam::{other.account}:role/{fresh('none')}"):
        refused(
            lambda: iam.create_role(RoleName=fresh("role"), AssumeRolePolicyDocument=trust(arn)),
            "MalformedPolicyDocument",
            400,
            f'Invalid principal in policy: "AWS":"{arn}"',
        )
    iam.create_role(
        RoleName=fresh("role"), AssumeRolePolicyDocument=trust(f"arn:aws:iam::{other.account}:user/admin")
    )


def test_a_user_who_is_gone_is_gone_at_once(root, iam):
    user = root.user()
    found = user.client("sts").get_session_token()["Credentials"]
    session = Principal(user.server, found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    assert session.account == user.account
    iam.update_access_key(UserName=user.name, AccessKeyId=user.access_key_id, Status="Inactive")
    for gone in (user, session):
        refused(lambda: gone.account, "InvalidClientTokenId", 403)
    iam.update_access_key(UserName=user.name, AccessKeyId=user.access_key_id, Status="Active")
    assert session.account == user.account
    iam.delete_access_key(UserName=user.name, AccessKeyId=user.access_key_id)
    iam.delete_user(UserName=user.name)
    for gone in (user, session):
        refused(lambda: gone.account, "InvalidClientTokenId", 403)


def test_what_a_role_loses_its_sessions_lose(caller, iam, role):
    arn = role(policy=[statement("Allow", "iam:ListUsers")])
    session = caller.assume(arn).client("iam")
    session.list_users()
    iam.delete_role_policy(RoleName=name(arn), PolicyName="given")
    refused(session.list_users, "AccessDenied", 403)


def test_sessions_are_revoked_by_when_they_were_issued(caller, iam, role):
    arn = role(policy=[statement("Allow", "iam:ListUsers")])
    old = caller.assume(arn).client("iam")
    old.list_users()
    time.sleep(1.1)
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    revoked = statement("Deny", "*", Condition={"DateLessThan": {"aws:TokenIssueTime": now}})
    iam.put_role_policy(
        RoleName=name(arn), PolicyName="AWSRevokeOlderSessions", PolicyDocument=document(revoked)
    )
    answer = refused(old.list_users, "AccessDenied", 403)
    assert "explicit deny in an identity-based policy" in answer["Error"]["Message"]
    caller.assume(arn).client("iam").list_users()


# What limits them.


def test_a_session_policy_only_takes_away(caller, role):
    arn = role(policy=[statement("Allow", ["iam:ListUsers", "iam:ListRoles"])])
    narrow = document(statement("Allow", ["iam:ListUsers", "iam:ListGroups"]))
    session = caller.assume(arn, Policy=narrow).client("iam")
    session.list_users()
    answer = refused(session.list_roles, "AccessDenied", 403)
    assert answer["Error"]["Message"].endswith("because no session policy allows the iam:ListRoles action")
    answer = refused(session.list_groups, "AccessDenied", 403)
    assert answer["Error"]["Message"].endswith("because no identity-based policy allows the iam:ListGroups action")


def test_managed_session_policies_limit_together_with_inline_ones(caller, role):
    arn = role(policy=[statement("Allow", "iam:*")])
    read = [{"arn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}]
    session = caller.assume(arn, PolicyArns=read).client("iam")
    session.list_users()
    refused(lambda: session.create_user(UserName=fresh("user")), "AccessDenied", 403)
    missing = [{"arn": f"arn:aws:iam::{caller.account}:policy/{fresh('none')}"}]
    refused(lambda: caller.assume(arn, PolicyArns=missing), "ValidationError", 400)


def test_policies_and_tags_have_a_space(caller, role):
    sts, arn = caller.client("sts"), role()
    small = sts.assume_role(
        RoleArn=arn, RoleSessionName="ci", Policy=document(statement("Allow", "iam:ListUsers"))
    )
    assert 0 < small["PackedPolicySize"] < 20
    assert "PackedPolicySize" not in sts.assume_role(RoleArn=arn, RoleSessionName="ci")
    tags = [{"Key": f"{number}{'k' * 100}", "Value": "v" * 200} for number in range(10)]
    answer = refused(
        lambda: sts.assume_role(RoleArn=arn, RoleSessionName="ci", Tags=tags), "PackedPolicyTooLarge", 400
    )
    assert "consumes" in answer["Error"]["Message"] and "%" in answer["Error"]["Message"]
    refused(
        lambda: sts.assume_role(RoleArn=arn, RoleSessionName="ci", Policy="{}"), "MalformedPolicyDocument", 400
    )


def test_a_federated_user_has_what_caller_and_policy_both_allow(root):
    user = root.user(policy=[statement("Allow", ["sts:GetFederationToken", "s3:ListAllMyBuckets"])])
    sts = user.client("sts")
    given = sts.get_federation_token(Name="eve", Policy=document(statement("Allow", ["iam:*", "sts:*"])))
    found = given["Credentials"]
    assert lasts(given) == 12 * 60
    eve = Principal(user.server, found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    identity = eve.client("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{user.account}:federated-user/eve"
    assert identity["UserId"] == f"{user.account}:eve"
    refused(eve.client("iam").list_users, "AccessDenied", 403)


def test_who_denies_a_user_denies_his_federated_sessions(root, bucket):
    s3 = root.client("s3")
    s3.put_object(Bucket=bucket, Key="thing", Body=b"content")
    user = root.user(policy=[statement("Allow", ["sts:GetFederationToken", "s3:*"])])
    found = user.client("sts").get_federation_token(Name="eve", Policy=document(statement("Allow", "s3:*")))["Credentials"]
    eve = Principal(user.server, found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    read = lambda: eve.client("s3").get_object(Bucket=bucket, Key="thing")  # noqa: E731
    read()
    whose = {"Principal": {"AWS": f"arn:aws:iam::{root.account}:user/{user.name}"}}
    denial = statement("Deny", "s3:GetObject", f"arn:aws:s3:::{bucket}/*", **whose)
    s3.put_bucket_policy(Bucket=bucket, Policy=document(denial))
    refused(read, "AccessDenied", 403)


# Tags.


TAGS = [{"Key": "team", "Value": "blue"}, {"Key": "Cost", "Value": "7"}]


def tagged(key, value):
    return {"StringEquals": {f"aws:PrincipalTag/{key}": value}}


def test_session_tags_decide_and_win_over_the_role_s(caller, iam, role):
    allowed = statement("Allow", "iam:ListUsers", Condition=tagged("team", "blue"))
    arn = role(policy=[allowed], Tags=[{"Key": "Team", "Value": "red"}])
    refused(caller.assume(arn).client("iam").list_users, "AccessDenied", 403)
    caller.assume(arn, Tags=TAGS).client("iam").list_users()


def test_tagging_a_session_must_be_allowed_on_both_sides(root, iam, role, account):
    arn = role(trusted=trust(f"arn:aws:iam::{account}:root", actions=["sts:AssumeRole"]))
    caller = root.user(policy=[statement("Allow", "sts:*")])
    refused(lambda: caller.assume(arn, Tags=TAGS), "AccessDenied", 403)
    iam.update_assume_role_policy(RoleName=name(arn), PolicyDocument=trust(f"arn:aws:iam::{account}:root"))
    caller.assume(arn, Tags=TAGS)
    only_assume = root.user(policy=[statement("Allow", "sts:AssumeRole")])
    answer = refused(lambda: only_assume.assume(arn, Tags=TAGS), "AccessDenied", 403)
    assert "sts:TagSession" in answer["Error"]["Message"]
    blue = {"StringEquals": {"aws:RequestTag/team": "blue"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}
    careful = root.user(policy=[statement("Allow", "sts:*", Condition=blue)])
    careful.assume(arn, Tags=TAGS[:1])
    refused(lambda: careful.assume(arn, Tags=TAGS), "AccessDenied", 403)


def test_transitive_tags_go_on_and_others_stay(caller, role):
    last = role(policy=[statement("Allow", "iam:ListUsers", Condition=tagged("team", "blue")),
                        statement("Allow", "iam:ListRoles", Condition=tagged("Cost", "7"))])
    first = role(policy=[statement("Allow", "sts:*")])
    chained = caller.assume(first, Tags=TAGS, TransitiveTagKeys=["team"])
    session = chained.assume(last).client("iam")
    session.list_users()
    refused(session.list_roles, "AccessDenied", 403)
    again = [{"Key": "Team", "Value": "red"}]
    refused(lambda: chained.assume(last, Tags=again), "ValidationError", 400)
    chained.assume(last, Tags=[{"Key": "Cost", "Value": "7"}]).client("iam").list_roles()


@pytest.mark.parametrize(("first", "second"), [("ΟΔΟΣ", "οδοσ"), ("task", "tas\u212a"), ("tas\u212a", "task")])
def test_a_transitive_tag_stays_whatever_its_case(caller, role, first, second):
    """Small letters are told from capitals sign by sign, for the check as for conditions."""
    one, two = role([statement("Allow", "sts:*")]), role()
    for key in (first, second):
        session = caller.assume(one, Tags=[{"Key": first, "Value": "one"}], TransitiveTagKeys=[second])
        tags = [{"Key": key, "Value": "two"}]
        refused(lambda: session.client("sts").assume_role(RoleArn=two, RoleSessionName="xx", Tags=tags), "ValidationError", 400)  # noqa: B023
    both = [{"Key": key, "Value": "x"} for key in (first, second)]
    refused(lambda: caller.client("sts").assume_role(RoleArn=one, RoleSessionName="xx", Tags=both), "ValidationError", 400)


def test_a_denial_of_a_tags_key_holds_for_every_spelling(root, caller, role, account):
    closed = json.loads(trust(f"arn:aws:iam::{account}:root"))
    keys = {"ForAnyValue:StringEqualsIgnoreCase": {"aws:TagKeys": "task"}}
    closed["Statement"].append({"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:TagSession", "Condition": keys})
    arn = role(trusted=json.dumps(closed))
    for key in ("task", "TASK", "tas\u212a"):
        tags = [{"Key": key, "Value": "two"}]
        refused(lambda: caller.client("sts").assume_role(RoleArn=arn, RoleSessionName="xx", Tags=tags), "AccessDenied", 403)  # noqa: B023


@pytest.mark.parametrize(
    "tags, transitive",
    [
        ([{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}], []),
        ([{"Key": "aws:a", "Value": "1"}], []),
        ([{"Key": "a", "Value": "1"}], ["b"]),
        ([{"Key": str(number), "Value": ""} for number in range(51)], []),
    ],
)
def test_tags_have_rules(caller, role, tags, transitive):
    arn = role()
    refused(lambda: caller.assume(arn, Tags=tags, TransitiveTagKeys=transitive), "ValidationError", 400)


# Conditions.


def test_an_external_id_is_asked_for(caller, role, account):
    condition = {"StringEquals": {"sts:ExternalId": "4711"}}
    arn = role(trusted=trust(f"arn:aws:iam::{account}:root", Condition=condition))
    refused(lambda: caller.assume(arn), "AccessDenied", 403)
    refused(lambda: caller.assume(arn, ExternalId="4712"), "AccessDenied", 403)
    caller.assume(arn, ExternalId="4711")


def test_names_and_durations_of_sessions_are_conditions(caller, role, account):
    condition = {"StringLike": {"sts:RoleSessionName": "ci-*"}, "NumericLessThanEquals": {"sts:DurationSeconds": "900"}}
    arn = role(trusted=trust(f"arn:aws:iam::{account}:root", Condition=condition))
    refused(lambda: caller.assume(arn, "ci-1"), "AccessDenied", 403)
    refused(lambda: caller.assume(arn, "me", DurationSeconds=900), "AccessDenied", 403)
    caller.assume(arn, "ci-1", DurationSeconds=900)


def test_a_source_identity_is_set_once_and_carried_on(caller, role):
    last = role(policy=[
        statement("Allow", "iam:ListUsers", Condition={"StringEquals": {"aws:SourceIdentity": "alice"}})
    ])
    first = role(policy=[statement("Allow", "sts:*")])
    session = caller.assume(first, SourceIdentity="alice")
    session.assume(last).client("iam").list_users()
    session.assume(last, SourceIdentity="alice").client("iam").list_users()
    refused(lambda: session.assume(last, SourceIdentity="bob"), "AccessDenied", 403)
    refused(caller.assume(last).client("iam").list_users, "AccessDenied", 403)


def test_a_source_identity_must_be_allowed_along_the_chain(root, role, account):
    arn = role(trusted=trust(f"arn:aws:iam::{account}:root", actions=["sts:AssumeRole"]))
    caller = root.user(policy=[statement("Allow", "sts:*")])
    caller.assume(arn)
    answer = refused(lambda: caller.assume(arn, SourceIdentity="alice"), "AccessDenied", 403)
    assert "sts:SetSourceIdentity" in answer["Error"]["Message"]


def test_a_role_that_does_not_exist_is_told_from_none(caller, account):
    answer = refused(lambda: caller.assume(f"arn:aws:iam::{account}:role/{fresh('none')}"), "AccessDenied", 403)
    assert "sts:AssumeRole" in answer["Error"]["Message"]
    for arn in (f"arn:aws:iam::{account}:user/bob", "x" * 20, "arn:aws:iam::1:role/short-account"):
        refused(lambda: caller.assume(arn), "ValidationError", 400)


# What is told of them.


def test_a_denial_is_decoded_for_the_account_that_was_denied(root, other):
    user = root.user()
    answer = refused(user.client("iam").list_users, "AccessDenied", 403)
    encoded = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-encoded-authorization-message"]
    decoded = root.client("sts").decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"]
    assert json.loads(decoded)["context"]["action"] == "iam:ListUsers"
    refused(
        lambda: other.client("sts").decode_authorization_message(EncodedMessage=encoded),
        "InvalidAuthorizationMessageException",
        400,
    )


def test_a_key_tells_its_account(root, other):
    sts = root.client("sts")
    assert sts.get_access_key_info(AccessKeyId=other.access_key_id)["Account"] == other.account
    refused(lambda: sts.get_access_key_info(AccessKeyId="AKIA" + "0" * 16), "ValidationError", 400)

"""Every denial can be explained: which statement of which policy, or which rule was missing."""

import json
import time

import pytest

from conftest import document, fresh, kurodo, new_account, refused, statement

LIST_GROUPS = statement("Allow", "iam:ListGroups")


@pytest.fixture
def why(server):
    """What `kurodo why` says of a call that is denied."""

    def explain(call, code="AccessDenied"):
        answer = refused(call, code)
        request = answer["ResponseMetadata"]["RequestId"]
        return kurodo("why", request, "--data-dir", server.data_dir).stdout

    return explain


def test_no_policy_allows_it(root, account, why):
    bob = root.user(policy=[LIST_GROUPS])
    told = why(bob.client("iam").list_users)
    assert f"caller     arn:aws:iam::{account}:user/{bob.name}\n" in told
    assert "decision   denied: because no identity-based policy allows the iam:ListUsers action\n" in told
    assert f"    inline:user/{bob.name}/given: does not allow it\n      statement 1: is about other actions\n" in told
    needed = f'{{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "arn:aws:iam::{account}:user/"}}'
    assert needed in told
    root.client("iam").put_user_policy(
        UserName=bob.name, PolicyName="advised", PolicyDocument=document(json.loads(needed))
    )
    bob.client("iam").list_users()


def test_a_statement_denies_it(root, iam, why):
    bob = root.user(policy=[statement("Allow", "iam:*")])
    group = fresh("group")
    iam.create_group(GroupName=group)
    deny = document(statement("Deny", "iam:List*", Sid="NoLists"))
    iam.put_group_policy(GroupName=group, PolicyName="limits", PolicyDocument=deny)
    iam.add_user_to_group(GroupName=group, UserName=bob.name)
    told = why(bob.client("iam").list_users)
    assert "decision   denied: with an explicit deny in an identity-based policy\n" in told
    assert f"    inline:user/{bob.name}/given: allows it\n" in told
    assert f"    inline:group/{group}/limits: DENIES it\n      statement 1 \"NoLists\" (Deny, line 1): applies\n" in told
    assert f'statement 1 "NoLists" of the identity-based policy inline:group/{group}/limits denies it.' in told


def test_the_boundary_does_not_allow_it(root, iam, why):
    bob = root.user(policy=[statement("Allow", "iam:*")])
    boundary = iam.create_policy(PolicyName=fresh("boundary"), PolicyDocument=document(LIST_GROUPS))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=bob.name, PermissionsBoundary=boundary)
    told = why(bob.client("iam").list_users)
    assert "because no permissions boundary allows the iam:ListUsers action" in told
    assert f"  permissions boundary\n    {boundary}: does not allow it\n" in told
    assert "The permissions boundary has to allow it too" in told


def test_a_role_s_session_policy_does_not_allow_it(root, iam, account, why):
    bob = root.user(policy=[statement("Allow", "sts:AssumeRole")])
    trust = document({"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName=fresh("role"), AssumeRolePolicyDocument=trust)["Role"]
    everything = document(statement("Allow", "iam:*"))
    iam.put_role_policy(RoleName=role["RoleName"], PolicyName="all", PolicyDocument=everything)
    session = bob.assume(role["Arn"], Policy=document(LIST_GROUPS))
    session.client("iam").list_groups()
    told = why(session.client("iam").list_users)
    assert "because no session policy allows the iam:ListUsers action" in told
    assert f"    inline:role/{role['RoleName']}/all: allows it\n" in told
    assert "a new session whose policies allow it, or that has none." in told


def test_the_organisation_does_not_allow_it(server, root, why):
    organizations = root.client("organizations")
    member = new_account(server, fresh("member"))
    deny = document(statement("Deny", "iam:ListUsers", Sid="NoUsers"))
    policy = organizations.create_policy(
        Content=deny, Description="", Name=fresh("scp"), Type="SERVICE_CONTROL_POLICY"
    )["Policy"]["PolicySummary"]
    member.client("iam").list_users()
    organizations.attach_policy(PolicyId=policy["Id"], TargetId=member.account)
    told = why(member.client("iam").list_users)
    assert "denied: with an explicit deny in a service control policy\n" in told
    assert "  service control policies, by level from the root\n" in told
    assert "    level 1, " in told and "DENIES it" in told
    assert '"NoUsers"' in told


def test_the_role_does_not_trust_the_caller(root, iam, account, why):
    bob = root.user(policy=[statement("Allow", "sts:AssumeRole")])
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName=fresh("role"), AssumeRolePolicyDocument=trust)["Role"]
    told = why(lambda: bob.assume(role["Arn"]))
    assert "denied: because no role trust policy allows the sts:AssumeRole action" in told
    assert f"  role trust policy\n    trust:role/{role['RoleName']}: does not allow it\n" in told
    assert "statement 1 (Allow, line 1): is about other principals" in told
    assert f"A trust policy of the role that allows sts:AssumeRole to the caller,\n    arn:aws:iam::{account}:user/{bob.name}" in told


def test_a_condition_does_not_hold(root, why):
    conditions = {
        "StringEquals": {"aws:PrincipalTag/team": "blue"},
        "IpAddress": {"aws:SourceIp": "192.0.2.0/24"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    bob = root.user(policy=[statement("Allow", "iam:ListUsers", Sid="blue", Condition=conditions)])
    told = why(bob.client("iam").list_users)
    assert 'statement 1 "blue" (Allow, line 1): does not apply: conditions do not hold\n' in told
    assert 'StringEquals aws:PrincipalTag/team "blue": does NOT hold; the request does not have this key\n' in told
    assert 'IpAddress aws:SourceIp "192.0.2.0/24": does NOT hold; the request has "127.0.0.1"\n' in told
    assert "SecureTransport" not in told, "what holds is not in the way"
    assert f'statement 1 "blue" of inline:user/{bob.name}/given would allow it if its conditions held' in told


def test_a_wrong_one_time_code_is_in_the_trail(server, root):
    bob = root.user()
    serial = f"arn:aws:iam::{bob.account}:mfa/none"
    sts = bob.client("sts")
    answer = refused(lambda: sts.get_session_token(SerialNumber=serial, TokenCode="000000"), "AccessDenied", 403)
    request, told, deadline = answer["ResponseMetadata"]["RequestId"], "", time.monotonic() + 20
    while "outcome    AccessDenied, status 403\n" not in told and time.monotonic() < deadline:
        told = kurodo("why", request, "--data-dir", server.data_dir).stdout
    assert "decision   allowed\noutcome    AccessDenied, status 403\n" in told, "its end is written a little later"


def test_the_encoded_message_tells_the_same(root, iam, account):
    bob = root.user(policy=[statement("Allow", "iam:*"), statement("Deny", "iam:ListUsers", Sid="no")])
    answer = refused(bob.client("iam").list_users, "AccessDenied", 403)
    sealed = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-encoded-authorization-message"]
    told = json.loads(root.client("sts").decode_authorization_message(EncodedMessage=sealed)["DecodedMessage"])
    assert (told["allowed"], told["explicitDeny"]) == (False, True)
    [cited] = told["matchedStatements"]["items"]
    assert (cited["statementId"], cited["effect"], cited["policy"]) == ("no", "DENY", f"inline:user/{bob.name}/given")
    context = told["context"]
    assert (context["action"], context["resource"]) == ("iam:ListUsers", f"arn:aws:iam::{account}:user/")
    assert context["principal"] == {
        "id": iam.get_user(UserName=bob.name)["User"]["UserId"],
        "name": bob.name,
        "arn": f"arn:aws:iam::{account}:user/{bob.name}",
    }
    assert told["reason"] == "with an explicit deny in an identity-based policy"
    refused(lambda: bob.client("sts").decode_authorization_message(EncodedMessage=sealed), "AccessDenied", 403)


def test_a_message_is_for_the_account_that_was_denied(server, root):
    bob = root.user()
    answer = refused(bob.client("iam").list_users, "AccessDenied", 403)
    sealed = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-encoded-authorization-message"]
    other = new_account(server, fresh("other")).client("sts")
    refused(lambda: other.decode_authorization_message(EncodedMessage=sealed), "InvalidAuthorizationMessageException", 400)


def test_a_message_does_not_tell_what_another_account_wrote(server, root, iam, account):
    stranger = new_account(server, fresh("stranger"))
    secret = {"StringEquals": {"sts:ExternalId": "the-secret"}}
    trust = document(
        {"Effect": "Allow", "Principal": {"AWS": stranger.account}, "Action": "sts:AssumeRole", "Condition": secret}
    )
    role = iam.create_role(RoleName=fresh("role"), AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    answer = refused(lambda: stranger.assume(role), "AccessDenied", 403)
    sealed = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-encoded-authorization-message"]
    told = stranger.client("sts").decode_authorization_message(EncodedMessage=sealed)["DecodedMessage"]
    assert json.loads(told)["context"]["resource"] == role
    assert "the-secret" not in told and "ExternalId" not in told


def test_denials_call_things_as_aws_does(root, iam, account):
    bob = root.user()
    name = fresh("hidden")
    iam.create_user(UserName=name, Path="/secret/path/")
    own = bob.client("iam")
    for call, resource in (
        (lambda: own.get_user(UserName=name), f"user {name}"),
        (lambda: own.get_user(UserName="nobody"), "user nobody"),
        (lambda: own.create_user(UserName="new"), f"arn:aws:iam::{account}:user/new"),
        (lambda: own.get_role(RoleName="none"), "role none"),
        (lambda: own.get_group(GroupName="none"), "group none"),
        (lambda: own.get_instance_profile(InstanceProfileName="none"), "instance profile none"),
        (lambda: own.get_policy(PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"), "policy arn:aws:iam::aws:policy/ReadOnlyAccess"),
        (lambda: own.list_users(), f"arn:aws:iam::{account}:user/"),
    ):
        message = refused(call, "AccessDenied", 403)["Error"]["Message"]
        assert f" on resource: {resource} because no identity-based policy allows the " in message
        assert "secret/path" not in message


def test_without_an_id_the_newest_denial_is_told(own_server):
    bob = own_server.root().user(policy=[LIST_GROUPS])
    refused(bob.client("iam").list_users, "AccessDenied")
    bob.client("iam").list_groups()
    told = kurodo("why", "--data-dir", own_server.data_dir).stdout
    assert "operation  iam:ListUsers in us-east-1\n" in told


def test_what_a_key_says_moves_no_terminal(server, root, account):
    """A denial can be made by everybody who knows the address: its texts are shown, not obeyed."""
    bob, key = root.user(), "a\x1b[2K\r\ndecision   allowed: \u202e"
    bucket = fresh("bucket")
    root.client("s3").create_bucket(Bucket=bucket)
    # The client cannot read the answer: XML 1.0 has no such signs.
    answer = refused(lambda: bob.client("s3").get_object(Bucket=bucket, Key=key), "403")
    told = kurodo("why", answer["ResponseMetadata"]["RequestId"], "--data-dir", server.data_dir).stdout
    assert "a\\u{1b}[2K\\u{d}\\u{a}decision   allowed: \\u{202e}" in told
    assert not any(sign in told for sign in "\x1b\r\u202e") and "\ndecision   allowed" not in told
    tail = kurodo("audit", "tail", "-n", "50", "--data-dir", server.data_dir).stdout
    assert "\\u202e" in tail and "\u202e" not in tail

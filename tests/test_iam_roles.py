"""Roles: who may assume them, for how long, and what ends their sessions."""

import json
import time

import pytest

import clock
from conftest import document, fresh, refused, statement


def trust(*principals):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"} for principal in principals
            ],
        }
    )


EC2 = trust({"Service": "ec2.amazonaws.com"})


@pytest.fixture
def role(iam):
    """A role for EC2 with nothing, by name."""
    name = fresh("role")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=EC2)
    return name


def test_a_role_is_made_found_and_deleted(iam, account):
    name = fresh("role")
    made = iam.create_role(
        RoleName=name,
        Path="/jobs/",
        AssumeRolePolicyDocument=EC2,
        Description="for jobs",
        MaxSessionDuration=7200,
        Tags=[{"Key": "team", "Value": "a"}],
    )["Role"]
    assert made["Arn"] == f"arn:aws:iam::{account}:role/jobs/{name}"
    assert made["RoleId"].startswith("AROA")
    assert made["AssumeRolePolicyDocument"] == json.loads(EC2)
    found = iam.get_role(RoleName=name)["Role"]
    assert found.pop("RoleLastUsed") == {}
    assert found == made
    message = f"Role with name {name} already exists."
    refused(lambda: iam.create_role(RoleName=name, AssumeRolePolicyDocument=EC2), "EntityAlreadyExists", 409, message)
    iam.delete_role(RoleName=name)
    message = f"The role with name {name} cannot be found."
    refused(lambda: iam.get_role(RoleName=name), "NoSuchEntity", 404, message)


def test_a_role_is_changed(iam, role):
    iam.update_role(RoleName=role, Description="new", MaxSessionDuration=43200)
    found = iam.get_role(RoleName=role)["Role"]
    assert (found["Description"], found["MaxSessionDuration"]) == ("new", 43200)
    assert iam.update_role_description(RoleName=role, Description="newer")["Role"]["Description"] == "newer"
    other = trust({"Service": "rds.amazonaws.com"})
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=other)
    assert iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"] == json.loads(other)
    refused(lambda: iam.update_role(RoleName=role, MaxSessionDuration=43201), "ValidationError", 400)


@pytest.mark.parametrize(
    "policy, message",
    [
        ({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}, "Missing required field Principal"),
        (
            {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*", "Principal": {"AWS": "*"}}]},
            "Has prohibited field Resource",
        ),
        (
            {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Principal": {"AWS": "*"}}]},
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::111122223333:user/*"}}]},
            'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:user/*"',
        ),
    ],
)
def test_a_trust_policy_has_rules(iam, policy, message):
    text = json.dumps({"Version": "2012-10-17", **policy})
    refused(
        lambda: iam.create_role(RoleName=fresh("role"), AssumeRolePolicyDocument=text),
        "MalformedPolicyDocument",
        400,
        message,
    )


def test_a_session_may_what_the_role_may_and_is_the_role_s(root, iam, account):
    bob = root.user(policy=[statement("Allow", "sts:AssumeRole")])
    name = fresh("role")
    arn = f"arn:aws:iam::{account}:user/{bob.name}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": arn}))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(statement("Allow", "iam:ListGroups")))
    session = bob.assume(role["Arn"], session="work")
    assert session.access_key_id.startswith("ASIA")
    identity = session.client("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{account}:assumed-role/{name}/work"
    assert identity["UserId"] == f"{role['RoleId']}:work"
    session.client("iam").list_groups()
    refused(lambda: session.client("iam").list_users(), "AccessDenied", 403)
    refused(lambda: bob.client("iam").list_groups(), "AccessDenied", 403)


def test_who_is_not_trusted_cannot_assume(root, iam, account):
    bob, eve = (root.user(policy=[statement("Allow", "sts:AssumeRole")]) for _ in range(2))
    name = fresh("role")
    arn = f"arn:aws:iam::{account}:user/{bob.name}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": arn}))["Role"]
    bob.assume(role["Arn"])
    answer = refused(lambda: eve.assume(role["Arn"]), "AccessDenied", 403)
    assert "is not authorized to perform: sts:AssumeRole on resource: " + role["Arn"] in answer["Error"]["Message"]


def test_a_session_ends_with_its_role_for_good(root, iam, account):
    bob = root.user(policy=[statement("Allow", "sts:AssumeRole")])
    name = fresh("role")
    policy = trust({"AWS": f"arn:aws:iam::{account}:user/{bob.name}"})

    def make():
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]
        iam.put_role_policy(
            RoleName=name, PolicyName="p", PolicyDocument=document(statement("Allow", "iam:ListGroups"))
        )
        return role["Arn"]

    session = bob.assume(make())
    session.client("iam").list_groups()
    iam.delete_role_policy(RoleName=name, PolicyName="p")
    iam.delete_role(RoleName=name)
    refused(lambda: session.client("iam").list_groups(), "InvalidClientTokenId", 403)
    make()
    refused(lambda: session.client("iam").list_groups(), "InvalidClientTokenId", 403)


@pytest.mark.parametrize("seconds, status", [(880, 200), (905, 403)])
def test_a_session_cannot_be_used_after_it_expired(own_server, tmp_path, seconds, status):
    root = own_server.root()
    iam, account = root.client("iam"), root.account
    bob = root.user(policy=[statement("Allow", "sts:AssumeRole")])
    name = fresh("role")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": account}))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(statement("Allow", "iam:ListGroups")))
    session = bob.assume(role["Arn"], DurationSeconds=900)
    session.client("iam").list_groups()
    own_server.stop()
    own_server.start(clock.environment(tmp_path, seconds))
    with clock.signing_ahead(seconds):
        own_server.root().client("iam").list_groups()
        if status == 200:
            session.client("iam").list_groups()
        else:
            message = "The security token included in the request is expired"
            refused(session.client("iam").list_groups, "ExpiredToken", 403, message)


def test_older_sessions_are_revoked_as_in_aws(root, iam, account):
    bob = root.user(policy=[statement("Allow", "sts:AssumeRole")])
    name = fresh("role")
    arn = f"arn:aws:iam::{account}:user/{bob.name}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": arn}))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(statement("Allow", "iam:ListGroups")))
    older = bob.assume(role["Arn"])
    older.client("iam").list_groups()
    time.sleep(1.1)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    deny = statement("Deny", "*", Condition={"DateLessThan": {"aws:TokenIssueTime": now}})
    iam.put_role_policy(RoleName=name, PolicyName="AWSRevokeOlderSessions", PolicyDocument=document(deny))
    refused(lambda: older.client("iam").list_groups(), "AccessDenied", 403)
    time.sleep(1.1)
    bob.assume(role["Arn"]).client("iam").list_groups()


def test_the_last_use_of_a_role_is_told(root, iam, account):
    bob = root.user(policy=[statement("Allow", "sts:AssumeRole")])
    name = fresh("role")
    arn = f"arn:aws:iam::{account}:user/{bob.name}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": arn}))["Role"]
    bob.assume(role["Arn"]).client("sts", region="eu-west-1").get_caller_identity()
    deadline = time.monotonic() + 20
    used = {}
    while not used and time.monotonic() < deadline:
        time.sleep(0.5)
        used = iam.get_role(RoleName=name)["Role"]["RoleLastUsed"]
    assert used["Region"] == "eu-west-1"
    assert abs(used["LastUsedDate"].timestamp() - time.time()) < 60


def test_what_hangs_on_a_role_must_go_first(iam, role):
    def conflict(message):
        refused(lambda: iam.delete_role(RoleName=role), "DeleteConflict", 409, message)

    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=document(statement("Allow", "s3:*")))
    conflict("Cannot delete entity, must delete policies first.")
    iam.delete_role_policy(RoleName=role, PolicyName="p")
    iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    conflict("Cannot delete entity, must detach all policies first.")
    iam.detach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    profile = fresh("profile")
    iam.create_instance_profile(InstanceProfileName=profile)
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    conflict("Cannot delete entity, must remove roles from instance profile first.")
    iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=role)
    iam.delete_role(RoleName=role)


def test_roles_and_their_tags_come_in_pages(iam):
    path = f"/{fresh('path')}/"
    names = sorted(fresh("role") for _ in range(3))
    for name in names:
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=EC2)
    pages = list(iam.get_paginator("list_roles").paginate(PathPrefix=path, PaginationConfig={"PageSize": 2}))
    assert [role["RoleName"] for page in pages for role in page["Roles"]] == names
    assert [len(page["Roles"]) for page in pages] == [2, 1]
    iam.tag_role(RoleName=names[0], Tags=[{"Key": key, "Value": key} for key in "abc"])
    iam.untag_role(RoleName=names[0], TagKeys=["b"])
    pages = iam.get_paginator("list_role_tags").paginate(RoleName=names[0], PaginationConfig={"PageSize": 1})
    assert [tag["Key"] for page in pages for tag in page["Tags"]] == ["a", "c"]


def test_a_service_linked_role_is_its_service_s(iam, account):
    service = "elasticache.amazonaws.com"
    role = iam.create_service_linked_role(AWSServiceName=service, Description="d")["Role"]
    name = role["RoleName"]
    assert name == "AWSServiceRoleForElastiCache"
    assert role["Arn"] == f"arn:aws:iam::{account}:role/aws-service-role/{service}/{name}"
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["ElastiCacheServiceRolePolicy"]
    message = f"Service role name {name} has been taken in this account, please try a different suffix."
    refused(lambda: iam.create_service_linked_role(AWSServiceName=service), "InvalidInput", 400, message)
    message = f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
    for change in (
        lambda: iam.delete_role(RoleName=name),
        lambda: iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(statement("Allow", "s3:*"))),
        lambda: iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"),
        lambda: iam.update_assume_role_policy(RoleName=name, PolicyDocument=EC2),
    ):
        refused(change, "UnmodifiableEntity", 400, message)
    task = iam.delete_service_linked_role(RoleName=name)["DeletionTaskId"]
    assert task.startswith(f"task/aws-service-role/{service}/{name}/")
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    refused(lambda: iam.get_role(RoleName=name), "NoSuchEntity", 404)


def test_the_path_of_services_is_not_for_others(iam):
    refused(
        lambda: iam.create_role(RoleName=fresh(), Path="/aws-service-role/x/", AssumeRolePolicyDocument=EC2),
        "InvalidInput",
        400,
    )


def test_a_boundary_limits_a_role_and_can_be_taken_away(root, iam, account):
    bob = root.user(policy=[statement("Allow", "sts:AssumeRole")])
    boundary = iam.create_policy(
        PolicyName=fresh("boundary"), PolicyDocument=document(statement("Allow", "iam:ListGroups"))
    )["Policy"]["Arn"]
    name = fresh("role")
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{account}:user/{bob.name}"}),
        PermissionsBoundary=boundary,
    )["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(statement("Allow", "iam:*")))
    session = bob.assume(role["Arn"])
    session.client("iam").list_groups()
    answer = refused(lambda: session.client("iam").list_users(), "AccessDenied", 403)
    assert answer["Error"]["Message"].endswith("because no permissions boundary allows the iam:ListUsers action")
    assert iam.get_role(RoleName=name)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    refused(lambda: iam.delete_policy(PolicyArn=boundary), "DeleteConflict", 409)
    iam.delete_role_permissions_boundary(RoleName=name)
    session.client("iam").list_users()
    refused(lambda: iam.delete_role_permissions_boundary(RoleName=name), "NoSuchEntity", 404)
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
    refused(lambda: session.client("iam").list_users(), "AccessDenied", 403)

"""Managed and inline policies: versions, attachments, sizes, and what is no policy."""

import json

import pytest

from conftest import document, fresh, refused, statement

LIST = document(statement("Allow", "iam:ListGroups"))
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def policy(iam):
    """A managed policy that lets groups be listed, by ARN."""
    return iam.create_policy(PolicyName=fresh("policy"), PolicyDocument=LIST)["Policy"]["Arn"]


@pytest.fixture
def user(iam):
    name = fresh("user")
    iam.create_user(UserName=name)
    return name


def test_a_region_to_keep_to_keeps_out_of_global_services(root, iam):
    """IAM and Organizations are in us-east-1, whichever region a client signs for."""
    regions = lambda *names: {"StringEquals": {"aws:RequestedRegion": list(names)}}  # noqa: E731
    held = root.user(policy=[statement("Allow", "*", Condition=regions("eu-west-1"))])
    assert held.client("dynamodb", region="eu-west-1").list_tables()["TableNames"] == []
    for region in ("eu-west-1", "us-east-1"):
        refused(held.client("iam", region=region).list_users, "AccessDenied", 403)
        refused(held.client("organizations", region=region).list_roots, "AccessDeniedException", 400)
    free = root.user(policy=[statement("Allow", "*", Condition=regions("us-east-1"))])
    for region in ("eu-west-1", "us-east-1"):
        free.client("iam", region=region).list_users()


def test_a_policy_is_made_found_and_deleted(iam, account):
    name = fresh("policy")
    made = iam.create_policy(
        PolicyName=name, Path="/rules/", PolicyDocument=LIST, Description="d", Tags=[{"Key": "a", "Value": "b"}]
    )["Policy"]
    arn = f"arn:aws:iam::{account}:policy/rules/{name}"
    assert (made["Arn"], made["DefaultVersionId"], made["AttachmentCount"]) == (arn, "v1", 0)
    assert made["PolicyId"].startswith("ANPA")
    assert iam.get_policy(PolicyArn=arn)["Policy"] == made
    version = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert version["Document"] == json.loads(LIST) and version["IsDefaultVersion"]
    message = f"A policy called {name} already exists. Duplicate names are not allowed."
    refused(lambda: iam.create_policy(PolicyName=name, PolicyDocument=LIST), "EntityAlreadyExists", 409, message)
    iam.delete_policy(PolicyArn=arn)
    refused(lambda: iam.get_policy(PolicyArn=arn), "NoSuchEntity", 404, f"Policy {arn} was not found.")


def test_the_default_version_is_the_one_in_force(root, iam, policy):
    bob = root.user()
    iam.attach_user_policy(UserName=bob.name, PolicyArn=policy)
    bob.client("iam").list_groups()
    other = document(statement("Allow", "iam:ListUsers"))
    made = iam.create_policy_version(PolicyArn=policy, PolicyDocument=other)["PolicyVersion"]
    assert (made["VersionId"], made["IsDefaultVersion"]) == ("v2", False)
    bob.client("iam").list_groups()
    iam.set_default_policy_version(PolicyArn=policy, VersionId="v2")
    refused(lambda: bob.client("iam").list_groups(), "AccessDenied", 403)
    bob.client("iam").list_users()
    iam.set_default_policy_version(PolicyArn=policy, VersionId="v1")
    bob.client("iam").list_groups()


def test_versions_have_rules(iam, policy):
    for _ in range(4):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=LIST, SetAsDefault=True)
    message = (
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version."
    )
    refused(
        lambda: iam.create_policy_version(PolicyArn=policy, PolicyDocument=LIST), "LimitExceeded", 409, message
    )
    message = "Cannot delete the default version of a policy."
    refused(lambda: iam.delete_policy_version(PolicyArn=policy, VersionId="v5"), "DeleteConflict", 409, message)
    message = (
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
        "The default version is deleted with the policy."
    )
    refused(lambda: iam.delete_policy(PolicyArn=policy), "DeleteConflict", 409, message)
    pages = iam.get_paginator("list_policy_versions").paginate(PolicyArn=policy, PaginationConfig={"PageSize": 2})
    assert [v["VersionId"] for page in pages for v in page["Versions"]] == ["v5", "v4", "v3", "v2", "v1"]
    iam.delete_policy_version(PolicyArn=policy, VersionId="v2")
    message = f"Policy {policy} version v2 does not exist or is not attachable."
    refused(lambda: iam.get_policy_version(PolicyArn=policy, VersionId="v2"), "NoSuchEntity", 404, message)
    assert iam.create_policy_version(PolicyArn=policy, PolicyDocument=LIST)["PolicyVersion"]["VersionId"] == "v6"


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_policies_are_attached_listed_and_detached(iam, kind, policy):
    name = fresh(kind)
    more = {"AssumeRolePolicyDocument": document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})}
    getattr(iam, f"create_{kind}")(**{f"{kind.title()}Name": name}, **(more if kind == "role" else {}))
    who = {f"{kind.title()}Name": name}
    attach, detach = getattr(iam, f"attach_{kind}_policy"), getattr(iam, f"detach_{kind}_policy")
    attach(**who, PolicyArn=policy)
    attach(**who, PolicyArn=policy)
    attach(**who, PolicyArn=READ_ONLY)
    pages = iam.get_paginator(f"list_attached_{kind}_policies").paginate(**who, PaginationConfig={"PageSize": 1})
    found = [found["PolicyArn"] for page in pages for found in page["AttachedPolicies"]]
    assert sorted(found) == sorted([policy, READ_ONLY])
    assert iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 1
    entities = iam.list_entities_for_policy(PolicyArn=policy)
    assert [found[f"{kind.title()}Name"] for found in entities[f"Policy{kind.title()}s"]] == [name]
    refused(
        lambda: iam.delete_policy(PolicyArn=policy), "DeleteConflict", 409, "Cannot delete a policy attached to entities."
    )
    detach(**who, PolicyArn=policy)
    refused(lambda: detach(**who, PolicyArn=policy), "NoSuchEntity", 404, f"Policy {policy} was not found.")
    missing = policy + "-missing"
    message = f"Policy {missing} does not exist or is not attachable."
    refused(lambda: attach(**who, PolicyArn=missing), "NoSuchEntity", 404, message)
    refused(lambda: attach(**who, PolicyArn="no-arn-at-all-but-long"), "InvalidInput", 400)


def test_ten_policies_are_attached_at_most(iam, user):
    arns = [iam.create_policy(PolicyName=fresh("policy"), PolicyDocument=LIST)["Policy"]["Arn"] for _ in range(11)]
    for arn in arns[:10]:
        iam.attach_user_policy(UserName=user, PolicyArn=arn)
    message = "Cannot exceed quota for PoliciesPerUser: 10"
    refused(lambda: iam.attach_user_policy(UserName=user, PolicyArn=arns[10]), "LimitExceeded", 409, message)


@pytest.mark.parametrize("kind, limit", [("user", 2048), ("group", 5120), ("role", 10240)])
def test_inline_policies_are_kept_and_have_a_size(iam, kind, limit):
    name = fresh(kind)
    more = {"AssumeRolePolicyDocument": document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})}
    who = {f"{kind.title()}Name": name}
    getattr(iam, f"create_{kind}")(**who, **(more if kind == "role" else {}))
    put, get = getattr(iam, f"put_{kind}_policy"), getattr(iam, f"get_{kind}_policy")
    for policy in "abc":
        put(**who, PolicyName=policy, PolicyDocument=LIST)
    found = get(**who, PolicyName="a")
    assert found["PolicyDocument"] == json.loads(LIST) and found[f"{kind.title()}Name"] == name
    pages = iam.get_paginator(f"list_{kind}_policies").paginate(**who, PaginationConfig={"PageSize": 2})
    assert [name for page in pages for name in page["PolicyNames"]] == ["a", "b", "c"]
    getattr(iam, f"delete_{kind}_policy")(**who, PolicyName="a")
    message = f"The {kind} policy with name a cannot be found."
    refused(lambda: get(**who, PolicyName="a"), "NoSuchEntity", 404, message)
    refused(lambda: getattr(iam, f"delete_{kind}_policy")(**who, PolicyName="a"), "NoSuchEntity", 404, message)
    large = document(statement("Allow", "s3:*", "arn:aws:s3:::" + "x" * limit))
    message = f"Maximum policy size of {limit} bytes exceeded for {kind} {name}"
    refused(lambda: put(**who, PolicyName="d", PolicyDocument=large), "LimitExceeded", 409, message)


def test_managed_policies_have_a_size(iam):
    message = "Cannot exceed quota for PolicySize: 6144"
    large = document(statement("Allow", "s3:*", "arn:aws:s3:::" + "x" * 6144))
    refused(lambda: iam.create_policy(PolicyName=fresh(), PolicyDocument=large), "LimitExceeded", 409, message)
    padded = LIST + " " * 7000
    iam.create_policy(PolicyName=fresh("padded"), PolicyDocument=padded)


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "Syntax errors in policy."),
        ('{"Version":"2012-10-17","Statement":[]}', "Syntax errors in policy."),
        (document({"Effect": "allow", "Action": "s3:*", "Resource": "*", "Extra": 1}), "Syntax errors in policy."),
        (
            json.dumps({"Version": "2008-10-17", "Statement": [statement("Allow", "s3:*")]}),
            "Policy document must be version 2012-10-17 or greater.",
        ),
        (document({"Effect": "Allow", "Resource": "*"}), "Policy statement must contain actions."),
        (document({"Effect": "Allow", "Action": "s3:*"}), "Policy statement must contain resources."),
        (
            document(statement("Allow", "GetObject")),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (document(statement("Allow", "s3:*", "bucket")), 'Resource bucket must be in ARN format or "*".'),
        (
            document({**statement("Allow", "s3:*"), "Principal": {"AWS": "*"}}),
            "Policy document should not specify a principal.",
        ),
        (
            document(statement("Allow", "s3:*", Sid="a"), statement("Allow", "s3:*", Sid="a")),
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (
            document(statement("Allow", "s3:*", "arn:aws:s3:us-east-1::bucket")),
            "Resource arn:aws:s3:us-east-1::bucket can not contain region information.",
        ),
        (document(statement("Allow", "s3:*", Condition={"StringLikes": {"a:b": "c"}})), "Syntax errors in policy."),
        (
            document(statement("Deny", "s3:*", Condition={"IpAddress": {"SourceIp": "10.0.0.0/8"}})),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
    ],
)
def test_what_is_no_policy_is_refused_with_the_reason(iam, user, text, message):
    refused(
        lambda: iam.create_policy(PolicyName=fresh(), PolicyDocument=text), "MalformedPolicyDocument", 400, message
    )
    if "2008" not in text:
        refused(
            lambda: iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=text),
            "MalformedPolicyDocument",
            400,
            message,
        )


def test_what_aws_provides_is_listed_and_cannot_be_changed(iam):
    scopes = {}
    for scope in ("AWS", "Local", "All"):
        pages = iam.get_paginator("list_policies").paginate(Scope=scope, PaginationConfig={"PageSize": 50})
        scopes[scope] = [policy["Arn"] for page in pages for policy in page["Policies"]]
    assert "arn:aws:iam::aws:policy/AdministratorAccess" in scopes["AWS"]
    assert not any(arn.startswith("arn:aws:iam::aws:") for arn in scopes["Local"])
    assert sorted(scopes["All"]) == sorted(scopes["AWS"] + scopes["Local"])
    found = iam.get_policy(PolicyArn=READ_ONLY)["Policy"]
    assert found["PolicyName"] == "ReadOnlyAccess" and found["IsAttachable"]
    version = iam.get_policy_version(PolicyArn=READ_ONLY, VersionId=found["DefaultVersionId"])
    assert version["PolicyVersion"]["Document"]["Statement"]
    for change in (
        lambda: iam.delete_policy(PolicyArn=READ_ONLY),
        lambda: iam.create_policy_version(PolicyArn=READ_ONLY, PolicyDocument=LIST),
        lambda: iam.tag_policy(PolicyArn=READ_ONLY, Tags=[{"Key": "a", "Value": "b"}]),
    ):
        refused(change, "AccessDenied", 403)


def test_attached_policies_are_listed_as_such(iam, user, policy):
    iam.attach_user_policy(UserName=user, PolicyArn=policy)
    found = [found["Arn"] for found in iam.list_policies(Scope="Local", OnlyAttached=True, MaxItems=1000)["Policies"]]
    assert policy in found
    iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=policy)
    iam.detach_user_policy(UserName=user, PolicyArn=policy)
    usage = "PermissionsBoundary"
    found = iam.list_policies(Scope="Local", PolicyUsageFilter=usage, MaxItems=1000)["Policies"]
    assert policy in [found["Arn"] for found in found]
    assert iam.list_entities_for_policy(PolicyArn=policy, PolicyUsageFilter=usage)["PolicyUsers"][0]["UserName"] == user
    assert iam.get_policy(PolicyArn=policy)["Policy"]["PermissionsBoundaryUsageCount"] == 1


def test_a_policy_of_another_path_or_spelling_is_none(iam, account, policy):
    """Whoever is kept from one learns nothing of it by other names."""
    name = policy.rsplit("/", 1)[1]
    for arn in (f"arn:aws:iam::{account}:policy/x/{name}", policy.replace(name, name.upper())):
        refused(lambda: iam.get_policy(PolicyArn=arn), "NoSuchEntity", 404)  # noqa: B023
        refused(lambda: iam.delete_policy(PolicyArn=arn), "NoSuchEntity", 404)  # noqa: B023


def test_policies_are_tagged(iam, policy):
    iam.tag_policy(PolicyArn=policy, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.untag_policy(PolicyArn=policy, TagKeys=["a"])
    assert iam.list_policy_tags(PolicyArn=policy)["Tags"] == [{"Key": "b", "Value": "2"}]


def test_a_boundary_limits_a_user(root, iam, policy):
    bob = root.user(policy=[statement("Allow", "iam:*")])
    bob.client("iam").list_users()
    iam.put_user_permissions_boundary(UserName=bob.name, PermissionsBoundary=policy)
    bob.client("iam").list_groups()
    answer = refused(lambda: bob.client("iam").list_users(), "AccessDenied", 403)
    assert answer["Error"]["Message"].endswith("because no permissions boundary allows the iam:ListUsers action")
    boundary = iam.get_user(UserName=bob.name)["User"]["PermissionsBoundary"]
    kind = "PermissionsBoundaryPolicy"
    assert boundary == {"PermissionsBoundaryType": kind, "PermissionsBoundaryArn": policy}
    iam.delete_user_permissions_boundary(UserName=bob.name)
    bob.client("iam").list_users()


def test_a_boundary_that_is_not_there_is_refused(iam, user, policy):
    missing = policy + "-missing"
    message = f"Scope ARN: {missing} does not exist or is not attachable."
    refused(
        lambda: iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=missing), "NoSuchEntity", 404, message
    )

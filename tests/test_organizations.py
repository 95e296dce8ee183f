"""Accounts, units, and the policies that limit them."""

import json
import stat
import subprocess
import uuid

import pytest

from conftest import BINARY, document, kurodo, new_account, refused, statement

FULL_ACCESS = "p-FullAWSAccess"


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


@pytest.fixture
def organizations(root):
    return root.client("organizations")


@pytest.fixture
def root_id(organizations):
    return organizations.list_roots()["Roots"][0]["Id"]


@pytest.fixture
def member(server):
    """The administrator of an account of the test's own."""
    return new_account(server, unique("member"))


# Accounts.


def test_one_command_gives_a_usable_account(server, root):
    name = unique("data team")
    created = kurodo("account", "create", name, "--data-dir", server.data_dir)
    id = created.stdout.strip()
    assert len(id) == 12 and id != root.account
    listed = kurodo("account", "list", "--data-dir", server.data_dir).stdout
    assert any(id in line and name in line for line in listed.splitlines())

    file = server.data_dir / "accounts" / id
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    for chosen in (name, id):
        script = f'eval "$({BINARY} env --data-dir {server.data_dir} --account "{chosen}")"'
        script += " && aws sts get-caller-identity --output text --query Arn"
        answer = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
        assert answer.stdout.strip() == f"arn:aws:iam::{id}:user/admin"


def test_the_way_into_a_new_account_leaves_nobody_behind(server, root):
    before = {user["UserName"] for user in root.client("iam").list_users()["Users"]}
    admin = new_account(server, unique("clean"))
    after = {user["UserName"] for user in root.client("iam").list_users()["Users"]}
    assert after == before
    summary = admin.client("iam").get_account_summary()["SummaryMap"]
    assert summary["AccountAccessKeysPresent"] == 0, "the root user has no key"
    assert summary["Users"] == 1


def test_names_that_several_accounts_have_must_be_told_apart(server):
    name = unique("twice")
    kurodo("account", "create", name, "--data-dir", server.data_dir)
    again = kurodo("account", "create", name, "--data-dir", server.data_dir, check=False)
    assert again.returncode != 0 and "--email" in again.stderr
    kurodo("account", "create", name, "--email", f"{unique('x')}@example.com", "--data-dir", server.data_dir)
    answer = kurodo("env", "--account", name, "--data-dir", server.data_dir, check=False)
    assert answer.returncode != 0 and "several accounts" in answer.stderr
    answer = kurodo("env", "--account", "nobody", "--data-dir", server.data_dir, check=False)
    assert answer.returncode != 0 and "account create" in answer.stderr


def test_an_account_is_created_and_described(root, organizations):
    name, email = unique("account"), f"{unique('a')}@example.com"
    status = organizations.create_account(
        AccountName=name, Email=email, RoleName="Enter", Tags=[{"Key": "team", "Value": "blue"}]
    )["CreateAccountStatus"]
    assert status["State"] == "SUCCEEDED"
    assert organizations.describe_create_account_status(CreateAccountRequestId=status["Id"])[
        "CreateAccountStatus"
    ]["AccountId"] == status["AccountId"]
    listed = organizations.list_create_account_status(States=["SUCCEEDED"])["CreateAccountStatuses"]
    assert listed and all(one["State"] == "SUCCEEDED" for one in listed)

    found = organizations.describe_account(AccountId=status["AccountId"])["Account"]
    organization = organizations.describe_organization()["Organization"]
    assert found["Arn"] == (
        f"arn:aws:organizations::{root.account}:account/{organization['Id']}/{status['AccountId']}"
    )
    assert (found["Name"], found["Email"], found["Status"], found["JoinedMethod"]) == (name, email, "ACTIVE", "CREATED")
    tags = organizations.list_tags_for_resource(ResourceId=status["AccountId"])["Tags"]
    assert tags == [{"Key": "team", "Value": "blue"}]

    again = organizations.create_account(AccountName=name, Email=email.upper())["CreateAccountStatus"]
    assert (again["State"], again["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")
    assert "AccountId" not in again


def test_accounts_come_in_pages(server, organizations, other):
    pages = list(organizations.get_paginator("list_accounts").paginate(PaginationConfig={"PageSize": 1}))
    ids = [one["Id"] for page in pages for one in page["Accounts"]]
    assert len(ids) == len(set(ids)) >= 2
    assert other.account in ids
    refused(lambda: organizations.list_accounts(NextToken="made-up"), "InvalidInputException", 400)


def test_what_does_not_exist_is_told_in_aws_s_words(organizations, root_id):
    answer = refused(
        lambda: organizations.describe_account(AccountId="000000000001"), "AccountNotFoundException", 400
    )
    assert answer["Error"]["Message"] == "You specified an account that doesn't exist."
    unit = f"ou-{root_id[2:]}-00000000"
    refused(
        lambda: organizations.describe_organizational_unit(OrganizationalUnitId=unit),
        "OrganizationalUnitNotFoundException",
    )
    refused(lambda: organizations.describe_policy(PolicyId="p-00000000"), "PolicyNotFoundException")
    refused(lambda: organizations.list_children(ParentId=unit, ChildType="ACCOUNT"), "ParentNotFoundException")
    refused(lambda: organizations.list_parents(ChildId=unit), "ChildNotFoundException")
    refused(
        lambda: organizations.attach_policy(PolicyId=FULL_ACCESS, TargetId="000000000001"),
        "TargetNotFoundException",
    )
    refused(
        lambda: organizations.describe_create_account_status(CreateAccountRequestId="car-" + "0" * 32),
        "CreateAccountStatusNotFoundException",
    )


def test_what_is_not_honoured_is_refused_by_name(organizations):
    refused(
        lambda: organizations.create_account(
            AccountName="x", Email=f"{unique('x')}@example.com", IamUserAccessToBilling="DENY"
        ),
        "NotImplemented",
        501,
    )
    refused(lambda: organizations.leave_organization(), "NotImplemented", 501)
    refused(
        lambda: organizations.list_policies(Filter="TAG_POLICY"),
        "PolicyTypeNotAvailableForOrganizationException",
    )


# Units.


def test_units_nest_five_deep_and_accounts_move(organizations, root_id, member):
    path = [root_id]
    for depth in range(5):
        unit = organizations.create_organizational_unit(ParentId=path[-1], Name=f"{unique('level')}-{depth}")
        path.append(unit["OrganizationalUnit"]["Id"])
    answer = refused(
        lambda: organizations.create_organizational_unit(ParentId=path[-1], Name="too deep"),
        "ConstraintViolationException",
    )
    assert answer["Reason"] == "OU_DEPTH_LIMIT_EXCEEDED"

    account = member.account
    move = {"AccountId": account, "SourceParentId": root_id, "DestinationParentId": path[-1]}
    organizations.move_account(**move)
    assert organizations.list_parents(ChildId=account)["Parents"] == [
        {"Id": path[-1], "Type": "ORGANIZATIONAL_UNIT"}
    ]
    children = organizations.list_children(ParentId=path[-1], ChildType="ACCOUNT")["Children"]
    assert children == [{"Id": account, "Type": "ACCOUNT"}]
    assert [one["Id"] for one in organizations.list_accounts_for_parent(ParentId=path[-1])["Accounts"]] == [account]
    refused(lambda: organizations.move_account(**move), "AccountNotFoundException")
    stay = {**move, "SourceParentId": path[-1]}
    refused(lambda: organizations.move_account(**stay), "DuplicateAccountException")
    refused(
        lambda: organizations.delete_organizational_unit(OrganizationalUnitId=path[-1]),
        "OrganizationalUnitNotEmptyException",
    )
    organizations.move_account(AccountId=account, SourceParentId=path[-1], DestinationParentId=root_id)
    for unit in reversed(path[1:]):
        organizations.delete_organizational_unit(OrganizationalUnitId=unit)
    units = organizations.list_organizational_units_for_parent(ParentId=root_id)["OrganizationalUnits"]
    assert path[1] not in [unit["Id"] for unit in units]


def test_names_of_units_are_unique_below_their_parent(organizations, root_id):
    name = unique("unit")
    one = organizations.create_organizational_unit(ParentId=root_id, Name=name)["OrganizationalUnit"]["Id"]
    refused(
        lambda: organizations.create_organizational_unit(ParentId=root_id, Name=name),
        "DuplicateOrganizationalUnitException",
    )
    below = organizations.create_organizational_unit(ParentId=one, Name=name)["OrganizationalUnit"]["Id"]
    renamed = organizations.update_organizational_unit(OrganizationalUnitId=one, Name=name + "-2")
    assert renamed["OrganizationalUnit"]["Name"] == name + "-2"
    for unit in (below, one):
        organizations.delete_organizational_unit(OrganizationalUnitId=unit)


# Policies.


@pytest.fixture
def policy(organizations):
    """Makes policies of the organisation, which are detached and deleted afterwards."""
    made = []

    def make(content, kind="SERVICE_CONTROL_POLICY", *targets):
        answer = organizations.create_policy(Content=content, Description="", Name=unique("policy"), Type=kind)
        id = answer["Policy"]["PolicySummary"]["Id"]
        made.append(id)
        for target in targets:
            organizations.attach_policy(PolicyId=id, TargetId=target)
        return id

    yield make
    for id in made:
        for target in organizations.list_targets_for_policy(PolicyId=id)["Targets"]:
            organizations.detach_policy(PolicyId=id, TargetId=target["TargetId"])
        organizations.delete_policy(PolicyId=id)


def deny(actions):
    return document(statement("Deny", actions))


def rcp(actions, **more):
    return document(statement("Deny", actions, Principal="*", **more))


def test_policies_are_made_changed_and_attached(organizations, policy, member):
    id = policy(deny("s3:*"))
    described = organizations.describe_policy(PolicyId=id)["Policy"]
    assert json.loads(described["Content"]) == json.loads(deny("s3:*"))
    assert not described["PolicySummary"]["AwsManaged"]
    name = described["PolicySummary"]["Name"]
    refused(
        lambda: organizations.create_policy(
            Content=deny("s3:*"), Description="", Name=name, Type="SERVICE_CONTROL_POLICY"
        ),
        "DuplicatePolicyException",
    )
    organizations.update_policy(PolicyId=id, Content=deny("iam:*"), Description="new")
    described = organizations.describe_policy(PolicyId=id)["Policy"]
    assert "iam:*" in described["Content"] and described["PolicySummary"]["Description"] == "new"

    refused(
        lambda: organizations.detach_policy(PolicyId=id, TargetId=member.account), "PolicyNotAttachedException"
    )
    organizations.attach_policy(PolicyId=id, TargetId=member.account)
    refused(
        lambda: organizations.attach_policy(PolicyId=id, TargetId=member.account),
        "DuplicatePolicyAttachmentException",
    )
    refused(lambda: organizations.delete_policy(PolicyId=id), "PolicyInUseException")
    targets = organizations.list_targets_for_policy(PolicyId=id)["Targets"]
    assert [(one["TargetId"], one["Type"]) for one in targets] == [(member.account, "ACCOUNT")]
    attached = organizations.list_policies_for_target(TargetId=member.account, Filter="SERVICE_CONTROL_POLICY")
    assert {one["Id"] for one in attached["Policies"]} == {FULL_ACCESS, id}


def test_malformed_policies_are_refused(organizations):
    for kind, content in [
        ("SERVICE_CONTROL_POLICY", "{}"),
        ("SERVICE_CONTROL_POLICY", rcp("s3:*")),
        ("RESOURCE_CONTROL_POLICY", deny("s3:*")),
        ("RESOURCE_CONTROL_POLICY", rcp("iam:*")),
        ("RESOURCE_CONTROL_POLICY", document(statement("Allow", "s3:*", Principal="*"))),
    ]:
        refused(
            lambda: organizations.create_policy(
                Content=content, Description="", Name=unique("bad"), Type=kind
            ),
            "MalformedPolicyDocumentException",
            400,
        )


def test_ten_policies_fit_on_a_target_and_one_must_stay(organizations, policy, member):
    for _ in range(9):
        policy(deny("s3:DeleteBucket"), "SERVICE_CONTROL_POLICY", member.account)
    eleventh = policy(deny("s3:DeleteBucket"))
    answer = refused(
        lambda: organizations.attach_policy(PolicyId=eleventh, TargetId=member.account),
        "ConstraintViolationException",
    )
    assert answer["Reason"] == "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
    assert answer["Error"]["Message"] == "You have attached the maximum number of policies to the specified target."


def test_the_last_policy_and_those_of_aws_stay(organizations, root_id):
    answer = refused(
        lambda: organizations.detach_policy(PolicyId=FULL_ACCESS, TargetId=root_id), "ConstraintViolationException"
    )
    assert answer["Reason"] == "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
    answer = refused(lambda: organizations.delete_policy(PolicyId=FULL_ACCESS), "InvalidInputException")
    assert answer["Reason"] == "IMMUTABLE_POLICY"


# What service control policies do.


def test_a_service_control_policy_denies(organizations, policy, member):
    iam = member.client("iam")
    iam.list_users()
    id = policy(deny("iam:ListUsers"), "SERVICE_CONTROL_POLICY", member.account)
    answer = refused(iam.list_users, "AccessDenied", 403)
    assert answer["Error"]["Message"] == (
        f"User: arn:aws:iam::{member.account}:user/admin is not authorized to perform: iam:ListUsers on resource: "
        f"arn:aws:iam::{member.account}:user/ with an explicit deny in a service control policy"
    )
    iam.list_roles()
    organizations.detach_policy(PolicyId=id, TargetId=member.account)
    iam.list_users()


def test_without_an_allow_at_every_level_nothing_is_allowed(organizations, policy, root_id, member):
    unit = organizations.create_organizational_unit(ParentId=root_id, Name=unique("unit"))["OrganizationalUnit"]["Id"]
    organizations.move_account(AccountId=member.account, SourceParentId=root_id, DestinationParentId=unit)
    iam = member.client("iam")
    iam.list_users()
    policy(document(statement("Allow", "iam:ListRoles")), "SERVICE_CONTROL_POLICY", unit)
    organizations.detach_policy(PolicyId=FULL_ACCESS, TargetId=unit)
    answer = refused(iam.list_users, "AccessDenied", 403)
    assert answer["Error"]["Message"].endswith(
        "because no service control policy allows the iam:ListUsers action"
    )
    iam.list_roles()
    organizations.attach_policy(PolicyId=FULL_ACCESS, TargetId=unit)
    iam.list_users()
    organizations.move_account(AccountId=member.account, SourceParentId=unit, DestinationParentId=root_id)


def test_a_policy_on_a_unit_reaches_accounts_below_it(organizations, policy, root_id, member):
    outer = organizations.create_organizational_unit(ParentId=root_id, Name=unique("outer"))["OrganizationalUnit"]["Id"]
    inner = organizations.create_organizational_unit(ParentId=outer, Name="inner")["OrganizationalUnit"]["Id"]
    policy(deny("iam:ListUsers"), "SERVICE_CONTROL_POLICY", outer)
    iam = member.client("iam")
    iam.list_users()
    organizations.move_account(AccountId=member.account, SourceParentId=root_id, DestinationParentId=inner)
    refused(iam.list_users, "AccessDenied", 403)
    organizations.move_account(AccountId=member.account, SourceParentId=inner, DestinationParentId=root_id)
    iam.list_users()


def test_the_management_account_is_not_restricted(policy, root, root_id):
    user = root.user(policy=[statement("Allow", "iam:ListUsers")])
    policy(deny("iam:ListUsers"), "SERVICE_CONTROL_POLICY", root_id, root.account)
    user.client("iam").list_users()
    root.client("iam").list_users()


def test_disabled_policies_do_not_bind_and_are_detached(own_server):
    root = own_server.root()
    organizations = root.client("organizations")
    top = organizations.list_roots()["Roots"][0]["Id"]
    member = new_account(own_server, "m")
    made = organizations.create_policy(
        Content=deny("iam:ListUsers"), Description="", Name="p", Type="SERVICE_CONTROL_POLICY"
    )["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=made, TargetId=top)
    refused(member.client("iam").list_users, "AccessDenied", 403)
    refused(
        lambda: organizations.enable_policy_type(RootId=top, PolicyType="SERVICE_CONTROL_POLICY"),
        "PolicyTypeAlreadyEnabledException",
    )
    organizations.disable_policy_type(RootId=top, PolicyType="SERVICE_CONTROL_POLICY")
    member.client("iam").list_users()
    answer = refused(
        lambda: organizations.attach_policy(PolicyId=made, TargetId=top), "PolicyTypeNotEnabledException"
    )
    assert answer["Error"]["Message"] == "This operation can be performed only for enabled policy types."
    answer = organizations.enable_policy_type(RootId=top, PolicyType="SERVICE_CONTROL_POLICY")
    assert answer["Root"]["PolicyTypes"] == [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    member.client("iam").list_users()
    for target in (top, member.account):
        attached = organizations.list_policies_for_target(TargetId=target, Filter="SERVICE_CONTROL_POLICY")
        assert [one["Id"] for one in attached["Policies"]] == [FULL_ACCESS]


# What resource control policies do.


@pytest.fixture
def rcps(organizations, root_id):
    enabled = organizations.list_roots()["Roots"][0]["PolicyTypes"]
    if not any(one["Type"] == "RESOURCE_CONTROL_POLICY" for one in enabled):
        organizations.enable_policy_type(RootId=root_id, PolicyType="RESOURCE_CONTROL_POLICY")


def test_a_resource_control_policy_binds_whoever_asks(root, policy, rcps, member):
    iam = member.client("iam")
    trust = document({
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": [f"arn:aws:iam::{root.account}:root", f"arn:aws:iam::{member.account}:root"]},
    })
    arn = iam.create_role(RoleName="entered", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    stranger = root.user(policy=[statement("Allow", "sts:AssumeRole")])
    stranger.assume(arn)
    member.assume(arn)
    policy(rcp("sts:AssumeRole"), "RESOURCE_CONTROL_POLICY", member.account)
    for caller in (stranger, member):
        answer = refused(lambda: caller.assume(arn), "AccessDenied", 403)
        assert answer["Error"]["Message"].endswith("with an explicit deny in a resource control policy")


def test_resources_of_the_management_account_are_not_restricted(root, policy, rcps, root_id):
    trust = document({
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{root.account}:root"}
    })
    arn = root.client("iam").create_role(RoleName=unique("role"), AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    user = root.user(policy=[statement("Allow", "sts:AssumeRole")])
    policy(rcp("sts:AssumeRole"), "RESOURCE_CONTROL_POLICY", root_id)
    user.assume(arn)


def test_the_resource_control_policy_that_allows_everything_stays(organizations, rcps, root_id, member):
    full = "p-RCPFullAWSAccess"
    for target in (root_id, member.account):
        attached = organizations.list_policies_for_target(TargetId=target, Filter="RESOURCE_CONTROL_POLICY")
        assert full in [one["Id"] for one in attached["Policies"]]
    answer = refused(
        lambda: organizations.detach_policy(PolicyId=full, TargetId=member.account), "InvalidInputException"
    )
    assert answer["Reason"] == "NON_DETACHABLE_POLICY"


# Who may do what.


def test_members_see_what_they_belong_to_and_nothing_else(root, other):
    client = other.client("organizations")
    assert client.describe_organization()["Organization"]["MasterAccountId"] == root.account
    for call in (
        client.list_accounts,
        client.list_roots,
        lambda: client.describe_account(AccountId=other.account),
        lambda: client.list_policies(Filter="SERVICE_CONTROL_POLICY"),
        lambda: client.attach_policy(PolicyId=FULL_ACCESS, TargetId=other.account),
        lambda: client.create_account(AccountName="x", Email=f"{unique('x')}@example.com"),
        lambda: client.tag_resource(ResourceId=other.account, Tags=[{"Key": "a", "Value": "b"}]),
    ):
        refused(call, "AccessDeniedException", 400)


def test_a_user_needs_the_action_on_policy_and_target(root, organizations, policy, member):
    id = policy(deny("s3:DeleteBucket"))
    organization = organizations.describe_organization()["Organization"]["Id"]
    prefix = f"arn:aws:organizations::{root.account}"
    on_policy = statement("Allow", "organizations:AttachPolicy", f"{prefix}:policy/{organization}/*/{id}")
    on_target = statement("Allow", "organizations:AttachPolicy", f"{prefix}:account/{organization}/{member.account}")
    for statements in ([on_policy], [on_target]):
        user = root.user(policy=statements).client("organizations")
        refused(lambda: user.attach_policy(PolicyId=id, TargetId=member.account), "AccessDeniedException", 400)
    user = root.user(policy=[on_policy, on_target]).client("organizations")
    user.attach_policy(PolicyId=id, TargetId=member.account)


def test_tags_decide(root, organizations, member):
    organizations.tag_resource(ResourceId=member.account, Tags=[{"Key": "team", "Value": "blue"}])
    condition = {"StringEquals": {"aws:ResourceTag/team": "blue"}}
    allowed = statement("Allow", "organizations:DescribeAccount", Condition=condition)
    user = root.user(policy=[allowed]).client("organizations")
    user.describe_account(AccountId=member.account)
    organizations.untag_resource(ResourceId=member.account, TagKeys=["team"])
    refused(lambda: user.describe_account(AccountId=member.account), "AccessDeniedException")


def test_no_spelling_of_a_tag_hides_it_from_a_condition(root, organizations):
    team = {"StringEquals": {"aws:RequestTag/team": "blue"}}
    maker = root.user(policy=[statement("Allow", "organizations:*", Condition=team)]).client("organizations")
    tags = [{"Key": "team", "Value": "red"}, {"Key": "Team", "Value": "blue"}]
    make = lambda: maker.create_policy(  # noqa: E731
        Name=unique("policy"), Description="", Type="SERVICE_CONTROL_POLICY", Content=deny("s3:DeleteBucket"), Tags=tags
    )
    refused(make, "InvalidInputException", 400)


def test_tags_of_everything(organizations, root_id, policy):
    unit = organizations.create_organizational_unit(
        ParentId=root_id, Name=unique("unit"), Tags=[{"Key": "new", "Value": "1"}]
    )["OrganizationalUnit"]["Id"]
    assert organizations.list_tags_for_resource(ResourceId=unit)["Tags"] == [{"Key": "new", "Value": "1"}]
    for id in (root_id, unit, policy(deny("s3:DeleteBucket"))):
        organizations.tag_resource(ResourceId=id, Tags=[{"Key": "a", "Value": "b"}])
        assert {"Key": "a", "Value": "b"} in organizations.list_tags_for_resource(ResourceId=id)["Tags"]
        answer = refused(
            lambda: organizations.tag_resource(ResourceId=id, Tags=[{"Key": "aws:a", "Value": "b"}]),
            "InvalidInputException",
        )
        assert answer["Reason"] == "INVALID_SYSTEM_TAGS_PARAMETER"
        hiding = lambda: organizations.tag_resource(ResourceId=id, Tags=[{"Key": "A", "Value": "c"}])  # noqa: B023
        assert refused(hiding, "InvalidInputException")["Reason"] == "DUPLICATE_TAG_KEY"
        organizations.untag_resource(ResourceId=id, TagKeys=["a"])
    organizations.delete_organizational_unit(OrganizationalUnitId=unit)


def test_roles_are_assumed_across_accounts_when_both_sides_allow(root, other):
    """IA-6"""
    iam = other.client("iam")
    trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{root.account}:root"}}
    arn = iam.create_role(RoleName=unique("role"), AssumeRolePolicyDocument=document(trusted))["Role"]["Arn"]
    unallowed, allowed = root.user(), root.user(policy=[statement("Allow", "sts:AssumeRole", arn)])
    refused(lambda: unallowed.assume(arn), "AccessDenied", 403)
    session = allowed.assume(arn)
    assert session.account == other.account
    assert session.client("sts").get_caller_identity()["Arn"].startswith(f"arn:aws:sts::{other.account}:assumed-role/")

    own = document({**trusted, "Principal": {"AWS": f"arn:aws:iam::{other.account}:root"}})
    iam.update_assume_role_policy(RoleName=arn.rsplit("/", 1)[1], PolicyDocument=own)
    refused(lambda: allowed.assume(arn), "AccessDenied", 403)
    other.assume(arn)


def test_accounts_do_not_see_each_other(root, other):
    name = unique("user")
    other.client("iam").create_user(UserName=name)
    refused(lambda: root.client("iam").get_user(UserName=name), "NoSuchEntity", 404)
    root.client("iam").create_user(UserName=name)


def test_the_cli_lists_accounts(root, other):
    command = ["aws", "organizations", "list-accounts", "--query", "Accounts[].Id", "--output", "text"]
    answer = subprocess.run(command, capture_output=True, text=True, env=root.env(), check=True)
    assert other.account in answer.stdout.split()

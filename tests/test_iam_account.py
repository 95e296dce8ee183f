"""The account: alias, summary, authorization details and credential report."""

import csv
import io
import json

import pytest

from conftest import document, fresh, refused, statement

LIST = document(statement("Allow", "iam:ListGroups"))


def test_the_alias_is_set_replaced_and_deleted(iam):
    first, second = fresh("alias"), fresh("alias")
    iam.create_account_alias(AccountAlias=first)
    assert iam.list_account_aliases()["AccountAliases"] == [first]
    message = f"The account alias {first} already exists."
    refused(lambda: iam.create_account_alias(AccountAlias=first), "EntityAlreadyExists", 409, message)
    iam.create_account_alias(AccountAlias=second)
    assert iam.list_account_aliases()["AccountAliases"] == [second]
    message = f"The account alias {first} cannot be found."
    refused(lambda: iam.delete_account_alias(AccountAlias=first), "NoSuchEntity", 404, message)
    iam.delete_account_alias(AccountAlias=second)
    assert iam.list_account_aliases()["AccountAliases"] == []
    refused(lambda: iam.create_account_alias(AccountAlias="Not-An-Alias"), "ValidationError", 400)


def test_the_summary_counts(iam):
    before = iam.get_account_summary()["SummaryMap"]
    iam.create_user(UserName=fresh("user"))
    iam.create_group(GroupName=fresh("group"))
    iam.create_policy(PolicyName=fresh("policy"), PolicyDocument=LIST)
    after = iam.get_account_summary()["SummaryMap"]
    for what in ("Users", "Groups", "Policies", "PolicyVersionsInUse"):
        assert after[what] == before[what] + 1, what
    assert (after["UsersQuota"], after["AccessKeysPerUserQuota"]) == (5000, 2)
    assert after["AccountAccessKeysPresent"] == 1


def test_the_details_tell_all(root, iam):
    bob = root.user(policy=[statement("Allow", "iam:GetUser")])
    group, role, name = fresh("group"), fresh("role"), fresh("policy")
    iam.create_group(GroupName=group)
    iam.add_user_to_group(GroupName=group, UserName=bob.name)
    policy = iam.create_policy(PolicyName=name, PolicyDocument=LIST)["Policy"]["Arn"]
    iam.attach_group_policy(GroupName=group, PolicyArn=policy)
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust, PermissionsBoundary=policy)

    found = {"UserDetailList": {}, "GroupDetailList": {}, "RoleDetailList": {}, "Policies": {}}
    names = {"UserDetailList": "UserName", "GroupDetailList": "GroupName", "RoleDetailList": "RoleName", "Policies": "PolicyName"}
    pages = iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 7})
    for page in pages:
        assert sum(len(page[kind]) for kind in names) <= 7
        for kind, key in names.items():
            found[kind].update({item[key]: item for item in page[kind]})

    user = found["UserDetailList"][bob.name]
    assert user["GroupList"] == [group]
    assert user["UserPolicyList"][0]["PolicyDocument"]["Statement"][0]["Action"] == "iam:GetUser"
    assert found["GroupDetailList"][group]["AttachedManagedPolicies"] == [{"PolicyName": name, "PolicyArn": policy}]
    assert found["RoleDetailList"][role]["AssumeRolePolicyDocument"] == json.loads(trust)
    assert found["RoleDetailList"][role]["PermissionsBoundary"]["PermissionsBoundaryArn"] == policy
    assert found["Policies"][name]["PolicyVersionList"][0]["Document"] == json.loads(LIST)
    only = iam.get_account_authorization_details(Filter=["Group"])
    assert only["GroupDetailList"] and not only["UserDetailList"] and not only["RoleDetailList"]


def test_the_credential_report_tells_who_has_what(own_server):
    root = own_server.root()
    iam = root.client("iam")
    refused(lambda: iam.get_credential_report(), "ReportNotPresent", 410)
    bob = root.user()
    iam.create_login_profile(UserName=bob.name, Password="Correct-Horse-7")
    assert iam.generate_credential_report()["State"] in ("STARTED", "COMPLETE")
    report = iam.get_credential_report()
    assert report["ReportFormat"] == "text/csv"
    rows = {row["user"]: row for row in csv.DictReader(io.StringIO(report["Content"].decode()))}
    assert rows["<root_account>"]["access_key_1_active"] == "true"
    line = rows[bob.name]
    assert (line["password_enabled"], line["mfa_active"]) == ("true", "false")
    assert (line["access_key_1_active"], line["access_key_2_active"]) == ("true", "false")


def test_a_report_is_kept_for_four_hours(own_server):
    root = own_server.root()
    iam = root.client("iam")
    iam.generate_credential_report()
    first = iam.get_credential_report()["GeneratedTime"]
    iam.generate_credential_report()
    assert iam.get_credential_report()["GeneratedTime"] == first


def test_as_many_users_as_the_quota_says(iam):
    """Five thousand take too long here; three hundred groups do not."""
    made = []
    try:
        while len(made) <= 300:
            name = fresh("quota")
            iam.create_group(GroupName=name)
            made.append(name)
        pytest.fail("no limit")
    except iam.exceptions.LimitExceededException as error:
        assert error.response["Error"]["Message"] == "Cannot exceed quota for GroupsPerAccount: 300"
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 409
        assert iam.get_account_summary()["SummaryMap"]["Groups"] == 300
    finally:
        for name in made:
            iam.delete_group(GroupName=name)

"""Instance profiles: they hand a role to an instance."""

import pytest

from conftest import document, fresh, refused, statement

EC2 = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})


@pytest.fixture
def role(iam):
    return iam.create_role(RoleName=fresh("role"), AssumeRolePolicyDocument=EC2)["Role"]


@pytest.fixture
def profile(iam):
    name = fresh("profile")
    iam.create_instance_profile(InstanceProfileName=name)
    return name


def test_a_profile_is_made_found_and_deleted(iam, account):
    name = fresh("profile")
    made = iam.create_instance_profile(InstanceProfileName=name, Path="/web/", Tags=[{"Key": "a", "Value": "b"}])
    made = made["InstanceProfile"]
    assert made["Arn"] == f"arn:aws:iam::{account}:instance-profile/web/{name}"
    assert made["InstanceProfileId"].startswith("AIPA") and made["Roles"] == []
    assert iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"] == made
    message = f"Instance Profile {name} already exists."
    refused(lambda: iam.create_instance_profile(InstanceProfileName=name), "EntityAlreadyExists", 409, message)
    iam.delete_instance_profile(InstanceProfileName=name)
    message = f"Instance Profile {name} cannot be found."
    refused(lambda: iam.get_instance_profile(InstanceProfileName=name), "NoSuchEntity", 404, message)


def test_a_profile_has_one_role(iam, profile, role):
    name = role["RoleName"]
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=name)
    found = iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]
    assert [role["RoleName"] for role in found["Roles"]] == [name]
    listed = iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"]
    assert [it["InstanceProfileName"] for it in listed] == [profile]
    other = iam.create_role(RoleName=fresh("role"), AssumeRolePolicyDocument=EC2)["Role"]["RoleName"]
    message = "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"
    refused(
        lambda: iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=other), "LimitExceeded", 409, message
    )
    message = "Cannot delete entity, must remove roles from instance profile first."
    refused(lambda: iam.delete_instance_profile(InstanceProfileName=profile), "DeleteConflict", 409, message)
    iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=name)
    refused(
        lambda: iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=name), "NoSuchEntity", 404
    )
    missing = fresh("nobody")
    message = f"The role with name {missing} cannot be found."
    refused(
        lambda: iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=missing), "NoSuchEntity", 404, message
    )


def test_who_hands_a_role_on_must_be_allowed_to_pass_it(root, iam, profile, role):
    add = statement("Allow", "iam:AddRoleToInstanceProfile")
    call = {"InstanceProfileName": profile, "RoleName": role["RoleName"]}
    cannot = root.user(policy=[add])
    answer = refused(lambda: cannot.client("iam").add_role_to_instance_profile(**call), "AccessDenied", 403)
    assert "is not authorized to perform: iam:PassRole on resource: " + role["Arn"] in answer["Error"]["Message"]
    elsewhere = statement("Allow", "iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "rds.amazonaws.com"}})
    refused(
        lambda: root.user(policy=[add, elsewhere]).client("iam").add_role_to_instance_profile(**call), "AccessDenied", 403
    )
    here = statement("Allow", "iam:PassRole", role["Arn"], Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})
    root.user(policy=[add, here]).client("iam").add_role_to_instance_profile(**call)


def test_profiles_and_their_tags_come_in_pages(iam, role):
    path = f"/{fresh('path')}/"
    names = sorted(fresh("profile") for _ in range(3))
    for name in names:
        iam.create_instance_profile(InstanceProfileName=name, Path=path)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
    small = {"PageSize": 2}
    pages = iam.get_paginator("list_instance_profiles").paginate(PathPrefix=path, PaginationConfig=small)
    assert [it["InstanceProfileName"] for page in pages for it in page["InstanceProfiles"]] == names
    pages = iam.get_paginator("list_instance_profiles_for_role")
    pages = pages.paginate(RoleName=role["RoleName"], PaginationConfig=small)
    assert [it["InstanceProfileName"] for page in pages for it in page["InstanceProfiles"]] == names
    iam.tag_instance_profile(InstanceProfileName=names[0], Tags=[{"Key": key, "Value": ""} for key in "abc"])
    iam.untag_instance_profile(InstanceProfileName=names[0], TagKeys=["b"])
    pages = iam.get_paginator("list_instance_profile_tags")
    pages = pages.paginate(InstanceProfileName=names[0], PaginationConfig={"PageSize": 1})
    assert [tag["Key"] for page in pages for tag in page["Tags"]] == ["a", "c"]

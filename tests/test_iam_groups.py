"""Groups: members, and the access that membership gives."""

import pytest

from conftest import document, fresh, refused, statement


@pytest.fixture
def group(iam):
    name = fresh("group")
    iam.create_group(GroupName=name)
    return name


def test_a_group_is_made_found_and_deleted(iam, account):
    name = fresh("group")
    made = iam.create_group(GroupName=name, Path="/teams/")["Group"]
    assert made["Arn"] == f"arn:aws:iam::{account}:group/teams/{name}"
    assert made["GroupId"].startswith("AGPA")
    assert iam.get_group(GroupName=name)["Group"] == made
    refused(
        lambda: iam.create_group(GroupName=name), "EntityAlreadyExists", 409, f"Group with name {name} already exists."
    )
    iam.delete_group(GroupName=name)
    message = f"The group with name {name} cannot be found."
    refused(lambda: iam.get_group(GroupName=name), "NoSuchEntity", 404, message)


def test_members_have_what_the_group_may_as_long_as_they_are_in_it(root, iam, group):
    bob = root.user()
    iam.put_group_policy(
        GroupName=group, PolicyName="list", PolicyDocument=document(statement("Allow", "iam:ListGroups"))
    )
    refused(lambda: bob.client("iam").list_groups(), "AccessDenied", 403)
    iam.add_user_to_group(GroupName=group, UserName=bob.name)
    iam.add_user_to_group(GroupName=group, UserName=bob.name)
    assert bob.client("iam").list_groups()["Groups"]
    assert [user["UserName"] for user in iam.get_group(GroupName=group)["Users"]] == [bob.name]
    assert [found["GroupName"] for found in iam.list_groups_for_user(UserName=bob.name)["Groups"]] == [group]
    iam.remove_user_from_group(GroupName=group, UserName=bob.name)
    refused(lambda: bob.client("iam").list_groups(), "AccessDenied", 403)
    assert iam.get_group(GroupName=group)["Users"] == []


def test_a_renamed_group_keeps_its_members(root, iam, group):
    bob = root.user()
    iam.add_user_to_group(GroupName=group, UserName=bob.name)
    new = fresh("renamed")
    iam.update_group(GroupName=group, NewGroupName=new, NewPath="/moved/")
    assert iam.get_group(GroupName=new)["Users"][0]["UserName"] == bob.name
    assert iam.list_groups_for_user(UserName=bob.name)["Groups"][0]["Path"] == "/moved/"
    refused(lambda: iam.get_group(GroupName=group), "NoSuchEntity", 404)


def test_what_hangs_on_a_group_must_go_first(root, iam, group):
    def conflict(message):
        refused(lambda: iam.delete_group(GroupName=group), "DeleteConflict", 409, message)

    bob = root.user()
    iam.add_user_to_group(GroupName=group, UserName=bob.name)
    conflict("Cannot delete entity, must remove users from group first.")
    iam.remove_user_from_group(GroupName=group, UserName=bob.name)
    iam.put_group_policy(GroupName=group, PolicyName="p", PolicyDocument=document(statement("Allow", "s3:*")))
    conflict("Cannot delete entity, must delete policies first.")
    iam.delete_group_policy(GroupName=group, PolicyName="p")
    iam.attach_group_policy(GroupName=group, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    conflict("Cannot delete entity, must detach all policies first.")
    iam.detach_group_policy(GroupName=group, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.delete_group(GroupName=group)


def test_strangers_to_a_group_are_told_so(iam, group):
    name = fresh("nobody")
    message = f"The user with name {name} cannot be found."
    refused(lambda: iam.add_user_to_group(GroupName=group, UserName=name), "NoSuchEntity", 404, message)
    refused(lambda: iam.remove_user_from_group(GroupName=group, UserName=name), "NoSuchEntity", 404, message)
    message = f"The group with name {name} cannot be found."
    refused(lambda: iam.add_user_to_group(GroupName=name, UserName="x"), "NoSuchEntity", 404, message)


def test_a_user_is_in_ten_groups_at_most(iam):
    name = fresh("joiner")
    iam.create_user(UserName=name)
    groups = [fresh("group") for _ in range(11)]
    for group in groups:
        iam.create_group(GroupName=group)
    for group in groups[:10]:
        iam.add_user_to_group(GroupName=group, UserName=name)
    message = "Cannot exceed quota for GroupsPerUser: 10"
    refused(lambda: iam.add_user_to_group(GroupName=groups[10], UserName=name), "LimitExceeded", 409, message)
    pages = iam.get_paginator("list_groups_for_user").paginate(UserName=name, PaginationConfig={"PageSize": 3})
    assert [found["GroupName"] for page in pages for found in page["Groups"]] == sorted(groups[:10])


def test_groups_and_members_come_in_pages(iam, group):
    path = f"/{fresh('path')}/"
    groups = sorted(fresh("group") for _ in range(3))
    for name in groups:
        iam.create_group(GroupName=name, Path=path)
    pages = iam.get_paginator("list_groups").paginate(PathPrefix=path, PaginationConfig={"PageSize": 2})
    assert [found["GroupName"] for page in pages for found in page["Groups"]] == groups
    users = sorted(fresh("user") for _ in range(3))
    for name in users:
        iam.create_user(UserName=name)
        iam.add_user_to_group(GroupName=group, UserName=name)
    pages = iam.get_paginator("get_group").paginate(GroupName=group, PaginationConfig={"PageSize": 2})
    assert [found["UserName"] for page in pages for found in page["Users"]] == users

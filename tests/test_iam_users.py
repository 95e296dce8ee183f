"""Users: created, renamed, tagged, listed, deleted, and what stands in the way of each."""

import datetime
import json
import subprocess

import pytest

from conftest import document, fresh, refused, statement


@pytest.fixture
def user(iam):
    """A user with nothing, by name."""
    name = fresh("user")
    iam.create_user(UserName=name)
    return name


def test_a_user_is_made_found_and_deleted(iam, account):
    name = fresh("user")
    made = iam.create_user(UserName=name, Path="/division/", Tags=[{"Key": "team", "Value": "a"}])["User"]
    assert made["Arn"] == f"arn:aws:iam::{account}:user/division/{name}"
    assert made["UserId"].startswith("AIDA") and len(made["UserId"]) == 21
    assert abs((datetime.datetime.now(datetime.UTC) - made["CreateDate"]).total_seconds()) < 60
    found = iam.get_user(UserName=name)["User"]
    assert found == made
    iam.delete_user(UserName=name)
    refused(lambda: iam.get_user(UserName=name), "NoSuchEntity", 404, f"The user with name {name} cannot be found.")
    refused(lambda: iam.delete_user(UserName=name), "NoSuchEntity", 404, f"The user with name {name} cannot be found.")


def test_a_name_is_given_once_whatever_its_case(iam, user):
    for name in (user, user.upper()):
        message = f"User with name {name} already exists."
        refused(lambda: iam.create_user(UserName=name), "EntityAlreadyExists", 409, message)


def test_a_caller_who_names_nobody_means_himself(server, root, account):
    bob = root.user(policy=[statement("Allow", ["iam:GetUser", "iam:ListAccessKeys"])])
    own = bob.client("iam")
    assert own.get_user()["User"]["UserName"] == bob.name
    keys = own.list_access_keys()["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in keys] == [bob.access_key_id]
    assert root.client("iam").get_user()["User"]["Arn"] == f"arn:aws:iam::{account}:root"


def test_a_renamed_user_keeps_id_keys_and_policies(root, iam):
    bob = root.user(policy=[statement("Allow", "iam:GetUser")])
    before = iam.get_user(UserName=bob.name)["User"]
    new = fresh("renamed")
    iam.update_user(UserName=bob.name, NewUserName=new, NewPath="/moved/")
    after = bob.client("iam").get_user()["User"]
    assert (after["UserName"], after["Path"], after["UserId"]) == (new, "/moved/", before["UserId"])
    assert after["Arn"].endswith(f":user/moved/{new}")
    assert iam.list_user_policies(UserName=new)["PolicyNames"] == ["given"]
    refused(lambda: iam.get_user(UserName=bob.name), "NoSuchEntity", 404)


def test_a_user_cannot_take_a_name_that_is_taken(iam, user):
    other = fresh("user")
    iam.create_user(UserName=other)
    refused(lambda: iam.update_user(UserName=other, NewUserName=user), "EntityAlreadyExists", 409)
    iam.update_user(UserName=other, NewUserName=other.upper())
    assert iam.get_user(UserName=other)["User"]["UserName"] == other.upper()


def test_what_hangs_on_a_user_must_go_first(iam, user):
    def conflict(message):
        refused(lambda: iam.delete_user(UserName=user), "DeleteConflict", 409, message)

    key = iam.create_access_key(UserName=user)["AccessKey"]["AccessKeyId"]
    conflict("Cannot delete entity, must delete access keys first.")
    iam.delete_access_key(UserName=user, AccessKeyId=key)

    iam.create_login_profile(UserName=user, Password="Correct-Horse-7")
    conflict("Cannot delete entity, must delete login profile first.")
    iam.delete_login_profile(UserName=user)

    group = fresh("group")
    iam.create_group(GroupName=group)
    iam.add_user_to_group(GroupName=group, UserName=user)
    conflict("Cannot delete entity, must remove users from group first.")
    iam.remove_user_from_group(GroupName=group, UserName=user)

    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=document(statement("Allow", "s3:*")))
    conflict("Cannot delete entity, must delete policies first.")
    iam.delete_user_policy(UserName=user, PolicyName="p")

    managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    iam.attach_user_policy(UserName=user, PolicyArn=managed)
    conflict("Cannot delete entity, must detach all policies first.")
    iam.detach_user_policy(UserName=user, PolicyArn=managed)
    iam.delete_user(UserName=user)


def test_users_are_listed_by_path_and_in_pages(iam):
    path = f"/{fresh('path')}/"
    names = sorted(fresh("user") for _ in range(5))
    for name in names:
        iam.create_user(UserName=name, Path=path)
    first = iam.list_users(PathPrefix=path, MaxItems=2)
    assert first["IsTruncated"] and len(first["Users"]) == 2
    pages = iam.get_paginator("list_users").paginate(PathPrefix=path, PaginationConfig={"PageSize": 2})
    assert [user["UserName"] for page in pages for user in page["Users"]] == names
    assert "Tags" not in first["Users"][0]
    refused(lambda: iam.list_users(Marker="made-up"), "ValidationError", 400, "Invalid Marker.")
    refused(lambda: iam.list_roles(Marker=first["Marker"]), "ValidationError", 400)


def test_tags_are_kept_replaced_and_taken(iam, user):
    iam.tag_user(UserName=user, Tags=[{"Key": "Team", "Value": "a"}, {"Key": "cost", "Value": ""}])
    iam.tag_user(UserName=user, Tags=[{"Key": "team", "Value": "b"}])
    tags = iam.list_user_tags(UserName=user)
    assert {tag["Key"].lower(): tag["Value"] for tag in tags["Tags"]} == {"team": "b", "cost": ""}
    assert tags["IsTruncated"] is False
    pages = iam.get_paginator("list_user_tags").paginate(UserName=user, PaginationConfig={"PageSize": 1})
    assert sum(len(page["Tags"]) for page in pages) == 2
    iam.untag_user(UserName=user, TagKeys=["TEAM", "unknown"])
    assert [tag["Key"] for tag in iam.list_user_tags(UserName=user)["Tags"]] == ["cost"]


def test_tags_have_rules(iam, user):
    twice = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
    message = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    refused(lambda: iam.tag_user(UserName=user, Tags=twice), "InvalidInput", 400, message)
    refused(lambda: iam.tag_user(UserName=user, Tags=[{"Key": "aws:x", "Value": ""}]), "InvalidInput", 400)
    iam.tag_user(UserName=user, Tags=[{"Key": f"k{n}", "Value": ""} for n in range(50)])
    message = "The number of tags has reached the maximum limit."
    refused(lambda: iam.tag_user(UserName=user, Tags=[{"Key": "more", "Value": ""}]), "LimitExceeded", 409, message)


@pytest.mark.parametrize(
    "parameters, message",
    [
        (
            {"UserName": "no spaces"},
            "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the "
            "following: +=,.@_-",
        ),
        (
            {"UserName": "x" * 65},
            f"1 validation error detected: Value '{'x' * 65}' at 'userName' failed to satisfy constraint: "
            "Member must have length less than or equal to 64",
        ),
        (
            {"UserName": "bob", "Path": "nowhere"},
            "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric "
            "characters and/or / characters.",
        ),
    ],
)
def test_names_and_paths_have_a_form(root, parameters, message):
    client = root.client("iam", parameter_validation=False)
    refused(lambda: client.create_user(**parameters), "ValidationError", 400, message)


def test_a_parameter_that_is_missing_is_named(root):
    client = root.client("iam", parameter_validation=False)
    message = "1 validation error detected: Value null at 'userName' failed to satisfy constraint: Member must not be null"
    refused(lambda: client.create_user(), "ValidationError", 400, message)


def test_the_cli_makes_and_shows_users(root):
    name = fresh("cli")

    def aws(*arguments):
        command = ["aws", "iam", *arguments, "--output", "json"]
        answer = subprocess.run(command, capture_output=True, text=True, env=root.env(), check=True)
        return json.loads(answer.stdout) if answer.stdout else None

    made = aws("create-user", "--user-name", name, "--tags", "Key=team,Value=a")
    assert aws("get-user", "--user-name", name)["User"]["UserId"] == made["User"]["UserId"]
    assert name in [user["UserName"] for user in aws("list-users", "--max-items", "1000")["Users"]]
    aws("delete-user", "--user-name", name)
    command = ["aws", "iam", "get-user", "--user-name", name]
    answer = subprocess.run(command, capture_output=True, text=True, env=root.env())
    assert answer.returncode != 0
    assert f"(NoSuchEntity) when calling the GetUser operation: The user with name {name} cannot be found." in answer.stderr

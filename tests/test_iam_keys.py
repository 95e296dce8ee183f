"""Access keys: two at most, switched off at once, and their last use told."""

import time

import pytest

from conftest import Principal, fresh, refused, statement


@pytest.fixture
def user(iam):
    name = fresh("user")
    iam.create_user(UserName=name)
    return name


def test_a_key_works_until_it_is_switched_off_or_deleted(server, root, iam):
    bob = root.user()
    assert bob.access_key_id.startswith("AKIA") and len(bob.access_key_id) == 20 and len(bob.secret) == 40
    bob.account
    iam.update_access_key(UserName=bob.name, AccessKeyId=bob.access_key_id, Status="Inactive")
    refused(lambda: bob.account, "InvalidClientTokenId", 403)
    assert iam.list_access_keys(UserName=bob.name)["AccessKeyMetadata"][0]["Status"] == "Inactive"
    iam.update_access_key(UserName=bob.name, AccessKeyId=bob.access_key_id, Status="Active")
    bob.account
    iam.delete_access_key(UserName=bob.name, AccessKeyId=bob.access_key_id)
    refused(lambda: bob.account, "InvalidClientTokenId", 403)


def test_a_session_ends_with_the_key_s_user(server, root, iam):
    bob = root.user()
    found = bob.client("sts").get_session_token()["Credentials"]
    session = Principal(server, found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    session.account
    iam.delete_access_key(UserName=bob.name, AccessKeyId=bob.access_key_id)
    iam.delete_user(UserName=bob.name)
    refused(lambda: session.account, "InvalidClientTokenId", 403)


def test_a_user_has_two_keys_at_most(iam, user):
    keys = [iam.create_access_key(UserName=user)["AccessKey"]["AccessKeyId"] for _ in range(2)]
    message = "Cannot exceed quota for AccessKeysPerUser: 2"
    refused(lambda: iam.create_access_key(UserName=user), "LimitExceeded", 409, message)
    pages = iam.get_paginator("list_access_keys").paginate(UserName=user, PaginationConfig={"PageSize": 1})
    assert sorted(key["AccessKeyId"] for page in pages for key in page["AccessKeyMetadata"]) == sorted(keys)


def test_a_key_is_its_user_s(iam, root, user):
    bob = root.user()
    message = f"The Access Key with id {bob.access_key_id} cannot be found."
    for call in (
        lambda: iam.delete_access_key(UserName=user, AccessKeyId=bob.access_key_id),
        lambda: iam.update_access_key(UserName=user, AccessKeyId=bob.access_key_id, Status="Inactive"),
    ):
        refused(call, "NoSuchEntity", 404, message)
    bob.account


def test_a_secret_is_told_once(iam, user):
    iam.create_access_key(UserName=user)
    assert "SecretAccessKey" not in iam.list_access_keys(UserName=user)["AccessKeyMetadata"][0]


def test_the_last_use_of_a_key_is_told(root, iam):
    bob = root.user(policy=[statement("Allow", "iam:GetUser")])
    never = iam.get_access_key_last_used(AccessKeyId=bob.access_key_id)
    assert never == {**never, "UserName": bob.name, "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}
    bob.client("iam").get_user()
    deadline, used = time.monotonic() + 20, {}
    while used.get("ServiceName") != "iam" and time.monotonic() < deadline:
        time.sleep(0.5)
        used = iam.get_access_key_last_used(AccessKeyId=bob.access_key_id)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("iam", "us-east-1")
    assert abs(used["LastUsedDate"].timestamp() - time.time()) < 60
    refused(lambda: iam.get_access_key_last_used(AccessKeyId="AKIAIOSFODNN7EXAMPLE"), "NoSuchEntity", 404)


def test_whose_key_of_another_account_it_is_is_not_told(iam, other):
    name = fresh("secretive")
    theirs = other.user(name, policy=[])
    answer = refused(lambda: iam.get_access_key_last_used(AccessKeyId=theirs.access_key_id), "AccessDenied", 403)
    assert name not in answer["Error"]["Message"], answer

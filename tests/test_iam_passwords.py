"""Passwords for the console, and what an account asks of them."""

import pytest

from conftest import fresh, refused, statement

GOOD = "Correct-Horse-7"


@pytest.fixture
def user(iam):
    name = fresh("user")
    iam.create_user(UserName=name)
    return name


@pytest.fixture
def no_policy(iam):
    """The account's password policy is gone before and after."""

    def gone():
        try:
            iam.delete_account_password_policy()
        except iam.exceptions.NoSuchEntityException:
            pass

    gone()
    yield
    gone()


def test_a_password_is_set_told_changed_and_deleted(iam, user):
    made = iam.create_login_profile(UserName=user, Password=GOOD, PasswordResetRequired=True)["LoginProfile"]
    assert (made["UserName"], made["PasswordResetRequired"]) == (user, True)
    assert iam.get_login_profile(UserName=user)["LoginProfile"] == made
    message = f"Login Profile for user {user} already exists."
    refused(lambda: iam.create_login_profile(UserName=user, Password=GOOD), "EntityAlreadyExists", 409, message)
    iam.update_login_profile(UserName=user, Password=GOOD + "!", PasswordResetRequired=False)
    assert iam.get_login_profile(UserName=user)["LoginProfile"]["PasswordResetRequired"] is False
    iam.delete_login_profile(UserName=user)
    message = f"Login Profile for User {user} cannot be found."
    for call in (
        lambda: iam.get_login_profile(UserName=user),
        lambda: iam.update_login_profile(UserName=user, Password=GOOD),
        lambda: iam.delete_login_profile(UserName=user),
    ):
        refused(call, "NoSuchEntity", 404, message)


def test_users_change_their_own_password_and_must_know_the_old_one(root, iam, no_policy):
    bob = root.user(policy=[statement("Allow", "iam:ChangePassword", "arn:aws:iam::*:user/${aws:username}")])
    iam.create_login_profile(UserName=bob.name, Password=GOOD)
    own = bob.client("iam")
    refused(
        lambda: own.change_password(OldPassword="wrong", NewPassword=GOOD + "2"),
        "AccessDenied",
        403,
        "The old password was incorrect.",
    )
    own.change_password(OldPassword=GOOD, NewPassword=GOOD + "2")
    refused(lambda: own.change_password(OldPassword=GOOD, NewPassword=GOOD + "3"), "AccessDenied", 403)
    refused(lambda: iam.change_password(OldPassword="a", NewPassword=GOOD), "InvalidUserType", 400)


@pytest.mark.parametrize("weak", ["Short-7", "alllowercase", "ALLUPPER77"])
def test_a_weak_password_is_refused_without_any_policy(iam, user, no_policy, weak):
    refused(lambda: iam.create_login_profile(UserName=user, Password=weak), "PasswordPolicyViolation", 400)


def test_the_account_s_policy_is_kept_and_heeded(iam, user, account, no_policy):
    message = f"The Password Policy with domain name {account} cannot be found."
    refused(lambda: iam.get_account_password_policy(), "NoSuchEntity", 404, message)
    refused(lambda: iam.delete_account_password_policy(), "NoSuchEntity", 404, message)
    asked = {
        "MinimumPasswordLength": 12,
        "RequireSymbols": True,
        "RequireNumbers": True,
        "RequireUppercaseCharacters": True,
        "RequireLowercaseCharacters": True,
        "AllowUsersToChangePassword": True,
        "MaxPasswordAge": 90,
        "PasswordReusePrevention": 3,
        "HardExpiry": True,
    }
    iam.update_account_password_policy(**asked)
    assert iam.get_account_password_policy()["PasswordPolicy"] == {**asked, "ExpirePasswords": True}
    for bad in ("Aa1!", "alllower-case1", "ALLUPPER-CASE1", "No-Digits-Here", "NoSymbolsAtAll1"):
        refused(lambda: iam.create_login_profile(UserName=user, Password=bad), "PasswordPolicyViolation", 400)
    iam.create_login_profile(UserName=user, Password=GOOD)
    iam.update_account_password_policy()
    defaults = iam.get_account_password_policy()["PasswordPolicy"]
    assert defaults["MinimumPasswordLength"] == 6 and defaults["ExpirePasswords"] is False
    assert "MaxPasswordAge" not in defaults


def test_earlier_passwords_cannot_be_used_again(root, iam, no_policy):
    iam.update_account_password_policy(PasswordReusePrevention=2, AllowUsersToChangePassword=True)
    bob = root.user()
    iam.create_login_profile(UserName=bob.name, Password=GOOD)
    own = bob.client("iam")
    iam.put_user_policy(
        UserName=bob.name,
        PolicyName="p",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ChangePassword","Resource":"*"}]}',
    )
    own.change_password(OldPassword=GOOD, NewPassword=GOOD + "2")
    refused(lambda: own.change_password(OldPassword=GOOD + "2", NewPassword=GOOD), "PasswordPolicyViolation", 400)
    own.change_password(OldPassword=GOOD + "2", NewPassword=GOOD + "3")
    own.change_password(OldPassword=GOOD + "3", NewPassword=GOOD)


def test_passwords_are_in_no_file(own_server):
    root = own_server.root()
    iam, name = root.client("iam"), fresh("hidden")
    iam.create_user(UserName=name)
    iam.create_login_profile(UserName=name, Password=GOOD)
    own_server.stop()
    for file in own_server.data_dir.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert GOOD.encode() not in content and name.encode() not in content, file

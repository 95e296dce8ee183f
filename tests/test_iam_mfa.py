"""Virtual MFA devices: one-time codes are really checked, and used once."""

import base64
import hashlib
import hmac
import struct
import time

import pytest

from conftest import Principal, fresh, refused, statement

STEP = 30


def code(seed, steps=0):
    """The code of RFC 6238 so many steps from now."""
    key = base64.b32decode(seed)
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // STEP + steps), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def mid_step():
    """Waits, where a step is about to end, for the next one."""
    if time.time() % STEP > STEP - 3:
        time.sleep(3.5)


@pytest.fixture
def device(iam):
    return iam.create_virtual_mfa_device(VirtualMFADeviceName=fresh("mfa"))["VirtualMFADevice"]


def enable(iam, user, device):
    mid_step()
    seed = device["Base32StringSeed"]
    iam.enable_mfa_device(
        UserName=user,
        SerialNumber=device["SerialNumber"],
        AuthenticationCode1=code(seed, -1),
        AuthenticationCode2=code(seed),
    )


def test_a_device_is_made_with_a_seed_that_is_told_once(iam, account):
    name = fresh("mfa")
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name, Path="/phones/")["VirtualMFADevice"]
    assert made["SerialNumber"] == f"arn:aws:iam::{account}:mfa/phones/{name}"
    assert len(base64.b32decode(made["Base32StringSeed"])) >= 20
    assert made["QRCodePNG"].startswith(b"\x89PNG")
    pages = iam.get_paginator("list_virtual_mfa_devices").paginate(AssignmentStatus="Unassigned")
    listed = [it for page in pages for it in page["VirtualMFADevices"] if it["SerialNumber"] == made["SerialNumber"]]
    assert listed and "Base32StringSeed" not in listed[0]
    message = "MFADevice entity at the same path and name already exists."
    refused(lambda: iam.create_virtual_mfa_device(VirtualMFADeviceName=name), "EntityAlreadyExists", 409, message)
    iam.delete_virtual_mfa_device(SerialNumber=made["SerialNumber"])
    message = f"VirtualMFADevice with serial number {made['SerialNumber']} does not exist."
    refused(lambda: iam.delete_virtual_mfa_device(SerialNumber=made["SerialNumber"]), "NoSuchEntity", 404, message)


def test_only_two_right_codes_in_a_row_enable_a_device(root, iam, device):
    bob, seed = root.user(), device["Base32StringSeed"]
    mid_step()
    for first, second in (
        (code(seed), code(seed)),
        (code(seed), code(seed, -1)),
        (code(seed, -20), code(seed, -19)),
        ("000000", code(seed)),
    ):
        refused(
            lambda: iam.enable_mfa_device(
                UserName=bob.name,
                SerialNumber=device["SerialNumber"],
                AuthenticationCode1=first,
                AuthenticationCode2=second,
            ),
            "InvalidAuthenticationCode",
            403,
            "Authentication code for device is not valid.",
        )
    enable(iam, bob.name, device)
    listed = iam.list_mfa_devices(UserName=bob.name)["MFADevices"]
    assert [it["SerialNumber"] for it in listed] == [device["SerialNumber"]]
    assert iam.get_mfa_device(UserName=bob.name, SerialNumber=device["SerialNumber"])["UserName"] == bob.name
    message = f"MFADevice with serial number {device['SerialNumber']} is already in use."
    other = root.user()
    refused(lambda: enable(iam, other.name, device), "EntityAlreadyExists", 409, message)
    refused(
        lambda: iam.delete_virtual_mfa_device(SerialNumber=device["SerialNumber"]),
        "DeleteConflict",
        409,
        "MFA VirtualDevice in use. Must deactivate first.",
    )
    refused(
        lambda: iam.delete_user(UserName=bob.name),
        "DeleteConflict",
        409,
    )
    iam.deactivate_mfa_device(UserName=bob.name, SerialNumber=device["SerialNumber"])
    refused(
        lambda: iam.deactivate_mfa_device(UserName=bob.name, SerialNumber=device["SerialNumber"]), "NoSuchEntity", 404
    )
    iam.delete_virtual_mfa_device(SerialNumber=device["SerialNumber"])


def test_a_session_with_a_code_may_what_needs_one(server, root, iam, device):
    needs_mfa = statement("Allow", "iam:ListGroups", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    bob = root.user(policy=[needs_mfa])
    enable(iam, bob.name, device)
    refused(lambda: bob.client("iam").list_groups(), "AccessDenied", 403)
    sts, serial = bob.client("sts"), device["SerialNumber"]
    refused(lambda: sts.get_session_token(SerialNumber=serial, TokenCode="000000"), "AccessDenied", 403)
    mid_step()
    used = code(device["Base32StringSeed"], 1)
    found = sts.get_session_token(SerialNumber=serial, TokenCode=used)["Credentials"]
    session = Principal(server, found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    session.client("iam").list_groups()
    refused(lambda: sts.get_session_token(SerialNumber=serial, TokenCode=used), "AccessDenied", 403)
    without = sts.get_session_token()["Credentials"]
    session = Principal(server, without["AccessKeyId"], without["SecretAccessKey"], without["SessionToken"])
    refused(lambda: session.client("iam").list_groups(), "AccessDenied", 403)


def test_a_device_is_brought_back_in_step(root, iam, device):
    bob, seed = root.user(), device["Base32StringSeed"]
    enable(iam, bob.name, device)
    who = {"UserName": bob.name, "SerialNumber": device["SerialNumber"]}
    mid_step()
    iam.resync_mfa_device(**who, AuthenticationCode1=code(seed, -1), AuthenticationCode2=code(seed))
    refused(
        lambda: iam.resync_mfa_device(**who, AuthenticationCode1=code(seed), AuthenticationCode2=code(seed, -1)),
        "InvalidAuthenticationCode",
        403,
    )
    pages = iam.get_paginator("list_virtual_mfa_devices").paginate(AssignmentStatus="Assigned")
    listed = {it["SerialNumber"]: it for page in pages for it in page["VirtualMFADevices"]}
    assert listed[device["SerialNumber"]]["User"]["UserName"] == bob.name


def test_devices_are_tagged(iam, device):
    serial = device["SerialNumber"]
    iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.untag_mfa_device(SerialNumber=serial, TagKeys=["a"])
    assert iam.list_mfa_device_tags(SerialNumber=serial)["Tags"] == [{"Key": "b", "Value": "2"}]

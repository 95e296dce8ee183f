"""KMS: what a key's policy and grants let, what a ciphertext needs to open, and what outlives rotation and restarts."""

import base64
import json
import time
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError
import clock
from conftest import document, fresh, kurodo, refused, statement
from test_at_rest import search
from test_cloudwatch_figures import unverified

CONTEXT = {"tenant": "red", "app": "ledger"}


@pytest.fixture(scope="module")
def kms(root):
    return root.client("kms")


@pytest.fixture
def key(kms):
    """The ARN of a new key whose policy leaves everything to the account."""
    return kms.create_key()["KeyMetadata"]["Arn"]


@contextmanager
def refusal(code, words=""):
    """What is done here fails with this code, and a message with these words."""
    with pytest.raises(ClientError) as error:
        yield
    told = error.value.response["Error"]
    assert told["Code"] == code and words in told["Message"], told


def arn_of(user):
    return user.client("sts").get_caller_identity()["Arn"]


def policy(arn, *statements):
    """A key policy that leaves everything to the account, and says more."""
    account = arn.split(":")[4]
    own = statement("Allow", "kms:*", Principal={"AWS": f"arn:aws:iam::{account}:root"})
    return document(own, *statements)


def flipped(blob, at):
    return blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]


def test_what_is_encrypted_opens_by_its_key_under_its_context(kms, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext=CONTEXT)["CiphertextBlob"]
    opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext=dict(reversed(CONTEXT.items())))
    assert (opened["Plaintext"], opened["KeyId"]) == (b"secret", key)
    assert opened["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"
    with refusal("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=blob)
    with refusal("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext={**CONTEXT, "app": "other"})
    for at in (0, 30, 60, 80, len(blob) - 1):
        with refusal("InvalidCiphertextException"):
            kms.decrypt(CiphertextBlob=flipped(blob, at), EncryptionContext=CONTEXT, KeyId=key)
    other = kms.create_key()["KeyMetadata"]["Arn"]
    with refusal("IncorrectKeyException"):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT, KeyId=other)
    again = kms.re_encrypt(CiphertextBlob=blob, SourceEncryptionContext=CONTEXT, DestinationKeyId=other)
    assert (again["SourceKeyId"], again["KeyId"]) == (key, other)
    assert kms.decrypt(CiphertextBlob=again["CiphertextBlob"])["Plaintext"] == b"secret"
    with refusal("DryRunOperationException"):
        kms.encrypt(KeyId=key, Plaintext=b"x", DryRun=True)
    with refusal("ValidationException", "more than case"):
        kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"a": "1", "A": "2"})


def test_data_keys_are_random_and_open_again(kms, key):
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert len(made["Plaintext"]) == 32
    assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
    blind = kms.generate_data_key_without_plaintext(KeyId=key, NumberOfBytes=64)
    assert "Plaintext" not in blind
    assert len(kms.decrypt(CiphertextBlob=blind["CiphertextBlob"])["Plaintext"]) == 64
    with refusal("ValidationException", "Please specify either number of bytes or key spec."):
        kms.generate_data_key(KeyId=key)
    assert len(kms.generate_random(NumberOfBytes=1024)["Plaintext"]) == 1024


def test_keys_that_are_off_or_doomed_do_nothing(kms, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    kms.disable_key(KeyId=key)
    with refusal("DisabledException", f"{key} is disabled."):
        kms.decrypt(CiphertextBlob=blob)
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"
    with refusal("ValidationException"):
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=6)
    told = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert told["KeyState"] == "PendingDeletion"
    assert told["DeletionDate"] > datetime.now(timezone.utc) + timedelta(days=6)
    with refusal("KMSInvalidStateException", f"{key} is pending deletion."):
        kms.decrypt(CiphertextBlob=blob)
    kms.cancel_key_deletion(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    with refusal("NotFoundException", "does not exist"):
        kms.describe_key(KeyId="12345678-1234-1234-1234-123456789012")


def test_aliases_name_keys(kms, key):
    name = f"alias/app/{fresh()}"
    kms.create_alias(AliasName=name, TargetKeyId=key)
    with refusal("AlreadyExistsException"):
        kms.create_alias(AliasName=name, TargetKeyId=key)
    assert kms.describe_key(KeyId=name)["KeyMetadata"]["Arn"] == key
    blob = kms.encrypt(KeyId=name, Plaintext=b"secret")["CiphertextBlob"]
    other = kms.create_key()["KeyMetadata"]["Arn"]
    kms.update_alias(AliasName=name, TargetKeyId=other)
    assert kms.decrypt(CiphertextBlob=blob)["KeyId"] == key
    listed = kms.list_aliases(KeyId=other)["Aliases"]
    assert [alias["AliasName"] for alias in listed] == [name]
    kms.delete_alias(AliasName=name)
    with refusal("NotFoundException", "is not found."):
        kms.encrypt(KeyId=name, Plaintext=b"x")
    with refusal("InvalidAliasNameException"):
        kms.create_alias(AliasName="alias/aws/mine", TargetKeyId=key)


def test_the_key_policy_is_the_root_of_all_rights(kms, key, root):
    ada, bob = root.user(policy=[statement("Allow", "kms:*")]), root.user()
    assert ada.client("kms").encrypt(KeyId=key, Plaintext=b"x")
    with refusal("AccessDeniedException", "no identity-based policy allows"):
        bob.client("kms").encrypt(KeyId=key, Plaintext=b"x")
    # Without the account in it, no policy of IAM's counts.
    account = key.split(":")[4]
    administrators = statement("Allow", ["kms:Put*", "kms:Get*", "kms:Create*"], Principal={"AWS": f"arn:aws:iam::{account}:root"})
    use = statement("Allow", "kms:Encrypt", Principal={"AWS": arn_of(bob)})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=document(administrators, use))
    with refusal("AccessDeniedException", "no resource-based policy allows"):
        ada.client("kms").encrypt(KeyId=key, Plaintext=b"x")
    assert bob.client("kms").encrypt(KeyId=key, Plaintext=b"x")
    with refusal("AccessDeniedException"):
        kms.decrypt(CiphertextBlob=bob.client("kms").encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"])
    with refusal("MalformedPolicyDocumentException", "will not allow you to update the key policy"):
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=document(use))
    with refusal("MalformedPolicyDocumentException"):
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy="{}")


def test_conditions_on_the_encryption_context_and_aliases_hold(kms, key, root):
    red = {"StringEquals": {"kms:EncryptionContext:tenant": "red"}}
    ada = root.user(policy=[statement("Allow", "kms:*", Condition=red)])
    client = ada.client("kms")
    blob = client.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=CONTEXT)["CiphertextBlob"]
    assert client.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)
    for context in ({}, {"tenant": "blue"}, {"app": "red"}):
        with refusal("AccessDeniedException"):
            client.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=context)
    name = f"alias/{fresh()}"
    kms.create_alias(AliasName=name, TargetKeyId=key)
    by_alias = {"StringEquals": {"kms:RequestAlias": name}}
    named = root.user(policy=[statement("Allow", "kms:*", Condition=by_alias)]).client("kms")
    assert named.encrypt(KeyId=name, Plaintext=b"x")
    with refusal("AccessDeniedException"):
        named.encrypt(KeyId=key, Plaintext=b"x")


def test_grants_let_their_grantee_do_what_they_name(kms, key, root):
    ada, bob = root.user(), root.user()
    made = kms.create_grant(
        KeyId=key,
        GranteePrincipal=arn_of(ada),
        RetiringPrincipal=arn_of(bob),
        Operations=["Decrypt", "Encrypt", "CreateGrant"],
        Constraints={"EncryptionContextSubset": {"tenant": "red"}},
        Name="one",
    )
    again = kms.create_grant(
        KeyId=key,
        GranteePrincipal=arn_of(ada),
        RetiringPrincipal=arn_of(bob),
        Operations=["CreateGrant", "Encrypt", "Decrypt"],
        Constraints={"EncryptionContextSubset": {"tenant": "red"}},
        Name="one",
    )
    assert made["GrantId"] == again["GrantId"]
    client = ada.client("kms")
    blob = client.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=CONTEXT)["CiphertextBlob"]
    assert client.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT, GrantTokens=[made["GrantToken"]])
    with refusal("AccessDeniedException"):
        client.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"tenant": "blue"})
    with refusal("AccessDeniedException"):
        client.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=CONTEXT)
    with refusal("InvalidGrantTokenException"):
        client.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT, GrantTokens=["none"])
    # What is handed on is no more than there is.
    eve = root.user()
    with refusal("AccessDeniedException"):
        client.create_grant(KeyId=key, GranteePrincipal=arn_of(eve), Operations=["Decrypt"])
    narrow = {"EncryptionContextSubset": CONTEXT}
    client.create_grant(KeyId=key, GranteePrincipal=arn_of(eve), Operations=["Decrypt"], Constraints=narrow)
    assert eve.client("kms").decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)
    listed = kms.list_grants(KeyId=key)["Grants"]
    assert {grant["GranteePrincipal"] for grant in listed} == {arn_of(ada), arn_of(eve)}
    assert kms.list_retirable_grants(RetiringPrincipal=arn_of(bob))["Grants"][0]["GrantId"] == made["GrantId"]
    with refusal("AccessDeniedException"):
        ada.client("kms").retire_grant(GrantToken=made["GrantToken"])
    bob.client("kms").retire_grant(GrantToken=made["GrantToken"])
    with refusal("AccessDeniedException"):
        client.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)
    for grant in kms.list_grants(KeyId=key)["Grants"]:
        kms.revoke_grant(KeyId=key, GrantId=grant["GrantId"])
    with refusal("AccessDeniedException"):
        eve.client("kms").decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)


def test_another_account_needs_the_policy_and_its_own(kms, key, other):
    stranger = other.user(policy=[statement("Allow", "kms:Encrypt")])
    with refusal("AccessDeniedException"):
        stranger.client("kms").encrypt(KeyId=key, Plaintext=b"x")
    account = arn_of(stranger).split(":")[4]
    use = statement("Allow", "kms:*", Principal={"AWS": f"arn:aws:iam::{account}:root"})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(key, use))
    assert stranger.client("kms").encrypt(KeyId=key, Plaintext=b"x")["KeyId"] == key
    with refusal("AccessDeniedException"):
        stranger.client("kms").generate_data_key(KeyId=key, KeySpec="AES_256")
    missing = key.rsplit("/", 1)[0] + "/12345678-1234-1234-1234-123456789012"
    with refusal("AccessDeniedException"):
        stranger.client("kms").encrypt(KeyId=missing, Plaintext=b"x")


def test_another_account_does_not_manage_a_key_whatever_it_is_given(kms, key, other):
    """Source: KMS Developer Guide, "Allowing users in other accounts to use a KMS key"."""
    everything = statement("Allow", "kms:*", Principal={"AWS": f"arn:aws:iam::{other.account}:root"})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(key, everything))
    theirs = other.client("kms")
    assert theirs.encrypt(KeyId=key, Plaintext=b"x")["KeyId"] == key
    assert theirs.describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key
    assert theirs.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    assert theirs.list_grants(KeyId=key)["Grants"] == []
    for operation, more in [
        ("put_key_policy", {"Policy": policy(key, everything), "BypassPolicyLockoutSafetyCheck": True}),
        ("get_key_policy", {}),
        ("list_key_policies", {}),
        ("schedule_key_deletion", {}),
        ("cancel_key_deletion", {}),
        ("disable_key", {}),
        ("enable_key", {}),
        ("update_key_description", {"Description": "theirs"}),
        ("enable_key_rotation", {}),
        ("rotate_key_on_demand", {}),
        ("list_key_rotations", {}),
        ("tag_resource", {"Tags": [{"TagKey": "a", "TagValue": "b"}]}),
        ("list_resource_tags", {}),
    ]:
        with refusal("AccessDeniedException"):
            getattr(theirs, operation)(KeyId=key, **more)


def test_aliases_of_others_are_not_told(kms, key, other):
    name = f"alias/{fresh('hidden')}"
    kms.create_alias(AliasName=name, TargetKeyId=key)
    where, told = key.rsplit(":", 1)[0], []
    for alias in (name, f"{name}-none"):
        answer = refused(lambda: other.client("kms").encrypt(KeyId=f"{where}:{alias}", Plaintext=b"x"), "AccessDeniedException")  # noqa: B023
        told.append(answer["Error"]["Message"].replace(alias, "ALIAS"))
    assert told[0] == told[1] and key.rsplit("/", 1)[1] not in told[0]


def test_contexts_whose_names_are_one_to_a_condition_are_refused(kms, key):
    for names in [("ΟΔΟΣ", "οδοσ"), ("task", "tas\u212a"), ("tas\u212a", "task")]:
        with refusal("ValidationException"):
            kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=dict.fromkeys(names, "x"))


def test_what_was_sealed_before_a_rotation_opens(kms, key):
    before = kms.encrypt(KeyId=key, Plaintext=b"before")["CiphertextBlob"]
    first = kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    kms.rotate_key_on_demand(KeyId=key)
    after = kms.generate_data_key(KeyId=key, KeySpec="AES_128")
    assert after["KeyMaterialId"] != first
    opened = kms.decrypt(CiphertextBlob=before)
    assert (opened["Plaintext"], opened["KeyMaterialId"]) == (b"before", first)
    assert [one["RotationType"] for one in kms.list_key_rotations(KeyId=key)["Rotations"]] == ["ON_DEMAND"]
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    status = kms.get_key_rotation_status(KeyId=key)
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 90)
    kms.disable_key_rotation(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False


def test_codes_prove_their_message(kms):
    key = kms.create_key(KeySpec="HMAC_384", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    code = kms.generate_mac(KeyId=key, Message=b"message", MacAlgorithm="HMAC_SHA_384")["Mac"]
    assert kms.verify_mac(KeyId=key, Message=b"message", MacAlgorithm="HMAC_SHA_384", Mac=code)["MacValid"]
    with refusal("KMSInvalidMacException"):
        kms.verify_mac(KeyId=key, Message=b"massage", MacAlgorithm="HMAC_SHA_384", Mac=code)
    with refusal("InvalidKeyUsageException"):
        kms.generate_mac(KeyId=key, Message=b"message", MacAlgorithm="HMAC_SHA_256")
    with refusal("InvalidKeyUsageException"):
        kms.encrypt(KeyId=key, Plaintext=b"x")


def test_what_is_not_made_here_is_refused_by_name(kms):
    for asked in ({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}, {"Origin": "EXTERNAL"}, {"MultiRegion": True}):
        with refusal("UnsupportedOperationException", "is not supported."):
            kms.create_key(**asked)


def test_tags_are_told_to_policies(kms, root):
    red = {"StringEquals": {"aws:RequestTag/team": "red"}}
    maker = root.user(policy=[statement("Allow", ["kms:CreateKey", "kms:TagResource"], Condition=red)])
    tags = [{"TagKey": "team", "TagValue": "red"}]
    arn = maker.client("kms").create_key(Tags=tags)["KeyMetadata"]["Arn"]
    with refusal("AccessDeniedException"):
        maker.client("kms").create_key(Tags=[{"TagKey": "team", "TagValue": "blue"}])
    with refusal("AccessDeniedException"):
        maker.client("kms").create_key()
    of_red = {"StringEquals": {"aws:ResourceTag/team": "red"}}
    user = root.user(policy=[statement("Allow", "kms:Encrypt", Condition=of_red)]).client("kms")
    assert user.encrypt(KeyId=arn, Plaintext=b"x")
    kms.untag_resource(KeyId=arn, TagKeys=["team"])
    with refusal("AccessDeniedException"):
        user.encrypt(KeyId=arn, Plaintext=b"x")
    with refusal("TagException"):
        kms.tag_resource(KeyId=arn, Tags=[{"TagKey": "a", "TagValue": ""}, {"TagKey": "A", "TagValue": ""}])


def test_keys_outlive_a_restart_and_nothing_of_them_lies_open(own_server):
    kms = own_server.root().client("kms")
    key = kms.create_key(Description="a plain description of mine")["KeyMetadata"]["Arn"]
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=CONTEXT)
    assert own_server.stop() == 0
    secret = made["Plaintext"]
    for path in own_server.data_dir.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert secret not in content and base64.b64encode(secret)[:40] not in content, path
    assert not list(search(own_server.data_dir, ["a plain description of mine", key.split("/")[1]]))
    # What wraps the keys may be renewed; they are what they were.
    kurodo("keys", "rotate", "--accounts", "--data-dir", own_server.data_dir)
    assert "kms: 1 keys open" in kurodo("check", "--data-dir", own_server.data_dir).stdout
    own_server.start()
    kms = own_server.root().client("kms")
    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT)
    assert opened["Plaintext"] == secret
    assert json.loads(kms.get_key_policy(KeyId=key)["Policy"])["Id"] == "key-default-1"


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_keys_rotate_by_themselves_and_end_when_their_days_are_over(own_server, tmp_path):
    kms = own_server.root().client("kms")
    doomed, turning = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    blobs = [kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"] for key in (doomed, turning)]
    kms.create_grant(KeyId=doomed, GranteePrincipal=arn_of(own_server.root()), Operations=["Decrypt"])
    kms.schedule_key_deletion(KeyId=doomed, PendingWindowInDays=30)
    kms.enable_key_rotation(KeyId=turning, RotationPeriodInDays=90)
    assert own_server.stop() == 0
    ahead = 91 * 24 * 60 * 60
    own_server.start(clock.environment(tmp_path, ahead))
    kms = unverified(own_server, "kms")
    with clock.signing_ahead(ahead):
        for _ in range(450):
            if kms.list_key_rotations(KeyId=turning)["Rotations"] and len(kms.list_keys()["Keys"]) == 1:
                break
            time.sleep(0.2)
        assert [one["RotationType"] for one in kms.list_key_rotations(KeyId=turning)["Rotations"]] == ["AUTOMATIC"]
        assert kms.decrypt(CiphertextBlob=blobs[1])["Plaintext"] == b"old"
        with refusal("InvalidCiphertextException"):
            kms.decrypt(CiphertextBlob=blobs[0])
        with refusal("NotFoundException", "does not exist"):
            kms.describe_key(KeyId=doomed)

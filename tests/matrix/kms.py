"""KMS: one sample for every row of its table."""

from conftest import document, fresh, statement

# What is said to who did not sign, and to who may not.
UNSIGNED = ("MissingAuthenticationTokenException", 400)
DENIED = ("AccessDeniedException", 400)

TAGS = [{"TagKey": "team", "TagValue": "a"}]
CONTEXT = {"tenant": "red"}


def nothing(world, name):
    return {}


def key(world, name, **more):
    world.arns[name] = world.kms.create_key(Tags=TAGS, **more)["KeyMetadata"]["Arn"]
    return {"KeyId": world.arns[name]}


def having(sample, **more):
    """What a sample sets up, and further parameters."""
    return lambda world, name: {**sample(world, name), **more}


def doomed(world, name):
    found = key(world, name)
    world.kms.schedule_key_deletion(**found)
    return found


def rotating(world, name):
    found = key(world, name)
    world.kms.enable_key_rotation(**found)
    return found


def alias(world, name):
    return {"AliasName": f"alias/{name}-{fresh()}", "TargetKeyId": key(world, name)["KeyId"]}


def with_alias(world, name):
    found = alias(world, name)
    world.kms.create_alias(**found)
    return {"AliasName": found["AliasName"]}


def moved(world, name):
    found = with_alias(world, name)
    return {**found, "TargetKeyId": world.kms.create_key()["KeyMetadata"]["Arn"]}


def sealed(world, name):
    found = key(world, name)
    return {"CiphertextBlob": world.kms.encrypt(**found, Plaintext=b"x", EncryptionContext=CONTEXT)["CiphertextBlob"]}


def again(world, name):
    blob = sealed(world, name)
    destination = world.kms.create_key()["KeyMetadata"]["Arn"]
    return {**blob, "SourceEncryptionContext": CONTEXT, "DestinationKeyId": destination}


def mac_key(world, name):
    found = key(world, name, KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    return {**found, "Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}


def code(world, name):
    found = mac_key(world, name)
    return {**found, "Mac": world.kms.generate_mac(**found)["Mac"]}


def grant(world, name):
    found = key(world, name)
    grantee = f"arn:aws:iam::{world.account}:root"
    return {**found, "GranteePrincipal": grantee, "Operations": ["Decrypt"]}


def with_grant(world, name):
    found = grant(world, name)
    return {"KeyId": found["KeyId"], "GrantId": world.kms.create_grant(**found)["GrantId"]}


def policy(world, name):
    found = key(world, name)
    own = statement("Allow", "kms:*", Principal={"AWS": f"arn:aws:iam::{world.account}:root"})
    return {**found, "PolicyName": "default", "Policy": document(own)}


SAMPLES = {
    "CancelKeyDeletion": doomed,
    "CreateAlias": alias,
    "CreateGrant": grant,
    "CreateKey": lambda world, name: {"Description": name, "Tags": TAGS},
    "Decrypt": having(sealed, EncryptionContext=CONTEXT),
    "DeleteAlias": with_alias,
    "DescribeKey": key,
    "DisableKey": key,
    "DisableKeyRotation": rotating,
    "EnableKey": key,
    "EnableKeyRotation": having(key, RotationPeriodInDays=90),
    "Encrypt": having(key, Plaintext=b"x", EncryptionContext=CONTEXT),
    "GenerateDataKey": having(key, KeySpec="AES_256"),
    "GenerateDataKeyWithoutPlaintext": having(key, KeySpec="AES_256"),
    "GenerateMac": mac_key,
    "GenerateRandom": lambda world, name: {"NumberOfBytes": 32},
    "GetKeyPolicy": key,
    "GetKeyRotationStatus": key,
    "ListAliases": nothing,
    "ListGrants": key,
    "ListKeyPolicies": key,
    "ListKeyRotations": key,
    "ListKeys": nothing,
    "ListResourceTags": key,
    "ListRetirableGrants": lambda world, name: {"RetiringPrincipal": f"arn:aws:iam::{world.account}:root"},
    "PutKeyPolicy": policy,
    "ReEncrypt": again,
    "RetireGrant": with_grant,
    "RevokeGrant": with_grant,
    "RotateKeyOnDemand": key,
    "ScheduleKeyDeletion": key,
    "TagResource": having(key, Tags=[{"TagKey": "new", "TagValue": "b"}]),
    "UntagResource": having(key, TagKeys=["team"]),
    "UpdateAlias": moved,
    "UpdateKeyDescription": having(key, Description="another"),
    "VerifyMac": code,
}

# Parameters that ask for more than the operation's own action.
ASKING = {"CreateKey": ["Tags"]}

# What is asked of a service only, where it makes a key of its own for the account (tests/test_s3_kms.py).
UNASKED = {
    operation: {"kms:CreateKey"}
    for operation in ("DescribeKey", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext")
}

# What differs from run to run.
SHOWN = [(r"key/[0-9a-f-]{36}", "key/{id}"), (r"alias/.*", "alias/{name}")]

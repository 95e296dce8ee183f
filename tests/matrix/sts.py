"""STS: one sample for every row of its table."""

from conftest import document

# What is said to who did not sign, and to who may not.
UNSIGNED = ("MissingAuthenticationToken", 403)
DENIED = ("AccessDenied", 403)

TAGS = [{"Key": "team", "Value": "a"}]


def role(world, name):
    """A role that leaves it to the account's policies who may assume it."""
    actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    trust = document({"Effect": "Allow", "Principal": {"AWS": world.account}, "Action": actions})
    return world.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]


def denial(world):
    """The encoded message of a denial."""
    return world.call(world.prober, "iam", "ListUsers", {}).sealed


SAMPLES = {
    "AssumeRole": lambda world, name: {
        "RoleArn": role(world, name),
        "RoleSessionName": "session",
        "Tags": TAGS,
        "SourceIdentity": "bob",
    },
    "AssumeRoleWithWebIdentity": lambda world, name: {},
    "DecodeAuthorizationMessage": lambda world, name: {"EncodedMessage": denial(world)},
    "GetAccessKeyInfo": lambda world, name: {"AccessKeyId": world.root.access_key_id},
    "GetCallerIdentity": lambda world, name: {},
    "GetFederationToken": lambda world, name: {"Name": name, "Tags": TAGS},
    "GetSessionToken": lambda world, name: {},
}

# Parameters that ask for more than the operation's own action.
ASKING = {"AssumeRole": ("Tags", "SourceIdentity"), "GetFederationToken": ("Tags",)}

# Nobody signs, and no policy of a caller's has a say: tests/test_web_identity.py tries it.
APART = {"AssumeRoleWithWebIdentity": "decided by the role's trust policy, for whom the token's issuer vouches for"}

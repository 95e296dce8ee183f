"""S3 Control: one sample for every row of its table."""

from conftest import document, statement

# What is said to who did not sign, and to who may not.
UNSIGNED = ("AccessDenied", 403)
DENIED = ("AccessDenied", 403)


def block(world, name):
    """Nothing is blocked for the account."""
    switches = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {
        "AccountId": world.account,
        "PublicAccessBlockConfiguration": {switch: False for switch in switches},
    }


def blocked(world, name):
    world.s3control.put_public_access_block(**block(world, name))
    return {"AccountId": world.account}


def bucket(world, name):
    bucket = f"{name.lower()}-points"
    world.s3.create_bucket(Bucket=bucket)
    return bucket


def new_point(world, name):
    return {"AccountId": world.account, "Name": name.lower(), "Bucket": bucket(world, name)}


def point(world, name):
    asked = new_point(world, name)
    world.s3control.create_access_point(**asked)
    return {"AccountId": world.account, "Name": name.lower()}


def new_policy(world, name):
    found = point(world, name)
    arn = f"arn:aws:s3:us-east-1:{world.account}:accesspoint/{name.lower()}"
    given = statement("Allow", "s3:GetObject", f"{arn}/object/matrix", Principal={"AWS": world.account})
    return {**found, "Policy": document(given)}


def with_policy(world, name):
    asked = new_policy(world, name)
    world.s3control.put_access_point_policy(**asked)
    return {"AccountId": world.account, "Name": name.lower()}


SAMPLES = {
    "CreateAccessPoint": new_point,
    "DeleteAccessPoint": point,
    "DeleteAccessPointPolicy": with_policy,
    "GetAccessPoint": point,
    "GetAccessPointPolicy": with_policy,
    "GetAccessPointPolicyStatus": with_policy,
    "ListAccessPoints": lambda world, name: {"AccountId": world.account},
    "PutAccessPointPolicy": new_policy,
    "GetPublicAccessBlock": blocked,
    "PutPublicAccessBlock": block,
    "DeletePublicAccessBlock": blocked,
}

# Parameters that ask for more than the operation's own action.
ASKING = {}

"""S3 Control: one sample for every row of its table."""

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


SAMPLES = {
    "GetPublicAccessBlock": blocked,
    "PutPublicAccessBlock": block,
    "DeletePublicAccessBlock": blocked,
}

# Parameters that ask for more than the operation's own action.
ASKING = {}

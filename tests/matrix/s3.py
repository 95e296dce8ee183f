"""S3: one sample for every row of its table. Buckets are the owner's, who is the account's root user."""

from datetime import datetime, timedelta, timezone

from conftest import document, statement

# What is said to who did not sign, and to who may not.
UNSIGNED = ("AccessDenied", 403)
DENIED = ("AccessDenied", 403)

# Answers to HEAD have no content, so that clients know the status only.
HEADS = {"HeadBucket", "HeadObject"}

TAGS = {"TagSet": [{"Key": "team", "Value": "a"}]}
OWNED = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
ENCRYPTED = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
BLOCK = {"BlockPublicAcls": True}
CORS = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
ENABLED = {"Status": "Enabled"}
LOCKS = {"ObjectLockEnabled": "Enabled"}
RULES = {"Rules": [{"Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]}
CONTENT = b"content"


def bucket(world, name):
    """A bucket whose access control lists count."""
    name = name.lower()
    world.s3.create_bucket(Bucket=name, ObjectOwnership="ObjectWriter")
    return {"Bucket": name}


def thing(world, name):
    where = {**bucket(world, name), "Key": "key"}
    world.s3.put_object(**where, Body=CONTENT)
    return where


def tagged(world, name):
    where = {**bucket(world, name), "Key": "key"}
    world.s3.put_object(**where, Body=CONTENT, Tagging="team=a")
    return where


def etag(world, where):
    return world.s3.head_object(**where)["ETag"]


def replicating(world, name):
    """A bucket that keeps versions, and rules that copy what is put there into another one with a role."""
    enabled = {"Status": "Enabled"}
    where = {**bucket(world, name), "ReplicationConfiguration": rules(world, name)}
    world.s3.put_bucket_versioning(Bucket=where["Bucket"], VersioningConfiguration=enabled)
    return where


def rules(world, name):
    target = bucket(world, f"{name}-to")
    world.s3.put_bucket_versioning(**target, VersioningConfiguration={"Status": "Enabled"})
    trust = document({"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"})
    role = world.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    rule = {"ID": "r", "Prefix": "", "Status": "Enabled", "Destination": {"Bucket": f"arn:aws:s3:::{target['Bucket']}"}}
    return {"Role": role, "Rules": [rule]}


def replicated(world, name):
    where = replicating(world, name)
    world.s3.put_bucket_replication(**where)
    return {"Bucket": where["Bucket"]}


def listing(world, name):
    """A bucket whose inventory goes to another one."""
    target = bucket(world, f"{name}-to")["Bucket"]
    destination = {"S3BucketDestination": {"Bucket": f"arn:aws:s3:::{target}", "Format": "CSV"}}
    inventory = {"Id": "i", "IsEnabled": False, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Weekly"},
                 "Destination": destination}
    return {**bucket(world, name), "Id": "i", "InventoryConfiguration": inventory}


def listed(world, name):
    where = listing(world, name)
    world.s3.put_bucket_inventory_configuration(**where)
    return {"Bucket": where["Bucket"], "Id": "i"}


def unchanged(sample):
    """Under the condition that the object is the one that is there."""

    def conditional(world, name):
        where = sample(world, name)
        return {**where, "IfMatch": etag(world, where)}

    return conditional


def source(world, name):
    """A tagged object of a bucket of its own, to copy from."""
    where = tagged(world, f"{name}-from")
    return {"CopySource": f"{where['Bucket']}/{where['Key']}"}


def copying(world, name):
    where = thing(world, name)
    asked = {"ACL": "private", "IfMatch": etag(world, where)}
    return {**where, **source(world, name), **asked}


def retagging(world, name):
    return {**copying(world, name), "Tagging": "team=b", "TaggingDirective": "REPLACE"}


def upload(world, name):
    where = {**bucket(world, name), "Key": "key"}
    made = world.s3.create_multipart_upload(**where)
    return {**where, "UploadId": made["UploadId"]}


def complete(world, name):
    where = upload(world, name)
    part = world.s3.upload_part(**where, PartNumber=1, Body=CONTENT)
    return {**where, "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}}


def policy(where):
    return document(statement("Deny", "s3:DeleteBucket", f"arn:aws:s3:::{where['Bucket']}", Principal="*"))


def with_policy(world, name):
    where = bucket(world, name)
    world.s3.put_bucket_policy(**where, Policy=policy(where))
    return where


def new_policy(world, name):
    where = bucket(world, name)
    return {**where, "Policy": policy(where)}


def having(sample, **more):
    """What a sample sets up, and further parameters."""
    return lambda world, name: {**sample(world, name), **more}


def put(call, sample, **more):
    """What a sample sets up, with a setting put on it."""

    def prepared(world, name):
        where = sample(world, name)
        getattr(world.s3, call)(**where, **more)
        return where

    return prepared


def locking(world, name):
    """An object of a bucket whose versions can be locked, retained for a moment and not held."""
    name = name.lower()
    world.s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    where = {"Bucket": name, "Key": "key"}
    world.s3.put_object(**where, Body=CONTENT, ObjectLockLegalHoldStatus="OFF", **retained(5))
    return where


def archived(world, name):
    """An object that must be restored before it is read."""
    where = {**bucket(world, name), "Key": "key"}
    world.s3.put_object(**where, Body=CONTENT, StorageClass="GLACIER")
    return where


def retained(seconds):
    until = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    return {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}


def retaining(world, name):
    """A longer retention."""
    asked = retained(600)
    retention = {"Mode": asked["ObjectLockMode"], "RetainUntilDate": asked["ObjectLockRetainUntilDate"]}
    return {**locking(world, name), "Retention": retention, "BypassGovernanceRetention": True}


def locking_bucket(world, name):
    return {"Bucket": locking(world, name)["Bucket"]}


def versioned(world, name):
    where = bucket(world, name)
    world.s3.put_bucket_versioning(**where, VersioningConfiguration=ENABLED)
    return where


SAMPLES = {
    "ListBuckets": lambda world, name: {},
    "CreateBucket": lambda world, name: {
        "Bucket": name.lower(),
        "ACL": "private",
        "ObjectOwnership": "ObjectWriter",
        "CreateBucketConfiguration": {"Tags": TAGS["TagSet"]},
        "ObjectLockEnabledForBucket": True,
    },
    "DeleteBucket": bucket,
    "HeadBucket": bucket,
    "GetBucketLocation": bucket,
    "GetBucketVersioning": bucket,
    "PutBucketVersioning": having(bucket, VersioningConfiguration=ENABLED),
    "GetObjectLockConfiguration": locking_bucket,
    "PutObjectLockConfiguration": having(versioned, ObjectLockConfiguration=LOCKS),
    "GetBucketLifecycleConfiguration": put("put_bucket_lifecycle_configuration", bucket, LifecycleConfiguration=RULES),
    "PutBucketLifecycleConfiguration": having(bucket, LifecycleConfiguration=RULES),
    "DeleteBucketLifecycle": bucket,
    "GetBucketReplication": replicated,
    "PutBucketReplication": replicating,
    "DeleteBucketReplication": replicated,
    "GetBucketInventoryConfiguration": listed,
    "PutBucketInventoryConfiguration": listing,
    "DeleteBucketInventoryConfiguration": listed,
    "ListBucketInventoryConfigurations": bucket,
    "GetBucketLogging": bucket,
    "PutBucketLogging": having(bucket, BucketLoggingStatus={}),
    "GetBucketRequestPayment": bucket,
    "PutBucketRequestPayment": having(bucket, RequestPaymentConfiguration={"Payer": "Requester"}),
    "GetBucketCors": put("put_bucket_cors", bucket, CORSConfiguration=CORS),
    "PutBucketCors": having(bucket, CORSConfiguration=CORS),
    "DeleteBucketCors": bucket,
    "GetBucketWebsite": bucket,
    "DeleteBucketWebsite": bucket,
    "GetBucketNotificationConfiguration": bucket,
    "PutBucketNotificationConfiguration": having(bucket, NotificationConfiguration={}),
    "GetBucketAccelerateConfiguration": bucket,
    "GetBucketPolicy": with_policy,
    "PutBucketPolicy": new_policy,
    "DeleteBucketPolicy": with_policy,
    "GetBucketPolicyStatus": with_policy,
    "GetPublicAccessBlock": bucket,
    "PutPublicAccessBlock": having(bucket, PublicAccessBlockConfiguration=BLOCK),
    "DeletePublicAccessBlock": bucket,
    "GetBucketOwnershipControls": bucket,
    "PutBucketOwnershipControls": having(bucket, OwnershipControls=OWNED),
    "DeleteBucketOwnershipControls": bucket,
    "GetBucketAcl": bucket,
    "PutBucketAcl": having(bucket, ACL="private"),
    "GetBucketTagging": put("put_bucket_tagging", bucket, Tagging=TAGS),
    "PutBucketTagging": having(bucket, Tagging=TAGS),
    "DeleteBucketTagging": bucket,
    "GetBucketEncryption": bucket,
    "PutBucketEncryption": having(bucket, ServerSideEncryptionConfiguration=ENCRYPTED),
    "DeleteBucketEncryption": bucket,
    "ListObjects": bucket,
    "ListObjectsV2": bucket,
    "ListObjectVersions": bucket,
    "GetObject": thing,
    "HeadObject": thing,
    "GetObjectAttributes": having(thing, ObjectAttributes=["ETag"]),
    "SelectObjectContent": having(
        thing,
        Expression="select * from s3object",
        ExpressionType="SQL",
        InputSerialization={"CSV": {}},
        OutputSerialization={"CSV": {}},
    ),
    "PutObject": having(unchanged(thing), Body=CONTENT, ACL="private", Tagging="team=a"),
    "CopyObject": retagging,
    "DeleteObject": unchanged(thing),
    "DeleteObjects": having(bucket, Delete={"Objects": [{"Key": "key"}]}),
    "GetObjectAcl": thing,
    "PutObjectAcl": having(thing, ACL="private"),
    "GetObjectTagging": thing,
    "PutObjectTagging": having(thing, Tagging=TAGS),
    "DeleteObjectTagging": thing,
    "GetObjectRetention": locking,
    "PutObjectRetention": retaining,
    "GetObjectLegalHold": locking,
    "PutObjectLegalHold": having(locking, LegalHold={"Status": "OFF"}),
    "RestoreObject": having(archived, RestoreRequest={"Days": 1}),
    "CreateMultipartUpload": lambda world, name: {
        **bucket(world, name),
        "Key": "key",
        "ACL": "private",
        "Tagging": "team=a",
    },
    "UploadPart": having(upload, PartNumber=1, Body=CONTENT),
    "UploadPartCopy": lambda world, name: {**upload(world, name), **source(world, name), "PartNumber": 1},
    "CompleteMultipartUpload": complete,
    "AbortMultipartUpload": upload,
    "ListParts": upload,
    "ListMultipartUploads": bucket,
}

# Parameters that ask for more than the operation's own action.
ASKING = {
    "CreateBucket": ("ACL", "ObjectOwnership", "ObjectLockEnabledForBucket", "CreateBucketConfiguration"),
    "PutObjectRetention": ("BypassGovernanceRetention",),
    "PutObject": ("ACL", "Tagging", "IfMatch"),
    "DeleteObject": ("IfMatch",),
    "CreateMultipartUpload": ("ACL", "Tagging"),
}

# Actions that only other requests ask for: `s3:ListBucket` where the object is missing, tags where it has some, those
# on versions where one is named, and those of locks where there is one.
MISSING = {"s3:ListBucket"}
LOCKED = {"s3:PutObjectRetention", "s3:PutObjectLegalHold"}
READ = {*MISSING, "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectVersionTagging"}
SEEN = {*READ, "s3:GetObjectRetention", "s3:GetObjectLegalHold"}
UNASKED = {
    "GetObject": SEEN,
    "HeadObject": SEEN,
    "GetObjectAttributes": {*MISSING, "s3:GetObjectVersion", "s3:GetObjectVersionAttributes"},
    "PutObject": LOCKED,
    "CopyObject": {*READ, *LOCKED},
    "CreateMultipartUpload": LOCKED,
    "DeleteObject": {"s3:DeleteObjectVersion", "s3:GetObjectVersion", "s3:BypassGovernanceRetention"},
    **{
        f"{does}Object{what}": {*MISSING, f"s3:{does}ObjectVersion{what}"}
        for does in ("Get", "Put")
        for what in ("Acl", "Tagging")
    },
    "DeleteObjectTagging": {*MISSING, "s3:DeleteObjectVersionTagging"},
    **{f"{does}Object{what}": MISSING for does in ("Get", "Put") for what in ("Retention", "LegalHold")},
    "RestoreObject": MISSING,
    "SelectObjectContent": MISSING,
    "UploadPartCopy": {*MISSING, "s3:GetObjectVersion"},
    "CompleteMultipartUpload": {"s3:GetObject"},
}

# Rows that are not decided as a whole.
APART = {
    "DeleteObjects": "each object is decided for itself; see tests/test_s3_access.py",
    "GetBucketWebsite": "no bucket is a website; see tests/test_s3_settings.py",
}

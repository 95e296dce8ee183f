"""CloudWatch Logs: one sample for every row of its table."""

import time

from conftest import document, statement

# What is said to who did not sign, and to who may not.
UNSIGNED = ("MissingAuthenticationTokenException", 400)
DENIED = ("AccessDeniedException", 400)

TAGS = {"team": "a"}


def now():
    return int(time.time() * 1000)


def nothing(world, name):
    return {}


def group(world, name):
    world.logs.create_log_group(logGroupName=name, tags=TAGS)
    return {"logGroupName": name}


def arn(world, name):
    group(world, name)
    return {"resourceArn": f"arn:aws:logs:us-east-1:{world.account}:log-group:{name}"}


def stream(world, name):
    where = {**group(world, name), "logStreamName": "stream"}
    world.logs.create_log_stream(**where)
    return where


def events(world, name):
    return {**stream(world, name), "logEvents": [{"timestamp": now(), "message": "a message"}]}


def filled(world, name):
    whole = events(world, name)
    world.logs.put_log_events(**whole)
    return {key: whole[key] for key in ["logGroupName", "logStreamName"]}


def having(sample, **more):
    """What a sample sets up, and further parameters."""
    return lambda world, name: {**sample(world, name), **more}


def protecting_key(world):
    """A key of KMS that CloudWatch Logs may use."""
    own = statement("Allow", "kms:*", Principal={"AWS": f"arn:aws:iam::{world.account}:root"})
    use = ["kms:GenerateDataKey", "kms:Decrypt"]
    logs = statement("Allow", use, Principal={"Service": "logs.us-east-1.amazonaws.com"})
    return world.kms.create_key(Policy=document(own, logs))["KeyMetadata"]["Arn"]


def policy(resource):
    """A policy that denies what the matrix does not try."""
    return document({**statement("Deny", "logs:PutSubscriptionFilter", resource), "Principal": "*"})


def new_policy(world, name):
    # Not of every log group: other tests' groups are in the account too.
    nothing = f"arn:aws:logs:us-east-1:{world.account}:log-group:matrix-nothing:*"
    return {"policyName": "matrix", "policyDocument": policy(nothing)}


def with_policy(world, name):
    world.logs.put_resource_policy(**new_policy(world, name))
    return {"policyName": "matrix"}


METRIC = [{"metricNamespace": "matrix", "metricName": "m", "metricValue": "1"}]


def new_filter(world, name):
    return {**group(world, name), "filterName": "f", "filterPattern": "a", "metricTransformations": METRIC}


def with_filter(world, name):
    asked = new_filter(world, name)
    world.logs.put_metric_filter(**asked)
    return {key: asked[key] for key in ["logGroupName", "filterName"]}


def new_subscription(world, name):
    world.kinesis.create_stream(StreamName=name, ShardCount=1)
    world.kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
    trust = {"Effect": "Allow", "Principal": {"Service": "logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = world.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    allowed = document(statement("Allow", "kinesis:PutRecord"))
    world.iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=allowed)
    destination = f"arn:aws:kinesis:us-east-1:{world.account}:stream/{name}"
    asked = {**group(world, name), "filterName": "f", "filterPattern": "a"}
    return {**asked, "destinationArn": destination, "roleArn": role}


def with_subscription(world, name):
    asked = new_subscription(world, name)
    world.logs.put_subscription_filter(**asked)
    return {key: asked[key] for key in ["logGroupName", "filterName"]}


TIMES = {"startTime": 0, "endTime": 4_000_000_000}


def query(world, name):
    asked = {**group(world, name), "queryString": "limit 1", **TIMES}
    return {"queryId": world.logs.start_query(**asked)["queryId"]}


def definition(world, name):
    made = world.logs.put_query_definition(name=name, queryString="limit 1")
    return {"queryDefinitionId": made["queryDefinitionId"]}


def record(world, name):
    asked = {"logGroupName": filled(world, name)["logGroupName"], "queryString": "limit 1", **TIMES}
    started = world.logs.start_query(**asked)["queryId"]
    while not (found := world.logs.get_query_results(queryId=started)["results"]):
        time.sleep(0.1)
    return {"logRecordPointer": next(one["value"] for one in found[0] if one["field"] == "@ptr")}


def export(world, name):
    bucket = name.lower()
    world.s3.create_bucket(Bucket=bucket)
    trusted = {"Principal": {"Service": "logs.amazonaws.com"}}
    allowed = statement("Allow", ["s3:GetBucketAcl", "s3:PutObject"], [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"])
    world.s3.put_bucket_policy(Bucket=bucket, Policy=document({**allowed, **trusted}))
    idle(world)
    return {**group(world, name), "fromTime": 1, "to": 2, "destination": bucket}


def idle(world):
    """There is one task at a time."""
    while [one for one in world.logs.describe_export_tasks()["exportTasks"] if one["status"]["code"] in UNDER_WAY]:
        time.sleep(0.1)


UNDER_WAY = ["PENDING", "RUNNING"]


def task(world, name):
    return {"taskId": world.logs.create_export_task(**export(world, name))["taskId"]}


SAMPLES = {
    "AssociateKmsKey": lambda world, name: {**group(world, name), "kmsKeyId": protecting_key(world)},
    "CancelExportTask": task,
    "CreateExportTask": export,
    "CreateLogGroup": lambda world, name: {"logGroupName": name, "tags": TAGS},
    "CreateLogStream": having(group, logStreamName="stream"),
    "DeleteLogGroup": group,
    "DeleteLogStream": stream,
    "DeleteMetricFilter": with_filter,
    "DeleteQueryDefinition": definition,
    "DeleteResourcePolicy": with_policy,
    "DeleteRetentionPolicy": group,
    "DeleteSubscriptionFilter": with_subscription,
    "DescribeExportTasks": nothing,
    "DescribeLogGroups": nothing,
    "DescribeLogStreams": group,
    "DescribeMetricFilters": group,
    "DescribeQueries": nothing,
    "DescribeQueryDefinitions": nothing,
    "DescribeResourcePolicies": nothing,
    "DescribeSubscriptionFilters": group,
    "DisassociateKmsKey": group,
    "FilterLogEvents": having(group, filterPattern="a"),
    "GetLogEvents": filled,
    "GetLogGroupFields": group,
    "GetLogRecord": record,
    "GetQueryResults": query,
    "ListLogGroups": nothing,
    "ListLogGroupsForQuery": query,
    "ListTagsForResource": arn,
    "ListTagsLogGroup": group,
    "PutLogEvents": events,
    "PutLogGroupDeletionProtection": lambda world, name: {
        "logGroupIdentifier": group(world, name)["logGroupName"],
        "deletionProtectionEnabled": False,
    },
    "PutMetricFilter": new_filter,
    "PutQueryDefinition": lambda world, name: {"name": name, "queryString": "limit 1"},
    "PutResourcePolicy": new_policy,
    "PutRetentionPolicy": having(group, retentionInDays=7),
    "PutSubscriptionFilter": new_subscription,
    "StartLiveTail": lambda world, name: {
        "logGroupIdentifiers": [arn(world, name)["resourceArn"]],
    },
    "StartQuery": lambda world, name: {**group(world, name), "queryString": "limit 1", **TIMES},
    "StopQuery": query,
    "TagLogGroup": having(group, tags=TAGS),
    "TagResource": having(arn, tags=TAGS),
    "TestMetricFilter": lambda world, name: {"filterPattern": "a", "logEventMessages": ["a"]},
    "UntagLogGroup": having(group, tags=["team"]),
    "UntagResource": having(arn, tagKeys=["team"]),
}

# Parameters that ask for more than the operation's own action.
ASKING = {"CreateLogGroup": ["tags"]}

# What differs from run to run.
SHOWN = []

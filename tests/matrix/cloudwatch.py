"""CloudWatch: one sample for every row of its table."""

import datetime
import json

# What is said to who did not sign, and to who may not.
UNSIGNED = ("MissingAuthenticationToken", 403)
DENIED = ("AccessDenied", 403)

TAGS = [{"Key": "team", "Value": "a"}]
BODY = json.dumps({"widgets": []})
METRIC = {"Namespace": "matrix", "MetricName": "m"}
WATCH = {
    **METRIC,
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}


def nothing(world, name):
    return {}


def times():
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"StartTime": now - datetime.timedelta(hours=1), "EndTime": now}


def alarm(world, name):
    world.cloudwatch.put_metric_alarm(AlarmName=name, Tags=TAGS, **WATCH)
    return {"AlarmName": name}


def alarms(world, name):
    return {"AlarmNames": [alarm(world, name)["AlarmName"]]}


def alarm_arn(world, name):
    alarm(world, name)
    return {"ResourceARN": f"arn:aws:cloudwatch:us-east-1:{world.account}:alarm:{name}"}


def dashboard(world, name):
    world.cloudwatch.put_dashboard(DashboardName=name, DashboardBody=BODY)
    return {"DashboardName": name}


def having(sample, **more):
    """What a sample sets up, and further parameters."""
    return lambda world, name: {**sample(world, name), **more}


SAMPLES = {
    "PutMetricData": lambda world, name: {
        "Namespace": name,
        "MetricData": [{"MetricName": "m", "Value": 1}],
    },
    "ListMetrics": nothing,
    "GetMetricStatistics": lambda world, name: {**METRIC, **times(), "Period": 60, "Statistics": ["Sum"]},
    "GetMetricData": lambda world, name: {
        **times(),
        "MetricDataQueries": [{"Id": "m", "MetricStat": {"Metric": METRIC, "Period": 60, "Stat": "Sum"}}],
    },
    "PutMetricAlarm": lambda world, name: {"AlarmName": name, "Tags": TAGS, **WATCH},
    "PutCompositeAlarm": lambda world, name: {"AlarmName": name, "AlarmRule": "FALSE", "Tags": TAGS},
    "DescribeAlarms": nothing,
    "DescribeAlarmsForMetric": lambda world, name: METRIC,
    "DescribeAlarmHistory": alarm,
    "SetAlarmState": having(alarm, StateValue="OK", StateReason="matrix"),
    "EnableAlarmActions": alarms,
    "DisableAlarmActions": alarms,
    "DeleteAlarms": alarms,
    "PutDashboard": lambda world, name: {"DashboardName": name, "DashboardBody": BODY, "Tags": TAGS},
    "GetDashboard": dashboard,
    "ListDashboards": nothing,
    "DeleteDashboards": lambda world, name: {"DashboardNames": [dashboard(world, name)["DashboardName"]]},
    "TagResource": having(alarm_arn, Tags=TAGS),
    "UntagResource": having(alarm_arn, TagKeys=["team"]),
    "ListTagsForResource": alarm_arn,
}

# The parameters that ask for more than the operation's own action.
ASKING = {"PutMetricAlarm": ("Tags",), "PutCompositeAlarm": ("Tags",), "PutDashboard": ("Tags",)}

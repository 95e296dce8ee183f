"""CloudWatch's alarms and dashboards."""

import json
import time

import pytest

from cloudwatch import began, cloudwatch, each, namespace, put, stat, value  # noqa: F401
from conftest import fresh, refused, statement


def watch(namespace, name="m", **more):
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 10,
        "ComparisonOperator": "GreaterThanThreshold",
        **more,
    }


def alarm_of(client, name):
    found = client.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    [alarm] = found["MetricAlarms"] + found["CompositeAlarms"]
    return alarm


def wait_for(client, name, state, seconds=40):
    for _ in range(seconds * 2):
        alarm = alarm_of(client, name)
        if alarm["StateValue"] == state:
            return alarm
        time.sleep(0.5)
    raise AssertionError(alarm)


def test_an_alarm_follows_its_metric_and_others_follow_it(cloudwatch, namespace):
    name, low, both, most = fresh("high"), fresh("low"), fresh("both"), fresh("most")
    cloudwatch.put_metric_alarm(AlarmName=name, AlarmDescription="d", **watch(namespace))
    expression = [
        {"Id": "half", "Expression": "m / 2", "Label": "Half"},
        stat("m", namespace, "m", "Maximum", ReturnData=False),
    ]
    bounds = {"EvaluationPeriods": 3, "DatapointsToAlarm": 1, "Threshold": 15, "TreatMissingData": "notBreaching"}
    comparison = {"ComparisonOperator": "LessThanThreshold"}
    cloudwatch.put_metric_alarm(AlarmName=low, Metrics=expression, **bounds, **comparison)
    cloudwatch.put_composite_alarm(AlarmName=both, AlarmRule=f"ALARM({name}) AND NOT OK({low})")
    cloudwatch.put_composite_alarm(AlarmName=most, AlarmRule=f"AT_LEAST(60%, NOT OK, ({name}, {low}))")
    assert alarm_of(cloudwatch, name)["StateReason"] == "Unchecked: Initial alarm creation"
    put(cloudwatch, namespace, *[value("m", 20, minutes_ago=n) for n in (1, 2)])
    alarm = wait_for(cloudwatch, name, "ALARM")
    assert alarm["StateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoint [20.0 (")
    assert ") was greater than the threshold (10.0)" in alarm["StateReason"].replace("]", "")
    reason = json.loads(alarm["StateReasonData"])
    assert (reason["recentDatapoints"], reason["threshold"], reason["statistic"]) == ([20], 10, "Maximum")
    wait_for(cloudwatch, low, "ALARM")
    composite = wait_for(cloudwatch, both, "ALARM")
    triggers = json.loads(composite["StateReasonData"])["triggeringAlarms"]
    assert {trigger["arn"].rsplit(":", 1)[1] for trigger in triggers} == {name, low}
    wait_for(cloudwatch, most, "ALARM")
    items = cloudwatch.describe_alarm_history(AlarmName=name)["AlarmHistoryItems"]
    assert [item["HistoryItemType"] for item in items] == ["StateUpdate", "ConfigurationUpdate"]
    assert items[0]["HistorySummary"] == "Alarm updated from INSUFFICIENT_DATA to ALARM"
    told = json.loads(items[0]["HistoryData"])
    assert told["newState"]["stateReasonData"]["evaluatedDatapoints"][0]["value"] == 20
    asked = {"MetricName": "m", "Namespace": namespace}
    [alarm] = cloudwatch.describe_alarms_for_metric(**asked)["MetricAlarms"]
    assert alarm["AlarmName"] == name
    related = cloudwatch.describe_alarms(ChildrenOfAlarmName=both)["MetricAlarms"]
    assert {alarm["AlarmName"] for alarm in related} == {name, low}
    refused(lambda: cloudwatch.delete_alarms(AlarmNames=[name]), "ValidationError", 400)
    cloudwatch.delete_alarms(AlarmNames=[name, low, both, most])
    items = cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType="ConfigurationUpdate")
    assert json.loads(items["AlarmHistoryItems"][0]["HistoryData"])["type"] == "Delete"


def test_missing_data_and_states_that_are_set(cloudwatch, namespace):
    treatments = {"breaching": "ALARM", "notBreaching": "OK", "missing": "INSUFFICIENT_DATA"}
    names = {treatment: fresh(treatment) for treatment in treatments}
    for treatment, name in names.items():
        cloudwatch.put_metric_alarm(AlarmName=name, TreatMissingData=treatment, **watch(namespace))
    for treatment, name in names.items():
        alarm = wait_for(cloudwatch, name, treatments[treatment])
        assert alarm["TreatMissingData"] == treatment
    name = names["notBreaching"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="by hand", StateReasonData="{}")
    assert alarm_of(cloudwatch, name)["StateReason"] == "by hand"
    wait_for(cloudwatch, name, "OK")
    summaries = [
        item["HistorySummary"]
        for item in cloudwatch.describe_alarm_history(AlarmName=name, ScanBy="TimestampAscending")["AlarmHistoryItems"]
    ]
    assert summaries[1:] == [
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
    ]
    refused(
        lambda: cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="x", StateReasonData="{"),
        "InvalidFormat",
        400,
    )
    gone = {"AlarmName": fresh(), "StateValue": "OK", "StateReason": "x"}
    refused(lambda: cloudwatch.set_alarm_state(**gone), "ResourceNotFound", 404)
    cloudwatch.delete_alarms(AlarmNames=list(names.values()))


def test_alarms_that_cannot_be(each, namespace):
    def wrong(code="ValidationError", status=400, **more):
        asked = {"AlarmName": fresh(), **watch(namespace), **more}
        asked = {name: value for name, value in asked.items() if value is not None}
        return refused(lambda: each.put_metric_alarm(**asked), code, status)["Error"]["Message"]

    assert wrong(Period=15) == "Period must be 10, 20, 30 or a multiple of 60"
    more = "DatapointsToAlarm must be less than or equal to EvaluationPeriods"
    assert wrong(EvaluationPeriods=1, DatapointsToAlarm=2) == more
    wrong(EvaluationPeriods=1441)
    wrong(Statistic=None)
    wrong(ExtendedStatistic="p90")
    wrong(TreatMissingData="x")
    wrong(MetricName=None)
    topic = "arn:aws:sns:us-east-1:111122223333:topic"
    assert "sns" in wrong("NotImplemented", 501, AlarmActions=[topic])
    assert wrong(OKActions=["x"]) == "Invalid arn syntax: x"
    wrong("NotImplemented", 501, ComparisonOperator="GreaterThanUpperThreshold", ThresholdMetricId="x")

    def composite(rule):
        return lambda: each.put_composite_alarm(AlarmName=fresh(), AlarmRule=rule)

    refused(composite("ALARM("), "ValidationError", 400)
    told = refused(composite("ALARM(nothing)"), "ValidationError", 400)
    assert "[nothing]" in told["Error"]["Message"]


def test_actions_tags_and_pages_of_alarms(root, each, account, namespace):
    names = sorted(fresh("page") for _ in range(3))
    for name in names:
        each.put_metric_alarm(AlarmName=name, Tags=[{"Key": "team", "Value": name}], **watch(namespace))
    each.disable_alarm_actions(AlarmNames=names[:1])
    assert [alarm_of(each, name)["ActionsEnabled"] for name in names] == [False, True, True]
    pages = each.get_paginator("describe_alarms").paginate(AlarmNamePrefix="page", MaxRecords=1)
    assert [alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]] == names
    arn = alarm_of(each, names[0])["AlarmArn"]
    assert arn == f"arn:aws:cloudwatch:us-east-1:{account}:alarm:{names[0]}"
    each.tag_resource(ResourceARN=arn, Tags=[{"Key": "more", "Value": "1"}])
    each.untag_resource(ResourceARN=arn, TagKeys=["nothing"])
    tags = each.list_tags_for_resource(ResourceARN=arn)["Tags"]
    assert tags == [{"Key": "team", "Value": names[0]}, {"Key": "more", "Value": "1"}]
    condition = {"StringEquals": {"aws:ResourceTag/team": names[0]}}
    user = root.user(policy=[statement("Allow", "cloudwatch:DeleteAlarms", Condition=condition)])
    client = user.client("cloudwatch")
    refused(lambda: client.delete_alarms(AlarmNames=names), "AccessDenied", 403)
    assert len(each.describe_alarms(AlarmNames=names)["MetricAlarms"]) == 3
    client.delete_alarms(AlarmNames=names[:1])
    each.delete_alarms(AlarmNames=names)
    refused(lambda: each.list_tags_for_resource(ResourceARN=arn), "ResourceNotFoundException", 404)


# Dashboards


def test_dashboards(each, account):
    name = fresh("board")
    widget = {"type": "text", "x": 0, "y": 0, "width": 6, "height": 2, "properties": {"markdown": "hello"}}
    body = json.dumps({"widgets": [widget]})
    answer = each.put_dashboard(DashboardName=name, DashboardBody=body, Tags=[{"Key": "a", "Value": "1"}])
    assert answer["DashboardValidationMessages"] == []
    found = each.get_dashboard(DashboardName=name)
    arn = f"arn:aws:cloudwatch::{account}:dashboard/{name}"
    assert (found["DashboardBody"], found["DashboardArn"]) == (body, arn)
    [entry] = each.list_dashboards(DashboardNamePrefix=name)["DashboardEntries"]
    assert (entry["DashboardName"], entry["Size"]) == (name, len(body))
    assert each.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "1"}]
    with pytest.raises(each.exceptions.DashboardInvalidInputError) as error:
        each.put_dashboard(DashboardName=name, DashboardBody="{}")
    answer = error.value.response
    assert answer["Error"]["Code"] == "InvalidParameterInput"
    assert answer["dashboardValidationMessages"] == [
        {"DataPath": "/", "Message": "Should have required property 'widgets'"}
    ]
    refused(
        lambda: each.put_dashboard(DashboardName="a b", DashboardBody=body), "InvalidParameterValue", 400
    )
    refused(lambda: each.delete_dashboards(DashboardNames=[name, "nothing"]), "ResourceNotFound", 404)
    each.delete_dashboards(DashboardNames=[name])
    refused(lambda: each.get_dashboard(DashboardName=name), "ResourceNotFound", 404)


def test_what_is_not_served_is_refused_by_name(cloudwatch):
    told = refused(lambda: cloudwatch.describe_insight_rules(), "NotImplemented", 501)
    assert "DescribeInsightRules" in told["Error"]["Message"]

//! What every operation of CloudWatch demands.
//!
//! Metrics are no resources in AWS: policies name them by `*`, and limit who puts data by the key
//! `cloudwatch:namespace`. A permit to put data reaches the one namespace that was decided on.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon CloudWatch".

use kurodo_gateway::service;

use crate::CloudWatch;

service! { CloudWatch:
    resources {
        // All metrics of the account in a region, to be read.
        Metrics {} = "*";
        // The metrics of one namespace, to be written.
        Namespace {} = "*";
        // An alarm: its definition and state; its history is the annex.
        Alarm { region, account, name } = "arn:aws:cloudwatch:{region}:{account}:alarm:{name}";
        // All alarms of the account in a region.
        Alarms { region, account } = "arn:aws:cloudwatch:{region}:{account}:alarm:*";
        // The same, for who looks for the alarms of a metric, or puts any into the rule of a composite one.
        AnyAlarms {} = "*";
        // The history of one alarm; or of all, where `name` is `*`.
        History { region, account, name } = "arn:aws:cloudwatch:{region}:{account}:alarm:{name}";
        Dashboard { account, name } = "arn:aws:cloudwatch::{account}:dashboard/{name}";
        // All dashboards of the account.
        Dashboards {} = "*";
    }
    actions {
        DeleteAlarms: Write on Alarm = "cloudwatch:DeleteAlarms";
        DeleteDashboards: Write on Dashboard = "cloudwatch:DeleteDashboards";
        DescribeAlarmHistory: Read on History = "cloudwatch:DescribeAlarmHistory";
        DescribeAlarms: Read on Alarms = "cloudwatch:DescribeAlarms";
        DescribeAlarmsForMetric: Read on AnyAlarms = "cloudwatch:DescribeAlarmsForMetric";
        DisableAlarmActions: Write on Alarm = "cloudwatch:DisableAlarmActions";
        EnableAlarmActions: Write on Alarm = "cloudwatch:EnableAlarmActions";
        GetDashboard: Read on Dashboard = "cloudwatch:GetDashboard";
        GetMetricData: Read on Metrics = "cloudwatch:GetMetricData";
        GetMetricStatistics: Read on Metrics = "cloudwatch:GetMetricStatistics";
        ListAlarmTags: Read on Alarm = "cloudwatch:ListTagsForResource";
        ListDashboardTags: Read on Dashboard = "cloudwatch:ListTagsForResource";
        ListDashboards: Read on Dashboards = "cloudwatch:ListDashboards";
        ListMetrics: Read on Metrics = "cloudwatch:ListMetrics";
        PutCompositeAlarm: Write on Alarm = "cloudwatch:PutCompositeAlarm";
        // What a composite alarm tells of the alarms in its rule, whichever they are.
        TellAlarms: Read on AnyAlarms = "cloudwatch:PutCompositeAlarm";
        PutDashboard: Write on Dashboard = "cloudwatch:PutDashboard";
        PutMetricAlarm: Write on Alarm = "cloudwatch:PutMetricAlarm";
        PutMetricData: Write on Namespace = "cloudwatch:PutMetricData";
        ReadAlarms: Read on Alarms = "cloudwatch:DescribeAlarms";
        SetAlarmState: Write on Alarm = "cloudwatch:SetAlarmState";
        TagAlarm: Write on Alarm = "cloudwatch:TagResource";
        TagDashboard: Write on Dashboard = "cloudwatch:TagResource";
        UntagAlarm: Write on Alarm = "cloudwatch:UntagResource";
        UntagDashboard: Write on Dashboard = "cloudwatch:UntagResource";
    }
    operations {
        PutMetricData: PutMetricData on namespace(namespace) with "cloudwatch:namespace" = namespace
            refusing ["EntityMetricData", "StrictEntityValidation"];
        ListMetrics: ListMetrics on metrics() refusing ["IncludeLinkedAccounts", "OwningAccount"];
        GetMetricStatistics: GetMetricStatistics on metrics();
        GetMetricData: GetMetricData on metrics() refusing ["MetricDataQueries.AccountId"];

        PutMetricAlarm: [PutMetricAlarm, TagAlarm if asked] by needs::put_metric_alarm
            refusing ["ThresholdMetricId", "Metrics.AccountId", "EvaluationWindow", "WarmUpConfiguration",
                "EvaluationCriteria", "EvaluationInterval", "ActionConfiguration"];
        PutCompositeAlarm: [PutCompositeAlarm, TellAlarms, TagAlarm if asked] by needs::put_composite_alarm
            refusing ["ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod",
                "ActionConfiguration"];
        DescribeAlarms: DescribeAlarms on alarms();
        DescribeAlarmsForMetric: DescribeAlarmsForMetric on any_alarms();
        DescribeAlarmHistory: DescribeAlarmHistory on history(alarm_name) refusing ["AlarmContributorId"];
        SetAlarmState: SetAlarmState on alarm(alarm_name);
        EnableAlarmActions: [EnableAlarmActions for all] by needs::enable_alarm_actions;
        DisableAlarmActions: [DisableAlarmActions for all] by needs::disable_alarm_actions;
        DeleteAlarms: [DeleteAlarms for all] by needs::delete_alarms;

        PutDashboard: [PutDashboard, TagDashboard if asked] by needs::put_dashboard;
        GetDashboard: GetDashboard on dashboard(dashboard_name);
        ListDashboards: ListDashboards on dashboards();
        DeleteDashboards: [DeleteDashboards for all] by needs::delete_dashboards;

        TagResource: [TagAlarm or TagDashboard] by needs::tag_resource;
        UntagResource: [UntagAlarm or UntagDashboard] by needs::untag_resource;
        ListTagsForResource: [ListAlarmTags or ListDashboardTags] by needs::list_tags_for_resource;
    }
    chores {
        // What was put since the last look goes to where it is read from.
        MergeData: [PutMetricData] by needs::unmerged every 5 seconds;
        // Data grow coarser as they grow older, until they are gone.
        RollUpData: [PutMetricData] by needs::old_data every 300 seconds;
        // What the services of this server counted.
        PublishFigures: [PutMetricData for all] by needs::figures every 60 seconds and at the end;
        EvaluateAlarms: [SetAlarmState for all, GetMetricData for all, ReadAlarms for all]
            by needs::alarms_due every 10 seconds;
        // What alarms tell webhooks.
        SendNotices: [SetAlarmState for all] by needs::noticed every 1 seconds;
        ForgetHistory: [DeleteAlarms for all] by needs::old_history every 3600 seconds;
    }
    refused {
        AssociateDatasetKmsKey, DisassociateDatasetKmsKey, GetDataset,
        CreateResourceMetricsConfiguration, DeleteResourceMetricsConfiguration, GetResourceMetricsConfiguration,
        UpdateResourceMetricsConfiguration,
        DeleteAlarmMuteRule, GetAlarmMuteRule, ListAlarmMuteRules, PutAlarmMuteRule, PutLogAlarm,
        DescribeAlarmContributors,
        DeleteAnomalyDetector, DescribeAnomalyDetectors, PutAnomalyDetector,
        DeleteInsightRules, DescribeInsightRules, DisableInsightRules, EnableInsightRules, GetInsightRuleReport,
        ListManagedInsightRules, PutInsightRule, PutManagedInsightRules,
        DeleteMetricDataQueryDefinition, GetMetricDataQueryDefinition, ListMetricDataQueryDefinitions,
        PutMetricDataQueryDefinition,
        DeleteMetricStream, GetMetricStream, ListMetricStreams, PutMetricStream, StartMetricStreams,
        StopMetricStreams,
        GetMetricWidgetImage,
        GetOTelEnrichment, StartOTelEnrichment, StopOTelEnrichment, UpdateOTelEnrichment,
    }
}

#[cfg(test)]
mod tests {
    use kurodo_gateway::Table;

    use crate::{CloudWatch, model::FACTS_OPERATIONS};

    #[test]
    fn every_operation_is_served_or_refused() {
        let rows = CloudWatch::ROWS.iter().map(|row| row.facts.operation);
        let mut known: Vec<_> = rows.chain(CloudWatch::REFUSED.iter().copied()).collect();
        known.sort_unstable();
        assert_eq!(known, FACTS_OPERATIONS);
    }
}

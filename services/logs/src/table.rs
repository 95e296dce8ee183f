//! What every operation of CloudWatch Logs demands.
//!
//! Whatever concerns a log group is decided on the ARN that ends in `:log-stream:`, as AWS does: policies name a group
//! with `:*` behind it. Only tags are decided on the bare ARN of the group.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon CloudWatch Logs";
//! CloudWatch Logs User Guide, "CloudWatch Logs resources and operations".

use kurodo_gateway::service;

use crate::Logs;

service! { Logs:
    resources {
        // A log group: its definition.
        Group { region, account, name } = "arn:aws:logs:{region}:{account}:log-group:{name}:log-stream:";
        // The same, as what has tags.
        Tagged { region, account, name } = "arn:aws:logs:{region}:{account}:log-group:{name}";
        // What a log group holds: its streams and their events.
        Contents { region, account, name } = "arn:aws:logs:{region}:{account}:log-group:{name}:log-stream:";
        // All log groups of the caller's account.
        Groups { region, account } = "arn:aws:logs:{region}:{account}:log-group::log-stream:";
        // A log stream: its definition.
        Stream { region, account, group, name }
            = "arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{name}";
        // A log stream's events.
        Events { region, account, group, name }
            = "arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{name}";
        // Everything, as the caller's account sees it.
        Everything {} = "*";
        // The definitions of queries that the caller's account keeps.
        Definitions {} = "*";
        // What a log group holds, as what a query that was started looks through.
        Searched { region, account, name } = "arn:aws:logs:{region}:{account}:log-group:{name}:log-stream:";
        // What a log group holds, as what is exported.
        Exported { region, account, name } = "arn:aws:logs:{region}:{account}:log-group:{name}:log-stream:";
        // The tasks that export what the caller's account has.
        Exports {} = "*";
        // What is left of a group or a stream that was deleted.
        Remains {} = "*";
        // The filters of a log group; or of all that the caller's account has, where `name` is empty.
        Filters { region, account, name } = "arn:aws:logs:{region}:{account}:log-group:{name}:log-stream:";
        // What was put into a log group and waits to become more than events.
        Pending { region, account, name } = "arn:aws:logs:{region}:{account}:log-group:{name}:log-stream:";
        // A role that is given to CloudWatch Logs to act with.
        Role { account, path, name } = "arn:aws:iam::{account}:role{path}{name}";
        // The metrics of CloudWatch.
        Metrics {} = "*";
    }
    actions {
        AssociateKmsKey: Write on Group = "logs:AssociateKmsKey";
        CancelExportTask: Write on Exports = "logs:CancelExportTask";
        CreateExportTask: Write on Exported = "logs:CreateExportTask";
        CreateLogGroup: Write on Group = "logs:CreateLogGroup";
        CreateLogStream: Write on Stream = "logs:CreateLogStream";
        DeleteLogGroup: Write on Group = "logs:DeleteLogGroup";
        DeleteLogStream: Write on Stream = "logs:DeleteLogStream";
        DeleteAccountResourcePolicy: Write on Groups = "logs:DeleteResourcePolicy";
        DeleteGroupResourcePolicy: Write on Group = "logs:DeleteResourcePolicy";
        DeleteMetricFilter: Write on Group = "logs:DeleteMetricFilter";
        DeleteQueryDefinition: Write on Definitions = "logs:DeleteQueryDefinition";
        DeleteRetentionPolicy: Write on Group = "logs:DeleteRetentionPolicy";
        DeleteSubscriptionFilter: Write on Group = "logs:DeleteSubscriptionFilter";
        DescribeExportTasks: Read on Exports = "logs:DescribeExportTasks";
        DescribeLogGroups: Read on Groups = "logs:DescribeLogGroups";
        DescribeLogStreams: Read on Contents = "logs:DescribeLogStreams";
        DescribeMetricFilters: Read on Filters = "logs:DescribeMetricFilters";
        DescribeQueries: Read on Everything = "logs:DescribeQueries";
        DescribeQueryDefinitions: Read on Definitions = "logs:DescribeQueryDefinitions";
        DescribeResourcePolicies: Read on Groups = "logs:DescribeResourcePolicies";
        DescribeSubscriptionFilters: Read on Group = "logs:DescribeSubscriptionFilters";
        DisassociateKmsKey: Write on Group = "logs:DisassociateKmsKey";
        DiscardContents: Write on Remains = "logs:DeleteLogGroup";
        ExpireEvents: Write on Contents = "logs:PutRetentionPolicy";
        FilterLogEvents: Read on Contents = "logs:FilterLogEvents";
        ForwardEvents: Write on Pending = "logs:PutSubscriptionFilter";
        GetLogEvents: Read on Events = "logs:GetLogEvents";
        GetLogGroupFields: Read on Contents = "logs:GetLogGroupFields";
        GetLogRecord: Read on Contents = "logs:GetLogRecord";
        GetQueryResults: Read on Everything = "logs:GetQueryResults";
        ListLogGroups: Read on Groups = "logs:ListLogGroups";
        ListLogGroupsForQuery: Read on Everything = "logs:ListLogGroupsForQuery";
        ListTagsForResource: Read on Tagged = "logs:ListTagsForResource";
        ListTagsLogGroup: Read on Tagged = "logs:ListTagsLogGroup";
        MeasureEvents: Write on Pending = "logs:PutMetricFilter";
        PassRole: Read on Role = "iam:PassRole";
        PutAccountResourcePolicy: Write on Groups = "logs:PutResourcePolicy";
        PutGroupResourcePolicy: Write on Group = "logs:PutResourcePolicy";
        PutLogEvents: Write on Events = "logs:PutLogEvents";
        PutLogGroupDeletionProtection: Write on Group = "logs:PutLogGroupDeletionProtection";
        PutMetricData: Write on Metrics = "cloudwatch:PutMetricData";
        PutMetricFilter: Write on Group = "logs:PutMetricFilter";
        PutQueryDefinition: Write on Definitions = "logs:PutQueryDefinition";
        PutRetentionPolicy: Write on Group = "logs:PutRetentionPolicy";
        PutSubscriptionFilter: Write on Group = "logs:PutSubscriptionFilter";
        RunExport: Write on Exported = "logs:CreateExportTask";
        RunQuery: Read on Searched = "logs:StartQuery";
        StartLiveTail: Read on Contents = "logs:StartLiveTail";
        StartQuery: Read on Contents = "logs:StartQuery";
        StopQuery: Write on Everything = "logs:StopQuery";
        TagLogGroup: Write on Tagged = "logs:TagLogGroup";
        TagResource: Write on Tagged = "logs:TagResource";
        TestMetricFilter: Read on Everything = "logs:TestMetricFilter";
        UntagLogGroup: Write on Tagged = "logs:UntagLogGroup";
        UntagResource: Write on Tagged = "logs:UntagResource";
    }
    operations {
        CreateLogGroup: [CreateLogGroup, TagResource if asked] by needs::create_log_group;
        DeleteLogGroup: DeleteLogGroup on group(log_group_name);
        DescribeLogGroups: DescribeLogGroups on groups()
            refusing ["accountIdentifiers"];
        ListLogGroups: ListLogGroups on groups()
            refusing ["accountIdentifiers", "dataSources", "fieldIndexNames"];
        PutRetentionPolicy: PutRetentionPolicy on group(log_group_name);
        DeleteRetentionPolicy: DeleteRetentionPolicy on group(log_group_name);
        PutLogGroupDeletionProtection: PutLogGroupDeletionProtection on group(log_group_identifier);
        AssociateKmsKey: [AssociateKmsKey] by needs::associate_kms_key;
        DisassociateKmsKey: [DisassociateKmsKey] by needs::disassociate_kms_key;

        CreateLogStream: CreateLogStream on stream(log_group_name, log_stream_name);
        DeleteLogStream: DeleteLogStream on stream(log_group_name, log_stream_name);
        DescribeLogStreams: [DescribeLogStreams] by needs::describe_log_streams;

        PutLogEvents: PutLogEvents on events(log_group_name, log_stream_name);
        GetLogEvents: [GetLogEvents] by needs::get_log_events;
        FilterLogEvents: [FilterLogEvents] by needs::filter_log_events;
        StartLiveTail: [StartLiveTail for all] by needs::start_live_tail;
        TestMetricFilter: TestMetricFilter on everything();
        PutMetricFilter: PutMetricFilter on group(log_group_name)
            refusing ["applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions"];
        DescribeMetricFilters: DescribeMetricFilters on filters(log_group_name);
        DeleteMetricFilter: DeleteMetricFilter on group(log_group_name);
        PutSubscriptionFilter: [PutSubscriptionFilter, PassRole] by needs::put_subscription_filter
            refusing ["applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFields"];
        DescribeSubscriptionFilters: DescribeSubscriptionFilters on group(log_group_name);
        DeleteSubscriptionFilter: DeleteSubscriptionFilter on group(log_group_name);

        StartQuery: [StartQuery for all] by needs::start_query;
        StopQuery: StopQuery on everything();
        GetQueryResults: GetQueryResults on everything();
        DescribeQueries: DescribeQueries on everything();
        ListLogGroupsForQuery: ListLogGroupsForQuery on everything();
        GetLogRecord: [GetLogRecord] by needs::get_log_record;
        GetLogGroupFields: [GetLogGroupFields] by needs::get_log_group_fields;
        CreateExportTask: CreateExportTask on exported(log_group_name);
        DescribeExportTasks: DescribeExportTasks on exports();
        CancelExportTask: CancelExportTask on exports();
        PutQueryDefinition: PutQueryDefinition on definitions()
            refusing ["parameters"];
        DescribeQueryDefinitions: DescribeQueryDefinitions on definitions();
        DeleteQueryDefinition: DeleteQueryDefinition on definitions();

        TagLogGroup: [TagLogGroup] by needs::tag_log_group;
        UntagLogGroup: UntagLogGroup on named(log_group_name) with "aws:TagKeys" = tags;
        ListTagsLogGroup: ListTagsLogGroup on named(log_group_name);
        TagResource: [TagResource] by needs::tag_resource;
        UntagResource: UntagResource on tagged(resource_arn) with "aws:TagKeys" = tag_keys;
        ListTagsForResource: ListTagsForResource on tagged(resource_arn);

        PutResourcePolicy: [PutAccountResourcePolicy or PutGroupResourcePolicy] by needs::put_resource_policy;
        DeleteResourcePolicy: [DeleteAccountResourcePolicy or DeleteGroupResourcePolicy]
            by needs::delete_resource_policy;
        DescribeResourcePolicies: DescribeResourcePolicies on groups();
    }
    chores {
        // Events that are older than their group keeps them.
        ExpireEvents: [ExpireEvents] by needs::expired every 60 seconds;
        // What is to be exported.
        RunExports: [RunExport] by needs::unexported every 1 seconds;
        // Queries that were started.
        RunQueries: [RunQuery for all] by needs::scheduled every 1 seconds;
        // What metric filters tell of events that were put, and what events in the embedded metric format tell. Metrics
        // are put as CloudWatch Logs itself.
        PublishMetrics: [MeasureEvents, PutMetricData] by needs::unmeasured every 1 seconds;
        // What subscription filters choose of them. Records are put as the filters' roles, metrics of it as above.
        ForwardEvents: [ForwardEvents, PutMetricData] by needs::unforwarded every 1 seconds;
        // What is left of groups and streams that were deleted.
        DiscardContents: [DiscardContents] by needs::remains every 5 seconds;
    }
    refused {
        // Ways out: to other accounts.
        DeleteDestination, DescribeDestinations, PutDestination, PutDestinationPolicy,
        // Delivery of other services' logs.
        CreateDelivery, DeleteDelivery, DeleteDeliveryDestination, DeleteDeliveryDestinationPolicy,
        DeleteDeliverySource, DescribeConfigurationTemplates, DescribeDeliveries, DescribeDeliveryDestinations,
        DescribeDeliverySources, GetDelivery, GetDeliveryDestination, GetDeliveryDestinationPolicy,
        GetDeliverySource, PutDeliveryDestination, PutDeliveryDestinationPolicy, PutDeliverySource,
        UpdateDeliveryConfiguration,
        // What changes, classifies or watches events.
        CreateLogAnomalyDetector, DeleteAccountPolicy, DeleteDataProtectionPolicy, DeleteIndexPolicy,
        DeleteLogAnomalyDetector, DeleteTransformer, DescribeAccountPolicies, DescribeFieldIndexes,
        DescribeIndexPolicies, GetDataProtectionPolicy, GetLogAnomalyDetector, GetTransformer, ListAnomalies,
        ListLogAnomalyDetectors, PutAccountPolicy, PutDataProtectionPolicy, PutIndexPolicy, PutTransformer,
        TestTransformer, UpdateAnomaly, UpdateLogAnomalyDetector, GetLogFields, GetLogObject,
        ListAggregateLogGroupSummaries,
        // What runs queries on a schedule, and what they look up.
        CreateLookupTable, CreateScheduledQuery, DeleteLookupTable, DeleteScheduledQuery, DescribeLookupTables,
        GetLookupTable, GetScheduledQuery, GetScheduledQueryHistory, ListScheduledQueries, UpdateLookupTable,
        UpdateScheduledQuery,
        // Other stores and other ways in.
        AssociateSourceToS3TableIntegration, CancelImportTask, CreateImportTask, DeleteIntegration,
        DeleteSyslogConfiguration, DescribeImportTaskBatches, DescribeImportTasks,
        DisassociateSourceFromS3TableIntegration, GetIntegration, GetStorageTierPolicy, ListIntegrations,
        ListSourcesForS3TableIntegration, ListSyslogConfigurations, PutBearerTokenAuthentication, PutIntegration,
        PutStorageTierPolicy, PutSyslogConfiguration,
    }
}

#[cfg(test)]
mod tests {
    use kurodo_gateway::Table;

    use crate::{Logs, model::FACTS_OPERATIONS};

    #[test]
    fn every_operation_is_served_or_refused() {
        let rows = Logs::ROWS.iter().map(|row| row.facts.operation);
        let mut known: Vec<_> = rows.chain(Logs::REFUSED.iter().copied()).collect();
        known.sort_unstable();
        assert_eq!(known, FACTS_OPERATIONS);
    }
}

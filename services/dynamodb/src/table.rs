//! What every operation of DynamoDB demands.
//!
//! What touches items is decided with the keys of fine-grained access: the values of the partition keys, the names
//! of the attributes, what is selected and what is returned. `needs` computes them from the parsed request, and the
//! resource carries the parsed request on to the operation, so that what was checked is what is done.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB".

use kurodo_gateway::service;

use crate::DynamoDb;

service! { DynamoDb:
    resources {
        // The table itself: its definition, tags and policy.
        Table { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // The items of a table, as a whole: to fill a new index, or to be deleted with the table.
        Contents { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // An item that is read.
        Item { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // An item that is written, or checked within a transaction that writes.
        Change { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // Items of one table that are read together, but for themselves.
        ReadBatch { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // Items of one table that are written together, but for themselves.
        WriteBatch { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // Items whose time to live is over.
        Expired { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // Items of a table, or of an index where `index` names one.
        Search { region, account, name, index } = "arn:aws:dynamodb:{region}:{account}:table/{name}{index}";
        // The definitions of a table's streams, which are made and disabled with the table's.
        TableStreams { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // A stream of a table: its definition and policy. Its records are the business of `streams::table`.
        Stream { region, account, name, label }
            = "arn:aws:dynamodb:{region}:{account}:table/{name}/stream/{label}";
        // What a statement reads: items of a table, or of an index where `index` names one.
        Selection { region, account, name, index } = "arn:aws:dynamodb:{region}:{account}:table/{name}{index}";
        // All items of a table or an index, where a statement may read any.
        Every { region, account, name, index } = "arn:aws:dynamodb:{region}:{account}:table/{name}{index}";
        // Everything, as the caller's account sees it.
        Everything {} = "*";
        // A table, as what its backups are made of.
        Source { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // A backup itself.
        Backup { region, account, name, id } = "arn:aws:dynamodb:{region}:{account}:table/{name}/backup/{id}";
        // What a backup keeps: the items of its table, now or then.
        Kept { region, account, name, id } = "arn:aws:dynamodb:{region}:{account}:table/{name}/backup/{id}";
        // All backups of the caller's account.
        Backups {} = "*";
        // A table that is to be made of a backup, before there is one.
        Target { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // Its items.
        Filling { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // A table, as what its exports are made of.
        Exported { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // An export itself.
        Export { region, account, name, id } = "arn:aws:dynamodb:{region}:{account}:table/{name}/export/{id}";
        // All exports of the caller's account.
        Exports {} = "*";
        // A table, as what was or is imported into it.
        Imported { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
        // An import itself.
        Import { region, account, name, id } = "arn:aws:dynamodb:{region}:{account}:table/{name}/import/{id}";
        // All imports of the caller's account.
        Imports {} = "*";
        // What a table holds and held.
        Origin { region, account, name } = "arn:aws:dynamodb:{region}:{account}:table/{name}";
    }
    actions {
        ArchiveTable: Write on Source = "dynamodb:DeleteTable";
        BatchGetItem: Read on ReadBatch = "dynamodb:BatchGetItem";
        BatchWriteItem: Write on WriteBatch = "dynamodb:BatchWriteItem";
        CloseStream: Write on TableStreams = "dynamodb:DeleteTable";
        ConditionCheckItem: Read on Change = "dynamodb:ConditionCheckItem";
        CreateBackup: Write on Source = "dynamodb:CreateBackup";
        CreateTable: Write on Table = "dynamodb:CreateTable";
        DeleteBackup: Write on Backup = "dynamodb:DeleteBackup";
        DeleteContents: Write on Contents = "dynamodb:DeleteTable";
        DeleteItem: Write on Change = "dynamodb:DeleteItem";
        DeleteResourcePolicy: Write on Table = "dynamodb:DeleteResourcePolicy";
        DeleteStreamPolicy: Write on Stream = "dynamodb:DeleteResourcePolicy";
        DeleteTable: Write on Table = "dynamodb:DeleteTable";
        DescribeBackup: Read on Backup = "dynamodb:DescribeBackup";
        DescribeContents: Read on Contents = "dynamodb:DescribeTable";
        DescribeContinuousBackups: Read on Contents = "dynamodb:DescribeContinuousBackups";
        DescribeEndpoints: Read on Everything = "dynamodb:DescribeEndpoints";
        DescribeExport: Read on Export = "dynamodb:DescribeExport";
        DescribeImport: Read on Import = "dynamodb:DescribeImport";
        DescribeLimits: Read on Everything = "dynamodb:DescribeLimits";
        DescribeTable: Read on Table = "dynamodb:DescribeTable";
        DescribeTimeToLive: Read on Table = "dynamodb:DescribeTimeToLive";
        ExpireItems: Write on Expired = "dynamodb:DeleteItem";
        ExportTableToPointInTime: Write on Exported = "dynamodb:ExportTableToPointInTime";
        GetItem: Read on Item = "dynamodb:GetItem";
        GetResourcePolicy: Read on Table = "dynamodb:GetResourcePolicy";
        HoldContents: Write on Contents = "dynamodb:CreateBackup";
        HoldKept: Write on Kept = "dynamodb:RestoreTableFromBackup";
        HoldOrigin: Write on Origin = "dynamodb:ExportTableToPointInTime";
        GetStreamPolicy: Read on Stream = "dynamodb:GetResourcePolicy";
        ImportItems: Write on Filling = "dynamodb:ImportTable";
        ImportTable: Write on Target = "dynamodb:ImportTable";
        IndexContents: Write on Contents = "dynamodb:UpdateTable";
        ListBackups: Read on Backups = "dynamodb:ListBackups";
        ListExports: Read on Exports = "dynamodb:ListExports";
        ListImports: Read on Imports = "dynamodb:ListImports";
        ListTables: Read on Everything = "dynamodb:ListTables";
        ListTagsOfResource: Read on Table = "dynamodb:ListTagsOfResource";
        NoteImport: Write on Imported = "dynamodb:ImportTable";
        OpenStream: Write on TableStreams = "dynamodb:CreateTable";
        PartiQLDelete: Write on Change = "dynamodb:PartiQLDelete";
        PartiQLExists: Read on Change = "dynamodb:PartiQLSelect";
        PartiQLInsert: Write on Change = "dynamodb:PartiQLInsert";
        PartiQLScan: Read on Every = "dynamodb:PartiQLSelect";
        PartiQLSelect: Read on Selection = "dynamodb:PartiQLSelect";
        PartiQLUpdate: Write on Change = "dynamodb:PartiQLUpdate";
        PutItem: Write on Change = "dynamodb:PutItem";
        PutResourcePolicy: Write on Table = "dynamodb:PutResourcePolicy";
        PutStreamPolicy: Write on Stream = "dynamodb:PutResourcePolicy";
        Query: Read on Search = "dynamodb:Query";
        ReleaseKept: Write on Kept = "dynamodb:DeleteBackup";
        RestoreByBatch: Write on Filling = "dynamodb:BatchWriteItem";
        RestoreByDelete: Write on Filling = "dynamodb:DeleteItem";
        RestoreByGet: Read on Filling = "dynamodb:GetItem";
        RestoreByPut: Write on Target = "dynamodb:PutItem";
        RestoreByQuery: Read on Filling = "dynamodb:Query";
        RestoreByScan: Read on Filling = "dynamodb:Scan";
        RestoreByUpdate: Write on Filling = "dynamodb:UpdateItem";
        RestoreTableFromBackup: Read on Backup = "dynamodb:RestoreTableFromBackup";
        RestoreTableToPointInTime: Write on Origin = "dynamodb:RestoreTableToPointInTime";
        Scan: Read on Search = "dynamodb:Scan";
        SwitchStream: Write on TableStreams = "dynamodb:UpdateTable";
        TagResource: Write on Table = "dynamodb:TagResource";
        UntagResource: Write on Table = "dynamodb:UntagResource";
        UpdateContinuousBackups: Write on Contents = "dynamodb:UpdateContinuousBackups";
        UpdateItem: Write on Change = "dynamodb:UpdateItem";
        UpdateTable: Write on Table = "dynamodb:UpdateTable";
        UpdateTimeToLive: Write on Table = "dynamodb:UpdateTimeToLive";
    }
    operations {
        CreateTable: [CreateTable, OpenStream, TagResource if asked, PutResourcePolicy if asked] by needs::create_table
            refusing ["OnDemandThroughput", "WarmThroughput", "GlobalSecondaryIndexes.OnDemandThroughput",
                "GlobalSecondaryIndexes.WarmThroughput", "GlobalTableSourceArn", "GlobalTableSettingsReplicationMode",
                "VectorIndexes"];
        DeleteTable: DeleteTable on table(table_name), DeleteContents on contents(table_name),
            ArchiveTable on source(table_name), CloseStream on table_streams(table_name);
        DescribeTable: DescribeTable on table(table_name), DescribeContents on contents(table_name);
        ListTables: ListTables on everything();
        UpdateTable: UpdateTable on table(table_name), IndexContents on contents(table_name),
            SwitchStream on table_streams(table_name)
            refusing ["OnDemandThroughput", "WarmThroughput", "ReplicaUpdates", "MultiRegionConsistency",
                "GlobalTableWitnessUpdates", "GlobalTableSettingsReplicationMode", "DisassociationProtectionEnabled",
                "VectorIndexUpdates", "GlobalSecondaryIndexUpdates.Create.OnDemandThroughput",
                "GlobalSecondaryIndexUpdates.Create.WarmThroughput",
                "GlobalSecondaryIndexUpdates.Update.OnDemandThroughput",
                "GlobalSecondaryIndexUpdates.Update.WarmThroughput"];

        TagResource: TagResource on tagged(resource_arn) with "aws:TagKeys" = tags with "aws:RequestTag/*" = tags;
        UntagResource: UntagResource on tagged(resource_arn) with "aws:TagKeys" = tag_keys;
        ListTagsOfResource: ListTagsOfResource on tagged(resource_arn);
        PutResourcePolicy: [PutResourcePolicy or PutStreamPolicy] by needs::put_resource_policy;
        GetResourcePolicy: [GetResourcePolicy or GetStreamPolicy] by needs::get_resource_policy;
        DeleteResourcePolicy: [DeleteResourcePolicy or DeleteStreamPolicy] by needs::delete_resource_policy;
        UpdateTimeToLive: UpdateTimeToLive on table(table_name);
        DescribeTimeToLive: DescribeTimeToLive on table(table_name);
        DescribeLimits: DescribeLimits on everything();
        DescribeEndpoints: DescribeEndpoints on everything();

        CreateBackup: CreateBackup on source(table_name), HoldContents on contents(table_name);
        DescribeBackup: DescribeBackup on backup(backup_arn);
        ListBackups: ListBackups on backups(table_name, exclusive_start_backup_arn);
        DeleteBackup: DeleteBackup on backup(backup_arn), ReleaseKept on kept(backup_arn);
        RestoreTableFromBackup: [RestoreTableFromBackup, HoldKept, RestoreByPut, RestoreByBatch, RestoreByDelete,
            RestoreByGet, RestoreByQuery, RestoreByScan, RestoreByUpdate] by needs::restore_table_from_backup
            refusing ["OnDemandThroughputOverride", "VectorIndexOverride",
                "GlobalSecondaryIndexOverride.OnDemandThroughput", "GlobalSecondaryIndexOverride.WarmThroughput"];
        UpdateContinuousBackups: UpdateContinuousBackups on contents(table_name);
        DescribeContinuousBackups: DescribeContinuousBackups on contents(table_name);
        RestoreTableToPointInTime: [RestoreTableToPointInTime, RestoreByPut, RestoreByBatch, RestoreByDelete,
            RestoreByGet, RestoreByQuery, RestoreByScan, RestoreByUpdate] by needs::restore_table_to_point_in_time
            refusing ["OnDemandThroughputOverride", "VectorIndexOverride",
                "GlobalSecondaryIndexOverride.OnDemandThroughput", "GlobalSecondaryIndexOverride.WarmThroughput"];

        ExportTableToPointInTime: ExportTableToPointInTime on exported(table_arn), HoldOrigin on origin(table_arn)
            refusing ["FilterSpecification"];
        DescribeExport: DescribeExport on export(export_arn);
        ListExports: ListExports on exports(table_arn, next_token);
        ImportTable: [ImportTable, ImportItems, NoteImport] by needs::import_table
            refusing ["TableCreationParameters.OnDemandThroughput", "TableCreationParameters.VectorIndexes",
                "TableCreationParameters.GlobalSecondaryIndexes.OnDemandThroughput",
                "TableCreationParameters.GlobalSecondaryIndexes.WarmThroughput"];
        DescribeImport: DescribeImport on import(import_arn);
        ListImports: ListImports on imports(table_arn, next_token);

        GetItem: [GetItem] by needs::get_item;
        PutItem: [PutItem] by needs::put_item;
        UpdateItem: [UpdateItem] by needs::update_item;
        DeleteItem: [DeleteItem] by needs::delete_item;
        Query: [Query] by needs::query;
        Scan: [Scan] by needs::scan;
        BatchGetItem: [BatchGetItem for all] by needs::batch_get_item;
        BatchWriteItem: [BatchWriteItem for all] by needs::batch_write_item;
        TransactGetItems: [GetItem for all] by needs::transact_get_items;
        TransactWriteItems: [ConditionCheckItem for all, PutItem for all, UpdateItem for all, DeleteItem for all]
            by needs::transact_write_items;
        ExecuteStatement: [PartiQLSelect if asked, PartiQLScan if asked, PartiQLInsert if asked,
            PartiQLUpdate if asked, PartiQLDelete if asked] by needs::execute_statement;
        BatchExecuteStatement: [PartiQLSelect for each, PartiQLInsert for each, PartiQLUpdate for each,
            PartiQLDelete for each] by needs::batch_execute_statement;
        ExecuteTransaction: [PartiQLSelect for all, PartiQLExists for all, PartiQLInsert for all,
            PartiQLUpdate for all, PartiQLDelete for all] by needs::execute_transaction;
    }
    chores {
        // What operations began, and what is too much to be done within them.
        FillTables: [RestoreByPut, RestoreByBatch, HoldKept or RestoreTableToPointInTime]
            by needs::unfilled every 1 seconds;
        IndexTables: [UpdateTable, IndexContents] by needs::unindexed every 1 seconds;
        // Tables that come under a key of KMS, or leave it.
        CrossTables: [UpdateTable, IndexContents, SwitchStream] by needs::crossing every 1 seconds;
        EmptyTables: [DeleteTable, DeleteContents] by needs::unemptied every 1 seconds;
        ForgetBackups: [DeleteBackup, ReleaseKept] by needs::unforgotten every 1 seconds;
        // A piece of an export is written in the name of whoever asked for it; see `exports`.
        ExportTables: [ExportTableToPointInTime, HoldOrigin] by needs::unexported every 1 seconds;
        ImportTables: [ImportTable, ImportItems, NoteImport] by needs::unimported every 1 seconds;
        // What items were before the time that tables can be recovered to.
        TrimHistory: [UpdateContinuousBackups] by needs::untrimmed every 600 seconds;
        ExpireItems: [ExpireItems for all] by needs::expired_items every 10 seconds;
        // What is provisioned, for CloudWatch.
        TellCapacity: [DescribeTable for all] by needs::provisioned every 60 seconds;
        // Whether the keys of tables can be used, so that a restart does not forget it.
        NoteKeys: [UpdateTable for all] by needs::unnoted every 1 seconds;
    }
    refused {
        CreateGlobalTable, DescribeGlobalTable, DescribeGlobalTableSettings, ListGlobalTables, UpdateGlobalTable,
        UpdateGlobalTableSettings,
        DescribeTableReplicaAutoScaling, UpdateTableReplicaAutoScaling,
        StartBulkPutItems, CancelBulkOperation, DescribeBulkOperation, ListBulkOperations, SearchVectors,
        DescribeContributorInsights, ListContributorInsights, UpdateContributorInsights,
        DescribeKinesisStreamingDestination, DisableKinesisStreamingDestination,
        EnableKinesisStreamingDestination, UpdateKinesisStreamingDestination,
    }
}

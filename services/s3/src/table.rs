//! What every operation of S3 demands, and on what.

use kurodo_gateway::service;

use crate::S3;

service! { S3:
    resources {
        AllBuckets {} = "arn:aws:s3:::*";
        Bucket { bucket } = "arn:aws:s3:::{bucket}";
        Object { bucket, key } = "arn:aws:s3:::{bucket}/{key}";
        Role { account, path, name } = "arn:aws:iam::{account}:role{path}{name}";
    }

    actions {
        ListAllMyBuckets: Read on AllBuckets = "s3:ListAllMyBuckets";

        CreateBucket: Write on Bucket = "s3:CreateBucket";
        DeleteBucket: Write on Bucket = "s3:DeleteBucket";
        ListBucket: Read on Bucket = "s3:ListBucket";
        ListBucketMultipartUploads: Read on Bucket = "s3:ListBucketMultipartUploads";
        GetBucketLocation: Read on Bucket = "s3:GetBucketLocation";
        GetBucketVersioning: Read on Bucket = "s3:GetBucketVersioning";
        PutBucketVersioning: Write on Bucket = "s3:PutBucketVersioning";
        ListBucketVersions: Read on Bucket = "s3:ListBucketVersions";
        GetBucketObjectLockConfiguration: Read on Bucket = "s3:GetBucketObjectLockConfiguration";
        PutBucketObjectLockConfiguration: Write on Bucket = "s3:PutBucketObjectLockConfiguration";
        GetBucketRequestPayment: Read on Bucket = "s3:GetBucketRequestPayment";
        PutBucketRequestPayment: Write on Bucket = "s3:PutBucketRequestPayment";
        GetBucketCORS: Read on Bucket = "s3:GetBucketCORS";
        PutBucketCORS: Write on Bucket = "s3:PutBucketCORS";
        GetBucketWebsite: Read on Bucket = "s3:GetBucketWebsite";
        DeleteBucketWebsite: Write on Bucket = "s3:DeleteBucketWebsite";
        GetBucketNotification: Read on Bucket = "s3:GetBucketNotification";
        PutBucketNotification: Write on Bucket = "s3:PutBucketNotification";
        GetAccelerateConfiguration: Read on Bucket = "s3:GetAccelerateConfiguration";
        GetBucketPolicy: Read on Bucket = "s3:GetBucketPolicy";
        PutBucketPolicy: Write on Bucket = "s3:PutBucketPolicy";
        DeleteBucketPolicy: Write on Bucket = "s3:DeleteBucketPolicy";
        GetBucketPolicyStatus: Read on Bucket = "s3:GetBucketPolicyStatus";
        GetBucketPublicAccessBlock: Read on Bucket = "s3:GetBucketPublicAccessBlock";
        PutBucketPublicAccessBlock: Write on Bucket = "s3:PutBucketPublicAccessBlock";
        GetBucketOwnershipControls: Read on Bucket = "s3:GetBucketOwnershipControls";
        PutBucketOwnershipControls: Write on Bucket = "s3:PutBucketOwnershipControls";
        GetBucketAcl: Read on Bucket = "s3:GetBucketAcl";
        PutBucketAcl: Write on Bucket = "s3:PutBucketAcl";
        TagResource: Write on Bucket = "s3:TagResource";
        GetBucketTagging: Read on Bucket = "s3:GetBucketTagging";
        PutBucketTagging: Write on Bucket = "s3:PutBucketTagging";
        GetEncryptionConfiguration: Read on Bucket = "s3:GetEncryptionConfiguration";
        PutEncryptionConfiguration: Write on Bucket = "s3:PutEncryptionConfiguration";

        GetLifecycleConfiguration: Read on Bucket = "s3:GetLifecycleConfiguration";
        PutLifecycleConfiguration: Write on Bucket = "s3:PutLifecycleConfiguration";

        GetReplicationConfiguration: Read on Bucket = "s3:GetReplicationConfiguration";
        PutReplicationConfiguration: Write on Bucket = "s3:PutReplicationConfiguration";
        GetObjectVersionForReplication: Read on Object = "s3:GetObjectVersionForReplication";
        ReplicateObject: Write on Object = "s3:ReplicateObject";
        ReplicateDelete: Write on Object = "s3:ReplicateDelete";
        ReplicateTags: Write on Object = "s3:ReplicateTags";
        ObjectOwnerOverrideToBucketOwner: Write on Object = "s3:ObjectOwnerOverrideToBucketOwner";
        PassRole: Read on Role = "iam:PassRole";
        GetInventoryConfiguration: Read on Bucket = "s3:GetInventoryConfiguration";
        PutInventoryConfiguration: Write on Bucket = "s3:PutInventoryConfiguration";
        GetBucketLogging: Read on Bucket = "s3:GetBucketLogging";
        PutBucketLogging: Write on Bucket = "s3:PutBucketLogging";

        GetObject: Read on Object = "s3:GetObject";
        GetObjectVersion: Read on Object = "s3:GetObjectVersion";
        PutObject: Write on Object = "s3:PutObject";
        DeleteObject: Write on Object = "s3:DeleteObject";
        DeleteObjectVersion: Write on Object = "s3:DeleteObjectVersion";
        GetObjectAcl: Read on Object = "s3:GetObjectAcl";
        GetObjectVersionAcl: Read on Object = "s3:GetObjectVersionAcl";
        PutObjectAcl: Write on Object = "s3:PutObjectAcl";
        PutObjectVersionAcl: Write on Object = "s3:PutObjectVersionAcl";
        GetObjectAttributes: Read on Object = "s3:GetObjectAttributes";
        GetObjectVersionAttributes: Read on Object = "s3:GetObjectVersionAttributes";
        GetObjectTagging: Read on Object = "s3:GetObjectTagging";
        GetObjectVersionTagging: Read on Object = "s3:GetObjectVersionTagging";
        PutObjectTagging: Write on Object = "s3:PutObjectTagging";
        PutObjectVersionTagging: Write on Object = "s3:PutObjectVersionTagging";
        DeleteObjectTagging: Write on Object = "s3:DeleteObjectTagging";
        DeleteObjectVersionTagging: Write on Object = "s3:DeleteObjectVersionTagging";
        GetObjectRetention: Read on Object = "s3:GetObjectRetention";
        PutObjectRetention: Write on Object = "s3:PutObjectRetention";
        GetObjectLegalHold: Read on Object = "s3:GetObjectLegalHold";
        PutObjectLegalHold: Write on Object = "s3:PutObjectLegalHold";
        RestoreObject: Write on Object = "s3:RestoreObject";
        BypassGovernanceRetention: Write on Object = "s3:BypassGovernanceRetention";
        AbortMultipartUpload: Write on Object = "s3:AbortMultipartUpload";
        ListMultipartUploadParts: Read on Object = "s3:ListMultipartUploadParts";
    }

    operations {
        ListBuckets: ListAllMyBuckets on all_buckets();

        CreateBucket: [CreateBucket, PutBucketAcl if acl, PutBucketVersioning if object_lock,
                PutBucketObjectLockConfiguration if object_lock, PutBucketOwnershipControls if object_ownership,
                TagResource if tags]
            by needs::create_bucket
            refusing ["BucketNamespace", "CreateBucketConfiguration.Location",
                "CreateBucketConfiguration.Bucket"];
        DeleteBucket: DeleteBucket on bucket(bucket, expected_bucket_owner),
            DeleteBucket on contents(bucket, expected_bucket_owner);
        HeadBucket: ListBucket on reached(bucket, expected_bucket_owner);
        GetBucketLocation: GetBucketLocation on reached(bucket, expected_bucket_owner);
        GetBucketVersioning: GetBucketVersioning on bucket(bucket, expected_bucket_owner);
        PutBucketVersioning: PutBucketVersioning on bucket(bucket, expected_bucket_owner);
        GetObjectLockConfiguration: GetBucketObjectLockConfiguration on bucket(bucket, expected_bucket_owner);
        PutObjectLockConfiguration: PutBucketObjectLockConfiguration on bucket(bucket, expected_bucket_owner)
            refusing ["Token", "ObjectLockConfiguration.Rule.DefaultRetention.DefaultEventHold"];
        GetBucketRequestPayment: GetBucketRequestPayment on bucket(bucket, expected_bucket_owner);
        PutBucketRequestPayment: PutBucketRequestPayment on bucket(bucket, expected_bucket_owner);
        GetBucketCors: GetBucketCORS on bucket(bucket, expected_bucket_owner);
        PutBucketCors: PutBucketCORS on bucket(bucket, expected_bucket_owner);
        DeleteBucketCors: PutBucketCORS on bucket(bucket, expected_bucket_owner);
        GetBucketWebsite: GetBucketWebsite on bucket(bucket, expected_bucket_owner);
        DeleteBucketWebsite: DeleteBucketWebsite on bucket(bucket, expected_bucket_owner);
        GetBucketNotificationConfiguration: GetBucketNotification on bucket(bucket, expected_bucket_owner);
        PutBucketNotificationConfiguration: PutBucketNotification on bucket(bucket, expected_bucket_owner)
            refusing ["NotificationConfiguration.TopicConfigurations",
                "NotificationConfiguration.QueueConfigurations",
                "NotificationConfiguration.LambdaFunctionConfigurations",
                "NotificationConfiguration.EventBridgeConfiguration"];
        GetBucketAccelerateConfiguration: GetAccelerateConfiguration on bucket(bucket, expected_bucket_owner);

        GetBucketPolicy: [GetBucketPolicy] by needs::get_bucket_policy;
        PutBucketPolicy: [PutBucketPolicy] by needs::put_bucket_policy;
        DeleteBucketPolicy: DeleteBucketPolicy on policy_of(bucket, expected_bucket_owner);
        GetBucketPolicyStatus: GetBucketPolicyStatus on bucket(bucket, expected_bucket_owner);
        GetPublicAccessBlock: GetBucketPublicAccessBlock on bucket(bucket, expected_bucket_owner);
        PutPublicAccessBlock: PutBucketPublicAccessBlock on bucket(bucket, expected_bucket_owner);
        DeletePublicAccessBlock: PutBucketPublicAccessBlock on bucket(bucket, expected_bucket_owner);
        GetBucketOwnershipControls: GetBucketOwnershipControls on bucket(bucket, expected_bucket_owner);
        PutBucketOwnershipControls: PutBucketOwnershipControls on bucket(bucket, expected_bucket_owner);
        DeleteBucketOwnershipControls: PutBucketOwnershipControls on bucket(bucket, expected_bucket_owner);
        GetBucketAcl: GetBucketAcl on bucket(bucket, expected_bucket_owner);
        PutBucketAcl: [PutBucketAcl] by needs::put_bucket_acl;
        GetBucketTagging: GetBucketTagging on bucket(bucket, expected_bucket_owner);
        PutBucketTagging: PutBucketTagging on bucket(bucket, expected_bucket_owner);
        DeleteBucketTagging: PutBucketTagging on bucket(bucket, expected_bucket_owner);
        GetBucketEncryption: GetEncryptionConfiguration on bucket(bucket, expected_bucket_owner);
        PutBucketEncryption: PutEncryptionConfiguration on bucket(bucket, expected_bucket_owner);
        DeleteBucketEncryption: PutEncryptionConfiguration on bucket(bucket, expected_bucket_owner);
        GetBucketLifecycleConfiguration: GetLifecycleConfiguration on bucket(bucket, expected_bucket_owner);
        PutBucketLifecycleConfiguration: PutLifecycleConfiguration on bucket(bucket, expected_bucket_owner);
        DeleteBucketLifecycle: PutLifecycleConfiguration on bucket(bucket, expected_bucket_owner);

        GetBucketInventoryConfiguration: GetInventoryConfiguration on bucket(bucket, expected_bucket_owner);
        PutBucketInventoryConfiguration: [PutInventoryConfiguration] by needs::put_bucket_inventory_configuration;
        DeleteBucketInventoryConfiguration: PutInventoryConfiguration on bucket(bucket, expected_bucket_owner);
        ListBucketInventoryConfigurations: GetInventoryConfiguration on bucket(bucket, expected_bucket_owner);
        GetBucketLogging: GetBucketLogging on bucket(bucket, expected_bucket_owner);
        GetBucketReplication: GetReplicationConfiguration on bucket(bucket, expected_bucket_owner);
        PutBucketReplication: [PutReplicationConfiguration, PassRole] by needs::put_bucket_replication
            refusing ["Token", "ReplicationConfiguration.Rules.SourceSelectionCriteria",
                "ReplicationConfiguration.Rules.ExistingObjectReplication",
                "ReplicationConfiguration.Rules.Destination.EncryptionConfiguration",
                "ReplicationConfiguration.Rules.Destination.ReplicationTime",
                "ReplicationConfiguration.Rules.Destination.Metrics"];
        DeleteBucketReplication: PutReplicationConfiguration on bucket(bucket, expected_bucket_owner);
        PutBucketLogging: [PutBucketLogging] by needs::put_bucket_logging;

        ListObjects: ListBucket on objects(bucket, expected_bucket_owner)
            with "s3:prefix" = prefix with "s3:delimiter" = delimiter with "s3:max-keys" = max_keys;
        ListObjectsV2: ListBucket on objects(bucket, expected_bucket_owner)
            with "s3:prefix" = prefix with "s3:delimiter" = delimiter with "s3:max-keys" = max_keys;

        ListObjectVersions: ListBucketVersions on versions(bucket, expected_bucket_owner)
            with "s3:prefix" = prefix with "s3:delimiter" = delimiter with "s3:max-keys" = max_keys;

        GetObject: [GetObject or GetObjectVersion, ListBucket if missing,
                may GetObjectTagging or GetObjectVersionTagging if tagged,
                may GetObjectRetention if retained, may GetObjectLegalHold if held] by needs::get_object;
        HeadObject: [GetObject or GetObjectVersion, ListBucket if missing,
                may GetObjectTagging or GetObjectVersionTagging if tagged,
                may GetObjectRetention if retained, may GetObjectLegalHold if held] by needs::head_object;
        SelectObjectContent: [GetObject, ListBucket if missing] by needs::select_object_content;
        GetObjectAttributes: [GetObject or GetObjectVersion, GetObjectAttributes or GetObjectVersionAttributes,
                ListBucket if missing] by needs::get_object_attributes;
        PutObject: [PutObject, PutObjectAcl if acl, PutObjectTagging if tagging, PutObjectRetention if retention,
                PutObjectLegalHold if legal_hold, GetObject if if_match] by needs::put_object
            refusing ["ChecksumSHA512", "ChecksumMD5", "ChecksumXXHASH64", "ChecksumXXHASH3", "ChecksumXXHASH128",
                "WriteOffsetBytes", "ObjectLockEventHold", "ObjectLockEventHoldDurationDays",
                "ObjectLockEventHoldDurationYears"];
        CopyObject: [GetObject or GetObjectVersion, ListBucket if missing,
                GetObjectTagging or GetObjectVersionTagging if tagged, PutObject, PutObjectAcl if acl,
                PutObjectTagging if tagging, PutObjectRetention if retention, PutObjectLegalHold if legal_hold,
                GetObject if if_match] by needs::copy_object
            refusing ["AnnotationDirective", "ObjectLockEventHold", "ObjectLockEventHoldDurationDays",
                "ObjectLockEventHoldDurationYears"];
        DeleteObject: [DeleteObject or DeleteObjectVersion, GetObject or GetObjectVersion if if_match,
                BypassGovernanceRetention if bypass] by needs::delete_object
            refusing ["IfMatchLastModifiedTime", "IfMatchSize"];
        DeleteObjects: [DeleteObject or DeleteObjectVersion for each, GetObject or GetObjectVersion for each,
                BypassGovernanceRetention for each] by needs::delete_objects
            refusing ["Delete.Objects.LastModifiedTime", "Delete.Objects.Size"];
        GetObjectAcl: [GetObjectAcl or GetObjectVersionAcl, ListBucket if missing] by needs::get_object_acl;
        PutObjectAcl: [PutObjectAcl or PutObjectVersionAcl, ListBucket if missing] by needs::put_object_acl;
        GetObjectTagging: [GetObjectTagging or GetObjectVersionTagging, ListBucket if missing]
            by needs::get_object_tagging;
        PutObjectTagging: [PutObjectTagging or PutObjectVersionTagging, ListBucket if missing]
            by needs::put_object_tagging;
        DeleteObjectTagging: [DeleteObjectTagging or DeleteObjectVersionTagging, ListBucket if missing]
            by needs::delete_object_tagging;
        GetObjectRetention: [GetObjectRetention, ListBucket if missing] by needs::get_object_retention;
        PutObjectRetention: [PutObjectRetention, ListBucket if missing, BypassGovernanceRetention if bypass]
            by needs::put_object_retention
            refusing ["Retention.EventHold", "Retention.EventHoldDuration"];
        GetObjectLegalHold: [GetObjectLegalHold, ListBucket if missing] by needs::get_object_legal_hold;
        PutObjectLegalHold: [PutObjectLegalHold, ListBucket if missing] by needs::put_object_legal_hold;
        RestoreObject: [RestoreObject, ListBucket if missing] by needs::restore_object
            refusing ["RestoreRequest.Type", "RestoreRequest.Description", "RestoreRequest.SelectParameters",
                "RestoreRequest.OutputLocation"];

        CreateMultipartUpload: [PutObject, PutObjectAcl if acl, PutObjectTagging if tagging,
                PutObjectRetention if retention, PutObjectLegalHold if legal_hold] by needs::create_multipart_upload
            refusing ["ObjectLockEventHold", "ObjectLockEventHoldDurationDays", "ObjectLockEventHoldDurationYears"];
        UploadPart: PutObject on upload(bucket, key, upload_id, expected_bucket_owner)
            refusing ["ChecksumSHA512", "ChecksumMD5", "ChecksumXXHASH64", "ChecksumXXHASH3", "ChecksumXXHASH128"];
        UploadPartCopy: [GetObject or GetObjectVersion, ListBucket if missing, PutObject]
            by needs::upload_part_copy;
        CompleteMultipartUpload:
            PutObject on place(bucket, key, expected_bucket_owner)
                with "s3:if-match" = if_match with "s3:if-none-match" = if_none_match,
            PutObject on completed(bucket, key, upload_id, expected_bucket_owner)
                with "s3:if-match" = if_match with "s3:if-none-match" = if_none_match,
            GetObject on object(bucket, key, expected_bucket_owner) if if_match
            refusing ["ChecksumSHA512", "ChecksumMD5", "ChecksumXXHASH64", "ChecksumXXHASH3", "ChecksumXXHASH128"];
        AbortMultipartUpload: AbortMultipartUpload on begun(bucket, key, upload_id, expected_bucket_owner)
            refusing ["IfMatchInitiatedTime"];
        ListParts: ListMultipartUploadParts on begun(bucket, key, upload_id, expected_bucket_owner);
        ListMultipartUploads: ListBucketMultipartUploads on uploads(bucket, expected_bucket_owner)
            with "s3:prefix" = prefix with "s3:delimiter" = delimiter with "s3:max-keys" = max_uploads;
    }

    chores {
        Lifecycle: [DeleteObject for each, DeleteObjectVersion for each, PutObject for each,
                AbortMultipartUpload for each] by needs::lifecycle every 60 seconds;
        Replicate: [PutObject for each, GetReplicationConfiguration for each by another,
                ListBucket for each by another, GetObjectVersionForReplication for each by another,
                GetObjectVersionAcl for each by another, GetObjectVersionTagging for each by another,
                ReplicateObject for each by another, ReplicateDelete for each by another,
                ReplicateTags for each by another, ObjectOwnerOverrideToBucketOwner for each by another]
            by needs::replication every 5 seconds;
        DeliverInventory: [ListBucketVersions for each, PutObject for each by another]
            by needs::inventory every 60 seconds;
        // What is in each bucket, once a day, for CloudWatch.
        MeasureStorage: [ListBucketVersions, ListBucketMultipartUploads] by needs::storage every 60 seconds;
        DeliverLogs: [PutObject for each by another] by needs::logs every 60 seconds and at the end;
    }

    refused {
        CreateBucketMetadataConfiguration, CreateBucketMetadataTableConfiguration, CreateSession,
        DeleteBucketAnalyticsConfiguration, DeleteBucketIntelligentTieringConfiguration,
        DeleteBucketMetadataConfiguration, DeleteBucketMetadataTableConfiguration,
        DeleteBucketMetricsConfiguration, DeleteObjectAnnotation,
        GetBucketAbac, GetBucketAnalyticsConfiguration,
        GetBucketIntelligentTieringConfiguration, GetBucketLifecycle,
        GetBucketMetadataConfiguration, GetBucketMetadataTableConfiguration,
        GetBucketMetricsConfiguration, GetBucketNotification, GetObjectAnnotation, GetObjectTorrent,
        ListBucketAnalyticsConfigurations, ListBucketIntelligentTieringConfigurations,
        ListBucketMetricsConfigurations, ListDirectoryBuckets,
        ListObjectAnnotations, PutBucketAbac, PutBucketAccelerateConfiguration, PutBucketAnalyticsConfiguration,
        PutBucketIntelligentTieringConfiguration, PutBucketLifecycle,
        PutBucketMetricsConfiguration, PutBucketNotification, PutBucketWebsite, PutObjectAnnotation, RenameObject,
        UpdateBucketMetadataAnnotationTableConfiguration,
        UpdateBucketMetadataInventoryTableConfiguration, UpdateBucketMetadataJournalTableConfiguration,
        UpdateObjectEncryption, WriteGetObjectResponse,
    }
}

//! What every operation of S3 demands, and on what.

use kurodo_gateway::service;

use crate::S3;

service! { S3:
    resources {
        AllBuckets {} = "arn:aws:s3:::*";
        Bucket { bucket } = "arn:aws:s3:::{bucket}";
        Object { bucket, key } = "arn:aws:s3:::{bucket}/{key}";
    }

    actions {
        ListAllMyBuckets: Read on AllBuckets = "s3:ListAllMyBuckets";

        CreateBucket: Write on Bucket = "s3:CreateBucket";
        DeleteBucket: Write on Bucket = "s3:DeleteBucket";
        ListBucket: Read on Bucket = "s3:ListBucket";
        ListBucketMultipartUploads: Read on Bucket = "s3:ListBucketMultipartUploads";
        GetBucketLocation: Read on Bucket = "s3:GetBucketLocation";
        GetBucketVersioning: Read on Bucket = "s3:GetBucketVersioning";
        GetBucketRequestPayment: Read on Bucket = "s3:GetBucketRequestPayment";
        PutBucketRequestPayment: Write on Bucket = "s3:PutBucketRequestPayment";
        GetBucketCORS: Read on Bucket = "s3:GetBucketCORS";
        PutBucketCORS: Write on Bucket = "s3:PutBucketCORS";
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

        GetObject: Read on Object = "s3:GetObject";
        PutObject: Write on Object = "s3:PutObject";
        DeleteObject: Write on Object = "s3:DeleteObject";
        GetObjectAcl: Read on Object = "s3:GetObjectAcl";
        PutObjectAcl: Write on Object = "s3:PutObjectAcl";
        GetObjectAttributes: Read on Object = "s3:GetObjectAttributes";
        GetObjectTagging: Read on Object = "s3:GetObjectTagging";
        PutObjectTagging: Write on Object = "s3:PutObjectTagging";
        DeleteObjectTagging: Write on Object = "s3:DeleteObjectTagging";
        AbortMultipartUpload: Write on Object = "s3:AbortMultipartUpload";
        ListMultipartUploadParts: Read on Object = "s3:ListMultipartUploadParts";
    }

    operations {
        ListBuckets: ListAllMyBuckets on all_buckets();

        CreateBucket: [CreateBucket, PutBucketAcl if acl, PutBucketOwnershipControls if object_ownership,
                TagResource if tags]
            by needs::create_bucket
            refusing ["ObjectLockEnabledForBucket", "BucketNamespace", "CreateBucketConfiguration.Location",
                "CreateBucketConfiguration.Bucket"];
        DeleteBucket: DeleteBucket on bucket(bucket, expected_bucket_owner),
            DeleteBucket on contents(bucket, expected_bucket_owner);
        HeadBucket: ListBucket on bucket(bucket, expected_bucket_owner);
        GetBucketLocation: GetBucketLocation on bucket(bucket, expected_bucket_owner);
        GetBucketVersioning: GetBucketVersioning on bucket(bucket, expected_bucket_owner);
        GetBucketRequestPayment: GetBucketRequestPayment on bucket(bucket, expected_bucket_owner);
        PutBucketRequestPayment: PutBucketRequestPayment on bucket(bucket, expected_bucket_owner);
        GetBucketCors: GetBucketCORS on bucket(bucket, expected_bucket_owner);
        PutBucketCors: PutBucketCORS on bucket(bucket, expected_bucket_owner);
        DeleteBucketCors: PutBucketCORS on bucket(bucket, expected_bucket_owner);

        GetBucketPolicy: [GetBucketPolicy] by needs::get_bucket_policy;
        PutBucketPolicy: [PutBucketPolicy] by needs::put_bucket_policy
            refusing ["ConfirmRemoveSelfBucketAccess"];
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

        ListObjects: ListBucket on objects(bucket, expected_bucket_owner)
            with "s3:prefix" = prefix with "s3:delimiter" = delimiter with "s3:max-keys" = max_keys
            refusing ["OptionalObjectAttributes"];
        ListObjectsV2: ListBucket on objects(bucket, expected_bucket_owner)
            with "s3:prefix" = prefix with "s3:delimiter" = delimiter with "s3:max-keys" = max_keys
            refusing ["OptionalObjectAttributes"];

        GetObject: [GetObject, ListBucket if missing, may GetObjectTagging if tagged] by needs::get_object
            refusing ["VersionId"];
        HeadObject: [GetObject, ListBucket if missing, may GetObjectTagging if tagged] by needs::head_object
            refusing ["VersionId"];
        GetObjectAttributes: [GetObject, GetObjectAttributes, ListBucket if missing]
            by needs::get_object_attributes
            refusing ["VersionId"];
        PutObject: [PutObject, PutObjectAcl if acl, PutObjectTagging if tagging, GetObject if if_match]
            by needs::put_object
            refusing ["ChecksumSHA512", "ChecksumMD5", "ChecksumXXHASH64", "ChecksumXXHASH3", "ChecksumXXHASH128",
                "WriteOffsetBytes", "SSEKMSKeyId", "SSEKMSEncryptionContext", "BucketKeyEnabled", "ObjectLockMode",
                "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus", "ObjectLockEventHold",
                "ObjectLockEventHoldDurationDays", "ObjectLockEventHoldDurationYears"];
        CopyObject: [GetObject, ListBucket if missing, GetObjectTagging if tagged, PutObject,
                PutObjectAcl if acl, PutObjectTagging if tagging, GetObject if if_match] by needs::copy_object
            refusing ["AnnotationDirective", "SSEKMSKeyId", "SSEKMSEncryptionContext", "BucketKeyEnabled",
                "ObjectLockMode",
                "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus", "ObjectLockEventHold",
                "ObjectLockEventHoldDurationDays", "ObjectLockEventHoldDurationYears"];
        DeleteObject: [DeleteObject, GetObject if if_match] by needs::delete_object
            refusing ["MFA", "VersionId", "BypassGovernanceRetention", "IfMatchLastModifiedTime", "IfMatchSize"];
        DeleteObjects: [DeleteObject for each, GetObject for each] by needs::delete_objects
            refusing ["MFA", "BypassGovernanceRetention", "Delete.Objects.VersionId",
                "Delete.Objects.LastModifiedTime", "Delete.Objects.Size"];
        GetObjectAcl: [GetObjectAcl, ListBucket if missing] by needs::get_object_acl
            refusing ["VersionId"];
        PutObjectAcl: [PutObjectAcl, ListBucket if missing] by needs::put_object_acl
            refusing ["VersionId"];
        GetObjectTagging: [GetObjectTagging, ListBucket if missing] by needs::get_object_tagging
            refusing ["VersionId"];
        PutObjectTagging: [PutObjectTagging, ListBucket if missing] by needs::put_object_tagging
            refusing ["VersionId"];
        DeleteObjectTagging: [DeleteObjectTagging, ListBucket if missing] by needs::delete_object_tagging
            refusing ["VersionId"];

        CreateMultipartUpload: [PutObject, PutObjectAcl if acl, PutObjectTagging if tagging]
            by needs::create_multipart_upload
            refusing ["SSEKMSKeyId", "SSEKMSEncryptionContext", "BucketKeyEnabled", "ObjectLockMode",
                "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus", "ObjectLockEventHold",
                "ObjectLockEventHoldDurationDays", "ObjectLockEventHoldDurationYears"];
        UploadPart: PutObject on upload(bucket, key, upload_id, expected_bucket_owner)
            refusing ["ChecksumSHA512", "ChecksumMD5", "ChecksumXXHASH64", "ChecksumXXHASH3", "ChecksumXXHASH128"];
        UploadPartCopy: [GetObject, ListBucket if missing, PutObject] by needs::upload_part_copy;
        CompleteMultipartUpload:
            PutObject on place(bucket, key, expected_bucket_owner)
                with "s3:if-match" = if_match with "s3:if-none-match" = if_none_match,
            PutObject on upload(bucket, key, upload_id, expected_bucket_owner)
                with "s3:if-match" = if_match with "s3:if-none-match" = if_none_match,
            GetObject on object(bucket, key, expected_bucket_owner) if if_match
            refusing ["ChecksumSHA512", "ChecksumMD5", "ChecksumXXHASH64", "ChecksumXXHASH3", "ChecksumXXHASH128"];
        AbortMultipartUpload: AbortMultipartUpload on begun(bucket, key, upload_id, expected_bucket_owner)
            refusing ["IfMatchInitiatedTime"];
        ListParts: ListMultipartUploadParts on begun(bucket, key, upload_id, expected_bucket_owner);
        ListMultipartUploads: ListBucketMultipartUploads on uploads(bucket, expected_bucket_owner)
            with "s3:prefix" = prefix with "s3:delimiter" = delimiter with "s3:max-keys" = max_uploads;
    }

    refused {
        CreateBucketMetadataConfiguration, CreateBucketMetadataTableConfiguration, CreateSession,
        DeleteBucketAnalyticsConfiguration, DeleteBucketIntelligentTieringConfiguration,
        DeleteBucketInventoryConfiguration, DeleteBucketLifecycle, DeleteBucketMetadataConfiguration,
        DeleteBucketMetadataTableConfiguration, DeleteBucketMetricsConfiguration, DeleteBucketReplication,
        DeleteBucketWebsite, DeleteObjectAnnotation, GetBucketAbac, GetBucketAccelerateConfiguration,
        GetBucketAnalyticsConfiguration, GetBucketIntelligentTieringConfiguration,
        GetBucketInventoryConfiguration, GetBucketLifecycle, GetBucketLifecycleConfiguration, GetBucketLogging,
        GetBucketMetadataConfiguration, GetBucketMetadataTableConfiguration, GetBucketMetricsConfiguration,
        GetBucketNotification, GetBucketNotificationConfiguration, GetBucketReplication, GetBucketWebsite,
        GetObjectAnnotation, GetObjectLegalHold, GetObjectLockConfiguration, GetObjectRetention, GetObjectTorrent,
        ListBucketAnalyticsConfigurations, ListBucketIntelligentTieringConfigurations,
        ListBucketInventoryConfigurations, ListBucketMetricsConfigurations, ListDirectoryBuckets,
        ListObjectAnnotations, ListObjectVersions, PutBucketAbac, PutBucketAccelerateConfiguration,
        PutBucketAnalyticsConfiguration, PutBucketIntelligentTieringConfiguration,
        PutBucketInventoryConfiguration, PutBucketLifecycle, PutBucketLifecycleConfiguration, PutBucketLogging,
        PutBucketMetricsConfiguration, PutBucketNotification, PutBucketNotificationConfiguration,
        PutBucketReplication, PutBucketVersioning, PutBucketWebsite, PutObjectAnnotation,
        PutObjectLegalHold, PutObjectLockConfiguration, PutObjectRetention, RenameObject, RestoreObject,
        SelectObjectContent, UpdateBucketMetadataAnnotationTableConfiguration,
        UpdateBucketMetadataInventoryTableConfiguration, UpdateBucketMetadataJournalTableConfiguration,
        UpdateObjectEncryption, WriteGetObjectResponse,
    }
}

//! What every operation of S3 Control demands.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".

use kurodo_gateway::service;

use crate::S3Control;

service! { S3Control:
    resources {
        Account {} = "*";
        // An access point: its settings and its policy.
        AccessPoint { region, account, name } = "arn:aws:s3:{region}:{account}:accesspoint/{name}";
        // Its place among those that lead to its bucket.
        Attached { region, account, name } = "arn:aws:s3:{region}:{account}:accesspoint/{name}";
        // The access points of an account.
        Points {} = "*";
    }
    actions {
        AttachAccessPoint: Write on Attached = "s3:CreateAccessPoint";
        CreateAccessPoint: Write on AccessPoint = "s3:CreateAccessPoint";
        DeleteAccessPoint: Write on AccessPoint = "s3:DeleteAccessPoint";
        DeleteAccessPointPolicy: Write on AccessPoint = "s3:DeleteAccessPointPolicy";
        DetachAccessPoint: Write on Attached = "s3:DeleteAccessPoint";
        GetAccessPoint: Read on Points = "s3:GetAccessPoint";
        GetAccessPointPolicy: Read on AccessPoint = "s3:GetAccessPointPolicy";
        GetAccessPointPolicyStatus: Read on AccessPoint = "s3:GetAccessPointPolicyStatus";
        GetAccountPublicAccessBlock: Read on Account = "s3:GetAccountPublicAccessBlock";
        ListAccessPoints: Read on Points = "s3:ListAccessPoints";
        PutAccessPointPolicy: Write on AccessPoint = "s3:PutAccessPointPolicy";
        PutAccountPublicAccessBlock: Write on Account = "s3:PutAccountPublicAccessBlock";
    }
    operations {
        GetPublicAccessBlock: GetAccountPublicAccessBlock on account(account_id);
        PutPublicAccessBlock: PutAccountPublicAccessBlock on account(account_id);
        DeletePublicAccessBlock: PutAccountPublicAccessBlock on account(account_id);

        CreateAccessPoint: [CreateAccessPoint, AttachAccessPoint] by needs::create_access_point
            refusing ["VpcConfiguration", "Scope", "Tags"];
        DeleteAccessPoint: [DeleteAccessPoint, DetachAccessPoint] by needs::delete_access_point;
        GetAccessPoint: GetAccessPoint on points(account_id);
        ListAccessPoints: ListAccessPoints on points(account_id)
            refusing ["DataSourceId", "DataSourceType"];
        PutAccessPointPolicy: PutAccessPointPolicy on access_point(account_id, name);
        GetAccessPointPolicy: GetAccessPointPolicy on access_point(account_id, name);
        GetAccessPointPolicyStatus: GetAccessPointPolicyStatus on access_point(account_id, name);
        DeleteAccessPointPolicy: DeleteAccessPointPolicy on access_point(account_id, name);
    }
    refused {
        AssociateAccessGrantsIdentityCenter, CreateAccessGrant, CreateAccessGrantsInstance,
        CreateAccessGrantsLocation, CreateAccessPointForObjectLambda, CreateBucket,
        CreateJob, CreateMultiRegionAccessPoint, CreateStorageLensGroup, DeleteAccessGrant,
        DeleteAccessGrantsInstance, DeleteAccessGrantsInstanceResourcePolicy,
        DeleteAccessGrantsLocation, DeleteAccessPointForObjectLambda,
        DeleteAccessPointPolicyForObjectLambda, DeleteAccessPointScope,
        DeleteBucket, DeleteBucketLifecycleConfiguration, DeleteBucketPolicy, DeleteBucketReplication,
        DeleteBucketTagging, DeleteJobTagging, DeleteMultiRegionAccessPoint,
        DeleteStorageLensConfiguration, DeleteStorageLensConfigurationTagging, DeleteStorageLensGroup,
        DescribeJob, DescribeMultiRegionAccessPointOperation, DissociateAccessGrantsIdentityCenter,
        GetAccessGrant, GetAccessGrantsInstance, GetAccessGrantsInstanceForPrefix,
        GetAccessGrantsInstanceResourcePolicy, GetAccessGrantsLocation,
        GetAccessPointConfigurationForObjectLambda, GetAccessPointForObjectLambda,
        GetAccessPointPolicyForObjectLambda,
        GetAccessPointPolicyStatusForObjectLambda, GetAccessPointScope, GetBucket,
        GetBucketLifecycleConfiguration, GetBucketPolicy, GetBucketReplication, GetBucketTagging,
        GetBucketVersioning, GetDataAccess, GetJobTagging, GetMultiRegionAccessPoint,
        GetMultiRegionAccessPointPolicy, GetMultiRegionAccessPointPolicyStatus,
        GetMultiRegionAccessPointRoutes, GetStorageLensConfiguration,
        GetStorageLensConfigurationTagging, GetStorageLensGroup, ListAccessGrants,
        ListAccessGrantsInstances, ListAccessGrantsLocations,
        ListAccessPointsForDirectoryBuckets, ListAccessPointsForObjectLambda, ListCallerAccessGrants,
        ListJobs, ListMultiRegionAccessPoints, ListRegionalBuckets, ListStorageLensConfigurations,
        ListStorageLensGroups, ListTagsForResource, PutAccessGrantsInstanceResourcePolicy,
        PutAccessPointConfigurationForObjectLambda,
        PutAccessPointPolicyForObjectLambda, PutAccessPointScope, PutBucketLifecycleConfiguration,
        PutBucketPolicy, PutBucketReplication, PutBucketTagging, PutBucketVersioning, PutJobTagging,
        PutMultiRegionAccessPointPolicy, PutStorageLensConfiguration,
        PutStorageLensConfigurationTagging, SubmitMultiRegionAccessPointRoutes, TagResource,
        UntagResource, UpdateAccessGrantsLocation, UpdateJobPriority, UpdateJobStatus,
        UpdateStorageLensGroup,
    }
}

#[cfg(test)]
mod tests {
    use kurodo_gateway::Table;

    use crate::{S3Control, model::FACTS_OPERATIONS};

    #[test]
    fn every_operation_is_served_or_refused() {
        let rows = S3Control::ROWS.iter().map(|row| row.facts.operation);
        let mut known: Vec<_> = rows.chain(S3Control::REFUSED.iter().copied()).collect();
        known.sort_unstable();
        assert_eq!(known, FACTS_OPERATIONS);
    }
}

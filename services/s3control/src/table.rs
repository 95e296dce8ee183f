//! What every operation of S3 Control demands.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".

use kurodo_gateway::service;

use crate::S3Control;

service! { S3Control:
    resources {
        Account {} = "*";
    }
    actions {
        GetAccountPublicAccessBlock: Read on Account = "s3:GetAccountPublicAccessBlock";
        PutAccountPublicAccessBlock: Write on Account = "s3:PutAccountPublicAccessBlock";
    }
    operations {
        GetPublicAccessBlock: GetAccountPublicAccessBlock on account(account_id);
        PutPublicAccessBlock: PutAccountPublicAccessBlock on account(account_id);
        DeletePublicAccessBlock: PutAccountPublicAccessBlock on account(account_id);
    }
    refused {
        AssociateAccessGrantsIdentityCenter, CreateAccessGrant, CreateAccessGrantsInstance,
        CreateAccessGrantsLocation, CreateAccessPoint, CreateAccessPointForObjectLambda, CreateBucket,
        CreateJob, CreateMultiRegionAccessPoint, CreateStorageLensGroup, DeleteAccessGrant,
        DeleteAccessGrantsInstance, DeleteAccessGrantsInstanceResourcePolicy,
        DeleteAccessGrantsLocation, DeleteAccessPoint, DeleteAccessPointForObjectLambda,
        DeleteAccessPointPolicy, DeleteAccessPointPolicyForObjectLambda, DeleteAccessPointScope,
        DeleteBucket, DeleteBucketLifecycleConfiguration, DeleteBucketPolicy, DeleteBucketReplication,
        DeleteBucketTagging, DeleteJobTagging, DeleteMultiRegionAccessPoint,
        DeleteStorageLensConfiguration, DeleteStorageLensConfigurationTagging, DeleteStorageLensGroup,
        DescribeJob, DescribeMultiRegionAccessPointOperation, DissociateAccessGrantsIdentityCenter,
        GetAccessGrant, GetAccessGrantsInstance, GetAccessGrantsInstanceForPrefix,
        GetAccessGrantsInstanceResourcePolicy, GetAccessGrantsLocation, GetAccessPoint,
        GetAccessPointConfigurationForObjectLambda, GetAccessPointForObjectLambda, GetAccessPointPolicy,
        GetAccessPointPolicyForObjectLambda, GetAccessPointPolicyStatus,
        GetAccessPointPolicyStatusForObjectLambda, GetAccessPointScope, GetBucket,
        GetBucketLifecycleConfiguration, GetBucketPolicy, GetBucketReplication, GetBucketTagging,
        GetBucketVersioning, GetDataAccess, GetJobTagging, GetMultiRegionAccessPoint,
        GetMultiRegionAccessPointPolicy, GetMultiRegionAccessPointPolicyStatus,
        GetMultiRegionAccessPointRoutes, GetStorageLensConfiguration,
        GetStorageLensConfigurationTagging, GetStorageLensGroup, ListAccessGrants,
        ListAccessGrantsInstances, ListAccessGrantsLocations, ListAccessPoints,
        ListAccessPointsForDirectoryBuckets, ListAccessPointsForObjectLambda, ListCallerAccessGrants,
        ListJobs, ListMultiRegionAccessPoints, ListRegionalBuckets, ListStorageLensConfigurations,
        ListStorageLensGroups, ListTagsForResource, PutAccessGrantsInstanceResourcePolicy,
        PutAccessPointConfigurationForObjectLambda, PutAccessPointPolicy,
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

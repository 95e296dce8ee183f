//! The services, one line each.

use std::sync::Arc;

use kurodo_gateway::{Mount, Table, TableFacts};

use crate::serve::Parts;

macro_rules! services {
    ($($service:path: |$parts:ident| $new:expr;)*) => {
        /// The services that the gateway serves.
        pub(crate) fn services(parts: &Parts) -> Vec<Arc<dyn Mount>> {
            vec![$({
                let $parts = parts;
                Table::mount($new)
            }),*]
        }

        /// Their tables.
        pub(crate) fn tables() -> Vec<TableFacts> {
            vec![$(<$service as Table>::facts()),*]
        }
    };
}

services! {
    kurodo_iam::Iam: |parts| kurodo_iam::Iam::new(
        parts.store.clone(),
        principals(parts),
    );
    kurodo_s3::S3: |parts| kurodo_s3::S3::new(
        parts.store.clone(),
        parts.blobs.clone(),
        parts.keys.clone(),
        kurodo_s3::Control { accounts: account_blocks(), points: access_points() },
        parts.directory.clone(),
        parts.s3_restorations,
        parts.relay.clone(),
    ).observed_by(parts.figures.clone());
    kurodo_s3control::S3Control: |parts| kurodo_s3control::S3Control::new(
        parts.store.clone(),
        kurodo_s3control::Buckets {
            home: kurodo_s3::home,
            refuse_public_policies: kurodo_s3::refuses_public_policies,
        },
        principals(parts),
    );
    kurodo_organizations::Organizations: |parts| kurodo_organizations::Organizations::new(
        parts.store.clone(),
        kurodo_identity::Founder::new(parts.door.clone()),
    );
    kurodo_dynamodb::DynamoDb: |parts| kurodo_dynamodb::DynamoDb::new(
        parts.store.clone(),
        principals(parts),
        &parts.messages,
        parts.dynamodb_limits,
        parts.relay.clone(),
        parts.figures.clone(),
    );
    kurodo_dynamodb::DynamoDbStreams: |parts| kurodo_dynamodb::DynamoDbStreams::new(
        parts.store.clone(),
        parts.relay.clone(),
    );
    kurodo_kinesis::Kinesis: |parts| kurodo_kinesis::Kinesis::new(
        parts.store.clone(),
        principals(parts),
        parts.relay.clone(),
        parts.directory.clone(),
        parts.figures.clone(),
    );
    kurodo_kms::Kms: |parts| kurodo_kms::Kms::new(
        parts.store.clone(),
        parts.keys.clone(),
        principals(parts),
    );
    kurodo_cloudwatch::CloudWatch: |parts| kurodo_cloudwatch::CloudWatch::new(
        parts.store.clone(),
        parts.figures.clone(),
        parts.webhooks.clone(),
    );
    kurodo_logs::Logs: |parts| kurodo_logs::Logs::new(
        parts.store.clone(),
        principals(parts),
        parts.relay.clone(),
        parts.directory.clone(),
    );
    kurodo_sts::Sts: |parts| kurodo_sts::Sts::new(parts.directory.clone(), &parts.messages);
}

/// Whom policies name.
fn principals(parts: &Parts) -> kurodo_identity::Principals {
    kurodo_identity::Principals::new(parts.door.clone())
}

/// The access points that lead to buckets, from the service that keeps them.
fn access_points() -> kurodo_s3::AccessPoints {
    let find = |reader: &kurodo_store::Reader<'_>, text: &str, region: &str| {
        let found = kurodo_s3control::find(reader, text)?.filter(|(.., point)| point.region == region);
        Ok(found.map(|(account, name, point)| kurodo_s3::AccessPoint {
            arn: kurodo_s3control::arn(region, account, &name),
            account,
            block: block(point.block),
            policy: point.policy.map(|(_, bound)| bound),
            bucket: point.bucket,
            bucket_account: point.bucket_account,
        }))
    };
    kurodo_s3::AccessPoints {
        namespace: kurodo_s3control::ACCESS_POINTS,
        find,
        is_label: kurodo_s3control::is_label,
        of_bucket: kurodo_s3control::has_some,
    }
}

fn block(block: kurodo_s3control::PublicAccessBlock) -> kurodo_s3::BlockPublic {
    kurodo_s3::BlockPublic {
        acls: block.block_public_acls,
        ignore_acls: block.ignore_public_acls,
        policy: block.block_public_policy,
        restrict: block.restrict_public_buckets,
    }
}

/// What accounts block for all of their buckets, from the service that keeps it.
fn account_blocks() -> kurodo_s3::AccountBlocks {
    let of = |reader: &kurodo_store::Reader<'_>, account| {
        let (found, fact) = kurodo_s3control::block_of(reader, account)?;
        Ok((block(found), fact))
    };
    kurodo_s3::AccountBlocks { namespace: kurodo_s3control::ACCOUNTS, of }
}

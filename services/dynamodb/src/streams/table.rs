//! What every operation of DynamoDB Streams demands.
//!
//! A stream is a resource of its own: who may read the table may not read its stream, nor the other way round.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB".

use kurodo_gateway::service;

use super::DynamoDbStreams;

service! { DynamoDbStreams:
    resources {
        // The records of a stream, and nothing else of its table.
        StreamRecords { region, account, name, label }
            = "arn:aws:dynamodb:{region}:{account}:table/{name}/stream/{label}";
        // The streams of the caller's account, as a whole.
        AllStreams {} = "*";
    }
    actions {
        DescribeStream: Read on StreamRecords = "dynamodb:DescribeStream";
        ForgetStream: Write on Stream = "dynamodb:UpdateTable";
        GetRecords: Read on StreamRecords = "dynamodb:GetRecords";
        GetShardIterator: Read on StreamRecords = "dynamodb:GetShardIterator";
        ListStreams: Read on AllStreams = "dynamodb:ListStreams";
        TrimRecords: Write on StreamRecords = "dynamodb:UpdateTable";
    }
    operations {
        DescribeStream: DescribeStream on records(stream_arn);
        GetRecords: GetRecords on iterated(shard_iterator);
        GetShardIterator: GetShardIterator on records(stream_arn);
        ListStreams: ListStreams on all_streams();
    }
    chores {
        TrimStreams: [TrimRecords for all] by needs::old_records every 60 seconds;
        ForgetStreams: [ForgetStream for all] by needs::forgotten_streams every 60 seconds;
    }
    refused {}
}

#[cfg(test)]
mod tests {
    use kurodo_gateway::Table;

    use crate::{DynamoDbStreams, model::streams::FACTS_OPERATIONS};

    #[test]
    fn every_operation_is_served_or_refused() {
        let mut known: Vec<_> = DynamoDbStreams::ROWS.iter().map(|row| row.facts.operation).collect();
        known.sort_unstable();
        assert_eq!(known, FACTS_OPERATIONS);
    }
}

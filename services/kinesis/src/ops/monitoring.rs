use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Kinesis,
    model::{DisableEnhancedMonitoringOutput, EnableEnhancedMonitoringOutput, MetricsName, op},
    view,
};

impl Handler<op::EnableEnhancedMonitoring> for Kinesis {
    async fn handle(
        &self,
        asked: Asked<'_, op::EnableEnhancedMonitoring>,
    ) -> Answer<op::EnableEnhancedMonitoring> {
        let stream = asked.permits.resource();
        let mut definition = stream.active(asked.call.now_ms)?;
        let before = view::metrics(&definition);
        let named = named(&asked.input.shard_level_metrics);
        let after: Vec<_> = all().filter(|one| before.contains(one) || named.contains(one)).collect();
        definition.metrics = after.iter().map(|one| one.as_str().to_owned()).collect();
        self.redefine(&asked.permits, &definition).await?;
        Ok(EnableEnhancedMonitoringOutput {
            stream_name: Some(stream.name.clone()),
            current_shard_level_metrics: Some(before),
            desired_shard_level_metrics: Some(after),
            stream_arn: Some(stream.stream().arn()),
        }
        .into())
    }
}

impl Handler<op::DisableEnhancedMonitoring> for Kinesis {
    async fn handle(
        &self,
        asked: Asked<'_, op::DisableEnhancedMonitoring>,
    ) -> Answer<op::DisableEnhancedMonitoring> {
        let stream = asked.permits.resource();
        let mut definition = stream.active(asked.call.now_ms)?;
        let before = view::metrics(&definition);
        let named = named(&asked.input.shard_level_metrics);
        let after: Vec<_> = before.iter().copied().filter(|one| !named.contains(one)).collect();
        definition.metrics = after.iter().map(|one| one.as_str().to_owned()).collect();
        self.redefine(&asked.permits, &definition).await?;
        Ok(DisableEnhancedMonitoringOutput {
            stream_name: Some(stream.name.clone()),
            current_shard_level_metrics: Some(before),
            desired_shard_level_metrics: Some(after),
            stream_arn: Some(stream.stream().arn()),
        }
        .into())
    }
}

/// Every metric that a shard can have.
fn all() -> impl Iterator<Item = MetricsName> {
    MetricsName::ALL.iter().copied().filter(|one| *one != MetricsName::All)
}

/// What a request names; `ALL` names all of them.
fn named(given: &[MetricsName]) -> Vec<MetricsName> {
    all().filter(|one| given.contains(one) || given.contains(&MetricsName::All)).collect()
}

use jiff::Timestamp;
use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Kinesis,
    facts::StreamFacts,
    model::{ListShardsInput, ListShardsOutput, ShardFilter, ShardFilterType, op},
    shard::{Shard, ShardId},
    token::NextToken,
    view,
};

/// The most shards of a page, unless another number is asked for.
///
/// Source: Kinesis API Reference, ListShards, MaxResults.
const MOST: usize = 1000;

impl Handler<op::ListShards> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::ListShards>) -> Answer<op::ListShards> {
        let (input, now) = (&asked.input, asked.call.now_ms);
        let facts = asked.permits.resource().existing()?;
        let token = input.next_token.as_deref().map(NextToken::parse).transpose()?;
        token.as_ref().map_or(Ok(()), |token| token.check(now))?;
        let created = input.stream_creation_timestamp.map(Timestamp::as_second);
        if created.is_some_and(|created| created != facts.definition.created.div_euclid(1000)) {
            return Err(Error::no_stream(&facts.name));
        }
        let filter = Filter::of(input, token.as_ref())?;
        let after = token.as_ref().map(|token| &token.after).or(input.exclusive_start_shard_id.as_ref());
        let limit = input.max_results.and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST);
        let shards = facts.definition.seen(now).filter(|shard| filter.lets_in(shard, facts, now));
        let shards =
            shards.filter(|shard| after.is_none_or(|after| ShardId(shard.number).to_string() > *after));
        let mut shards: Vec<_> = shards.take(limit.saturating_add(1)).collect();
        let more = shards.len() > limit;
        shards.truncate(limit);
        let next_token = shards.last().filter(|_| more).map(|last| {
            let after = ShardId(last.number).to_string();
            NextToken { stream: facts.name.arn(), after, filter: filter.note(), given: now }.show()
        });
        let shards = Some(shards.into_iter().map(view::shard).collect());
        Ok(ListShardsOutput { shards, next_token }.into())
    }
}

/// Which shards are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Filter {
    All,
    /// After the shard of this name.
    After(String),
    /// What was open at a time, in milliseconds since 1970; the trim horizon where there is none, which is open or closed
    /// later with `on`.
    At {
        time: Option<i64>,
        on: bool,
    },
    Open,
}

impl Filter {
    fn of(input: &ListShardsInput, token: Option<&NextToken>) -> Result<Self, Error> {
        if let Some((kind, time, shard)) = token.and_then(|token| token.filter.clone()) {
            let kind = ShardFilterType::parse(&kind).ok_or_else(|| Error::invalid("Invalid NextToken."))?;
            return Self::new(kind, time, shard);
        }
        match &input.shard_filter {
            None => Ok(Self::All),
            Some(ShardFilter { r#type, shard_id, timestamp }) => {
                Self::new(*r#type, timestamp.map(Timestamp::as_millisecond), shard_id.clone())
            }
        }
    }

    fn new(kind: ShardFilterType, time: Option<i64>, shard: Option<String>) -> Result<Self, Error> {
        use ShardFilterType as Kind;
        let needs =
            |what| Error::invalid(format!("{what} must be provided when ShardFilter Type is {kind}."));
        if shard.is_some() && kind != Kind::AfterShardId {
            return Err(Error::invalid(format!(
                "ShardId cannot be provided when ShardFilter Type is {kind}."
            )));
        }
        let timed = matches!(kind, Kind::AtTimestamp | Kind::FromTimestamp);
        if time.is_some() && !timed {
            return Err(Error::invalid(format!(
                "Timestamp cannot be provided when ShardFilter Type is {kind}."
            )));
        }
        Ok(match kind {
            Kind::AfterShardId => Self::After(shard.ok_or_else(|| needs("ShardId"))?),
            Kind::AtTrimHorizon => Self::At { time: None, on: false },
            Kind::FromTrimHorizon => Self::At { time: None, on: true },
            Kind::AtLatest => Self::Open,
            Kind::AtTimestamp => Self::At { time: Some(time.ok_or_else(|| needs("Timestamp"))?), on: false },
            Kind::FromTimestamp => Self::At { time: Some(time.ok_or_else(|| needs("Timestamp"))?), on: true },
        })
    }

    /// As a token remembers it.
    fn note(&self) -> Option<(String, Option<i64>, Option<String>)> {
        use ShardFilterType as Kind;
        let (kind, time, shard) = match self {
            Self::All => return None,
            Self::After(shard) => (Kind::AfterShardId, None, Some(shard.clone())),
            Self::Open => (Kind::AtLatest, None, None),
            Self::At { time: None, on: false } => (Kind::AtTrimHorizon, None, None),
            Self::At { time: None, on: true } => (Kind::FromTrimHorizon, None, None),
            Self::At { time, on: false } => (Kind::AtTimestamp, *time, None),
            Self::At { time, on: true } => (Kind::FromTimestamp, *time, None),
        };
        Some((kind.as_str().to_owned(), time, shard))
    }

    fn lets_in(&self, shard: &Shard, facts: &StreamFacts, now: i64) -> bool {
        match self {
            Self::All => true,
            Self::After(after) => ShardId(shard.number).to_string() > *after,
            Self::Open => shard.is_open(),
            Self::At { time, on } => {
                let definition = &facts.definition;
                let horizon = now.saturating_sub(definition.kept()).max(definition.created);
                let time = time.unwrap_or(horizon).max(horizon);
                let opened = if shard.parent.is_none() { 0 } else { shard.created.saturating_mul(1000) };
                shard.closed.is_none_or(|closed| closed > time) && (*on || opened <= time)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_say_what_they_need_and_are_remembered() {
        use ShardFilterType as Kind;
        for (kind, time, shard) in [
            (Kind::AfterShardId, None, Some("shardId-000000000001")),
            (Kind::AtTrimHorizon, None, None),
            (Kind::FromTrimHorizon, None, None),
            (Kind::AtLatest, None, None),
            (Kind::AtTimestamp, Some(5), None),
            (Kind::FromTimestamp, Some(5), None),
        ] {
            let shard = shard.map(str::to_owned);
            let filter = Filter::new(kind, time, shard.clone()).unwrap();
            assert_eq!(filter.note(), Some((kind.as_str().to_owned(), time, shard)));
        }
        for (kind, time, shard) in [
            (Kind::AfterShardId, None, None),
            (Kind::AtTimestamp, None, None),
            (Kind::AtLatest, Some(5), None),
            (Kind::AtLatest, None, Some("a")),
        ] {
            assert!(Filter::new(kind, time, shard.map(str::to_owned)).is_err(), "{kind}");
        }
    }
}

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Logs,
    event::EventId,
    model::{GetLogEventsInput, GetLogEventsOutput, OutputLogEvent, op},
    page,
    walk::{Found, Range, Walk, Way},
};

/// The most events and bytes of a page.
///
/// Source: CloudWatch Logs API Reference, GetLogEvents.
pub(super) const MOST: usize = 10_000;
pub(super) const PAGE: usize = 1 << 20;

impl Handler<op::GetLogEvents> for Logs {
    async fn handle(&self, asked: Asked<'_, op::GetLogEvents>) -> Answer<op::GetLogEvents> {
        let (permit, input) = (&asked.permits, &asked.input);
        let start = Start::parse(input)?;
        let (group, _) = permit.resource().existing()?;
        let from = input.start_time.unwrap_or(0).max(group.definition.kept_from(asked.call.now_ms));
        let range = start.narrow(Range::of_times(from, input.end_time.unwrap_or(i64::MAX)));
        let reader = self.store.read(permit);
        let locks = self.open(&group.name, &group.definition).await;
        let mut walk = Walk::new((&reader, &locks), Vec::new(), range, start.way())?;
        let mut found = page(&mut walk, page::limit(input.limit, MOST))?;
        if start.way() == Way::Backward {
            found.reverse();
        }
        let (backward, forward) = start.tokens(&found, EventId::before(from));
        Ok(GetLogEventsOutput {
            events: Some(found.into_iter().map(view).collect()),
            next_forward_token: Some(format!("f/{forward}/s")),
            next_backward_token: Some(format!("b/{backward}/s")),
        }
        .into())
    }
}

/// The next events of a walk, as many as fit into a page.
fn page(walk: &mut Walk<'_>, limit: usize) -> Result<Vec<Found>, Error> {
    let (mut found, mut bytes) = (Vec::new(), 0);
    while found.len() < limit && bytes < PAGE {
        let Some(event) = walk.next()? else { break };
        bytes += event.message.len();
        found.push(event);
    }
    Ok(found)
}

fn view(found: Found) -> OutputLogEvent {
    OutputLogEvent {
        timestamp: Some(found.id.time()),
        message: Some(found.message),
        ingestion_time: Some(found.ingested),
    }
}

/// Where a page begins, and which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// With the first event.
    Head,
    /// With the last event.
    Tail,
    /// After this event.
    After(EventId),
    /// Before this event.
    Before(EventId),
}

impl Start {
    fn parse(input: &GetLogEventsInput) -> Result<Self, Error> {
        let Some(token) = &input.next_token else {
            return Ok(if input.start_from_head == Some(true) { Self::Head } else { Self::Tail });
        };
        let invalid = || Error::invalid("The specified nextToken is invalid.");
        let (way, rest) = token.split_once('/').ok_or_else(invalid)?;
        let id = rest.strip_suffix("/s").and_then(EventId::parse).ok_or_else(invalid)?;
        match way {
            "f" => Ok(Self::After(id)),
            "b" => Ok(Self::Before(id)),
            _ => Err(invalid()),
        }
    }

    fn way(self) -> Way {
        if matches!(self, Self::Head | Self::After(_)) { Way::Forward } else { Way::Backward }
    }

    fn narrow(self, range: Range) -> Range {
        match self {
            Self::Head | Self::Tail => range,
            Self::After(id) => Range { from: range.from.max(id.next()), ..range },
            Self::Before(id) => Range { until: range.until.min(id), ..range },
        }
    }

    /// What leads back before a page, and on behind it. At the end of a stream a token leads to itself.
    fn tokens(self, page: &[Found], beginning: EventId) -> (EventId, EventId) {
        match (page.first(), page.last(), self) {
            (Some(first), Some(last), _) => (first.id, last.id),
            (.., Self::After(id)) => (id.next(), id),
            (.., Self::Before(id)) => (id, id.previous()),
            (.., Self::Head | Self::Tail) => (beginning, beginning.previous()),
        }
    }
}

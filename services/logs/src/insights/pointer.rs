use super::Source;
use crate::{Error, event::EventId, names, page};

/// What a client brings back to have the whole of an event. It proves nothing: whoever brings it is asked anew whether
/// he may read the group.
pub(crate) struct Pointer {
    pub(crate) id: EventId,
    /// Where the events of its stream lie in the group.
    pub(crate) events: u64,
    pub(crate) group: String,
    pub(crate) stream: String,
}

impl Pointer {
    /// What all pointers to events of a stream have in common.
    pub(crate) fn stem(events: u64, group: &str, stream: &str) -> String {
        format!("{events}:{group}:{stream}")
    }

    /// The pointer to an event, as clients get it.
    pub(super) fn show(source: &Source) -> String {
        page::token(&format!("{}:{}", source.id, source.pointer))
    }

    /// The pointer that a client brought.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let invalid = || Error::invalid("The specified logRecordPointer is invalid.");
        let text = page::after(Some(text)).map_err(|_| invalid())?.ok_or_else(invalid)?;
        let mut parts = text.splitn(4, ':');
        let mut next = || parts.next().ok_or_else(invalid);
        let id = EventId::parse(next()?).ok_or_else(invalid)?;
        let events = next()?.parse().map_err(|_| invalid())?;
        let (group, stream) = (next()?.to_owned(), next()?.to_owned());
        names::check(&group)?;
        Ok(Self { id, events, group, stream })
    }
}

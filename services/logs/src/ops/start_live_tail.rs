use kurodo_gateway::{Handler, Reply};

use super::{Answer, Asked, start_query::uuid};
use crate::{
    Error, Logs,
    model::{LiveTailSessionStart, StartLiveTailOutput, op},
    pattern::Pattern,
    tail::{Session, Wanted},
};

impl Handler<op::StartLiveTail> for Logs {
    async fn handle(&self, asked: Asked<'_, op::StartLiveTail>) -> Answer<op::StartLiveTail> {
        let (input, call) = (asked.input, asked.call);
        let chosen = input.log_stream_names.is_some() || input.log_stream_name_prefixes.is_some();
        if chosen && input.log_group_identifiers.len() > 1 {
            return Err(Error::invalid("Log streams can be chosen of one log group only."));
        }
        if input.log_stream_names.is_some() && input.log_stream_name_prefixes.is_some() {
            return Err(Error::invalid("logStreamNames and logStreamNamePrefixes are mutually exclusive."));
        }
        let mut groups = Vec::new();
        for permit in &asked.permits {
            let facts = permit.resource().existing()?;
            groups.push((format!("{}:{}", facts.name.account, facts.name.name), facts.definition.id));
        }
        let wanted = Wanted {
            pattern: Pattern::parse(input.log_event_filter_pattern.as_deref().unwrap_or_default())?,
            names: input.log_stream_names.clone(),
            prefixes: input.log_stream_name_prefixes.clone(),
        };
        let start = LiveTailSessionStart {
            request_id: Some(call.request_id().to_owned()),
            session_id: Some(uuid()?),
            log_group_identifiers: Some(input.log_group_identifiers),
            log_stream_names: Some(input.log_stream_names.unwrap_or_default()),
            log_stream_name_prefixes: Some(input.log_stream_name_prefixes.unwrap_or_default()),
            log_event_filter_pattern: Some(input.log_event_filter_pattern.unwrap_or_default()),
        };
        let account = call.account().ok_or(Error::Unsigned)?;
        let session = Session::begin(&self.tails, account, groups, wanted, start)?;
        let reply: Reply<_> = StartLiveTailOutput::default().into();
        Ok(reply.with_events(session.events()))
    }
}

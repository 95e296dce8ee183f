use bytes::Bytes;
use kurodo_wire::{OperationSchema, Protocol};

use crate::{
    Body, Call, Dialect, Failure, Gateway, Received, answered, inflate,
    outgoing::Response,
    refuse, respond,
    route::{Mounted, Pairs, Target, pairs},
    trail,
};

/// A request that was refused after its caller was known and before its operation took it.
pub(crate) struct Refused {
    call: Call,
    body: Body,
    /// The operation, where it was known already.
    operation: &'static str,
    failure: Failure,
}

impl Refused {
    /// It is one too many.
    pub(crate) fn busy(mounted: &Mounted, call: Call, body: Body) -> Self {
        Self { call, body, operation: "", failure: refuse::busy(mounted.facts.dialect) }
    }

    /// Notes the refusal, and answers it.
    pub(crate) async fn answer(
        mut self,
        gateway: &Gateway,
        mounted: &Mounted,
        protocol: Protocol,
    ) -> Response {
        self.body.drain().await;
        let key = self.call.caller.access_key_id.as_deref();
        let failure =
            trail::refused(gateway, Some(mounted), self.operation, &self.call, key, self.failure).await;
        let response = answered::refusal(gateway, mounted, protocol, &self.call, self.operation, &failure);
        respond::close_behind(&self.body, response)
    }
}

/// Chooses the operation, and receives the content of those that do not stream it.
pub(crate) async fn receive<'a>(
    gateway: &'a Gateway,
    mounted: &'a Mounted,
    protocol: Protocol,
    call: Call,
    mut body: Body,
) -> Result<Received<'a>, Refused> {
    let (target, query, form) = match choose(gateway, mounted, protocol, &call, &mut body).await {
        Ok(chosen) => chosen,
        Err(failure) => return Err(Refused { call, body, operation: "", failure }),
    };
    match content(mounted, &target, &call, &mut body).await {
        Ok(content) => {
            let content = content.unwrap_or(form);
            Ok(Received { gateway, mounted, target, call, query, content, body })
        }
        Err(failure) => Err(Refused { call, body, operation: target.operation, failure }),
    }
}

type Chosen = (Target, Vec<(String, String)>, Bytes);

/// The operation, the parameters, and the content that was received to find it.
async fn choose(
    gateway: &Gateway,
    mounted: &Mounted,
    protocol: Protocol,
    call: &Call,
    body: &mut Body,
) -> Result<Chosen, Failure> {
    let dialect = mounted.facts.dialect;
    let broken = || refuse::broken_query(dialect);
    let mut query = pairs(call.head.query()).ok_or_else(broken)?;
    let mut content = Bytes::new();
    let form;
    if protocol.is_query() {
        content = body.collect(FORM_LIMIT).await.map_err(|error| refuse::body(dialect, &error))?;
        if mounted.facts.schema.operations.iter().any(|schema| schema.gzip) {
            content = inflate::inflated(&call.head, content, FORM_LIMIT).ok_or_else(inflate::failure)?;
        }
        form = std::str::from_utf8(&content).map_err(|_| broken())?.to_owned();
        query.extend(pairs(&form).ok_or_else(broken)?);
    }
    let path = match mounted.facts.schema.dialect {
        kurodo_wire::Dialect::S3 => gateway.routes.s3_path(&call.head),
        _ => call.head.path().into(),
    };
    if let Some(scraped) = mounted.scraped(&call.head) {
        query.extend(scraped.parameters.iter().map(|(name, value)| ((*name).into(), (*value).into())));
    }
    let target = mounted.operation(&call.head, protocol, &path, &query)?;
    Ok((target, owned(query), content))
}

/// The content of an operation that does not stream it, once the caller may ask for the operation at all.
async fn content(
    mounted: &Mounted,
    target: &Target,
    call: &Call,
    body: &mut Body,
) -> Result<Option<Bytes>, Failure> {
    let dialect = mounted.facts.dialect;
    let schema = mounted.facts.schema.operation(target.operation);
    let anonymous_refused =
        dialect != Dialect::S3 && schema.is_none_or(|s| s.auth != kurodo_wire::Auth::None);
    if call.caller.is_anonymous() && anonymous_refused {
        let missing = kurodo_sigv4::AuthError::MissingAuthenticationToken;
        return Err(refuse::unauthenticated(dialect, &missing.into()));
    }
    match schema.filter(|schema| !target.protocol.is_query() && !schema.streams_input()) {
        Some(schema) => {
            let content = collect(schema, dialect, body).await?;
            let content = if schema.gzip {
                inflate::inflated(&call.head, content, schema.max_body)
            } else {
                Some(content)
            };
            content.map(Some).ok_or_else(inflate::failure)
        }
        None => Ok(None),
    }
}

/// Bytes of a form; the largest are policies.
pub(crate) const FORM_LIMIT: usize = 1024 * 1024;

async fn collect(schema: &OperationSchema, dialect: Dialect, body: &mut Body) -> Result<Bytes, Failure> {
    body.collect(schema.max_body).await.map_err(|error| refuse::body(dialect, &error))
}

fn owned(query: Pairs<'_>) -> Vec<(String, String)> {
    query.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

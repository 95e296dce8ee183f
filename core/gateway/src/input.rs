use bytes::Bytes;
use kurodo_wire::{OperationSchema, Protocol};

use crate::{
    Body, Call, Dialect, Failure, Gateway, Received, refuse,
    reply::Response,
    respond,
    route::{Mounted, Pairs, pairs},
    trail,
};

/// A request that was refused after its caller was known and before its operation began.
pub(crate) struct Refused {
    call: Call,
    body: Body,
    turned: Turned,
}

impl Refused {
    /// Notes the refusal, and answers it.
    pub(crate) async fn answer(
        mut self,
        gateway: &Gateway,
        mounted: &Mounted,
        protocol: Protocol,
    ) -> Response {
        self.body.drain().await;
        let Turned { operation, failure } = &self.turned;
        let key = self.call.caller.access_key_id.as_deref();
        let noted = trail::turned_away(gateway, mounted, &self.call, key, operation, failure).await;
        respond::failure(mounted, protocol, &self.call, noted.as_ref().err().unwrap_or(failure))
    }
}

/// Why a request was refused, and the operation that it is for, if that was found.
struct Turned {
    operation: &'static str,
    failure: Failure,
}

impl From<Failure> for Turned {
    fn from(failure: Failure) -> Self {
        Self { operation: "", failure }
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
    match choose(gateway, mounted, protocol, &call, &mut body).await {
        Ok((target, query, content)) => Ok(Received { gateway, mounted, target, call, query, content, body }),
        Err(turned) => Err(Refused { call, body, turned }),
    }
}

type Chosen = (crate::route::Target, Vec<(String, String)>, Bytes);

async fn choose(
    gateway: &Gateway,
    mounted: &Mounted,
    protocol: Protocol,
    call: &Call,
    body: &mut Body,
) -> Result<Chosen, Turned> {
    let dialect = mounted.facts.dialect;
    let broken = || refuse::broken_query(dialect);
    let mut query = pairs(call.head.query()).ok_or_else(broken)?;
    let mut content = Bytes::new();
    let form;
    if protocol.is_query() {
        content = body.collect(FORM_LIMIT).await.map_err(|error| refuse::body(dialect, &error))?;
        form = std::str::from_utf8(&content).map_err(|_| broken())?.to_owned();
        query.extend(pairs(&form).ok_or_else(broken)?);
    }
    let path = match dialect {
        Dialect::S3 => gateway.routes.s3_path(&call.head),
        _ => call.head.path().into(),
    };
    let target = mounted.operation(&call.head, protocol, &path, &query)?;
    let schema = mounted.facts.schema.operation(target.operation);
    let anonymous_refused =
        dialect != Dialect::S3 && schema.is_none_or(|s| s.auth != kurodo_wire::Auth::None);
    if call.caller.is_anonymous() && anonymous_refused {
        let missing = kurodo_sigv4::AuthError::MissingAuthenticationToken.into();
        let failure = refuse::unauthenticated(dialect, &missing);
        return Err(Turned { operation: target.operation, failure });
    }
    if let Some(schema) = schema.filter(|schema| !protocol.is_query() && !schema.streams_input()) {
        content = collect(schema, dialect, body).await?;
    }
    Ok((target, owned(query), content))
}

/// Bytes of a form; the largest are policies.
const FORM_LIMIT: usize = 1024 * 1024;

async fn collect(schema: &OperationSchema, dialect: Dialect, body: &mut Body) -> Result<Bytes, Failure> {
    body.collect(schema.max_body).await.map_err(|error| refuse::body(dialect, &error))
}

fn owned(query: Pairs<'_>) -> Vec<(String, String)> {
    query.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

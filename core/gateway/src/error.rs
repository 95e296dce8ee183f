use std::borrow::Cow;

use kurodo_wire::{ErrorSchema, Fault, Value};

use crate::Dialect;

const INTERNAL: &str = "InternalError";

/// An error on its way to the client: what every failure becomes.
#[derive(Debug)]
pub struct Failure {
    /// AWS's code.
    pub code: Cow<'static, str>,
    /// The message; holds no secret.
    pub message: Cow<'static, str>,
    /// The HTTP status.
    pub status: u16,
    /// Further elements, such as S3's `BucketName`.
    pub fields: Vec<(&'static str, Cow<'static, str>)>,
    /// The values of the error's own members, where the API facts describe some.
    pub modeled: Option<(&'static ErrorSchema, Value)>,
    /// Header fields that go with it.
    pub headers: Vec<(&'static str, String)>,
    /// That nothing was done, since what was decided on was changed meanwhile: the gateway decides anew.
    pub overtaken: bool,
    /// That it is told in XML without a content type, whatever the service speaks.
    pub is_bare: bool,
}

impl Failure {
    /// An error with this code, status and message.
    pub fn new(
        code: impl Into<Cow<'static, str>>,
        status: u16,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            status,
            fields: Vec::new(),
            modeled: None,
            headers: Vec::new(),
            overtaken: false,
            is_bare: false,
        }
    }

    /// Says that nothing was done, since what was decided on was changed meanwhile. An operation that does not stream
    /// its content is then repeated from its needs on: decided anew, and noted anew. Whoever meets changes without end
    /// gets this failure.
    #[must_use]
    pub fn overtaken(mut self) -> Self {
        self.overtaken = true;
        self
    }

    /// Tells it as AWS's front does, which found no operation and so no protocol either.
    #[must_use]
    pub(crate) fn bare(self) -> Self {
        Self { is_bare: true, ..self }
    }

    /// Something failed here that is not the client's doing; the log has what, the client does not.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed inside");
        Self::new(INTERNAL, 500, "We encountered an internal error. Please try again.")
    }

    /// The same, under the code by which the services of this dialect know it.
    ///
    /// Sources: S3 API Reference, "Error responses"; EC2 API Reference, "Error codes"; for the others "Common errors".
    pub(crate) fn spoken(self, dialect: Dialect) -> Self {
        let other = matches!(dialect, Dialect::Query | Dialect::Json);
        if !other || self.code != INTERNAL {
            return self;
        }
        let message = "The request processing has failed because of an unknown error, exception or failure.";
        Self { code: "InternalFailure".into(), message: message.into(), ..self }
    }

    /// Adds an element that the code has beside its message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// Adds a header field.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Who is at fault, by the status.
    pub fn fault(&self) -> Fault {
        if self.status < 500 { Fault::Sender } else { Fault::Receiver }
    }
}

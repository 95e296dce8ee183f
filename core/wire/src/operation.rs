use crate::{Schema, Shape};

/// One operation of a service, at compile time.
pub trait Operation: Send + Sync + 'static {
    /// What the operation takes.
    type Input: Shape + Send + 'static;
    /// What the operation answers.
    type Output: Shape + Send + 'static;
    /// The operation's name in the API facts.
    const NAME: &'static str;
    /// The operation's description.
    fn schema() -> &'static OperationSchema;
}

/// The wire protocols of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// JSON over POST, content type `application/x-amz-json-1.0`.
    Json10,
    /// JSON over POST, content type `application/x-amz-json-1.1`.
    Json11,
    /// Form in, XML out.
    Query,
    /// Form in, XML out, in EC2's dialect.
    Ec2,
    /// HTTP bindings with JSON documents.
    RestJson,
    /// HTTP bindings with XML documents.
    RestXml,
    /// CBOR over POST to `/service/{service}/operation/{operation}`.
    RpcV2Cbor,
    /// [`Protocol::Json11`] with documents in CBOR, as Java's clients of Kinesis speak it: content type
    /// `application/x-amz-cbor-1.1`. Times are whole milliseconds.
    Cbor11,
}

impl Protocol {
    /// Whether requests are forms.
    pub fn is_query(self) -> bool {
        matches!(self, Self::Query | Self::Ec2)
    }

    /// Whether the HTTP method and path choose the operation.
    pub fn is_rest(self) -> bool {
        matches!(self, Self::RestJson | Self::RestXml)
    }
}

/// What sets one service's replies apart from another's in the same protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// As the protocol says.
    #[default]
    Standard,
    /// S3: `<Error>` is the root and has no namespace; times always have milliseconds.
    S3,
    /// DynamoDB: its reader of JSON has its own words for what does not fit, and takes words for booleans.
    DynamoDb,
    /// Kinesis and others of its time: their readers of JSON have words of their own too, and say nothing where there is
    /// nothing to say.
    Coral,
}

/// What a request must carry to be let in, before any policy is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Auth {
    /// A signature (S3: or an anonymous caller).
    #[default]
    Signed,
    /// A signature over the head only.
    UnsignedBody,
    /// None: the request itself carries the proof, as in `AssumeRoleWithSAML`.
    None,
}

/// How the operation's bodies are checked (trait `httpChecksum`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChecksumTraits {
    /// The input member that names the request's algorithm.
    pub request_algorithm_member: Option<&'static str>,
    /// Whether clients send a checksum with every request.
    pub request_required: bool,
    /// The input member that asks for a checksum of the reply.
    pub response_mode_member: Option<&'static str>,
    /// The algorithms that a reply may be checked by.
    pub response_algorithms: &'static [&'static str],
}

impl ChecksumTraits {
    /// Bodies are not checked.
    pub const NONE: Self = Self {
        request_algorithm_member: None,
        request_required: false,
        response_mode_member: None,
        response_algorithms: &[],
    };
}

/// An error that the API facts name.
#[derive(Debug, Clone, Copy)]
pub struct ErrorSchema {
    /// The shape's name, as SDKs call the exception.
    pub name: &'static str,
    /// The code on the wire.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Whether the caller is at fault.
    pub sender: bool,
    /// The error's members.
    pub schema: &'static Schema,
}

/// One operation: its bindings and its shapes.
#[derive(Debug, Clone, Copy)]
pub struct OperationSchema {
    /// The name in the API facts, which is also `Action`, the end of `X-Amz-Target`, or the CBOR path's end.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The URI template: `/{Bucket}/{Key+}?uploads`.
    pub uri: &'static str,
    /// The HTTP status of success.
    pub status: u16,
    /// What it takes.
    pub input: &'static Schema,
    /// What it answers.
    pub output: &'static Schema,
    /// The errors that the facts name for it.
    pub errors: &'static [&'static ErrorSchema],
    /// The element around the output in query replies, such as `CreateUserResult`.
    pub result_wrapper: Option<&'static str>,
    /// Body checksums.
    pub checksum: ChecksumTraits,
    /// What the request must carry to be let in.
    pub auth: Auth,
    /// The service's ways.
    pub dialect: Dialect,
    /// Whether AWS calls it deprecated. Of two operations with one route, the other one is meant.
    pub deprecated: bool,
    /// Whether clients may compress the body.
    pub gzip: bool,
    /// The most bytes of a body that is held in memory. Streaming payloads are not limited by it.
    pub max_body: usize,
    /// The most values that a request may hold, counting all members of each structure, absent ones too.
    pub max_values: usize,
}

impl OperationSchema {
    /// A signed operation with these bindings, and nothing out of the ordinary.
    pub const fn new(
        name: &'static str,
        method: &'static str,
        uri: &'static str,
        shapes: [&'static Schema; 2],
    ) -> Self {
        let [input, output] = shapes;
        Self {
            name,
            method,
            uri,
            status: 200,
            input,
            output,
            errors: &[],
            result_wrapper: None,
            checksum: ChecksumTraits::NONE,
            auth: Auth::Signed,
            dialect: Dialect::Standard,
            deprecated: false,
            gzip: false,
            max_body: 1 << 20,
            max_values: 1 << 20,
        }
    }

    /// Whether the request's body is handed to the service as it arrives, instead of being decoded.
    pub fn streams_input(&self) -> bool {
        self.input.streaming_member().is_some()
    }

    /// Whether the service supplies the reply's body as a stream.
    pub fn streams_output(&self) -> bool {
        self.output.streaming_member().is_some()
    }
}

/// The routing data of an operation that is refused by name: all that is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteSchema {
    /// The name in the API facts.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The URI template.
    pub uri: &'static str,
    /// Query parameters that the request must have.
    pub required_query: &'static [&'static str],
    /// Headers that the request must have, in lower case.
    pub required_headers: &'static [&'static str],
    /// Whether AWS calls it deprecated.
    pub deprecated: bool,
}

/// One service as its API facts describe it.
#[derive(Debug, Clone, Copy)]
pub struct ServiceSchema {
    /// The service's name in Kurodo and in IAM actions, such as `s3`.
    pub name: &'static str,
    /// The name that SDKs build CBOR paths from, such as `S3` or `GraniteServiceVersion20100801`.
    pub service_id: &'static str,
    /// The version of the API, such as `2006-03-01`.
    pub api_version: &'static str,
    /// The host name's first label.
    pub endpoint_prefix: &'static str,
    /// The service in the credential scope of a signature.
    pub signing_name: &'static str,
    /// What `X-Amz-Target` starts with.
    pub target_prefix: Option<&'static str>,
    /// The host of a service without regions.
    pub global_endpoint: Option<&'static str>,
    /// The namespace of XML replies.
    pub xml_namespace: Option<&'static str>,
    /// The protocols that AWS offers, its preferred one first.
    pub protocols: &'static [Protocol],
    /// Whether replies in JSON and CBOR also carry the error in `x-amzn-query-error`.
    pub query_compatible: bool,
    /// What `__type` starts with, before the `#`; nothing for services that send the bare code.
    pub error_namespace: Option<&'static str>,
    /// The service's ways.
    pub dialect: Dialect,
    /// The operations that the service serves.
    pub operations: &'static [&'static OperationSchema],
    /// The operations that the service refuses by name.
    pub refused: &'static [RouteSchema],
    /// The errors that the facts name.
    pub errors: &'static [&'static ErrorSchema],
}

impl ServiceSchema {
    /// A service of this name that offers nothing yet.
    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            service_id: name,
            api_version: "",
            endpoint_prefix: name,
            signing_name: name,
            target_prefix: None,
            global_endpoint: None,
            xml_namespace: None,
            protocols: &[],
            query_compatible: false,
            error_namespace: None,
            dialect: Dialect::Standard,
            operations: &[],
            refused: &[],
            errors: &[],
        }
    }

    /// The served operation of this name.
    pub fn operation(&self, name: &str) -> Option<&'static OperationSchema> {
        self.operations.iter().copied().find(|operation| operation.name == name)
    }

    /// Whether the facts know the operation and the service refuses it.
    pub fn refuses(&self, name: &str) -> bool {
        self.refused.iter().any(|route| route.name == name)
    }

    /// The error with this code.
    pub fn error(&self, code: &str) -> Option<&'static ErrorSchema> {
        self.errors.iter().copied().find(|error| error.code == code)
    }
}

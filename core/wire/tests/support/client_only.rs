//! Vectors that say nothing about servers.

const COMPRESSED: &str =
    "compressed bodies: the vector has no body, and decompression is not the protocol's business";
const TOKEN: &str = "the client invents the token: the parameters leave it out and the request has it";
const EMPTY: &str = "an empty list or map that the request cannot tell from an absent one";
const QUERY_MAP: &str =
    "the client's map repeats or loses parameters that other members take; a server keeps them apart";
const HOST_PATH: &str = "the client's endpoint has a path of its own";
const EMPTY_OBJECT: &str =
    "the client sends an empty object for an absent payload; a server sees an empty object";
const FLATTENED: &str = "flattened lists whose items have a name: botocore skips the vector too, as the facts of AWS's services mean the items' name";
const OLD_ERRORS: &str = "forms of errors that only old servers send and clients must read";
const NO_OUTPUT: &str = "what clients must tolerate where an operation has no output";
const NO_BODY: &str = "the vector leaves out the body that AWS sends";
const REQUEST_HEADER: &str = "the vector wants a header of requests on the response";
const REQUEST_ID: &str = "the test's own request id is another one";
const LENIENT: &str = "nulls or unknown members that clients must skip and a server does not send";
const ROOT: &str =
    "the facts name the root after the member, the response after the shape; botocore reads any root";
const TYPE_OF_NOTHING: &str = "a content type where there is no body";

/// Side, file, vector, reason.
#[rustfmt::skip]
pub(crate) const LIST: &[(&str, &str, &str, &str)] = &[
    ("input", "ec2", "SDKAppliedContentEncoding_ec2Query", COMPRESSED),
    ("input", "ec2", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_ec2Query", COMPRESSED),
    ("input", "json", "SDKAppliedContentEncoding_awsJson1_1", COMPRESSED),
    ("input", "json", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1", COMPRESSED),
    ("input", "json_1_0", "SDKAppliedContentEncoding_awsJson1_0", COMPRESSED),
    ("input", "json_1_0", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_0", COMPRESSED),
    ("input", "query", "SDKAppliedContentEncoding_awsQuery", COMPRESSED),
    ("input", "query", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery", COMPRESSED),
    ("input", "rest-json", "SDKAppliedContentEncoding_restJson1", COMPRESSED),
    ("input", "rest-json", "SDKAppendedGzipAfterProvidedEncoding_restJson1", COMPRESSED),
    ("input", "rest-xml", "SDKAppliedContentEncoding_restXml", COMPRESSED),
    ("input", "rest-xml", "SDKAppendedGzipAfterProvidedEncoding_restXml", COMPRESSED),
    ("input", "ec2", "Ec2ProtocolIdempotencyTokenAutoFill", TOKEN),
    ("input", "query", "QueryProtocolIdempotencyTokenAutoFill", TOKEN),
    ("input", "rest-json", "RestJsonQueryIdempotencyTokenAutoFill", TOKEN),
    ("input", "rest-xml", "QueryIdempotencyTokenAutoFill", TOKEN),
    ("input", "ec2", "Ec2EmptyQueryLists", EMPTY),
    ("input", "query", "QueryEmptyQueryMaps", EMPTY),
    ("input", "rest-json", "RestJsonHttpPrefixHeadersAreNotPresent", EMPTY),
    ("input", "rest-json", "RestJsonOmitsEmptyListQueryValues", EMPTY),
    ("input", "rest-xml", "HttpPrefixHeadersAreNotPresent", EMPTY),
    ("input", "rest-json", "RestJsonAllQueryStringTypes", QUERY_MAP),
    ("input", "rest-json", "RestJsonQueryStringEscaping", QUERY_MAP),
    ("input", "rest-json", "RestJsonSupportsNaNFloatQueryValues", QUERY_MAP),
    ("input", "rest-json", "RestJsonSupportsInfinityFloatQueryValues", QUERY_MAP),
    ("input", "rest-json", "RestJsonSupportsNegativeInfinityFloatQueryValues", QUERY_MAP),
    ("input", "rest-json", "RestJsonZeroAndFalseQueryValues", QUERY_MAP),
    ("input", "rest-json", "RestJsonQueryPrecedence", QUERY_MAP),
    ("input", "rest-xml", "RestXmlQueryPrecedence", QUERY_MAP),
    ("input", "rest-json", "RestJsonHostWithPath", HOST_PATH),
    ("input", "rest-json", "RestJsonHttpWithEmptyStructurePayload", EMPTY_OBJECT),
    ("input", "rest-json", "RestJsonHttpWithHeadersButNoPayload", EMPTY_OBJECT),
    ("output", "ec2", "Ec2XmlLists", FLATTENED),
    ("output", "query", "QueryXmlLists", FLATTENED),
    ("output", "rest-xml", "XmlLists", FLATTENED),
    ("output", "json", "AwsJson11FooErrorUsingXAmznErrorType", OLD_ERRORS),
    ("output", "json", "AwsJson11FooErrorUsingXAmznErrorTypeWithUri", OLD_ERRORS),
    ("output", "json", "AwsJson11FooErrorUsingXAmznErrorTypeWithUriAndNamespace", OLD_ERRORS),
    ("output", "json", "AwsJson11FooErrorUsingCode", OLD_ERRORS),
    ("output", "json", "AwsJson11FooErrorUsingCodeAndNamespace", OLD_ERRORS),
    ("output", "json", "AwsJson11FooErrorUsingCodeUriAndNamespace", OLD_ERRORS),
    ("output", "json_1_0", "AwsJson10FooErrorUsingXAmznErrorType", OLD_ERRORS),
    ("output", "json_1_0", "AwsJson10FooErrorUsingXAmznErrorTypeWithUri", OLD_ERRORS),
    ("output", "json_1_0", "AwsJson10FooErrorUsingXAmznErrorTypeWithUriAndNamespace", OLD_ERRORS),
    ("output", "json_1_0", "AwsJson10FooErrorUsingCode", OLD_ERRORS),
    ("output", "json_1_0", "AwsJson10FooErrorUsingCodeAndNamespace", OLD_ERRORS),
    ("output", "json_1_0", "AwsJson10FooErrorUsingCodeUriAndNamespace", OLD_ERRORS),
    ("output", "rest-json", "RestJsonFooErrorUsingXAmznErrorType", OLD_ERRORS),
    ("output", "rest-json", "RestJsonFooErrorUsingXAmznErrorTypeWithUri", OLD_ERRORS),
    ("output", "rest-json", "RestJsonFooErrorUsingXAmznErrorTypeWithUriAndNamespace", OLD_ERRORS),
    ("output", "rest-json", "RestJsonFooErrorUsingCode", OLD_ERRORS),
    ("output", "rest-json", "RestJsonFooErrorUsingCodeAndNamespace", OLD_ERRORS),
    ("output", "rest-json", "RestJsonFooErrorUsingCodeUriAndNamespace", OLD_ERRORS),
    ("output", "json", "handles_empty_output_shape", NO_OUTPUT),
    ("output", "json", "handles_unexpected_json_output", NO_OUTPUT),
    ("output", "json_1_0", "AwsJson10HandlesEmptyOutputShape", NO_OUTPUT),
    ("output", "json_1_0", "AwsJson10HandlesUnexpectedJsonOutput", NO_OUTPUT),
    ("output", "smithy-rpc-v2-cbor", "empty_output_no_body", NO_OUTPUT),
    ("output", "smithy-rpc-v2-cbor", "NoOutputClientAllowsEmptyCbor", NO_OUTPUT),
    ("output", "smithy-rpc-v2-cbor", "NoOutputClientAllowsEmptyBody", NO_OUTPUT),
    ("output", "query", "QueryEmptyInputAndEmptyOutput", NO_BODY),
    ("output", "query", "QueryNoInputAndNoOutput", NO_BODY),
    ("output", "query", "QueryNoInputAndOutput", NO_BODY),
    ("output", "json", "AwsJson11IntEnums", REQUEST_HEADER),
    ("output", "json", "parses_the_request_id_from_the_response", REQUEST_ID),
    ("output", "json", "AwsJson11DeserializeIgnoreType", LENIENT),
    ("output", "json", "AwsJson11StructuresDontDeserializeNullValues", LENIENT),
    ("output", "json_1_0", "AwsJson10DeserializeIgnoreType", LENIENT),
    ("output", "json_1_0", "AwsJson10DeserializeAllowNulls", LENIENT),
    ("output", "rest-json", "RestJsonDeserializesDenseSetMapAndSkipsNull", LENIENT),
    ("output", "rest-json", "RestJsonDeserializeIgnoreType", LENIENT),
    ("output", "rest-json", "RestJsonDoesntDeserializeNullStructureValues", LENIENT),
    ("output", "rest-xml", "InvalidGreetingError", LENIENT),
    ("output", "smithy-rpc-v2-cbor", "RpcV2CborDeserializesDenseSetMapAndSkipsNull", LENIENT),
    ("output", "smithy-rpc-v2-cbor", "RpcV2CborClientDoesntDeserializeNullStructureValues", LENIENT),
    ("output", "smithy-rpc-v2-cbor", "RpcV2CborExtraFieldsInTheBodyShouldBeSkippedByClients", LENIENT),
    ("output", "smithy-rpc-v2-cbor", "RpcV2CborPayloadWithUnsetUnion", LENIENT),
    ("output", "rest-xml", "RestXmlHttpPayloadWithUnion", ROOT),
    ("output", "rest-xml", "HttpPayloadWithXmlNamespace", ROOT),
    ("output", "rest-xml", "HttpPayloadWithXmlNamespaceAndPrefix", ROOT),
    ("output", "rest-xml", "RestXmlHttpResponseCode", TYPE_OF_NOTHING),
    ("output", "rest-xml", "IgnoreQueryParamsInResponse", TYPE_OF_NOTHING),
];

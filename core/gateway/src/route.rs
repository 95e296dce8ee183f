use std::{borrow::Cow, collections::HashMap, sync::Arc};

use kurodo_wire::{Protocol, RestRouter, Routed};

use crate::{
    Dialect, Failure, Mount, Scraped, ServiceFacts,
    authenticate::{self, Arrival},
    head::Head,
    scrape,
};

/// A service with what routing needs of it.
pub(crate) struct Mounted {
    pub(crate) mount: Arc<dyn Mount>,
    pub(crate) facts: &'static ServiceFacts,
    rows: HashMap<&'static str, (usize, crate::RowFacts)>,
    rest: RestRouter,
}

/// Decoded query or form parameters.
pub(crate) type Pairs<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// Labels of the path.
pub(crate) type Labels = Vec<(&'static str, String)>;

/// What a request asks for: a row, in a protocol, with the path's labels.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) row: usize,
    pub(crate) operation: &'static str,
    pub(crate) protocol: Protocol,
    pub(crate) labels: Labels,
    /// Members that the operation does not honour.
    pub(crate) refuses: &'static [&'static str],
}

/// Finds the service by the head alone, and the operation once the caller is known.
pub(crate) struct Routes {
    services: Vec<Mounted>,
    domains: Vec<String>,
}

impl Routes {
    pub(crate) fn new(services: Vec<Arc<dyn Mount>>, domains: &[String]) -> Self {
        let services = services.into_iter().map(Mounted::new).collect();
        Self { services, domains: domains.to_vec() }
    }

    /// The service that the request is for: by `X-Amz-Target`, the signature's scope, the CBOR path, the host, or
    /// the version and operation that a form or a query names; S3 where none of them says.
    pub(crate) fn service(&self, arrival: &Arrival) -> Option<&Mounted> {
        let head = &arrival.head;
        let target = head.header("x-amz-target").and_then(|t| t.split_once('.')).map(|(prefix, _)| prefix);
        let signed = arrival.claim.as_ref().ok().and_then(authenticate::service);
        if let Some(prefix) = target {
            let meant = self.find(|facts| facts.schema.target_prefix == Some(prefix));
            // A service that signs for itself and is asked for another's operation says that it has none such.
            let asked = || {
                self.find(|facts| {
                    facts.schema.target_prefix.is_some() && Some(facts.schema.signing_name) == signed
                })
            };
            return meant.or_else(asked);
        }
        let control = is_s3_control(head);
        if let Some(name) = signed {
            let is = |facts: &ServiceFacts| facts.schema.signing_name == name;
            return self.find(|facts| is(facts) && is_control(facts) == (control && name == "s3"));
        }
        if control {
            return self.find(is_control);
        }
        if let Some(id) = head.path().strip_prefix("/service/").and_then(|p| p.split('/').next())
            && let Some(service) = self.find(|facts| has_cbor(facts) && is_called(facts, id))
        {
            return Some(service);
        }
        // `iam.localhost` is a service, `iam.s3.localhost` a bucket.
        let mut labels = head.host().split('.');
        let (first, second) = (labels.next().unwrap_or_default(), labels.next());
        if second != Some("s3")
            && let Some(service) = self.find(|facts| facts.schema.endpoint_prefix == first)
        {
            return Some(service);
        }
        let form = arrival.form();
        if let Some(service) = self.by_parameters(form.unwrap_or(head.query())) {
            return Some(service);
        }
        if is_form(head) {
            // Nothing names the service of an unsigned form; the one that has operations for everyone is STS.
            return self.find(|facts| facts.schema.endpoint_prefix == "sts");
        }
        self.find(|facts| facts.dialect == Dialect::S3 && !is_control(facts))
    }

    /// The service that has the operation `Action` in its API of `Version`: all that the parameters of a request say
    /// whose signature names no service.
    fn by_parameters(&self, text: &str) -> Option<&Mounted> {
        if !text.contains("Action=") {
            return None;
        }
        let pairs = pairs(text)?;
        let (action, version) = (value(&pairs, "Action")?, value(&pairs, "Version")?);
        self.find(|facts| {
            let schema = facts.schema;
            let speaks = schema.protocols.iter().any(|protocol| protocol.is_query());
            let has = || schema.operation(action).is_some() || schema.refuses(action);
            speaks && schema.api_version == version && has()
        })
    }

    /// The service that signatures call by this name; S3 Control, which signs by the name of S3, is not meant.
    pub(crate) fn signing(&self, name: &str) -> Option<&Mounted> {
        self.find(|facts| facts.schema.signing_name == name && !is_control(facts))
    }

    /// Every service.
    pub(crate) fn all(&self) -> &[Mounted] {
        &self.services
    }

    fn find(&self, is: impl Fn(&ServiceFacts) -> bool) -> Option<&Mounted> {
        self.services.iter().find(|service| is(service.facts))
    }

    /// The path with the bucket in front, where the host names one.
    ///
    /// Source: S3 User Guide, "Virtual hosting of general purpose buckets".
    pub(crate) fn s3_path<'h>(&self, head: &'h Head) -> Cow<'h, str> {
        match self.bucket(head.host()) {
            Some(bucket) => Cow::Owned(format!("/{bucket}{}", head.path())),
            None => Cow::Borrowed(head.path()),
        }
    }

    /// The bucket that the host names.
    pub(crate) fn bucket<'h>(&self, host: &'h str) -> Option<&'h str> {
        let below =
            self.domains.iter().find_map(|domain| host.strip_suffix(domain.as_str())?.strip_suffix('.'))?;
        // `s3`, `s3.region`, `bucket.s3`, `bucket.s3.region`, or a bucket right below the domain.
        if below == "s3" || below.starts_with("s3.") {
            return None;
        }
        let bucket = match below.rfind(".s3") {
            Some(at) if below.get(at + 3..).is_some_and(|r| r.is_empty() || r.starts_with('.')) => {
                below.get(..at)?
            }
            _ => below,
        };
        (!bucket.is_empty()).then_some(bucket)
    }
}

/// Whether the request is for S3 Control, which signs by the name of S3. Its paths begin as no other service's do, and
/// its operations name an account in a field that no operation of S3 has; a signature of S3's covers every such field,
/// so that nobody turns a signed request for a bucket of that name into one for the account.
fn is_s3_control(head: &Head) -> bool {
    head.path().starts_with("/v20180820/") && head.headers().contains_key("x-amz-account-id")
}

fn is_control(facts: &ServiceFacts) -> bool {
    facts.schema.endpoint_prefix == "s3-control"
}

pub(crate) fn is_form(head: &Head) -> bool {
    *head.method() == http::Method::POST
        && head
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// Whether paths call the service so: by its target, where it has one.
fn is_called(facts: &ServiceFacts, id: &str) -> bool {
    facts.schema.service_id == id || facts.schema.target_prefix == Some(id)
}

fn has_cbor(facts: &ServiceFacts) -> bool {
    facts.schema.protocols.contains(&Protocol::RpcV2Cbor)
}

impl Mounted {
    fn new(mount: Arc<dyn Mount>) -> Self {
        let facts = mount.facts();
        let rows =
            mount.rows().into_iter().enumerate().map(|(i, (row, _))| (row.operation, (i, row))).collect();
        let rest = RestRouter::new(facts.schema);
        Self { mount, facts, rows, rest }
    }

    /// The protocol that the request speaks, by its content type, target and path.
    pub(crate) fn protocol(&self, head: &Head) -> Protocol {
        let spoken = self.facts.schema.protocols;
        let first = spoken.first().copied().unwrap_or(Protocol::Query);
        let content_type = head.header("content-type").unwrap_or_default();
        let content_type = content_type.split(';').next().unwrap_or_default().trim();
        let asked = if head.path().starts_with("/service/") {
            Protocol::RpcV2Cbor
        } else if content_type == "application/x-amz-json-1.0" {
            Protocol::Json10
        } else if content_type == "application/x-amz-json-1.1" {
            Protocol::Json11
        } else if content_type == "application/x-amz-cbor-1.1" || spoken.contains(&Protocol::Cbor11) {
            Protocol::Cbor11
        } else {
            spoken.iter().copied().find(|p| p.is_query()).unwrap_or(first)
        };
        // AWS answers so to whatever is not the JSON that it knows.
        let other = spoken.iter().copied().find(|one| *one == Protocol::Cbor11).unwrap_or(first);
        if spoken.contains(&asked) { asked } else { other }
    }

    /// The operation's name and labels, or why there is none.
    ///
    /// # Errors
    /// An operation that AWS has and we do not is refused by name; one that AWS does not have is unknown.
    pub(crate) fn operation(
        &self,
        head: &Head,
        protocol: Protocol,
        path: &str,
        pairs: &Pairs<'_>,
    ) -> Result<Target, Failure> {
        if protocol.is_rest() {
            return self.rest_operation(head, protocol, path, pairs);
        }
        if let Some(scraped) = self.scraped(head) {
            return self.named(scraped.operation, Protocol::Query, Vec::new());
        }
        let name = match protocol {
            Protocol::Query | Protocol::Ec2 => value(pairs, "Action"),
            Protocol::RpcV2Cbor => path.rsplit('/').next(),
            _ => match head.header("x-amz-target").and_then(|target| target.split_once('.')) {
                Some((prefix, name)) if self.facts.schema.target_prefix != Some(prefix) => {
                    return Err(self.unknown_action(name));
                }
                target => target.map(|(_, name)| name),
            },
        };
        let Some(name) = name.filter(|name| !name.is_empty()) else { return Err(self.missing_action(head)) };
        if protocol.is_query() {
            self.check_version(name, value(pairs, "Version"))?;
        }
        self.named(name, protocol, Vec::new())
    }

    /// The operation that the request is, where it is a scrape of a service that can be scraped.
    pub(crate) fn scraped(&self, head: &Head) -> Option<Scraped> {
        self.facts.scraped.filter(|_| scrape::is_scrape(head))
    }

    fn named(&self, name: &str, protocol: Protocol, labels: Labels) -> Result<Target, Failure> {
        match self.rows.get(name) {
            Some((row, facts)) => {
                Ok(Target { row: *row, operation: facts.operation, protocol, labels, refuses: facts.refuses })
            }
            None if self.facts.schema.refuses(name) || self.facts.schema.operation(name).is_some() => {
                Err(refused(name))
            }
            None => Err(self.unknown_action(name)),
        }
    }

    fn rest_operation(
        &self,
        head: &Head,
        protocol: Protocol,
        path: &str,
        pairs: &Pairs<'_>,
    ) -> Result<Target, Failure> {
        match self.rest.route(head.method().as_str(), path, pairs, head.headers()) {
            Routed::Operation(index, labels) => {
                let labels: Labels =
                    labels.into_iter().map(|(name, text)| (name, text.into_owned())).collect();
                self.check_bucket(&labels)?;
                let name = self.facts.schema.operations.get(index).map_or("", |operation| operation.name);
                self.named(name, protocol, labels)
            }
            Routed::Refused(index, _) => {
                Err(refused(self.facts.schema.refused.get(index).map_or("", |route| route.name)))
            }
            Routed::MethodNotAllowed => Err(Failure::new(
                "MethodNotAllowed",
                405,
                "The specified method is not allowed against this resource.",
            )
            .with("Method", head.method().as_str().to_owned())),
            Routed::NotFound => {
                Err(Failure::new("UnknownOperationException", 404, "No operation has this path."))
            }
            Routed::BadPath => Err(Failure::new("InvalidURI", 400, "Couldn't parse the specified URI.")),
        }
    }

    /// A slash in a bucket's name would make the ARN of an object of another bucket.
    fn check_bucket(&self, labels: &Labels) -> Result<(), Failure> {
        let bucket = labels.iter().find(|(name, _)| *name == "Bucket").map(|(_, text)| text.as_str());
        match bucket.filter(|name| self.facts.dialect == Dialect::S3 && name.contains('/')) {
            Some(name) => Err(Failure::new("InvalidBucketName", 400, "The specified bucket is not valid.")
                .with("BucketName", name.to_owned())),
            None => Ok(()),
        }
    }

    fn check_version(&self, action: &str, version: Option<&str>) -> Result<(), Failure> {
        let ours = self.facts.schema.api_version;
        match version {
            Some(version) if version != ours => Err(Failure::new(
                "InvalidAction",
                400,
                format!("Could not find operation {action} for version {version}"),
            )),
            _ => Ok(()),
        }
    }

    fn missing_action(&self, head: &Head) -> Failure {
        let coral = self.facts.schema.dialect == kurodo_wire::Dialect::Coral;
        if coral && (*head.method() != http::Method::POST || has_untold_content(head)) {
            let message = "Unable to determine service/operation name to be authorized";
            return Failure::new("AccessDeniedException", 403, message).bare();
        }
        match self.facts.dialect {
            Dialect::Query | Dialect::Ec2 => {
                Failure::new("MissingAction", 400, "Missing Action: the request names no operation")
            }
            _ if coral => Failure::new("UnknownOperationException", 400, ""),
            _ => Failure::new("UnknownOperationException", 400, "The request names no operation."),
        }
    }

    fn unknown_action(&self, name: &str) -> Failure {
        let version = self.facts.schema.api_version;
        match self.facts.dialect {
            Dialect::Query | Dialect::Ec2 => Failure::new(
                "InvalidAction",
                400,
                format!("Could not find operation {} for version {version}", shown(name)),
            ),
            _ => Failure::new("UnknownOperationException", 400, ""),
        }
    }
}

/// Whether there is content of which the head does not say what it is, or that it is a form.
fn has_untold_content(head: &Head) -> bool {
    let has_some = head.header("content-length").is_some_and(|length| length != "0");
    (is_form(head) || head.header("content-type").is_none())
        && (has_some || head.header("transfer-encoding").is_some())
}

/// What the client sent, short enough and clean enough to be said back.
fn shown(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_graphic()).take(64).collect()
}

fn refused(name: &str) -> Failure {
    Failure::new("NotImplemented", 501, format!("{name} is not implemented by Kurodo."))
}

/// The value of a parameter.
pub(crate) fn value<'p>(pairs: &'p Pairs<'_>, name: &str) -> Option<&'p str> {
    pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_ref())
}

/// Splits and decodes `a=b&c`; `None` where the encoding is broken or not UTF-8.
pub(crate) fn pairs(text: &str) -> Option<Pairs<'_>> {
    kurodo_wire::parse_query(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(host: &str) -> Option<String> {
        let routes = Routes::new(Vec::new(), &["localhost".to_owned(), "amazonaws.com".to_owned()]);
        routes.bucket(host).map(str::to_owned)
    }

    #[test]
    fn hosts_name_buckets_as_in_aws() {
        for (host, name) in [
            ("localhost", None),
            ("s3.localhost", None),
            ("s3.eu-west-1.amazonaws.com", None),
            ("b.s3.localhost", Some("b")),
            ("my.b.s3.eu-west-1.amazonaws.com", Some("my.b")),
            ("b.localhost", Some("b")),
            ("127.0.0.1", None),
            ("evil.example", None),
        ] {
            assert_eq!(bucket(host).as_deref(), name, "{host}");
        }
    }

    fn head(uri: &str, account: bool) -> Head {
        let request = http::Request::builder().uri(uri);
        let request = if account { request.header("x-amz-account-id", "111122223333") } else { request };
        Head::new(request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn s3_control_is_known_by_path_and_account() {
        let uri = "/v20180820/configuration/publicAccessBlock";
        assert!(is_s3_control(&head(uri, true)));
        // An object of a bucket that is called so.
        assert!(!is_s3_control(&head(uri, false)));
        for uri in ["/b/v20180820/k", "/v20180820", "/v20180820b/k", "//v20180820/k", "/%7620180820/k"] {
            assert!(!is_s3_control(&head(uri, true)), "{uri}");
        }
    }

    #[test]
    fn pairs_are_decoded_once() {
        let decoded = pairs("a=1+2&b=%2525&c&&=x").unwrap();
        assert_eq!(value(&decoded, "a"), Some("1 2"));
        assert_eq!(value(&decoded, "b"), Some("%25"));
        assert_eq!(value(&decoded, "c"), Some(""));
        assert!(pairs("a=%ff").is_none());
        assert!(pairs("a=%zz").is_none());
    }
}

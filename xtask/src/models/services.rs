//! The services whose facts are kept, and what the facts do not say.

mod dynamodb;
mod kinesis;
mod s3;

use std::path::PathBuf;

/// One service.
#[derive(Debug)]
pub(crate) struct Service {
    /// The file below models/, and the folder below services/, unless it is a part of another service's crate.
    pub(crate) name: &'static str,
    /// The service in whose crate it is, and the module there that has its table.
    pub(crate) within: Option<(&'static str, &'static str)>,
    /// The folder below botocore's data/, with the API version.
    pub(crate) botocore: &'static str,
    /// Whether replies follow S3's ways.
    pub(crate) s3: bool,
    /// Whether JSON is read in DynamoDB's ways.
    pub(crate) own_ways: bool,
    /// Whether JSON is read in the ways of AWS's older services.
    pub(crate) coral: bool,
    /// Whether documents of JSON 1.1 come in CBOR too.
    pub(crate) cbor11: bool,
    /// The namespace of XML replies, where the facts leave it out.
    pub(crate) xml_namespace: Option<&'static str>,
    /// Root elements of replies, which the facts leave out.
    pub(crate) roots: &'static [Root],
    /// What `__type` starts with, where the service sends more than the code.
    pub(crate) error_namespace: Option<&'static str>,
    /// Shapes for which the crate has a type of its own: the shape, and the type's path. Such a structure is sparse.
    pub(crate) own_types: &'static [(&'static str, &'static str)],
    /// Shapes that hold a name or an ARN, where AWS holds names to more than the facts say: what a name must satisfy.
    pub(crate) or_arn: &'static [&'static str],
    /// Enums whose words messages name in another order than the facts, or that take words in another case as well, or more
    /// words: the shape, and the words.
    pub(crate) orders: &'static [(&'static str, &'static [&'static str])],
    /// The most bytes of a body that is decoded.
    pub(crate) max_body: usize,
}

/// The root element of an operation's reply.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Root {
    /// The operation.
    pub(crate) operation: &'static str,
    /// The element.
    pub(crate) name: &'static str,
    /// Whether the output's only member is the root's text, instead of an element in it.
    pub(crate) unwrapped: bool,
}

const MIB: usize = 1 << 20;

/// What `OperationSchema::new` sets.
pub(crate) const DEFAULT_MAX_BODY: usize = MIB;

/// All of them. A new one is a line here, then `cargo xtask models`.
pub(crate) const SERVICES: &[Service] = &[
    Service {
        s3: true,
        xml_namespace: Some("http://s3.amazonaws.com/doc/2006-03-01/"),
        roots: s3::ROOTS,
        orders: s3::ORDERS,
        max_body: 4 * MIB,
        ..plain("s3", "s3/2006-03-01")
    },
    Service {
        xml_namespace: Some("http://awss3control.amazonaws.com/doc/2018-08-20/"),
        ..plain("s3control", "s3control/2018-08-20")
    },
    plain("iam", "iam/2010-05-08"),
    plain("sts", "sts/2011-06-15"),
    plain("organizations", "organizations/2016-11-28"),
    plain("cloudwatch", "cloudwatch/2010-08-01"),
    Service {
        error_namespace: Some("com.amazonaws.dynamodb.v20120810"),
        own_ways: true,
        or_arn: &["TableArn"],
        orders: dynamodb::ORDERS,
        own_types: &[("AttributeValue", "crate::attribute::Supplied")],
        max_body: 16 * MIB,
        ..plain("dynamodb", "dynamodb/2012-08-10")
    },
    Service {
        within: Some(("dynamodb", "streams")),
        error_namespace: Some("com.amazonaws.dynamodb.v20120810"),
        own_ways: true,
        own_types: &[("AttributeValue", "crate::attribute::Supplied")],
        ..plain("dynamodbstreams", "dynamodbstreams/2012-08-10")
    },
    Service {
        coral: true,
        cbor11: true,
        orders: kinesis::ORDERS,
        max_body: 16 * MIB,
        ..plain("kinesis", "kinesis/2013-12-02")
    },
    plain("kms", "kms/2014-11-01"),
    Service { max_body: 2 * MIB, ..plain("logs", "logs/2014-03-28") },
];

const fn plain(name: &'static str, botocore: &'static str) -> Service {
    Service {
        name,
        within: None,
        botocore,
        s3: false,
        own_ways: false,
        coral: false,
        cbor11: false,
        xml_namespace: None,
        roots: &[],
        error_namespace: None,
        own_types: &[],
        or_arn: &[],
        orders: &[],
        max_body: MIB,
    }
}

impl Service {
    /// The root element of an operation's reply, if it is not what the facts say.
    pub(crate) fn root(&self, operation: &str) -> Option<Root> {
        self.roots.iter().copied().find(|root| root.operation == operation)
    }

    /// The dialect, by its name.
    pub(crate) fn dialect(&self) -> &'static str {
        match (self.s3, self.own_ways) {
            (true, _) => "S3",
            (_, true) => "DynamoDb",
            _ if self.coral => "Coral",
            _ => "Standard",
        }
    }

    /// The path of the crate's own type for a shape.
    pub(crate) fn own_type(&self, shape: &str) -> Option<&'static str> {
        self.own_types.iter().find(|(name, _)| *name == shape).map(|(_, path)| *path)
    }

    /// The folders of its table and of its model, from the root.
    pub(crate) fn sources(&self) -> (PathBuf, PathBuf) {
        let sources = |service: &str| PathBuf::from(format!("services/{service}/src"));
        match self.within {
            Some((service, module)) => {
                (sources(service).join(module), sources(service).join("model").join(module))
            }
            None => (sources(self.name), sources(self.name).join("model")),
        }
    }

    /// The modules that the model of this service has for others in its crate.
    pub(crate) fn guests(&self) -> impl Iterator<Item = &'static str> {
        let host = self.name;
        SERVICES
            .iter()
            .filter_map(move |guest| guest.within.filter(|(name, _)| *name == host))
            .map(|(_, module)| module)
    }

    /// The facts' file, from the root.
    pub(crate) fn model_path(&self) -> PathBuf {
        PathBuf::from(format!("models/{}.json", self.name))
    }
}

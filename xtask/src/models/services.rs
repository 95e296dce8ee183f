//! The services whose facts are kept, and what the facts do not say.

use std::path::PathBuf;

/// One service.
#[derive(Debug)]
pub(crate) struct Service {
    /// The folder below services/, the file below models/, and the prefix of IAM actions.
    pub(crate) name: &'static str,
    /// The folder below botocore's data/, with the API version.
    pub(crate) botocore: &'static str,
    /// Whether replies follow S3's ways.
    pub(crate) s3: bool,
    /// What `__type` starts with, where the service sends more than the code.
    pub(crate) error_namespace: Option<&'static str>,
    /// The most bytes of a body that is decoded.
    pub(crate) max_body: usize,
}

const MIB: usize = 1 << 20;

/// All of them. A new one is a line here, then `cargo xtask models`.
pub(crate) const SERVICES: &[Service] = &[
    Service { s3: true, max_body: 4 * MIB, ..plain("s3", "s3/2006-03-01") },
    plain("iam", "iam/2010-05-08"),
    plain("sts", "sts/2011-06-15"),
    plain("organizations", "organizations/2016-11-28"),
];

const fn plain(name: &'static str, botocore: &'static str) -> Service {
    Service { name, botocore, s3: false, error_namespace: None, max_body: MIB }
}

impl Service {
    /// The facts' file, from the root.
    pub(crate) fn model_path(&self) -> PathBuf {
        PathBuf::from(format!("models/{}.json", self.name))
    }
}

use std::{fmt, str::FromStr};

use crate::ParseError;

/// An Amazon Resource Name, split at its first five colons. Wildcards are ordinary text here.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arn {
    /// `aws` for all that Kurodo makes.
    pub partition: String,
    /// The service's namespace, such as `s3`.
    pub service: String,
    /// Empty for global resources.
    pub region: String,
    /// Empty for S3 buckets and objects.
    pub account: String,
    /// The rest: slashes and colons as the service writes them.
    pub resource: String,
}

impl FromStr for Arn {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().map(str::to_owned);
        let arn = (|| {
            (next()? == "arn").then_some(())?;
            Some(Self {
                partition: next()?,
                service: next()?,
                region: next()?,
                account: next()?,
                resource: next()?,
            })
        })();
        arn.filter(|a| !a.partition.is_empty() && !a.service.is_empty() && !a.resource.is_empty())
            .ok_or_else(|| ParseError::Arn(text.to_owned()))
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colons_stay_in_the_resource() {
        let text = "arn:aws:logs:eu-west-1:111122223333:log-group:g:*";
        let arn: Arn = text.parse().unwrap();
        assert_eq!(arn.resource, "log-group:g:*");
        assert_eq!(arn.to_string(), text);
    }

    #[test]
    fn incomplete_arns_are_refused() {
        for text in ["", "arn:aws:s3:::", "aws:s3:::b", "arn:aws:s3", "arn::s3:::b", "ARN:aws:s3:::b"] {
            assert!(text.parse::<Arn>().is_err(), "{text}");
        }
    }
}

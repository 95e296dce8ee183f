//! Names of buckets and keys of objects.

use crate::{Error, limits};

/// That a new bucket may be called so.
///
/// Source: S3 User Guide, "General purpose bucket naming rules".
pub(crate) fn check_new(name: &str) -> Result<(), Error> {
    const STARTS: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
    const ENDS: [&str; 6] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an"];
    let reserved =
        STARTS.iter().any(|start| name.starts_with(start)) || ENDS.iter().any(|end| name.ends_with(end));
    check_existing(name)?;
    if reserved { Err(Error::InvalidBucketName(name.to_owned())) } else { Ok(()) }
}

/// That a bucket can be called so at all.
pub(crate) fn check_existing(name: &str) -> Result<(), Error> {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    let ok = (3..=63).contains(&name.len())
        && bytes.iter().all(|byte| alphanumeric(*byte) || matches!(byte, b'-' | b'.'))
        && ends.into_iter().flatten().all(|byte| alphanumeric(*byte))
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err();
    if ok { Ok(()) } else { Err(Error::InvalidBucketName(name.to_owned())) }
}

/// That an object can have this key.
pub(crate) fn check_key(key: &str) -> Result<(), Error> {
    if key.len() > limits::KEY { Err(Error::KeyTooLong(key.len())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_the_rules() {
        for name in ["abc", "a.b-c.9", "1ab", &"a".repeat(63), "300.1.1.1"] {
            assert!(check_new(name).is_ok(), "{name}");
        }
        let long = "a".repeat(64);
        for name in [
            "",
            "ab",
            &long,
            "Abc",
            "a_b",
            "-ab",
            "ab-",
            ".ab",
            "a..b",
            "192.168.5.4",
            "xn--abc",
            "b-s3alias",
            "a/b",
            "ä00",
        ] {
            assert!(check_new(name).is_err(), "{name}");
        }
    }

    #[test]
    fn keys_are_counted_in_bytes() {
        assert!(check_key(&"é".repeat(512)).is_ok());
        assert!(matches!(check_key(&"é".repeat(513)), Err(Error::KeyTooLong(1026))));
    }
}

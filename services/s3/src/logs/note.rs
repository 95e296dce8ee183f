use kurodo_gateway::Answered;
use kurodo_store::CoreDoor;

use super::line::{Line, write};
use crate::{S3, access_points::behind, copy_source::CopySource, layout, names};

/// Writes a request down, if its bucket has logs; of a copy also the reading of its source.
pub(crate) fn note(service: &S3, door: &CoreDoor, answered: &Answered<'_>) {
    if service.logs.is_quiet(service.store.generation(layout::BUCKETS)) {
        return;
    }
    let path = answered.path();
    let (bucket, key) = split(&path);
    let usual = super::operation::name(method(answered), answered.operation, key.is_some());
    log(service, door, answered, bucket, &Line { operation: &usual, key, is_source: false });
    let copied = answered.call.head.header("x-amz-copy-source");
    if let Some(text) = copied.filter(|_| answered.operation.contains("Copy"))
        && let Ok(source) = CopySource::parse(text)
    {
        let (operation, (_, key)) = (format!("{usual}_GET"), split(text.split('?').next().unwrap_or(text)));
        log(service, door, answered, &source.bucket, &Line { operation: &operation, key, is_source: true });
    }
}

/// A form that a browser posted was handled as the request that it stands for.
fn method<'a>(answered: &'a Answered<'_>) -> &'a str {
    let posted = answered.call.context.get("s3:authType").and_then(|values| values.single()) == Some("POST");
    if posted { "POST" } else { answered.call.head.method().as_str() }
}

/// The bucket, and the key as it came, of a path.
fn split(path: &str) -> (&str, Option<&str>) {
    let path = path.strip_prefix('/').unwrap_or(path);
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    (bucket, (!key.is_empty()).then_some(key))
}

fn log(service: &S3, door: &CoreDoor, answered: &Answered<'_>, bucket: &str, line: &Line<'_>) {
    if names::check_existing(bucket).is_err() {
        return;
    }
    let facts = match behind(service, &door.read(), bucket, answered.call.region.as_str()) {
        Ok(Some(facts)) => facts,
        Ok(None) => return,
        Err(error) => return tracing::warn!(%error, bucket, "a request could not be logged"),
    };
    if let Some(logging) = &facts.logging {
        service.logs.add(&facts, logging, answered.call.now_ms, &write(&facts, answered, line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_bucket_and_key() {
        assert_eq!(split("/b/k/l"), ("b", Some("k/l")));
        assert_eq!(split("b/k"), ("b", Some("k")));
        assert_eq!(split("/b/"), ("b", None));
        assert_eq!(split("/"), ("", None));
    }
}

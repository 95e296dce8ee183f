use kurodo_store::{KeyParser, Reader, Scan, after_prefix};

use super::{Known, MetricId, MetricName};
use crate::{Error, layout};

/// Seconds for which a metric is listed after it was put last.
///
/// Source: CloudWatch API Reference, ListMetrics.
pub(crate) const LISTED: i64 = 14 * 86_400;

/// A metric that there is.
pub(crate) struct Listed {
    pub(crate) namespace: String,
    pub(crate) metric: MetricName,
    pub(crate) seen: i64,
    /// Its key below all metrics of the region.
    pub(crate) key: Vec<u8>,
}

/// The metrics of a region, or of a namespace and of a name, after a key, as long as `take` says so.
pub(crate) fn list(
    reader: &Reader<'_>,
    (namespace, name): (Option<&str>, Option<&str>),
    after: Option<&[u8]>,
    mut take: impl FnMut(Listed) -> bool,
) -> Result<(), Error> {
    let within = namespace.map(|namespace| layout::within(namespace).to_vec()).unwrap_or_default();
    let mut cursor = reader.cursor(&Scan::within(&within))?;
    if let Some(next) = after.and_then(after_prefix) {
        cursor.seek(&next)?;
    }
    let mut last: Option<(String, String, MetricId, Listed)> = None;
    while let Some(record) = cursor.next().transpose()? {
        let mut parser = KeyParser::new(&record.key);
        let space = parser.text().map_err(|_| Error::Damaged("a namespace"))?.into_owned();
        let whole = layout::within(&space);
        let key = record.key.get(whole.len()..).unwrap_or_default();
        let prefix = name.map_or_else(layout::names, layout::named);
        if !key.starts_with(&prefix) {
            // Metrics are in one place of a namespace: go there, or to the next namespace.
            let next = if *key < *prefix { Some([&*whole, &*prefix].concat()) } else { after_prefix(&whole) };
            match next {
                Some(next) => cursor.seek(&next)?,
                None => break,
            }
            continue;
        }
        let (name, id, _) = layout::parse_metric(key).ok_or(Error::Damaged("the key of a metric"))?;
        let known: Known = serde_json::from_slice(&record.value).map_err(|_| Error::Damaged("a metric"))?;
        match &mut last {
            // The same with another unit.
            Some((a, b, c, listed)) if *a == space && *b == name && *c == id => {
                listed.seen = listed.seen.max(known.seen);
                listed.key = record.key.to_vec();
            }
            _ => {
                let metric = MetricName { name: name.clone(), dimensions: known.dimensions };
                let (namespace, key) = (space.clone(), record.key.to_vec());
                let listed = Listed { namespace, metric, seen: known.seen, key };
                if let Some((.., before)) = last.replace((space, name, id, listed))
                    && !take(before)
                {
                    return Ok(());
                }
            }
        }
    }
    if let Some((.., listed)) = last {
        take(listed);
    }
    Ok(())
}

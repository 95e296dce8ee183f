use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::model::{Dimension, Metric, StandardUnit};

/// What a metric is known by within its namespace.
pub(crate) type MetricId = [u8; 16];

/// A metric within its namespace: its name, and its dimensions in order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct MetricName {
    pub(crate) name: String,
    pub(crate) dimensions: Vec<(String, String)>,
}

impl MetricName {
    /// The metric of this name and these dimensions.
    pub(crate) fn new(name: &str, dimensions: Option<&[Dimension]>) -> Self {
        let given = dimensions.unwrap_or_default().iter();
        let mut dimensions: Vec<_> = given.map(|one| (one.name.clone(), one.value.clone())).collect();
        dimensions.sort();
        Self { name: name.to_owned(), dimensions }
    }

    /// What it is known by.
    pub(crate) fn id(&self) -> MetricId {
        let mut hash = Context::new(&SHA256);
        let parts = self.dimensions.iter().flat_map(|(name, value)| [name, value]);
        for part in std::iter::once(&self.name).chain(parts) {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut id = MetricId::default();
        id.iter_mut().zip(hash.finish().as_ref()).for_each(|(to, from)| *to = *from);
        id
    }

    /// As answers have it.
    pub(crate) fn view(&self, namespace: &str) -> Metric {
        let dimensions = self.dimensions.iter();
        let dimensions =
            dimensions.map(|(name, value)| Dimension { name: name.clone(), value: value.clone() });
        Metric {
            namespace: Some(namespace.to_owned()),
            metric_name: Some(self.name.clone()),
            dimensions: Some(dimensions.collect()),
        }
    }
}

/// That there is a metric.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Known {
    pub(crate) dimensions: Vec<(String, String)>,
    /// When it was last put, in seconds since 1970, within [`Known::STALE`].
    pub(crate) seen: i64,
}

impl Known {
    /// How far `seen` may be behind, in seconds.
    pub(crate) const STALE: i64 = 600;
}

/// A unit's mark in keys.
pub(crate) fn unit_number(unit: StandardUnit) -> u8 {
    let at = StandardUnit::ALL.iter().position(|one| *one == unit);
    at.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}

/// The unit of a mark.
pub(crate) fn unit_of(number: u8) -> Option<StandardUnit> {
    StandardUnit::ALL.get(usize::from(number)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dimension(name: &str, value: &str) -> Dimension {
        Dimension { name: name.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn the_order_of_dimensions_does_not_matter_and_their_bounds_do() {
        let id = |dimensions: &[Dimension]| MetricName::new("m", Some(dimensions)).id();
        let (a, b) = (|| dimension("a", "1"), || dimension("b", "2"));
        assert_eq!(id(&[a(), b()]), id(&[b(), a()]));
        assert_ne!(id(&[a()]), id(&[a(), b()]));
        assert_ne!(id(&[dimension("a", "1b")]), id(&[dimension("a1", "b")]));
        assert_ne!(id(&[]), MetricName::new("n", None).id());
    }

    #[test]
    fn units_have_marks() {
        for unit in StandardUnit::ALL {
            assert_eq!(unit_of(unit_number(*unit)), Some(*unit));
        }
    }
}

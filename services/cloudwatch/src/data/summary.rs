use super::codec::{Reader, Writer};

/// How many different values a bucket keeps. Beyond that, values that are near each other count as one.
const MOST: usize = 200;
/// How many a period keeps while it is added up.
pub(super) const MOST_IN_MEMORY: usize = 4000;
/// By how much values that count as one differ from what they count as, at first; doubled until there is room.
const NEAR: f64 = 0.0025;

/// What some samples add up to: count, sum and bounds exactly, and how often which value came.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// How many samples.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// The least.
    pub minimum: f64,
    /// The greatest.
    pub maximum: f64,
    /// Values and how often each came, in order; `None` where only sums of samples were put.
    values: Option<Vec<(f64, f64)>>,
}

impl Summary {
    /// A value that came so many times.
    pub fn value(value: f64, count: f64) -> Self {
        let sum = value * count;
        Self { count, sum, minimum: value, maximum: value, values: Some(vec![(value, count)]) }
    }

    /// Samples of which only this is known. A single one, or all of one value, tell their values.
    ///
    /// Source: CloudWatch User Guide, "Percentiles".
    pub fn set(count: f64, sum: f64, minimum: f64, maximum: f64) -> Self {
        let known = count == 1.0 || minimum.total_cmp(&maximum).is_eq();
        Self { count, sum, minimum, maximum, values: known.then(|| vec![(minimum, count)]) }
    }

    /// The same samples, of which it is known about how often which value came.
    pub(crate) fn with_values(mut self, values: impl Iterator<Item = (f64, f64)>) -> Self {
        let values = values.map(|(value, count)| (value.clamp(self.minimum, self.maximum), count));
        self.values = Some(self.settle(values.collect(), MOST));
        self
    }

    /// Adds other samples.
    pub fn merge(&mut self, other: &Self) {
        self.merge_within(other, MOST);
    }

    pub(super) fn merge_within(&mut self, other: &Self, most: usize) {
        self.count += other.count;
        self.sum += other.sum;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
        self.values = match (self.values.take(), &other.values) {
            (Some(mut values), Some(more)) => {
                values.extend_from_slice(more);
                Some(self.settle(values, most))
            }
            _ => None,
        };
    }

    /// Values and how often each came; `None` where that is not known.
    pub fn values(&self) -> Option<&[(f64, f64)]> {
        self.values.as_deref()
    }

    /// The same values, each once, and no more than there is room for.
    fn settle(&self, mut values: Vec<(f64, f64)>, most: usize) -> Vec<(f64, f64)> {
        coalesce(&mut values);
        let mut near = NEAR;
        while values.len() > most {
            for (value, _) in &mut values {
                *value = snap(*value, near).clamp(self.minimum, self.maximum);
            }
            coalesce(&mut values);
            near *= 2.0;
        }
        values
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.float(self.count).float(self.sum).float(self.minimum).float(self.maximum);
        let values = self.values.as_deref();
        out.byte(u8::from(values.is_some())).length(values.map_or(0, <[_]>::len));
        for (value, count) in values.unwrap_or_default() {
            out.float(*value).float(*count);
        }
    }

    pub(super) fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        let (count, sum) = (bytes.float()?, bytes.float()?);
        let (minimum, maximum) = (bytes.float()?, bytes.float()?);
        let known = bytes.byte()? == 1;
        let length = bytes.length(16)?;
        let mut values = Vec::with_capacity(length);
        for _ in 0..length {
            values.push((bytes.float()?, bytes.float()?));
        }
        Some(Self { count, sum, minimum, maximum, values: known.then_some(values) })
    }

    /// As a record has it.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        self.write(&mut out);
        out.0
    }

    /// From a record.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::read(&mut Reader(bytes))
    }
}

/// Sorts, and adds up what is the same.
fn coalesce(values: &mut Vec<(f64, f64)>) {
    values.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    values.dedup_by(|(value, count), (kept, kept_count)| {
        let same = value == kept;
        if same {
            *kept_count += *count;
        }
        same
    });
}

/// The value that stands for all within `near` of it, relative to its size.
fn snap(value: f64, near: f64) -> f64 {
    if value == 0.0 || !value.is_normal() {
        return 0.0;
    }
    let base = (1.0 + near) / (1.0 - near);
    let step = (value.abs().ln() / base.ln()).ceil();
    (2.0 * (step * base.ln()).exp() / (base + 1.0)).copysign(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Statistic;

    fn all(values: &[f64]) -> Summary {
        let (first, rest) = values.split_first().unwrap();
        rest.iter().fold(Summary::value(*first, 1.0), |mut sum, value| {
            sum.merge(&Summary::value(*value, 1.0));
            sum
        })
    }

    #[test]
    fn few_values_are_kept_as_they_are() {
        let summary = all(&[3.0, 1.0, 2.0, 1.0]);
        assert_eq!(summary.values().unwrap(), [(1.0, 2.0), (2.0, 1.0), (3.0, 1.0)]);
        assert_eq!((summary.count, summary.sum, summary.minimum, summary.maximum), (4.0, 7.0, 1.0, 3.0));
    }

    #[test]
    fn sets_hide_the_values_unless_there_is_one() {
        assert!(Summary::set(2.0, 5.0, 1.0, 4.0).values().is_none());
        assert_eq!(Summary::set(3.0, 6.0, 2.0, 2.0).values().unwrap(), [(2.0, 3.0)]);
        let mut mixed = Summary::value(1.0, 1.0);
        mixed.merge(&Summary::set(2.0, 5.0, 1.0, 4.0));
        assert!(mixed.values().is_none());
        assert_eq!(mixed.count, 3.0);
    }

    #[test]
    fn percentiles_of_many_values_are_near() {
        let values: Vec<f64> = (1..=10_000).map(f64::from).collect();
        let summary = all(&values);
        assert!(summary.values().unwrap().len() <= MOST);
        for percent in ["p1", "p50", "p90", "p99", "p99.9"] {
            let want = percent[1..].parse::<f64>().unwrap() * 100.0;
            let found = Statistic::parse(percent).unwrap().of(&summary).unwrap();
            assert!((found - want).abs() / want < 0.06, "{percent}: {found}");
        }
        assert_eq!((summary.count, summary.minimum, summary.maximum), (10_000.0, 1.0, 10_000.0));
    }

    proptest! {
        #[test]
        fn bytes_and_back(values in proptest::collection::vec(-1e9f64..1e9, 1..300)) {
            let summary = all(&values);
            prop_assert_eq!(Summary::from_bytes(&summary.to_bytes()), Some(summary));
        }

        #[test]
        fn snapping_is_near_and_stays(value in -1e300f64..1e300, near in prop_oneof![Just(0.0025), Just(0.01), Just(0.16)]) {
            prop_assume!(value.is_normal());
            let snapped = snap(value, near);
            prop_assert!((snapped - value).abs() <= value.abs() * near * 1.001);
            let again = snap(snapped, near);
            prop_assert!((again - snapped).abs() <= snapped.abs() * 1e-9);
        }

        #[test]
        fn any_bytes_are_read_or_not(bytes: Vec<u8>) {
            _ = Summary::from_bytes(&bytes);
        }

        #[test]
        fn order_of_merging_does_not_matter(a in proptest::collection::vec(0f64..1e3, 1..40), b in proptest::collection::vec(0f64..1e3, 1..40)) {
            let (mut one, mut two) = (all(&a), all(&b));
            let (old_one, old_two) = (one.clone(), two.clone());
            one.merge(&old_two);
            two.merge(&old_one);
            prop_assert_eq!(one.values(), two.values());
        }
    }
}

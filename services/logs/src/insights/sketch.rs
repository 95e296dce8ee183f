//! Percentiles and counts of distinct values in bounded memory: exact for few values, near for many.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

/// So many values are kept as they are.
const EXACT: usize = 4096;
/// The ratio between the bounds of a bin: within half a percent of each other.
const RATIO: f64 = 1.01;

/// Values whose percentiles are asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Percentiles {
    exact: Vec<f64>,
    /// How many values are in which bin, once there are many. Bins of negative values are negative, and sort so.
    bins: BTreeMap<(i8, i32), u64>,
    count: u64,
}

impl Percentiles {
    pub(super) fn add(&mut self, value: f64) {
        self.count += 1;
        if self.bins.is_empty() && self.exact.len() < EXACT {
            self.exact.push(value);
            return;
        }
        for value in std::mem::take(&mut self.exact) {
            *self.bins.entry(bin(value)).or_default() += 1;
        }
        *self.bins.entry(bin(value)).or_default() += 1;
    }

    /// What they take, in bytes.
    pub(super) fn weight(&self) -> usize {
        8 * self.exact.len() + 40 * self.bins.len()
    }

    /// The value that this part of all values, from 0 to 100, is not above.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "ranks are between 1 and the count"
    )]
    pub(super) fn at(&self, percent: f64) -> Option<f64> {
        let rank = ((percent / 100.0 * self.count as f64).ceil() as u64).clamp(1, self.count.max(1));
        if self.bins.is_empty() {
            let mut sorted = self.exact.clone();
            sorted.sort_by(f64::total_cmp);
            return sorted.get(usize::try_from(rank - 1).ok()?).copied();
        }
        let mut seen = 0;
        let found = self.bins.iter().find(|(_, count)| {
            seen += **count;
            seen >= rank
        });
        found.map(|(bin, _)| middle(*bin))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "logarithms of floats are small")]
fn bin(value: f64) -> (i8, i32) {
    if value == 0.0 {
        return (0, 0);
    }
    let power = value.abs().log(RATIO).floor() as i32;
    if value > 0.0 { (1, power) } else { (-1, -power) }
}

fn middle((sign, power): (i8, i32)) -> f64 {
    let sign = f64::from(sign);
    sign * RATIO.powf(sign * f64::from(power) + 0.5)
}

/// Values whose number is asked for, but for repetitions. The least of their hashes tell how many there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Distinct(BTreeSet<u64>);

impl Distinct {
    /// What they take, in bytes.
    pub(super) fn weight(&self) -> usize {
        16 * self.0.len()
    }

    pub(super) fn add(&mut self, value: &str) {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        self.0.insert(hasher.finish());
        if self.0.len() > EXACT {
            self.0.pop_last();
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub(super) fn count(&self) -> f64 {
        match self.0.last() {
            Some(last) if self.0.len() >= EXACT => {
                ((EXACT - 1) as f64 / (*last as f64 / u64::MAX as f64)).round()
            }
            _ => self.0.len() as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_exact_and_many_are_near() {
        for (many, slack) in [(1000, 0.0), (100_000, 0.02)] {
            let (mut percentiles, mut distinct) = (Percentiles::default(), Distinct::default());
            for value in 1..=many {
                percentiles.add(f64::from(value));
                distinct.add(&value.to_string());
                distinct.add(&value.to_string());
            }
            for percent in [1.0, 50.0, 99.0] {
                let (found, wanted) = (percentiles.at(percent).unwrap(), percent / 100.0 * f64::from(many));
                assert!((found - wanted).abs() <= slack * wanted, "{percent}: {found}");
            }
            assert!((distinct.count() - f64::from(many)).abs() <= 3.0 * slack * f64::from(many));
        }
        let mut mixed = Percentiles::default();
        (0..10_000).for_each(|value| mixed.add(f64::from(value - 5000)));
        assert!((mixed.at(10.0).unwrap() + 4000.0).abs() < 50.0);
        assert_eq!(Percentiles::default().at(50.0), None);
    }
}

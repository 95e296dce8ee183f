use super::tally::Spread;
use crate::Summary;

/// Bits of a number's fraction that are told apart: latencies that differ by less than three percent may count as one.
const BITS: u32 = 4;
const SHIFT: u32 = f64::MANTISSA_DIGITS - 1 - BITS;

/// Count, sum and bounds of latencies, and about how often which one came, so that they have percentiles.
#[derive(Debug, Clone, Default)]
pub(super) struct Latencies {
    spread: Spread,
    /// Steps, sixteen from a latency to its double, and how often each came; in order, since they are the beginnings of
    /// positive numbers.
    steps: Vec<(u16, u32)>,
}

impl Latencies {
    /// One more, in milliseconds.
    pub(super) fn note(&mut self, milliseconds: f64) {
        self.spread.add(&Spread::of(milliseconds));
        self.put(step(milliseconds), 1);
    }

    fn put(&mut self, step: u16, count: u32) {
        match self.steps.binary_search_by_key(&step, |(step, _)| *step) {
            Ok(at) => {
                if let Some((_, all)) = self.steps.get_mut(at) {
                    *all = all.saturating_add(count);
                }
            }
            Err(at) => self.steps.insert(at, (step, count)),
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.spread.add(&other.spread);
        for (step, count) in &other.steps {
            self.put(*step, *count);
        }
    }

    /// How many.
    pub(super) fn count(&self) -> f64 {
        self.spread.count()
    }

    /// As a metric has them; nothing of none.
    pub(super) fn samples(&self) -> Option<Summary> {
        let values = self.steps.iter().map(|(step, count)| (middle(*step), f64::from(*count)));
        self.spread.samples().map(|samples| samples.with_values(values))
    }
}

/// The step that a latency belongs to.
fn step(milliseconds: f64) -> u16 {
    u16::try_from(milliseconds.abs().to_bits() >> SHIFT).unwrap_or(u16::MAX)
}

/// The latency that stands for those of a step.
fn middle(step: u16) -> f64 {
    f64::from_bits((u64::from(step) << SHIFT) | (1 << (SHIFT - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Statistic;

    fn of(all: impl IntoIterator<Item = f64>) -> Latencies {
        let mut latencies = Latencies::default();
        all.into_iter().for_each(|one| latencies.note(one));
        latencies
    }

    #[test]
    fn a_step_stands_for_what_is_near_it() {
        for at in 0..10_000 {
            let milliseconds = 0.001 * 1.002_f64.powi(at);
            let near = middle(step(milliseconds));
            assert!((near / milliseconds - 1.0).abs() <= 1.0 / 32.0, "{milliseconds} is {near}");
        }
    }

    #[test]
    fn percentiles_are_near_and_bounds_exact() {
        let samples = of((1..=1000).rev().map(f64::from)).samples().unwrap();
        assert_eq!(
            (samples.count, samples.sum, samples.minimum, samples.maximum),
            (1000.0, 500_500.0, 1.0, 1000.0)
        );
        for percent in [1.0, 50.0, 90.0, 99.0, 99.9] {
            let found = Statistic::Percentile(percent).of(&samples).unwrap();
            assert!((found / (percent * 10.0) - 1.0).abs() < 0.035, "p{percent} is {found}");
        }
        let one = of([7.3]).samples().unwrap();
        assert_eq!(Statistic::Percentile(50.0).of(&one), Some(7.3), "no further than the bounds");
        assert_eq!(of([]).samples(), None);
    }

    #[test]
    fn those_of_all_threads_add_up() {
        let (mut few, more) = (of([5.0, 1.0]), of([1.0, 900.0, 5.0]));
        few.add(&more);
        assert_eq!(few.samples(), of([1.0, 1.0, 5.0, 5.0, 900.0]).samples());
        assert_eq!((few.count(), few.steps.len()), (5.0, 3));
    }
}

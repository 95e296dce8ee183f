use std::collections::BTreeMap;
use std::ops::Range;

/// Blocks that this process added to the file and has not written: the only ones that read as zeros. A block that
/// some earlier process left unwritten, or that someone zeroed on disk, is not among them and does not open.
#[derive(Debug, Default)]
pub(super) struct Fresh(BTreeMap<u64, u64>);

impl Fresh {
    pub(super) fn grow(&mut self, blocks: Range<u64>) {
        if !blocks.is_empty() {
            self.0.insert(blocks.start, blocks.end);
        }
    }

    /// Forgets everything from this block on.
    pub(super) fn cut(&mut self, from: u64) {
        self.0.split_off(&from);
        if let Some(mut last) = self.0.last_entry() {
            let end = (*last.get()).min(from);
            last.insert(end);
        }
    }

    pub(super) fn contains(&self, block: u64) -> bool {
        self.range_with(block).is_some()
    }

    pub(super) fn written(&mut self, block: u64) {
        let Some((start, end)) = self.range_with(block) else { return };
        self.0.remove(&start);
        self.grow(start..block);
        self.grow(block + 1..end);
    }

    fn range_with(&self, block: u64) -> Option<(u64, u64)> {
        let (start, end) = self.0.range(..=block).next_back()?;
        (block < *end).then_some((*start, *end))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Resize(u64),
        Write(u64),
    }

    proptest! {
        #[test]
        fn behaves_like_a_set(steps in proptest::collection::vec(
            prop_oneof![(0..40u64).prop_map(Step::Resize), (0..40u64).prop_map(Step::Write)], 1..80)) {
            let (mut fresh, mut model, mut len) = (Fresh::default(), BTreeSet::new(), 0);
            for step in steps {
                match step {
                    Step::Resize(to) => {
                        fresh.cut(to);
                        model.retain(|block| *block < to);
                        fresh.grow(len..to);
                        model.extend(len..to);
                        len = to;
                    }
                    Step::Write(block) => {
                        fresh.written(block);
                        model.remove(&block);
                    }
                }
                for block in 0..45 {
                    prop_assert_eq!(fresh.contains(block), model.contains(&block), "block {}", block);
                }
            }
        }
    }
}

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Write(usize, Vec<u8>),
    Read(usize, usize),
    Resize(usize),
    Sync,
    Group(bool),
    Reopen,
}

const MOST: usize = 12 * 4096;

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..MOST, proptest::collection::vec(any::<u8>(), 0..3 * 4096)).prop_map(|(at, data)| Step::Write(at, data)),
        2 => (0..12usize, 1..4usize, any::<u8>()).prop_map(|(at, count, byte)| Step::Write(at * 4096, vec![byte; count * 4096])),
        3 => (0..MOST, 0..MOST).prop_map(|(at, length)| Step::Read(at, length)),
        2 => (1..12usize).prop_map(|blocks| Step::Resize(blocks * 4096)),
        1 => Just(Step::Sync),
        1 => any::<bool>().prop_map(Step::Group),
        1 => Just(Step::Reopen),
    ]
}

/// The file of pages beside a plain vector. Blocks that were never written are given zeros before the file is
/// reopened, for only the process that added them may read them as zeros.
struct Both {
    disk: StandIn,
    pages: Pages,
    model: Vec<u8>,
    unwritten: Vec<bool>,
}

impl Both {
    fn run(&mut self, step: Step) {
        match step {
            Step::Write(at, data) if at + data.len() <= self.model.len() => {
                self.pages.write(at as u64, &data).unwrap();
                self.model[at..at + data.len()].copy_from_slice(&data);
                if !data.is_empty() {
                    self.unwritten[at / 4096..(at + data.len()).div_ceil(4096)].fill(false);
                }
            }
            Step::Write(at, data) => assert!(self.pages.write(at as u64, &data).is_err()),
            Step::Read(at, length) => {
                let mut out = vec![1; length];
                match self.model.get(at..at + length) {
                    Some(expected) => {
                        self.pages.read(at as u64, &mut out).unwrap();
                        assert!(out == expected);
                    }
                    None => assert!(self.pages.read(at as u64, &mut out).is_err()),
                }
            }
            Step::Resize(len) => {
                self.pages.set_len(len as u64).unwrap();
                self.model.resize(len, 0);
                self.unwritten.resize(len / 4096, true);
            }
            Step::Sync => self.pages.sync().unwrap(),
            Step::Group(true) => self.pages.begin_group(),
            Step::Group(false) => self.pages.end_group().unwrap(),
            Step::Reopen => self.reopen(),
        }
    }

    fn reopen(&mut self) {
        for (block, unwritten) in self.unwritten.iter_mut().enumerate() {
            if std::mem::take(unwritten) {
                self.pages.write(block as u64 * 4096, &[0; 4096]).unwrap();
            }
        }
        self.pages.end_group().unwrap();
        self.pages.close().unwrap();
        self.pages = open(&self.disk);
        let mut all = vec![0; self.model.len()];
        self.pages.read(0, &mut all).unwrap();
        assert!(all == self.model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn behaves_like_a_vector(steps in proptest::collection::vec(step(), 1..60)) {
        let disk = StandIn::default();
        let mut both = Both { pages: create(&disk), disk, model: Vec::new(), unwritten: Vec::new() };
        for step in steps {
            both.run(step);
        }
    }
}

#[test]
fn threads_that_write_parts_of_one_block_lose_nothing() {
    let pages = create(&StandIn::default());
    pages.set_len(2 * 4096).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8u64 {
            let pages = &pages;
            scope.spawn(move || {
                for at in 0..64 {
                    pages.write(4096 + thread * 64 + at, &[thread as u8 + 1]).unwrap();
                    let mut part = [0; 64];
                    pages.read(4096 + thread * 64, &mut part).unwrap();
                    assert!(part[..=at as usize].iter().all(|byte| *byte == thread as u8 + 1));
                }
            });
        }
    });
}

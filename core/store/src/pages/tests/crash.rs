use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::stand_in::{Dice, rng};
use super::*;
use crate::pages::PageError;

const BLOCKS: u64 = 20;

/// What a user with redb's discipline has on disk: blocks that the last two durable states need are never
/// overwritten. The header says which state it is, and each block of a state holds the state's number.
struct User {
    pages: Pages,
    /// For each state that was begun: the blocks it needs, and the state that wrote each.
    states: Vec<BTreeMap<u64, u8>>,
    durable: usize,
}

impl User {
    fn start(disk: &StandIn) -> Self {
        let pages = create(disk);
        pages.set_len(BLOCKS * 4096).unwrap();
        pages.write(0, &[0]).unwrap();
        pages.sync().unwrap();
        Self { pages, states: vec![BTreeMap::new()], durable: 0 }
    }

    /// Writes a new state in redb's way: blocks and header, flush, header, flush.
    fn commit(&mut self, dice: &mut Dice) -> Result<(), PageError> {
        let number = self.states.len();
        if dice.below(4) > 0 {
            self.pages.begin_group();
        }
        let mut next = self.states[self.durable].clone();
        let needed: BTreeSet<_> = next.keys().copied().collect();
        next.retain(|_, _| dice.below(4) > 0);
        for _ in 0..dice.below(12) {
            let block = 1 + dice.below(BLOCKS - 1);
            if !needed.contains(&block) {
                self.pages.write(block * 4096, &block_of(number))?;
                // Some are written and then not used, as by a transaction that frees what it took.
                if dice.random_bool() {
                    next.insert(block, number as u8);
                }
            }
        }
        next.retain(|block, state| needed.contains(block) || usize::from(*state) == number);
        self.states.push(next);
        self.pages.write(1, &[number as u8])?;
        self.pages.sync()?;
        self.pages.write(0, &[number as u8])?;
        self.pages.sync()?;
        self.pages.end_group()?;
        self.durable = number;
        Ok(())
    }
}

fn block_of(state: usize) -> Vec<u8> {
    block(state as u8)
}

/// The state that the header names must be whole.
fn check(pages: &Pages, user: &User) -> usize {
    let mut number = [0];
    pages.read(0, &mut number).unwrap();
    let state = usize::from(number[0]);
    for (at, writer) in &user.states[state] {
        let mut found = block(0);
        pages.read(at * 4096, &mut found).unwrap();
        assert!(found == block(*writer), "block {at} of state {state}");
    }
    state
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn a_power_cut_leaves_a_whole_state(commits in 0..6, operations in 1..30u64, seed: u64) {
        let (disk, mut dice) = (StandIn::default(), rng(seed));
        let mut user = User::start(&disk);
        for _ in 0..commits {
            user.commit(&mut dice).unwrap();
        }
        disk.cut_power_after(operations);
        while user.commit(&mut dice).is_ok() {}
        for cut in 0..8 {
            let after = disk.after_power_cut(seed ^ cut);
            let state = check(&open(&after), &user);
            prop_assert!(state == user.durable || state == user.durable + 1, "{} of {}", state, user.durable);
            // And it stays, whatever is written to blocks that it does not need.
            let pages = open(&after);
            for at in (1..BLOCKS).filter(|at| !user.states[state].contains_key(at)) {
                pages.write(at * 4096, &block(99)).unwrap();
            }
            let again = after.after_power_cut(seed ^ cut ^ 64);
            prop_assert_eq!(check(&open(&again), &user), state);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// A killed process leaves writes that the system holds and the disk does not; the next process builds on
    /// them, and then the power goes.
    #[test]
    fn a_killed_process_and_then_a_power_cut(first in 1..40u64, second in 1..30u64, seed: u64) {
        let (disk, mut dice) = (StandIn::default(), rng(seed));
        let mut user = User::start(&disk);
        disk.cut_power_after(first);
        while user.commit(&mut dice).is_ok() {}
        disk.restore_power();
        user.pages = open(&disk);
        user.durable = check(&user.pages, &user);
        user.states.truncate(user.durable + 1);
        disk.cut_power_after(second);
        while user.commit(&mut dice).is_ok() {}
        for cut in 0..8 {
            let state = check(&open(&disk.after_power_cut(seed ^ cut)), &user);
            prop_assert!(state == user.durable || state == user.durable + 1, "{} of {}", state, user.durable);
        }
    }
}

#[test]
fn a_group_takes_one_flush() {
    let disk = StandIn::default();
    let pages = create(&disk);
    pages.set_len(4 * 4096).unwrap();
    let before = disk.flushes();
    pages.begin_group();
    pages.write(4096, &block(1)).unwrap();
    pages.sync().unwrap();
    assert_eq!(disk.flushes(), before, "the first of two flushes waits");
    pages.write(0, &[1]).unwrap();
    pages.sync().unwrap();
    pages.end_group().unwrap();
    assert_eq!(disk.flushes(), before + 1);
}

#[test]
fn a_group_that_never_flushed_is_flushed_at_its_end() {
    let disk = StandIn::default();
    let pages = create(&disk);
    pages.set_len(4 * 4096).unwrap();
    pages.begin_group();
    pages.write(0, &[5]).unwrap();
    pages.write(4096, &block(6)).unwrap();
    pages.sync().unwrap();
    pages.end_group().unwrap();
    let pages = open(&disk.after_power_cut(3));
    let mut found = [0; 4097];
    pages.read(0, &mut found).unwrap();
    assert_eq!((found[0], found[4096]), (5, 6));
}

#[test]
fn a_commit_too_large_for_its_list_still_counts() {
    let disk = StandIn::default();
    let pages = create(&disk);
    let blocks = crate::pages::header::MOST_LISTED as u64 + 100;
    pages.set_len(blocks * 4096).unwrap();
    pages.begin_group();
    for at in 1..blocks {
        pages.write(at * 4096, &block(3)).unwrap();
    }
    pages.write(0, &[1]).unwrap();
    pages.sync().unwrap();
    pages.write(0, &[2]).unwrap();
    pages.sync().unwrap();
    pages.end_group().unwrap();
    let pages = open(&disk.after_power_cut(4));
    let mut found = block(0);
    pages.read((blocks - 1) * 4096, &mut found).unwrap();
    assert!(found == block(3));
    pages.read(0, &mut found[..1]).unwrap();
    assert_eq!(found[0], 2);
}

#[test]
fn cutting_the_file_keeps_the_last_state() {
    let disk = StandIn::default();
    let pages = create(&disk);
    pages.set_len(8 * 4096).unwrap();
    pages.write(4096, &block(1)).unwrap();
    pages.write(7 * 4096, &block(2)).unwrap();
    pages.write(0, &[1]).unwrap();
    pages.sync().unwrap();
    pages.set_len(2 * 4096).unwrap();
    for seed in 0..10 {
        let pages = open(&disk.after_power_cut(seed));
        let mut found = block(0);
        pages.read(4096, &mut found).unwrap();
        assert!(found == block(1));
        pages.read(0, &mut found[..1]).unwrap();
        assert_eq!(found[0], 1);
    }
}

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Wrong one-time codes of one device that are looked at within a period; past them, every code is wrong. Six
/// digits would else be guessed in minutes.
const MOST: u32 = 10;
/// How long a period is, in seconds.
const PERIOD: i64 = 300;

/// How often codes were guessed, by the serial number of the device.
#[derive(Default)]
pub(super) struct Guesses(Mutex<HashMap<String, Period>>);

struct Period {
    since: i64,
    guesses: u32,
}

impl Guesses {
    /// Counts a guess as wrong until [`Guesses::right`] says otherwise; whether it may be looked at.
    pub(super) fn admit(&self, serial: &str, now: i64) -> bool {
        let mut periods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let period = periods.entry(serial.to_owned()).or_insert(Period { since: now, guesses: 0 });
        if now.saturating_sub(period.since) >= PERIOD {
            *period = Period { since: now, guesses: 0 };
        }
        period.guesses = period.guesses.saturating_add(1);
        period.guesses <= MOST
    }

    /// The last guess was right.
    pub(super) fn right(&self, serial: &str) {
        let mut periods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(period) = periods.get_mut(serial) {
            period.guesses = period.guesses.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_wrong_codes_are_looked_at_in_five_minutes() {
        let guesses = Guesses::default();
        assert!((0..10).all(|second| guesses.admit("a", second)));
        assert!(!guesses.admit("a", 299), "not even when it is right");
        assert!(guesses.admit("b", 299), "another device");
        assert!(guesses.admit("a", 300));
    }

    #[test]
    fn right_codes_do_not_count() {
        let guesses = Guesses::default();
        for second in 0..100 {
            assert!(guesses.admit("a", second));
            guesses.right("a");
        }
    }
}

//! The state that follows from data, of which some may be missing.
//!
//! Source: CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data".

use super::State;

/// How an alarm treats missing data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// `missing`: where all are, nothing is known.
    Missing,
    /// `ignore`: the state stays.
    Ignore,
    /// `breaching`: as if they were beyond the threshold.
    Breaching,
    /// `notBreaching`: as if they were not.
    NotBreaching,
}

impl Missing {
    /// The treatment of this name; `missing` where there is none.
    pub fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None | Some("missing") => Some(Self::Missing),
            Some("ignore") => Some(Self::Ignore),
            Some("breaching") => Some(Self::Breaching),
            Some("notBreaching") => Some(Self::NotBreaching),
            Some(_) => None,
        }
    }
}

/// What follows from data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The state; `None` where it stays as it is.
    pub state: Option<State>,
    /// How many missing data were treated as something.
    pub filled: usize,
}

/// The state that follows from whether data were beyond the threshold, the oldest first; there may be more than are
/// evaluated, so that the newer ones that are there stand for those that are missing. `most` are evaluated; so many of
/// them as `enough` make an alarm.
pub fn decide(data: &[Option<bool>], most: usize, enough: usize, missing: Missing) -> Decision {
    let there = data.iter().rev().enumerate().filter_map(|(age, breaches)| Some((age, (*breaches)?)));
    let there: Vec<(usize, bool)> = there.take(most).collect();
    let breaching = there.iter().filter(|(_, breaches)| *breaches).count();
    let filled = most.saturating_sub(there.len());
    let alarm = |is: bool| Some(if is { State::Alarm } else { State::Ok });
    let state = match missing {
        _ if breaching >= enough => Some(State::Alarm),
        Missing::Breaching => alarm(breaching + filled >= enough),
        Missing::NotBreaching => Some(State::Ok),
        _ if filled == 0 || breaching < there.len() => Some(State::Ok),
        Missing::Ignore => None,
        Missing::Missing if there.is_empty() => Some(State::InsufficientData),
        // All that is there is beyond the threshold; it alarms once the oldest is as old as would be enough.
        Missing::Missing => {
            let oldest = there.last().map_or(0, |(age, _)| age + 1);
            (oldest >= enough).then_some(State::Alarm)
        }
    };
    Decision { state, filled }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `X` is beyond the threshold, `0` is not, `-` is missing; the newest comes last.
    fn states(data: &str, enough: usize) -> [Option<State>; 4] {
        let data: Vec<Option<bool>> = data
            .split(' ')
            .map(|one| match one {
                "X" => Some(true),
                "0" => Some(false),
                _ => None,
            })
            .collect();
        [Missing::Missing, Missing::Ignore, Missing::Breaching, Missing::NotBreaching]
            .map(|missing| decide(&data, 3, enough, missing).state)
    }

    const A: Option<State> = Some(State::Alarm);
    const O: Option<State> = Some(State::Ok);
    const I: Option<State> = Some(State::InsufficientData);
    const STAY: Option<State> = None;

    #[test]
    fn three_of_three_as_in_the_user_guide() {
        assert_eq!(states("0 - X - X", 3), [O, O, O, O]);
        assert_eq!(states("0 - - - -", 3), [O, O, O, O]);
        assert_eq!(states("- - - - -", 3), [I, STAY, A, O]);
        assert_eq!(states("0 X X - X", 3), [A, A, A, A]);
        assert_eq!(states("- - X - -", 3), [A, STAY, A, O]);
    }

    #[test]
    fn two_of_three_as_in_the_user_guide() {
        assert_eq!(states("0 - X - X", 2), [A, A, A, A]);
        assert_eq!(states("0 0 X 0 X", 2), [A, A, A, A]);
        assert_eq!(states("0 - X - -", 2), [O, O, A, O]);
        assert_eq!(states("- - - - 0", 2), [O, O, A, O]);
        assert_eq!(states("- - - X -", 2), [A, STAY, A, O]);
    }

    #[test]
    fn a_single_young_datum_does_not_alarm_too_early() {
        assert_eq!(states("- - - - X", 3), [STAY, STAY, A, O]);
    }
}

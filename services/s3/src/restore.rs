//! How long restoring an archived object takes.
//!
//! Source: S3 User Guide, "Understanding archive retrieval options".

use crate::records::{Class, Speed};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// How long restorations take: as AWS says, or as the operator does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Restorations {
    /// The seconds that each takes, whatever its class and tier; AWS's times where there are none.
    pub seconds: Option<u32>,
}

impl Restorations {
    /// The milliseconds that one takes: the longest that AWS names for the usual case. `None` where the class is not
    /// restored at this speed.
    pub(crate) fn ms(self, class: Class, speed: Speed) -> Option<i64> {
        let usual = match (class, speed) {
            (Class::Glacier, Speed::Expedited) => 5 * MINUTE,
            (Class::Glacier, Speed::Standard) => 5 * HOUR,
            (Class::Glacier, Speed::Bulk) | (Class::DeepArchive, Speed::Standard) => 12 * HOUR,
            (Class::DeepArchive, Speed::Bulk) => 48 * HOUR,
            _ => return None,
        };
        Some(1000 * self.seconds.map_or(usual, i64::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_awss_unless_the_operator_says_others() {
        let usual = Restorations::default();
        assert_eq!(usual.ms(Class::Glacier, Speed::Standard), Some(18_000_000));
        assert_eq!(usual.ms(Class::DeepArchive, Speed::Expedited), None);
        assert_eq!(usual.ms(Class::StandardIa, Speed::Bulk), None);
        let short = Restorations { seconds: Some(2) };
        assert_eq!(short.ms(Class::DeepArchive, Speed::Bulk), Some(2000));
        assert_eq!(short.ms(Class::DeepArchive, Speed::Expedited), None);
    }
}

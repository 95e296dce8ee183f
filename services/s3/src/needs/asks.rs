use std::borrow::Cow;

use kurodo_authz::{Action, OneOf};
use kurodo_policy::Values;

use super::Need;
use crate::{
    records::{Lock, Mode},
    resources::Object,
};

/// A need, or a choice of two, to which condition keys can be added.
pub(super) trait Asks: Sized {
    /// Adds a key.
    fn key(self, name: impl Into<Cow<'static, str>>, values: impl Into<Values>) -> Self;

    /// Adds a key where there is a value.
    fn key_of(self, name: &'static str, value: Option<impl Into<Values>>) -> Self {
        match value {
            Some(value) => self.key(name, value),
            None => self,
        }
    }
}

impl<A: Action> Asks for Need<A> {
    fn key(self, name: impl Into<Cow<'static, str>>, values: impl Into<Values>) -> Self {
        self.with(name, values)
    }
}

impl<A: Action, B: Action> Asks for OneOf<Need<A>, Need<B>> {
    fn key(self, name: impl Into<Cow<'static, str>>, values: impl Into<Values>) -> Self {
        match self {
            Self::First(need) => Self::First(need.with(name, values)),
            Self::Second(need) => Self::Second(need.with(name, values)),
        }
    }
}

/// An action on an object; or, where the request names a version, another one on that.
pub(super) type Either<A, B> = OneOf<Need<A>, Need<B>>;

/// Whichever the request asks for.
pub(super) fn either<A, B>(object: Object) -> Either<A, B>
where
    A: Action<Resource = Object>,
    B: Action<Resource = Object>,
{
    match object.version() {
        None => OneOf::First(Need::new(object)),
        Some(_) => OneOf::Second(Need::new(object)),
    }
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// `s3:object-lock-*`: how a version is to be locked.
pub(super) fn with_lock<N: Asks>(need: N, lock: &Lock, now_ms: i64) -> N {
    let need = match lock.retention {
        None => need,
        Some(retention) => {
            let left = retention.until_ms.saturating_sub(now_ms).max(0);
            let days = left.div_euclid(DAY_MS) + i64::from(left.rem_euclid(DAY_MS) > 0);
            let mode = if retention.mode == Mode::Governance { "GOVERNANCE" } else { "COMPLIANCE" };
            need.key("s3:object-lock-mode", mode)
                .key("s3:object-lock-retain-until-date", Values::time(retention.until_ms))
                .key("s3:object-lock-remaining-retention-days", days)
        }
    };
    need.key_of("s3:object-lock-legal-hold", lock.hold.map(|on| if on { "ON" } else { "OFF" }))
}

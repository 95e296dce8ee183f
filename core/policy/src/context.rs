use std::{borrow::Cow, sync::Arc};

use crate::Values;

/// The request's condition keys and their values. Names are compared without regard to case, also in
/// the tag's part of names such as `aws:PrincipalTag/Dept`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition", "The request context".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    entries: Vec<(Cow<'static, str>, Values)>,
    /// What is shared with other contexts, below the keys of this one.
    base: Option<Arc<Self>>,
}

/// The keys that a context over another one usually gets.
const ROOM: usize = 14;

impl Context {
    pub(crate) const EMPTY: &'static Self = &Self { entries: Vec::new(), base: None };

    /// A context without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// A context without keys and with room for this many.
    pub fn with_capacity(keys: usize) -> Self {
        Self { entries: Vec::with_capacity(keys), base: None }
    }

    /// A context that has every key of `base`, without a copy, and may be given more; its own win.
    pub fn over(base: Arc<Self>) -> Self {
        Self { entries: Vec::with_capacity(ROOM), base: Some(base) }
    }

    /// Gives a key its values, in place of those it had.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, values: impl Into<Values>) {
        let name = name.into();
        let values = values.into();
        match self.entries.iter_mut().find(|(known, _)| same_name(known, &name)) {
            Some(entry) => entry.1 = values,
            None => self.entries.push((name, values)),
        }
    }

    /// The key's values, or `None` when the request does not have the key.
    pub fn get(&self, name: &str) -> Option<&Values> {
        let own = self.entries.iter().find(|(known, _)| same_name(known, name)).map(|(_, values)| values);
        own.or_else(|| self.base.as_deref()?.get(name))
    }

    /// Takes over every key of `other`; where both have a key, `other` wins.
    pub fn merge(&mut self, other: Self) {
        if let Some(base) = other.base {
            self.merge((*base).clone());
        }
        for (name, values) in other.entries {
            self.set(name, values);
        }
    }

    /// The keys as they were written, with their values.
    pub fn iter(&self) -> Box<dyn Iterator<Item = (&str, &Values)> + '_> {
        let own = self.entries.iter().map(|(name, values)| (name.as_ref(), values));
        let is_own = |name: &str| self.entries.iter().any(|(known, _)| same_name(known, name));
        match &self.base {
            Some(base) => Box::new(base.iter().filter(move |(name, _)| !is_own(name)).chain(own)),
            None => Box::new(own),
        }
    }
}

/// Whether two names of condition keys, or of tags in them, are the same to a policy. Whatever takes such names asks here,
/// or compares what [`fold`] makes of them: where two names are one to a policy and two to what keeps them, one hides the
/// other.
pub fn same_name(a: &str, b: &str) -> bool {
    let apart = a.bytes().zip(b.bytes()).find(|(a, b)| !a.eq_ignore_ascii_case(b));
    match apart {
        None => a.len() == b.len(),
        Some((a, b)) if a.is_ascii() && b.is_ascii() => false,
        // Signs outside of ASCII can have a small letter of ASCII: the Kelvin sign is a k.
        Some(_) => folded(a).eq(folded(b)),
    }
}

/// A name as names are compared: sign by sign, so that the place in a word changes nothing (a capital sigma at the end is
/// no final sigma).
pub fn fold(name: &str) -> String {
    folded(name).collect()
}

fn folded(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_lends_its_keys_and_own_ones_win() {
        let mut base = Context::new();
        base.set("aws:username", "ada");
        base.set("aws:SourceIp", "::1");
        let mut context = Context::over(Arc::new(base));
        context.set("AWS:sourceip", "::2");
        assert_eq!(context.get("aws:UserName"), Some(&Values::from("ada")));
        assert_eq!(context.get("aws:SourceIp"), Some(&Values::from("::2")));
        assert_eq!(context.iter().count(), 2);
        let mut merged = Context::new();
        merged.merge(context);
        assert_eq!(merged.get("aws:SourceIp"), Some(&Values::from("::2")));
    }

    #[test]
    fn names_ignore_case_and_later_values_win() {
        let mut context = Context::new();
        context.set("aws:PrincipalTag/Dept", "a");
        context.set("AWS:principaltag/DEPT", "b");
        assert_eq!(context.get("aws:principaltag/dept"), Some(&Values::from("b")));
        assert_eq!(context.iter().count(), 1);
        assert_eq!(context.get("aws:principaltag/depth"), None);
    }

    #[test]
    fn tag_names_outside_ascii_ignore_case_too() {
        let mut context = Context::new();
        context.set("aws:RequestTag/Größe", "1");
        assert!(context.get("aws:requesttag/GRÖßE").is_some());
        assert!(context.get("aws:requesttag/Grösse").is_none());
    }

    /// A name that lower-cases to ASCII is the same from both sides, and the end of a word is no other place.
    #[test]
    fn names_are_the_same_from_both_sides() {
        for (a, b) in [("task", "tas\u{212a}"), ("ΟΔΟΣ", "οδοσ"), ("GRÖßE", "größe")] {
            assert!(same_name(a, b) && same_name(b, a) && fold(a) == fold(b), "{a}");
            for (first, second) in [(a, b), (b, a)] {
                let mut context = Context::new();
                context.set(first.to_owned(), "1");
                assert!(context.get(second).is_some());
                context.set(second.to_owned(), "2");
                assert_eq!(context.iter().count(), 1);
            }
        }
        assert!(!same_name("οδος", "οδοσ"));
        assert!(
            !same_name("task", "tas")
                && !same_name("tas\u{212a}", "tas")
                && !same_name("a\u{212a}", "b\u{212a}")
        );
    }

    proptest::proptest! {
        /// The short way comes to what folding both comes to.
        #[test]
        fn names_are_the_same_where_they_fold_alike(a in "[aAkKßẞsσςΣ\u{212a}\u{130}i:/]{0,6}", b in "[aAkKßẞsσςΣ\u{212a}\u{130}i:/]{0,6}") {
            proptest::prop_assert_eq!(same_name(&a, &b), fold(&a) == fold(&b));
        }
    }

    #[test]
    fn merging_replaces_keys_of_the_same_name() {
        let mut left = Context::new();
        left.set("a:b", "1");
        left.set("a:c", "2");
        let mut right = Context::new();
        right.set("A:B", vec!["3".to_owned()]);
        left.merge(right);
        assert_eq!(left.get("a:b"), Some(&Values::Many(vec!["3".to_owned()])));
        assert_eq!(left.get("a:c").and_then(Values::single), Some("2"));
    }
}

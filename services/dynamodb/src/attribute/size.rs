//! What items count for: the limit of 400 KiB, pages, and capacity.
//!
//! Source: DynamoDB Developer Guide, "DynamoDB item sizes and formats".

use super::{Attribute, Item};

/// Bytes that a list or map takes beside what is in it.
const CONTAINER: usize = 3;

impl Attribute {
    /// The bytes that the value counts for.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::String(text) => text.len(),
            Self::Number(number) => number.size(),
            Self::Binary(bytes) => bytes.len(),
            Self::Bool(_) | Self::Null => 1,
            Self::Strings(texts) => texts.iter().map(String::len).sum(),
            Self::Numbers(numbers) => numbers.iter().map(|number| number.size()).sum(),
            Self::Binaries(all) => all.iter().map(bytes::Bytes::len).sum(),
            Self::List(items) => CONTAINER + items.iter().map(|item| 1 + item.size()).sum::<usize>(),
            Self::Map(pairs) => CONTAINER + pairs.len() + item_size(pairs),
        }
    }
}

/// The bytes that an item counts for.
pub(crate) fn item_size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value.size()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_aws() {
        let list = Attribute::List(vec![Attribute::Null, Attribute::String("abc".into())]);
        assert_eq!(list.size(), 3 + 2 + 4);
        let map = Attribute::Map(Item::from([("ab".into(), Attribute::Bool(true))]));
        assert_eq!(map.size(), 3 + 1 + 3);
        assert_eq!(item_size(&Item::from([("id".into(), Attribute::String("é".into()))])), 4);
    }
}

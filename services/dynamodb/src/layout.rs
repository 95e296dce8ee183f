//! Where each record of DynamoDB lies.
//!
//! | key | record |
//! |---|---|
//! | `20` account region name | the definition of a table |
//! | `21` table `i` hash key | an item |
//! | `21` table `x` index hash index key, key | an item's copy in an index |
//! | `21` table `t` account token | what a transaction with this token did |
//! | `21` table `u` time token | when that is forgotten |
//! | `21` table `h` | what of the past is kept |
//! | `21` table `m` backup | that a backup is of these items, as they were when this was written |
//! | `21` table `b` hash key time | what an item was, for backups |
//! | `21` table `j` day hash key time | what an item was, for recovery to a point in time |
//! | `21` table `p` | how far a restore is that fills the table |
//! | `21` table `p` index | how far an index is that is filled |
//! | `21` table `p` `i` | how far a table is whose items are stored anew |
//! | `21` table `p` backup | how far the deletion of what a backup kept is |
//! | `25` account region name id | a backup |
//! | `26` account region name id | an export |
//! | `27` account region name id | an import |
//! | `21` table `s` stream `r` place | what happened to an item, as the stream has it |
//! | `21` table `s` stream `h` epoch | when a shard of the stream was opened |
//! | `21` table `s` stream `t` | the first place of the stream that was not trimmed |
//! | `21` table `s` stream `k` place | how records before this place are stored, and those after it |
//! | `24` account region name stream | the definition of a stream |
//!
//! A table's items sort by a hash of the partition key, then by the partition key, then by the sort key: a query is
//! one range, and a segment of a scan is one too. Definitions have a namespace of their own, so that writing items
//! does not outdate what is cached of tables. Whoever writes items reaches the table's streams with the same permit;
//! whoever reads a stream reaches nothing but the stream.

mod progress;
mod streams;

use kurodo_arn::{AccountId, Region};
use kurodo_authz::Scope;
use kurodo_store::{Key, KeyBuilder, KeyParser};
use md5::{Digest, Md5};
pub(crate) use progress::{anew_progress, index_progress, progress, prune_progress};
pub(crate) use streams::{
    all_streams, entries, opened, shards, stream, stream_below, stream_contents, stream_entries,
    stream_of_table, stream_turns, streams, table_streams, trimmed, turns,
};

use crate::{
    attribute::{Attribute, Item},
    definition::{KeyAttribute, KeySchema},
};

/// The namespace of tables' definitions.
pub(crate) const TABLES: u8 = 20;
/// The namespace of items.
const ITEMS: u8 = 21;
/// The namespace of backups.
pub(crate) const BACKUPS: u8 = 25;
/// The namespace of exports.
pub(crate) const EXPORTS: u8 = 26;
/// The namespace of imports.
pub(crate) const IMPORTS: u8 = 27;
/// The namespace in which nothing is written. Its generation grows whenever what is kept of any table's past changes, so
/// that writes need not look at [`history`].
pub(crate) const PASTS: u8 = 28;

const ITEM: u8 = b'i';
const INDEX: u8 = b'x';
const TOKEN: u8 = b't';
const EXPIRY: u8 = b'u';
const HISTORY: u8 = b'h';
const MARK: u8 = b'm';
const KEPT: u8 = b'b';
const JOURNAL: u8 = b'j';
const PROGRESS: u8 = b'p';

/// All tables of an account in a region.
pub(crate) fn tables(account: AccountId, region: &Region) -> Scope {
    Scope::new(KeyBuilder::new(TABLES).number(account.value()).part(region.as_str()).build())
}

/// All tables of an account.
pub(crate) fn all_tables(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(TABLES).number(account.value()).build())
}

/// The key of a table's definition, below all tables.
pub(crate) fn name(name: &str) -> Key {
    KeyBuilder::relative().part(name).build()
}

/// One table's definition.
pub(crate) fn table(account: AccountId, region: &Region, name: &str) -> Scope {
    Scope::new(KeyBuilder::new(TABLES).number(account.value()).part(region.as_str()).part(name).build())
}

/// The items of a table, and what belongs to them.
pub(crate) fn contents(table: u64) -> Scope {
    Scope::new(KeyBuilder::new(ITEMS).number(table).build())
}

/// A scope in which there is no record: namespace 0 belongs to nobody.
pub(crate) fn nothing() -> Scope {
    Scope::new([0])
}

/// All backups of an account in a region.
pub(crate) fn backups(account: AccountId, region: &Region) -> Scope {
    Scope::new(KeyBuilder::new(BACKUPS).number(account.value()).part(region.as_str()).build())
}

/// The backups of tables of a name.
pub(crate) fn backups_of(account: AccountId, region: &Region, table: &str) -> Scope {
    let all = KeyBuilder::new(BACKUPS).number(account.value()).part(region.as_str());
    Scope::new(all.part(table).build())
}

/// One backup.
pub(crate) fn backup(account: AccountId, region: &Region, table: &str, id: &str) -> Scope {
    let all = KeyBuilder::new(BACKUPS).number(account.value()).part(region.as_str());
    Scope::new(all.part(table).part(id).build())
}

/// The key of a backup or an export, below those of its table.
pub(crate) fn id(id: &str) -> Key {
    KeyBuilder::relative().part(id).build()
}

/// The table's name and the id of a backup or an export, from its key below all of them.
pub(crate) fn parse_backup(key: &[u8]) -> Option<(String, String)> {
    let mut parser = KeyParser::new(key);
    let name = parser.text().ok()?.into_owned();
    Some((name, parser.text().ok()?.into_owned()))
}

/// The key of a backup or an export, below all of them.
pub(crate) fn backup_key(table: &str, id: &str) -> Key {
    KeyBuilder::relative().part(table).part(id).build()
}

/// All exports of an account, wherever they are.
pub(crate) fn all_exports(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(EXPORTS).number(account.value()).build())
}

/// All exports of an account in a region.
pub(crate) fn exports(account: AccountId, region: &Region) -> Scope {
    Scope::new(KeyBuilder::new(EXPORTS).number(account.value()).part(region.as_str()).build())
}

/// The exports of tables of a name.
pub(crate) fn exports_of(account: AccountId, region: &Region, table: &str) -> Scope {
    let all = KeyBuilder::new(EXPORTS).number(account.value()).part(region.as_str());
    Scope::new(all.part(table).build())
}

/// One export.
pub(crate) fn export(account: AccountId, region: &Region, table: &str, id: &str) -> Scope {
    let all = KeyBuilder::new(EXPORTS).number(account.value()).part(region.as_str());
    Scope::new(all.part(table).part(id).build())
}

/// All imports of an account, wherever they are.
pub(crate) fn all_imports(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(IMPORTS).number(account.value()).build())
}

/// All imports of an account in a region.
pub(crate) fn imports(account: AccountId, region: &Region) -> Scope {
    Scope::new(KeyBuilder::new(IMPORTS).number(account.value()).part(region.as_str()).build())
}

/// The imports into tables of a name.
pub(crate) fn imports_of(account: AccountId, region: &Region, table: &str) -> Scope {
    let all = KeyBuilder::new(IMPORTS).number(account.value()).part(region.as_str());
    Scope::new(all.part(table).build())
}

/// One import.
pub(crate) fn import(account: AccountId, region: &Region, table: &str, id: &str) -> Scope {
    let all = KeyBuilder::new(IMPORTS).number(account.value()).part(region.as_str());
    Scope::new(all.part(table).part(id).build())
}

/// What of a table's past is kept.
pub(crate) fn history() -> Key {
    KeyBuilder::relative().byte(HISTORY).build()
}

/// That a backup is of a table's items.
pub(crate) fn mark(id: &str) -> Key {
    KeyBuilder::relative().byte(MARK).part(id).build()
}

/// The prefix of all that say so.
pub(crate) fn marks() -> Key {
    KeyBuilder::relative().byte(MARK).build()
}

/// Where what items were is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Past {
    /// For backups.
    Kept,
    /// For recovery to a point in time: what was so until some time of this day, counted from 1970.
    Day(u32),
}

/// Bytes of a time in a key.
const TIME: usize = size_of::<u64>();

impl Past {
    fn builder(self) -> KeyBuilder {
        match self {
            Self::Kept => KeyBuilder::relative().byte(KEPT),
            Self::Day(day) => {
                day.to_be_bytes().into_iter().fold(KeyBuilder::relative().byte(JOURNAL), KeyBuilder::byte)
            }
        }
    }

    /// The prefix of all of them.
    pub(crate) fn all(self) -> Key {
        self.builder().build()
    }

    /// The key of what the item of this key was until a time.
    pub(crate) fn until(self, item: &[u8], time: u64) -> Key {
        own_part(item).iter().copied().fold(self.builder(), KeyBuilder::byte).number(time).build()
    }

    /// The prefix of all that the item of this key was.
    pub(crate) fn of(self, item: &[u8]) -> Key {
        own_part(item).iter().copied().fold(self.builder(), KeyBuilder::byte).build()
    }

    /// The key of the item that such a record is about, and until when it was so.
    pub(crate) fn parse(self, key: &[u8]) -> Option<(Vec<u8>, u64)> {
        let (item, time) = key.get(self.all().len()..)?.split_last_chunk::<TIME>()?;
        Some(([&[ITEM], item].concat(), u64::from_be_bytes(*time)))
    }

    /// The prefix of all that is for recovery to a point in time.
    pub(crate) fn journal() -> Key {
        KeyBuilder::relative().byte(JOURNAL).build()
    }

    /// The day of a record's key.
    pub(crate) fn day(key: &[u8]) -> Option<u32> {
        let (kind, rest) = key.split_first()?;
        rest.first_chunk().filter(|_| *kind == JOURNAL).copied().map(u32::from_be_bytes)
    }
}

/// The key of an item without the byte that says that it is one.
fn own_part(item: &[u8]) -> &[u8] {
    item.get(1..).unwrap_or_default()
}

/// What belongs to a table alone, and goes with it even where its past is kept: copies in indexes and tokens.
pub(crate) fn lone() -> [Key; 3] {
    [INDEX, TOKEN, EXPIRY].map(|kind| KeyBuilder::relative().byte(kind).build())
}

/// What is left of a table then: its items, which backups are of them, how far copying is, and what is kept.
pub(crate) fn rest() -> [Key; 4] {
    [ITEM, MARK, PROGRESS, HISTORY].map(|kind| KeyBuilder::relative().byte(kind).build())
}

/// All backups of an account, wherever they are.
pub(crate) fn all_backups(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(BACKUPS).number(account.value()).build())
}

/// The region and the names of the whole key of a table, a backup or an export.
pub(crate) fn parse_place(key: &[u8]) -> Option<(Region, String, Option<String>)> {
    let mut parser = KeyParser::new(key);
    parser.byte().ok()?;
    parser.number().ok()?;
    let region = parser.text().ok()?.parse().ok()?;
    let name = parser.text().ok()?.into_owned();
    Some((region, name, parser.text().ok().map(std::borrow::Cow::into_owned)))
}

/// What a transaction with this token did.
pub(crate) fn token(account: AccountId, token: &str) -> Key {
    KeyBuilder::relative().byte(TOKEN).number(account.value()).part(token).build()
}

/// When a token's record is forgotten.
pub(crate) fn expiry(until: i64, token: &Key) -> Key {
    KeyBuilder::relative().byte(EXPIRY).number(until.unsigned_abs()).part(token).build()
}

/// The prefix of all that say when a token is forgotten, the first ones first.
pub(crate) fn expiries() -> Key {
    KeyBuilder::relative().byte(EXPIRY).build()
}

/// When the token of such a key is forgotten, in milliseconds since 1970.
pub(crate) fn expires(key: &[u8]) -> Option<i64> {
    let mut parser = KeyParser::new(key);
    parser.byte().ok()?;
    parser.number().ok()?.try_into().ok()
}

/// Where the items of a table or of an index lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shelf {
    /// The table's own items.
    Items,
    /// The copies in the index of this number.
    Index(u32),
}

impl Shelf {
    fn builder(self) -> KeyBuilder {
        match self {
            Self::Items => KeyBuilder::relative().byte(ITEM),
            Self::Index(number) => {
                number.to_be_bytes().into_iter().fold(KeyBuilder::relative().byte(INDEX), KeyBuilder::byte)
            }
        }
    }

    /// The prefix of all of them.
    pub(crate) fn all(self) -> Key {
        self.builder().build()
    }

    /// The prefix of those whose partition keys have this hash or a greater one, up to its last bit given.
    pub(crate) fn at_hash(self, hash: u32) -> Key {
        hash.to_be_bytes().into_iter().fold(self.builder(), KeyBuilder::byte).build()
    }

    fn partition_builder<'a>(self, partition: impl IntoIterator<Item = &'a Attribute>) -> KeyBuilder {
        let parts: Vec<Vec<u8>> = partition.into_iter().map(bytes).collect();
        let builder = hash(&parts).into_iter().fold(self.builder(), KeyBuilder::byte);
        parts.iter().fold(builder, KeyBuilder::part)
    }

    /// The prefix of those with this partition key, whose attributes these are.
    pub(crate) fn partition<'a>(self, partition: impl IntoIterator<Item = &'a Attribute>) -> Key {
        self.partition_builder(partition).build()
    }

    /// The prefix of those with this partition key whose sort keys have these attributes first.
    pub(crate) fn sorted<'a>(
        self,
        partition: impl IntoIterator<Item = &'a Attribute>,
        sort: impl IntoIterator<Item = &'a Attribute>,
    ) -> Key {
        self.sorted_builder(partition, sort).build()
    }

    /// The same, where the next attribute of the sort key begins with this.
    pub(crate) fn beginning<'a>(
        self,
        partition: impl IntoIterator<Item = &'a Attribute>,
        sort: impl IntoIterator<Item = &'a Attribute>,
        beginning: &Attribute,
    ) -> Key {
        self.sorted_builder(partition, sort).beginning(bytes(beginning))
    }

    fn sorted_builder<'a>(
        self,
        partition: impl IntoIterator<Item = &'a Attribute>,
        sort: impl IntoIterator<Item = &'a Attribute>,
    ) -> KeyBuilder {
        sort.into_iter().map(bytes).fold(self.partition_builder(partition), KeyBuilder::part)
    }
}

/// The key of an item in its table; `None` where it lacks a key attribute.
pub(crate) fn item(schema: &KeySchema, item: &Item) -> Option<Key> {
    keyed(Shelf::Items, schema, item).map(KeyBuilder::build)
}

/// The key of an item's copy in an index; `None` where it lacks a key attribute, and is not in the index.
pub(crate) fn indexed(number: u32, index: &KeySchema, table: &KeySchema, item: &Item) -> Option<Key> {
    let key = keyed(Shelf::Index(number), index, item)?;
    let parts: Vec<Vec<u8>> =
        table.attributes().map(|key| Some(bytes(item.get(&key.name)?))).collect::<Option<_>>()?;
    let key = hash(&parts).into_iter().fold(key, KeyBuilder::byte);
    Some(parts.iter().fold(key, KeyBuilder::part).build())
}

fn keyed(shelf: Shelf, schema: &KeySchema, item: &Item) -> Option<KeyBuilder> {
    let value = |key: &KeyAttribute| item.get(&key.name);
    let partition: Vec<&Attribute> = schema.hashes().map(value).collect::<Option<_>>()?;
    let sort: Vec<&Attribute> = schema.ranges().map(value).collect::<Option<_>>()?;
    Some(shelf.sorted_builder(partition, sort))
}

/// The bytes of a key's value, which sort as the values do.
fn bytes(value: &Attribute) -> Vec<u8> {
    match value {
        Attribute::String(text) => text.as_bytes().to_vec(),
        Attribute::Number(number) => number.ordered(),
        Attribute::Binary(bytes) => bytes.to_vec(),
        _ => Vec::new(),
    }
}

/// The hash that items are spread by: AWS's own, as far as its order of scans tells.
fn hash(parts: &[Vec<u8>]) -> [u8; 4] {
    let mut md5 = Md5::new_with_prefix(b"Outliers");
    parts.iter().for_each(|part| md5.update(part));
    let mut hash = [0; 4];
    hash.iter_mut().zip(md5.finalize()).for_each(|(to, from)| *to = from);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::Type;

    fn schema() -> KeySchema {
        let key = |name: &str, kind| KeyAttribute { name: name.into(), kind };
        KeySchema::new(key("h", Type::S), Some(key("r", Type::N)))
    }

    fn one(hash: &str, range: &str) -> Item {
        Item::from([
            ("h".into(), Attribute::String(hash.into())),
            ("r".into(), Attribute::Number(range.parse().unwrap())),
        ])
    }

    #[test]
    fn a_partition_is_one_range_in_the_order_of_the_sort_key() {
        let keys: Vec<_> = ["-1e9", "-2", "0", "0.5", "3", "20"]
            .iter()
            .map(|range| item(&schema(), &one("a", range)).unwrap())
            .collect();
        assert!(keys.is_sorted());
        let partition = Shelf::Items.partition([&Attribute::String("a".into())]);
        assert!(keys.iter().all(|key| key.starts_with(&partition)));
        assert!(!item(&schema(), &one("ab", "1")).unwrap().starts_with(&partition));
    }

    #[test]
    fn what_an_item_was_is_found_by_its_key_and_sorts_like_it() {
        let keys: Vec<_> =
            ["1", "2", "30"].iter().map(|range| item(&schema(), &one("a", range)).unwrap()).collect();
        for past in [Past::Kept, Past::Day(7)] {
            let all: Vec<_> = keys.iter().flat_map(|key| [past.until(key, 3), past.until(key, 20)]).collect();
            assert!(all.is_sorted());
            assert_eq!(past.parse(&all[3]), Some((keys[1].to_vec(), 20)));
            assert!(all[2].starts_with(&past.of(&keys[1])) && !all[4].starts_with(&past.of(&keys[1])));
        }
        assert_eq!(Past::day(&Past::Day(7).all()), Some(7));
        assert_eq!(Past::day(&Past::Kept.until(&keys[0], 3)), None);
    }

    #[test]
    fn who_reads_a_stream_reaches_its_records_and_nothing_else() {
        let (table, stream) = (contents(7), stream_contents(7, 1_700_000_000_123));
        let written = [table.prefix(), &*stream_entries(1_700_000_000_123)].concat();
        assert_eq!(written, [stream.prefix(), &*entries()].concat());
        let opened = [table.prefix(), &*opened(1_700_000_000_123, 3)].concat();
        assert!(opened.starts_with(&[stream.prefix(), &*shards()].concat()));
        assert!(stream.prefix().starts_with(table.prefix()));
        for other in [stream_contents(7, 1_700_000_000_124), stream_contents(8, 1_700_000_000_123)] {
            assert!(
                !other.prefix().starts_with(stream.prefix()) && !stream.prefix().starts_with(other.prefix())
            );
        }
        // A table that is deleted leaves its streams.
        for deleted in lone().into_iter().chain(rest()) {
            assert!(!stream.prefix().starts_with(&[table.prefix(), &deleted].concat()));
        }
    }

    #[test]
    fn keys_of_several_attributes_sort_by_one_after_another() {
        let key = |name: &str, kind| KeyAttribute { name: name.into(), kind };
        let index = KeySchema {
            more_hash: vec![key("i", Type::S)],
            more_range: vec![key("s", Type::N)],
            ..KeySchema::new(key("h", Type::S), Some(key("r", Type::S)))
        };
        let text = |text: &str| Attribute::String(text.into());
        let place = |hash: [&str; 2], range: &str, sort: &str| {
            let item = Item::from([
                ("h".into(), text(hash[0])),
                ("i".into(), text(hash[1])),
                ("r".into(), text(range)),
                ("s".into(), Attribute::Number(sort.parse().unwrap())),
                ("k".into(), text("x")),
            ]);
            indexed(1, &index, &KeySchema::new(key("k", Type::S), None), &item).unwrap()
        };
        let keys = [("a", "-3"), ("a", "2"), ("a", "10"), ("ab", "-9"), ("b", "0")]
            .map(|(r, s)| place(["x", "y"], r, s));
        assert!(keys.is_sorted());
        let shelf = Shelf::Index(1);
        let values = [text("x"), text("y")];
        assert!(keys.iter().all(|key| key.starts_with(&shelf.partition(&values))));
        let found = keys.iter().filter(|key| key.starts_with(&shelf.sorted(&values, [&text("a")]))).count();
        assert_eq!(found, 3);
        let found =
            keys.iter().filter(|key| key.starts_with(&shelf.beginning(&values, [], &text("a")))).count();
        assert_eq!(found, 4);
        // Where one attribute ends is told.
        let other = place(["xy", ""], "a", "2");
        assert!(!other.starts_with(&shelf.partition(&values)) && other != place(["x", "y"], "a", "2"));
    }

    #[test]
    fn copies_of_different_items_have_different_keys() {
        let index = KeySchema::new(schema().hash, None);
        let key = |range: &str| indexed(1, &index, &schema(), &one("a", range)).unwrap();
        assert_ne!(key("1"), key("2"));
        assert!(key("1").starts_with(&Shelf::Index(1).all()));
        let bare = Item::from([("r".into(), Attribute::Number("1".parse().unwrap()))]);
        assert_eq!(indexed(1, &index, &schema(), &bare), None);
    }
}

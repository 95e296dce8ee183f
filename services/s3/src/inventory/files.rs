use std::{fmt::Write as _, io::Write as _};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use kurodo_keys::KeyError;

use super::{
    Inventory,
    cell::{Cell, Column},
    parquet::{self, Parquet},
};
use crate::{Error, checksum::md5_of, facts::BucketFacts, records::Salt, times};

/// The keys of the objects that a list consists of.
///
/// Source: S3 User Guide, "Locating your inventory list".
#[derive(Debug, Clone)]
pub(crate) struct Files {
    pub(crate) data: String,
    pub(crate) manifest: String,
    pub(crate) checksum: String,
    pub(crate) symlink: String,
}

/// What the keys of a bucket's lists begin with.
fn folder(source: &BucketFacts, inventory: &Inventory) -> String {
    let prefix = inventory.prefix.as_deref().map(|prefix| prefix.trim_end_matches('/')).unwrap_or_default();
    let slash = if prefix.is_empty() { "" } else { "/" };
    format!("{prefix}{slash}{}/{}/", source.name, inventory.id)
}

/// What the keys of the manifests begin with; and behind which key those of this day, or of this week, lie.
pub(crate) fn manifests(source: &BucketFacts, inventory: &Inventory, now_ms: i64) -> (String, String) {
    let folder = folder(source, inventory);
    let back = if inventory.weekly { 6 } else { 0 };
    let first = times::shown(now_ms - back * crate::lifecycle::DAY_MS).strftime("%Y-%m-%dT");
    let behind = format!("{folder}{first}");
    (folder, behind)
}

impl Files {
    /// Those of a list that begins now.
    pub(crate) fn new(source: &BucketFacts, inventory: &Inventory, now_ms: i64) -> Result<Self, KeyError> {
        let (folder, now) = (folder(source, inventory), times::shown(now_ms));
        let salt = Salt::random()?;
        let name: String =
            salt.bytes().iter().fold(String::new(), |name, byte| name + &format!("{byte:02x}"));
        let at = format!("{folder}{}", now.strftime("%Y-%m-%dT%H-%MZ"));
        Ok(Self {
            data: format!("{folder}data/{name}.{}", if inventory.parquet { "parquet" } else { "csv.gz" }),
            manifest: format!("{at}/manifest.json"),
            checksum: format!("{at}/manifest.checksum"),
            symlink: format!("{folder}hive/dt={}/symlink.txt", now.strftime("%Y-%m-%d-%H-%M")),
        })
    }

    /// In the order in which they are written: whoever finds the checksum finds all.
    pub(crate) fn keys(&self) -> [&str; 4] {
        [&self.data, &self.symlink, &self.manifest, &self.checksum]
    }

    /// What is in them, in the order of [`Files::keys`].
    ///
    /// Source: S3 User Guide, "Locating your inventory list", "Inventory manifest".
    pub(crate) fn contents(
        &self,
        (source, inventory): (&str, &Inventory),
        schema: &str,
        started_ms: i64,
        data: Bytes,
    ) -> [Bytes; 4] {
        let file = serde_json::json!({ "key": self.data, "size": data.len(), "MD5checksum": hex_md5(&data) });
        let manifest = serde_json::json!({
            "sourceBucket": source,
            "destinationBucket": format!("arn:aws:s3:::{}", inventory.target),
            "version": "2016-11-30",
            "creationTimestamp": started_ms.to_string(),
            "fileFormat": if inventory.parquet { "Parquet" } else { "CSV" },
            "fileSchema": schema,
            "files": [file],
        });
        let manifest = manifest.to_string();
        let symlink = format!("s3://{}/{}\n", inventory.target, self.data);
        let checksum = hex_md5(manifest.as_bytes());
        [data, symlink.into(), manifest.into(), checksum.into()]
    }
}

/// The rows of a list, compressed as they come.
pub(crate) enum Packed {
    Csv(GzEncoder<Vec<u8>>),
    Parquet(Parquet),
}

impl Packed {
    pub(crate) fn new(inventory: &Inventory, columns: &[Column]) -> Self {
        match inventory.parquet {
            true => Self::Parquet(Parquet::new(columns.to_vec())),
            false => Self::Csv(GzEncoder::new(Vec::new(), Compression::default())),
        }
    }

    /// What manifests say of the columns.
    pub(crate) fn schema(&self, columns: &[Column]) -> String {
        match self {
            Self::Csv(_) => {
                let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
                names.join(", ")
            }
            Self::Parquet(_) => parquet::schema(columns),
        }
    }

    pub(crate) fn add(&mut self, row: Vec<Cell>) -> Result<(), Error> {
        match self {
            Self::Csv(packed) => {
                let quoted = row.iter().map(|cell| format!("\"{}\"", cell.shown().replace('"', "\"\"")));
                let line = quoted.collect::<Vec<_>>().join(",") + "\n";
                packed.write_all(line.as_bytes()).map_err(|_| Error::Full)
            }
            Self::Parquet(list) => list.add(row),
        }
    }

    pub(crate) fn finish(self) -> Result<Bytes, Error> {
        match self {
            Self::Csv(packed) => packed.finish().map(Bytes::from).map_err(|_| Error::Full),
            Self::Parquet(list) => list.finish(),
        }
    }
}

fn hex_md5(content: &[u8]) -> String {
    md5_of(content).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

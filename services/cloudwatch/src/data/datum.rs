//! Data as they were put, in the records that are appended.

use super::{
    MetricId, Summary, Tier,
    codec::{Reader, Writer},
};

/// Bytes of a record beyond which another one is begun.
const ROOM: usize = 48 << 10;

/// What was put of a metric at one time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Datum {
    pub(crate) metric: MetricId,
    pub(crate) unit: u8,
    /// [`Tier::Second`] in high resolution, else [`Tier::Minute`].
    pub(crate) tier: Tier,
    /// Seconds since 1970.
    pub(crate) time: i64,
    pub(crate) samples: Summary,
}

/// Records that hold all of these.
pub(crate) fn entries<'d>(data: impl IntoIterator<Item = &'d Datum>) -> Vec<Vec<u8>> {
    let (mut entries, mut out) = (Vec::new(), Writer::default());
    for datum in data {
        out.bytes(&datum.metric).byte(datum.unit).byte(datum.tier.byte()).int(datum.time);
        datum.samples.write(&mut out);
        if out.0.len() > ROOM {
            entries.push(std::mem::take(&mut out).0);
        }
    }
    entries.extend(Some(out.0).filter(|bytes| !bytes.is_empty()));
    entries
}

/// What a record holds; `None` where it is no such record.
pub(crate) fn read_entry(bytes: &[u8]) -> Option<Vec<Datum>> {
    let mut bytes = Reader(bytes);
    let mut data = Vec::new();
    while !bytes.0.is_empty() {
        data.push(Datum {
            metric: bytes.take()?,
            unit: bytes.byte()?,
            tier: Tier::of_byte(bytes.byte()?)?,
            time: bytes.int()?,
            samples: Summary::read(&mut bytes)?,
        });
    }
    Some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_data_take_several_records() {
        let datum = |time| Datum {
            metric: [7; 16],
            unit: 3,
            tier: Tier::Second,
            time,
            samples: Summary::value(0.1, 2.0),
        };
        let data: Vec<_> = (0..2000).map(datum).collect();
        let entries = entries(&data);
        assert!(entries.len() > 1 && entries.iter().all(|entry| entry.len() < 2 * ROOM));
        let read: Vec<_> = entries.iter().flat_map(|entry| read_entry(entry).unwrap()).collect();
        assert_eq!(read, data);
        assert_eq!(read_entry(&entries[0][1..]), None);
    }
}

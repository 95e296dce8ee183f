//! MD5s of large contents, several at once.
//!
//! MD5 is most of what a large upload costs: its steps wait for one another. So the uploads of a moment are hashed
//! together, in the lanes of the processor's vector registers. Each collects some of its content until one has enough
//! of it, or ends; then a blocking thread hashes what all of them have. It runs beside what else is done to a content.

mod block;
mod content;
mod lane;
mod pool;

pub(crate) use content::Md5Content;
pub(crate) use pool::Md5s;

/// Contents up to this many bytes are hashed at once by whoever receives them.
pub(crate) const ALONE: u64 = 128 << 10;

#[cfg(test)]
mod tests {
    use ::md5::{Digest as _, Md5};
    use bytes::Bytes;
    use futures_util::future::join_all;

    use super::*;

    async fn hashed(md5s: Md5s, content: Vec<u8>, piece: usize) -> ([u8; 16], [u8; 16]) {
        let expected = Md5::digest(&content).into();
        let mut md5 = md5s.begin();
        let mut rest = Bytes::from(content);
        while !rest.is_empty() {
            md5.update(rest.split_to(piece.min(rest.len()))).await;
            tokio::task::yield_now().await;
        }
        (md5.finish().await, expected)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn contents_of_all_lengths_at_once() {
        let md5s = Md5s::new();
        let lengths = (0..24).map(|number: usize| number * number * 3001 + number % 3);
        let contents = lengths.chain([0, 1, 55, 56, 63, 64, 65, 119, 120, 1 << 21]);
        let all = contents.enumerate().map(|(number, length)| {
            let content = (0..length).map(|at| (at * 31 + number * 7) as u8).collect();
            tokio::spawn(hashed(md5s.clone(), content, 1000 + number * 997))
        });
        for outcome in join_all(all).await {
            let (found, expected) = outcome.unwrap();
            assert_eq!(found, expected);
        }
        assert_eq!(md5s.contents(), 0);
    }

    #[tokio::test]
    async fn a_content_that_is_given_up_is_forgotten() {
        let md5s = Md5s::new();
        let mut md5 = md5s.begin();
        md5.update(Bytes::from(vec![0; 3 << 20])).await;
        drop(md5);
        assert_eq!(md5s.contents(), 0);
        let (found, expected) = hashed(md5s, vec![7; 100_000], 100_000).await;
        assert_eq!(found, expected);
    }
}

//! Texts that we gave out and clients bring back, or that they make up. `fuzz/` throws what it likes at them.

use kurodo_arn::Region;

use crate::{
    iterator::ShardIterator,
    names::{ConsumerName, StreamName},
    sequence::Sequence,
    token::NextToken,
};

/// Reads a text as a shard iterator, a list's token, a sequence number and the ARN of a stream and of a consumer. Tells
/// whether all that can be read is shown again as what it was read as.
pub fn comes_back(region: &Region, text: &str) -> bool {
    let iterator = ShardIterator::parse(region, text).is_ok_and(|iterator| {
        _ = iterator.check(0);
        !ShardIterator::parse(region, &iterator.show()).is_ok_and(|again| again == iterator)
    });
    let token = NextToken::parse(text).is_ok_and(|token| {
        _ = (token.stream(region), token.check(0));
        !NextToken::parse(&token.show()).is_ok_and(|again| again == token)
    });
    let stream = StreamName::from_arn(region, text).is_ok_and(|stream| stream.arn() != text);
    if let Some(number) = Sequence::parse(text) {
        _ = (number.place(), number.to_string());
    }
    _ = ConsumerName::from_arn(region, text);
    !(iterator || token || stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_give_out_comes_back() {
        let region: Region = "us-east-1".parse().unwrap();
        let arn = "arn:aws:kinesis:us-east-1:111122223333:stream/orders";
        let token = NextToken { stream: arn.into(), after: "7".into(), filter: None, given: 5 };
        for text in ["", "x", arn, &token.show(), "49545115243490985018280067714973144582180062593244200961"]
        {
            assert!(comes_back(&region, text), "{text}");
        }
    }
}

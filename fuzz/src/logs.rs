//! Filter patterns, queries of Logs Insights, and stored blocks of events.

use bytes::Bytes;
use kurodo_logs::{
    block::{Head, Messages},
    emf,
    insights::Query,
    pattern::Pattern,
};

/// Reads what stands before the first newline as a filter pattern, and the rest as an event. What is wrong has words.
pub fn logs_pattern(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (pattern, event) = text.split_once('\n').unwrap_or((text, text));
    match Pattern::parse(pattern) {
        Ok(pattern) => assert_eq!(pattern.matches(event), pattern.extract(event).is_some()),
        Err(fault) => assert!(!fault.what.is_empty()),
    }
}

/// Reads bytes as a document of the embedded metric format. Whatever is one is likely one at first sight.
pub fn logs_embedded(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let likely = emf::is_likely(text);
    if let Ok(document) = emf::read(text) {
        assert!(likely || text.contains('\\') || document.metrics.is_empty());
    }
}

/// Reads bytes as a query. What is wrong has words, and a place in it.
pub fn logs_query(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(fault) = Query::parse(text) {
        assert!(!fault.what.is_empty() && fault.at <= text.chars().count());
    }
}

/// Reads bytes as both parts of a block.
pub fn logs_block(data: &[u8]) {
    let data = Bytes::copy_from_slice(data);
    if let Ok(head) = Head::decode(0, &data) {
        _ = head.all_times();
    }
    if let Ok(messages) = Messages::decode(&data) {
        _ = messages.message(0);
    }
}

//! Condition blocks, operator by operator.

use std::net::Ipv4Addr;

use kurodo_policy::Context;
use serde_json::Value;

use super::{strings, text};

/// "evaluated using a logical AND"
pub(super) fn met(block: &Value, context: &Context, variables: bool) -> bool {
    let Some(block) = block.as_object() else { return true };
    block.iter().all(|(operator, keys)| {
        keys.as_object().unwrap().iter().all(|(key, values)| {
            let expected = strings(values);
            holds(operator, key, &expected, context, variables)
        })
    })
}

fn holds(operator: &str, key: &str, expected: &[String], context: &Context, variables: bool) -> bool {
    let entry = context.iter().find(|(name, _)| name.to_lowercase() == key.to_lowercase());
    let found: Vec<&str> = entry.map(|(_, values)| values.iter().collect()).unwrap_or_default();
    let (set, base) = operator.split_once(':').map_or((None, operator), |(set, base)| (Some(set), base));
    let base_name = base.trim_end_matches("IfExists");
    if base_name == "Null" {
        return expected.iter().any(|want| (want == "true") == found.is_empty());
    }
    let (positive, negated) = positive(base_name);
    // "works like a NOR for negated matching"
    let one = |value: &str| {
        expected.iter().any(|want| compare(&positive, want, value, context, variables)) != negated
    };
    let empty = found.iter().all(|value| value.is_empty());
    match set {
        Some("ForAllValues") => empty || found.iter().all(|value| one(value)),
        Some("ForAnyValue") => !empty && found.iter().any(|value| one(value)),
        _ if found.is_empty() => negated || base.ends_with("IfExists"),
        _ if negated => found.iter().all(|value| one(value)),
        _ => found.iter().any(|value| one(value)),
    }
}

fn positive(operator: &str) -> (String, bool) {
    match operator {
        "NotIpAddress" => ("IpAddress".to_owned(), true),
        other => (other.replacen("Not", "", 1), other.contains("Not")),
    }
}

fn compare(operator: &str, want: &str, value: &str, context: &Context, variables: bool) -> bool {
    match operator {
        "StringEquals" => text::matches(want, value, context, variables, false),
        "StringLike" => text::matches(want, value, context, variables, true),
        "StringEqualsIgnoreCase" => text::flat(want, context, variables)
            .is_some_and(|want| want.to_lowercase() == value.to_lowercase()),
        "ArnEquals" | "ArnLike" => text::arn(want, value, context, variables),
        "Bool" => want.to_lowercase() == value.to_lowercase() && ["true", "false"].contains(&value),
        "IpAddress" => within(want, value),
        numeric if numeric.starts_with("Numeric") => {
            order(&numeric[7..], value.parse::<f64>().ok(), want.parse().ok())
        }
        date if date.starts_with("Date") => order(&date[4..], moment(value), moment(want)),
        other => panic!("{other}"),
    }
}

fn order(name: &str, a: Option<f64>, b: Option<f64>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    match name {
        "Equals" => a == b,
        "LessThan" => a < b,
        "LessThanEquals" => a <= b,
        "GreaterThan" => a > b,
        "GreaterThanEquals" => a >= b,
        other => panic!("{other}"),
    }
}

/// Seconds, or a day of January 1970, which is all that the generated policies have.
fn moment(text: &str) -> Option<f64> {
    match text.strip_prefix("1970-01-0") {
        Some(rest) => {
            rest.trim_end_matches("T00:00:00Z").parse::<f64>().ok().map(|day| (day - 1.0) * 86400.0)
        }
        None => text.parse().ok(),
    }
}

fn within(network: &str, value: &str) -> bool {
    let (address, bits) = network.split_once('/').unwrap_or((network, "32"));
    let number = |text: &str| text.parse::<Ipv4Addr>().ok().map(u32::from);
    let (Some(address), Some(value), Ok(bits)) = (number(address), number(value), bits.parse::<u32>()) else {
        return false;
    };
    (0..bits).all(|bit| (address >> (31 - bit)) & 1 == (value >> (31 - bit)) & 1)
}

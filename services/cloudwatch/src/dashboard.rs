//! Dashboards, and what their bodies must be.
//!
//! Source: CloudWatch API Reference, "Dashboard body structure and syntax".

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Error, tags::Tags};

/// The most bytes of a body.
const MOST: usize = 1 << 20;
/// The most widgets.
const WIDGETS: usize = 500;

/// A dashboard as its record has it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) body: String,
    /// Milliseconds since 1970.
    pub(crate) modified: i64,
    pub(crate) tags: Tags,
}

impl Stored {
    /// From a record.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(bytes).map_err(|_| Error::Damaged("a dashboard"))
    }

    /// As a record has it.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|_| Error::Damaged("a dashboard"))
    }
}

/// That a dashboard can be called so.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    match (1..=255).contains(&name.len()) && fits {
        true => Ok(()),
        false => Err(Error::Value(format!(
            "The value {name} for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_)."
        ))),
    }
}

type Messages = Vec<(String, String)>;

/// Looks at a body. What is wrong with it and does not keep it from being shown is told.
///
/// # Errors
/// It is none.
pub(crate) fn check_body(body: &str) -> Result<Messages, Error> {
    let fatal = |message: &str| Err(Error::Dashboard(vec![("/".to_owned(), message.to_owned())]));
    if body.len() > MOST {
        return fatal("The field DashboardBody must not be larger than 1 MB");
    }
    let Ok(whole) = serde_json::from_str::<Value>(body) else {
        return fatal("The field DashboardBody must be a valid JSON object");
    };
    let Some(whole) = whole.as_object() else { return fatal("Should be object") };
    let (mut wrong, mut odd) = (Messages::new(), Messages::new());
    for name in whole.keys().filter(|name| !TOP.contains(&name.as_str())) {
        odd.push((format!("/{name}"), "Should NOT have additional properties".to_owned()));
    }
    match whole.get("widgets").map(Value::as_array) {
        None => wrong.push(("/".to_owned(), "Should have required property 'widgets'".to_owned())),
        Some(None) => wrong.push(("/widgets".to_owned(), "Should be array".to_owned())),
        Some(Some(widgets)) if widgets.len() > WIDGETS => {
            wrong.push(("/widgets".to_owned(), format!("Should NOT have more than {WIDGETS} items")));
        }
        Some(Some(widgets)) => {
            for (at, widget) in widgets.iter().enumerate() {
                check_widget(&format!("/widgets/{at}"), widget, &mut wrong, &mut odd);
            }
        }
    }
    if wrong.is_empty() { Ok(odd) } else { Err(Error::Dashboard(wrong)) }
}

/// What a body has beside its widgets.
const TOP: [&str; 5] = ["widgets", "start", "end", "periodOverride", "variables"];
const TYPES: [&str; 5] = ["metric", "text", "log", "alarm", "explorer"];

fn check_widget(path: &str, widget: &Value, wrong: &mut Messages, odd: &mut Messages) {
    let Some(widget) = widget.as_object() else {
        return wrong.push((path.to_owned(), "Should be object".to_owned()));
    };
    for (name, least, most) in [("width", 1, 24), ("height", 1, 1000), ("x", 0, 23), ("y", 0, i64::MAX)] {
        let Some(value) = widget.get(name) else { continue };
        match value.as_i64() {
            None => wrong.push((format!("{path}/{name}"), "Should be integer".to_owned())),
            Some(number) if number < least => {
                wrong.push((format!("{path}/{name}"), format!("Should be >= {least}")))
            }
            Some(number) if number > most => {
                wrong.push((format!("{path}/{name}"), format!("Should be <= {most}")))
            }
            Some(_) => {}
        }
    }
    let Some(kind) = widget.get("type").and_then(Value::as_str) else {
        return wrong.push((path.to_owned(), "Should have required property 'type'".to_owned()));
    };
    // The console knows further kinds; they are shown as nothing.
    if !TYPES.contains(&kind) {
        odd.push((format!("{path}/type"), "Should be equal to one of the allowed values".to_owned()));
    }
    let Some(properties) = widget.get("properties").and_then(Value::as_object) else {
        return wrong.push((path.to_owned(), "Should have required property 'properties'".to_owned()));
    };
    check_properties(kind, &format!("{path}/properties"), properties, wrong);
}

fn check_properties(kind: &str, path: &str, properties: &Map<String, Value>, wrong: &mut Messages) {
    let required = match kind {
        "text" => "markdown",
        "log" => "query",
        "alarm" => "alarms",
        "metric" => "region",
        _ => return,
    };
    if !properties.contains_key(required) {
        wrong.push((path.to_owned(), format!("Should have required property '{required}'")));
    }
    if kind != "metric" {
        return;
    }
    if !properties.contains_key("metrics") && !properties.contains_key("annotations") {
        wrong.push((path.to_owned(), "Should have required property 'metrics'".to_owned()));
    }
    match properties.get("metrics").map(Value::as_array) {
        Some(None) => wrong.push((format!("{path}/metrics"), "Should be array".to_owned())),
        Some(Some(metrics)) => {
            let bad =
                metrics.iter().enumerate().filter(|(_, metric)| metric.as_array().is_none_or(Vec::is_empty));
            wrong.extend(bad.map(|(at, _)| (format!("{path}/metrics/{at}"), "Should be array".to_owned())));
        }
        None => {}
    }
    let view = properties.get("view").map(Value::as_str);
    let known = ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"];
    if view.is_some_and(|view| view.is_none_or(|view| !known.contains(&view))) {
        wrong.push((format!("{path}/view"), "Should be equal to one of the allowed values".to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(body: &str) -> Messages {
        match check_body(body) {
            Err(Error::Dashboard(messages)) => messages,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn bodies_that_are_none() {
        for (body, path, message) in [
            ("", "/", "The field DashboardBody must be a valid JSON object"),
            ("[]", "/", "Should be object"),
            ("{}", "/", "Should have required property 'widgets'"),
            (r#"{"widgets":1}"#, "/widgets", "Should be array"),
            (r#"{"widgets":[{"properties":{}}]}"#, "/widgets/0", "Should have required property 'type'"),
            (
                r#"{"widgets":[{"type":"text","properties":{}}]}"#,
                "/widgets/0/properties",
                "Should have required property 'markdown'",
            ),
            (
                r#"{"widgets":[{"type":"text","width":25,"properties":{"markdown":"x"}}]}"#,
                "/widgets/0/width",
                "Should be <= 24",
            ),
            (
                r#"{"widgets":[{"type":"metric","properties":{"region":"x","metrics":[1]}}]}"#,
                "/widgets/0/properties/metrics/0",
                "Should be array",
            ),
        ] {
            assert_eq!(wrong(body), [(path.to_owned(), message.to_owned())], "{body}");
        }
    }

    #[test]
    fn what_is_odd_is_told_and_kept() {
        assert_eq!(check_body(r#"{"widgets":[]}"#).unwrap(), []);
        let body = r#"{"widgets":[{"type":"new","properties":{}}],"x":1}"#;
        assert_eq!(check_body(body).unwrap().len(), 2);
    }

    #[test]
    fn names_of_dashboards() {
        assert!(check_name("My-board_1").is_ok());
        for name in ["", "a b", "a/b", "é", &"a".repeat(256)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::AwsPolicy;

/// The policies that a table in the form of `policies.txt` describes.
pub(super) fn read(table: &'static str) -> Vec<AwsPolicy> {
    let mut policies: Vec<(&'static str, Vec<String>)> = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let text = line.trim_start();
        match (line.len() - text.len(), policies.last_mut()) {
            (0, _) => policies.push((text, Vec::new())),
            (2, Some((_, statements))) => statements.push(text.to_owned()),
            (_, Some((_, statements))) => go_on(statements.last_mut(), text),
            (_, None) => {}
        }
    }
    policies.into_iter().filter_map(|(name, statements)| policy(name, &statements)).collect()
}

fn go_on(statement: Option<&mut String>, text: &str) {
    let Some(statement) = statement else { return };
    if !statement.ends_with(',') {
        statement.push(' ');
    }
    statement.push_str(text);
}

fn policy(path_and_name: &'static str, statements: &[String]) -> Option<AwsPolicy> {
    let (path, name) = path_and_name.split_at_checked(path_and_name.rfind('/')? + 1)?;
    let statements: Vec<Value> = statements.iter().map(|line| statement(line)).collect();
    Some(AwsPolicy {
        name,
        path,
        arn: format!("arn:aws:iam::aws:policy{path_and_name}"),
        id: id(name),
        document: json!({ "Version": "2012-10-17", "Statement": statements }).to_string(),
    })
}

/// A line that says nothing known becomes a statement that no parser takes: a test sees it.
fn statement(line: &str) -> Value {
    let (word, rest) = line.split_once(' ').unwrap_or_default();
    let (what, on) = rest.split_once(" on ").unwrap_or((rest, "*"));
    let on: Vec<&str> = on.split(' ').collect();
    let services: Vec<&str> = what.split(' ').collect();
    match word {
        "allow" => json!({ "Effect": "Allow", "Action": actions(what), "Resource": on }),
        "deny" => json!({ "Effect": "Deny", "Action": actions(what), "Resource": on }),
        "but" => json!({ "Effect": "Allow", "NotAction": actions(what), "Resource": on }),
        "pass" => conditional("iam:PassRole", "iam:PassedToService", &services),
        "link" => conditional("iam:CreateServiceLinkedRole", "iam:AWSServiceName", &services),
        _ => Value::Null,
    }
}

fn conditional(action: &str, key: &str, services: &[&str]) -> Value {
    let condition = json!({ "StringLike": { key: services } });
    json!({ "Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition })
}

/// `s3:Get*,List* iam:GetRole` as `s3:Get*`, `s3:List*`, `iam:GetRole`.
fn actions(text: &str) -> Vec<String> {
    let of_service = |part: &str| -> Vec<String> {
        match part.split_once(':') {
            Some((service, names)) => names.split(',').map(|name| format!("{service}:{name}")).collect(),
            None => vec![part.to_owned()],
        }
    };
    text.split(' ').flat_map(of_service).collect()
}

/// An id that a name always has.
fn id(name: &str) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let hash = digest(&SHA256, name.as_bytes());
    let letter = |&byte: &u8| letters.get(usize::from(byte & 31)).map(|&letter| char::from(letter));
    format!("ANPA{}", hash.as_ref().iter().take(17).filter_map(letter).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_on_after_commas_and_words() {
        let table = "# c\n/x/P\n  allow a:B,\n    C d:E on r1\n    r2\n  but f:*\n/Q\n  pass s\n";
        let policies = read(table);
        assert_eq!(policies.len(), 2);
        let first: Value = serde_json::from_str(&policies[0].document).unwrap();
        assert_eq!((policies[0].path, policies[0].name), ("/x/", "P"));
        let statements = &first["Statement"];
        assert_eq!(
            statements[0],
            json!({ "Effect": "Allow", "Action": ["a:B", "a:C", "d:E"], "Resource": ["r1", "r2"] })
        );
        assert_eq!(statements[1], json!({ "Effect": "Allow", "NotAction": ["f:*"], "Resource": ["*"] }));
        let condition = json!({ "StringLike": { "iam:PassedToService": ["s"] } });
        assert!(policies[1].document.contains(&condition.to_string()));
    }
}

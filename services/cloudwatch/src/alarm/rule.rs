//! The rules of composite alarms: `ALARM(a) AND NOT OK("b c")`.
//!
//! Source: CloudWatch API Reference, PutCompositeAlarm, "AlarmRule".

use super::State;

/// How deep a rule may be nested.
const DEPTH: usize = 40;

/// A parsed rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule(Node);

/// Why a text is no rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// What stands at this character does not belong there.
    #[error("syntax error at character {0}")]
    Syntax(usize),
    /// It is nested too deeply.
    #[error("it is nested too deeply")]
    Depth,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Constant(bool),
    Is(State, String),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// [`RuleFault`].
    pub fn parse(text: &str) -> Result<Self, RuleFault> {
        let mut parser = Parser { text, rest: text, depth: 0 };
        let node = parser.any()?;
        parser.space();
        if parser.rest.is_empty() { Ok(Self(node)) } else { Err(parser.wrong()) }
    }

    /// The alarms that it names.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.0.names(&mut names);
        names
    }

    /// Whether it holds, where alarms are in these states.
    pub fn holds(&self, state: &dyn Fn(&str) -> Option<State>) -> bool {
        self.0.holds(state)
    }
}

impl Node {
    fn names<'n>(&'n self, names: &mut Vec<&'n str>) {
        match self {
            Self::Constant(_) => {}
            Self::Is(_, name) if names.contains(&name.as_str()) => {}
            Self::Is(_, name) => names.push(name),
            Self::Not(node) => node.names(names),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().for_each(|node| node.names(names)),
        }
    }

    fn holds(&self, state: &dyn Fn(&str) -> Option<State>) -> bool {
        match self {
            Self::Constant(truth) => *truth,
            Self::Is(wanted, name) => state(name) == Some(*wanted),
            Self::Not(node) => !node.holds(state),
            Self::And(nodes) => nodes.iter().all(|node| node.holds(state)),
            Self::Or(nodes) => nodes.iter().any(|node| node.holds(state)),
        }
    }
}

struct Parser<'t> {
    text: &'t str,
    rest: &'t str,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn wrong(&self) -> RuleFault {
        RuleFault::Syntax(self.text.len() - self.rest.len() + 1)
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn sign(&mut self, sign: char) -> bool {
        self.space();
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self, word: &str) -> bool {
        self.space();
        let rest = self.rest.strip_prefix(word);
        let rest = rest.filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn any(&mut self) -> Result<Node, RuleFault> {
        let mut nodes = vec![self.all()?];
        while self.word("OR") {
            nodes.push(self.all()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Or(nodes) })
    }

    fn all(&mut self) -> Result<Node, RuleFault> {
        let mut nodes = vec![self.one()?];
        while self.word("AND") {
            nodes.push(self.one()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::And(nodes) })
    }

    fn one(&mut self) -> Result<Node, RuleFault> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(RuleFault::Depth);
        }
        let node = self.inner()?;
        self.depth -= 1;
        Ok(node)
    }

    fn inner(&mut self) -> Result<Node, RuleFault> {
        if self.word("NOT") {
            return Ok(Node::Not(Box::new(self.one()?)));
        }
        if self.word("TRUE") {
            return Ok(Node::Constant(true));
        }
        if self.word("FALSE") {
            return Ok(Node::Constant(false));
        }
        if self.sign('(') {
            let node = self.any()?;
            return self.close(node);
        }
        for state in [State::Alarm, State::Ok, State::InsufficientData] {
            if self.word(state.as_str()) {
                if !self.sign('(') {
                    return Err(self.wrong());
                }
                let name = self.name()?;
                return self.close(Node::Is(state, name));
            }
        }
        Err(self.wrong())
    }

    fn close(&mut self, node: Node) -> Result<Node, RuleFault> {
        if self.sign(')') { Ok(node) } else { Err(self.wrong()) }
    }

    /// A name, in quotes or not, or an ARN.
    fn name(&mut self) -> Result<String, RuleFault> {
        self.space();
        let quote = self.rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (name, rest) = match quote {
            Some(quote) => {
                let inside = self.rest.get(1..).unwrap_or_default();
                inside.split_once(quote).ok_or_else(|| self.wrong())?
            }
            None => {
                let end = self.rest.find(|c: char| c.is_whitespace() || "()\"'".contains(c));
                self.rest.split_at(end.unwrap_or(self.rest.len()))
            }
        };
        let bare = name.strip_prefix("arn:").and_then(|arn| arn.split_once(":alarm:")).map(|(_, name)| name);
        let name = bare.unwrap_or(name);
        if name.is_empty() {
            return Err(self.wrong());
        }
        self.rest = rest;
        Ok(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(rule: &str) -> bool {
        let state = |name: &str| match name {
            "a" => Some(State::Alarm),
            "o k" => Some(State::Ok),
            "i" => Some(State::InsufficientData),
            _ => None,
        };
        Rule::parse(rule).unwrap().holds(&state)
    }

    #[test]
    fn rules_follow_from_states() {
        for rule in [
            "TRUE",
            "NOT FALSE",
            "ALARM(a)",
            "ALARM(\"a\") AND OK('o k')",
            "ALARM(x) OR INSUFFICIENT_DATA(i)",
            "ALARM(x) AND FALSE OR TRUE",
            "NOT (ALARM(x) OR OK(a))",
            "ALARM(arn:aws:cloudwatch:us-east-1:111122223333:alarm:a)",
            " ( ( TRUE ) ) ",
        ] {
            assert!(holds(rule), "{rule}");
        }
        for rule in ["FALSE", "OK(a)", "ALARM(x)", "TRUE AND NOT TRUE", "FALSE OR FALSE"] {
            assert!(!holds(rule), "{rule}");
        }
    }

    #[test]
    fn what_is_no_rule() {
        for rule in [
            "",
            "ALARM",
            "ALARM()",
            "ALARM(a",
            "ALARM(a) ALARM(b)",
            "TRUE AND",
            "ALARMED(a)",
            "alarm(a)",
            "OK(\"a)",
            ")",
        ] {
            assert!(matches!(Rule::parse(rule), Err(RuleFault::Syntax(_))), "{rule}");
        }
        assert_eq!(Rule::parse(&"(".repeat(10_000)), Err(RuleFault::Depth));
        assert_eq!(Rule::parse(&"NOT ".repeat(10_000)), Err(RuleFault::Depth));
    }

    #[test]
    fn names_come_once() {
        let rule = Rule::parse("ALARM(a) AND (OK(b) OR NOT ALARM(a))").unwrap();
        assert_eq!(rule.names(), ["a", "b"]);
    }
}

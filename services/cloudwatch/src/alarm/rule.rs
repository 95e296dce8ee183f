//! The rules of composite alarms: `ALARM(a) AND NOT OK("b c")`, `AT_LEAST(50%, NOT OK, (a, b))`.
//!
//! Sources: CloudWatch API Reference, PutCompositeAlarm, "AlarmRule"; User Guide, "Composite alarms".

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
    AtLeast(Least, Vec<Node>),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// How many of some alarms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Least {
    Count(usize),
    Percent(usize),
}

impl Least {
    /// Whether so many of all are enough.
    fn are(self, count: usize, all: usize) -> bool {
        match self {
            Self::Count(least) => count >= least,
            Self::Percent(percent) => count * 100 >= percent * all,
        }
    }
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
            Self::And(nodes) | Self::Or(nodes) | Self::AtLeast(_, nodes) => {
                nodes.iter().for_each(|node| node.names(names));
            }
        }
    }

    fn holds(&self, state: &dyn Fn(&str) -> Option<State>) -> bool {
        match self {
            Self::Constant(truth) => *truth,
            Self::Is(wanted, name) => state(name) == Some(*wanted),
            Self::Not(node) => !node.holds(state),
            Self::And(nodes) => nodes.iter().all(|node| node.holds(state)),
            Self::Or(nodes) => nodes.iter().any(|node| node.holds(state)),
            Self::AtLeast(least, nodes) => {
                least.are(nodes.iter().filter(|node| node.holds(state)).count(), nodes.len())
            }
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
        if self.word("AT_LEAST") {
            return self.at_least();
        }
        let state = self.state()?;
        self.expect('(')?;
        let name = self.name()?;
        self.close(Node::Is(state, name))
    }

    fn state(&mut self) -> Result<State, RuleFault> {
        let all = [State::Alarm, State::Ok, State::InsufficientData];
        all.into_iter().find(|state| self.word(state.as_str())).ok_or_else(|| self.wrong())
    }

    /// What follows on `AT_LEAST`: how many, the state that they are to be in or not in, and the alarms.
    fn at_least(&mut self) -> Result<Node, RuleFault> {
        self.expect('(')?;
        let start = self.wrong();
        let least = self.least()?;
        self.expect(',')?;
        let not = self.word("NOT");
        let state = self.state()?;
        self.expect(',')?;
        self.expect('(')?;
        let mut nodes = Vec::new();
        loop {
            let is = Node::Is(state, self.name()?);
            nodes.push(if not { Node::Not(Box::new(is)) } else { is });
            if !self.sign(',') {
                break;
            }
        }
        self.expect(')')?;
        // What no state of the alarms can make true is no rule.
        let sane = least.are(nodes.len(), nodes.len()) && !least.are(0, nodes.len());
        if sane { self.close(Node::AtLeast(least, nodes)) } else { Err(start) }
    }

    fn least(&mut self) -> Result<Least, RuleFault> {
        self.space();
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end.min(4));
        let number = digits.parse().map_err(|_| self.wrong())?;
        self.rest = rest;
        Ok(if self.sign('%') { Least::Percent(number) } else { Least::Count(number) })
    }

    fn expect(&mut self, sign: char) -> Result<(), RuleFault> {
        if self.sign(sign) { Ok(()) } else { Err(self.wrong()) }
    }

    fn close(&mut self, node: Node) -> Result<Node, RuleFault> {
        self.expect(')').map(|()| node)
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
                let end = self.rest.find(|c: char| c.is_whitespace() || "()\"',".contains(c));
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
            "AT_LEAST(1, ALARM, (a))",
            "AT_LEAST( 2 , NOT OK , ( a,x , 'o k' ) )",
            "AT_LEAST(50%, ALARM, (a, x)) AND NOT AT_LEAST(51%, ALARM, (a, x))",
            "AT_LEAST(1%, INSUFFICIENT_DATA, (x, i, \"o k\"))",
        ] {
            assert!(holds(rule), "{rule}");
        }
        for rule in [
            "FALSE",
            "OK(a)",
            "ALARM(x)",
            "TRUE AND NOT TRUE",
            "FALSE OR FALSE",
            "AT_LEAST(2, ALARM, (a, x))",
        ] {
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
            "ALARM(a,b)",
            "AT_LEAST(0, ALARM, (a))",
            "AT_LEAST(2, ALARM, (a))",
            "AT_LEAST(101%, ALARM, (a))",
            "AT_LEAST(1, ALARM, ())",
            "AT_LEAST(1, ALARM, a)",
            "AT_LEAST(1, ALARM, (a)",
            "AT_LEAST(99999, ALARM, (a))",
            "AT_LEAST(ALARM, (a))",
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
        assert_eq!(Rule::parse("AT_LEAST(1, NOT OK, (c, d, c))").unwrap().names(), ["c", "d"]);
    }
}

//! Search expressions: which metrics a `SEARCH` finds.
//!
//! Source: CloudWatch User Guide, "CloudWatch search expression syntax".

use super::Fault;

/// How deep a search may be nested.
const DEPTH: usize = 40;

/// A parsed search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// The namespace and the names of the dimensions that a metric must have, and no others.
    schema: Option<(String, Vec<String>)>,
    terms: Node,
}

/// A metric that a search may find.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'m> {
    /// The metric's namespace.
    pub namespace: &'m str,
    /// Its name.
    pub metric: &'m str,
    /// Its dimensions.
    pub dimensions: &'m [(String, String)],
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    /// Every metric.
    All,
    Term(Option<String>, Word),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// What a term looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    /// Words that follow each other within a text.
    Part(Vec<String>),
    /// The whole text, letter by letter.
    Whole(String),
}

impl Word {
    fn of(text: &str, quoted: bool) -> Self {
        if quoted { Self::Whole(text.to_owned()) } else { Self::Part(words(text)) }
    }

    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Whole(whole) => text == whole,
            Self::Part(part) if part.is_empty() => true,
            Self::Part(part) => {
                let plain = text.to_ascii_lowercase();
                words(text).windows(part.len()).any(|window| window == part) || plain == part.concat()
            }
        }
    }
}

/// The words of a text: what stands between other signs, and what capitals begin.
fn words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let (mut before, mut open) = (' ', false);
    for c in text.chars() {
        let begins = (c.is_uppercase() && !before.is_uppercase()) || c.is_numeric() != before.is_numeric();
        match c.is_alphanumeric() {
            false => open = false,
            true => {
                if !open || begins {
                    found.push(String::new());
                }
                if let Some(word) = found.last_mut() {
                    word.extend(c.to_lowercase());
                }
                open = true;
            }
        }
        before = c;
    }
    found
}

impl Search {
    /// Reads a search.
    ///
    /// # Errors
    /// [`Fault`]: it is none.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut parser = Parser { text, rest: text, depth: 0 };
        let schema = parser.schema()?;
        let terms = if parser.at_end() { Node::All } else { parser.any()? };
        if parser.at_end() { Ok(Self { schema, terms }) } else { Err(parser.wrong()) }
    }

    /// The namespace that it is confined to, if it is.
    pub fn namespace(&self) -> Option<&str> {
        self.schema.as_ref().map(|(namespace, _)| namespace.as_str())
    }

    /// Whether it finds this metric.
    pub fn finds(&self, metric: Candidate<'_>) -> bool {
        let fits = self.schema.as_ref().is_none_or(|(namespace, names)| {
            let has = |name: &String| metric.dimensions.iter().any(|(known, _)| known == name);
            namespace == metric.namespace && names.len() == metric.dimensions.len() && names.iter().all(has)
        });
        fits && self.terms.finds(metric)
    }
}

impl Node {
    fn finds(&self, metric: Candidate<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Not(node) => !node.finds(metric),
            Self::And(nodes) => nodes.iter().all(|node| node.finds(metric)),
            Self::Or(nodes) => nodes.iter().any(|node| node.finds(metric)),
            Self::Term(Some(key), word) => match key.as_str() {
                "MetricName" => word.is_in(metric.metric),
                "Namespace" => word.is_in(metric.namespace),
                _ => metric.dimensions.iter().any(|(name, value)| name == key && word.is_in(value)),
            },
            Self::Term(None, word) => {
                let dimensions = metric.dimensions.iter().flat_map(|(name, value)| [name, value]);
                [metric.namespace, metric.metric]
                    .into_iter()
                    .chain(dimensions.map(String::as_str))
                    .any(|text| word.is_in(text))
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
    fn wrong(&self) -> Fault {
        Fault::Syntax(self.text.len() - self.rest.len() + 1)
    }

    fn at_end(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.is_empty()
    }

    fn take(&mut self, sign: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// `{Namespace, Dimension, ..}`, where it is there.
    fn schema(&mut self) -> Result<Option<(String, Vec<String>)>, Fault> {
        if !self.take('{') {
            return Ok(None);
        }
        let end = self.rest.find('}').ok_or_else(|| self.wrong())?;
        let (inside, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        let mut names = inside.split(',').map(|name| name.trim().trim_matches('"').to_owned());
        let namespace = names.next().filter(|name| !name.is_empty()).ok_or_else(|| self.wrong())?;
        let names: Vec<String> = names.collect();
        match names.iter().any(String::is_empty) {
            true => Err(self.wrong()),
            false => Ok(Some((namespace, names))),
        }
    }

    fn any(&mut self) -> Result<Node, Fault> {
        let mut nodes = vec![self.all()?];
        while self.word("OR") {
            nodes.push(self.all()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Or(nodes) })
    }

    fn all(&mut self) -> Result<Node, Fault> {
        let mut nodes = vec![self.one()?];
        while !self.at_end() && !self.rest.starts_with(')') && !self.is_word("OR") {
            self.word("AND");
            nodes.push(self.one()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::And(nodes) })
    }

    fn one(&mut self) -> Result<Node, Fault> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Fault::Depth);
        }
        let node = if self.word("NOT") {
            Node::Not(Box::new(self.one()?))
        } else if self.take('(') {
            let node = self.any()?;
            if !self.take(')') {
                return Err(self.wrong());
            }
            node
        } else {
            self.term()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn term(&mut self) -> Result<Node, Fault> {
        let (text, quoted) = self.text()?;
        if !self.take('=') {
            return Ok(Node::Term(None, Word::of(&text, quoted)));
        }
        if !self.take('(') {
            let (value, quoted) = self.text()?;
            return Ok(Node::Term(Some(text), Word::of(&value, quoted)));
        }
        // `Name=("a" OR "b")`
        let mut terms = Vec::new();
        loop {
            let (value, quoted) = self.text()?;
            terms.push(Node::Term(Some(text.clone()), Word::of(&value, quoted)));
            if self.take(')') {
                return Ok(Node::Or(terms));
            }
            if !self.word("OR") {
                return Err(self.wrong());
            }
        }
    }

    /// A word, or text in quotes.
    fn text(&mut self) -> Result<(String, bool), Fault> {
        self.rest = self.rest.trim_start();
        if let Some(inside) = self.rest.strip_prefix('"') {
            let end = inside.find('"').ok_or_else(|| self.wrong())?;
            let (text, rest) = inside.split_at(end);
            self.rest = rest.get(1..).unwrap_or_default();
            return Ok((text.to_owned(), true));
        }
        let end = self.rest.find(|c: char| c.is_whitespace() || "()=\"".contains(c));
        let (text, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        if text.is_empty() {
            return Err(self.wrong());
        }
        self.rest = rest;
        Ok((text.to_owned(), false))
    }

    fn is_word(&self, word: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '='))
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.rest = self.rest.trim_start().get(word.len()..).unwrap_or_default();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(search: &str) -> bool {
        let dimensions = [("FunctionName".to_owned(), "my-first-fn".to_owned())];
        let metric =
            Candidate { namespace: "AWS/Lambda", metric: "ConcurrentExecutions", dimensions: &dimensions };
        Search::parse(search).unwrap().finds(metric)
    }

    #[test]
    fn what_a_search_finds() {
        for search in [
            "",
            "{AWS/Lambda,FunctionName}",
            "{AWS/Lambda, \"FunctionName\"} MetricName=\"ConcurrentExecutions\"",
            "Executions",
            "concurrent executions",
            "lambda first",
            "FunctionName=first-fn",
            "FunctionName=\"my-first-fn\"",
            "NOT Errors",
            "Errors OR Executions",
            "(Errors OR Executions) AND my",
            "MetricName=(\"Errors\" OR \"ConcurrentExecutions\")",
            "Namespace=Lambda",
        ] {
            assert!(finds(search), "{search}");
        }
    }

    #[test]
    fn what_it_does_not_find() {
        for search in [
            "{AWS/Lambda}",
            "{AWS/Lambda,FunctionName,Resource}",
            "{AWS/EC2,FunctionName}",
            "Execution",
            "\"Executions\"",
            "MetricName=\"Executions\"",
            "Executions NOT concurrent",
            "FunctionName=second",
            "Resource=my",
        ] {
            assert!(!finds(search), "{search}");
        }
    }

    #[test]
    fn what_is_no_search() {
        for search in
            ["{", "{}", "{AWS/Lambda,}", "(a", "a)", "a =", "a=\"b", "\"", "NOT", "a OR", "a=(\"b\""]
        {
            assert!(matches!(Search::parse(search), Err(Fault::Syntax(_))), "{search}");
        }
        assert_eq!(Search::parse(&"(".repeat(10_000)), Err(Fault::Depth));
        assert_eq!(Search::parse(&"NOT ".repeat(10_000)), Err(Fault::Depth));
    }
}

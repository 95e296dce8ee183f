use super::Comparator;
use crate::expression::{
    Fault,
    scan::{KEYWORDS, Parsed, Scanner, Stuck, Token},
    tree::{Call, RawOperand},
};

/// A condition as it was written.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Or(Box<Tree>, Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Not(Box<Tree>),
    Leaf(Leaf),
}

/// A comparison or a function.
#[derive(Debug, Clone)]
pub(crate) enum Leaf {
    Compare(Comparator, [RawOperand; 2]),
    Between([RawOperand; 3]),
    In(Vec<RawOperand>),
    Call(Call),
}

/// The tree, and whether there are parentheses around parentheses.
pub(super) struct Parse {
    pub(super) tree: Tree,
    pub(super) redundant: bool,
}

pub(super) fn parse(text: &str) -> Result<Parse, Fault> {
    let scanner = Scanner::new(text, KEYWORDS)?;
    let mut reader = Reader { redundant: false, whole: None };
    let tree = scanner.finish(|scanner| reader.or(scanner))?;
    if tree.operators() > MOST_OPERATORS {
        return Err(Fault::TooManyOperators(MOST_OPERATORS + 1));
    }
    let widest = tree.widest();
    if widest > MOST_OPERANDS {
        return Err(Fault::TooManyOperands(widest));
    }
    Ok(Parse { tree, redundant: reader.redundant })
}

/// The most comparisons and functions of a condition.
///
/// Source: DynamoDB Developer Guide, "Quotas in Amazon DynamoDB", "Expression parameters".
const MOST_OPERATORS: usize = 300;
/// The most operands behind `IN`.
///
/// Source: DynamoDB Developer Guide, "Quotas in Amazon DynamoDB", "Expression parameters".
const MOST_OPERANDS: usize = 100;

impl Tree {
    fn operators(&self) -> usize {
        match self {
            Self::Or(a, b) | Self::And(a, b) => a.operators() + b.operators(),
            Self::Not(one) => one.operators(),
            Self::Leaf(_) => 1,
        }
    }

    /// How many operands are behind an `IN` at most.
    fn widest(&self) -> usize {
        match self {
            Self::Or(a, b) | Self::And(a, b) => a.widest().max(b.widest()),
            Self::Not(one) => one.widest(),
            Self::Leaf(Leaf::In(all)) => all.len().saturating_sub(1),
            Self::Leaf(_) => 0,
        }
    }
}

/// Conditions between the same word, in a tree that is as low as can be: what walks it goes no deeper than it must.
fn joined(mut all: Vec<Tree>, join: fn(Box<Tree>, Box<Tree>) -> Tree) -> Option<Tree> {
    if all.len() < 2 {
        return all.pop();
    }
    let right = all.split_off(all.len() / 2);
    Some(join(Box::new(joined(all, join)?), Box::new(joined(right, join)?)))
}

struct Reader {
    redundant: bool,
    /// From where to where the last condition in parentheses went.
    whole: Option<(usize, usize)>,
}

impl Reader {
    fn or(&mut self, scanner: &mut Scanner<'_>) -> Parsed<Tree> {
        let mut all = vec![self.and(scanner)?];
        while scanner.keyword("OR") {
            all.push(self.and(scanner)?);
        }
        joined(all, Tree::Or).ok_or(Stuck)
    }

    fn and(&mut self, scanner: &mut Scanner<'_>) -> Parsed<Tree> {
        let mut all = vec![self.not(scanner)?];
        while scanner.keyword("AND") {
            all.push(self.not(scanner)?);
        }
        joined(all, Tree::And).ok_or(Stuck)
    }

    fn not(&mut self, scanner: &mut Scanner<'_>) -> Parsed<Tree> {
        if scanner.keyword("NOT") {
            return scanner.deeper(|scanner| self.not(scanner)).map(|tree| Tree::Not(Box::new(tree)));
        }
        self.one(scanner)
    }

    /// A comparison, a function, or a condition in parentheses.
    fn one(&mut self, scanner: &mut Scanner<'_>) -> Parsed<Tree> {
        let (start, redundant) = (scanner.place(), self.redundant);
        if scanner.peek() == Token::Open {
            if let Ok(leaf) = self.leaf(scanner) {
                return Ok(Tree::Leaf(leaf));
            }
            scanner.back_to(start);
            self.redundant = redundant;
            return scanner.deeper(|scanner| self.parentheses(scanner));
        }
        self.leaf(scanner).map(Tree::Leaf)
    }

    fn parentheses(&mut self, scanner: &mut Scanner<'_>) -> Parsed<Tree> {
        scanner.expect(Token::Open)?;
        self.whole = None;
        let start = scanner.place();
        let tree = self.or(scanner)?;
        // What is in these parentheses may be nothing but another pair of them.
        self.redundant |= self.whole == Some((start, scanner.place()));
        scanner.expect(Token::Close)?;
        self.whole = Some((start.saturating_sub(1), scanner.place()));
        Ok(tree)
    }

    fn leaf(&mut self, scanner: &mut Scanner<'_>) -> Parsed<Leaf> {
        let first = self.operand(scanner)?;
        if let Some(comparator) = comparator(scanner) {
            return Ok(Leaf::Compare(comparator, [first, self.operand(scanner)?]));
        }
        if scanner.keyword("BETWEEN") {
            let low = self.operand(scanner)?;
            if !scanner.keyword("AND") {
                return Err(Stuck);
            }
            return Ok(Leaf::Between([first, low, self.operand(scanner)?]));
        }
        if scanner.keyword("IN") {
            scanner.expect(Token::Open)?;
            let mut all = vec![first];
            all.extend(self.operands(scanner)?);
            scanner.expect(Token::Close)?;
            return Ok(Leaf::In(all));
        }
        match first {
            RawOperand::Call(call) => Ok(Leaf::Call(call)),
            _ => Err(Stuck),
        }
    }

    fn operands(&mut self, scanner: &mut Scanner<'_>) -> Parsed<Vec<RawOperand>> {
        let mut operands = vec![self.operand(scanner)?];
        while scanner.take(Token::Comma).is_some() {
            operands.push(self.operand(scanner)?);
        }
        Ok(operands)
    }

    fn operand(&mut self, scanner: &mut Scanner<'_>) -> Parsed<RawOperand> {
        if scanner.take(Token::Open).is_some() {
            let inner = scanner.peek() == Token::Open;
            let operand = scanner.deeper(|scanner| self.operand(scanner))?;
            scanner.expect(Token::Close)?;
            self.redundant |= inner;
            return match operand {
                RawOperand::Path(path) => scanner.path_from(path).map(RawOperand::Path),
                operand => Ok(operand),
            };
        }
        if let Some(value) = scanner.take(Token::Value) {
            return Ok(RawOperand::Value(value.to_owned()));
        }
        if scanner.at_function() {
            let function = scanner.word()?.to_owned();
            scanner.expect(Token::Open)?;
            let operands = scanner.deeper(|scanner| self.operands(scanner))?;
            scanner.expect(Token::Close)?;
            return Ok(RawOperand::Call(Call { function, operands }));
        }
        scanner.path().map(RawOperand::Path)
    }
}

fn comparator(scanner: &mut Scanner<'_>) -> Option<Comparator> {
    const ALL: [(Token, Comparator); 6] = [
        (Token::Equal, Comparator::Equal),
        (Token::NotEqual, Comparator::NotEqual),
        (Token::Less, Comparator::Less),
        (Token::LessOrEqual, Comparator::LessOrEqual),
        (Token::Greater, Comparator::Greater),
        (Token::GreaterOrEqual, Comparator::GreaterOrEqual),
    ];
    ALL.into_iter().find_map(|(token, comparator)| scanner.take(token).map(|_| comparator))
}

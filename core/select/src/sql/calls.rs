use super::{
    ast::{Aggregate, DatePart, Expr, Function, Side, Type},
    lexer::Token,
    parser::Parser,
};
use crate::SelectError;

impl Parser {
    /// What begins with a keyword: a literal, CASE, CAST, an aggregate or a function.
    pub(super) fn keyword(&mut self) -> Result<Expr, SelectError> {
        let Token::Word(word) = self.next() else { return Err(SelectError::ParseUnexpectedToken) };
        match word.to_ascii_uppercase().as_str() {
            "NULL" => Ok(Expr::Null),
            "MISSING" => Ok(Expr::Missing),
            "TRUE" => Ok(Expr::Bool(true)),
            "FALSE" => Ok(Expr::Bool(false)),
            "CASE" => self.case(),
            "CAST" => self.cast(),
            "AVG" => self.aggregate(Aggregate::Avg),
            "COUNT" => self.aggregate(Aggregate::Count),
            "MAX" => self.aggregate(Aggregate::Max),
            "MIN" => self.aggregate(Aggregate::Min),
            "SUM" => self.aggregate(Aggregate::Sum),
            "CHAR_LENGTH" | "CHARACTER_LENGTH" => self.call(Function::CharLength, 1..=1),
            "COALESCE" => self.call(Function::Coalesce, 1..=usize::MAX),
            "LOWER" => self.call(Function::Lower, 1..=1),
            "NULLIF" => self.call(Function::NullIf, 2..=2),
            "UPPER" => self.call(Function::Upper, 1..=1),
            "EXTRACT" => self.extract(),
            "SUBSTRING" => self.substring(),
            "TRIM" => self.trim(),
            "SELECT" => Err(SelectError::ParseUnsupportedSelect),
            _ if self.is_symbol("(") => Err(SelectError::UnsupportedFunction),
            _ => Err(SelectError::ParseUnexpectedToken),
        }
    }

    /// A call of what is no keyword.
    pub(super) fn other_call(&mut self, name: &str) -> Result<Expr, SelectError> {
        match name.to_ascii_uppercase().as_str() {
            "DATE_ADD" => self.with_date_part(Function::DateAdd),
            "DATE_DIFF" => self.with_date_part(Function::DateDiff),
            "TO_STRING" => self.call(Function::ToString, 2..=2),
            "TO_TIMESTAMP" => self.call(Function::ToTimestamp, 1..=1),
            "UTCNOW" => self.call(Function::UtcNow, 0..=0),
            _ => Err(SelectError::UnsupportedFunction),
        }
    }

    fn open(&mut self) -> Result<(), SelectError> {
        self.count()?;
        self.symbol("(", SelectError::ParseExpectedLeftParenBuiltinFunctionCall)
    }

    fn close(&mut self) -> Result<(), SelectError> {
        self.symbol(")", SelectError::ParseExpectedRightParenBuiltinFunctionCall)
    }

    fn call(
        &mut self,
        function: Function,
        arity: std::ops::RangeInclusive<usize>,
    ) -> Result<Expr, SelectError> {
        self.open()?;
        let arguments = self.list(")", SelectError::ParseExpectedArgumentDelimiter)?;
        match arity.contains(&arguments.len()) {
            true => Ok(Expr::Call(function, arguments)),
            false => Err(SelectError::EvaluatorInvalidArguments),
        }
    }

    fn aggregate(&mut self, aggregate: Aggregate) -> Result<Expr, SelectError> {
        if !self.aggregating {
            return Err(SelectError::UnsupportedSqlStructure);
        }
        self.open()?;
        let argument = if self.take_symbol("*") {
            if aggregate != Aggregate::Count {
                return Err(SelectError::ParseUnsupportedCallWithStar);
            }
            self.close()?;
            None
        } else {
            // An aggregate of aggregates is none.
            self.aggregating = false;
            let mut arguments = self.list(")", SelectError::ParseExpectedArgumentDelimiter)?;
            self.aggregating = true;
            match (arguments.pop(), arguments.is_empty()) {
                (Some(only), true) => Some(only),
                _ => return Err(SelectError::ParseNonUnaryAgregateFunctionCall),
            }
        };
        self.aggregates.push((aggregate, argument));
        Ok(Expr::Result(self.aggregates.len() - 1))
    }

    fn case(&mut self) -> Result<Expr, SelectError> {
        self.count()?;
        let subject = if self.is_word("WHEN") { None } else { Some(Box::new(self.expression()?)) };
        let mut whens = Vec::new();
        while self.take_word("WHEN") {
            let when = self.expression()?;
            self.word("THEN")?;
            whens.push((when, self.expression()?));
        }
        if whens.is_empty() {
            return Err(SelectError::ParseExpectedWhenClause);
        }
        let otherwise = if self.take_word("ELSE") { Some(Box::new(self.expression()?)) } else { None };
        self.word("END")?;
        Ok(Expr::Case { subject, whens, otherwise })
    }

    fn cast(&mut self) -> Result<Expr, SelectError> {
        self.count()?;
        self.symbol("(", SelectError::ParseExpectedLeftParenAfterCast)?;
        let value = self.expression()?;
        if self.is_symbol(",") || self.is_symbol(")") {
            return Err(SelectError::ParseCastArity);
        }
        self.word("AS")?;
        let kind = self.type_name()?;
        self.close()?;
        Ok(Expr::Cast(Box::new(value), kind))
    }

    /// A type; precision and scale of DECIMAL are read and change nothing, as in AWS.
    fn type_name(&mut self) -> Result<Type, SelectError> {
        let Token::Word(word) = self.next() else { return Err(SelectError::ParseExpectedTypeName) };
        let kind = match word.to_ascii_uppercase().as_str() {
            "BOOL" | "BOOLEAN" => Type::Bool,
            "INT" | "INTEGER" => Type::Int,
            "FLOAT" => Type::Float,
            "DECIMAL" | "NUMERIC" => Type::Decimal,
            "STRING" => Type::Text,
            "TIMESTAMP" => Type::Timestamp,
            _ => return Err(SelectError::ParseExpectedTypeName),
        };
        if kind == Type::Decimal && self.take_symbol("(") {
            self.list(")", SelectError::ParseExpectedTokenType)?;
        }
        Ok(kind)
    }

    fn date_part(&mut self, zones: bool) -> Result<DatePart, SelectError> {
        let Token::Word(word) = self.next() else { return Err(SelectError::ParseExpectedDatePart) };
        match word.to_ascii_uppercase().as_str() {
            "YEAR" => Ok(DatePart::Year),
            "MONTH" => Ok(DatePart::Month),
            "DAY" => Ok(DatePart::Day),
            "HOUR" => Ok(DatePart::Hour),
            "MINUTE" => Ok(DatePart::Minute),
            "SECOND" => Ok(DatePart::Second),
            "TIMEZONE_HOUR" if zones => Ok(DatePart::TimezoneHour),
            "TIMEZONE_MINUTE" if zones => Ok(DatePart::TimezoneMinute),
            _ => Err(SelectError::ParseExpectedDatePart),
        }
    }

    fn with_date_part(&mut self, function: Function) -> Result<Expr, SelectError> {
        self.open()?;
        let part = self.date_part(false)?;
        self.symbol(",", SelectError::ParseExpectedArgumentDelimiter)?;
        let arguments = self.list(")", SelectError::ParseExpectedArgumentDelimiter)?;
        match arguments.len() {
            2 => Ok(Expr::Date(part, function, arguments)),
            _ => Err(SelectError::EvaluatorInvalidArguments),
        }
    }

    fn extract(&mut self) -> Result<Expr, SelectError> {
        self.open()?;
        let part = self.date_part(true)?;
        self.word("FROM")?;
        let time = self.expression()?;
        self.close()?;
        Ok(Expr::Date(part, Function::Extract, vec![time]))
    }

    /// `SUBSTRING(text FROM start FOR length)`, or with commas.
    fn substring(&mut self) -> Result<Expr, SelectError> {
        self.open()?;
        let mut arguments = vec![self.expression()?];
        if self.take_word("FROM") {
            arguments.push(self.expression()?);
            if self.take_word("FOR") {
                arguments.push(self.expression()?);
            }
        } else {
            while self.take_symbol(",") {
                arguments.push(self.expression()?);
            }
        }
        self.close()?;
        match arguments.len() {
            2 | 3 => Ok(Expr::Call(Function::Substring, arguments)),
            _ => Err(SelectError::EvaluatorInvalidArguments),
        }
    }

    /// `TRIM([[LEADING | TRAILING | BOTH] characters FROM] text)`.
    fn trim(&mut self) -> Result<Expr, SelectError> {
        self.open()?;
        let sides = [("LEADING", Side::Leading), ("TRAILING", Side::Trailing), ("BOTH", Side::Both)];
        let side = sides.into_iter().find_map(|(word, side)| self.take_word(word).then_some(side));
        let mut remove = None;
        let first = if side.is_some() && self.is_word("FROM") { None } else { Some(self.expression()?) };
        let text = if self.take_word("FROM") {
            remove = first.map(Box::new);
            self.expression()?
        } else {
            match (first, side) {
                (Some(text), None) => text,
                _ => return Err(SelectError::ParseExpectedKeyword),
            }
        };
        self.close()?;
        Ok(Expr::Trim { side: side.unwrap_or(Side::Both), remove, text: Box::new(text) })
    }
}

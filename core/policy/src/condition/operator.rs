/// `ForAllValues:` or `ForAnyValue:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SetOperator {
    ForAllValues,
    ForAnyValue,
}

/// What is compared, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    String { ignore_case: bool, like: bool },
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// The request's value stands in this order to the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    pub(crate) fn admits(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// A condition operator, such as `ForAnyValue:StringNotLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) set: Option<SetOperator>,
    pub(crate) comparison: Comparison,
    pub(crate) negated: bool,
    pub(crate) if_exists: bool,
}

impl Operator {
    /// The operator of this name; case does not count.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let (set, rest) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Some(SetOperator::ForAllValues), rest),
            Some(("foranyvalue", rest)) => (Some(SetOperator::ForAnyValue), rest),
            Some(_) => return None,
            None => (None, lower.as_str()),
        };
        let (base, if_exists) = match rest.strip_suffix("ifexists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let (comparison, negated) = base_operator(base)?;
        let pointless = comparison == Comparison::Null && if_exists;
        (!pointless).then_some(Self { set, comparison, negated, if_exists })
    }
}

/// The comparison of this name, and whether the operator is its negation.
fn base_operator(name: &str) -> Option<(Comparison, bool)> {
    let string = |ignore_case, like| Comparison::String { ignore_case, like };
    Some(match name {
        "stringequals" => (string(false, false), false),
        "stringnotequals" => (string(false, false), true),
        "stringequalsignorecase" => (string(true, false), false),
        "stringnotequalsignorecase" => (string(true, false), true),
        "stringlike" => (string(false, true), false),
        "stringnotlike" => (string(false, true), true),
        "numericequals" => (Comparison::Numeric(Order::Equal), false),
        "numericnotequals" => (Comparison::Numeric(Order::Equal), true),
        "numericlessthan" => (Comparison::Numeric(Order::Less), false),
        "numericlessthanequals" => (Comparison::Numeric(Order::LessOrEqual), false),
        "numericgreaterthan" => (Comparison::Numeric(Order::Greater), false),
        "numericgreaterthanequals" => (Comparison::Numeric(Order::GreaterOrEqual), false),
        "dateequals" => (Comparison::Date(Order::Equal), false),
        "datenotequals" => (Comparison::Date(Order::Equal), true),
        "datelessthan" => (Comparison::Date(Order::Less), false),
        "datelessthanequals" => (Comparison::Date(Order::LessOrEqual), false),
        "dategreaterthan" => (Comparison::Date(Order::Greater), false),
        "dategreaterthanequals" => (Comparison::Date(Order::GreaterOrEqual), false),
        "bool" => (Comparison::Bool, false),
        "binaryequals" => (Comparison::Binary, false),
        "ipaddress" => (Comparison::Ip, false),
        "notipaddress" => (Comparison::Ip, true),
        "arnequals" | "arnlike" => (Comparison::Arn, false),
        "arnnotequals" | "arnnotlike" => (Comparison::Arn, true),
        "null" => (Comparison::Null, false),
        _ => return None,
    })
}

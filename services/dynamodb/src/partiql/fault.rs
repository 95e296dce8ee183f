use crate::{attribute::Invalid, expression, number::NumberError, partiql::lexer::Place};

impl Fault {
    /// There is no statement at all.
    pub(crate) const NO_STATEMENT: Self = Self::Form("Expected data manipulation");
}

/// Why a statement is none, or cannot be done, in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("Statement wasn't well formed, can't be processed: {0}")]
    Form(&'static str),
    #[error("Member must have length less than or equal to 8192")]
    TooLong,
    #[error("Number of parameters in request and statement don't match.")]
    Parameters,
    #[error("Unsupported clause: {0} at {1}")]
    Clause(String, Place),
    #[error("Unsupported operation: {0}")]
    Operation(&'static str),
    #[error("Aliasing is not supported")]
    Alias,
    #[error("Only select from a single table or index is supported.")]
    SeveralSources,
    #[error("A path may contain at most 2 components in the FROM clause")]
    LongSource,
    #[error("Invalid list expression in source.")]
    ListSource,
    #[error("Unexpected from source")]
    Source,
    #[error(
        "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'."
    )]
    TableName,
    #[error("Path component cannot be an empty string")]
    EmptyName,
    #[error("Unpivot path component like a.*.b are not supported")]
    Unpivot,
    #[error("Wildcard path component like a[*].b are not supported")]
    Wildcard,
    #[error("List index is not within the allowable range; index: [{0}] at {1}")]
    ListIndex(String, Place),
    #[error("Unexpected path component at {0}")]
    Column(Place),
    #[error("Other attributes should not be present in the projection when '*' is used.")]
    StarAndOthers,
    #[error("Duplicate identifiers in select clause: {0}")]
    SameColumns(String),
    #[error("Select projection doesn't support value or pivot keywords")]
    SelectValue,
    #[error("Argument to ORDER BY must be of type VariableReference. Type: {0}")]
    OrderBy(&'static str),
    #[error(
        "Unsupported operation: Inserting multiple items in a single statement is not supported, use \"INSERT INTO tableName VALUE item\" instead"
    )]
    SeveralItems,
    #[error(
        "Unsupported format in item expression. Please use struct format {{...}} to express item values for insert statement."
    )]
    ItemSyntax,
    #[error("RETURNING is not supported in INSERT")]
    InsertReturning,
    #[error(
        "Invalid returning clause: RETURNING {0}. Only RETURNING ALL OLD * is allowed in DELETE statements."
    )]
    DeleteReturning(&'static str),
    #[error("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause")]
    Returning,
    #[error("Invalid syntax with multiple returning elements in RETURNING clause")]
    SeveralReturning,
    #[error("This operation is not supported on an index")]
    OnIndex,
    #[error("EXISTS can only be used in ExecuteTransaction write requests.")]
    Exists,
    #[error("Unrecognized function: {0} at {1}")]
    Function(String, Place),
    #[error("WHERE clause must contain an expression that resolves to a boolean")]
    Where,
    #[error("The arguments to AND/OR must be Expressions")]
    AndOr,
    #[error("The argument to NOT must be a Type or Expression")]
    Not,
    #[error(
        "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member"
    )]
    In,
    #[error("The IN operator is provided with too many operands; number of operands: {0}")]
    InOperands(usize),
    #[error("The left hand side argument to IS must be a Variable Reference, Literal, or Path")]
    IsOperand,
    #[error(
        "Unsupported data type for IS operator: {0}. Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]"
    )]
    IsType(String),
    #[error("MISSING must be compared using IS operator")]
    Missing,
    #[error("IS operator is not supported in update expressions")]
    IsInUpdate,
    #[error("Unsupported operator in Condition Expression. Operator: {0}")]
    ConditionOperator(&'static str),
    #[error("Unsupported operator in Update Expression. Operator: {0}")]
    UpdateOperator(&'static str),
    #[error("{function} must have exactly two arguments at {at}")]
    SetArguments { function: &'static str, at: Place },
    #[error("The first argument to {function} must equal the assignment value at {at}")]
    SetTarget { function: &'static str, at: Place },
    #[error("The second argument to {function} must be a value with type SET at {at}")]
    SetValue { function: &'static str, at: Place },
    #[error("{fault} under {under}")]
    Number { fault: NumberError, under: String },
    #[error("Nesting Levels have exceeded supported limits under {0}")]
    Nesting(String),
    #[error("Empty bags are not supported")]
    EmptyBag,
    #[error("Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags")]
    BagType,
    #[error(
        "One or more parameter values were invalid: Input collection [{0}] contains duplicates! under {1}"
    )]
    SameNumbers(String, String),
    #[error("Duplicate keys in tuple. Key: {0} under {1}")]
    SameKeys(String, String),
    #[error("Tuple keys must be of type String. Actual type: {0} under {1}")]
    TupleKey(&'static str, String),
    #[error("Ion Literals are not supported: {0} under key {1}")]
    Ion(String, String),
    #[error("Unsupported data type: {what} under key {under} at {at}")]
    DataType { what: String, under: String, at: Place },
    #[error(transparent)]
    Parameter(Invalid),
    #[error(transparent)]
    Value(#[from] Invalid),
    #[error(transparent)]
    Expression(#[from] expression::Fault),
}

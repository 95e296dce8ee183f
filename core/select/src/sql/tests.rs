use super::Query;
use crate::SelectError;

fn refused(text: &str) -> SelectError {
    Query::parse(text).err().unwrap()
}

#[test]
fn what_is_no_query_is_refused_by_its_code() {
    for (text, code) in [
        ("", SelectError::ParseUnexpectedToken),
        ("delete from s3object", SelectError::ParseUnexpectedToken),
        ("select from s3object", SelectError::ParseEmptySelect),
        ("select *", SelectError::ParseSelectMissingFrom),
        ("select *, _1 from s3object", SelectError::ParseAsteriskIsNotAloneInSelectList),
        ("select _1, * from s3object", SelectError::ParseAsteriskIsNotAloneInSelectList),
        ("select distinct _1 from s3object", SelectError::ParseUnsupportedSelect),
        ("select * from table1", SelectError::InvalidDataSource),
        ("select * from s3object.path", SelectError::InvalidKeyPath),
        ("select * from s3object, s3object", SelectError::ParseMalformedJoin),
        ("select * from s3object a join s3object b", SelectError::ParseMalformedJoin),
        ("select * from s3object group by _1", SelectError::ParseExpectedIdentForGroupName),
        ("select * from s3object order by _1", SelectError::ParseUnsupportedSyntax),
        ("select * from s3object limit -1", SelectError::EvaluatorNegativeLimit),
        ("select * from s3object limit x", SelectError::ParseExpectedNumber),
        ("select * from s3object where", SelectError::ParseExpectedExpression),
        ("select * from s3object where _1 = 'a", SelectError::LexerInvalidLiteral),
        ("select * from s3object where _1 ! 1", SelectError::LexerInvalidOperator),
        ("select * from s3object where _1 ? 1", SelectError::LexerInvalidChar),
        ("select * from s3object where _1 = `x`", SelectError::LexerInvalidIONLiteral),
        ("select * from s3object where count(*) > 1", SelectError::UnsupportedSqlStructure),
        ("select count(*), _1 from s3object", SelectError::UnsupportedSqlStructure),
        ("select sum(max(_1)) from s3object", SelectError::UnsupportedSqlStructure),
        ("select sum(*) from s3object", SelectError::ParseUnsupportedCallWithStar),
        ("select sum(_1, _2) from s3object", SelectError::ParseNonUnaryAgregateFunctionCall),
        ("select int(_1) from s3object", SelectError::UnsupportedFunction),
        ("select sqrt(_1) from s3object", SelectError::UnsupportedFunction),
        ("select lower(_1, _2) from s3object", SelectError::EvaluatorInvalidArguments),
        ("select cast(_1) from s3object", SelectError::ParseCastArity),
        ("select cast _1 as int from s3object", SelectError::ParseExpectedLeftParenAfterCast),
        ("select cast(_1 as blob) from s3object", SelectError::ParseExpectedTypeName),
        ("select s.cast from s3object s", SelectError::ParseInvalidPathComponent),
        ("select case _1 end from s3object", SelectError::ParseExpectedWhenClause),
        ("select date_add(week, 1, _1) from s3object", SelectError::ParseExpectedDatePart),
        ("select extract(year, _1) from s3object", SelectError::ParseExpectedKeyword),
        ("select trim(leading 'x', _1) from s3object", SelectError::ParseExpectedKeyword),
        ("select s[*].a from s3object s", SelectError::ParseInvalidContextForWildcardInSelectList),
        ("select * from s3object; select", SelectError::ParseUnexpectedToken),
    ] {
        assert_eq!(refused(text), code, "{text}");
    }
}

#[test]
fn a_query_has_its_bounds() {
    let long = format!("select * from s3object where _1 = '{}'", "x".repeat(256 * 1024));
    assert_eq!(refused(&long), SelectError::ExpressionTooLong);
    for (open, close) in [("(", ")"), ("not ", ""), ("- ", ""), ("1 = ", "")] {
        let deep = format!("select {}1{} from s3object", open.repeat(5000), close.repeat(5000));
        assert_eq!(refused(&deep), SelectError::MaxOperatorsExceeded, "{open}");
    }
    for operator in ["+", "*", "<", "||", "is null = "] {
        let long = format!("select 1 {} from s3object", format!("{operator} 1 ").repeat(5000));
        assert_eq!(refused(&long), SelectError::MaxOperatorsExceeded, "{operator}");
    }
    let unknown = format!("select 1 {} from s3object", "is null ".repeat(5000));
    assert_eq!(refused(&unknown), SelectError::MaxOperatorsExceeded);
    let nested = |chain: &str, levels: usize| {
        format!(
            "select {}1{} from s3object",
            "(".repeat(levels),
            format!("{})", chain.repeat(99)).repeat(levels)
        )
    };
    for chain in [" + 1", " is not null", " || 'x'", " not in (1)"] {
        assert_eq!(refused(&nested(chain, 20)), SelectError::MaxOperatorsExceeded, "{chain}");
        assert!(Query::parse(&nested(chain, 1)).is_ok(), "{chain}");
    }
    let comments = format!("select {}{} 1 from s3object", "/**/".repeat(20_000), "--\n".repeat(20_000));
    assert!(Query::parse(&comments).is_ok());
    let alternatives = format!("select * from s3object where _1 = 'x' {}", "or _1 = 'y' ".repeat(900));
    assert!(Query::parse(&alternatives).is_ok());
}

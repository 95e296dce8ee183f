use proptest::prelude::*;

use super::*;
use crate::{attribute::Type, expression::Projection, number::Number};

fn text(text: &str) -> Attribute {
    Attribute::String(text.to_owned())
}

fn number(text: &str) -> Attribute {
    Attribute::Number(text.parse().unwrap())
}

fn parse(statement: &str) -> Result<Statement, Fault> {
    Statement::parse(statement, None)
}

fn fault(statement: &str) -> String {
    parse(statement).unwrap_err().to_string()
}

fn bound(statement: &str, parameters: &[Attribute]) -> Result<Statement, Fault> {
    let parameters: Vec<_> = parameters.iter().cloned().map(|value| Supplied(Ok(value))).collect();
    Statement::parse(statement, Some(&parameters))
}

fn condition(text: &str) -> Condition {
    match parse(&format!("SELECT * FROM table1 WHERE {text}")).unwrap() {
        Statement::Select(select) => select.condition.unwrap(),
        other => panic!("{other:?}"),
    }
}

fn inserted(text: &str) -> Item {
    match parse(&format!("INSERT INTO table1 VALUE {text}")).unwrap() {
        Statement::Insert(insert) => insert.item,
        other => panic!("{other:?}"),
    }
}

fn updated(text: &str) -> Change {
    match parse(&format!("UPDATE table1 {text}")).unwrap() {
        Statement::Change(change) => change,
        other => panic!("{other:?}"),
    }
}

/// An item with one attribute of each kind.
fn item() -> Item {
    let map = Item::from([("sub".to_owned(), text("x"))]);
    Item::from([
        ("h".to_owned(), text("it's")),
        ("n".to_owned(), number("5")),
        ("ss".to_owned(), Attribute::Strings(vec!["a".to_owned(), "b".to_owned()])),
        ("m".to_owned(), Attribute::Map(map)),
        ("l".to_owned(), Attribute::List(vec![text("c"), Attribute::Bool(true)])),
        ("nul".to_owned(), Attribute::Null),
        ("yes".to_owned(), Attribute::Bool(true)),
    ])
}

#[test]
fn literals_are_values() {
    let item = inserted(
        "{'a': 'it''s', 'b': -1.5e2, 'c': true, 'd': NULL, 'e': [1, 'x'], 'f': {'g': {}}, 'h': <<'x', 'y'>>, 'i': <<1, .5>>}",
    );
    let map = Item::from([("g".to_owned(), Attribute::Map(Item::new()))]);
    for (name, value) in [
        ("a", text("it's")),
        ("b", number("-150")),
        ("c", Attribute::Bool(true)),
        ("d", Attribute::Null),
        ("e", Attribute::List(vec![number("1"), text("x")])),
        ("f", Attribute::Map(map)),
        ("h", Attribute::Strings(vec!["x".to_owned(), "y".to_owned()])),
        ("i", Attribute::Numbers(vec!["1".parse::<Number>().unwrap(), "0.5".parse().unwrap()])),
    ] {
        assert_eq!(item.get(name), Some(&value), "{name}");
    }
}

#[test]
fn conditions_hold_or_do_not() {
    for holds in [
        "h = 'it''s' AND n = 5",
        "n <> 4 AND n != 4 AND n > - - 4 AND n >= 5 AND n < 6 AND n <= 5.0",
        "5 = n OR h = 'x'",
        "n BETWEEN 1 AND 5 AND NOT n NOT BETWEEN 1 AND 5",
        "n IN [1, 5] AND n IN (5) AND n NOT IN <<6, 7>>",
        "NOT (n = 4) AND (n = 5)",
        "begins_with(h, 'it') AND contains(ss, 'a') AND CONTAINS(l, 'c')",
        "size(ss) = 2 AND SIZE(h) > 3",
        "attribute_type(ss, 'SS') AND attribute_exists(m.sub) AND attribute_not_exists(m.nope)",
        "m.sub = 'x' AND m['sub'] = 'x' AND l[0] = 'c' AND \"m\".\"sub\" = 'x'",
        "gone IS MISSING AND n IS NOT MISSING AND nul IS NULL AND n IS NOT NULL",
        "yes IS BOOL AND h IS STRING AND n IS NUMERIC AND m IS TUPLE AND m IS STRUCT AND l IS LIST",
        "NOT gone = 1 AND gone <> 1",
        "attribute_exists(gone) = false AND true = attribute_exists(n) AND (n = 4) <> true",
        "ss = <<'b', 'a'>> AND l = ['c', true] AND m = {'sub': 'x'}",
        "n = 4 OR n = 5 AND h = 'it''s' -- a note",
        "n /* in\nhere */ = 5;",
    ] {
        assert!(condition(holds).holds(&item()), "{holds}");
    }
    for fails in [
        "gone = 1",
        "n > '4'",
        "n IS NULL",
        "gone IS NULL",
        "NOT begins_with(h, 'it')",
        "n = 5 AND NOT yes = true",
    ] {
        assert!(!condition(fails).holds(&item()), "{fails}");
    }
}

#[test]
fn columns_are_named_by_the_ends_of_their_paths() {
    let Statement::Select(select) =
        parse("SELECT h, m.sub, l[1], \"n\" FROM \"table1\".\"by-n\" WHERE h = 'x'").unwrap()
    else {
        panic!("not a select")
    };
    assert_eq!(select.from, Source { table: "table1".to_owned(), index: Some("by-n".to_owned()) });
    let got = Projection::columns(select.columns.unwrap()).apply(&item());
    let keys: Vec<_> = got.keys().map(String::as_str).collect();
    assert_eq!(keys, ["h", "l[1]", "n", "sub"]);
    assert_eq!(got["l[1]"], Attribute::Bool(true));
    let deep = Path {
        head: "m".to_owned(),
        below: vec![crate::expression::Step::Name("k".to_owned()), crate::expression::Step::Index(0)],
    };
    assert_eq!(deep.column(), "k[0]");
}

#[test]
fn updates_are_applied() {
    let change = updated(
        "SET n = n + 1, m.sub = 'y' SET ss = set_add(ss, <<'c'>>) REMOVE nul SET l = list_append(l, [1]) WHERE h = 'x' RETURNING MODIFIED NEW *",
    );
    assert_eq!(change.returns, ReturnValue::UpdatedNew);
    let after = change.update.unwrap().apply(&item()).unwrap();
    assert_eq!(after["n"], number("6"));
    assert_eq!(after["ss"].type_of(), Type::SS);
    assert_eq!(after["l"], Attribute::List(vec![text("c"), Attribute::Bool(true), number("1")]));
    assert!(!after.contains_key("nul"));
    let fewer =
        updated("SET ss = set_delete(ss, <<'a', 'b'>>), n = 10 - n").update.unwrap().apply(&item()).unwrap();
    assert!(!fewer.contains_key("ss"));
    assert_eq!(fewer["n"], number("5"));
    assert_eq!(
        parse("FROM table1 WHERE h = 'x' SET n = 1").unwrap(),
        parse("UPDATE table1 SET n = 1 WHERE h = 'x'").unwrap()
    );
}

#[test]
fn parameters_stand_in_the_places_of_question_marks() {
    let values = [text("a"), number("2"), Attribute::Strings(vec!["x".to_owned()])];
    assert_eq!(
        bound("SELECT * FROM table1 WHERE a = ? AND n IN [?] AND s = ?", &values).unwrap(),
        parse("SELECT * FROM table1 WHERE a = 'a' AND n IN [2] AND s = <<'x'>>").unwrap()
    );
    assert_eq!(
        bound("INSERT INTO table1 VALUE {'a': ?}", &values[..1]).unwrap(),
        parse("INSERT INTO table1 VALUE {'a': 'a'}").unwrap()
    );
    for count in [0, 1, 3] {
        let statement = bound("SELECT * FROM table1 WHERE a = ? AND b = ?", &values[..count]);
        assert_eq!(statement.unwrap_err(), Fault::Parameters, "{count}");
    }
    let invalid = [Supplied(Err(crate::attribute::Invalid::Null))];
    let refused = Statement::parse("no statement", Some(&invalid)).unwrap_err();
    assert!(matches!(refused, Fault::Parameter(_)));
}

/// What AWS says of statements that are none.
#[test]
fn what_cannot_be_read_is_refused_in_aws_words() {
    let form = "Statement wasn't well formed, can't be processed: ";
    let select = "SELECT * FROM table1 WHERE ";
    for (statement, words) in [
        ("SLECT * FROM table1", "Expected data manipulation"),
        ("", "Expected data manipulation"),
        ("UPDATE table1", "Expected data manipulation"),
        ("SELECT * FROM table1 WHERE a = 1 foo", "Unexpected token after expression"),
        ("SELECT * FROM table1 WHERE a = 1)", "Unexpected token after expression"),
        ("SELECT * FROM table1 ORDER BY a WHERE a = 1", "Unexpected token after expression"),
        ("DELETE FROM table1 WHERE a = 1 ORDER BY a", "Unexpected token after expression"),
        ("INSERT INTO table1 VALUE {'a': 1} foo", "Unexpected token after expression"),
        ("INSERT INTO table1 t VALUE {'a': 1}", "Unexpected token after expression"),
        ("SELECT * FROM table1 WHERE a = 1 e5", "Unexpected token after expression"),
        ("SELECT * FROM table1 WHERE", "Unexpected term"),
        ("SELECT * FROM table1 WHERE;", "Unexpected term"),
        ("SELECT * FROM table1 WHERE NOT", "Unexpected term"),
        ("SELECT * FROM table1 WHERE (", "Unexpected term"),
        ("SELECT * FROM", "Unexpected term"),
        ("SELECT * FROM table1 WHERE a = 1 AND", "Missing right-hand side expression of infix operator"),
        ("SELECT * FROM table1 WHERE a = 1 OR", "Missing right-hand side expression of infix operator"),
        ("SELECT * FROM table1 WHERE ORDER BY a", "Unexpected keyword"),
        ("SELECT * FROM table1 WHERE user = 1", "Unexpected keyword"),
        ("SELECT * FROM table1 WHERE IS NULL", "Unexpected operator"),
        ("SELECT * FROM table1 WHERE a = LIKE", "Unexpected operator"),
        ("SELECT * FROM table1 WHERE a IS FOO", "Expected type name"),
        ("SELECT * FROM table1 WHERE attribute_exists(a.inner)", "Invalid path dot component"),
        ("DELETE FROM", "Expected identifier for simple path"),
        ("DELETE FROM WHERE a = 1", "Expected identifier for simple path"),
        ("SELECT * FROM table1 WHERE a = 1e2147483648", ""),
        ("SELECT * FROM table1 WHERE a = 1.5e-2147483647", ""),
        ("SELECT * FROM table1 WHERE a = 1 # note", ""),
        ("SELECT * FROM table1 WHERE a = 1 /* note", ""),
        ("SELECT * FROM \"table1", ""),
    ] {
        assert_eq!(fault(statement), format!("{form}{words}"), "{statement}");
    }
    for (condition, words) in [
        (
            "attribute_exists('a')",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        (
            "attribute_exists()",
            "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 0",
        ),
        (
            "attribute_type(a, 1)",
            "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N",
        ),
        (
            "a < true",
            "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
        ),
        (
            "attribute_exists(a) > false",
            "Incorrect operand type for operator or function; operator or function: >, operand type: BOOL",
        ),
        ("EXISTS(a)", "Unrecognized function: exists at 1:28:6"),
        ("a = MISSING", "MISSING must be compared using IS operator"),
        ("a", "WHERE clause must contain an expression that resolves to a boolean"),
        (
            "a IS INT",
            "Unsupported data type for IS operator: INT. Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]",
        ),
        (
            "a IN []",
            "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member",
        ),
        (
            "a = 1e126",
            "Number overflow. Attempting to store a number with magnitude larger than supported range under root",
        ),
        (
            "a = 1e-131",
            "Number underflow. Attempting to store a number with magnitude smaller than supported range under root",
        ),
        (
            "a = <<'a', 'a'>>",
            "One or more parameter values were invalid: Input collection [a, a] contains duplicates.",
        ),
        (
            "a = <<2, 2.0>>",
            "One or more parameter values were invalid: Input collection [2, 2.0] contains duplicates! under root",
        ),
        ("a = <<>>", "Empty bags are not supported"),
        (
            "a = <<1, 'a'>>",
            "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags",
        ),
    ] {
        assert_eq!(fault(&format!("{select}{condition}")), words, "{condition}");
    }
}

#[test]
fn what_means_nothing_is_refused_in_aws_words() {
    let overflow = "Number overflow. Attempting to store a number with magnitude larger than supported range";
    for (statement, words) in [
        ("SELECT l[-1] FROM table1", "List index is not within the allowable range; index: [-1] at 1:11:1"),
        (
            "SELECT l[2147483648] FROM table1",
            "List index is not within the allowable range; index: [2147483648] at 1:10:10",
        ),
        ("SELECT size(a) FROM table1", "Unexpected path component at 1:8:4"),
        (
            "SELECT *, a FROM table1",
            "Other attributes should not be present in the projection when '*' is used.",
        ),
        ("SELECT a.b, b FROM table1", "Duplicate identifiers in select clause: b"),
        ("SELECT a AS b FROM table1", "Aliasing is not supported"),
        ("SELECT * FROM table1 t", "Aliasing is not supported"),
        ("SELECT * FROM table1 AS t", "Aliasing is not supported"),
        ("UPDATE table1 t SET a = 3", "Aliasing is not supported"),
        ("DELETE FROM table1 t", "Aliasing is not supported"),
        ("SELECT * FROM table1, table2", "Only select from a single table or index is supported."),
        ("SELECT * FROM table1.a.b", "A path may contain at most 2 components in the FROM clause"),
        ("SELECT * FROM \"\"", "Path component cannot be an empty string"),
        ("SELECT * FROM table1.\"\"", "Path component cannot be an empty string"),
        (
            "SELECT * FROM ab",
            "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'.",
        ),
        ("SELECT * FROM table1 LIMIT 1", "Unsupported clause: LIMIT at 1:22:5"),
        ("SELECT a.* FROM table1", "Unpivot path component like a.*.b are not supported"),
        ("SELECT a[*] FROM table1", "Wildcard path component like a[*].b are not supported"),
        ("UPDATE table1.a SET b = 1", "This operation is not supported on an index"),
        ("INSERT INTO table1 VALUE {'a': 1} RETURNING ALL OLD *", "RETURNING is not supported in INSERT"),
        (
            "INSERT INTO table1 VALUE <<{'a': 1}>>",
            "Unsupported operation: Inserting multiple items in a single statement is not supported, use \"INSERT INTO tableName VALUE item\" instead",
        ),
        (
            "INSERT INTO table1 VALUE 'a'",
            "Unsupported format in item expression. Please use struct format {...} to express item values for insert statement.",
        ),
        ("INSERT INTO table1 VALUE {'a': 1, 'a': 2}", "Duplicate keys in tuple. Key: a under root"),
        (
            "INSERT INTO table1 VALUE {a: 1}",
            "Tuple keys must be of type String. Actual type: VariableReference under root",
        ),
        (
            "INSERT INTO table1 VALUE {'a': set_add(<<'a'>>, <<'b'>>)}",
            "Unsupported data type: set_add under key root at 1:32:7",
        ),
        ("INSERT INTO table1 VALUE {'a': `2020T`}", "Ion Literals are not supported: 2020T under key root"),
        (
            "DELETE FROM table1 WHERE a = 1 RETURNING MODIFIED OLD *",
            "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.",
        ),
        (
            "DELETE FROM table1 WHERE a = 1 RETURNING ALL OLD a",
            "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause",
        ),
        (
            "UPDATE table1 SET t = set_add(s, <<'x'>>)",
            "The first argument to SET_ADD must equal the assignment value at 1:23:7",
        ),
        (
            "UPDATE table1\nSET s = set_add(s, 'x')",
            "The second argument to SET_ADD must be a value with type SET at 2:17:1",
        ),
        ("UPDATE table1 SET s = set_delete(s)", "SET_DELETE must have exactly two arguments at 1:23:10"),
        ("UPDATE table1 SET a = if_not_exists(a, 1)", "Unrecognized function: if_not_exists at 1:23:13"),
        (
            "UPDATE table1 SET a = 'a' + 1",
            "Incorrect operand type for operator or function; operator or function: +, operand type: S",
        ),
        ("UPDATE table1 SET a = a IS NULL", "IS operator is not supported in update expressions"),
        (
            "UPDATE table1 SET a = 1, a = 2",
            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
        ),
        ("INSERT INTO table1 VALUE {'a': 1, 'm': {'x': 1e126}}", &format!("{overflow} under root.x")),
        ("INSERT INTO table1 VALUE {'a': 1, 'l': [1, 1e126]}", &format!("{overflow} under root[1]")),
    ] {
        assert_eq!(fault(statement), words, "{statement}");
    }
    let nested = bound("INSERT INTO table1 VALUE {'a': 1, 'm': {'k': ?}}", &[text("v")]).unwrap_err();
    assert_eq!(nested.to_string(), "Unsupported data type: Parameter under key root.k at 1:46:1");
}

#[test]
fn depth_and_length_have_limits() {
    let nested =
        |depth: usize| format!("UPDATE table1 SET d = {}1{}", "{'a':".repeat(depth), "}".repeat(depth));
    assert!(parse(&nested(31)).is_ok());
    assert_eq!(
        fault(&nested(32)),
        format!("Nesting Levels have exceeded supported limits under root{}", ".a".repeat(32))
    );
    for open in ["(", "[", "<<", "{'a':", "NOT ", "- "] {
        let statement = format!("SELECT * FROM table1 WHERE a = 1 AND {}", open.repeat(1500));
        assert!(parse(&statement).is_err(), "{open}");
    }
    assert!(parse(&format!("SELECT * FROM table1 WHERE a = 1{}", " OR a = 1".repeat(890))).is_ok());
    assert!(fault(&format!("UPDATE table1 SET a = 1{}", "+1".repeat(4000))).contains("too deep"));
    assert_eq!(parse(&format!("SELECT * FROM table1 {}", " ".repeat(8192))), Err(Fault::TooLong));
    let many = |count: usize| format!("SELECT * FROM table1 WHERE a IN [{}1]", "1,".repeat(count - 1));
    assert!(parse(&many(100)).is_ok());
    assert_eq!(
        fault(&many(101)),
        "The IN operator is provided with too many operands; number of operands: 101"
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_fall(text in "(SELECT|UPDATE|INSERT INTO|DELETE FROM|FROM|EXISTS\\()? ?[a-z\"'*.<>={}\\[\\](),:?;0-9 -]{0,60}") {
        for parameters in [&[][..], &[Attribute::Null], &[Attribute::Null, Attribute::Bool(true)]] {
            prop_assert!(super::fault(&text, parameters) != Some(String::new()));
        }
    }
}

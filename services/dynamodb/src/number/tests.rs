use proptest::prelude::*;

use super::*;

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

#[test]
fn every_way_of_writing_gives_one_number() {
    for (text, shown) in [
        ("1", "1"),
        ("+1.50", "1.5"),
        ("-0", "0"),
        ("000123.4500", "123.45"),
        ("1e3", "1000"),
        ("12E-3", "0.012"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0e125", "0"),
        ("0.0e-129", "0"),
        ("1e-130", &format!("0.{}1", "0".repeat(129))),
        ("9.9e125", &format!("99{}", "0".repeat(124))),
    ] {
        assert_eq!(number(text).to_string(), shown, "{text}");
    }
}

#[test]
fn what_no_number_can_be_is_refused_as_aws_does() {
    for (text, error) in [
        ("", NumberError::Empty),
        ("b", NumberError::Malformed("b".into())),
        ("1e", NumberError::Malformed("1e".into())),
        ("--1", NumberError::Malformed("--1".into())),
        (".", NumberError::Malformed(".".into())),
        ("1e126", NumberError::Overflow),
        ("-1e126", NumberError::Overflow),
        ("1e-131", NumberError::Underflow),
        ("1e99999999999", NumberError::Overflow),
        ("0e126", NumberError::Overflow),
        ("0e-131", NumberError::Underflow),
        ("123456789012345678901234567890123456789", NumberError::Precision),
        ("-1.23456789012345678901234567890123456789", NumberError::Precision),
    ] {
        assert_eq!(text.parse::<Number>(), Err(error), "{text}");
    }
    assert!("99999999999999999999999999999999999999".parse::<Number>().is_ok());
}

#[test]
fn sums_are_exact_or_refused() {
    let nines = "9".repeat(38);
    assert_eq!(number(&nines).plus(number("1")), Ok(number("1e38")));
    assert_eq!(number("1e38").minus(number("1")), Ok(number(&nines)));
    assert_eq!(number("1e38").plus(number("1")), Err(NumberError::Precision));
    assert_eq!(number("1e125").plus(number("1e-130")), Err(NumberError::Precision));
    assert_eq!(number("9e125").plus(number("9e125")), Err(NumberError::Overflow));
    assert_eq!(number("0.1").plus(number("0.2")), Ok(number("0.3")));
    assert_eq!(number("5").minus(number("5")), Ok(Number::ZERO));
}

#[test]
fn sizes_are_those_of_aws() {
    for (text, size) in
        [("0", 1), ("1", 2), ("12", 2), ("120", 3), ("123", 3), ("-1", 3), ("1.2", 3), ("1.23", 3)]
    {
        assert_eq!(number(text).size(), size, "{text}");
    }
}

/// Numbers near each other and far apart.
fn any_number() -> impl Strategy<Value = Number> {
    let digits = prop_oneof![0u128..200, any::<u128>().prop_map(|n| n % 10_u128.pow(38))];
    let scale = prop_oneof![-3i32..3, -130i32..87];
    (any::<bool>(), digits, scale)
        .prop_filter_map("in range", |(negative, digits, scale)| Number::new(negative, digits, scale).ok())
}

/// The number as a count of units of 10^-140, in decimal: slow, and plainly right.
fn units(number: Number) -> (bool, String) {
    let digits = number.magnitude().to_string();
    let zeros = usize::try_from(i32::from(number.scale) + 170).unwrap();
    (number.is_negative(), format!("{digits}{}", "0".repeat(zeros)))
}

fn oracle(a: Number, b: Number) -> Ordering {
    let ((a_negative, a), (b_negative, b)) = (units(a), units(b));
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    let sizes = a.len().cmp(&b.len()).then_with(|| a.cmp(b));
    match (a_negative, b_negative) {
        (false, false) => sizes,
        (true, true) => sizes.reverse(),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

proptest! {
    #[test]
    fn text_and_parts_come_back(number in any_number()) {
        prop_assert_eq!(number.to_string().parse(), Ok(number));
        let (coefficient, scale) = number.parts();
        prop_assert_eq!(Number::from_parts(coefficient, scale), Some(number));
    }

    #[test]
    fn order_is_that_of_the_oracle_and_of_the_bytes(a in any_number(), b in any_number()) {
        prop_assert_eq!(a.cmp(&b), oracle(a, b));
        prop_assert_eq!(a.ordered().cmp(&b.ordered()), a.cmp(&b), "{} {}", a, b);
    }

    #[test]
    fn a_difference_undoes_a_sum(a in any_number(), b in any_number()) {
        prop_assert_eq!(a.plus(b), b.plus(a));
        if let Ok(sum) = a.plus(b) && let Ok(back) = sum.minus(b) {
            prop_assert_eq!(back, a);
        }
    }

    #[test]
    fn small_numbers_add_as_machine_integers(a in -1_000_000i64..1_000_000, b in -1_000_000i64..1_000_000) {
        let sum = number(&a.to_string()).plus(number(&b.to_string())).unwrap();
        prop_assert_eq!(sum.to_string(), (a + b).to_string());
    }

    #[test]
    fn any_text_parses_or_fails(text in "[-+]?[0-9eE.]{0,12}") {
        if let Ok(number) = text.parse::<Number>() && let Ok(float) = text.parse::<f64>() {
            let back: f64 = number.to_string().parse().unwrap();
            prop_assert!((float - back).abs() <= float.abs() * 1e-12);
        }
    }
}

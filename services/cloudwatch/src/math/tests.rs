use super::*;

/// Three periods from 1970 on: `m1` is 1, 2, 4; `m2` has a hole; `m3` has nothing.
struct Three {
    /// Datapoints that there is room for.
    left: usize,
}

const SLOTS: Slots = Slots { start: 0, end: 180, period: 60 };

fn series(label: &str, points: &[(i64, f64)]) -> Series {
    Series { points: points.iter().copied().collect(), slots: SLOTS, label: label.to_owned(), origin: None }
}

impl Source for Three {
    fn spend(&mut self, datapoints: usize) -> Result<(), Fault> {
        self.left = self.left.checked_sub(datapoints).ok_or(Fault::Datapoints(0))?;
        Ok(())
    }

    fn slots(&self) -> Slots {
        SLOTS
    }

    fn find(&mut self, id: &str) -> Result<Value, Fault> {
        let all = self.metrics("")?;
        let found = all.into_iter().find(|series| series.label == id);
        found.map(Value::Series).ok_or_else(|| Fault::Reference(id.to_owned()))
    }

    fn metrics(&mut self, containing: &str) -> Result<Vec<Series>, Fault> {
        let all = [
            series("m1", &[(0, 1.0), (60, 2.0), (120, 4.0)]),
            series("m2", &[(0, 10.0), (120, 30.0)]),
            series("m3", &[]),
        ];
        Ok(all.into_iter().filter(|series| series.label.contains(containing)).collect())
    }

    fn search(&mut self, _: &Search, stat: &str, period: Option<i64>) -> Result<Vec<Series>, Fault> {
        assert_eq!((stat, period), ("Sum", Some(60)));
        self.metrics("")
    }
}

fn three() -> Three {
    Three { left: 10_000 }
}

fn value(text: &str) -> Result<Value, Fault> {
    Expression::parse(text)?.evaluate(&mut three())
}

fn points(text: &str) -> Vec<(i64, f64)> {
    let found = value(text).unwrap().into_series(&mut three()).unwrap();
    assert_eq!(found.len(), 1, "{text}");
    found[0].points.clone().into_iter().collect()
}

fn number(text: &str) -> Option<f64> {
    match value(text).unwrap() {
        Value::Scalar(number) => number,
        other => panic!("{text}: {other:?}"),
    }
}

fn labels(text: &str) -> Vec<String> {
    let found = value(text).unwrap().into_series(&mut three()).unwrap();
    found.into_iter().map(|series| series.label).collect()
}

#[test]
fn operators_bind_as_in_mathematics() {
    for (text, want) in [
        ("1+2*3", 7.0),
        ("(1+2)*3", 9.0),
        ("2^3^2", 512.0),
        ("-2^2", 4.0),
        ("10-4-3", 3.0),
        ("1e2/4", 25.0),
        ("1 < 2 AND 3 < 2", 0.0),
        ("1 < 2 || 3 < 2 && 0", 1.0),
        ("1+1 == 2", 1.0),
        ("1 <> 1", 0.0),
    ] {
        assert_eq!(number(text), Some(want), "{text}");
    }
    assert_eq!(number("1/0"), None);
}

#[test]
fn series_are_combined_where_both_have_values() {
    assert_eq!(points("m1+m2"), [(0, 11.0), (120, 34.0)]);
    assert_eq!(points("m1*2"), [(0, 2.0), (60, 4.0), (120, 8.0)]);
    assert_eq!(points("100/(m1-2)"), [(0, -100.0), (120, 50.0)]);
    assert_eq!(points("m1 > 1"), [(0, 0.0), (60, 1.0), (120, 1.0)]);
    assert_eq!(points("-m1"), [(0, -1.0), (60, -2.0), (120, -4.0)]);
}

#[test]
fn functions_of_one_series() {
    for (text, want) in [
        ("SUM(m1)", Some(7.0)),
        ("AVG(m2)", Some(20.0)),
        ("MIN(m1)", Some(1.0)),
        ("MAX(m1)", Some(4.0)),
        ("STDDEV(m2)", Some(10.0)),
        ("SUM(m3)", None),
        ("DATAPOINT_COUNT(m2)", Some(2.0)),
        ("PERIOD(m1)", Some(60.0)),
        ("FIRST(m1)", Some(1.0)),
        ("LAST(m1)", Some(4.0)),
        ("METRIC_COUNT(METRICS())", Some(3.0)),
        ("ABS(-3)", Some(3.0)),
    ] {
        assert_eq!(number(text), want, "{text}");
    }
    assert_eq!(points("RATE(m1)"), [(60, 1.0 / 60.0), (120, 2.0 / 60.0)]);
    assert_eq!(points("DIFF(m2)"), [(120, 20.0)]);
    assert_eq!(points("DIFF_TIME(m2)"), [(120, 120.0)]);
    assert_eq!(points("RUNNING_SUM(m1)"), [(0, 1.0), (60, 3.0), (120, 7.0)]);
    assert_eq!(points("EPOCH(m2)"), [(0, 0.0), (120, 120.0)]);
    assert_eq!(points("MINUTE(m1)"), [(0, 0.0), (60, 1.0), (120, 2.0)]);
    assert_eq!(points("YEAR(m3) + 1"), []);
    assert_eq!(points("DAY(m2)"), [(0, 4.0), (120, 4.0)]);
    assert_eq!(points("LOG10(TIME_SERIES(100))"), [(0, 2.0), (60, 2.0), (120, 2.0)]);
}

#[test]
fn holes_are_filled() {
    assert_eq!(points("FILL(m2, 0)"), [(0, 10.0), (60, 0.0), (120, 30.0)]);
    assert_eq!(points("FILL(m2, REPEAT)"), [(0, 10.0), (60, 10.0), (120, 30.0)]);
    assert_eq!(points("FILL(m2, LINEAR)"), [(0, 10.0), (60, 20.0), (120, 30.0)]);
    assert_eq!(points("FILL(m2, m1)"), [(0, 10.0), (60, 2.0), (120, 30.0)]);
    assert_eq!(points("FILL(m3, REPEAT)"), []);
    assert_eq!(points("FILL(m3, 1)").len(), 3);
}

#[test]
fn conditions_choose_point_by_point() {
    assert_eq!(points("IF(m1 > 1, m2, 0)"), [(0, 0.0), (120, 30.0)]);
    assert_eq!(points("IF(m1 > 1, m1)"), [(60, 2.0), (120, 4.0)]);
    assert_eq!(number("IF(0, 1, 2)"), Some(2.0));
    assert_eq!(points("IF(1, m2)"), [(0, 10.0), (120, 30.0)]);
}

#[test]
fn functions_of_several_series() {
    assert_eq!(points("SUM([m1, m2])"), [(0, 11.0), (60, 2.0), (120, 34.0)]);
    assert_eq!(points("AVG(METRICS())"), [(0, 5.5), (60, 2.0), (120, 17.0)]);
    assert_eq!(points("DATAPOINT_COUNT(METRICS())"), [(0, 2.0), (60, 1.0), (120, 2.0)]);
    assert_eq!(labels("METRICS(\"m2\")"), ["m2"]);
    assert_eq!(labels("REMOVE_EMPTY(METRICS())"), ["m1", "m2"]);
    assert_eq!(labels("SORT(METRICS(), MAX, DESC)"), ["m2", "m1", "m3"]);
    assert_eq!(labels("SORT(METRICS(), AVG, ASC, 1)"), ["m1"]);
    assert_eq!(labels("SLICE(METRICS(), 1, 3)"), ["m2", "m3"]);
    assert_eq!(labels("SLICE(METRICS(), 2)"), ["m3"]);
    assert_eq!(labels("FIRST(METRICS()) + LAST(METRICS())"), ["m3"]);
    assert_eq!(labels("SEARCH('{N} x=\"y\"', 'Sum', 60) * 2"), ["m1", "m2", "m3"]);
    assert_eq!(labels("METRICS() / m1"), ["m1", "m2", "m3"]);
}

#[test]
fn what_is_no_expression() {
    for text in ["", "1+", "(m1", "m1)", "m1 m2", "[m1", "f(", "1..2", "\"a", "SUM(m1,)", "#", "é"] {
        assert!(matches!(value(text), Err(Fault::Syntax(_) | Fault::Unknown(_))), "{text}");
    }
    for text in
        ["SUM()", "METRICS()*METRICS()", "'a'+1", "SUM(1)", "FILL(m1, X)", "SORT(m1, AVG, ASC)", "SUM('a')"]
    {
        assert!(matches!(value(text), Err(Fault::Type(_))), "{text}");
    }
    assert_eq!(value("m9"), Err(Fault::Reference("m9".to_owned())));
    assert_eq!(value("XYZ(m1)"), Err(Fault::Unknown("XYZ".to_owned())));
    assert_eq!(value("ANOMALY_DETECTION_BAND(m1)"), Err(Fault::Refused("ANOMALY_DETECTION_BAND")));
    for deep in ["(", "-", "2^", "[", "SUM("] {
        assert!(value(&deep.repeat(1000)).is_err(), "{deep}");
    }
    assert_eq!(value(&"(".repeat(1000)), Err(Fault::Depth));
}

#[test]
fn expressions_make_no_more_datapoints_than_there_is_room_for() {
    let long = Slots { start: 0, end: 253_402_300_799, period: 1 };
    assert_eq!(long.count(), 253_402_300_799);
    assert_eq!(Slots { start: 0, end: 61, period: 60 }.count(), 2);
    assert_eq!(Slots { start: 60, end: 0, period: 60 }.count(), 0);
    for text in
        ["TIME_SERIES(1)", "FILL(m3, 1)", "IF(m1, 1)", "m1 + m1", "[1]", "[m3, m3]", "SUM(METRICS())", "-m1"]
    {
        let expression = Expression::parse(text).unwrap();
        let refused = Err(Fault::Datapoints(0));
        assert_eq!(expression.evaluate(&mut Three { left: 2 }), refused, "{text}");
        assert!(expression.evaluate(&mut Three { left: 120 }).is_ok(), "{text}");
    }
    // What doubles with every step of a few bytes ends soon.
    let doubled = (0..9).fold("m1".to_owned(), |text, _| format!("[{text}, {text}]"));
    assert_eq!(value(&doubled), Err(Fault::Datapoints(0)));
    assert_eq!(Value::Scalar(Some(1.0)).into_series(&mut Three { left: 2 }), Err(Fault::Datapoints(0)));
}

#[test]
fn references_are_ids() {
    let expression = Expression::parse("FILL(m1, REPEAT) + SUM([a, b]) - AVG(METRICS('x'))").unwrap();
    assert_eq!(expression.references(), ["m1", "a", "b"]);
    assert!(expression.takes_all() && !expression.searches());
}

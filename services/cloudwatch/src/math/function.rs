use super::Fault;

/// A function that expressions call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Abs,
    Avg,
    Ceil,
    DatapointCount,
    Date,
    Day,
    Diff,
    DiffTime,
    Epoch,
    Fill,
    First,
    Floor,
    Hour,
    If,
    Last,
    Log,
    Log10,
    Max,
    MetricCount,
    Metrics,
    Min,
    Minute,
    Month,
    Period,
    Rate,
    RemoveEmpty,
    RunningSum,
    Search,
    Slice,
    Sort,
    Stddev,
    Sum,
    TimeSeries,
    Year,
}

/// The functions by name, with how many arguments each takes.
const FUNCTIONS: [(&str, Function, usize, usize); 34] = [
    ("ABS", Function::Abs, 1, 1),
    ("AVG", Function::Avg, 1, 1),
    ("CEIL", Function::Ceil, 1, 1),
    ("DATAPOINT_COUNT", Function::DatapointCount, 1, 1),
    ("DATE", Function::Date, 1, 1),
    ("DAY", Function::Day, 1, 1),
    ("DIFF", Function::Diff, 1, 1),
    ("DIFF_TIME", Function::DiffTime, 1, 1),
    ("EPOCH", Function::Epoch, 1, 1),
    ("FILL", Function::Fill, 2, 2),
    ("FIRST", Function::First, 1, 1),
    ("FLOOR", Function::Floor, 1, 1),
    ("HOUR", Function::Hour, 1, 1),
    ("IF", Function::If, 2, 3),
    ("LAST", Function::Last, 1, 1),
    ("LOG", Function::Log, 1, 1),
    ("LOG10", Function::Log10, 1, 1),
    ("MAX", Function::Max, 1, 1),
    ("METRIC_COUNT", Function::MetricCount, 1, 1),
    ("METRICS", Function::Metrics, 0, 1),
    ("MIN", Function::Min, 1, 1),
    ("MINUTE", Function::Minute, 1, 1),
    ("MONTH", Function::Month, 1, 1),
    ("PERIOD", Function::Period, 1, 1),
    ("RATE", Function::Rate, 1, 1),
    ("REMOVE_EMPTY", Function::RemoveEmpty, 1, 1),
    ("RUNNING_SUM", Function::RunningSum, 1, 1),
    ("SEARCH", Function::Search, 2, 3),
    ("SLICE", Function::Slice, 2, 3),
    ("SORT", Function::Sort, 3, 4),
    ("STDDEV", Function::Stddev, 1, 1),
    ("SUM", Function::Sum, 1, 1),
    ("TIME_SERIES", Function::TimeSeries, 1, 1),
    ("YEAR", Function::Year, 1, 1),
];

/// What AWS has, and Kurodo has not.
const REFUSED: [&str; 5] =
    ["ANOMALY_DETECTION_BAND", "DB_PERF_INSIGHTS", "INSIGHT_RULE_METRIC", "LAMBDA", "SERVICE_QUOTA"];

impl Function {
    /// The function of this name.
    pub(super) fn find(name: &str) -> Result<Self, Fault> {
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        if let Some((_, function, ..)) = FUNCTIONS.iter().find(|(known, ..)| is(known)) {
            return Ok(*function);
        }
        match REFUSED.into_iter().find(|known| is(known)) {
            Some(known) => Err(Fault::Refused(known)),
            None => Err(Fault::Unknown(name.to_owned())),
        }
    }

    fn entry(self) -> (&'static str, usize, usize) {
        let found = FUNCTIONS.iter().find(|(_, function, ..)| *function == self);
        found.map_or(("", 0, 0), |(name, _, least, most)| (name, *least, *most))
    }

    pub(super) fn name(self) -> &'static str {
        self.entry().0
    }

    /// That it is given as many arguments as it takes.
    pub(super) fn check(self, given: usize) -> Result<(), Fault> {
        let (name, least, most) = self.entry();
        match (least..=most).contains(&given) {
            true => Ok(()),
            false => Err(Fault::Type(format!("{name} does not take {given} arguments"))),
        }
    }
}

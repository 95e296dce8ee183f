//! URI templates: `/{Bucket}/{Key+}?uploads&type=2`.

/// A template's path and what it wants of the query.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Template {
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Segment {
    Literal(&'static str),
    Label(&'static str),
    /// The rest of the path, slashes included.
    Greedy(&'static str),
}

/// A parameter that the query must have, perhaps with this value.
pub(super) type Literal = (&'static str, Option<&'static str>);

/// Splits a template at its question mark.
pub(super) fn parse(uri: &'static str) -> (Template, Vec<Literal>) {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let segments = path.split('/').filter(|part| !part.is_empty()).map(segment).collect();
    let literals = query.split('&').filter(|part| !part.is_empty()).map(literal).collect();
    (Template { segments }, literals)
}

fn segment(part: &'static str) -> Segment {
    match part.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
        None => Segment::Literal(part),
        Some(label) => label.strip_suffix('+').map_or(Segment::Label(label), Segment::Greedy),
    }
}

fn literal(part: &'static str) -> Literal {
    part.split_once('=').map_or((part, None), |(name, value)| (name, (!value.is_empty()).then_some(value)))
}

impl Template {
    /// How particular the path is: the more literals the better, labels before greedy ones; a greedy one that takes all
    /// the rest comes after one that leaves something.
    pub(super) fn rank(&self) -> Vec<u8> {
        let rank = |segment: &Segment| match segment {
            Segment::Literal(_) => 0,
            Segment::Label(_) => 1,
            Segment::Greedy(_) => 2,
        };
        let takes_all = matches!(self.segments.last(), Some(Segment::Greedy(_)));
        self.segments.iter().map(rank).chain(takes_all.then_some(3)).collect()
    }

    /// The labels' raw values, if the path is one of this template. A slash at the end makes no difference.
    pub(super) fn matches<'a>(&self, path: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
        let mut labels = Vec::with_capacity(2);
        let mut rest = Some(path.strip_prefix('/')?);
        for (at, segment) in self.segments.iter().enumerate() {
            if let Segment::Greedy(name) = segment {
                let after = self.segments.get(at + 1..).unwrap_or_default();
                let (taken, left) = greedy(rest?, after.len())?;
                labels.push((*name, taken));
                rest = left;
                continue;
            }
            let (part, left) = rest?.split_once('/').map_or((rest?, None), |(part, left)| (part, Some(left)));
            match segment {
                Segment::Literal(text) if *text == part => {}
                Segment::Label(name) if !part.is_empty() => labels.push((*name, part)),
                _ => return None,
            }
            rest = left;
        }
        rest.is_none_or(str::is_empty).then_some(labels)
    }
}

/// Takes all but the last `after` segments.
fn greedy(rest: &str, after: usize) -> Option<(&str, Option<&str>)> {
    if after == 0 {
        return (!rest.is_empty()).then_some((rest, None));
    }
    let (at, _) = rest.rmatch_indices('/').nth(after - 1)?;
    let (taken, left) = rest.split_at_checked(at)?;
    (!taken.is_empty()).then_some((taken, left.strip_prefix('/')))
}

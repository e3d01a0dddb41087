//! The alerts that a silence hits now, found once after each change of it or of them.

use crate::analysis::alerts::{Row, State};
use crate::model::labels::Labels;
use crate::model::matcher::{Compiled, Matcher, all_match};
use crate::model::silence::{Silence, SilenceState};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// Where they stand among all alerts, in their order.
    pub rows: Vec<usize>,
    /// How many alerts there are in all.
    pub of: usize,
    /// The alert that the form was opened from is one of them.
    pub origin: bool,
    /// The silence that keeps all of them quiet already, or is equal.
    pub already: Option<String>,
}

impl Hits {
    /// `but` is the silence that is changed itself; `named` is one whose alerts Alertmanager names as well.
    pub fn of(
        matchers: &[Matcher],
        compiled: &[Compiled],
        rows: &[Row],
        silences: &[Silence],
        origin: Option<&Labels>,
        but: Option<&str>,
        named: Option<&str>,
    ) -> Self {
        // Nothing was typed, or it cannot be read: that hits nothing.
        let is_hit = |row: &Row| {
            (!compiled.is_empty() && all_match(compiled, &row.labels)) || named.is_some_and(|id| is_silenced(row, id))
        };
        let hit: Vec<usize> = rows.iter().enumerate().filter(|(_, row)| is_hit(row)).map(|(at, _)| at).collect();
        let origin = origin.is_some_and(|labels| hit.iter().any(|at| rows[*at].is(labels)));
        let already = common(hit.iter().map(|at| &rows[*at]), but).or_else(|| equal(matchers, silences, but));
        Self { rows: hit, of: rows.len(), origin, already }
    }

    pub fn all(&self) -> bool {
        self.of > 1 && self.rows.len() == self.of
    }
}

fn is_silenced(row: &Row, id: &str) -> bool {
    row.held.as_ref().is_some_and(|held| held.silenced_by.iter().any(|other| other == id))
}

/// The silence that Alertmanager itself names for each of them.
fn common<'a>(rows: impl Iterator<Item = &'a Row>, but: Option<&str>) -> Option<String> {
    let mut ids: Option<Vec<&str>> = None;
    for row in rows.filter(|row| row.state != State::Pending) {
        let own = row.held.as_ref().map_or(&[][..], |held| &held.silenced_by);
        let own = || own.iter().map(String::as_str);
        ids = Some(match ids {
            None => own().filter(|id| Some(*id) != but).collect(),
            Some(ids) => ids.into_iter().filter(|id| own().any(|other| other == *id)).collect(),
        });
    }
    ids?.first().map(|id| (*id).to_owned())
}

/// An active silence with the same matchers, in whatever order.
fn equal(matchers: &[Matcher], silences: &[Silence], but: Option<&str>) -> Option<String> {
    let sorted = |matchers: &[Matcher]| {
        let mut sorted = matchers.to_vec();
        sorted.sort();
        sorted
    };
    let wanted = sorted(matchers);
    let active = silences.iter().filter(|silence| silence.state == SilenceState::Active);
    let mut others = active.filter(|silence| Some(silence.id.as_str()) != but);
    let found = others.find(|silence| !wanted.is_empty() && sorted(&silence.matchers) == wanted);
    found.map(|silence| silence.id.clone())
}

/// How an alert would do without one of the silences: what still keeps it quiet.
pub fn without(row: &Row, id: &str) -> &'static str {
    match &row.held {
        // It is heard of as it is, or quiet for another reason.
        _ if !is_silenced(row, id) => row.state.word(),
        Some(held) if held.silenced_by.len() > 1 => "stays silenced",
        Some(held) if !held.inhibited_by.is_empty() => "stays inhibited",
        Some(held) if !held.muted_by.is_empty() => "stays muted",
        _ => "heard again",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::alerts::Told;
    use crate::model::alert::Severity;
    use crate::model::delivery::Held;
    use crate::model::matcher::{compile, parse};
    use crate::text::Plain;
    use crate::time::Timestamp;

    fn row(labels: &[(&str, &str)], silenced_by: &[&str]) -> Row {
        let labels = Labels::of(labels);
        let held = Held {
            fingerprint: Plain::new("f"),
            labels: labels.clone(),
            annotations: Labels::default(),
            starts_at: None,
            updated_at: None,
            receivers: Vec::new(),
            generator: Plain::default(),
            silenced_by: silenced_by.iter().map(ToString::to_string).collect(),
            inhibited_by: Vec::new(),
            muted_by: Vec::new(),
        };
        Row {
            severity: Severity::of(&labels),
            labels,
            annotations: Labels::default(),
            state: if silenced_by.is_empty() { State::Firing } else { State::Silenced },
            since: None,
            value: None,
            told: Told::Unknown,
            held: Some(held),
            own: None,
            rule: None,
        }
    }

    fn silence(id: &str, matchers: &str, state: SilenceState) -> Silence {
        Silence {
            id: id.to_owned(),
            state,
            matchers: parse(matchers).unwrap(),
            starts_at: Timestamp(0),
            ends_at: Timestamp(1),
            created_by: "".into(),
            comment: "".into(),
        }
    }

    fn hits(text: &str, rows: &[Row], silences: &[Silence], but: Option<&str>) -> Hits {
        let matchers = parse(text).unwrap();
        let origin = Labels::of(&[("alertname", "A"), ("pod", "1")]);
        Hits::of(&matchers, &compile(&matchers).unwrap(), rows, silences, Some(&origin), but, None)
    }

    #[test]
    fn it_finds_what_is_hit_and_whether_that_is_all() {
        let rows = [row(&[("alertname", "A"), ("pod", "1")], &[]), row(&[("alertname", "A"), ("pod", "2")], &[])];
        let one = hits("pod=1", &rows, &[], None);
        assert_eq!((one.rows.as_slice(), one.origin, one.all()), (&[0][..], true, false));
        let other = hits("pod=2", &rows, &[], None);
        assert_eq!((other.rows.as_slice(), other.origin), (&[1][..], false));
        assert!(hits("alertname=A", &rows, &[], None).all());
        assert_eq!(hits("", &rows, &[], None).rows, [0usize; 0], "no matcher is no silence of everything");
    }

    #[test]
    fn it_names_the_silence_that_hits_all_of_them_already() {
        let rows = [row(&[("alertname", "A")], &["s1", "s2"]), row(&[("alertname", "B")], &["s2"])];
        assert_eq!(hits("alertname=A", &rows, &[], None).already.as_deref(), Some("s1"));
        assert_eq!(hits("alertname=~\"A|B\"", &rows, &[], None).already.as_deref(), Some("s2"));
        assert_eq!(hits("alertname=B", &rows, &[], Some("s2")).already, None, "not the one that is changed");
        let equal = [silence("e", "x=1, y=2", SilenceState::Active), silence("o", "z=1", SilenceState::Expired)];
        assert_eq!(hits("y=2, x=1", &rows, &equal, None).already.as_deref(), Some("e"));
        assert_eq!(hits("z=1", &rows, &equal, None).already, None);
    }

    #[test]
    fn without_it_some_stay_quiet() {
        assert_eq!(without(&row(&[], &["s1"]), "s1"), "heard again");
        assert_eq!(without(&row(&[], &["s1", "s2"]), "s1"), "stays silenced");
        assert_eq!(without(&row(&[], &["s2"]), "s1"), "silenced");
        assert_eq!(without(&row(&[], &[]), "s1"), "firing");
    }
}

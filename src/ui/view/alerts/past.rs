//! When the selected alert fired within the last day: a strip of the day, and what it comes to.

use std::time::Duration;

use super::Alerts;
use super::layout::places;
use crate::analysis::alerts::{Row, State};
use crate::analysis::history::{FIRING, History, together};
use crate::model::labels::{Labels, METRIC_NAME};
use crate::model::matcher::{Matcher, Op};
use crate::model::query::Query;
use crate::model::window::Span;
use crate::time::{DAY, MINUTE, ago};
use crate::ui::theme::Role;
use crate::ui::view::{Scene, ViewId};

use ratatui::layout::Rect;

/// The distance of two points, in ms, and how often the question is asked.
const STEP: i64 = 2 * MINUTE;
pub const EVERY: Duration = Duration::from_secs(60);
/// From this width on the strip has a cell for each half hour, below it one for each hour.
const WIDE: usize = 140;

/// The question about the day of the selected alert, while its detail is in sight.
pub fn question(alerts: &Alerts, scene: &Scene, area: Rect) -> Option<Query> {
    let in_sight = scene.view == ViewId::Alerts && places(area, scene.full).detail.height > 0;
    let own = alerts.row().filter(|_| in_sight && scene.asked)?.own.as_ref()?;
    Some(Query::Range { expr: selector(own)?, span: Span::Live { length: DAY }, step: STEP })
}

/// `ALERTS{alertstate="firing", alertname="A", …}`: what can be asked for exactly; the rest is compared in the answer.
fn selector(own: &Labels) -> Option<String> {
    // Without its name the question would be about everything that fires.
    own.get("alertname").filter(|name| is_exact(name))?;
    let mut matchers = String::new();
    for (name, value) in own.iter().filter(|(name, value)| is_plain_name(name) && is_exact(value)) {
        matchers.push_str(&format!(", {}", Matcher::new(name, Op::Equal, value)));
    }
    Some(FIRING.replace('}', &(matchers + "}")))
}

/// Whether a text is surely what the server has: what was made safe to show is not, and a blank may have been a tab.
fn is_exact(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() && b != b'^') && !text.contains("<U+") && !text.is_empty()
}

fn is_plain_name(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a series is that of the alert.
fn is_its(own: &Labels, labels: &Labels) -> bool {
    labels.filter(|name| name != METRIC_NAME && name != "alertstate") == *own
}

/// What stands in the detail; nothing where nobody could know.
pub fn told(alerts: &Alerts, row: &Row, scene: &Scene, width: usize) -> Option<(String, Role)> {
    if !scene.asked {
        return None;
    }
    let unknown = |why: &str| Some((format!("24h not known: {why}"), Role::Dim));
    let Some(own) = &row.own else { return unknown("this Prometheus does not have it") };
    let Some(expr) = selector(own) else { return unknown("its name cannot be asked for") };
    let feed = &alerts.fired.feed;
    let query = Query::Range { expr, span: Span::Live { length: DAY }, step: STEP };
    let (frame, at) = match (&feed.value, &feed.error) {
        (Some((frame, at)), _) if alerts.fired.answers(&query) => (frame, *at),
        (_, Some((error, _))) => return Some((format!("24h not known: {error}"), Role::Failed)),
        _ => return Some(("24h asking…".to_owned(), Role::Dim)),
    };
    let history = together(frame, |labels| is_its(own, labels));
    if history.count() == 0 && row.state != State::Pending {
        // It began to fire after the last point, or nobody writes the series.
        return unknown("ALERTS has no sample of it");
    }
    let cells = if width < WIDE { 24 } else { 48 };
    let mut text = format!("24h {}  {}", strip(&history, at.0, cells), words(&history));
    if frame.notes.partial {
        text.push_str(" · PARTIAL");
    }
    let is_old = feed.error.is_some() || scene.is_overdue(at, EVERY);
    if is_old {
        text.push_str(&format!(" · stale {}", ago(scene.now.since(at))));
    }
    Some((text, if is_old { Role::Stale } else { Role::Text }))
}

/// One cell for each part of the day that ends at `end`: low where it did not fire, high where it did most of the time.
fn strip(history: &History, end: i64, cells: i64) -> String {
    let length = DAY / cells;
    let cell = |n: i64| {
        let (from, to) = (end - DAY + n * length, end - DAY + (n + 1) * length);
        let inside = history.firings.iter().map(|firing| firing.range.end.0.min(to) - firing.range.start.0.max(from));
        match inside.filter(|ms| *ms > 0).sum::<i64>() {
            0 => '▁',
            ms if ms * 2 < length => '▄',
            _ => '█',
        }
    };
    (0..cells).map(cell).collect()
}

/// `fired 4 times · 38m in all · flaps: no · usually resolves in 9m`
fn words(history: &History) -> String {
    let times = match history.count() {
        0 => return "did not fire".to_owned(),
        1 => "fired once".to_owned(),
        count => format!("fired {count} times"),
    };
    let before = if history.firings.first().is_some_and(|firing| firing.from_before) { " or more" } else { "" };
    let flaps = if history.flaps() { "yes" } else { "no" };
    let usual = history.usual().map_or_else(String::new, |usual| format!(" · usually resolves in {}", ago(usual)));
    format!("{times} · {}{before} in all · flaps: {flaps}{usual}", ago(history.total()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::history::Firing;
    use crate::time::{HOUR, Range, Timestamp};

    #[test]
    fn only_what_is_exact_is_asked_for() {
        let own = Labels::of(&[
            ("alertname", "A"),
            ("path", "a b"),
            ("pod", "x\n"),
            ("severity", "page"),
            ("re", "^a"),
            ("q", "a\"\\"),
        ]);
        assert_eq!(
            selector(&own).unwrap(),
            r#"ALERTS{alertstate="firing", alertname="A", q="a\"\\", severity="page"}"#
        );
        assert_eq!(selector(&Labels::of(&[("alertname", "a b"), ("pod", "x")])), None);
        assert_eq!(selector(&Labels::default()), None);
    }

    #[test]
    fn the_series_is_the_one_with_all_its_labels_and_no_others() {
        let own = Labels::of(&[("alertname", "A"), ("pod", "x y")]);
        let series = |pod: &str| {
            Labels::of(&[("__name__", "ALERTS"), ("alertstate", "firing"), ("alertname", "A"), ("pod", pod)])
        };
        assert!(is_its(&own, &series("x y")) && !is_its(&own, &series("z")));
        assert!(!is_its(&own, &series("x y").with("zone", "1")));
    }

    fn history(firings: &[(i64, i64)]) -> History {
        let firing = |(from, to): &(i64, i64)| Firing {
            range: Range::new(Timestamp(from * MINUTE), Timestamp(to * MINUTE)),
            from_before: *from == 0,
            still: false,
        };
        History { firings: firings.iter().map(firing).collect() }
    }

    #[test]
    fn the_strip_shows_even_a_short_firing_in_its_hour() {
        let day = history(&[(0, 61), (302, 304), (1_400, 1_440)]);
        assert_eq!(strip(&day, 24 * HOUR, 24), "█▄▁▁▁▄▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█");
        assert_eq!(strip(&history(&[]), 24 * HOUR, 12), "▁".repeat(12));
    }

    #[test]
    fn what_it_comes_to_is_said_in_words() {
        let said = |firings: &[(i64, i64)]| words(&history(firings));
        assert_eq!(said(&[]), "did not fire");
        let often = [(10, 14), (30, 36), (60, 66), (90, 110)];
        assert_eq!(said(&often), "fired 4 times · 36m in all · flaps: yes · usually resolves in 6m");
        assert_eq!(said(&[(0, 8)]), "fired once · 8m or more in all · flaps: no");
    }
}

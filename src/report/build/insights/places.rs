//! Where in the console each kind of evidence is seen: views, stretches with a margin, and what is selected there.

use super::Scene;
use crate::analysis::insight::Evidence;
use crate::model::matcher::{Matcher, Op};
use crate::model::place::{Place, Room};
use crate::text::words::quoted;
use crate::time::{MINUTE, Range, Timestamp};

/// At least so much is shown before and after.
const MARGIN: i64 = 10 * MINUTE;

impl Scene<'_> {
    fn around(&self, from: Option<i64>, to: Option<i64>) -> Range {
        let period = self.report.grid.now;
        let (start, end) = (from.unwrap_or(period.start.0), to.unwrap_or(period.end.0));
        let margin = MARGIN.max((end - start) / 4);
        // To the second, which is what a command line says.
        let start = Timestamp(start - margin).floor_to(1000);
        let end = Timestamp(end + margin).min(period.end.max(Timestamp(start.0 + MINUTE))).floor_to(1000);
        Range::new(start, end.max(start.plus(MINUTE)))
    }

    fn place(
        &self,
        what: &str,
        room: Room,
        (from, to): (Option<i64>, Option<i64>),
        select: Option<String>,
    ) -> Evidence {
        Evidence { what: what.to_owned(), place: Place { room, range: self.around(from, to), select } }
    }

    /// A panel of the overview, with the crosshair where it was worst.
    pub fn panel(&self, what: &str, panel: &str, stretch: (Option<i64>, Option<i64>), at: i64) -> Evidence {
        let at = Timestamp(at).floor_to(1000).rfc3339();
        self.place(what, Room::Overview, stretch, Some(format!("{panel}@{at}")))
    }

    pub fn alert(&self, name: &str, stretch: (Option<i64>, Option<i64>)) -> Evidence {
        let select = Matcher::new("alertname", Op::Equal, name).to_string();
        self.place(&format!("the alert {name}"), Room::Alerts, stretch, Some(select))
    }

    pub fn lines(&self, what: &str, query: &str, stretch: (Option<i64>, Option<i64>)) -> Option<Evidence> {
        let select = Some(query.to_owned()).filter(|query| !query.is_empty());
        self.report.plan.logs.then(|| self.place(what, Room::Logs, stretch, select))
    }

    /// Traces that fail, or take longer than so many ns, with words of their root operation.
    pub fn traces(&self, what: &str, terms: &str, stretch: (Option<i64>, Option<i64>)) -> Option<Evidence> {
        let service = self.report.plan.watch.service.as_ref().map(|name| format!("service={} ", quoted(name)));
        let select = Some(format!("{}{terms}", service.unwrap_or_default()));
        self.report.plan.traces.then(|| self.place(what, Room::Traces, stretch, select))
    }
}

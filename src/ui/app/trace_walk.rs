//! Ways to a trace and from it: from an alert, a line, the overview, an id; to its logs, and to the metrics of its time.

use crate::model::log::Search;
use crate::model::trace::{SpanId, TraceId};
use crate::text::Plain;
use crate::time::{MINUTE, Range, Timestamp};
use crate::ui::action::Action;
use crate::ui::app::{App, pasted};
use crate::ui::range::Shown;
use crate::ui::view::ViewId;
use crate::ui::view::traces::{Target, Terms};

/// So much before a trace, and after it, its lines are looked for: they may be written late.
const LINES_BEFORE: i64 = MINUTE;
const LINES_AFTER: i64 = 5 * MINUTE;
/// On both sides of a line without an id its traces are looked for.
const AROUND_LINE: i64 = MINUTE;
/// On both sides of the beginning of an alert.
const AROUND_ALERT: i64 = 5 * MINUTE;
/// On both sides of a trace that lies outside of what is shown.
const AROUND_TRACE: i64 = 15 * MINUTE;
/// Of what was pasted no more is told.
const TOLD: usize = 40;

const NO_JAEGER: &str = "this context has no Jaeger";

impl App {
    /// Shows one trace, whatever is shown now.
    pub(super) fn open_trace(&mut self, id: TraceId, span: Option<SpanId>) {
        self.full = false;
        self.show_view(ViewId::Traces);
        self.forget_find();
        self.traces.open(id, span);
    }

    /// The same, if this context has traces; `[` comes back.
    pub(super) fn walk_to_trace(&mut self, id: TraceId) {
        if !self.has_traces() {
            return self.say(NO_JAEGER);
        }
        self.moving(|app| app.open_trace(id, None));
    }

    /// The id in what was pasted where nothing is typed.
    pub(super) fn pasted(&mut self, text: &str) {
        match pasted::trace_id(text) {
            Some(id) => self.walk_to_trace(id),
            None if text.trim().is_empty() => {}
            None => {
                let told: String = Plain::new(text.trim()).chars().take(TOLD).collect();
                self.say(&format!("no trace id in what was pasted: {told}"));
            }
        }
    }

    /// What was typed into the palette, if it names a trace: `trace 4bf92f35…`. An error says what is wrong.
    pub(super) fn named_trace(typed: &str) -> Option<Result<TraceId, String>> {
        let (word, rest) = typed.trim().split_once(char::is_whitespace).unwrap_or((typed.trim(), ""));
        let rest = rest.trim();
        if !matches!(word, "trace" | "traces") || rest.is_empty() {
            return pasted::trace_id(typed).map(Ok);
        }
        let id = pasted::trace_id(rest).or_else(|| TraceId::parse(rest));
        let wrong = || format!("`{}` is no id of a trace: write up to 32 hexadecimal digits", Plain::new(rest));
        Some(id.ok_or_else(wrong))
    }

    /// From the line under the cursor to its trace; without an id to those of its time and service.
    pub(super) fn walk_from_line(&mut self) {
        let Some((trace, service, at)) =
            self.logs.line().map(|held| (held.trace.to_owned(), held.service.to_owned(), Timestamp::of_ns(held.at)))
        else {
            return;
        };
        let id = TraceId::parse(&trace).or_else(|| pasted::trace_id(&trace));
        if !self.has_traces() {
            return self.show_trace_id();
        }
        if let Some(id) = id {
            return self.moving(|app| app.open_trace(id, None));
        }
        let range = Range::new(at.plus(-AROUND_LINE), at.plus(AROUND_LINE));
        let (terms, of) = match service.as_str() {
            "" => (Terms::default(), String::new()),
            name => (Terms { service: Some(name.to_owned()), ..Terms::default() }, format!(" of {name}")),
        };
        self.walk_to_list(Shown::part(range, self.now), terms);
        self.say(&format!("this line has no trace id: these are the traces{of} within 1m of it"));
    }

    /// Without a Jaeger the id is shown, to be copied.
    fn show_trace_id(&mut self) {
        if !self.in_logs(|logs, _, area| logs.begin_trace(area)) {
            return self.say(NO_JAEGER);
        }
        self.moving(|app| app.full = true);
        let key = self.key_of(Action::Copy);
        self.say(&format!("{NO_JAEGER}: {key} copies the trace id"));
    }

    /// To the traces of a range.
    fn walk_to_list(&mut self, shown: Shown, terms: Terms) {
        self.moving(|app| {
            (app.full, app.shown) = (false, shown);
            app.show_view(ViewId::Traces);
            app.traces.close();
            app.traces.set_terms(terms);
        });
    }

    /// From the overview to the traces of the range that is shown.
    pub(super) fn walk_from_overview(&mut self) {
        if !self.has_traces() {
            return self.say(NO_JAEGER);
        }
        self.walk_to_list(self.shown, self.traces.terms().clone());
    }

    /// From the selected alert to the traces of its scope, around the time that it began.
    pub(super) fn walk_from_alert(&mut self) {
        if !self.has_traces() {
            return self.say(NO_JAEGER);
        }
        let Some((name, since, scope)) = self.alert_under_cursor() else { return };
        let shown = since.map_or(self.shown, |since| self.around_beginning(since));
        self.moving(|app| {
            (app.full, app.shown, app.crosshair) = (false, shown, since.map(|at| at.0));
            app.show_view(ViewId::Traces);
            app.traces.close();
            app.traces.set_terms(Terms::default());
            if scope != app.scope {
                app.use_scope(scope);
            }
        });
        let back = self.key_of(Action::HistoryBack);
        self.say(&match since {
            Some(_) => format!("the newest traces within 5m of when {name} began; {back} goes back to it"),
            None => format!("since when {name} is active is not known; {back} goes back to it"),
        });
    }

    /// Of a busy service only the newest traces come: those of a range that goes on until now would tell of now.
    fn around_beginning(&self, since: Timestamp) -> Shown {
        let range = Range::new(since.plus(-AROUND_ALERT), since.plus(AROUND_ALERT));
        if range.end < self.now { Shown::part(range, self.now) } else { self.long_enough(since) }
    }

    /// To the log lines of the trace, or of the span that is looked into.
    pub(super) fn walk_to_lines(&mut self) {
        if !self.has_logs() {
            return self.say("this context has no Elasticsearch");
        }
        let Some(Target { id, range, span, .. }) = self.traces.target() else { return };
        let shown = range.map_or(self.shown, |(from, to)| {
            Shown::part(Range::new(from.plus(-LINES_BEFORE), to.plus(LINES_AFTER)), self.now)
        });
        self.moving(|app| {
            (app.full, app.shown, app.crosshair) = (false, shown, None);
            app.show_view(ViewId::Logs);
            app.logs.set_search(Search { text: phrase(id, span), ..Search::default() });
        });
        let back = self.key_of(Action::HistoryBack);
        let what = if span.is_some() { "span" } else { "trace" };
        self.say(&format!("the lines that name the {what}; {back} goes back to it"));
    }

    /// To the overview at the time of the trace, with the crosshair where the span began.
    pub(super) fn walk_to_time(&mut self) {
        let Some(Target { range: Some((from, to)), at, .. }) = self.traces.target() else { return };
        let at = at.unwrap_or(from);
        let is_shown = self.shown.at(self.now).contains(at);
        let around = Range::new(from.plus(-AROUND_TRACE), to.plus(AROUND_TRACE));
        let shown = if is_shown { self.shown } else { Shown::part(around, self.now) };
        self.moving(|app| {
            (app.full, app.shown, app.crosshair) = (false, shown, Some(at.0));
            app.show_view(ViewId::Overview);
        });
        let back = self.key_of(Action::HistoryBack);
        self.say(&format!("the crosshair is where the span began; {back} goes back to it"));
    }
}

/// As phrases: the ids may lie within the text of a line. Of a short id both forms, for its lines may have zeros in front.
fn phrase(id: TraceId, span: Option<SpanId>) -> String {
    let (short, long) = (id.to_string(), format!("{:032x}", id.0));
    let trace = if short == long { format!("\"{long}\"") } else { format!("\"{short}\" OR \"{long}\"") };
    match span {
        Some(span) if short == long => format!("{trace} AND \"{span}\""),
        Some(span) => format!("({trace}) AND \"{span}\""),
        None => trace,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_id_is_looked_for_with_zeros_too() {
        assert_eq!(phrase(TraceId(0xabc), None), "\"0000000000000abc\" OR \"00000000000000000000000000000abc\"");
        assert_eq!(phrase(TraceId(1 << 64), None), "\"00000000000000010000000000000000\"");
    }

    #[test]
    fn lines_of_a_span_name_both() {
        let span = Some(SpanId(0xb2));
        assert_eq!(phrase(TraceId(1 << 64), span), "\"00000000000000010000000000000000\" AND \"00000000000000b2\"");
        let short = "(\"0000000000000abc\" OR \"00000000000000000000000000000abc\") AND \"00000000000000b2\"";
        assert_eq!(phrase(TraceId(0xabc), span), short);
    }

    #[test]
    fn the_palette_takes_an_id() {
        let id = TraceId(0xa3ce_929d_0e0e_4736);
        for typed in ["trace a3ce929d0e0e4736", "traces \"a3ce929d0e0e4736\"", "a3ce929d0e0e4736"] {
            assert_eq!(App::named_trace(typed), Some(Ok(id)), "{typed}");
        }
        assert_eq!(App::named_trace("trace abc"), Some(Ok(TraceId(0xabc))));
        assert!(matches!(App::named_trace("trace xyz"), Some(Err(why)) if why.contains("`xyz` is no id")));
        assert_eq!((App::named_trace("trace"), App::named_trace("pause")), (None, None));
    }
}

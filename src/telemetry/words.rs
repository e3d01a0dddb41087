//! What spans say of questions, answers and faults: enough to know one again, and never a secret.

use crate::model::fault::FetchError;
use crate::model::log::{Filter, Search};
use crate::model::query::{Answer, Query};
use crate::model::trace::TraceSearch;
use crate::model::window::Span;
use crate::model::write::{Draft, Ends, Write};
use crate::time::format_duration;

/// More of a query is not needed to know it again.
const MOST_TEXT: usize = 4 * 1024;

/// The kind of question.
pub fn name(query: &Query) -> &'static str {
    match query {
        Query::Range { .. } => "Range",
        Query::Instant { .. } => "Instant",
        Query::Alerts => "Alerts",
        Query::Rules => "Rules",
        Query::Held => "Held",
        Query::Silences => "Silences",
        Query::Routing => "Routing",
        Query::Tail { .. } => "Tail",
        Query::Lines { .. } => "Lines",
        Query::Around { .. } => "Around",
        Query::Volume { .. } => "Volume",
        Query::Tallies { .. } => "Tallies",
        Query::Document { .. } => "Document",
        Query::Services => "Services",
        Query::Operations { .. } => "Operations",
        Query::Traces { .. } => "Traces",
        Query::Sample { .. } => "Sample",
        Query::Trace { .. } => "Trace",
        Query::Host => "Host",
    }
}

/// Which arguments there are, and the harmless ones as they are. The query itself is told apart.
pub fn args(query: &Query) -> String {
    match query {
        Query::Range { span, step, .. } => format!("expr, {}, step={}", stretch(*span), format_duration(*step)),
        Query::Instant { at, .. } => at.map_or("expr".to_owned(), |at| format!("expr, at={}", at.rfc3339())),
        Query::Tail { fill, .. } => format!("search, fill={fill}"),
        Query::Lines { span, limit, before, .. } => {
            let before = if before.is_some() { ", before" } else { "" };
            format!("search, {}, limit={limit}{before}", stretch(*span))
        }
        Query::Around { count, .. } => format!("place, at, count={count}"),
        Query::Volume { span, step, .. } => format!("search, {}, step={}", stretch(*span), format_duration(*step)),
        Query::Tallies { span, .. } => format!("search, {}", stretch(*span)),
        Query::Document { .. } => "index, id".to_owned(),
        Query::Operations { .. } => "service".to_owned(),
        Query::Traces { search, span } | Query::Sample { search, span } => {
            format!("search, {}, limit={}", stretch(*span), search.limit)
        }
        Query::Trace { .. } => "id".to_owned(),
        Query::Alerts
        | Query::Rules
        | Query::Held
        | Query::Silences
        | Query::Routing
        | Query::Services
        | Query::Host => String::new(),
    }
}

fn stretch(span: Span) -> String {
    match span {
        Span::Live { length } => format!("span=live {}", format_duration(length)),
        Span::Fixed(range) => format!("span={}/{}", range.start.rfc3339(), range.end.rfc3339()),
    }
}

/// The query in the words of its language; none where there is nothing to say.
pub fn text(query: &Query) -> Option<String> {
    let text = match query {
        Query::Range { expr, .. } | Query::Instant { expr, .. } => expr.clone(),
        Query::Tail { search, .. }
        | Query::Lines { search, .. }
        | Query::Volume { search, .. }
        | Query::Tallies { search, .. } => of_search(search),
        Query::Traces { search, .. } | Query::Sample { search, .. } => of_traces(search),
        Query::Operations { service } => service.clone(),
        _ => return None,
    };
    (!text.is_empty()).then(|| cut(text))
}

fn of_search(search: &Search) -> String {
    let filter = |filter: &Filter| {
        let not = if filter.exclude { "-" } else { "" };
        format!("{not}{}={}", filter.field, filter.value)
    };
    let filters = search.filters.iter().map(filter);
    let level = search.level.map(|level| format!("level>={level:?}"));
    let text = Some(search.text.clone()).filter(|text| !text.is_empty());
    text.into_iter().chain(filters).chain(level).collect::<Vec<_>>().join(" ")
}

fn of_traces(search: &TraceSearch) -> String {
    let named = |name: &str, value: &str| (!value.is_empty()).then(|| format!("{name}={value}"));
    let operation = search.operation.as_deref().unwrap_or_default();
    let tags = search.tags.iter().map(|(key, value)| format!("{key}={value}"));
    let parts = named("service", &search.service).into_iter().chain(named("operation", operation)).chain(tags);
    parts.collect::<Vec<_>>().join(" ")
}

fn cut(text: String) -> String {
    match text.char_indices().nth(MOST_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// How many rows, lines, points or spans there are in an answer.
pub fn samples(answer: &Answer) -> i64 {
    count(match answer {
        Answer::Frame(frame) => frame.series.iter().map(|series| series.values.len()).sum(),
        Answer::Vector(vector) => vector.samples.len(),
        Answer::Alerts(alerts) => alerts.len(),
        Answer::Rules(groups) => groups.iter().map(|group| group.rules.len()).sum(),
        Answer::Held(held) => held.alerts.len(),
        Answer::Silences(silences) => silences.len(),
        Answer::Routing(_) | Answer::Host(_) => 1,
        Answer::Arrivals(arrivals) => arrivals.lines.len(),
        Answer::Lines(page) => page.lines.len(),
        Answer::Volume(volume) => volume.levels.iter().map(|(_, counts)| counts.len()).sum(),
        Answer::Tallies(tallies) => tallies.error_types.len() + tallies.requests.len(),
        Answer::Document(document) => document.fields.len(),
        Answer::Names(names) => names.len(),
        Answer::Traces(found) => found.traces.len(),
        Answer::Sample(sample) => sample.traces.iter().map(|trace| trace.spans.len()).sum(),
        Answer::Trace(trace) => trace.spans.len(),
    })
}

pub fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The kind of change.
pub fn change(write: &Write) -> &'static str {
    match write {
        Write::Silence(_) => "Silence",
        Write::Again(_) => "Silence again",
        Write::Expire(_) => "Expire",
    }
}

/// What is silenced and why is for Alertmanager, not for traces.
pub fn of_change(write: &Write) -> String {
    match write {
        Write::Silence(draft) | Write::Again(draft) => of_draft(draft),
        Write::Expire(_) => "id".to_owned(),
    }
}

fn of_draft(draft: &Draft) -> String {
    let id = if draft.id.is_some() { "id, " } else { "" };
    let ends = match draft.ends {
        Ends::At(at) => at.rfc3339(),
        Ends::After(length) => format!("after {}", format_duration(length)),
    };
    format!("{id}matchers={}, ends={ends}, created_by, comment", draft.matchers.len())
}

/// A fault in words of our own: what a server says may repeat the headers that came with the question.
pub fn fault(fault: &FetchError) -> String {
    match fault {
        FetchError::Status { code, .. } => format!("HTTP {code}"),
        FetchError::Foreign { expected, .. } => format!("not {expected}"),
        FetchError::Unauthorized(_) => "not signed in".to_owned(),
        FetchError::Forbidden(_) => "not allowed (403)".to_owned(),
        FetchError::Decode(_) => "unreadable answer".to_owned(),
        FetchError::Starting(_) => "starting".to_owned(),
        FetchError::Server { kind, .. } => cut(kind.as_str().to_owned()),
        fault => cut(fault.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Plain;
    use crate::time::HOUR;

    #[test]
    fn a_question_is_known_by_its_kind_its_arguments_and_its_text() {
        let query = Query::Range { expr: "up".to_owned(), span: Span::Live { length: HOUR }, step: 20_000 };
        assert_eq!((name(&query), args(&query).as_str()), ("Range", "expr, span=live 1h, step=20s"));
        assert_eq!(text(&query).as_deref(), Some("up"));
        let filter = |exclude| Filter { field: "level".to_owned(), value: "ERROR".to_owned(), exclude };
        let search = Search { text: "timeout".to_owned(), filters: vec![filter(false), filter(true)], level: None };
        let query = Query::Tail { search, fill: 500 };
        assert_eq!(args(&query), "search, fill=500");
        assert_eq!(text(&query).as_deref(), Some("timeout level=ERROR -level=ERROR"));
        assert_eq!(text(&Query::Host), None);
    }

    #[test]
    fn a_long_query_is_cut() {
        let query = Query::Instant { expr: "ü".repeat(MOST_TEXT + 1), at: None };
        let text = text(&query).unwrap();
        assert!(text.ends_with("ü…") && text.chars().count() == MOST_TEXT + 1);
    }

    #[test]
    fn what_a_stranger_says_is_not_told() {
        let said = Plain::new("Bearer hunter2");
        for told in [
            FetchError::Status { code: 500, message: said.clone() },
            FetchError::Foreign { expected: "a Prometheus API", found: said.clone() },
            FetchError::Forbidden(said.clone()),
            FetchError::Unauthorized(said.clone()),
            FetchError::Decode(said.clone()),
            FetchError::Starting(said.clone()),
            FetchError::Server { kind: Plain::new("bad_data"), message: said },
        ] {
            assert!(!fault(&told).contains("hunter2"), "{told:?}");
        }
    }
}

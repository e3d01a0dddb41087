//! What is sought, as it is typed, shown and copied: `checkout operation="POST /api" http.status_code=500 min=500ms`.
//! Or one trace, to be opened: `trace=4bf92f3577b34da6a3ce929d0e0e4736 span=00f067aa0ba902b7`.

use crate::model::trace::{SpanId, TraceId, TraceSearch};
use crate::text::Plain;
use crate::text::words::{quoted, word};

mod length;

/// As many as are asked for unless it is said otherwise, and the most.
pub const LIMIT: u32 = 100;
pub const MOST: u32 = 1_500;
/// The service that stands for all of them, where the scope would give one.
pub const EVERY: &str = "*";
/// The names that are not those of tags, unless they are quoted.
pub const OWN: [&str; 7] = ["service", "operation", "min", "max", "limit", "trace", "span"];

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// None is that of the scope; `*` is every service.
    pub service: Option<String>,
    pub operation: Option<String>,
    pub tags: Vec<(String, String)>,
    /// ns
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub limit: Option<u32>,
}

/// What somebody wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    Search(Terms),
    Trace(TraceId, Option<SpanId>),
}

/// What is wrong, and at which character, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub at: usize,
    pub why: String,
}

/// One word with its value.
struct Term {
    at: usize,
    name: String,
    is_quoted: bool,
    /// And where it begins.
    value: Option<(String, usize)>,
}

impl Goal {
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let mut terms = Terms::default();
        let (mut trace, mut span) = (None, None);
        for (number, term) in split(text)?.into_iter().enumerate() {
            let Term { at, name, is_quoted, value } = term;
            let Some((value, place)) = value else {
                if number == 0 && !name.is_empty() {
                    terms.service = Some(name);
                    continue;
                }
                let why = format!("`=` is missing after `{}`: write a tag as key=value", Plain::new(&name));
                return Err(Wrong { at, why });
            };
            let wrong = |why: String| Wrong { at: place, why };
            match name.as_str() {
                "" => return Err(Wrong { at, why: "a tag has no name".to_owned() }),
                _ if is_quoted => terms.tags.push((name, value)),
                "service" => terms.service = Some(value).filter(|value| !value.is_empty()),
                "operation" => terms.operation = Some(value).filter(|value| !value.is_empty()),
                "min" => terms.min = Some(length::parse(&value).map_err(wrong)?),
                "max" => terms.max = Some(length::parse(&value).map_err(wrong)?),
                "limit" => terms.limit = Some(limit(&value).map_err(wrong)?),
                "trace" => trace = Some(trace_id(&value).map_err(wrong)?),
                "span" => span = Some(span_id(&value).map_err(wrong)?),
                _ => terms.tags.push((name, value)),
            }
        }
        let whole = |why: &str| Wrong { at: 0, why: why.to_owned() };
        match (trace, span) {
            (Some(trace), span) if terms == Terms::default() => Ok(Self::Trace(trace, span)),
            (Some(_), _) => Err(whole("a trace is opened by `trace=` alone, without a search")),
            (None, Some(_)) => Err(whole("`span=` needs the `trace=` that it is of")),
            (None, None) if matches!((terms.min, terms.max), (Some(min), Some(max)) if min > max) => {
                Err(whole("`min` is longer than `max`: nothing fits both"))
            }
            (None, None) => Ok(Self::Search(terms)),
        }
    }

    /// As [`Goal::parse`] reads it.
    pub fn text(&self) -> String {
        match self {
            Self::Search(terms) => terms.text(),
            Self::Trace(id, None) => format!("trace={id}"),
            Self::Trace(id, Some(span)) => format!("trace={id} span={span}"),
        }
    }
}

impl Terms {
    /// Empty where nothing is said.
    pub fn text(&self) -> String {
        let own = |name: &str, text: &Option<String>| text.as_ref().map(|text| format!("{name}={}", value(text)));
        let time = |name: &str, ns: Option<i64>| ns.map(|ns| format!("{name}={}", length::show(ns)));
        let mut parts: Vec<String> = Vec::new();
        parts.extend(own("service", &self.service));
        parts.extend(own("operation", &self.operation));
        parts.extend(self.tags.iter().map(|(name, text)| format!("{}={}", self::name(name), value(text))));
        parts.extend(time("min", self.min));
        parts.extend(time("max", self.max));
        parts.extend(self.limit.map(|limit| format!("limit={limit}")));
        parts.join(" ")
    }

    /// With the service that the scope is about, where none is said.
    pub fn search(&self, of_scope: Option<&str>) -> TraceSearch {
        let service = self.service.as_deref().or(of_scope).filter(|service| *service != EVERY);
        TraceSearch {
            service: service.unwrap_or_default().to_owned(),
            operation: self.operation.clone(),
            tags: self.tags.clone(),
            min: self.min,
            max: self.max,
            limit: self.limit.unwrap_or(LIMIT),
        }
    }

    pub fn is_failing(&self) -> bool {
        self.tags.iter().any(|(name, value)| name == "error" && value == "true")
    }

    /// Only traces with a span that failed, or all again.
    pub fn toggle_failing(&mut self) {
        let was = self.is_failing();
        self.tags.retain(|(name, _)| name != "error");
        if !was {
            self.tags.push(("error".to_owned(), "true".to_owned()));
        }
    }

    /// Takes back one thing that narrows the search; false where there is none.
    pub fn widen(&mut self) -> bool {
        self.tags.pop().is_some()
            || self.max.take().is_some()
            || self.min.take().is_some()
            || self.operation.take().is_some()
            || self.service.take().is_some()
            || self.limit.take().is_some()
    }
}

/// The words of a line, each with its value.
fn split(text: &str) -> Result<Vec<Term>, Wrong> {
    let place = |rest: &str| text.chars().count() - rest.chars().count();
    let mut terms = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let at = place(rest);
        let is_quoted = rest.starts_with('"');
        let (name, after) = word(rest, &['=']).map_err(|why| Wrong { at, why })?;
        let value = match after.strip_prefix('=') {
            Some(after) => {
                let at = place(after);
                let (value, after) = word(after, &[]).map_err(|why| Wrong { at, why })?;
                rest = after;
                Some((value, at))
            }
            None => {
                rest = after;
                None
            }
        };
        terms.push(Term { at, name, is_quoted, value });
        rest = rest.trim_start();
    }
    Ok(terms)
}

fn limit(text: &str) -> Result<u32, String> {
    let count = text.parse().ok().filter(|count| (1..=MOST).contains(count));
    count.ok_or_else(|| format!("`{}` is no number of traces: write 1 to {MOST}", Plain::new(text)))
}

fn trace_id(text: &str) -> Result<TraceId, String> {
    let why = || format!("`{}` is no id of a trace: write up to 32 hexadecimal digits", Plain::new(text));
    TraceId::parse(text).ok_or_else(why)
}

fn span_id(text: &str) -> Result<SpanId, String> {
    let id = TraceId::parse(text).and_then(|id| u64::try_from(id.0).ok());
    let why = || format!("`{}` is no id of a span: write up to 16 hexadecimal digits", Plain::new(text));
    id.map(SpanId).ok_or_else(why)
}

/// As it is, if nothing of it can be taken for something else.
fn name(text: &str) -> String {
    let is_plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && !"=\"\\".contains(c));
    if is_plain && !OWN.contains(&text) { text.to_owned() } else { quoted(text) }
}

pub fn value(text: &str) -> String {
    let is_plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && !"\"\\".contains(c));
    if is_plain { text.to_owned() } else { quoted(text) }
}

#[cfg(test)]
mod tests;

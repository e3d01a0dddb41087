//! Everything that is known of one span, in lines: what it failed of and what it was called with first.

use unicode_width::UnicodeWidthStr;

use super::Waterfall;
use crate::analysis::traces::error;
use crate::model::trace::{Event, Kind, Reference, Span, Tag};
use crate::model::unit::nanos;
use crate::ui::theme::Role;
use crate::ui::view::logs::unfold;
use crate::ui::view::overview::fit;

pub type Piece = (String, Role);

/// What stands first, in this order.
const FIRST: [&str; 3] = ["function.name", "function.args", "error"];
/// What tells how it ended.
const STATUS: [&str; 3] = ["otel.status_code", "otel.status_description", "status.code"];
/// Cells that a name takes at most.
const NAME: usize = 32;
/// Lines of one value, and of a span: nobody reads more here, and each of them costs time in every frame.
const MOST: usize = 200;
const ALL: usize = 2_000;

pub struct Detail {
    pub lines: Vec<Vec<Piece>>,
    width: usize,
    /// As many values in a line as it holds.
    is_small: bool,
    wraps: bool,
}

impl Detail {
    pub fn of(waterfall: &Waterfall, width: usize, is_small: bool, wraps: bool) -> Self {
        let mut detail = Self { lines: Vec::new(), width, is_small, wraps };
        let at = waterfall.cursor as usize;
        let Some(span) = waterfall.span() else { return detail };
        for fault in waterfall.faults(at) {
            detail.note(&fault);
        }
        for warning in &span.warnings {
            detail.note(&format!("the backend: {warning}"));
        }
        let (mut all, rest) = (first(span), rest(waterfall, span));
        if is_small {
            // What it failed of has a line of its own.
            detail.values(&all);
            all.clear();
        }
        all.extend(rest);
        detail.values(&all);
        if let Some(late) = waterfall.late(at) {
            detail.lines.push(vec![(format!("  {late}"), Role::Dim)]);
        }
        let process = span.process.and_then(|number| waterfall.trace.processes.get(number as usize));
        if let Some(process) = process.filter(|process| !process.tags.is_empty()) {
            detail.section("process");
            detail.values(&process.tags.iter().map(pair).collect::<Vec<_>>());
        }
        detail.events(span);
        detail.references(waterfall, span);
        detail
    }

    fn note(&mut self, text: &str) {
        self.lines.push(vec![(format!(" ! {text}"), Role::Stale)]);
    }

    fn section(&mut self, name: &str) {
        if !self.is_small {
            self.lines.push(Vec::new());
            self.lines.push(vec![(format!(" {name}"), Role::Title)]);
        }
    }

    fn values(&mut self, values: &[Value]) {
        if self.is_small { self.flow(values) } else { self.column(values) }
    }

    /// `name  value   name  value`, as many as fit.
    fn flow(&mut self, values: &[Value]) {
        let room = self.width.saturating_sub(2).max(8);
        let mut line: Vec<Piece> = Vec::new();
        let mut used = 0;
        for Value { name, text, role } in values {
            let name = fit(name, NAME.min(room / 2));
            let text = fit(text, room.saturating_sub(name.width() + 2));
            let cells = name.width() + 2 + text.width() + 3;
            if used > 0 && used + cells > room + 3 {
                self.lines.push(std::mem::take(&mut line));
                used = 0;
            }
            used += cells;
            line.extend([(format!("  {name}  "), Role::Dim), (text, *role), (" ".to_owned(), Role::Text)]);
        }
        if !line.is_empty() {
            self.lines.push(line);
        }
    }

    /// A value a line, or as many lines as it takes.
    fn column(&mut self, values: &[Value]) {
        let names = values.iter().map(|value| value.name.width()).max().unwrap_or(0).min(NAME);
        let room = self.width.saturating_sub(names + 5).max(8);
        for Value { name, text, role } in values {
            if self.lines.len() > ALL {
                self.lines.push(vec![("  … there is more, that is not shown".to_owned(), Role::Stale)]);
                return;
            }
            let name = fit(name, names);
            let blank = " ".repeat(names - name.width() + 2);
            let texts = if self.wraps { unfold(text, room, MOST) } else { vec![fit(text, room)] };
            let mut texts = texts.into_iter();
            let first = texts.next().unwrap_or_default();
            self.lines.push(vec![(format!("  {name}{blank}"), Role::Dim), (first, *role)]);
            let indent = " ".repeat(names + 4);
            self.lines.extend(texts.map(|text| vec![(format!("{indent}{text}"), *role)]));
        }
    }

    fn events(&mut self, span: &Span) {
        if span.events.is_empty() {
            return;
        }
        let after = |event: &Event| format!("{:+}", Offset(event.at.saturating_sub(span.start)));
        if self.is_small {
            let events = span.events.iter().take(MOST);
            return self.flow(&events.map(|event| Value::new(&after(event), &event.name)).collect::<Vec<_>>());
        }
        self.section("events");
        for event in &span.events {
            if self.lines.len() > ALL {
                return self.column(&[Value::new("", "")]);
            }
            self.lines
                .push(vec![(format!("  {}  ", after(event)), Role::Accent), (event.name.to_string(), Role::Text)]);
            self.column(
                &event.tags.iter().map(|tag| Value { name: format!("  {}", tag.key), ..pair(tag) }).collect::<Vec<_>>(),
            );
        }
    }

    fn references(&mut self, waterfall: &Waterfall, span: &Span) {
        let value = |reference: &Reference| {
            let name = if reference.follows { "follows from" } else { "child of" };
            let here = waterfall.facts.node_of(reference.span).and_then(|at| waterfall.span_of(at as usize));
            let text = match here {
                _ if reference.trace != waterfall.trace.id => {
                    format!("{} in trace {}", reference.span, reference.trace)
                }
                Some(other) => format!("{} {}", reference.span, other.operation),
                None => format!("{}, which is not in the trace", reference.span),
            };
            Value::new(name, &text)
        };
        if !span.references.is_empty() {
            self.section("references");
            self.values(&span.references.iter().map(value).collect::<Vec<_>>());
        }
    }
}

/// With its sign: `+12 ms`.
struct Offset(i64);

impl std::fmt::Display for Offset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if f.sign_plus() && self.0 >= 0 { "+" } else { "" };
        write!(f, "{sign}{}", nanos(self.0))
    }
}

struct Value {
    name: String,
    text: String,
    role: Role,
}

impl Value {
    fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned(), role: Role::Text }
    }
}

fn pair(tag: &Tag) -> Value {
    Value::new(&tag.key, &tag.value)
}

fn first(span: &Span) -> Vec<Value> {
    let role = |key: &str| if key == "error" && span.is_error { Role::Critical } else { Role::Strong };
    let tags = FIRST.into_iter().flat_map(|key| span.tags.iter().filter(move |tag| tag.key == key));
    let mut values: Vec<Value> = tags.map(|tag| Value { role: role(&tag.key), ..pair(tag) }).collect();
    if span.is_error && span.tag("error").is_none() {
        let said = error(span);
        let why = if said.is_empty() { "it failed, and does not say why" } else { &*said };
        values.push(Value { role: Role::Critical, ..Value::new("error", why) });
    }
    values
}

/// Kind and status, the other tags, and by what it is known.
fn rest(waterfall: &Waterfall, span: &Span) -> Vec<Value> {
    let kind = match span.kind {
        Kind::Internal => None,
        Kind::Server => Some("server"),
        Kind::Client => Some("client"),
        Kind::Producer => Some("producer"),
        Kind::Consumer => Some("consumer"),
    };
    let is_status = |tag: &&Tag| STATUS.contains(&&*tag.key);
    let is_other = |tag: &&Tag| !FIRST.contains(&&*tag.key) && !is_status(tag);
    let mut values: Vec<Value> = kind.map(|kind| Value::new("kind", kind)).into_iter().collect();
    values.extend(span.tags.iter().filter(is_status).map(pair));
    values.extend(span.tags.iter().filter(is_other).map(pair));
    let after = Offset(span.start.saturating_sub(waterfall.facts.start));
    values.push(Value::new("begins", &format!("{after:+}")));
    values.push(Value::new("span id", &span.id.to_string()));
    values
}

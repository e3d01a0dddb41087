//! One trace as it is painted: where the time went, what failed, and everything that can be wrong with it.

use std::sync::Arc;

use a360::model::trace::{Event, Kind, Process, Reference, Span, SpanId, Tag, Trace, TraceId};
use a360::ui::theme::{Depth, Theme};
use a360::ui::view::waterfall::{Step, Waterfall};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::console::{NOW, app, text};
use crate::{check, snapshot};

mod hostile;
mod keys;
mod random;

pub const ID: TraceId = TraceId(0x4bf9_2f35_77b3_4da6);
const MS: i64 = 1_000_000;

pub fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.into(), value: value.into() }
}

/// The span `id` below `parent`, from so many ms after the start and for so many.
pub fn span(id: u64, parent: u64, process: u32, operation: &str, (from, length): (i64, i64)) -> Span {
    let reference = Reference { trace: ID, span: SpanId(parent), follows: false };
    Span {
        id: SpanId(id),
        references: if parent > 0 { vec![reference] } else { Vec::new() },
        operation: operation.into(),
        process: Some(process),
        start: (NOW.0 - 36_000 + from) * MS,
        duration: length * MS,
        kind: Kind::Internal,
        is_error: false,
        tags: vec![tag("function.name", operation), tag("function.args", "(<redacted>)")],
        events: Vec::new(),
        warnings: Vec::new(),
    }
}

fn failed(mut span: Span, error: &str) -> Span {
    span.is_error = true;
    span.tags.push(tag("error", error));
    span
}

/// The checkout that waited for a connection: as in the design.
pub fn checkout() -> Trace {
    let names = ["gateway", "checkout", "payment", "inventory", "notify"];
    let process =
        |name: &&str| Process { service: (**name).into(), tags: vec![tag("host", "node-a"), tag("pod", name)] };
    let timeout = "Timeout: no connection from pool after 3000 ms";
    let mut stock = failed(span(6, 5, 3, "SELECT stock", (95, 3_000)), timeout);
    stock.kind = Kind::Client;
    stock.tags.extend([tag("db.system", "postgresql"), tag("http.status_code", "504")]);
    let event = |after: i64, name: &str, tags| Event { at: stock.start + after * MS, name: name.into(), tags };
    let trace = "Traceback (most recent call last):\n  File \"/app/pool.py\", line 88, in acquire\n    raise Timeout(waited)\nTimeout";
    stock.events = vec![
        event(0, "pool.wait", vec![tag("pool", "main")]),
        event(3_000, "exception", vec![tag("exception.type", "Timeout"), tag("exception.stacktrace", trace)]),
    ];
    let mut spans = vec![
        failed(span(1, 0, 0, "POST /api/checkout", (0, 3_120)), "true"),
        failed(span(2, 1, 1, "place_order", (10, 3_100)), timeout),
        span(3, 2, 1, "validate_cart", (11, 12)),
        span(4, 2, 2, "authorize", (23, 71)),
        failed(span(5, 2, 3, "reserve", (94, 3_002)), timeout),
        stock,
        span(7, 2, 4, "enqueue", (3_100, 4)),
    ];
    spans.extend((0..7).map(|n| span(20 + n, 4, 2, "risk check", (25 + n as i64 * 9, 8))));
    spans.extend((0..24).map(|n| span(40 + n, 7, 4, "render", (3_100 + n as i64 % 3, 1))));
    Trace { id: ID, spans, processes: names.iter().map(process).collect(), notes: Vec::new() }
}

pub const WHOLE: fn(u16, u16) -> Rect = |width, height| Rect { x: 0, y: 0, width, height };

/// As it stands between the headline and the footer of a screen of this size.
pub fn body(width: u16, height: u16) -> Rect {
    WHOLE(width, height - 4)
}

pub fn painted(waterfall: &Waterfall, theme: Theme, area: Rect) -> Buffer {
    let mut app = app(area.width.max(40), area.height.max(10));
    app.setup.theme = theme;
    let mut buf = Buffer::empty(area);
    buf.set_style(area, app.setup.theme.base());
    waterfall.draw(&app.scene(), area, &mut buf);
    check(&buf, "waterfall");
    buf
}

pub fn shown(waterfall: &Waterfall, area: Rect) -> String {
    let said = waterfall.headline(Some(8.93));
    format!(
        "{:?}: {}\n{}[{}]\n",
        said.level,
        said.text,
        text(&painted(waterfall, Theme::default(), area)),
        waterfall.words()
    )
}

pub fn open(trace: Trace) -> Waterfall {
    Waterfall::new(Arc::new(trace))
}

pub fn act(waterfall: &mut Waterfall, steps: &[Step], area: Rect) {
    for step in steps {
        waterfall.act(*step, area);
    }
}

#[test]
fn a_trace_at_every_size() {
    for (width, height) in [(40, 10), (80, 24), (120, 40), (200, 50)] {
        snapshot(&format!("waterfall_{width}x{height}"), &shown(&open(checkout()), body(width, height)));
    }
}

#[test]
fn what_keys_make_of_it() {
    let area = body(120, 40);
    let down = [Step::Down; 5];
    for (name, steps) in [
        ("open", &[Step::FoldAll][..]),
        ("folded", &[Step::FoldAll, Step::FoldAll, Step::FoldAll]),
        ("zoom", &[Step::Down, Step::Down, Step::Down, Step::Fold, Step::ZoomIn]),
        ("self_times", &[Step::SelfTimes, Step::Down]),
        ("plain", &[Step::Critical]),
        ("error", &[Step::NextError]),
        ("detail", &[Step::NextError, Step::Open]),
        ("detail_full", &[Step::NextError, Step::Open, Step::Open, Step::PageDown]),
        ("shorter", &[Step::FoldAll, Step::Shorter]),
    ] {
        let mut waterfall = open(checkout());
        act(&mut waterfall, steps, area);
        snapshot(&format!("waterfall_{name}"), &shown(&waterfall, area));
    }
    let mut waterfall = open(checkout());
    act(&mut waterfall, &down, area);
    waterfall.find("RISK");
    waterfall.act(Step::Hide, area);
    waterfall.next_hit(true, area);
    snapshot("waterfall_found", &shown(&waterfall, area));
}

#[test]
fn looks_without_colour_and_on_light_ground() {
    let mut waterfall = open(checkout());
    act(&mut waterfall, &[Step::NextError], body(80, 24));
    for (name, theme) in [
        ("mono", Theme::default().at(Depth::Mono)),
        ("light", Theme::builtin("light").unwrap()),
        ("dark", Theme::default()),
    ] {
        let buf = painted(&waterfall, theme, body(80, 24));
        snapshot(&format!("waterfall_theme_{name}"), &crate::styled::looks(&buf));
    }
}

#[test]
fn services_and_the_path_are_told_without_colour() {
    let mut waterfall = open(checkout());
    let area = body(120, 40);
    let mono = |waterfall: &Waterfall| text(&painted(waterfall, Theme::default().at(Depth::Mono), area));
    let marked = mono(&waterfall);
    assert!(marked.contains("I inventory  reserve") && marked.contains('━'), "{marked}");
    waterfall.act(Step::Critical, area);
    assert!(!mono(&waterfall).contains('━'));
}

#[test]
fn how_long_it_usually_takes_comes_first_only_where_that_is_what_is_wrong() {
    let said = |usual| Waterfall::new(Arc::new(checkout())).headline(usual).text;
    assert!(said(Some(2.5)).starts_with("2.5x the median of the list; 4 errors"), "{}", said(Some(2.5)));
    let quick = said(Some(0.7));
    assert!(quick.starts_with("4 errors") && quick.ends_with("; 0.7x the median of the list"), "{quick}");
    assert!(!said(None).contains("usual"));
}

#[test]
fn the_headline_names_the_deepest_error_and_not_the_first_below_the_root() {
    let mut trace = checkout();
    trace.spans.push(failed(span(90, 1, 4, "audit", (5, 2)), "Refused"));
    assert!(open(trace).headline(None).text.contains("5 errors, the deepest in inventory SELECT stock: Timeout"));
}

#[test]
fn a_span_whose_status_says_why_it_failed_is_not_called_silent() {
    let mut trace = checkout();
    let root = &mut trace.spans[0];
    (root.is_error, root.tags) = (true, vec![tag("otel.status_description", "no connection from pool")]);
    let told = |trace: Trace| text(&painted(&open(trace), Theme::default(), Rect::new(0, 0, 120, 40)));
    let shown = told(trace.clone());
    assert!(shown.contains("error  no connection from pool"), "{shown}");
    trace.spans[0].tags.clear();
    assert!(told(trace).contains("error  it failed, and does not say why"));
}

//! A trace of 50,000 spans, opened and walked through: how long a key takes with its frame, and what is held.
//! `cargo bench --bench waterfall`

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use a360::analysis::traces::{Tree, spent};
use a360::model::trace::{Event, Kind, Process, Reference, Span, SpanId, Tag, Trace, TraceId};
use a360::text::Plain;
use a360::time::Timestamp;
use a360::ui::app::App;
use a360::ui::view::waterfall::{Step, Waterfall};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

#[path = "support/console.rs"]
mod console;

use console::{app, resident, timed};

const SPANS: u64 = 50_000;
const NOW: Timestamp = Timestamp(1_795_442_607_000);
const ID: TraceId = TraceId(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);
const AREA: Rect = Rect { x: 0, y: 0, width: 200, height: 46 };
const TURNS: usize = 200;

/// Which span caused which.
#[derive(Clone, Copy)]
enum Shape {
    /// As requests look: a handful below each, some levels deep.
    Bushy,
    /// Everything below the root.
    Flat,
    /// Each below the one before it.
    Deep,
}

fn parent(shape: Shape, n: u64) -> u64 {
    match shape {
        Shape::Bushy => n / 5,
        Shape::Flat => 1,
        Shape::Deep => n - 1,
    }
}

/// Twelve tags a span, their names and most values shared as the reader of answers shares them.
fn trace(shape: Shape) -> Trace {
    let names = ["gateway", "checkout", "payment", "inventory", "notify"];
    let process = |name: &&str| Process { service: (**name).into(), tags: Vec::new() };
    let keys: Vec<Plain> = (0..12).map(|n| Plain::from(format!("attribute.number.{n}"))).collect();
    let values: Vec<Plain> = (0..40).map(|n| Plain::from(format!("value {n} of the attribute"))).collect();
    let operations: Vec<Plain> = (0..60).map(|n| Plain::from(format!("SELECT something FROM table_{n}"))).collect();
    let pick = |from: &[Plain], at: u64| from[at as usize % from.len()].clone();
    let span = |n: u64| {
        let reference = Reference { trace: ID, span: SpanId(parent(shape, n)), follows: false };
        let start = (NOW.0 - 60_000) * 1_000_000 + n as i64 * 400_000;
        let length = if n == 1 { 20_000_000_000 } else { 400_000 * (1 + n as i64 % 7) };
        let mut tags: Vec<Tag> =
            (0..12).map(|tag| Tag { key: pick(&keys, tag), value: pick(&values, n * 7 + tag) }).collect();
        tags.push(Tag { key: keys[0].clone(), value: format!("user {n}").into() });
        Span {
            id: SpanId(n),
            references: if n > 1 { vec![reference] } else { Vec::new() },
            operation: pick(&operations, n * 13),
            process: Some(n as u32 % 5),
            start,
            duration: length,
            kind: Kind::Internal,
            is_error: n.is_multiple_of(997),
            tags,
            events: if n.is_multiple_of(10) {
                vec![Event { at: start, name: "pool.wait".into(), tags: Vec::new() }]
            } else {
                Vec::new()
            },
            warnings: Vec::new(),
        }
    };
    Trace {
        id: ID,
        spans: (1..=SPANS).map(span).collect(),
        processes: names.iter().map(process).collect(),
        notes: Vec::new(),
    }
}

fn main() {
    let Some(app) = app((AREA.width, AREA.height), NOW) else { return };
    for (name, shape) in [("bushy", Shape::Bushy), ("flat", Shape::Flat), ("deep", Shape::Deep)] {
        let trace = Arc::new(trace(shape));
        println!("{name}: {} spans", trace.spans.len());
        let before = resident();
        let mut tree = Tree::default();
        println!("  tree and critical path   {:>7.2} ms", timed(|| tree = Tree::of(&trace)) * 1e3);
        println!("  self times               {:>7.2} ms", timed(|| drop(black_box(spent(&trace, &tree)))) * 1e3);
        drop(tree);
        let start = Instant::now();
        let mut waterfall = Waterfall::new(Arc::clone(&trace));
        paint(&app, &waterfall);
        println!("  opened, with its frame   {:>7.2} ms", start.elapsed().as_secs_f64() * 1e3);
        println!("  resident after it        {:>7.1} MiB more", resident() - before);
        walk(&app, &mut waterfall);
    }
}

fn walk(app: &App, waterfall: &mut Waterfall) {
    use Step::*;
    waterfall.act(FoldAll, AREA);
    while !waterfall.words().starts_with("1 of 50,000") {
        waterfall.act(FoldAll, AREA);
    }
    for (name, steps) in [
        ("down", &[Down][..]),
        ("page down", &[PageDown]),
        ("bottom, top", &[Bottom, Top]),
        ("fold", &[Fold]),
        ("left, right", &[Left, Right]),
        ("fold all", &[FoldAll]),
        ("shorter", &[Shorter]),
        ("next error", &[NextError]),
        ("zoom in, zoom out", &[ZoomIn, ZoomOut]),
        ("self times", &[SelfTimes]),
        ("detail", &[Open]),
    ] {
        waterfall.select(SpanId(1));
        told(name, |turn| {
            waterfall.act(steps[turn % steps.len()], AREA);
            paint(app, waterfall);
        });
        while waterfall.back() {}
    }
    for text in ["user 49999", "value 3", "no such words", "checkout", "e"] {
        let mut find = Vec::new();
        for _ in 0..10 {
            find.push(timed(|| {
                waterfall.find(text);
                waterfall.next_hit(true, AREA);
                paint(app, waterfall);
            }));
            waterfall.find("");
        }
        line(&format!("find {text:?}"), &mut find);
    }
    waterfall.find("value 3");
    told("hide", |_| {
        waterfall.act(Hide, AREA);
        paint(app, waterfall);
    });
    told("next hit", |_| {
        waterfall.next_hit(true, AREA);
        paint(app, waterfall);
    });
    let again = Arc::new(Trace { notes: vec!["again".into()], ..(**waterfall.trace()).clone() });
    println!("  a later answer           {:>7.2} ms", timed(|| waterfall.renew(again)) * 1e3);
}

fn told(name: &str, mut work: impl FnMut(usize)) {
    let mut spent: Vec<f64> = (0..TURNS).map(|turn| timed(|| work(turn))).collect();
    line(name, &mut spent);
}

fn line(name: &str, spent: &mut [f64]) {
    spent.sort_by(f64::total_cmp);
    let at = |share: usize| spent.get((spent.len() - 1) * share / 100).copied().unwrap_or(0.0) * 1e3;
    println!("  {name:<22} p50 {:>6.2} ms   p99 {:>6.2} ms   worst {:>6.2} ms", at(50), at(99), at(100));
}

fn paint(app: &App, waterfall: &Waterfall) {
    let mut buf = Buffer::empty(AREA);
    waterfall.draw(&app.scene(), AREA, &mut buf);
    black_box(&buf);
}

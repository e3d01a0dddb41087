//! From the answers to tables: one row for each series of either period, in an order and with names that do not
//! depend on the order of the answer.

use std::collections::BTreeSet;

use super::document::{State, Table};
use super::figures::{Each, Held, Meaning, Row, Through};
use super::plan::Grid;
use crate::model::labels::{Labels, METRIC_NAME};
use crate::model::series::{Frame, Series};
use crate::model::unit::Unit;
use crate::text::Plain;

/// The answers for the periods; nothing where a question was not answered.
pub type Frames<'a> = Each<Option<&'a Frame>>;

/// How a table is made of series.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    pub unit: Unit,
    pub meaning: Meaning,
    /// The traffic by the same labels, to weigh ratios with.
    pub weights: Option<Frames<'a>>,
    /// The highest values, where the table's own are averages.
    pub peaks: Option<Frames<'a>>,
    /// What holds at the very end, where that was asked apart.
    pub end: Option<&'a Frame>,
    /// A series of the period before that is no more has a row: endpoints do, instances come and go.
    pub keeps_gone: bool,
    /// The order of the rows: the highest average first, or the highest peak.
    pub by_average: bool,
}

pub fn held<'a>(frame: Option<&'a Frame>, labels: &Labels) -> Held<'a> {
    match frame {
        None => Held::NotAsked,
        Some(frame) => find(frame, labels).map_or(Held::Missing, Held::Series),
    }
}

fn find<'a>(frame: &'a Frame, labels: &Labels) -> Option<&'a Series> {
    frame.series.iter().find(|series| series.labels == *labels)
}

pub fn table(frames: Frames, grid: &Grid, layout: Layout) -> Table {
    let (unit, limit) = (layout.unit, layout.meaning.limit);
    let Some(now) = frames.now else { return Table { state: State::NotAsked, unit, limit, rows: Vec::new() } };
    let gone = frames.before.filter(|_| layout.keeps_gone).into_iter().flat_map(|frame| &frame.series);
    let labels: BTreeSet<&Labels> = now.series.iter().chain(gone).map(|series| &series.labels).collect();
    let labels: Vec<&Labels> = labels.into_iter().collect();
    let weights = layout.weights.unwrap_or_default();
    let peaks = layout.peaks.unwrap_or_default();
    let mut rows: Vec<Row> = Vec::new();
    for (labels, name) in labels.iter().zip(names(&labels)) {
        let through = Through {
            name,
            labels: (*labels).clone(),
            held: frames.map(|frame| held(frame, labels)),
            weight: weights.map(|frame| frame.and_then(|frame| find(frame, labels))),
            peak: peaks.map(|frame| frame.and_then(|frame| find(frame, labels))),
            end: layout.end.map(|frame| held(Some(frame), labels)),
        };
        rows.push(through.row(grid, layout.meaning));
    }
    let rank = |row: &Row| row.figures.map_or(f64::NEG_INFINITY, |f| if layout.by_average { f.avg } else { f.max });
    rows.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then_with(|| a.labels.cmp(&b.labels)));
    let state = if rows.is_empty() { State::Empty } else { State::Answered };
    Table { state, unit, limit, rows }
}

/// The values of the labels that differ; for a single series all but its job; `all` where nothing is left.
fn names(all: &[&Labels]) -> Vec<Plain> {
    let single = all.len() == 1;
    let differs = |name: &str| all.iter().any(|labels| Some(labels.get(name)) != all.first().map(|l| l.get(name)));
    let tells = |name: &str| name != METRIC_NAME && if single { name != "job" } else { differs(name) };
    let short = |labels: &Labels| {
        let values: Vec<&str> =
            labels.iter().filter(|(name, _)| tells(name)).map(|(_, value)| value.as_str()).collect();
        if values.is_empty() { Plain::new("all") } else { Plain::from(values.join(" ")) }
    };
    all.iter().map(|labels| short(labels)).collect()
}

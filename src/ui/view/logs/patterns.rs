//! What the lines say, counted: one row a pattern.

use std::collections::HashMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::row;
use super::volume::number;
use crate::analysis::patterns::{Miner, PatternId};
use crate::model::log::Level;
use crate::store::log::Lines;
use crate::time::Timestamp;
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::alerts::{cell, right};
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::put;
use crate::ui::widget::sparkline::bars;

/// The newest lines that are counted: more would hold up the keys.
const NEWEST: usize = 20_000;
/// Parts of the time that the counted lines span.
const PARTS: usize = 8;

/// A pattern as the panel shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    pub text: String,
    pub count: u64,
    /// In ns since the epoch.
    pub first: i64,
    pub last: i64,
    /// The worst that one of its lines has.
    pub level: Level,
    pub spark: Vec<f64>,
}

/// The patterns of the newest lines, the most frequent first.
pub fn mine(lines: &Lines) -> Vec<Pattern> {
    let from = lines.len().saturating_sub(NEWEST);
    let (start, end) = (lines.get(from).map_or(0, |held| held.at), lines.newest().unwrap_or(0));
    let length = i128::from(end) - i128::from(start) + 1;
    let mut miner = Miner::default();
    let found: Vec<(PatternId, i64, Level)> =
        lines.from(from).map(|held| (miner.add(held.message), held.at, held.level)).collect();
    let mut patterns: HashMap<PatternId, Pattern> = HashMap::new();
    for (id, at, level) in found {
        let id = miner.find(id);
        let new = || Pattern { text: miner.text(id), count: 0, first: at, last: at, level, spark: vec![0.0; PARTS] };
        let pattern = patterns.entry(id).or_insert_with(new);
        pattern.count += 1;
        pattern.last = at;
        pattern.level = pattern.level.min(level);
        let part = (i128::from(at) - i128::from(start)) * PARTS as i128 / length;
        if let Some(count) = usize::try_from(part).ok().and_then(|part| pattern.spark.get_mut(part)) {
            *count += 1.0;
        }
    }
    let mut patterns: Vec<Pattern> = patterns.into_values().collect();
    patterns.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.text.cmp(&other.text)));
    patterns
}

pub fn draw(patterns: &[Pattern], held: usize, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let style = |role| scene.theme.style(role);
    let mut rows = area.rows();
    let Some(title) = rows.next() else { return };
    let of =
        if held > NEWEST { format!("the newest {} lines", number(NEWEST as u64)) } else { "the lines held".to_owned() };
    let words = format!(" ── {} patterns of {of} ", number(patterns.len() as u64));
    let rest = usize::from(area.width).saturating_sub(words.chars().count());
    let title_line = vec![Span::styled(words, style(Role::Title)), Span::styled("─".repeat(rest), style(Role::Rule))];
    put(Line::from(title_line), title, buf);
    for (pattern, row) in patterns.iter().zip(rows) {
        put(line(pattern, usize::from(area.width), scene), row, buf);
    }
}

/// `   1,204  ▁▁▁▁▁▅█▇  ERROR  upstream timeout after <*> ms      14:02:11 to 14:03:21`
fn line<'a>(pattern: &Pattern, width: usize, scene: &Scene) -> Line<'a> {
    let style = |role| scene.theme.style(role);
    let clock = |at: i64| Timestamp(at.div_euclid(1_000_000)).format("%H:%M:%S", scene.zone);
    let times = format!("  {} to {}", clock(pattern.first), clock(pattern.last));
    let times = if width < 100 { String::new() } else { times };
    let room = width.saturating_sub(9 + 2 + PARTS + 2 + 6 + times.len() + 1);
    let highest = pattern.spark.iter().copied().fold(1.0, f64::max);
    Line::from(vec![
        Span::styled(right(&number(pattern.count), 9), style(Role::Strong)),
        Span::styled(
            format!("  {}  ", bars(&pattern.spark, Some((0.0, highest))).collect::<String>()),
            style(Role::Dim),
        ),
        Span::styled(format!("{:<5} ", pattern.level.word()), style(row::role(pattern.level))),
        Span::raw(cell(&fit(&pattern.text, room), room)),
        Span::styled(times, style(Role::Dim)),
    ])
}

//! Log lines over the period, by level, one upon the other.

use super::draw::{ACROSS, DOWN, Scale};
use super::escape::text;
use super::scene::Scene;
use crate::analysis::logs::number;
use crate::model::log::{Level, Volume};
use crate::model::unit::Unit;
use crate::model::unit::axis::Axis;
use crate::time::format_duration;

const TOP: u32 = 14;
const HEIGHT: u32 = 150;
const ROWS: u16 = 10;
const MOST_BARS: usize = 120;

pub fn chart(scene: &Scene) -> String {
    let Some(volume) = scene.report.logs.as_ref().and_then(|logs| logs.volume.as_ref()) else { return String::new() };
    let bars = Bars::of(volume);
    let highest = bars.highest();
    if highest == 0 {
        return String::new();
    }
    let axis = Axis::nice(Unit::Count, 0.0, highest as f64, ROWS);
    let scale = Scale { min: axis.min, max: axis.max };
    let title = format!("Log lines in {} each, by level", format_duration(bars.step));
    let said: Vec<String> =
        volume.levels.iter().map(|(level, _)| format!("{} {}", level.word(), number(volume.of(*level)))).collect();
    let bottom = TOP + HEIGHT;
    format!(
        "<figure class=\"chart\">\n<figcaption>{title}</figcaption>\n\
         <svg class=\"chart\" role=\"img\" aria-labelledby=\"volume-t volume-d\" width=\"100%\" height=\"{}\">\n\
         <title id=\"volume-t\">{title}</title>\n<desc id=\"volume-d\">{}</desc>\n{}{}\
         <svg x=\"0\" y=\"{TOP}\" width=\"100%\" height=\"{HEIGHT}\" viewBox=\"0 0 {ACROSS} {DOWN}\" \
         preserveAspectRatio=\"none\">\n{}</svg>\n{}</svg>\n<ul class=\"legend\">\n{}</ul>\n</figure>\n",
        bottom + 24,
        text(&said.join(", ")),
        scene.times(TOP, bottom),
        scene.marks(TOP, bottom),
        bars.paths(scale, scene),
        side(&axis, scale),
        legend(volume),
    )
}

/// Over the bars, which reach up to the side.
fn side(axis: &Axis, scale: Scale) -> String {
    let line = |tick: &f64| {
        let y = f64::from(TOP) + scale.of(*tick) * f64::from(HEIGHT);
        let class = if *tick == 0.0 { "zero" } else { "grid" };
        format!(
            "<line class=\"{class}\" x1=\"0\" x2=\"100%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text class=\"value\" x=\"2\" y=\"{:.1}\">{}</text>\n",
            y - 3.0,
            text(&Unit::Count.tick(*tick))
        )
    };
    axis.ticks.iter().map(line).collect()
}

fn legend(volume: &Volume) -> String {
    let key = |(level, _): &(Level, Vec<u64>)| {
        format!(
            "<li><svg class=\"key\" width=\"14\" height=\"10\" aria-hidden=\"true\"><rect class=\"{}\" width=\"12\" height=\"10\"/></svg> \
             <span class=\"name\">{}</span> <span class=\"said\">{} lines</span></li>\n",
            class(*level),
            level.word(),
            number(volume.of(*level))
        )
    };
    volume.levels.iter().map(key).collect()
}

fn class(level: Level) -> &'static str {
    match level {
        Level::Error => "critical",
        Level::Warn => "warning",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Unknown => "others",
    }
}

/// The counts in at most so many bars, the worst level first.
struct Bars {
    start: i64,
    /// ms
    step: i64,
    levels: Vec<(Level, Vec<u64>)>,
}

impl Bars {
    fn of(volume: &Volume) -> Self {
        let longest = volume.levels.iter().map(|(_, counts)| counts.len()).max().unwrap_or(0);
        let each = longest.div_ceil(MOST_BARS).max(1);
        let join = |counts: &Vec<u64>| counts.chunks(each).map(|some| some.iter().sum()).collect();
        let levels = volume.levels.iter().map(|(level, counts)| (*level, join(counts))).collect();
        Self { start: volume.start, step: volume.step.saturating_mul(each as i64), levels }
    }

    fn count(&self) -> usize {
        self.levels.iter().map(|(_, counts)| counts.len()).max().unwrap_or(0)
    }

    fn highest(&self) -> u64 {
        let at = |at: usize| self.levels.iter().filter_map(|(_, counts)| counts.get(at)).sum();
        (0..self.count()).map(at).max().unwrap_or(0)
    }

    fn paths(&self, scale: Scale, scene: &Scene) -> String {
        let mut below = vec![0u64; self.count()];
        let mut out = String::new();
        for (level, counts) in &self.levels {
            let mut path = String::new();
            for (at, (count, below)) in counts.iter().zip(&mut below).enumerate().filter(|(_, (count, _))| **count > 0)
            {
                let edge = |at: usize| {
                    let time = self.start.saturating_add(self.step.saturating_mul(at as i64));
                    (scene.percent(time) / 100.0 * ACROSS as f64).round() as i64
                };
                let down = |value: u64| (scale.of(value as f64) * DOWN as f64).round() as i64;
                let (left, right, foot, top) = (edge(at), edge(at + 1), down(*below), down(*below + count));
                *below += count;
                // What is there can be seen.
                let (width, height) = ((right - left - 2).max(1), (foot - top).max(4));
                path.push_str(&format!("M{left} {foot}v-{height}h{width}v{height}z"));
            }
            out.push_str(&format!("<path class=\"{}\" d=\"{path}\"/>\n", class(*level)));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::log::Count;

    #[test]
    fn bars_are_joined_until_they_can_be_told_apart() {
        let levels = vec![(Level::Error, vec![1; 300]), (Level::Info, vec![2; 300])];
        let volume = Volume { start: 0, step: 60_000, levels, total: Count::Exactly(900), notes: Vec::new() };
        let bars = Bars::of(&volume);
        assert_eq!((bars.step, bars.count(), bars.highest()), (180_000, 100, 9));
    }
}

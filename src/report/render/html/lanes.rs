//! Stretches of time as bars, one lane each: what fired, and what was down.

use super::chart::stretch;
use super::escape::text;
use super::scene::Scene;
use crate::model::alert::Severity;
use crate::report::document::{Fired, Outage};
use crate::text::Plain;

const LANE: u32 = 30;
const MOST: usize = 12;

struct Lane {
    name: String,
    class: &'static str,
    /// Begin and end, in ms.
    bars: Vec<(i64, i64)>,
}

pub fn alerts(scene: &Scene) -> String {
    let fired = scene.report.fired.as_deref().unwrap_or_default();
    let lane = |fired: &Fired| Lane {
        name: format!("{} {}", fired.severity.word(), fired.name),
        class: match fired.severity {
            Severity::Critical => "critical",
            Severity::Warning => "warning",
            Severity::Info | Severity::Other => "notice",
        },
        bars: fired.firings.iter().map(|range| (range.start.0, range.end.0)).collect(),
    };
    picture(scene, "alerts-fired", "When alerts fired", fired.iter().map(lane).collect())
}

pub fn presence(scene: &Scene) -> String {
    let grid = &scene.report.grid;
    let mut lanes: Vec<Lane> = Vec::new();
    for outage in &scene.report.availability.outages {
        let name = named(outage);
        let bar = (outage.from.unwrap_or(grid.now.start.0), outage.to.unwrap_or(grid.now.end.0));
        match lanes.iter_mut().find(|lane| lane.name == name) {
            Some(lane) => lane.bars.push(bar),
            None => lanes.push(Lane { name, class: "critical", bars: vec![bar] }),
        }
    }
    picture(scene, "outages", "When targets did not answer", lanes)
}

fn named(outage: &Outage) -> String {
    outage.target.as_ref().map_or("the service", Plain::as_str).to_owned()
}

/// Nothing where there is no lane.
fn picture(scene: &Scene, id: &str, title: &str, lanes: Vec<Lane>) -> String {
    if lanes.iter().all(|lane| lane.bars.is_empty()) {
        return String::new();
    }
    let more = lanes.len().saturating_sub(MOST);
    let shown = lanes.get(..lanes.len().min(MOST)).unwrap_or_default();
    let bottom = 8 + LANE * shown.len() as u32;
    let rows: String = shown.iter().zip(0u32..).map(|(lane, number)| lane.svg(8 + LANE * number, scene)).collect();
    let told: Vec<String> = shown.iter().map(|lane| lane.told(scene)).collect();
    let more = if more > 0 { format!("<p class=\"said\">and {more} more</p>\n") } else { String::new() };
    format!(
        "<figure class=\"chart\">\n<figcaption>{title}</figcaption>\n\
         <svg class=\"chart\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" width=\"100%\" height=\"{}\">\n\
         <title id=\"{id}-t\">{title}</title>\n<desc id=\"{id}-d\">{}</desc>\n{}{rows}</svg>\n{more}</figure>\n",
        bottom + 24,
        text(&told.join("; ")),
        scene.times(4, bottom),
    )
}

impl Lane {
    fn svg(&self, top: u32, scene: &Scene) -> String {
        let mut out = format!(
            "<text class=\"lane\" x=\"2\" y=\"{}\">{}</text>\n<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>\n",
            top + 11,
            text(&self.name),
            y = top + 20
        );
        for (from, to) in &self.bars {
            let (x, end) = (scene.percent(*from), scene.percent(*to));
            // A moment can be seen, and stays within the picture.
            let width = (end - x).max(0.4);
            out.push_str(&format!(
                "<rect class=\"{}\" x=\"{:.2}%\" y=\"{}\" width=\"{width:.2}%\" height=\"8\"><title>{}: {}</title></rect>\n",
                self.class,
                x.min(100.0 - width),
                top + 16,
                text(&self.name),
                text(&stretch(scene, *from, *to))
            ));
        }
        out
    }

    fn told(&self, scene: &Scene) -> String {
        let first = self.bars.first().map_or_else(String::new, |(from, to)| stretch(scene, *from, *to));
        match self.bars.len() {
            1 => format!("{}: {first}", self.name),
            count => format!("{}: {count} times, first {first}", self.name),
        }
    }
}

//! Lines over the period, with their limit, and how the whole went in the period before.

use super::draw::{ACROSS, DOWN, Scale, ground, path};
use super::escape::text;
use super::scene::Scene;
use crate::model::unit::Unit;
use crate::model::unit::axis::Axis;
use crate::report::words;
use crate::time::{Timestamp, format_duration};

const TOP: u32 = 14;
const HEIGHT: u32 = 170;
const BOTTOM: u32 = TOP + HEIGHT;
/// As a terminal would have for a chart of this size; it decides how many values stand at the side.
const ROWS: u16 = 11;
/// So many moments of a chart can be pointed at.
const MOMENTS: usize = 48;

pub struct Line {
    pub name: String,
    pub course: Vec<Option<f64>>,
    /// Beside its name: what it came to.
    pub said: String,
    pub role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// All together.
    Whole,
    /// One of them, with its letter.
    Part(u8),
    /// The rest of them.
    Others,
}

impl Role {
    fn class(self) -> String {
        match self {
            Self::Whole => "whole".to_owned(),
            Self::Part(number) => format!("s{number}"),
            Self::Others => "others".to_owned(),
        }
    }

    fn letter(self) -> Option<char> {
        if let Self::Part(number) = self { Some(char::from(b'A' + number.min(25))) } else { None }
    }
}

pub struct Chart<'a> {
    pub id: String,
    pub title: String,
    pub unit: Unit,
    pub lines: Vec<Line>,
    /// Of the whole.
    pub before: &'a [Option<f64>],
    pub limit: Option<f64>,
    /// Where no value can be above.
    pub cap: Option<f64>,
}

impl Chart<'_> {
    /// Nothing where there is no value.
    pub fn svg(&self, scene: &Scene) -> String {
        let values = || self.lines.iter().flat_map(|line| &line.course).flatten().copied();
        let (low, high) = (values().fold(0.0, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        if !high.is_finite() {
            return String::new();
        }
        let before = self.before.iter().flatten().copied().fold(high, f64::max);
        // A limit far above everything would press the lines flat.
        let limit = self.limit.filter(|limit| high >= limit / 4.0);
        let high = limit.unwrap_or(0.0).max(before).max(high);
        let axis = Axis::nice(self.unit, low, high, ROWS);
        let scale = Scale { min: axis.min, max: axis.max };
        let id = &self.id;
        format!(
            "<figure class=\"chart\">\n<figcaption>{}</figcaption>\n\
             <svg class=\"chart\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" width=\"100%\" height=\"{}\">\n\
             <title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n{}{}{}{}{}{}{}</svg>\n{}</figure>\n",
            text(&self.title),
            BOTTOM + 24,
            text(&self.title),
            self.told(scene),
            self.side(&axis, scale),
            scene.times(TOP, BOTTOM),
            scene.marks(TOP, BOTTOM),
            self.paths(scale, scene),
            self.bounds(scale, limit),
            self.letters(scale),
            self.moments(scene),
            self.legend(scene, limit),
        )
    }

    /// For whoever does not see it.
    fn told(&self, scene: &Scene) -> String {
        let lines = self.lines.iter().map(|line| format!("{}: {}", line.name, line.said));
        let period = words::together(scene.report.grid.now, &scene.report.plan.zone);
        text(&format!("From {period}. {}", lines.collect::<Vec<_>>().join("; ")))
    }

    fn side(&self, axis: &Axis, scale: Scale) -> String {
        let line = |tick: &f64| {
            let y = height(scale, *tick);
            let class = if *tick == 0.0 { "zero" } else { "grid" };
            format!(
                "<line class=\"{class}\" x1=\"0\" x2=\"100%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text class=\"value\" x=\"2\" y=\"{:.1}\">{}</text>\n",
                y - 3.0,
                text(&self.unit.tick(*tick))
            )
        };
        axis.ticks.iter().map(line).collect()
    }

    fn paths(&self, scale: Scale, scene: &Scene) -> String {
        let grid = &scene.report.grid;
        let stretch = grid.before.length() as f64 / grid.now.length().max(1) as f64;
        let mut out = format!(
            "<svg x=\"0\" y=\"{TOP}\" width=\"100%\" height=\"{HEIGHT}\" viewBox=\"0 0 {ACROSS} {DOWN}\" \
             preserveAspectRatio=\"none\">\n"
        );
        if let Some(whole) = self.lines.iter().find(|line| line.role == Role::Whole) {
            out.push_str(&format!("<path class=\"ground\" d=\"{}\"/>\n", ground(&whole.course, scale)));
        }
        if !self.before.is_empty() {
            out.push_str(&format!("<path class=\"before\" d=\"{}\"/>\n", path(self.before, scale, stretch)));
        }
        // Those that are told first lie on top.
        for line in self.lines.iter().rev() {
            out.push_str(&format!(
                "<path class=\"{}\" d=\"{}\"/>\n",
                line.role.class(),
                path(&line.course, scale, 1.0)
            ));
        }
        out.push_str("</svg>\n");
        out
    }

    fn bounds(&self, scale: Scale, limit: Option<f64>) -> String {
        let bound = |class: &str, value: f64, label: String| {
            let y = height(scale, value);
            // Below the line where there is no room above it.
            let label_y = if y < f64::from(TOP) + 8.0 { y + 12.0 } else { y - 4.0 };
            format!(
                "<line class=\"{class}\" x1=\"0\" x2=\"100%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text class=\"{class}\" x=\"100%\" dx=\"-2\" y=\"{label_y:.1}\" text-anchor=\"end\">{}</text>\n",
                text(&label)
            )
        };
        let limit = limit.map(|value| bound("limit", value, format!("limit {}", words::limit(self.unit, value))));
        let cap = self.cap.map(|value| bound("cap", value, format!("≥ {}: it may be more", self.unit.show(value))));
        limit.into_iter().chain(cap).collect()
    }

    /// A letter on each line, each at another time, so that colour is not all that tells them apart.
    fn letters(&self, scale: Scale) -> String {
        let parts: Vec<&Line> = self.lines.iter().filter(|line| line.role.letter().is_some()).collect();
        let mut out = String::new();
        let mut taken: Vec<f64> = Vec::new();
        for (number, line) in parts.iter().enumerate() {
            let count = line.course.len();
            let wished = (2 * number + 1) * count / (2 * parts.len());
            let share = |at: usize| (at + 1) as f64 / count as f64;
            // Where a line stands out it is looked for; elsewhere all share the width.
            let peak = peak(&line.course, scale).filter(|at| taken.iter().all(|x| (x - share(*at)).abs() > 0.04));
            let held = line.course.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?)));
            let Some((at, value)) = held.min_by_key(|(at, _)| at.abs_diff(peak.unwrap_or(wished))) else { continue };
            taken.push(share(at));
            let x = share(at) * 100.0;
            out.push_str(&format!(
                "<text class=\"letter {}\" x=\"{:.2}%\" y=\"{:.1}\" text-anchor=\"middle\" aria-hidden=\"true\">{}</text>\n",
                line.role.class(),
                x.clamp(1.0, 99.0),
                (height(scale, value) - 4.0).max(11.0),
                line.role.letter().unwrap_or(' ')
            ));
        }
        out
    }

    /// What a browser tells of a moment that is pointed at.
    fn moments(&self, scene: &Scene) -> String {
        let longest = self.lines.iter().map(|line| line.course.len()).max().unwrap_or(0);
        let count = longest.min(MOMENTS);
        let grid = &scene.report.grid;
        let courses: Vec<_> = self.lines.iter().map(|line| super::super::spark::squeeze(&line.course, count)).collect();
        let mut out = String::new();
        for at in 0..count {
            let edge = |at: usize| grid.now.start.0 + grid.now.length() * at as i64 / count as i64;
            let said: Vec<String> = self
                .lines
                .iter()
                .zip(&courses)
                .filter_map(|(line, course)| {
                    let name: String = line.name.chars().take(40).collect();
                    Some(format!("{name}: {}", self.unit.show((*course.get(at)?)?)))
                })
                .collect();
            if said.is_empty() {
                continue;
            }
            let (from, to) = (scene.report.plan.clock(edge(at), grid), scene.report.plan.clock(edge(at + 1), grid));
            let (x, width) = (at as f64 * 100.0 / count as f64, 100.0 / count as f64);
            let lines: Vec<String> = said.iter().map(|line| text(line)).collect();
            out.push_str(&format!(
                "<rect class=\"moment\" x=\"{x:.2}%\" y=\"{TOP}\" width=\"{width:.2}%\" height=\"{HEIGHT}\">\
                 <title>{} to {}, at most\n{}</title></rect>\n",
                text(&from),
                text(&to),
                lines.join("\n")
            ));
        }
        out
    }

    fn legend(&self, scene: &Scene, limit: Option<f64>) -> String {
        let key = |class: &str, letter: Option<char>, name: &str, said: &str| {
            let letter = letter.map_or_else(String::new, |letter| format!("<b>{letter}</b> "));
            format!(
                "<li><svg class=\"key\" width=\"22\" height=\"10\" aria-hidden=\"true\"><path class=\"{class}\" d=\"M1 5h20\"/>\
                 </svg> {letter}<span class=\"name\">{}</span> <span class=\"said\">{}</span></li>\n",
                text(name),
                text(said)
            )
        };
        let mut out: String =
            self.lines.iter().map(|line| key(&line.role.class(), line.role.letter(), &line.name, &line.said)).collect();
        if self.before.iter().any(Option::is_some) {
            let length = format_duration(scene.report.grid.before.length());
            out.push_str(&key("before", None, &format!("all, the {length} before"), ""));
        }
        if let Some(far) = self.limit.filter(|_| limit.is_none()) {
            out.push_str(&format!(
                "<li class=\"said\">limit {}: far above</li>\n",
                text(&words::limit(self.unit, far))
            ));
        }
        let (outages, restarts) = scene.has_marks();
        if outages {
            out.push_str("<li class=\"said\"><span class=\"mark-down\">▮</span> service down</li>\n");
        }
        if restarts {
            out.push_str("<li class=\"said\"><span class=\"mark-restart\">▲</span> restart</li>\n");
        }
        format!("<ul class=\"legend\">\n{out}</ul>\n")
    }
}

/// Where a course rises well above its lowest value, if it does.
fn peak(course: &[Option<f64>], scale: Scale) -> Option<usize> {
    let values = || course.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?)));
    let low = values().map(|(_, value)| value).fold(f64::INFINITY, f64::min);
    let (at, high) = values().max_by(|a, b| a.1.total_cmp(&b.1))?;
    (high - low > (scale.max - scale.min) * 0.08).then_some(at)
}

/// From the top of the picture.
fn height(scale: Scale, value: f64) -> f64 {
    f64::from(TOP) + scale.of(value) * f64::from(HEIGHT)
}

/// Begin and end of a stretch, for the eye of whoever points at it.
pub fn stretch(scene: &Scene, from: i64, to: i64) -> String {
    let (plan, grid) = (&scene.report.plan, &scene.report.grid);
    let length = format_duration(Timestamp(to).since(Timestamp(from)));
    format!("{} to {} ({length})", plan.clock(from, grid), plan.clock(to, grid))
}

//! Counters in closed form: a rate that follows the day's curve and bends in incidents, and its integral since the
//! process started, so that a value costs the same however long the process has run.

use super::curve::{Curve, Mark, Walk};
use super::noise::{Wander, pair};
use super::story::{Course, Incident, Run, Story};

/// What makes a counter grow.
pub struct Flow<'a> {
    /// Flows of one key speed up and slow down together.
    pub key: u64,
    /// What this one does beside the others of its key. Without it their sum is exact at every moment.
    pub own: Option<u64>,
    /// A second, by day and by night.
    pub steady: f64,
    /// A second where the curve is 1.
    pub weight: f64,
    /// What an incident of full strength adds to the weight, or takes away.
    pub hit: Box<dyn Fn(&Incident) -> f64 + 'a>,
}

impl Flow<'_> {
    pub fn steady(rate: f64) -> Self {
        Self { key: 0, own: None, steady: rate, weight: 0.0, hit: Box::new(|_| 0.0) }
    }

    pub fn daily(key: u64, weight: f64) -> Self {
        Self { key, own: None, steady: 0.0, weight, hit: Box::new(|_| 0.0) }
    }
}

/// From one bend of the weight to the next.
struct Piece {
    from: Mark,
    /// What has come together until here.
    total: f64,
    weight: f64,
    /// What the weight gains each second.
    slope: f64,
}

/// A flow through one life of a process: how much has come together since it started.
pub struct Meter {
    curve: Curve,
    key: u64,
    own: Option<u64>,
    steady: f64,
    start: f64,
    /// Never empty, in order of time.
    pieces: Vec<Piece>,
}

/// The traffic's ups and downs, as shifts in time: what is counted is ahead of the even flow or behind it.
struct Pulse {
    walk: Walk,
    shared: [Wander; 2],
    own: Option<Wander>,
}

impl Pulse {
    fn new(curve: Curve, key: u64, own: Option<u64>) -> Self {
        let shared = [Wander::new(key, 45.0), Wander::new(pair(key, 1), 420.0)];
        Self { walk: Walk::new(curve), shared, own: own.map(|key| Wander::new(key, 180.0)) }
    }

    /// The shifts change by less than a second a second, all together, so that a counter never falls.
    fn moment(&mut self, at: f64) -> Mark {
        let [quick, slow] = &mut self.shared;
        let own = self.own.as_mut().map_or(0.0, |own| 7.0 * own.at(at));
        self.walk.mark(at + 2.0 * quick.at(at) + 10.0 * slow.at(at) + own)
    }
}

impl Meter {
    /// Right for every time of `run` up to `end`.
    pub fn new(flow: &Flow<'_>, curve: Curve, story: &Story, run: Run, end: i64) -> Self {
        let start = story.seconds(run.started);
        let courses = courses(flow, curve, story, run, end);
        let mut corners: Vec<f64> = courses.iter().flat_map(|(_, course)| course.segments()).map(|s| s.at).collect();
        corners.retain(|&at| at > start);
        corners.sort_unstable_by(f64::total_cmp);
        corners.dedup();
        let mut pieces: Vec<Piece> = Vec::with_capacity(corners.len() + 1);
        let mut done = 0;
        for at in std::iter::once(start).chain(corners) {
            let from = curve.mark(at);
            let total = pieces.last().map_or(0.0, |last| total(&curve, last, &from));
            let (mut weight, mut slope) = (flow.weight, 0.0);
            while courses.get(done).is_some_and(|(_, course)| course.segments().iter().all(|s| s.at <= at)) {
                done += 1;
            }
            for (hit, course) in courses[done..].iter().take_while(|(_, course)| course.first() <= at) {
                let (level, gain) = course.level(at);
                weight += hit * level;
                slope += hit * gain;
            }
            pieces.push(Piece { from, total, weight, slope });
        }
        Self { curve, key: flow.key, own: flow.own, steady: flow.steady, start, pieces }
    }

    /// What has come together by `at`, in seconds after the story's start.
    pub fn at(&self, at: f64) -> f64 {
        self.all(std::iter::once(at)).sum()
    }

    /// What has come together by each of some rising times.
    pub fn all(&self, times: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
        let mut pulse = Pulse::new(self.curve, self.key, self.own);
        let mut piece = 0;
        times.map(move |at| {
            let moment = pulse.moment(at);
            while self.pieces.get(piece + 1).is_some_and(|next| next.from.at <= moment.at) {
                piece += 1;
            }
            self.reading(piece, at, &moment)
        })
    }

    fn reading(&self, piece: usize, at: f64, moment: &Mark) -> f64 {
        let steady = self.steady * (at - self.start).max(0.0);
        match self.pieces.get(piece) {
            Some(piece) if moment.at > piece.from.at => steady + total(&self.curve, piece, moment),
            Some(piece) => steady + piece.total,
            None => steady,
        }
    }
}

fn total(curve: &Curve, piece: &Piece, to: &Mark) -> f64 {
    let even = piece.weight * curve.area(&piece.from, to);
    let bent = if piece.slope == 0.0 { 0.0 } else { piece.slope * curve.moment(&piece.from, to) };
    piece.total + even + bent
}

/// What incidents do to a flow, each with its course, in order of time.
fn courses(flow: &Flow<'_>, curve: Curve, story: &Story, run: Run, end: i64) -> Vec<(f64, Course)> {
    let [scheduled, added] = story.parts(run.started, end.min(run.until));
    let hits = |i: &Incident| Some((flow.hit)(i)).filter(|&hit| hit != 0.0);
    let mut courses: Vec<(f64, Course)> = scheduled
        .iter()
        .filter_map(|incident| Some((hits(incident)?, incident.course(|t| story.seconds(t)))))
        .collect();
    // What is added while the simulation runs begins by the flow's own clock, which may be ahead: what was counted
    // before that moment stays as it was.
    let mut pulse = Pulse::new(curve, flow.key, flow.own);
    courses.extend(added.iter().filter_map(|incident| {
        let hit = hits(incident)?;
        Some((hit, incident.course(|t| pulse.moment(story.seconds(t)).at)))
    }));
    courses.sort_by(|(_, a), (_, b)| a.first().total_cmp(&b.first()));
    courses
}

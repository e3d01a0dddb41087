//! Answers the console's questions from the simulation, by really evaluating them.

use std::collections::BTreeMap;

use super::alertmanager::Alertmanager;
use super::engine::{self, EvalError, Select};
use super::logs::Logs;
use super::sim::Sim;
use super::traces;
use crate::model::fault::FetchError;
use crate::model::labels::Labels;
use crate::model::query::{Answer, Query, Source};
use crate::model::series::{Frame, Notes, Series, Vector};
use crate::model::tail;
use crate::model::window::{Progress, Window};
use crate::model::write::{Write, Written};
use crate::time::{MINUTE, Timestamp};

/// From this step on a point is evaluated by itself: the samples between two points are not needed then.
const COARSE: i64 = 20 * MINUTE;

pub struct Service {
    sim: Sim,
    alertmanager: Alertmanager,
    logs: Logs,
}

impl Service {
    pub fn new(seed: u64, started: Timestamp) -> Self {
        Self::of(Sim::new(seed, started), started)
    }

    /// Of a simulation with a story of its own.
    pub fn of(sim: Sim, started: Timestamp) -> Self {
        Self { sim, alertmanager: Alertmanager::new(started), logs: Logs::default() }
    }

    pub fn answer(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        match query {
            Query::Range { expr, span, step } => {
                let window = progress.plan(*span, *step, tail::is_ok(expr), now);
                let series = self.range(expr, window, now)?;
                Ok(Answer::Frame(Frame { window, series, notes: Notes::default() }))
            }
            Query::Instant { expr, at } => {
                let at = at.unwrap_or(now).min(now);
                let samples = self.until(now, |select| engine::instant(expr, at.0, select)).map_err(fault)?;
                Ok(Answer::Vector(Vector { samples, notes: Notes::default() }))
            }
            Query::Alerts => Ok(Answer::Alerts(self.sim.alerts(now))),
            Query::Rules => Ok(Answer::Rules(vec![self.sim.rules(now)])),
            Query::Held => Ok(Answer::Held(self.alertmanager.held(&self.sim.rules(now), now))),
            Query::Silences => Ok(Answer::Silences(self.alertmanager.silences(now))),
            Query::Routing => Ok(Answer::Routing(self.alertmanager.routing())),
            Query::Host => Err(FetchError::Unsupported("the demo has no machine of its own".into())),
            query if query.source() == Source::Jaeger => traces::answer(&self.sim, query, now),
            _ => self.logs.answer(&self.sim, query, &progress, now),
        }
    }

    /// Changes the silences that the next answers show.
    pub fn write(&self, write: &Write, now: Timestamp) -> Result<Written, FetchError> {
        self.alertmanager.write(write, now)
    }

    fn range(&self, expr: &str, window: Window, now: Timestamp) -> Result<Vec<Series>, FetchError> {
        let range = |window: Window| self.until(now, |select| engine::range(expr, window, select)).map_err(fault);
        if window.step < COARSE || !tail::is_ok(expr) {
            return range(window);
        }
        let mut joined: BTreeMap<Labels, Series> = BTreeMap::new();
        for point in 0..window.points() {
            let at = window.start + point * window.step;
            let one = Window { start: at, end: at, ..window };
            for part in range(one)? {
                let held = joined
                    .entry(part.labels.clone())
                    .or_insert_with(|| Series { labels: part.labels, ..Series::default() });
                held.times.extend(part.times);
                held.values.extend(part.values);
            }
        }
        Ok(joined.into_values().collect())
    }

    /// The simulation knows the future; what is asked must not.
    fn until<T>(&self, now: Timestamp, ask: impl FnOnce(Select) -> T) -> T {
        ask(&|keep, name, start, end| self.sim.select(name, keep, start, end.min(now.0)))
    }
}

fn fault(error: EvalError) -> FetchError {
    let (kind, message) = match error {
        EvalError::Parse(message) => ("bad_data", message),
        EvalError::Execution(message) => ("execution", message),
        EvalError::Unsupported(message) => return FetchError::Unsupported(message.into()),
    };
    FetchError::Server { kind: kind.into(), message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::watch::Watch;
    use crate::model::window::Span;
    use crate::time::{DAY, HOUR, SECOND};

    const NOW: Timestamp = Timestamp(1_795_388_400_000);

    fn range(service: &Service, expr: &str, length: i64, step: i64) -> Frame {
        let query = Query::Range { expr: expr.into(), span: Span::Live { length }, step };
        service.answer(&query, Progress::default(), NOW).unwrap().into_frame().unwrap()
    }

    #[test]
    fn every_question_of_the_overview_has_an_answer() {
        let service = Service::new(1, NOW);
        let watch = Watch::default();
        for expr in
            [&watch.requests, &watch.errors, &watch.errors_by_endpoint, &watch.latency, &watch.memory, &watch.cpu]
        {
            assert!(!range(&service, expr, HOUR, 30 * SECOND).series.is_empty(), "{expr}");
        }
        let hosts = &watch.hosts;
        for expr in [
            &watch.buckets,
            &watch.memory_ratio,
            &hosts.disk,
            &hosts.inodes,
            &hosts.received,
            &hosts.sent,
            &hosts.load,
            &hosts.cores,
            &hosts.clock_skew,
        ] {
            let query = Query::Instant { expr: expr.clone(), at: None };
            let vector = service.answer(&query, Progress::default(), NOW).unwrap().into_vector().unwrap();
            assert!(!vector.samples.is_empty(), "{expr}");
        }
    }

    #[test]
    fn a_coarse_range_is_what_a_fine_one_shows_at_its_points() {
        let service = Service::new(1, NOW);
        let expr = Watch::default().requests;
        let coarse = range(&service, &expr, DAY, COARSE);
        let fine = range(&service, &expr, DAY, COARSE / 2);
        for series in &coarse.series {
            let other = fine.series.iter().find(|other| other.labels == series.labels).unwrap();
            for (time, value) in series.points().skip(1) {
                assert_eq!(other.at(time, 0), Some((time, value)));
            }
        }
    }

    #[test]
    fn nothing_of_the_future_is_told() {
        let service = Service::new(1, NOW);
        let query = Query::Instant { expr: "max(timestamp(up))".into(), at: Some(NOW.plus(HOUR)) };
        let vector = service.answer(&query, Progress::default(), NOW).unwrap().into_vector().unwrap();
        assert!(vector.samples[0].value * 1000.0 <= NOW.0 as f64);
    }

    #[test]
    fn what_it_cannot_evaluate_it_says() {
        let service = Service::new(1, NOW);
        let ask =
            |expr: &str| service.answer(&Query::Instant { expr: expr.into(), at: None }, Progress::default(), NOW);
        assert!(matches!(ask("sort_by_label(up, \"job\")"), Err(FetchError::Unsupported(_))));
        assert!(matches!(ask("sum("), Err(FetchError::Server { .. })));
    }
}

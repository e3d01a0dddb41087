//! What incidents make the services write besides what requests leave: many lines a second.

use super::{Dice, Level, Line, Lines};
use crate::demo::sim::fleet::{self, Place};
use crate::demo::sim::noise::{pair, unit, word};
use crate::demo::sim::request::MS;
use crate::demo::sim::scrape::{Job, Target};
use crate::demo::sim::service::INSTANCES;
use crate::demo::sim::story::{Incident, Kind};
use crate::demo::sim::trace::recipe;
use crate::time::SECOND;

/// Lines a second that a full storm has.
const STORM: f64 = 400.0;

impl Lines<'_> {
    pub fn trouble(&mut self) {
        let incidents: Vec<Incident> = self.sim.story.incidents(self.from * SECOND, self.to * SECOND).collect();
        for incident in incidents {
            let (first, last) = (incident.first().div_euclid(SECOND), incident.calm.div_euclid(SECOND));
            for second in first.max(self.from)..(last + 1).min(self.to) {
                self.second(&incident, second);
            }
        }
    }

    fn second(&mut self, incident: &Incident, second: i64) {
        let middle = second * SECOND + SECOND / 2;
        let key = pair(word(self.sim.seed, &["trouble"]), pair(incident.begin as u64, second as u64));
        let rate = match incident.kind {
            Kind::Upstream => 1.5 * incident.level(middle),
            Kind::Database => 12.0 * incident.level(middle),
            Kind::Stuck => 4.0 * incident.level(middle),
            Kind::Leak => 0.6 * incident.leaked(incident.instance, middle),
            Kind::LogStorm => STORM * incident.level(middle),
            Kind::Down => 0.0,
        };
        for number in 0..(rate + unit(key)).floor() as u64 {
            let own = pair(key, number + 1);
            let time = second * SECOND * MS + (unit(own) * (SECOND * MS) as f64) as i64;
            let (place, level, kind, message) = words(incident, &mut Dice(own), number);
            if self.lives(place, time / MS) {
                self.found.push(Line { time, key: own, level, place, kind, message, error_type: None, about: None });
            }
        }
    }

    /// Whether there is a process to write a line.
    fn lives(&self, place: Place, t: i64) -> bool {
        let Some(index) = (0..INSTANCES.len()).find(|&index| fleet::own(place.service, index) == place) else {
            return true;
        };
        let runs = self.sim.runs(Target { job: Job::Agent360, index }, t, t);
        runs.iter().any(|run| run.started <= t && t < run.until)
    }
}

fn words(incident: &Incident, dice: &mut Dice, number: u64) -> (Place, Level, &'static str, String) {
    let any = dice.roll(0, INSTANCES.len() as u64 - 1) as usize;
    let service = recipe(incident.endpoint).service;
    match incident.kind {
        Kind::Upstream => {
            let message = format!("circuit breaker \"payment\" is open, {} calls refused", dice.roll(3, 90));
            (fleet::own(service, any), Level::Warn, "upstream", message)
        }
        Kind::Database => {
            let (took, id) = (dice.roll(900, 6_000), dice.roll(0, 1 << 32));
            let message = format!("slow query ({took} ms): SELECT * FROM orders WHERE customer = '{id:08x}'");
            (fleet::of("cassandra", 0, dice.roll(0, 2)), Level::Warn, "query", message)
        }
        Kind::Stuck => {
            let message = format!("pool \"main\" exhausted: 32 of 32 in use, {} waiting", dice.roll(40, 400));
            (fleet::own(service, any), Level::Warn, "pool", message)
        }
        Kind::Leak => {
            let message = format!("gc: {} ms pause, heap {} of 2048 MiB", dice.roll(120, 900), dice.roll(1_400, 2_000));
            (fleet::own("gateway", incident.instance), Level::Warn, "gc", message)
        }
        Kind::LogStorm | Kind::Down => {
            let place = fleet::own("notify-client", incident.instance);
            let message = match number % 3 {
                0 => format!("queue full, dropped event {}", dice.roll(1_000_000, 9_999_999)),
                1 => format!("reconnecting to notify:7000, attempt {}", dice.roll(1, 40_000)),
                _ => format!("flush of {} events failed: \"broken pipe\"", dice.roll(1, 512)),
            };
            (place, if number % 3 == 2 { Level::Error } else { Level::Warn }, "queue", message)
        }
    }
}

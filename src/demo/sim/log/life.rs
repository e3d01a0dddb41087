//! What a process writes when it starts and when it is stopped.

use super::{Dice, Level, Line, Lines};
use crate::demo::sim::fleet;
use crate::demo::sim::noise::{pair, word};
use crate::demo::sim::request::MS;
use crate::demo::sim::scrape::{Job, Target};
use crate::demo::sim::service::INSTANCES;
use crate::demo::sim::story::Kind;
use crate::time::{MINUTE, SECOND};

impl Lines<'_> {
    pub fn life(&mut self) {
        let (from, to) = (self.from * SECOND, self.to * SECOND);
        for index in 0..INSTANCES.len() {
            let runs = self.sim.runs(Target { job: Job::Agent360, index }, from - MINUTE, to + MINUTE);
            for run in runs {
                self.begin(index, run.started);
                if run.until < i64::MAX && !self.is_killed(index, run.until) {
                    self.end(index, run.until);
                }
            }
        }
    }

    /// A process that is gone all at once has no last words.
    fn is_killed(&self, instance: usize, at: i64) -> bool {
        let mut all = self.sim.story.incidents(at, at);
        all.any(|i| i.kind == Kind::Down && i.instance == instance && i.begin == at)
    }

    fn begin(&mut self, instance: usize, at: i64) {
        self.say(instance, at, 3, Level::Info, |_| "starting agent360 3.18.2 on 0.0.0.0:8000, 4 workers".to_owned());
        self.say(instance, at, 900, Level::Info, |d| format!("ready after {} ms", d.roll(700, 890)));
        self.say(instance, at, 950, Level::Warn, |d| format!("cache is cold, {} keys to load", d.roll(8_000, 20_000)));
    }

    fn end(&mut self, instance: usize, at: i64) {
        self.say(instance, at, -800, Level::Info, |d| {
            format!("SIGTERM received, finishing {} requests", d.roll(1, 40))
        });
        self.say(instance, at, -20, Level::Info, |_| "stopped".to_owned());
    }

    fn say(&mut self, instance: usize, at: i64, after: i64, level: Level, words: fn(&mut Dice) -> String) {
        let own = pair(word(self.sim.seed, &["life", INSTANCES[instance]]), pair(at as u64, after as u64));
        let time = (at + after) * MS + (own % MS as u64) as i64;
        let place = fleet::own("gateway", instance);
        let message = words(&mut Dice(own));
        self.found.push(Line { time, key: own, level, place, kind: "life", message, error_type: None, about: None });
    }
}

//! What the services write on any day, requests aside: each kind of line at its own pace.

use super::{Dice, Level, Line, Lines};
use crate::demo::sim::fleet::{self, Place};
use crate::demo::sim::noise::{pair, unit, word};
use crate::demo::sim::request::MS;
use crate::demo::sim::scrape::{Job, Target};
use crate::demo::sim::service::INSTANCES;

struct Template {
    service: &'static str,
    level: Level,
    kind: &'static str,
    /// Seconds from one to the next, on average.
    every: i64,
    message: fn(&mut Dice) -> String,
}

const fn template(
    service: &'static str,
    level: Level,
    kind: &'static str,
    every: i64,
    message: fn(&mut Dice) -> String,
) -> Template {
    Template { service, level, kind, every, message }
}

/// At every instance of Agent360.
const OWN: [Template; 8] = [
    template("gateway", Level::Debug, "gc", 15, |d| {
        format!("gc: generation 2, {} objects collected, {} ms", d.roll(200, 90_000), d.roll(3, 40))
    }),
    template("gateway", Level::Debug, "pool", 10, |d| {
        format!("pool \"main\": {} of 32 in use, {} waiting", d.roll(2, 19), d.roll(0, 1))
    }),
    template("catalog", Level::Info, "cache", 20, |d| {
        format!("cache refresh: {} keys in {} ms", d.roll(800, 20_000), d.roll(20, 400))
    }),
    template("auth", Level::Info, "audit", 45, |d| {
        let role = d.pick(&["viewer", "editor", "on call"]);
        format!("user u{} gave role \"{role}\" to u{}", d.roll(1_000, 9_999), d.roll(1_000, 9_999))
    }),
    template("auth", Level::Warn, "audit", 70, |d| {
        format!("{} failed sign-ins for u{} from 10.{}.0.7", d.roll(3, 9), d.roll(1_000, 9_999), d.roll(0, 255))
    }),
    template("cart", Level::Info, "job", 60, |d| {
        format!("job drop_old_carts done: {} rows in {} ms", d.roll(0, 900), d.roll(80, 3_000))
    }),
    template("gateway", Level::Info, "config", 120, |d| {
        format!("configuration unchanged, sha256 {:016x}", d.roll(0, 1 << 60))
    }),
    template("accounts", Level::Warn, "deprecated", 90, |d| {
        format!("field \"nick\" is deprecated, still sent by client {}.{}", d.roll(2, 4), d.roll(0, 20))
    }),
];

/// At every pod of the services behind it.
const BEHIND: [Template; 9] = [
    template("payment", Level::Info, "job", 25, |d| {
        format!("settled batch {}: {} payments", d.roll(10_000, 99_999), d.roll(5, 300))
    }),
    template("payment", Level::Debug, "upstream", 6, |d| format!("acquirer answered in {} ms", d.roll(30, 180))),
    template("payment", Level::Warn, "upstream", 80, |d| format!("acquirer rate limit at {} %", d.roll(70, 96))),
    template("inventory", Level::Info, "job", 18, |d| {
        format!("stock of sku {} is {}", d.roll(100_000, 999_999), d.roll(0, 500))
    }),
    template("notify", Level::Info, "job", 12, |d| {
        format!("sent {} mails through smtp-{}.mail.internal:587", d.roll(1, 60), d.roll(1, 3))
    }),
    template("notify", Level::Warn, "job", 75, |d| {
        format!("mail to \"u{}@example.com\" deferred: 451 4.7.1 try again in {} s", d.roll(1, 9_999), d.roll(60, 900))
    }),
    template("cassandra", Level::Info, "compaction", 40, |d| {
        format!(
            "Compacted {} sstables to {} bytes in {} ms",
            d.roll(2, 8),
            d.roll(1_000_000, 400_000_000),
            d.roll(300, 9_000)
        )
    }),
    template("cassandra", Level::Warn, "query", 50, |d| {
        format!(
            "slow query ({} ms): SELECT * FROM orders WHERE customer = '{:08x}'",
            d.roll(500, 900),
            d.roll(0, 1 << 32)
        )
    }),
    template("cassandra", Level::Debug, "gossip", 10, |d| {
        format!("node /10.30.0.{} is alive, phi {}.{}", d.roll(11, 13), d.roll(0, 2), d.roll(0, 9))
    }),
];

impl Lines<'_> {
    pub fn background(&mut self) {
        for index in 0..INSTANCES.len() {
            let target = Target { job: Job::Agent360, index };
            let runs = self.sim.runs(target, self.from * 1_000, self.to * 1_000);
            for template in &OWN {
                let place = fleet::own(template.service, index);
                let mut found = self.of(template, place);
                found.retain(|line| runs.iter().any(|run| run.started * MS <= line.time && line.time / MS < run.until));
                self.found.extend(found);
            }
        }
        for place in fleet::behind() {
            for template in BEHIND.iter().filter(|template| template.service == place.service) {
                let found = self.of(template, place);
                self.found.extend(found);
            }
        }
    }

    /// One line in each span of its pace, anywhere in it.
    fn of(&self, template: &Template, place: Place) -> Vec<Line> {
        let key = word(self.sim.seed, &[place.pod, place.service, template.kind, template.level.name()]);
        let line = |number: i64| {
            let own = pair(key, number as u64);
            let time = ((number as f64 + unit(own)) * (template.every * 1_000) as f64) as i64 * MS
                + (pair(own, 1) % MS as u64) as i64;
            let message = (template.message)(&mut Dice(own));
            let Template { level, kind, .. } = *template;
            Line { time, key: own, level, place, kind, message, error_type: None, about: None }
        };
        (self.from.div_euclid(template.every)..=self.to.div_euclid(template.every)).map(line).collect()
    }
}

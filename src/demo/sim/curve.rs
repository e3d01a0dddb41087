//! The traffic of a day and of a week as waves, with integrals in closed form: what a counter holds at any time
//! costs the same.

use std::f64::consts::TAU;

use crate::time::{DAY, HOUR, Timestamp};

struct Wave {
    amplitude: f64,
    /// Milliseconds.
    period: i64,
    /// When it is highest, in milliseconds after the epoch, which was a Thursday at midnight.
    peak: i64,
}

const WAVES: [Wave; 2] = [
    Wave { amplitude: 0.42, period: DAY, peak: 14 * HOUR },
    Wave { amplitude: 0.10, period: 7 * DAY, peak: 6 * DAY + 12 * HOUR },
];

/// How busy it is, 1 on average. Times are seconds after `origin`.
#[derive(Debug, Clone, Copy)]
pub struct Curve {
    /// Per wave: radians a second, and the angle at the origin.
    turns: [(f64, f64); WAVES.len()],
}

/// A time with the sine and cosine of each wave there, which the integrals need.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    pub at: f64,
    waves: [(f64, f64); WAVES.len()],
}

impl Curve {
    pub fn new(origin: Timestamp) -> Self {
        let turns = WAVES.map(|wave| {
            let speed = TAU / (wave.period as f64 / 1e3);
            (speed, speed * (origin.0 - wave.peak).rem_euclid(wave.period) as f64 / 1e3)
        });
        Self { turns }
    }

    fn exact(&self, at: f64) -> Mark {
        Mark { at, waves: self.turns.map(|(speed, angle)| (speed * at + angle).sin_cos()) }
    }

    pub fn mark(&self, at: f64) -> Mark {
        Walk::new(*self).mark(at)
    }

    /// How busy it is at one moment.
    pub fn height(&self, at: f64) -> f64 {
        let waves = WAVES.iter().zip(self.mark(at).waves);
        1.0 + waves.map(|(wave, (_, cos))| wave.amplitude * cos).sum::<f64>()
    }

    /// The integral of the height.
    pub fn area(&self, from: &Mark, to: &Mark) -> f64 {
        let mut area = to.at - from.at;
        for (i, wave) in WAVES.iter().enumerate() {
            area += wave.amplitude / self.turns[i].0 * (to.waves[i].0 - from.waves[i].0);
        }
        area
    }

    /// The integral of the height times the seconds passed since `from`.
    pub fn moment(&self, from: &Mark, to: &Mark) -> f64 {
        let length = to.at - from.at;
        let mut moment = length * length / 2.0;
        for (i, wave) in WAVES.iter().enumerate() {
            let speed = self.turns[i].0;
            let turned = (to.waves[i].1 - from.waves[i].1) / speed;
            moment += wave.amplitude / speed * (length * to.waves[i].0 + turned);
        }
        moment
    }
}

/// Marks of many times that lie close: each is turned a little from the exact one of its stretch, which is much
/// cheaper than a sine. The answer depends on the time alone.
#[derive(Debug, Clone)]
pub struct Walk {
    curve: Curve,
    anchor: Mark,
}

/// Seconds; the turns within stay so small that the series below are exact to fourteen digits.
const STRETCH: f64 = 512.0;

impl Walk {
    pub fn new(curve: Curve) -> Self {
        Self { curve, anchor: curve.exact(0.0) }
    }

    pub fn mark(&mut self, at: f64) -> Mark {
        let start = (at / STRETCH).floor() * STRETCH;
        if start != self.anchor.at {
            self.anchor = self.curve.exact(start);
        }
        let mut waves = self.anchor.waves;
        for ((speed, _), (sin, cos)) in self.curve.turns.iter().zip(&mut waves) {
            let turn = speed * (at - start);
            let square = turn * turn;
            let by_sin = turn * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)));
            let by_cos = 1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0));
            (*sin, *cos) = (*sin * by_cos + *cos * by_sin, *cos * by_cos - *sin * by_sin);
        }
        Mark { at, waves }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: Timestamp = Timestamp(1_763_900_000_000);

    #[test]
    fn the_closed_forms_are_the_integrals() {
        let curve = Curve::new(ORIGIN);
        for (from, to) in [(0.0, 900.0), (-5_000_000.0, -4_990_000.0), (40_000.0, 200_000.0)] {
            let (mut area, mut moment) = (0.0, 0.0);
            let steps = 20_000;
            let width = (to - from) / f64::from(steps);
            for i in 0..steps {
                let passed = (f64::from(i) + 0.5) * width;
                area += curve.height(from + passed) * width;
                moment += curve.height(from + passed) * passed * width;
            }
            let (a, b) = (curve.mark(from), curve.mark(to));
            assert!((curve.area(&a, &b) / area - 1.0).abs() < 1e-6);
            assert!((curve.moment(&a, &b) / moment - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn walking_gets_where_the_sine_is() {
        let curve = Curve::new(ORIGIN);
        let mut walk = Walk::new(curve);
        for step in -3_000..3_000 {
            let at = f64::from(step) * 1_717.3;
            for (a, b) in walk.mark(at).waves.iter().zip(curve.exact(at).waves) {
                assert!((a.0 - b.0).abs() < 1e-12 && (a.1 - b.1).abs() < 1e-12, "at {at}");
            }
        }
    }

    #[test]
    fn it_is_busiest_in_the_afternoon_of_a_wednesday() {
        let curve = Curve::new(Timestamp(0));
        let wednesday = 6.0 * 86_400.0 + 14.0 * 3_600.0;
        assert!(curve.height(wednesday) > 1.5);
        assert!(curve.height(wednesday - 43_200.0) < 0.7);
    }
}

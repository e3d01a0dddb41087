//! What a series usually is at a time of day: from the period before and from the same period a week before.
//!
//! A period that lies whole days back tells of each time of day by itself: the median of half an hour about it, so that
//! the day's curve is no finding. Another one tells only of a whole: the band that nine in ten of its values lie in.

use super::robust::{median, quantile, spread};
use crate::model::series::Series;
use crate::time::{DAY, HOUR, MINUTE};

/// So far about a time of day are its neighbours; two points at least.
const ABOUT: i64 = 15 * MINUTE;
/// On the days on which clocks are set, noon lies an hour off.
const SET: i64 = HOUR + 5 * MINUTE;
/// Fewer values of another period are none.
const FEW: usize = 3;

/// Which of two periods that differ is the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// Either: what lies between the two or is like one of them is usual.
    Both,
    /// The lower: what was bad before is not usual for that.
    Lower,
}

/// Between which two values nothing is unusual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    pub low: f64,
    pub high: f64,
}

impl Band {
    fn join(self, other: Self, pick: Pick) -> Self {
        let high = if pick == Pick::Both { self.high.max(other.high) } else { self.high.min(other.high) };
        Self { low: self.low.min(other.low), high }
    }

    pub fn middle(self) -> f64 {
        f64::midpoint(self.low, self.high)
    }
}

/// One other period.
struct Other<'a> {
    series: &'a Series,
    /// It lies so far back, in ms; nothing where it does not tell of times of day.
    back: Option<i64>,
    whole: Band,
    spread: f64,
}

pub struct Usual<'a> {
    others: Vec<Other<'a>>,
    about: i64,
    pick: Pick,
}

impl<'a> Usual<'a> {
    /// Of other periods with how far they lie back, in ms; points lie `step` apart.
    pub fn new(others: impl IntoIterator<Item = (&'a Series, i64)>, step: i64, pick: Pick) -> Self {
        let about = ABOUT.max(2 * step);
        Self {
            others: others.into_iter().filter_map(|(series, back)| Other::of(series, back, about)).collect(),
            about,
            pick,
        }
    }

    pub fn is_known(&self) -> bool {
        !self.others.is_empty()
    }

    /// Whether the time of day is heeded.
    pub fn knows_hours(&self) -> bool {
        self.others.iter().any(|other| other.back.is_some())
    }

    pub fn at(&self, t: i64) -> Option<Band> {
        self.others.iter().map(|other| other.at(t, self.about)).reduce(|a, b| a.join(b, self.pick))
    }

    /// By how much values differ from what is usual there, as a standard deviation.
    pub fn spread(&self) -> f64 {
        self.others.iter().map(|other| other.spread).fold(0.0, f64::max)
    }
}

impl<'a> Other<'a> {
    fn of(series: &'a Series, back: i64, about: i64) -> Option<Self> {
        let values = || series.values.iter().copied().filter(|value| value.is_finite());
        if values().count() < FEW {
            return None;
        }
        let whole = Band { low: quantile(values(), 0.05)?, high: quantile(values(), 0.95)? };
        let off = back.rem_euclid(DAY);
        let back = (back >= DAY - SET && off.min(DAY - off) <= SET).then_some(back);
        let rests: Vec<f64> = match back {
            Some(_) => series.points().filter_map(|(t, value)| Some(value - near(series, t, about)?)).collect(),
            None => values().collect(),
        };
        Some(Self { series, back, whole, spread: spread(rests.iter().copied())? })
    }

    fn at(&self, t: i64, about: i64) -> Band {
        let near = self.back.and_then(|back| near(self.series, t - back, about));
        near.map_or(self.whole, |value| Band { low: value, high: value })
    }
}

/// The median about a time; nothing where there is next to nothing.
fn near(series: &Series, t: i64, about: i64) -> Option<f64> {
    let from = series.times.partition_point(|time| *time < t - about);
    let to = series.times.partition_point(|time| *time <= t + about);
    let values = series.values.get(from..to)?.iter().copied().filter(|value| value.is_finite());
    if values.clone().count() < FEW { None } else { median(values) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::Labels;

    /// A day's curve in steps of ten minutes, so many days back.
    fn day(back: i64, factor: f64) -> Series {
        let times: Vec<i64> = (0..144).map(|i| i * 10 * MINUTE - back * DAY).collect();
        let curve = |t: &i64| factor * (2.0 + (*t as f64 / DAY as f64 * std::f64::consts::TAU).sin());
        let values = times.iter().map(curve).collect();
        Series::new(Labels::default(), times, values)
    }

    #[test]
    fn each_time_of_day_has_its_own_usual() {
        let (now, before, week) = (day(0, 1.0), day(1, 1.0), day(7, 1.2));
        let usual = Usual::new([(&before, DAY), (&week, 7 * DAY)], 10 * MINUTE, Pick::Both);
        assert!(usual.knows_hours() && usual.spread() < 0.1);
        for (t, value) in now.points() {
            let band = usual.at(t).unwrap();
            assert!(band.low <= value + 0.1 && value * 1.2 <= band.high + 0.15, "{t}: {value} {band:?}");
        }
    }

    #[test]
    fn a_period_at_another_time_of_day_is_a_band() {
        let before = day(1, 1.0);
        let usual = Usual::new([(&before, 6 * HOUR)], 10 * MINUTE, Pick::Lower);
        assert!(!usual.knows_hours());
        let band = usual.at(0).unwrap();
        assert!(band.low < 1.1 && band.high > 2.9);
        let empty = Series::default();
        assert!(!Usual::new([(&empty, DAY)], MINUTE, Pick::Both).is_known());
    }
}

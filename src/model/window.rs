//! Which points in time a range question is asked for, so that a live chart costs only its new end.
//!
//! Points lie on a grid of multiples of `step`, so that a refresh gives the same points again and the chart does
//! not jiggle. A live question is asked whole once; after that only the grid points that are new, with an overlap
//! that heals late samples, and between two grid points one point at `now`, the head.

use super::log::Cursor;
use crate::time::{Range, Timestamp};

/// Which stretch of time a range question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// The last so many milliseconds, moving with the clock.
    Live { length: i64 },
    /// From and to, as given; both ends are asked for.
    Fixed(Range),
}

/// How the points of a window join those that are already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Everything: what was there goes.
    Whole,
    /// Replaces what was there from `start` on; what lies before `keep_from` has left the range.
    Tail { keep_from: i64 },
    /// One point at `now`, after the last grid point; takes the place of the head before it.
    Head,
}

/// The points of one request: `start`, `start + step`, … up to `end`; milliseconds of the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    pub start: i64,
    pub end: i64,
    pub step: i64,
    pub part: Part,
}

impl Window {
    /// How many points are asked for.
    pub fn points(self) -> i64 {
        (self.end - self.start) / self.step.max(1) + 1
    }
}

/// How far a live question has been answered; nothing yet at first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Progress {
    /// Of a range: the last grid point.
    pub covered_to: Option<i64>,
    /// Of a tail.
    pub cursor: Option<Cursor>,
}

impl Progress {
    /// The next request of a question. `tail_ok` is false for expressions that look at the range's own ends.
    pub fn plan(&self, span: Span, step: i64, tail_ok: bool, now: Timestamp) -> Window {
        let step = step.max(1);
        let length = match span {
            Span::Fixed(Range { start, end }) => return Window { start: start.0, end: end.0, step, part: Part::Whole },
            Span::Live { length } => length,
        };
        let end = now.floor_to(step).0;
        let keep_from = end - length.div_euclid(step) * step;
        let overlap = overlap(length / step) * step;
        match self.covered_to.filter(|_| tail_ok) {
            Some(to) if to == end => Window { start: now.0, end: now.0, step, part: Part::Head },
            Some(to) if to < end && end - to <= overlap => {
                let start = (to - overlap + step).max(keep_from);
                Window { start, end, step, part: Part::Tail { keep_from } }
            }
            _ => Window { start: keep_from, end, step, part: Part::Whole },
        }
    }

    /// What an answered request adds.
    pub fn advance(self, answered: Window) -> Self {
        match answered.part {
            Part::Head => self,
            Part::Whole | Part::Tail { .. } => Self { covered_to: Some(answered.end), ..self },
        }
    }
}

/// Overlap in points: with the one new point it stays within a twentieth of the range.
fn overlap(points: i64) -> i64 {
    (points / 20 - 1).clamp(1, 10)
}

/// The step, in ms, that gives at most `dots` points over `length`: two digits, so that it reads well.
pub fn step_for(length: i64, dots: u16) -> i64 {
    let raw = ceil_div(length.max(1), i64::from(dots.max(2)));
    let mut unit = 1;
    while raw / unit >= 100 {
        unit *= 10;
    }
    (ceil_div(raw, unit) * unit).max(100)
}

fn ceil_div(of: i64, by: i64) -> i64 {
    (of + by - 1) / by
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, MINUTE, SECOND};
    use proptest::prelude::*;

    const LIVE: Span = Span::Live { length: HOUR };
    const STEP: i64 = 20 * SECOND;

    fn covered(to: i64) -> Progress {
        Progress { covered_to: Some(to), ..Progress::default() }
    }

    #[test]
    fn first_it_asks_for_everything_on_the_grid() {
        let window = Progress::default().plan(LIVE, STEP, true, Timestamp(7_200_000 + 12_345));
        assert_eq!(window, Window { start: 3_600_000, end: 7_200_000, step: STEP, part: Part::Whole });
    }

    #[test]
    fn between_grid_points_it_asks_for_one_point_now() {
        let window = covered(7_200_000).plan(LIVE, STEP, true, Timestamp(7_205_000));
        assert_eq!((window.start, window.end, window.part), (7_205_000, 7_205_000, Part::Head));
    }

    #[test]
    fn a_new_grid_point_brings_an_overlap() {
        let window = covered(7_200_000).plan(LIVE, STEP, true, Timestamp(7_221_000));
        assert_eq!(window.end, 7_220_000);
        assert_eq!(window.points(), 9); // 8 of overlap, one new
        assert!(window.points() * 20 <= HOUR / STEP + 1);
    }

    #[test]
    fn a_long_gap_or_an_expression_of_the_ends_asks_for_everything() {
        let late = Timestamp(7_200_000 + 10 * MINUTE);
        assert_eq!(covered(7_200_000).plan(LIVE, STEP, true, late).part, Part::Whole);
        assert_eq!(covered(7_200_000).plan(LIVE, STEP, false, Timestamp(7_205_000)).part, Part::Whole);
    }

    #[test]
    fn a_clock_set_back_asks_for_everything() {
        assert_eq!(covered(7_200_000).plan(LIVE, STEP, true, Timestamp(3_600_000)).part, Part::Whole);
    }

    #[test]
    fn a_fixed_range_is_asked_as_given() {
        let range = Range::new(Timestamp(1_003), Timestamp(61_003));
        let window = Progress::default().plan(Span::Fixed(range), 1_000, true, Timestamp(0));
        assert_eq!((window.start, window.end, window.points()), (1_003, 61_003, 61));
    }

    #[test]
    fn steps_read_well_and_are_never_too_fine() {
        assert_eq!(step_for(HOUR, 178), 21 * SECOND);
        assert_eq!(step_for(15 * MINUTE, 178), 5_100);
        assert_eq!(step_for(MINUTE, 5_000), 100);
    }

    proptest! {
        #[test]
        fn never_more_points_than_dots(length in 1_000..31_536_000_000i64, dots in 2u16..2_000, now in 0..2_000_000_000_000i64) {
            let step = step_for(length, dots);
            let window = Progress::default().plan(Span::Live { length }, step, true, Timestamp(now));
            prop_assert!(window.points() <= i64::from(dots) + 1);
            prop_assert!(window.points() <= 11_001);
        }
    }
}

//! From samples to what is drawn of them: for each dot column the least and the greatest, so that no spike is lost,
//! and the first and the last, so that lines meet where they should.

use super::columns::Columns;

/// Samples of one line that fell into one column and hang together. None is NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Run {
    pub column: i64,
    pub first: f64,
    pub low: f64,
    pub high: f64,
    pub last: f64,
    /// Hangs together with the run before.
    pub joined: bool,
}

/// The runs that are seen: those inside, and one neighbour on each side so that lines run to the edge.
///
/// Samples more than one and a half `step` apart do not hang together, nor do those with a NaN between.
pub(super) fn runs(columns: &Columns, times: &[i64], values: &[f64], step: i64) -> Vec<Run> {
    let (from, to) = seen(columns, times, values.len());
    let (times, values) = (&times[from..to], &values[from..to]);
    let reach = if step > 0 { step.saturating_add(step / 2) } else { i64::MAX };
    let mut found = Vec::with_capacity(values.len().min(columns.count() as usize + 2));
    let (mut at, mut column, mut joined) = (0, 0, false);
    while at < values.len() {
        let first = values[at];
        if first.is_nan() {
            (at, joined) = (at + 1, false);
            continue;
        }
        let until;
        (column, until) = columns.walk(column, times[at]);
        let mut run = Run { column, first, low: first, high: first, last: first, joined };
        let mut before = times[at];
        joined = true;
        at += 1;
        while at < values.len() {
            let (time, value) = (times[at], values[at]);
            joined = time.saturating_sub(before) <= reach;
            if time >= until || !joined || value.is_nan() {
                break;
            }
            run.low = if value < run.low { value } else { run.low };
            run.high = if value > run.high { value } else { run.high };
            run.last = value;
            before = time;
            at += 1;
        }
        found.push(run);
    }
    found
}

/// Which samples are seen. Mostly all are, which the ends tell; a search in cold memory costs more than the drawing.
fn seen(columns: &Columns, times: &[i64], values: usize) -> (usize, usize) {
    let times = &times[..times.len().min(values)];
    let all_after = times.first().is_none_or(|t| *t >= columns.start);
    let all_before = times.last().is_none_or(|t| *t <= columns.end);
    let from = if all_after { 0 } else { times.partition_point(|t| *t < columns.start).saturating_sub(1) };
    let to = if all_before { times.len() } else { times.partition_point(|t| *t <= columns.end) + 1 };
    (from, to.clamp(from, times.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: f64 = f64::NAN;

    /// `column:first low high last`, and `-` before what is joined.
    fn of(range: (i64, i64), count: u16, samples: &[(i64, f64)], step: i64) -> String {
        let (times, values): (Vec<i64>, Vec<f64>) = samples.iter().copied().unzip();
        let show = |run: &Run| {
            let join = if run.joined { "-" } else { "" };
            format!("{join}{}:{} {} {} {}", run.column, run.first, run.low, run.high, run.last)
        };
        let found = runs(&Columns::new(range, count), &times, &values, step);
        found.iter().map(show).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn one_sample_a_column() {
        assert_eq!(of((0, 30), 3, &[(0, 1.0), (10, 2.0), (20, 3.0)], 10), "0:1 1 1 1, -1:2 2 2 2, -2:3 3 3 3");
    }

    #[test]
    fn a_spike_among_many_samples_is_kept() {
        let samples = [(0, 1.0), (2, 9.0), (4, 2.0), (6, 3.0), (8, -4.0), (10, 5.0)];
        assert_eq!(of((0, 10), 2, &samples, 2), "0:1 1 9 2, -1:3 -4 5 5");
    }

    #[test]
    fn gaps_do_not_hang_together() {
        assert_eq!(of((0, 40), 4, &[(0, 1.0), (10, NAN), (20, 3.0)], 10), "0:1 1 1 1, 2:3 3 3 3");
        assert_eq!(of((0, 40), 4, &[(0, 1.0), (15, 2.0), (31, 3.0)], 10), "0:1 1 1 1, -1:2 2 2 2, 3:3 3 3 3");
        assert_eq!(of((0, 40), 4, &[(0, 1.0), (30, 3.0)], 0), "0:1 1 1 1, -3:3 3 3 3");
        assert_eq!(of((0, 400), 4, &[(0, 1.0), (10, 5.0), (50, 3.0)], 10), "0:1 1 5 5, 0:3 3 3 3");
        assert_eq!(of((0, 40), 4, &[(0, NAN)], 10), "");
    }

    #[test]
    fn one_neighbour_outside_is_kept_on_each_side() {
        let samples = [(-20, 1.0), (-10, 2.0), (5, 3.0), (35, 4.0), (45, 5.0)];
        assert_eq!(of((0, 30), 3, &samples, 0), "-1:2 2 2 2, -0:3 3 3 3, -3:4 4 4 4");
    }

    #[test]
    fn disorder_and_unequal_lengths_do_no_harm() {
        runs(&Columns::new((0, 30), 3), &[20, 0, 10, i64::MAX, i64::MIN], &[1.0, 2.0, 3.0], 10);
        runs(&Columns::new((0, 0), 0), &[0], &[1.0, 2.0], 10);
    }
}

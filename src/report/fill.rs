//! Ratios of failed requests where their query says nothing.
//!
//! While no 5xx series exists, the error query answers nothing at all. Where there was traffic that means 0 %; where
//! there was none it means nothing, which NaN stands for.

use std::collections::BTreeSet;

use crate::analysis::stats::total;
use crate::model::labels::Labels;
use crate::model::series::{Frame, Series};

/// The ratio of all requests together, as a frame of one series; several series become the worst of each moment.
pub fn total_ratio(errors: &Frame, requests: Option<&Frame>) -> Frame {
    let mut series = worst(&errors.series);
    if let Some(requests) = requests {
        series = fill(&series, &total(&requests.series));
    }
    let series = if series.times.is_empty() { Vec::new() } else { vec![series] };
    Frame { window: errors.window, series, notes: errors.notes.clone() }
}

/// The total of requests, as a frame of one series.
pub fn total_rate(requests: &Frame) -> Frame {
    let sum = total(&requests.series);
    let series = if sum.times.is_empty() { Vec::new() } else { vec![sum] };
    Frame { window: requests.window, series, notes: requests.notes.clone() }
}

/// The ratios of the parts, such as endpoints.
pub fn part_ratios(errors: &Frame, requests: Option<&Frame>) -> Frame {
    let Some(requests) = requests.filter(|requests| split_alike(errors, requests)) else { return errors.clone() };
    let mut filled = errors.clone();
    let labels: BTreeSet<&Labels> = errors.series.iter().chain(&requests.series).map(|s| &s.labels).collect();
    let nothing = Series::default();
    let find = |frame: &'_ Frame, labels: &Labels| frame.series.iter().position(|s| s.labels == *labels);
    filled.series = labels
        .into_iter()
        .map(|labels| {
            let ratio = find(errors, labels).map_or(&nothing, |at| &errors.series[at]);
            let rate = find(requests, labels).map_or(&nothing, |at| &requests.series[at]);
            Series { labels: labels.clone(), ..fill(ratio, rate) }
        })
        .collect();
    filled
}

/// Both go by the same label names; a config may split the two differently, and then nothing can be filled in.
fn split_alike(errors: &Frame, requests: &Frame) -> bool {
    let by = |labels: &Labels| labels.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let mut all = errors.series.iter().chain(&requests.series).map(|series| by(&series.labels));
    let first = all.next();
    all.all(|names| Some(names) == first)
}

fn fill(ratio: &Series, rate: &Series) -> Series {
    let said = ratio.points();
    let implied = rate.points().filter(|(time, _)| ratio.at(*time, 0).is_none());
    let implied = implied.map(|(time, rate)| (time, if rate > 0.0 { 0.0 } else { f64::NAN }));
    let (times, values) = said.chain(implied).unzip();
    Series::new(ratio.labels.clone(), times, values)
}

fn worst(series: &[Series]) -> Series {
    let mut peaks = std::collections::BTreeMap::new();
    for (time, value) in series.iter().flat_map(Series::points) {
        let peak = peaks.entry(time).or_insert(value);
        *peak = f64::max(*peak, value);
    }
    let (times, values) = peaks.into_iter().unzip();
    Series { times, values, ..Series::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::series::Notes;
    use crate::model::window::{Part, Window};

    fn frame(series: &[(&str, &[(i64, f64)])]) -> Frame {
        let window = Window { start: 10, end: 40, step: 10, part: Part::Whole };
        let series = series.iter().map(|(endpoint, points)| {
            let (times, values) = points.iter().copied().unzip();
            Series::new(Labels::new(Vec::new()).with("endpoint", endpoint), times, values)
        });
        Frame { window, series: series.collect(), notes: Notes::default() }
    }

    #[test]
    fn traffic_without_a_5xx_series_is_zero_and_no_traffic_is_not() {
        let requests = frame(&[("/a", &[(10, 3.0), (20, 0.0), (30, 2.0)])]);
        let filled = total_ratio(&frame(&[("", &[(30, 0.5)])]), Some(&requests));
        let values = &filled.series[0].values;
        assert_eq!((values[0], values[1].is_nan(), values[2]), (0.0, true, 0.5));
        assert!(total_ratio(&frame(&[]), Some(&frame(&[]))).series.is_empty());
        assert!(total_ratio(&frame(&[]), None).series.is_empty());
    }

    #[test]
    fn endpoints_without_errors_have_zero() {
        let requests = frame(&[("/a", &[(10, 3.0)]), ("/b", &[(10, 1.0)])]);
        let filled = part_ratios(&frame(&[("/b", &[(10, 0.2)])]), Some(&requests));
        let all: Vec<f64> = filled.series.iter().map(|series| series.values[0]).collect();
        assert_eq!(all, [0.0, 0.2]);
    }

    #[test]
    fn nothing_is_filled_in_where_the_parts_differ() {
        let mut requests = frame(&[("/a", &[(10, 3.0)])]);
        requests.series[0].labels = requests.series[0].labels.with("method", "GET");
        let errors = frame(&[("/a", &[(10, 0.2)])]);
        assert_eq!(part_ratios(&errors, Some(&requests)), errors);
    }
}

//! Functions of a window of samples: `max_over_time`, `changes` and their like.

use super::window::Samples;
use super::{rate, sums};

/// From a window and the scalar, where there is one, to a value; `None` where there are too few samples.
pub type OverFn = fn(Samples, f64) -> Option<f64>;

pub fn by_name(name: &str) -> Option<OverFn> {
    Some(match name {
        "rate" => |samples, _| rate::rate(samples),
        "increase" => |samples, _| rate::increase(samples),
        "delta" => |samples, _| rate::delta(samples),
        "irate" => |samples, _| rate::irate(samples),
        "idelta" => |samples, _| rate::idelta(samples),
        "deriv" => |samples, _| rate::deriv(samples),
        "predict_linear" => rate::predict_linear,
        "changes" => |samples, _| Some(pairs(samples, |a, b| a != b && !(a.is_nan() && b.is_nan()))),
        "resets" => |samples, _| Some(pairs(samples, |a, b| b < a)),
        "avg_over_time" => |samples, _| Some(sums::mean(samples.values)),
        "sum_over_time" => |samples, _| Some(sums::sum(samples.values)),
        "min_over_time" => |samples, _| Some(sums::minimum(samples.values)),
        "max_over_time" => |samples, _| Some(sums::maximum(samples.values)),
        "count_over_time" => |samples, _| Some(samples.values.len() as f64),
        "last_over_time" => |samples, _| samples.values.last().copied(),
        "present_over_time" => |_, _| Some(1.0),
        "stdvar_over_time" => |samples, _| Some(sums::variance(samples.values)),
        "stddev_over_time" => |samples, _| Some(sums::variance(samples.values).sqrt()),
        "quantile_over_time" => |samples, q| Some(sums::quantile(q, samples.values)),
        _ => return None,
    })
}

/// How many times `is` holds between a sample and the next.
fn pairs(samples: Samples, is: impl Fn(f64, f64) -> bool) -> f64 {
    samples.values.iter().zip(samples.values.iter().skip(1)).filter(|(a, b)| is(**a, **b)).count() as f64
}

//! Functions of one sample, some with scalars beside it: `abs`, `round`, `clamp`.

/// From a value and the scalars to a value; `None` drops the sample.
pub type MapFn = fn(f64, &[f64]) -> Option<f64>;

pub fn by_name(name: &str) -> Option<MapFn> {
    Some(match name {
        "abs" => |v, _| Some(v.abs()),
        "ceil" => |v, _| Some(v.ceil()),
        "floor" => |v, _| Some(v.floor()),
        "exp" => |v, _| Some(v.exp()),
        "ln" => |v, _| Some(v.ln()),
        "log2" => |v, _| Some(v.log2()),
        "log10" => |v, _| Some(v.log10()),
        "sqrt" => |v, _| Some(v.sqrt()),
        "sgn" => |v, _| Some(if v == 0.0 || v.is_nan() { v } else { v.signum() }),
        "round" => |v, to| Some(round(v, to.first().copied().unwrap_or(1.0))),
        "clamp" => |v, limits| match limits {
            [low, high] if high < low => None,
            [low, high] => Some(larger(*low, smaller(*high, v))),
            _ => None,
        },
        "clamp_min" => |v, limits| Some(larger(*limits.first()?, v)),
        "clamp_max" => |v, limits| Some(smaller(*limits.first()?, v)),
        _ => return None,
    })
}

/// To the nearest multiple of `to`, halves upwards.
fn round(value: f64, to: f64) -> f64 {
    let inverse = 1.0 / to;
    (value * inverse + 0.5).floor() / inverse
}

/// Unlike `f64::max`, NaN wins over all but infinity: Go's rule.
fn larger(a: f64, b: f64) -> f64 {
    match (a, b) {
        (f64::INFINITY, _) | (_, f64::INFINITY) => f64::INFINITY,
        _ if a.is_nan() || b.is_nan() => f64::NAN,
        _ => a.max(b),
    }
}

fn smaller(a: f64, b: f64) -> f64 {
    -larger(-a, -b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, value: f64, parameters: &[f64]) -> Option<f64> {
        by_name(name).unwrap()(value, parameters)
    }

    #[test]
    fn halves_round_upwards() {
        assert_eq!(call("round", 2.5, &[]), Some(3.0));
        assert_eq!(call("round", -2.5, &[]), Some(-2.0));
        assert_eq!(call("round", 7.4, &[5.0]), Some(5.0));
        assert_eq!(call("round", 0.36, &[0.1]), Some(0.4));
    }

    #[test]
    fn clamps_keep_nan_and_refuse_crossed_limits() {
        assert_eq!(call("clamp", 9.0, &[1.0, 5.0]), Some(5.0));
        assert_eq!(call("clamp", 9.0, &[5.0, 1.0]), None);
        assert!(call("clamp_min", f64::NAN, &[1.0]).unwrap().is_nan());
        assert!(call("clamp_max", 1.0, &[f64::NAN]).unwrap().is_nan());
        assert_eq!(call("clamp_max", f64::NEG_INFINITY, &[f64::NAN]), Some(f64::NEG_INFINITY));
    }

    #[test]
    fn the_sign_of_zero_and_nan_is_itself() {
        assert_eq!([-3.0, 0.0, 0.5].map(|v| call("sgn", v, &[])), [Some(-1.0), Some(0.0), Some(1.0)]);
        assert!(call("sgn", f64::NAN, &[]).unwrap().is_nan());
    }
}

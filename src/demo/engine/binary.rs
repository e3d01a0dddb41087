//! Arithmetic and comparison, where at least one side is a scalar; two vectors are matched first.

use super::eval::mapped;
use super::grid::Grid;
use super::plan::{Calculation, Operator};
use super::value::{Column, Value, merged, without_name};
use super::{EvalError, matching};

pub fn calculate(calculation: &Calculation, left: Value, right: Value, grid: Grid) -> Result<Value, EvalError> {
    let columns = match (left, right) {
        (Value::Scalar(left), Value::Scalar(right)) => {
            let values = left.into_iter().zip(right).map(|(a, b)| calculation.operator.number(a, b));
            return Ok(Value::Scalar(values.collect()));
        }
        (Value::Vector(left), Value::Scalar(right)) => with_scalar(calculation, left, &right, false)?,
        (Value::Scalar(left), Value::Vector(right)) => with_scalar(calculation, right, &left, true)?,
        (Value::Vector(left), Value::Vector(right)) => matching::calculate(calculation, left, right, grid)?,
    };
    Ok(Value::Vector(columns))
}

fn with_scalar(
    calculation: &Calculation,
    columns: Vec<Column>,
    scalar: &[f64],
    scalar_is_left: bool,
) -> Result<Vec<Column>, EvalError> {
    let operator = calculation.operator;
    let mut columns = mapped(columns, |value, step| {
        let other = *scalar.get(step)?;
        let (a, b) = if scalar_is_left { (other, value) } else { (value, other) };
        match (operator.is_comparison(), calculation.as_bool) {
            // A filter passes on the vector's value, whichever side it is on.
            (true, false) => operator.holds(a, b).then_some(value),
            _ => Some(operator.number(a, b)),
        }
    });
    if !operator.is_comparison() || calculation.as_bool {
        for column in &mut columns {
            column.labels = without_name(&column.labels);
        }
    }
    merged(columns)
}

impl Operator {
    pub fn is_comparison(self) -> bool {
        use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        matches!(self, Equal | NotEqual | Greater | Less | GreaterOrEqual | LessOrEqual)
    }

    /// The result as a number; of a comparison 0 or 1.
    pub fn number(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Remainder => a % b,
            Self::Power => a.powf(b),
            _ => f64::from(u8::from(self.holds(a, b))),
        }
    }

    /// Whether a comparison holds.
    pub fn holds(self, a: f64, b: f64) -> bool {
        match self {
            Self::Equal => a == b,
            Self::NotEqual => a != b,
            Self::Greater => a > b,
            Self::Less => a < b,
            Self::GreaterOrEqual => a >= b,
            Self::LessOrEqual => a <= b,
            _ => false,
        }
    }
}

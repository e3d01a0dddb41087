//! Function calls: which plan stands for which name.

use promql_parser::label::{METRIC_NAME, MatchOp, Matchers};
use promql_parser::parser::value::ValueType;
use promql_parser::parser::{Call, Expr};

use super::super::plan::{LabelJoin, LabelReplace, Node, Over};
use super::super::{EvalError, calendar, map, over};
use super::{Lowering, bare, parse_error, text, unsupported};
use crate::model::labels::Labels;

/// The arguments of one call, by position.
struct Arguments<'a> {
    lowering: Lowering,
    function: &'a str,
    exprs: Vec<&'a Expr>,
}

impl<'a> Arguments<'a> {
    fn get(&self, at: usize) -> Result<&'a Expr, EvalError> {
        let missing = || parse_error(format!("too few arguments in call to function \"{}\"", self.function));
        self.exprs.get(at).map(|expr| bare(expr)).ok_or_else(missing)
    }

    /// The parser crate lets some scalars pass where a vector belongs.
    fn vector(&self, at: usize) -> Result<Node, EvalError> {
        let expr = self.get(at)?;
        let found = expr.value_type();
        if found == ValueType::Vector {
            return self.lowering.node(expr);
        }
        Err(parse_error(format!("expected type instant vector in call to function \"{}\", got {found}", self.function)))
    }

    fn boxed(&self, at: usize) -> Result<Box<Node>, EvalError> {
        self.vector(at).map(Box::new)
    }

    fn scalar(&self, at: usize) -> Result<Node, EvalError> {
        self.lowering.node(self.get(at)?)
    }

    fn text(&self, at: usize) -> Result<String, EvalError> {
        text(Some(self.get(at)?))
    }
}

impl Lowering {
    pub(super) fn call(self, call: &Call) -> Result<Node, EvalError> {
        let exprs = call.args.args.iter().map(|expr| &**expr).collect();
        let arguments = Arguments { lowering: self, function: call.func.name, exprs };
        match call.func.name {
            "time" => Ok(Node::Time),
            "timestamp" => self.timestamp(&arguments),
            "vector" => Ok(Node::ToVector(Box::new(arguments.scalar(0)?))),
            "scalar" => Ok(Node::ToScalar(arguments.boxed(0)?)),
            "sort" => Ok(Node::Sort { of: arguments.boxed(0)?, descending: false }),
            "sort_desc" => Ok(Node::Sort { of: arguments.boxed(0)?, descending: true }),
            "absent" => Ok(Node::Absent { of: arguments.boxed(0)?, labels: labels_of_absent(arguments.get(0)?) }),
            "absent_over_time" => {
                let range = self.range(arguments.get(0)?)?;
                Ok(Node::AbsentOverTime { range, labels: labels_of_absent(arguments.get(0)?) })
            }
            "histogram_quantile" => {
                let quantile = Box::new(arguments.scalar(0)?);
                Ok(Node::HistogramQuantile { quantile, of: arguments.boxed(1)? })
            }
            "label_replace" => label_replace(&arguments),
            "label_join" => label_join(&arguments),
            _ => self.by_table(&arguments),
        }
    }

    /// `timestamp` of a plain selector tells when the sample was taken, of anything else the moment of evaluation.
    fn timestamp(self, arguments: &Arguments) -> Result<Node, EvalError> {
        match arguments.get(0)? {
            Expr::VectorSelector(selector) => Ok(Node::SampleTime(self.selector(selector)?)),
            _ => Ok(Node::PointTime(arguments.boxed(0)?)),
        }
    }

    fn by_table(self, arguments: &Arguments) -> Result<Node, EvalError> {
        let name = arguments.function;
        if let Some(function) = over::by_name(name) {
            return self.over(function, arguments);
        }
        if let Some(function) = map::by_name(name) {
            let parameters = (1..arguments.exprs.len()).map(|at| arguments.scalar(at)).collect::<Result<_, _>>()?;
            return Ok(Node::Map { function, of: arguments.boxed(0)?, parameters });
        }
        let function = calendar::by_name(name).ok_or_else(|| unsupported(name))?;
        let of = match arguments.exprs.is_empty() {
            true => Box::new(Node::ToVector(Box::new(Node::Time))),
            false => arguments.boxed(0)?,
        };
        Ok(Node::Map { function, of, parameters: Vec::new() })
    }

    /// The scalar stands before the range in `quantile_over_time` and after it in `predict_linear`.
    fn over(self, function: over::OverFn, arguments: &Arguments) -> Result<Node, EvalError> {
        let is_range = |expr: &&Expr| expr.value_type() == ValueType::Matrix;
        let at = arguments.exprs.iter().position(is_range).unwrap_or(0);
        let range = self.range(arguments.get(at)?)?;
        let parameter = match arguments.exprs.len() {
            1 => None,
            _ => Some(arguments.scalar(1 - at.min(1))?),
        };
        let keeps_name = arguments.function == "last_over_time";
        Ok(Node::Over(Box::new(Over { function, keeps_name, range, parameter })))
    }
}

fn label_replace(arguments: &Arguments) -> Result<Node, EvalError> {
    Ok(Node::LabelReplace(Box::new(LabelReplace {
        of: arguments.vector(0)?,
        target: arguments.text(1)?,
        replacement: arguments.text(2)?,
        source: arguments.text(3)?,
        pattern: arguments.text(4)?,
    })))
}

fn label_join(arguments: &Arguments) -> Result<Node, EvalError> {
    Ok(Node::LabelJoin(Box::new(LabelJoin {
        of: arguments.vector(0)?,
        target: arguments.text(1)?,
        separator: arguments.text(2)?,
        sources: (3..arguments.exprs.len()).map(|at| arguments.text(at)).collect::<Result<_, _>>()?,
    })))
}

/// What `absent` can say about a series that is not there: the labels that the selector demands by `=`, once each.
fn labels_of_absent(expr: &Expr) -> Labels {
    let matchers: &Matchers = match expr {
        Expr::VectorSelector(selector) => &selector.matchers,
        Expr::MatrixSelector(matrix) => &matrix.vs.matchers,
        _ => return Labels::default(),
    };
    let mut labels = Labels::default();
    let mut seen: Vec<&str> = Vec::new();
    for matcher in matchers.matchers.iter().filter(|matcher| matcher.name != METRIC_NAME) {
        let first = !seen.contains(&matcher.name.as_str());
        if matcher.op == MatchOp::Equal && first {
            labels = labels.with(&matcher.name, &matcher.value);
            seen.push(&matcher.name);
        } else {
            labels = labels.with(&matcher.name, "");
        }
    }
    labels
}

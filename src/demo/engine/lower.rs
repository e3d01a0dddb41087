//! From the syntax tree to a plan: types checked, `@ start()` and durations resolved, the unknown refused by name.

mod call;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use promql_parser::label::{METRIC_NAME, MatchOp, Matcher};
use promql_parser::parser::value::ValueType;
use promql_parser::parser::{
    AggregateExpr, AtModifier, BinModifier, BinaryExpr, Expr, LabelModifier, Offset, VectorMatchCardinality,
    VectorSelector, token,
};

use super::EvalError;
use super::grid::Moment;
use super::plan::{
    Aggregation, Aggregator, Calculation, Cardinality, Combination, Grouping, Node, Operator, Range, Selector,
    SetOperator, Source,
};

/// The step of a subquery that names none: Prometheus' default evaluation interval.
const DEFAULT_STEP: i64 = 60_000;
/// Plans are worked out recursively; nobody writes an expression that is nested deeper.
const MAX_DEPTH: usize = 120;

/// Whether a whole expression has a value that can be answered.
pub enum Shape {
    Value,
    /// `string` or `range vector`.
    Other(&'static str),
}

pub fn shape(expr: &Expr) -> Shape {
    match expr.value_type() {
        ValueType::Scalar | ValueType::Vector => Shape::Value,
        ValueType::Matrix => Shape::Other("range vector"),
        ValueType::String => Shape::Other("string"),
    }
}

/// Makes the plan of an expression that is asked for from `start` to `end`.
pub fn lower(expr: &Expr, start: i64, end: i64) -> Result<Node, EvalError> {
    Lowering { start, end, depth: 0 }.node(expr)
}

#[derive(Clone, Copy)]
struct Lowering {
    start: i64,
    end: i64,
    depth: usize,
}

fn parse_error(text: impl Into<String>) -> EvalError {
    EvalError::Parse(format!("parse error: {}", text.into()))
}

fn unsupported(construct: impl Into<String>) -> EvalError {
    EvalError::Unsupported(construct.into())
}

/// Parentheses mean nothing once the tree is there.
fn bare(mut expr: &Expr) -> &Expr {
    while let Expr::Paren(paren) = expr {
        expr = &paren.expr;
    }
    expr
}

impl Lowering {
    fn node(mut self, expr: &Expr) -> Result<Node, EvalError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(unsupported("an expression nested this deeply"));
        }
        match bare(expr) {
            Expr::NumberLiteral(number) => Ok(Node::Number(number.val)),
            Expr::VectorSelector(selector) => Ok(Node::Select(self.selector(selector)?)),
            Expr::Unary(unary) => Ok(Node::Negate(Box::new(self.node(&unary.expr)?))),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Call(call) => self.call(call),
            Expr::StringLiteral(_) => Err(parse_error("unexpected string")),
            Expr::MatrixSelector(_) | Expr::Subquery(_) => Err(parse_error("unexpected range vector")),
            Expr::Extension(_) => Err(unsupported("an extension")),
            Expr::Paren(_) => Err(parse_error("unexpected parenthesis")),
        }
    }

    fn selector(self, selector: &VectorSelector) -> Result<Selector, EvalError> {
        if !selector.matchers.or_matchers.is_empty() {
            return Err(parse_error("unexpected \"or\" in label matching"));
        }
        let matchers = selector.matchers.matchers.clone();
        let fixes_name = |m: &&Matcher| m.name == METRIC_NAME && m.op == MatchOp::Equal && !m.value.is_empty();
        let name = selector.name.clone().or_else(|| matchers.iter().find(fixes_name).map(|m| m.value.clone()));
        let moment = self.moment(selector.at.as_ref(), selector.offset.as_ref());
        Ok(Selector { name, matchers, moment })
    }

    fn moment(self, at: Option<&AtModifier>, offset: Option<&Offset>) -> Moment {
        let at = at.map(|at| match at {
            AtModifier::Start => self.start,
            AtModifier::End => self.end,
            AtModifier::At(time) => epoch_ms(*time),
        });
        let offset = match offset {
            None => 0,
            Some(Offset::Pos(length)) => ms(*length),
            Some(Offset::Neg(length)) => -ms(*length),
        };
        Moment { at, offset }
    }

    /// A range vector, the argument of `rate` and its like.
    fn range(mut self, expr: &Expr) -> Result<Range, EvalError> {
        self.depth += 1;
        match bare(expr) {
            Expr::MatrixSelector(matrix) => {
                let selector = self.selector(&matrix.vs)?;
                let moment = selector.moment;
                Ok(Range { source: Source::Samples(selector), length: ms(matrix.range), moment })
            }
            Expr::Subquery(subquery) => {
                let step = subquery.step.map_or(DEFAULT_STEP, ms).max(1);
                let of = Box::new(self.node(&subquery.expr)?);
                let moment = self.moment(subquery.at.as_ref(), subquery.offset.as_ref());
                Ok(Range { source: Source::Subquery { of, step }, length: ms(subquery.range), moment })
            }
            _ => Err(parse_error("expected type range vector")),
        }
    }

    fn binary(self, binary: &BinaryExpr) -> Result<Node, EvalError> {
        let (left, right) = (self.node(&binary.lhs)?, self.node(&binary.rhs)?);
        let modifier = binary.modifier.as_ref();
        if modifier.is_some_and(|m| m.fill_values.lhs.is_some() || m.fill_values.rhs.is_some()) {
            return Err(unsupported("fill"));
        }
        let matching = matching(modifier);
        if let Some(operator) = set_operator(binary.op.id()) {
            return Ok(Node::Combine(Box::new(Combination { operator, left, right, matching })));
        }
        let operator = operator(binary.op.id()).ok_or_else(|| unsupported(binary.op.to_string()))?;
        let as_bool = modifier.is_some_and(|m| m.return_bool);
        let cardinality = cardinality(modifier);
        Ok(Node::Calculate(Box::new(Calculation { operator, as_bool, left, right, matching, cardinality })))
    }

    fn aggregate(self, aggregate: &AggregateExpr) -> Result<Node, EvalError> {
        let of = self.node(&aggregate.expr)?;
        let grouping = match &aggregate.modifier {
            None => Grouping { named: true, names: Vec::new() },
            Some(modifier) => grouping(modifier),
        };
        let scalar = || match &aggregate.param {
            Some(parameter) => self.node(parameter),
            None => Err(parse_error("a parameter is missing in the aggregation")),
        };
        let operator = match aggregate.op.id() {
            token::T_SUM => Aggregator::Sum,
            token::T_AVG => Aggregator::Average,
            token::T_MIN => Aggregator::Minimum,
            token::T_MAX => Aggregator::Maximum,
            token::T_COUNT => Aggregator::Count,
            token::T_GROUP => Aggregator::Group,
            token::T_STDDEV => Aggregator::Deviation,
            token::T_STDVAR => Aggregator::Variance,
            token::T_QUANTILE => Aggregator::Quantile(scalar()?),
            token::T_TOPK => Aggregator::Top(scalar()?),
            token::T_BOTTOMK => Aggregator::Bottom(scalar()?),
            token::T_COUNT_VALUES => Aggregator::CountValues(text(aggregate.param.as_deref())?),
            _ => return Err(unsupported(aggregate.op.to_string())),
        };
        Ok(Node::Aggregate(Box::new(Aggregation { operator, of, grouping })))
    }
}

/// A string argument; it can only be written out, there is nothing that computes one.
fn text(expr: Option<&Expr>) -> Result<String, EvalError> {
    match expr.map(bare) {
        Some(Expr::StringLiteral(literal)) => Ok(literal.val.clone()),
        _ => Err(parse_error("expected type string")),
    }
}

fn ms(length: Duration) -> i64 {
    // Bounded so that sums of a few of them cannot overflow.
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX).min(i64::MAX / 16)
}

fn epoch_ms(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => ms(since),
        Err(before) => -ms(before.duration()),
    }
}

fn grouping(modifier: &LabelModifier) -> Grouping {
    Grouping { named: modifier.is_include(), names: modifier.labels().labels.clone() }
}

fn matching(modifier: Option<&BinModifier>) -> Grouping {
    match modifier.and_then(|m| m.matching.as_ref()) {
        None => Grouping { named: false, names: Vec::new() },
        Some(modifier) => grouping(modifier),
    }
}

fn cardinality(modifier: Option<&BinModifier>) -> Cardinality {
    match modifier.map(|m| &m.card) {
        Some(VectorMatchCardinality::ManyToOne(labels)) => Cardinality::ManyToOne(labels.labels.clone()),
        Some(VectorMatchCardinality::OneToMany(labels)) => Cardinality::OneToMany(labels.labels.clone()),
        Some(VectorMatchCardinality::OneToOne | VectorMatchCardinality::ManyToMany) | None => Cardinality::OneToOne,
    }
}

fn operator(id: token::TokenId) -> Option<Operator> {
    Some(match id {
        token::T_ADD => Operator::Add,
        token::T_SUB => Operator::Subtract,
        token::T_MUL => Operator::Multiply,
        token::T_DIV => Operator::Divide,
        token::T_MOD => Operator::Remainder,
        token::T_POW => Operator::Power,
        token::T_EQLC => Operator::Equal,
        token::T_NEQ => Operator::NotEqual,
        token::T_GTR => Operator::Greater,
        token::T_LSS => Operator::Less,
        token::T_GTE => Operator::GreaterOrEqual,
        token::T_LTE => Operator::LessOrEqual,
        _ => return None,
    })
}

fn set_operator(id: token::TokenId) -> Option<SetOperator> {
    match id {
        token::T_LAND => Some(SetOperator::And),
        token::T_LOR => Some(SetOperator::Or),
        token::T_LUNLESS => Some(SetOperator::Unless),
        _ => None,
    }
}

//! An expression, made ready to be worked out: names resolved, regular expressions compiled, times fixed.

use promql_parser::label::Matcher;

use super::grid::Moment;
use super::map::MapFn;
use super::over::OverFn;
use crate::model::labels::{Labels, METRIC_NAME};

/// One part of an expression; its value is a scalar or a vector.
#[derive(Debug)]
pub enum Node {
    Number(f64),
    /// `time()`.
    Time,
    Select(Selector),
    /// `timestamp(selector)`: when the sample was taken.
    SampleTime(Selector),
    /// `timestamp(anything else)`: the moment of evaluation.
    PointTime(Box<Node>),
    Negate(Box<Node>),
    Calculate(Box<Calculation>),
    Combine(Box<Combination>),
    Aggregate(Box<Aggregation>),
    /// A function of one sample and of scalars.
    Map {
        function: MapFn,
        of: Box<Node>,
        parameters: Vec<Node>,
    },
    Over(Box<Over>),
    Absent {
        of: Box<Node>,
        labels: Labels,
    },
    AbsentOverTime {
        range: Range,
        labels: Labels,
    },
    /// `vector(scalar)`.
    ToVector(Box<Node>),
    /// `scalar(vector)`.
    ToScalar(Box<Node>),
    Sort {
        of: Box<Node>,
        descending: bool,
    },
    HistogramQuantile {
        quantile: Box<Node>,
        of: Box<Node>,
    },
    LabelReplace(Box<LabelReplace>),
    LabelJoin(Box<LabelJoin>),
}

#[derive(Debug)]
pub struct Selector {
    pub name: Option<String>,
    pub matchers: Vec<Matcher>,
    pub moment: Moment,
}

impl Selector {
    /// A label that is missing is the same as one with an empty value.
    pub fn accepts(&self, labels: &Labels) -> bool {
        let value = |name: &str| labels.get(name).map_or("", |value| value.as_str());
        self.name.as_deref().is_none_or(|name| value(METRIC_NAME) == name)
            && self.matchers.iter().all(|matcher| matcher.is_match(value(&matcher.name)))
    }
}

/// A range vector: the last `length` ms, seen from each point.
#[derive(Debug)]
pub struct Range {
    pub source: Source,
    pub length: i64,
    pub moment: Moment,
}

#[derive(Debug)]
pub enum Source {
    Samples(Selector),
    /// The value of an expression every `step` ms.
    Subquery {
        of: Box<Node>,
        step: i64,
    },
}

/// A function of a window of samples, with one scalar for those that take one.
#[derive(Debug)]
pub struct Over {
    pub function: OverFn,
    pub keeps_name: bool,
    pub range: Range,
    pub parameter: Option<Node>,
}

/// Which labels tell groups apart: those named, or all but those named and the metric's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    pub named: bool,
    pub names: Vec<String>,
}

impl Grouping {
    pub fn key(&self, labels: &Labels) -> Labels {
        if self.named && self.names.is_empty() {
            return Labels::default();
        }
        let listed = |name: &str| self.names.iter().any(|n| n == name);
        labels.filter(|name| if self.named { listed(name) } else { name != METRIC_NAME && !listed(name) })
    }
}

/// `+`, `<` and their like.
#[derive(Debug)]
pub struct Calculation {
    pub operator: Operator,
    /// The `bool` modifier: 0 or 1 instead of a filter.
    pub as_bool: bool,
    pub left: Node,
    pub right: Node,
    pub matching: Grouping,
    pub cardinality: Cardinality,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

/// Which side may have several partners for one of the other side, and which labels it takes from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cardinality {
    OneToOne,
    /// `group_left`.
    ManyToOne(Vec<String>),
    /// `group_right`.
    OneToMany(Vec<String>),
}

/// `and`, `or`, `unless`.
#[derive(Debug)]
pub struct Combination {
    pub operator: SetOperator,
    pub left: Node,
    pub right: Node,
    pub matching: Grouping,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetOperator {
    And,
    Or,
    Unless,
}

#[derive(Debug)]
pub struct Aggregation {
    pub operator: Aggregator,
    pub of: Node,
    pub grouping: Grouping,
}

#[derive(Debug)]
pub enum Aggregator {
    Sum,
    Average,
    Minimum,
    Maximum,
    Count,
    Group,
    Deviation,
    Variance,
    Quantile(Node),
    Top(Node),
    Bottom(Node),
    CountValues(String),
}

#[derive(Debug)]
pub struct LabelReplace {
    pub of: Node,
    pub target: String,
    pub replacement: String,
    pub source: String,
    pub pattern: String,
}

#[derive(Debug)]
pub struct LabelJoin {
    pub of: Node,
    pub target: String,
    pub separator: String,
    pub sources: Vec<String>,
}

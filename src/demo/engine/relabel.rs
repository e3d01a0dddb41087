//! `label_replace` and `label_join`: new labels from old ones.

use regex::Regex;

use super::EvalError;
use super::plan::{LabelJoin, LabelReplace};
use super::value::{Column, distinct};
use crate::model::labels::Labels;

/// Prometheus 3 takes any text as a label's name; 2.x only letters, digits and `_`.
pub fn is_label_name(name: &str) -> bool {
    !name.is_empty()
}

fn refuse(what: &str, name: &str) -> EvalError {
    EvalError::Execution(format!("invalid {what}: {name}"))
}

pub fn replace(replace: &LabelReplace, columns: Vec<Column>) -> Result<Vec<Column>, EvalError> {
    let pattern = Regex::new(&format!("^(?s:{})$", replace.pattern))
        .map_err(|_| refuse("regular expression in label_replace()", &replace.pattern))?;
    if !is_label_name(&replace.target) {
        return Err(refuse("destination label name in label_replace()", &replace.target));
    }
    let relabel = |labels: &Labels| {
        let source = labels.get(&replace.source).map_or("", |value| value.as_str());
        let mut value = String::new();
        match pattern.captures(source) {
            Some(captures) => captures.expand(&replace.replacement, &mut value),
            None => return labels.clone(),
        }
        labels.with(&replace.target, &value)
    };
    relabelled(columns, relabel)
}

pub fn join(join: &LabelJoin, columns: Vec<Column>) -> Result<Vec<Column>, EvalError> {
    if let Some(name) = join.sources.iter().find(|name| !is_label_name(name)) {
        return Err(refuse("source label name in label_join()", name));
    }
    if !is_label_name(&join.target) {
        return Err(refuse("destination label name in label_join()", &join.target));
    }
    let relabel = |labels: &Labels| {
        let value = |name: &String| labels.get(name).map_or("", |value| value.as_str());
        let values: Vec<&str> = join.sources.iter().map(value).collect();
        labels.with(&join.target, &values.join(&join.separator))
    };
    relabelled(columns, relabel)
}

/// Series that become one are an error even if they are never there together; Prometheus 2.x joins those.
fn relabelled(columns: Vec<Column>, relabel: impl Fn(&Labels) -> Labels) -> Result<Vec<Column>, EvalError> {
    distinct(columns.into_iter().map(|column| Column { labels: relabel(&column.labels), ..column }).collect())
}

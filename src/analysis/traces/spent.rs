//! Where the time of a trace was spent, by what the services do.

use std::collections::HashMap;

use super::Tree;
use crate::model::trace::Trace;
use crate::text::Plain;

/// All spans of one operation of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    pub service: Plain,
    pub operation: Plain,
    pub spans: u32,
    pub errors: u32,
    /// ns
    pub self_time: i64,
    pub critical: i64,
}

/// The most self time first.
pub fn spent(trace: &Trace, tree: &Tree) -> Vec<Spent> {
    let mut rows: HashMap<(Option<u32>, &Plain), Spent> = HashMap::new();
    for node in &tree.nodes {
        let Some(span) = trace.spans.get(node.span as usize) else { continue };
        let row = rows.entry((span.process, &span.operation)).or_insert_with(|| Spent {
            service: trace.service(span),
            operation: span.operation.clone(),
            spans: 0,
            errors: 0,
            self_time: 0,
            critical: 0,
        });
        row.spans += 1;
        row.errors += u32::from(span.is_error);
        row.self_time = row.self_time.saturating_add(node.self_time);
        row.critical = row.critical.saturating_add(node.critical);
    }
    joined(rows.into_values().collect())
}

/// Several processes may be of one service.
fn joined(mut rows: Vec<Spent>) -> Vec<Spent> {
    let mut all: Vec<Spent> = Vec::new();
    rows.sort_by(|a, b| (&a.service, &a.operation).cmp(&(&b.service, &b.operation)));
    for row in rows {
        match all.last_mut().filter(|last| (&last.service, &last.operation) == (&row.service, &row.operation)) {
            Some(last) => {
                last.spans += row.spans;
                last.errors += row.errors;
                last.self_time = last.self_time.saturating_add(row.self_time);
                last.critical = last.critical.saturating_add(row.critical);
            }
            None => all.push(row),
        }
    }
    all.sort_by(|a, b| b.self_time.cmp(&a.self_time).then_with(|| a.operation.cmp(&b.operation)));
    all
}

//! What the services call their spans, without making one.

use std::collections::BTreeSet;

use super::recipe;
use crate::demo::sim::service::ENDPOINTS;

/// Each service that takes part in requests to an endpoint, with the name of a span of its.
pub fn names(endpoint: usize) -> BTreeSet<(&'static str, String)> {
    let Some(what) = ENDPOINTS.get(endpoint) else { return BTreeSet::new() };
    let recipe = recipe(endpoint);
    let own = |name: &str| (recipe.service, name.to_owned());
    let mut names: BTreeSet<_> =
        what.methods.iter().map(|(method, ..)| ("gateway", format!("{method} {}", what.path))).collect();
    names.insert(own(recipe.function));
    if what.failing > 0.0 {
        names.extend([own("roll_back"), own("write_audit")]);
    }
    for step in recipe.steps {
        names.insert((step.service, step.name.to_owned()));
        if step.service != recipe.service {
            names.insert(own(&format!("POST /{}", step.name)));
        }
        if let Some(operation) = step.statement.and_then(|statement| statement.split(' ').next()) {
            names.extend([(step.service, format!("{operation} cassandra")), ("cassandra", operation.to_lowercase())]);
        }
    }
    names
}

/// Requests a second to an endpoint, averaged over the week.
pub fn rate(endpoint: usize) -> f64 {
    ENDPOINTS.get(endpoint).map_or(0.0, |endpoint| endpoint.rate)
}

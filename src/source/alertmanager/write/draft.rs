//! A silence as it is sent.

use serde_json::{Map, Value, json};

use crate::model::matcher::Matcher;
use crate::model::write::{Draft, Ends, Write};
use crate::time::{SECOND, Timestamp};

/// Clocks count as equal within two seconds. The server takes a start that is past for its own now, but not one to come.
const MARGIN: i64 = 5 * SECOND;

/// With an end that no longer depends on when it arrives.
pub fn fixed(write: &Write, server_now: Timestamp) -> Write {
    match write {
        Write::Silence(draft) => Write::Silence(Draft { ends: Ends::At(ends(draft, server_now)), ..draft.clone() }),
        other => other.clone(),
    }
}

fn ends(draft: &Draft, server_now: Timestamp) -> Timestamp {
    match draft.ends {
        Ends::At(at) => at,
        Ends::After(ms) => server_now.plus(ms),
    }
}

pub fn body(draft: &Draft, server_now: Timestamp) -> String {
    let starts = draft.starts_at.unwrap_or_else(|| server_now.plus(-MARGIN));
    let mut object = Map::new();
    if let Some(id) = &draft.id {
        object.insert("id".to_owned(), json!(id));
    }
    object.insert("matchers".to_owned(), draft.matchers.iter().map(matcher).collect());
    object.insert("startsAt".to_owned(), json!(starts.rfc3339()));
    object.insert("endsAt".to_owned(), json!(ends(draft, server_now).rfc3339()));
    object.insert("createdBy".to_owned(), json!(draft.created_by.raw()));
    object.insert("comment".to_owned(), json!(draft.comment.raw()));
    Value::Object(object).to_string()
}

fn matcher(matcher: &Matcher) -> Value {
    let (name, op, value) = matcher.parts();
    json!({ "name": name, "value": value, "isRegex": op.is_regex(), "isEqual": op.is_positive() })
}

//! The search engine of a context: where it is, which indices hold the lines, what their fields are called.

use super::endpoint::Endpoint;

/// What fluentd writes with `logstash_prefix agent360`.
pub const INDEX: &str = "agent360-*";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    pub endpoint: Endpoint,
    /// A name, a pattern or several with commas.
    pub index: String,
    pub fields: FieldNames,
}

/// Fields by the names that a team gave them; what is none is found by the usual names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldNames {
    pub time: Option<String>,
    pub level: Option<String>,
    pub service: Option<String>,
    pub message: Option<String>,
    pub kind: Option<String>,
    pub endpoint: Option<String>,
    pub error_type: Option<String>,
    pub trace: Option<String>,
    pub place: Option<String>,
}

impl Engine {
    pub fn new(url: &str) -> Self {
        Self { endpoint: Endpoint::new(url), index: INDEX.to_owned(), fields: FieldNames::default() }
    }
}

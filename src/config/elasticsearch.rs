//! `[contexts.NAME.elasticsearch]`: an endpoint like the others, the indices, and what their fields are called.

use super::endpoint;
use super::mistake::Mistake;
use super::section::Section;
use crate::model::engine::{Engine, FieldNames, INDEX};

/// Beside those of every endpoint.
pub(super) const KEYS: [&str; 2] = ["index", "fields"];

type Field = fn(&mut FieldNames) -> &mut Option<String>;

pub(super) const FIELDS: [(&str, Field); 9] = [
    ("time", |fields| &mut fields.time),
    ("level", |fields| &mut fields.level),
    ("service", |fields| &mut fields.service),
    ("message", |fields| &mut fields.message),
    ("type", |fields| &mut fields.kind),
    ("endpoint", |fields| &mut fields.endpoint),
    ("error_type", |fields| &mut fields.error_type),
    ("trace", |fields| &mut fields.trace),
    ("place", |fields| &mut fields.place),
];

pub fn read(section: &Section<'_>) -> Result<Engine, Mistake> {
    let endpoint = endpoint::read_beside(section, &KEYS)?;
    let index = section.read("index", index)?.unwrap_or_else(|| INDEX.to_owned());
    let fields = section.section("fields")?.map_or(Ok(FieldNames::default()), |fields| names(&fields))?;
    Ok(Engine { endpoint, index, fields })
}

fn names(section: &Section<'_>) -> Result<FieldNames, Mistake> {
    section.only(&FIELDS.map(|(key, _)| key))?;
    let mut names = FieldNames::default();
    for (key, field) in FIELDS {
        *field(&mut names) = section.read(key, name)?;
    }
    Ok(names)
}

fn index(text: &str) -> Result<String, String> {
    let bad = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '"' | '?' | '#' | '\\');
    if text.is_empty() || text.starts_with(['_', '/', '-', ',']) || text.chars().any(bad) {
        return Err(
            "must be a name or a pattern of indices, such as \"agent360-*\" or \"logs-*,agent360-*\"".to_owned()
        );
    }
    Ok(text.to_owned())
}

fn name(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(['*', '"']) || text.chars().any(char::is_control) {
        return Err("must be the path of one field, such as \"log.level\"".to_owned());
    }
    Ok(text.to_owned())
}

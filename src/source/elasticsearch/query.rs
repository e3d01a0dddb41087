//! From what is sought to the server's own language.

use serde_json::{Value, json};

use super::caps::{Caps, Kind};
use super::fields::{Fields, Role};
use super::level;
use crate::model::log::{Filter, Level, Search};

/// `ignore_above` of strings that nobody has mapped.
const LONGEST_EXACT: usize = 256;

/// What is needed to say it.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    pub fields: &'a Fields,
    pub caps: &'a Caps,
}

impl Terms<'_> {
    /// All that holds of a line that is sought; nothing is no condition.
    pub fn matching(self, search: &Search) -> Option<Value> {
        let (mut filter, mut must_not) = (Vec::new(), Vec::new());
        if !search.text.trim().is_empty() {
            filter.push(text(&search.text));
        }
        for one in &search.filters {
            if one.exclude { &mut must_not } else { &mut filter }.push(self.field(one));
        }
        if let Some(level) = search.level.filter(|level| *level != Level::Unknown) {
            let upto: Vec<Value> =
                Level::ALL.iter().filter(|one| **one <= level).filter_map(|one| self.level(*one)).collect();
            if !upto.is_empty() {
                filter.push(any(upto));
            }
        }
        let nothing = filter.is_empty() && must_not.is_empty();
        (!nothing).then(|| json!({ "bool": { "filter": filter, "must_not": must_not } }))
    }

    pub fn field(self, filter: &Filter) -> Value {
        let Filter { field, value, .. } = filter;
        let (twin, kind) = (format!("{field}.keyword"), self.caps.get(field).map(|cap| cap.kind));
        let term = |name: &str| json!({ "term": { name: { "value": value } } });
        let phrase = json!({ "match_phrase": { field: { "query": value } } });
        match kind {
            Some(Kind::Text) if value.len() <= LONGEST_EXACT && self.caps.is_searchable(&twin) => term(&twin),
            Some(Kind::Text) => phrase,
            Some(Kind::Exact | Kind::Number) => json!({ "match": { field: { "query": value, "lenient": true } } }),
            // A word in one index and a number in another; where the value is held whole too, that decides.
            _ => {
                let words = json!({ "match": { field: { "query": value, "lenient": true, "operator": "and" } } });
                let alone = json!({ "bool": { "filter": words, "must_not": { "exists": { "field": twin } } } });
                any(vec![term(&twin), alone])
            }
        }
    }

    /// Lines of exactly this level, as far as the server can tell.
    pub fn level(self, level: Level) -> Option<Value> {
        let words = level::WORDS.iter().find(|(known, _)| *known == level)?.1;
        let named = self.fields.names(Role::Level).iter().filter(|name| self.caps.is_searchable(name));
        let mut ways: Vec<Value> = named
            .filter_map(|name| match self.caps.get(name)?.kind {
                Kind::Exact => Some(json!({ "terms": { name: level::spellings(level) } })),
                Kind::Number => Some(of_number(name, level)),
                Kind::Text => Some(json!({ "match": { name: { "query": words.join(" "), "lenient": true } } })),
                // Each index takes of it what it understands; a value that is not taken apart is compared word by word.
                Kind::Conflict => Some(json!({ "query_string": {
                    "fields": [name], "query": level::mixed(level).join(" OR "), "lenient": true,
                }})),
                _ => None,
            })
            .collect();
        if ways.is_empty() {
            // The application's JSON is a text to the server: its words stand one behind the other.
            let log = self.fields.names(Role::Envelope).iter().find(|name| self.caps.is_searchable(name))?;
            let whole = words.iter().filter(|word| word.len() > 1);
            let phrase = |word: &&str| json!({ "match_phrase": { log: format!("level {word}") } });
            ways.extend(whole.map(phrase));
        }
        Some(any(ways))
    }

    /// Whether levels are told by a field of their own.
    pub fn has_level(self) -> bool {
        self.fields.names(Role::Level).iter().any(|name| self.caps.is_searchable(name))
    }

    /// From one moment up to and without another, in ms.
    pub fn between(self, from: Option<i64>, until: Option<i64>) -> Value {
        let mut bounds = serde_json::Map::new();
        bounds.extend(from.map(|from| ("gte".to_owned(), from.into())));
        bounds.extend(until.map(|until| ("lt".to_owned(), until.into())));
        let time = self.fields.time();
        if self.caps.get(time).is_none_or(|cap| cap.kind != Kind::Number) {
            bounds.insert("format".to_owned(), "epoch_millis".into());
        }
        json!({ "range": { time: bounds } })
    }

    /// By time, as exactly as it is told.
    pub fn by_time(self, order: &str) -> Value {
        // Their numbers are not of one size; among them may be plain ones, which cannot become ns.
        let unit = match self.caps.get(self.fields.time()).map(|cap| cap.kind) {
            Some(Kind::Nanos) => Some("date_nanos"),
            Some(Kind::Conflict) => Some("date"),
            _ => None,
        };
        self.sort(order, unit)
    }

    /// The same, always told in ms.
    pub fn by_ms(self, order: &str) -> Value {
        self.sort(order, Some("date"))
    }

    /// Without `unmapped_type` an index that is still empty refuses.
    fn sort(self, order: &str, unit: Option<&str>) -> Value {
        let mut how = json!({ "order": order, "unmapped_type": "date" });
        if let Some(unit) = unit {
            how["numeric_type"] = unit.into();
        }
        json!([{ self.fields.time(): how }])
    }
}

fn text(text: &str) -> Value {
    let how = json!({ "query": text, "default_operator": "AND", "analyze_wildcard": true, "lenient": true });
    json!({ "query_string": how })
}

pub fn any(ways: Vec<Value>) -> Value {
    // With nothing beside them one of them must hold.
    json!({ "bool": { "should": ways } })
}

pub fn all(conditions: Vec<Value>) -> Value {
    json!({ "bool": { "filter": conditions } })
}

fn of_number(name: &str, level: Level) -> Value {
    let range = |from: i64, to: i64| json!({ "range": { name: { "gte": from, "lte": to } } });
    any(match level {
        Level::Error => vec![range(0, 3), range(40, 60)],
        Level::Warn => vec![range(4, 4), range(30, 39)],
        Level::Info => vec![range(5, 6), range(20, 29)],
        Level::Debug | Level::Unknown => vec![range(7, 7), range(10, 19)],
    })
}

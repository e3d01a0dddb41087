//! What can be done with which field, as `_field_caps` says it for all indices together.

use std::collections::HashMap;

use crate::model::fault::FetchError;
use crate::source::json::{Fault, Scanner};

/// The parts that agree over all indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    pub kind: Kind,
    pub searchable: bool,
    pub aggregatable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Taken apart into words.
    Text,
    /// As it is.
    Exact,
    Number,
    Date,
    /// In ns in one index at least.
    Nanos,
    Other,
    /// Not the same in all indices.
    Conflict,
}

#[derive(Debug, Clone, Default)]
pub struct Caps {
    /// Nothing is known where the server does not say.
    fields: HashMap<String, Cap>,
}

/// Beyond so many only those that are needed are kept.
const MAX_FIELDS: usize = 20_000;

impl Caps {
    pub fn read(body: &[u8], is_needed: impl Fn(&str) -> bool) -> Result<Self, FetchError> {
        let mut fields = HashMap::new();
        let mut scan = Scanner::new(body);
        scan.object(|key, scan| match key {
            b"fields" => scan.object(|name, scan| {
                let name = String::from_utf8_lossy(name).into_owned();
                if let Some(cap) = kinds(scan)?
                    && (fields.len() < MAX_FIELDS || is_needed(&name))
                {
                    fields.insert(name, cap);
                }
                Ok(())
            }),
            _ => scan.raw().map(drop),
        })?;
        scan.finish()?;
        Ok(Self { fields })
    }

    pub fn is_known(&self) -> bool {
        !self.fields.is_empty()
    }

    /// Whether an index holds documents: without any there are no fields but the server's own.
    pub fn has_fields(&self) -> bool {
        self.fields.keys().any(|name| !name.starts_with('_'))
    }

    pub fn get(&self, field: &str) -> Option<Cap> {
        self.fields.get(field).copied()
    }

    pub fn is_searchable(&self, field: &str) -> bool {
        self.get(field).is_some_and(|cap| cap.searchable)
    }

    /// Fields whose values the server can give without the document, up to so many.
    pub fn values(&self, most: usize) -> Vec<&str> {
        let own = |(name, cap): &(&String, &Cap)| cap.aggregatable && !name.starts_with('_');
        let mut names: Vec<&str> = self.fields.iter().filter(own).map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.truncate(most);
        names
    }

    /// The field, or its twin that holds the value whole, whichever can be counted by.
    pub fn countable(&self, field: &str) -> Option<String> {
        let can = |name: &str| self.get(name).is_some_and(|cap| cap.aggregatable && cap.kind != Kind::Text);
        let twin = format!("{field}.keyword");
        if can(field) { Some(field.to_owned()) } else { can(&twin).then_some(twin) }
    }
}

fn kinds(scan: &mut Scanner) -> Result<Option<Cap>, Fault> {
    let mut all: Option<Cap> = None;
    scan.object(|name, scan| {
        let mut cap = Cap { kind: kind(name), searchable: false, aggregatable: false };
        scan.object(|key, scan| {
            match key {
                b"searchable" => cap.searchable = scan.skip()? == b"true",
                b"aggregatable" => cap.aggregatable = scan.skip()? == b"true",
                _ => drop(scan.raw()?),
            }
            Ok(())
        })?;
        // Indices that do not have the field are no conflict.
        if name != b"unmapped" {
            all = Some(all.map_or(cap, |other| other.and(cap)));
        }
        Ok(())
    })?;
    Ok(all)
}

impl Cap {
    fn and(self, other: Self) -> Self {
        let kind = match (self.kind, other.kind) {
            (a, b) if a == b => a,
            (Kind::Date | Kind::Nanos, Kind::Date | Kind::Nanos) => Kind::Nanos,
            _ => Kind::Conflict,
        };
        // Types that are counted apart cannot be counted together.
        let aggregatable = self.aggregatable && other.aggregatable && kind != Kind::Conflict;
        Self { kind, searchable: self.searchable && other.searchable, aggregatable }
    }
}

fn kind(name: &[u8]) -> Kind {
    match name {
        b"text" | b"match_only_text" | b"annotated_text" | b"search_as_you_type" | b"pattern_text" => Kind::Text,
        b"keyword" | b"constant_keyword" | b"wildcard" | b"ip" | b"boolean" | b"version" | b"counted_keyword" => {
            Kind::Exact
        }
        b"long" | b"integer" | b"short" | b"byte" | b"double" | b"float" | b"half_float" | b"scaled_float"
        | b"unsigned_long" => Kind::Number,
        b"date" => Kind::Date,
        b"date_nanos" => Kind::Nanos,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_several_indices_become_what_holds_for_all() {
        let caps = Caps::read(
            br#"{"indices":["a","b"],"fields":{
            "level":{"text":{"type":"text","searchable":true,"aggregatable":false}},
            "level.keyword":{"keyword":{"searchable":true,"aggregatable":true,"indices":["a"]},"unmapped":{"searchable":false}},
            "status":{"long":{"searchable":true,"aggregatable":true},"text":{"searchable":true,"aggregatable":false}},
            "@timestamp":{"date":{"searchable":true,"aggregatable":true},"date_nanos":{"searchable":true,"aggregatable":true}}}}"#,
            |_| false,
        )
        .unwrap();
        assert_eq!(caps.countable("level").as_deref(), Some("level.keyword"));
        assert_eq!(caps.countable("status"), None);
        assert_eq!(caps.get("status").unwrap().kind, Kind::Conflict);
        assert_eq!(caps.get("@timestamp").unwrap(), Cap { kind: Kind::Nanos, searchable: true, aggregatable: true });
        assert!(!caps.is_searchable("absent") && caps.is_searchable("level"));
        assert!(Caps::read(b"{\"fields\":{\"a\"", |_| false).is_err());
    }

    #[test]
    fn of_very_many_fields_those_that_are_needed_are_kept() {
        let field = |name: &str| format!(r#""{name}":{{"keyword":{{"searchable":true,"aggregatable":true}}}}"#);
        let mut all: Vec<String> = (0..50_000).map(|number| field(&format!("f{number}"))).collect();
        all.push(field("level"));
        let body = format!(r#"{{"fields":{{{}}}}}"#, all.join(","));
        let caps = Caps::read(body.as_bytes(), |name| name == "level").unwrap();
        assert_eq!(caps.fields.len(), MAX_FIELDS + 1);
        assert!(caps.is_searchable("level") && !caps.is_searchable("f49999"));
    }
}

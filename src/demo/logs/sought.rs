//! Whether a line is what is sought: its words, its fields, its level.

use super::line;
use super::parse::{Node, Term, parse};
use crate::demo::sim::log::Line;
use crate::model::fault::FetchError;
use crate::model::log::{Filter, Level, Search};

/// Fields that a word without a field is sought in.
const ANY: [&str; 10] =
    ["message", "level", "service", "pod", "type", "error_type", "endpoint", "method", "status", "trace_id"];

/// A search, ready to be held against lines.
pub struct Sought {
    node: Option<Node>,
    filters: Vec<Filter>,
    level: Option<Level>,
}

impl Sought {
    pub fn of(search: &Search) -> Result<Self, FetchError> {
        let node = parse(&search.text)
            .map_err(|message| FetchError::Server { kind: "query_shard_exception".into(), message: message.into() })?;
        Ok(Self { node, filters: search.filters.clone(), level: search.level })
    }

    pub fn matches(&self, line: &Line) -> bool {
        let holds = |filter: &Filter| {
            let value = line::value(line, &filter.field);
            value.is_some_and(|value| value == filter.value.as_str()) != filter.exclude
        };
        self.level.is_none_or(|level| line::level(line) <= level)
            && self.filters.iter().all(holds)
            && self.node.as_ref().is_none_or(|node| fits(node, line))
    }
}

fn fits(node: &Node, line: &Line) -> bool {
    match node {
        Node::All(nodes) => nodes.iter().all(|node| fits(node, line)),
        Node::Any(nodes) => nodes.iter().any(|node| fits(node, line)),
        Node::Not(node) => !fits(node, line),
        Node::Term(term) => match &term.field {
            Some(field) => says(term, line, field),
            None => ANY.iter().any(|field| says(term, line, field)),
        },
    }
}

fn says(term: &Term, line: &Line, field: &str) -> bool {
    let Some(value) = line::value(line, field) else { return false };
    if term.words.is_empty() {
        // `*`: there is one.
        return term.is_open;
    }
    let words: Vec<String> = words(&value);
    let last = term.words.len() - 1;
    words.windows(term.words.len()).any(|window| {
        let same = |(at, (word, wanted)): (usize, (&String, &String))| {
            word == wanted || (term.is_open && at == last && word.starts_with(wanted.as_str()))
        };
        window.iter().zip(&term.words).enumerate().all(same)
    })
}

/// Text as it is indexed: its words in small letters, a point within a word or number being a part of it.
pub fn words(text: &str) -> Vec<String> {
    let pieces = text.split(|c: char| !c.is_alphanumeric() && c != '.' && c != '_');
    pieces.map(|word| word.trim_matches('.').to_lowercase()).filter(|word| !word.is_empty()).collect()
}

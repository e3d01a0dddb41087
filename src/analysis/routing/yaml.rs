//! Reads YAML that a server sent, within bounds: a small text can stand for a huge or a very deep one.
//!
//! Scalars keep their text as written, since labels and their values are texts whatever they look like.

use std::collections::HashMap;
use std::rc::Rc;

use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::TScalarStyle;

use crate::text::Plain;

const MAX_BYTES: usize = 4 * 1024 * 1024;
/// With what aliases stand for counted each time.
const MAX_NODES: usize = 300_000;
const MAX_DEPTH: usize = 100;

#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Null,
    Text(String),
    List(Vec<Rc<Node>>),
    Map(Vec<(String, Rc<Node>)>),
}

impl Node {
    /// What a key stands for, also one that comes from elsewhere (`<<: *defaults`); nothing for null.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Self::Map(pairs) = self else { return None };
        let own = pairs.iter().find(|(name, _)| name == key).map(|(_, node)| &**node);
        let merged = || pairs.iter().filter(|(name, _)| name == "<<").find_map(|(_, node)| node.merged(key));
        own.or_else(merged).filter(|node| **node != Self::Null)
    }

    fn merged(&self, key: &str) -> Option<&Node> {
        match self {
            Self::List(nodes) => nodes.iter().find_map(|node| node.get(key)),
            node => node.get(key),
        }
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_text()
    }

    /// The members of the list under a key; none where there is no list.
    pub fn list(&self, key: &str) -> impl Iterator<Item = &Node> {
        let members = match self.get(key) {
            Some(Self::List(nodes)) => &nodes[..],
            _ => &[],
        };
        members.iter().map(|node| &**node)
    }

    /// The texts in the list under a key.
    pub fn texts(&self, key: &str) -> Vec<Plain> {
        self.list(key).filter_map(|node| node.as_text().map(Plain::new)).collect()
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A node with how much it stands for.
#[derive(Clone)]
struct Built {
    node: Rc<Node>,
    size: usize,
    height: usize,
}

/// A list or a map that is not complete yet.
struct Open {
    anchor: usize,
    /// In a map every other one is a key.
    parts: Vec<Built>,
    is_map: bool,
}

/// The first document of a text.
pub fn parse(text: &str) -> Result<Node, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("the configuration has {} bytes, which is too much to read", text.len()));
    }
    let mut parser = Parser::new_from_str(text);
    let mut builder = Builder::default();
    loop {
        let (event, _) = parser
            .next_token()
            .map_err(|error| format!("the configuration is not YAML: {}", Plain::from(error.to_string())))?;
        match event {
            Event::DocumentEnd | Event::StreamEnd => break,
            event => builder.take(event)?,
        }
    }
    Ok(builder.root.map_or(Node::Null, |root| Rc::unwrap_or_clone(root.node)))
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Built>,
    nodes: usize,
    root: Option<Built>,
}

impl Builder {
    fn take(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let null = style == TScalarStyle::Plain && ["", "~", "null", "Null", "NULL"].contains(&text.as_str());
                let node = Rc::new(if null { Node::Null } else { Node::Text(text) });
                self.place(Built { node, size: 1, height: 1 }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.start(anchor, false),
            Event::MappingStart(anchor, _) => self.start(anchor, true),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => {
                let built = self.anchors.get(&anchor).cloned();
                self.place(built.ok_or("the configuration holds an alias of itself")?, 0)
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, anchor: usize, is_map: bool) -> Result<(), String> {
        self.open.push(Open { anchor, parts: Vec::new(), is_map });
        self.check(1)
    }

    fn check(&self, height: usize) -> Result<(), String> {
        if self.open.len() + height > MAX_DEPTH {
            return Err("the configuration is nested too deeply to read".to_owned());
        }
        if self.nodes > MAX_NODES {
            return Err("the configuration is too large to read".to_owned());
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let Some(Open { anchor, parts, is_map }) = self.open.pop() else { return Ok(()) };
        let size = 1 + parts.iter().map(|part| part.size).sum::<usize>();
        let height = 1 + parts.iter().map(|part| part.height).max().unwrap_or(0);
        // The parts have been counted.
        self.nodes -= size - 1;
        let mut parts = parts.into_iter().map(|part| part.node);
        let node = if is_map {
            let mut pairs = Vec::new();
            while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                pairs.push((name(&key)?, value));
            }
            Node::Map(pairs)
        } else {
            Node::List(parts.collect())
        };
        self.place(Built { node: Rc::new(node), size, height }, anchor)
    }

    /// Puts a complete node where it belongs.
    fn place(&mut self, built: Built, anchor: usize) -> Result<(), String> {
        self.nodes += built.size;
        self.check(built.height)?;
        if anchor > 0 {
            self.anchors.insert(anchor, built.clone());
        }
        match self.open.last_mut() {
            Some(open) => open.parts.push(built),
            None => self.root = Some(built),
        }
        Ok(())
    }
}

fn name(key: &Node) -> Result<String, String> {
    match key {
        Node::Text(text) => Ok(text.clone()),
        Node::Null => Ok(String::new()),
        _ => Err("the configuration has a key that is not a text".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_stay_as_written_and_null_is_nothing() {
        let node = parse("a: 007\nb: yes\nc: ~\nd: ''\ne:\nf: \"~\"\ng: [1.50, x]").unwrap();
        assert_eq!(["a", "b", "d", "f"].map(|key| node.text(key)), [Some("007"), Some("yes"), Some(""), Some("~")]);
        assert_eq!((node.get("c"), node.get("e"), node.get("z")), (None, None, None));
        assert_eq!(node.texts("g"), ["1.50", "x"]);
        assert_eq!(node.list("a").count(), 0);
        assert_eq!(parse("").unwrap(), Node::Null);
    }

    #[test]
    fn aliases_and_merged_keys_are_followed() {
        let node = parse("base: &b {x: 1, y: 2}\nmore: &m {z: 3}\nown: {<<: [*b, *m], x: 9}\ncopy: *b").unwrap();
        let own = node.get("own").unwrap();
        assert_eq!(["x", "y", "z"].map(|key| own.text(key)), [Some("9"), Some("2"), Some("3")]);
        assert_eq!(node.get("copy"), node.get("base"));
    }

    #[test]
    fn bombs_are_refused() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        (1..12).for_each(|i| laughs += &format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 10].join(", ")));
        assert!(parse(&laughs).unwrap_err().contains("too large"));
        // Each alone is not too deep; together they are.
        let mut deep = format!("a0: &a0 {}x{}\n", "[".repeat(60), "]".repeat(60));
        deep += &format!("a1: {}*a0{}\n", "[".repeat(60), "]".repeat(60));
        for text in [deep, "[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000)] {
            assert!(parse(&text).is_err());
        }
        assert!(parse(&"- ".repeat(200)).unwrap_err().contains("too deeply"));
        assert!(parse(&" ".repeat(MAX_BYTES + 1)).unwrap_err().contains("too much"));
        assert!(parse(&"- x\n".repeat(MAX_NODES + 1)).unwrap_err().contains("too large"));
        assert!(parse("a: &a [*a]").is_err());
    }

    #[test]
    fn what_is_not_yaml_says_where() {
        let error = parse("a: [b\nc: \x1b[31m").unwrap_err();
        assert!(error.contains("not YAML") && error.contains("line 2") && !error.contains('\x1b'), "{error}");
        assert!(parse("? [a, b]\n: c").unwrap_err().contains("not a text"));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "[-a&*\\[\\]{}:,?|>!%@'\"#\\\\ \n\t~<é]{0,60}") {
            let _ = parse(&text);
        }
    }
}

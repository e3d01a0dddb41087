//! The matchers of a route, in all the forms that Alertmanager has had for them.

use super::yaml::Node;
use crate::model::matcher::{self, Matcher, Op};
use crate::text::Plain;

/// What could be read, and the first thing that could not.
#[derive(Debug, Default)]
pub struct Said {
    pub matchers: Vec<Matcher>,
    /// Each line, for reading; also those that are not among the matchers.
    pub lines: Vec<String>,
    pub wrong: Option<Plain>,
}

impl Said {
    pub fn read(node: &Node) -> Self {
        let mut said = Self::default();
        for (key, op) in [("match", Op::Equal), ("match_re", Op::Fits)] {
            match node.get(key) {
                None => {}
                Some(Node::Map(pairs)) => {
                    for (name, value) in pairs {
                        said.add(Matcher::new(name, op, value.as_text().unwrap_or_default()));
                    }
                }
                Some(_) => said.mark(format!("{key} is not a map")),
            }
        }
        match node.get("matchers") {
            None => {}
            Some(Node::List(lines)) => lines.iter().for_each(|line| said.line(line.as_text().unwrap_or_default())),
            Some(_) => said.mark("matchers is not a list".to_owned()),
        }
        said
    }

    fn line(&mut self, line: &str) {
        match matcher::parse(line) {
            Ok(matchers) => matchers.into_iter().for_each(|matcher| self.add(matcher)),
            Err(error) => {
                self.lines.push(line.to_owned());
                self.mark(error);
            }
        }
    }

    fn add(&mut self, matcher: Matcher) {
        self.lines.push(matcher.to_string());
        match matcher.compile() {
            Ok(_) => self.matchers.push(matcher),
            Err(error) => self.mark(error),
        }
    }

    fn mark(&mut self, what: String) {
        self.wrong.get_or_insert(Plain::from(what));
    }
}

//! The names that a search can have: the services, and what each of them does.

use super::terms::{OWN, value};
use super::{Goal, Terms, Traces};
use crate::model::fault::FetchError;
use crate::model::query::{Query, Subscription};
use crate::store::Slot;
use crate::text::Plain;
use crate::time::Timestamp;

/// Tags that most traces have.
const TAGS: [&str; 4] = ["error=true", "http.status_code=", "http.method=", "span.kind="];
/// Of more names nobody reads all in one line.
const MOST_OFFERED: usize = 12;

#[derive(Default)]
pub struct Names {
    services: Slot<Vec<Plain>>,
    operations: Slot<Vec<Plain>>,
    /// Whose operations are wanted, while a search is typed.
    of: Option<String>,
    of_scope: Option<String>,
    /// While a search is typed, or a service chosen.
    is_wanted: bool,
    /// The services are offered when they come.
    picking: bool,
}

impl Names {
    fn operations_question(&self) -> Option<Query> {
        // Of half a name, while it is typed, nothing is asked.
        let is_known = |service: &String| {
            self.of_scope == Some(service.clone())
                || self.services.get().is_some_and(|known| known.iter().any(|name| **name == **service))
        };
        let service = self.of.clone().filter(is_known)?;
        Some(Query::Operations { service })
    }

    pub(super) fn subscriptions(&self) -> Vec<Subscription> {
        if !self.is_wanted {
            return Vec::new();
        }
        let queries = [Some(Query::Services), self.operations_question()];
        queries.into_iter().flatten().map(|query| Subscription { query, every: None }).collect()
    }

    pub(super) fn take(&mut self, query: &Query, result: Result<Vec<Plain>, FetchError>, at: Timestamp) {
        if *query == Query::Services {
            self.services.take(query, result, at);
        } else if self.operations_question().as_ref() == Some(query) {
            self.operations.take(query, result, at);
        }
    }

    fn operations(&self) -> &[Plain] {
        let is_of = self.operations_question().is_some_and(|query| self.operations.answers(&query));
        self.operations.get().filter(|_| is_of).map_or(&[], Vec::as_slice)
    }
}

/// What Tab makes of a line: its halves anew, and what else could stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    pub before: String,
    pub after: String,
    pub offered: String,
}

impl Traces {
    /// Asks for the names that fit a search while it is typed; `None` ends it.
    pub fn want_names(&mut self, typed: Option<&str>, of_scope: Option<&str>) {
        self.names.is_wanted = typed.is_some();
        if let Some(typed) = typed {
            self.names.of_scope = of_scope.map(str::to_owned);
            self.names.of = service_of(typed).or_else(|| self.names.of_scope.clone());
        }
    }

    /// Begins to choose a service.
    pub fn pick_service(&mut self) {
        (self.names.is_wanted, self.names.picking) = (true, true);
        // What could not be asked before is asked anew.
        self.names.services.feed.error = None;
    }

    /// Nothing is offered any more that may come.
    pub fn give_up_picking(&mut self) {
        if std::mem::take(&mut self.names.picking) {
            self.names.is_wanted = false;
        }
    }

    /// The services to choose from, when they have come; or why they have not.
    pub fn picked(&mut self) -> Option<Result<Vec<Plain>, String>> {
        if !self.names.picking {
            return None;
        }
        let feed = &self.names.services.feed;
        let picked = match (&feed.error, feed.get()) {
            (None, Some(services)) => Ok(services.clone()),
            (Some((error, _)), _) => Err(format!("the services: {error}")),
            (None, None) => return None,
        };
        (self.names.picking, self.names.is_wanted) = (false, false);
        Some(picked)
    }

    /// Completes the word before the cursor.
    pub fn complete(&self, before: &str, after: &str) -> Completed {
        let start = word_start(before);
        let (kept, word) = before.split_at(start);
        let is_first = kept.trim().is_empty();
        let (name, typed) = word.split_once('=').map_or(("", word), |(name, typed)| (name, typed));
        let typed = typed.trim_start_matches('"');
        let services = || self.names.services.get().map_or(&[][..], Vec::as_slice).iter().map(|name| value(name));
        let of_service = |written: String| format!("service={written}");
        let all: Vec<String> = match (name, word.contains('=')) {
            ("service", _) => services().map(of_service).collect(),
            ("operation", _) => {
                self.names.operations().iter().map(|name| format!("operation={}", value(name))).collect()
            }
            (_, true) => TAGS.iter().map(|tag| (*tag).to_owned()).collect(),
            (_, false) => {
                let keys = OWN.iter().filter(|key| !matches!(**key, "trace" | "span")).map(|key| format!("{key}="));
                let tags = TAGS.iter().map(|tag| (*tag).to_owned());
                let bare = services().filter(|_| is_first && !word.is_empty());
                bare.chain(keys).chain(tags).collect()
            }
        };
        let key = if name.is_empty() { String::new() } else { format!("{name}=") };
        let wanted = format!("{key}{typed}").to_lowercase();
        let bare = |text: &str| text.replacen("=\"", "=", 1).trim_start_matches('"').to_lowercase();
        let begin: Vec<&String> = all.iter().filter(|text| bare(text).starts_with(&wanted)).collect();
        let within = || all.iter().filter(|text| !typed.is_empty() && bare(text).contains(&typed.to_lowercase()));
        let fits: Vec<&String> = if begin.is_empty() { within().collect() } else { begin };
        let (word, offered) = match fits.as_slice() {
            [] => (word.to_owned(), "nothing fits that is known".to_owned()),
            [one] if one.ends_with('=') => ((*one).clone(), String::new()),
            [one] => (format!("{one} "), String::new()),
            many => (longest_start(many, word), offered(many)),
        };
        let after = if word.ends_with(' ') { after.trim_start() } else { after };
        Completed { before: format!("{kept}{word}"), after: after.to_owned(), offered }
    }
}

/// `fits: cart, checkout, catalog`
fn offered(fits: &[&String]) -> String {
    let names: Vec<&str> = fits.iter().take(MOST_OFFERED).map(|text| short(text)).collect();
    let more =
        if fits.len() > MOST_OFFERED { format!(" and {} more", fits.len() - MOST_OFFERED) } else { String::new() };
    format!("fits: {}{more}", names.join(", "))
}

/// Without the key that stands in the line already.
fn short(text: &str) -> &str {
    let name = ["service=", "operation="].iter().find_map(|key| text.strip_prefix(key));
    name.filter(|rest| !rest.is_empty()).unwrap_or(text)
}

/// As much as all of them have in common, if that is more than what is typed.
fn longest_start(fits: &[&String], typed: &str) -> String {
    let Some((first, rest)) = fits.split_first() else { return typed.to_owned() };
    let common = rest.iter().fold(first.chars().count(), |common, other| {
        first.chars().zip(other.chars()).take(common).take_while(|(a, b)| a == b).count()
    });
    let start: String = first.chars().take(common).collect();
    if start.chars().count() > typed.chars().count() { start } else { typed.to_owned() }
}

/// Where each word of a line begins; a blank in quotes is part of it. The last one may be empty.
fn starts(line: &str) -> Vec<usize> {
    let (mut starts, mut is_quoted, mut is_escaped) = (vec![0], false, false);
    for (at, c) in line.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            c if c.is_whitespace() && !is_quoted => starts.push(at + c.len_utf8()),
            _ => {}
        }
    }
    starts
}

/// Where the word before the cursor begins.
fn word_start(before: &str) -> usize {
    starts(before).last().copied().unwrap_or(0)
}

/// The service that a line names, although the rest of it may not be complete yet.
fn service_of(typed: &str) -> Option<String> {
    let typed = typed.trim_start();
    let starts = starts(typed);
    let ends = starts.iter().skip(1).copied().chain([typed.len()]);
    let words = starts.iter().zip(ends).filter_map(|(start, end)| Some((*start, typed.get(*start..end)?)));
    let service = |(start, word): (usize, &str)| match Goal::parse(word) {
        Ok(Goal::Search(Terms { service, .. })) if start == 0 || word.starts_with("service=") => service,
        _ => None,
    };
    words.filter_map(service).last()
}

#[cfg(test)]
mod tests;

//! The routes of a configuration, and the walk of an alert through them.

use super::Route;
use super::said::Said;
use super::yaml::Node;
use crate::model::labels::Labels;
use crate::model::matcher::{self, Compiled};
use crate::text::Plain;
use crate::time::{HOUR, MINUTE, SECOND, parse_duration};

/// What a route takes from the one above it unless it says otherwise.
#[derive(Debug, Clone)]
pub struct Options {
    receiver: Plain,
    group_by: Vec<Plain>,
    group_wait: i64,
    group_interval: i64,
    repeat_interval: i64,
    /// A time that cannot be read.
    wrong: Option<Plain>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            receiver: Plain::new("(no receiver)"),
            group_by: Vec::new(),
            group_wait: 30 * SECOND,
            group_interval: 5 * MINUTE,
            repeat_interval: 4 * HOUR,
            wrong: None,
        }
    }
}

/// A route with those below it.
#[derive(Debug, Clone)]
pub struct Branch {
    /// Its matchers, for reading.
    step: Plain,
    matchers: Vec<Compiled>,
    unreadable: Option<Plain>,
    continues: bool,
    options: Options,
    mute: Vec<Plain>,
    active: Vec<Plain>,
    children: Vec<Branch>,
}

/// Whether an alert takes a route.
enum Fit<'a> {
    No,
    Yes,
    /// A matcher cannot be read; what can be read fits.
    Perhaps(&'a Plain),
}

impl Branch {
    /// The route that every alert takes, whatever matchers it has.
    pub fn root(node: &Node) -> Self {
        let root = Self::new(node, &Options::default());
        Self { matchers: Vec::new(), ..root }
    }

    fn new(node: &Node, above: &Options) -> Self {
        let said = Said::read(node);
        let options = Options::read(node, above);
        let children = node.list("routes").map(|child| Self::new(child, &options)).collect();
        Self {
            step: if said.lines.is_empty() { Plain::new("everything") } else { said.lines.join(", ").into() },
            // Those that do not compile are among the unreadable.
            matchers: said.matchers.iter().filter_map(|matcher| matcher.compile().ok()).collect(),
            unreadable: said.wrong,
            continues: node.text("continue").is_some_and(is_true),
            mute: node.texts("mute_time_intervals"),
            active: node.texts("active_time_intervals"),
            options,
            children,
        }
    }

    /// Adds the routes that an alert takes from here on. `doubt` is why it may not come here at all.
    pub fn walk(&self, labels: &Labels, path: &[&Plain], doubt: Option<&Plain>, found: &mut Vec<Route>) {
        let doubt = doubt.or(self.unreadable.as_ref());
        // Nothing below takes it for sure, so this one does; perhaps, if one below may.
        let (mut taken, mut after, mut own) = (false, doubt, doubt);
        for child in &self.children {
            let fit = child.fit(labels);
            if matches!(fit, Fit::No) {
                continue;
            }
            child.walk(labels, &[path, &[&child.step]].concat(), after, found);
            match fit {
                Fit::Perhaps(why) => {
                    own = own.or(Some(why));
                    after = if child.continues { after } else { after.or(Some(why)) };
                }
                _ => {
                    taken = true;
                    if !child.continues {
                        break;
                    }
                }
            }
        }
        if !taken {
            found.push(self.route(path, own));
        }
    }

    fn fit(&self, labels: &Labels) -> Fit<'_> {
        match &self.unreadable {
            _ if !matcher::all_match(&self.matchers, labels) => Fit::No,
            Some(why) => Fit::Perhaps(why),
            None => Fit::Yes,
        }
    }

    fn route(&self, path: &[&Plain], doubt: Option<&Plain>) -> Route {
        let options = self.options.clone();
        Route {
            path: path.iter().map(|step| (*step).clone()).collect(),
            receiver: options.receiver,
            group_by: options.group_by,
            group_wait: options.group_wait,
            group_interval: options.group_interval,
            repeat_interval: options.repeat_interval,
            mute: self.mute.clone(),
            active: self.active.clone(),
            unreadable: doubt.cloned().or(options.wrong),
        }
    }
}

fn is_true(text: &str) -> bool {
    ["true", "yes", "on", "y"].contains(&text.to_ascii_lowercase().as_str())
}

impl Options {
    fn read(node: &Node, above: &Self) -> Self {
        let mut options = above.clone();
        if let Some(receiver) = node.text("receiver").filter(|name| !name.is_empty()) {
            options.receiver = Plain::new(receiver);
        }
        let group_by = node.texts("group_by");
        if !group_by.is_empty() {
            options.group_by = group_by;
        }
        for (key, time) in [
            ("group_wait", &mut options.group_wait),
            ("group_interval", &mut options.group_interval),
            ("repeat_interval", &mut options.repeat_interval),
        ] {
            let Some(text) = node.text(key) else { continue };
            match duration(text) {
                Some(ms) => *time = ms,
                None => options.wrong = Some(Plain::from(format!("{key} `{text}` is not a duration"))),
            }
        }
        options
    }
}

/// Milliseconds; nothing at all is a duration here too.
fn duration(text: &str) -> Option<i64> {
    let units = text.trim_start_matches('0');
    let nothing = units.len() < text.len() && ["", "s", "ms", "m", "h", "d", "w", "y"].contains(&units);
    if nothing { Some(0) } else { parse_duration(text).ok() }
}

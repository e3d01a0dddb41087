//! Alertmanager's route tree: whom it tells of an alert, when, and how often; as its own `amtool config routes test`
//! decides it.

mod node;
mod receiver;
mod said;
mod yaml;

use node::Branch;

use crate::model::labels::Labels;
use crate::text::Plain;

pub use receiver::Receiver;

/// A configuration of Alertmanager, read.
#[derive(Debug, Clone)]
pub struct Tree {
    pub receivers: Vec<Receiver>,
    root: Branch,
}

/// A route that an alert takes, with what it takes from those above it.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The matchers of each route on the way, the root left out: empty for the root itself.
    pub path: Vec<Plain>,
    pub receiver: Plain,
    /// `...` stands for all labels.
    pub group_by: Vec<Plain>,
    /// Milliseconds, as those that follow.
    pub group_wait: i64,
    pub group_interval: i64,
    pub repeat_interval: i64,
    /// Names of time intervals in which nobody is told; those above do not count.
    pub mute: Vec<Plain>,
    /// Names of the only time intervals in which somebody is told.
    pub active: Vec<Plain>,
    /// What could not be read, so that it is not certain that the alert takes this route, or when somebody is told.
    pub unreadable: Option<Plain>,
}

impl Tree {
    /// Reads `status.config.original`.
    pub fn parse(yaml: &str) -> Result<Self, String> {
        let config = yaml::parse(yaml)?;
        let root = config.get("route").ok_or("the configuration has no route")?;
        Ok(Self { receivers: config.list("receivers").map(Receiver::read).collect(), root: Branch::root(root) })
    }

    /// The routes an alert takes, in the order in which they are found: at least one.
    pub fn routes(&self, labels: &Labels) -> Vec<Route> {
        let mut found = Vec::new();
        self.root.walk(labels, &[], None, &mut found);
        found
    }

    pub fn receiver(&self, name: &str) -> Option<&Receiver> {
        self.receivers.iter().find(|receiver| receiver.name == name)
    }
}

#[cfg(test)]
mod tests;

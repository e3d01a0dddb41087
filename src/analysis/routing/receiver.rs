//! Where a receiver sends what it is told, as far as it may be shown: channels and addresses, never a secret.

use super::yaml::Node;
use crate::text::Plain;

/// Who is told, and by what means.
#[derive(Debug, Clone, PartialEq)]
pub struct Receiver {
    pub name: Plain,
    /// As `slack #on-call`, `pagerduty`, `email team@example.org`; none for one that goes nowhere.
    pub targets: Vec<Plain>,
}

/// By the names of the lists: the key of what may be shown.
const SHOWN: [(&str, &str); 9] = [
    ("slack", "channel"),
    ("email", "to"),
    ("telegram", "chat_id"),
    ("jira", "project"),
    ("sns", "topic_arn"),
    ("rocketchat", "channel"),
    ("mattermost", "channel"),
    ("webex", "room_id"),
    ("wechat", "to_party"),
];

impl Receiver {
    pub fn read(node: &Node) -> Self {
        let Node::Map(pairs) = node else { return Self { name: name(None), targets: Vec::new() } };
        let mut targets = Vec::new();
        for (key, _) in pairs {
            let Some(kind) = key.strip_suffix("_configs") else { continue };
            targets.extend(node.list(key).map(|config| target(kind, config)));
        }
        Self { name: name(node.text("name")), targets }
    }
}

fn name(given: Option<&str>) -> Plain {
    Plain::new(given.filter(|name| !name.is_empty()).unwrap_or("(no name)"))
}

fn target(kind: &str, config: &Node) -> Plain {
    let key = SHOWN.iter().find(|(of, _)| *of == kind).map(|(_, key)| *key);
    let detail = match kind {
        // Its path may be a secret.
        "webhook" => config.text("url").and_then(host),
        _ => key.and_then(|key| config.text(key)),
    };
    match detail.filter(|detail| !detail.is_empty()) {
        Some(detail) => Plain::from(format!("{kind} {detail}")),
        None => Plain::new(kind),
    }
}

/// The host of an address, with its port, without a name and a password.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    Some(authority.rsplit_once('@').map_or(authority, |(_, host)| host))
}

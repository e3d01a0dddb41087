//! Which field of a document says what: the team's own name first, then the names that are usual.

use std::collections::{BTreeSet, HashMap};

use crate::model::engine::FieldNames;

/// What a field says of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Time,
    Level,
    Service,
    Message,
    Kind,
    Endpoint,
    ErrorType,
    Trace,
    Place,
    /// The application's own JSON, as a string, or its bare text.
    Envelope,
}

pub const ROLES: usize = 10;

const USUAL: [(Role, &[&str]); ROLES] = [
    (Role::Time, &["@timestamp", "timestamp", "time"]),
    (
        Role::Level,
        &[
            "level",
            "log.level",
            "severity",
            "severity_text",
            "loglevel",
            "log_level",
            "levelname",
            "lvl",
            "log.severity",
        ],
    ),
    (
        Role::Service,
        &[
            "service.name",
            "service",
            "kubernetes.labels.app",
            "kubernetes.labels.app.kubernetes.io/name",
            "kubernetes.container_name",
            "kubernetes.container.name",
            "app",
            "application",
            "container.name",
            "@log_name",
            "tag",
        ],
    ),
    (Role::Message, &["message", "msg", "body", "event.original", "text"]),
    (Role::Kind, &["type", "event.type", "event.action"]),
    (Role::Endpoint, &["endpoint", "url.path", "http.route", "path"]),
    (Role::ErrorType, &["error_type", "error.type", "exception.type", "exception"]),
    (Role::Trace, &["trace_id", "trace.id", "traceId", "traceID", "traceid"]),
    (
        Role::Place,
        &[
            "kubernetes.pod_name",
            "kubernetes.pod.name",
            "pod",
            "host.name",
            "hostname",
            "host",
            "container.id",
            "log.file.path",
            "filename",
        ],
    ),
    (Role::Envelope, &["log"]),
];

/// All names that are looked for.
#[derive(Debug, Clone)]
pub struct Fields {
    /// By path; the lower number is believed first.
    roles: HashMap<Vec<u8>, (Role, u8)>,
    /// Paths that have such a name below them.
    parents: BTreeSet<Vec<u8>>,
    names: HashMap<Role, Vec<String>>,
}

impl Fields {
    pub fn new(own: &FieldNames) -> Self {
        let (mut roles, mut parents, mut names) = (HashMap::new(), BTreeSet::new(), HashMap::new());
        for (role, usual) in USUAL {
            let all = own_name(own, role).into_iter().chain(usual.iter().copied());
            for (rank, name) in all.enumerate() {
                roles.entry(name.as_bytes().to_vec()).or_insert((role, u8::try_from(rank).unwrap_or(u8::MAX)));
                for (dot, _) in name.match_indices('.') {
                    parents.insert(name.as_bytes().get(..dot).unwrap_or_default().to_vec());
                }
                names.entry(role).or_insert_with(Vec::new).push(name.to_owned());
            }
        }
        // The team's own name may be one that usually says something else.
        for (role, _) in USUAL {
            if let Some(name) = own_name(own, role) {
                roles.insert(name.as_bytes().to_vec(), (role, 0));
            }
        }
        Self { roles, parents, names }
    }

    pub fn role(&self, path: &[u8]) -> Option<(Role, u8)> {
        self.roles.get(path).copied()
    }

    pub fn has_below(&self, path: &[u8]) -> bool {
        self.parents.contains(path)
    }

    /// In the order in which they are believed.
    pub fn names(&self, role: Role) -> &[String] {
        self.names.get(&role).map_or(&[], Vec::as_slice)
    }

    pub fn all(&self) -> impl Iterator<Item = &String> {
        USUAL.iter().flat_map(|(role, _)| self.names(*role))
    }

    /// Whether it is looked for, or the twin of one that is.
    pub fn is_named(&self, field: &str) -> bool {
        let field = field.as_bytes();
        self.roles.contains_key(field)
            || field.strip_suffix(b".keyword").is_some_and(|own| self.roles.contains_key(own))
    }

    /// All of them with their twins, for a URL.
    pub fn query(&self) -> String {
        let each = self.all().map(|name| format!("{0},{0}.keyword", super::in_path(name)));
        each.collect::<Vec<_>>().join(",")
    }

    /// The field that lines are ordered by.
    pub fn time(&self) -> &str {
        self.names(Role::Time).first().map_or("@timestamp", String::as_str)
    }
}

fn own_name(own: &FieldNames, role: Role) -> Option<&str> {
    match role {
        Role::Time => &own.time,
        Role::Level => &own.level,
        Role::Service => &own.service,
        Role::Message => &own.message,
        Role::Kind => &own.kind,
        Role::Endpoint => &own.endpoint,
        Role::ErrorType => &own.error_type,
        Role::Trace => &own.trace,
        Role::Place => &own.place,
        Role::Envelope => return None,
    }
    .as_deref()
}

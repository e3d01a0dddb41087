//! An incident as it is asked for, by flag or over HTTP, and as it is told.

use std::str::FromStr;

use a360::demo::sim::{ENDPOINT_PATHS, Incident, IncidentKind, Job, Phase, Trouble, Wish};
use a360::time::{Timestamp, parse_duration};
use serde_json::{Value, json};

/// A wish with its beginning still open.
#[derive(Debug, Clone)]
pub struct Order {
    wish: Wish,
    /// Milliseconds.
    after: i64,
}

impl Order {
    /// From pairs such as `kind=slow`, `for=5m`.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let pairs: Vec<_> = pairs.into_iter().collect();
        let kind = pairs.iter().find(|(key, _)| *key == "kind").map(|(_, value)| *value);
        let kinds = || Trouble::ALL.map(Trouble::name).join(", ");
        let kind = kind.ok_or_else(|| format!("which kind of incident? {}", kinds()))?;
        let trouble = Trouble::ALL.into_iter().find(|trouble| trouble.name() == kind);
        let trouble = trouble.ok_or_else(|| format!("`{kind}` is no kind of incident; there are {}", kinds()))?;
        let mut order = Self { wish: Wish::new(trouble, Timestamp(0)), after: 0 };
        pairs.into_iter().filter(|(key, _)| *key != "kind").try_for_each(|(key, value)| order.set(key, value))?;
        Ok(order)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let time = || parse_duration(value).map_err(|error| format!("{key}: {error}"));
        match key {
            "endpoint" => self.wish.endpoint = Some(endpoint(value)?),
            "instance" => self.wish.instance = Some(instance(value)?),
            "strength" => {
                let strength = value.parse().map_err(|_| format!("strength: `{value}` is not a number from 0 to 1"))?;
                self.wish.strength = Some(strength);
            }
            "for" => self.wish.length = Some(time()?),
            "after" if value == "0" || value == "0s" => self.after = 0,
            "after" => self.after = time()?,
            _ => return Err(format!("`{key}` is unknown; there are kind, endpoint, instance, after, for, strength")),
        }
        Ok(())
    }

    pub fn wish(&self, now: Timestamp) -> Wish {
        Wish { begin: now.plus(self.after), ..self.wish }
    }
}

impl FromStr for Order {
    type Err = String;

    /// `slow,endpoint=/api/cart,for=5m`
    fn from_str(text: &str) -> Result<Self, String> {
        let pairs = text.split(',').enumerate().map(|(number, part)| match part.split_once('=') {
            Some(pair) => pair,
            None if number == 0 => ("kind", part),
            None => (part, ""),
        });
        Self::new(pairs)
    }
}

fn endpoint(path: &str) -> Result<usize, String> {
    let known = ENDPOINT_PATHS.iter().position(|known| *known == path);
    known.ok_or_else(|| format!("`{path}` is no endpoint; there are {}", ENDPOINT_PATHS.join(", ")))
}

/// `agent360-1:8000`, `agent360-1` or `1`.
fn instance(name: &str) -> Result<usize, String> {
    let all = Job::Agent360.instances();
    let fits = |(number, known): (usize, &&str)| {
        *known == name || known.split(':').next() == Some(name) || number.to_string() == name
    };
    let known = all.iter().enumerate().position(fits);
    known.ok_or_else(|| format!("`{name}` is no instance; there are {}", all.join(", ")))
}

/// An incident to be read by a program; only those that were added have a number.
pub fn told(number: Option<usize>, incident: &Incident, now: Timestamp) -> Value {
    let kind = match incident.kind {
        IncidentKind::Upstream => Trouble::ErrorBurst,
        IncidentKind::Database => Trouble::Slow,
        IncidentKind::Stuck => Trouble::Stuck,
        IncidentKind::Leak => Trouble::Leak,
        IncidentKind::LogStorm => Trouble::LogStorm,
        IncidentKind::Down => Trouble::InstanceDown,
    };
    let phase = match incident.phase(now.0) {
        Phase::Calm if now.0 < incident.begin => "waiting",
        Phase::Calm => "over",
        Phase::Rising => "rising",
        Phase::Full => "full",
        Phase::Falling => "falling",
    };
    let [begin, full, fall, calm] =
        [incident.begin, incident.full, incident.fall, incident.calm].map(|t| Timestamp(t).rfc3339());
    json!({
        "id": number,
        "kind": kind.name(),
        "endpoint": incident.hits_endpoint().then(|| incident.path()),
        "instance": incident.holds_instance().then(|| Job::Agent360.instances().get(incident.instance)),
        "strength": incident.strength,
        "restarts": incident.restarts,
        "phase": phase,
        "begin": begin, "full": full, "fall": fall, "calm": calm,
    })
}

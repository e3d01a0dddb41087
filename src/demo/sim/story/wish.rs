//! Incidents that somebody asks for while the simulation runs: what is asked, and why one is refused.

use std::fmt;

use super::Story;
use super::incident::{Incident, Kind, Leak, RECOVERY};
use crate::demo::sim::noise::{pair, unit, word};
use crate::demo::sim::service::{ENDPOINTS, FRAGILE, INSTANCES};
use crate::time::{MINUTE, SECOND, Timestamp, format_duration};

/// Between two incidents at one endpoint there is at least so much time: counters are ahead of the even flow or behind
/// it by up to 19 s, so that two that touch could overlap there.
const APART: i64 = 60 * SECOND;
/// Between two at one instance: no second has parts of two lives.
const LIVES_APART: i64 = SECOND;
/// An incident becomes as bad as it gets within so much time, or within a quarter of it.
const RISE: i64 = 20 * SECOND;
const SHORTEST: i64 = 5 * SECOND;

/// The troubles one can ask for, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    ErrorBurst,
    Slow,
    Stuck,
    Leak,
    LogStorm,
    InstanceDown,
    AllDown,
}

impl Trouble {
    pub const ALL: [Self; 7] =
        [Self::ErrorBurst, Self::Slow, Self::Stuck, Self::Leak, Self::LogStorm, Self::InstanceDown, Self::AllDown];

    pub fn name(self) -> &'static str {
        match self {
            Self::ErrorBurst => "error-burst",
            Self::Slow => "slow",
            Self::Stuck => "stuck",
            Self::Leak => "leak",
            Self::LogStorm => "log-storm",
            Self::InstanceDown => "instance-down",
            Self::AllDown => "all-down",
        }
    }

    fn kind(self) -> Kind {
        match self {
            Self::ErrorBurst => Kind::Upstream,
            Self::Slow => Kind::Database,
            Self::Stuck => Kind::Stuck,
            Self::Leak => Kind::Leak,
            Self::LogStorm => Kind::LogStorm,
            Self::InstanceDown | Self::AllDown => Kind::Down,
        }
    }
}

/// What somebody asks for. What is left open follows from the seed and the incident's number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    pub trouble: Trouble,
    pub endpoint: Option<usize>,
    pub instance: Option<usize>,
    pub strength: Option<f64>,
    pub begin: Timestamp,
    /// Until it gets better, in milliseconds.
    pub length: Option<i64>,
}

impl Wish {
    pub fn new(trouble: Trouble, begin: Timestamp) -> Self {
        Self { trouble, endpoint: None, instance: None, strength: None, begin, length: None }
    }
}

/// Why an incident cannot be added or ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Refused {
    /// Something else goes on there then.
    Taken(Incident),
    Past,
    Strength,
    Length,
    /// An endpoint that never fails, or a place that does not exist.
    Endpoint,
    Instance,
    Unknown(usize),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(other) => {
                let endpoint = other.hits_endpoint().then(|| other.path());
                let instance = other.holds_instance().then(|| INSTANCES[other.instance]);
                let place: Vec<_> = endpoint.into_iter().chain(instance).collect();
                let place = place.join(" and ");
                let (from, to) = (Timestamp(other.first()).rfc3339(), Timestamp(other.calm + APART).rfc3339());
                write!(
                    f,
                    "an incident ({:?}) holds {place} from {from} to {to}; choose another place or time",
                    other.kind
                )
            }
            Self::Past => write!(f, "an incident cannot begin in the past"),
            Self::Strength => write!(f, "a strength is more than 0 and at most 1"),
            Self::Length => write!(f, "an incident takes at least {}", format_duration(SHORTEST)),
            Self::Endpoint => {
                let paths: Vec<_> = ENDPOINTS[..FRAGILE].iter().map(|e| e.path).collect();
                write!(f, "the endpoints that can fail are {}", paths.join(", "))
            }
            Self::Instance => write!(f, "the instances are {}", INSTANCES.join(", ")),
            Self::Unknown(number) => write!(f, "no incident {number} was added"),
        }
    }
}

impl std::error::Error for Refused {}

impl Story {
    /// The story with what is wished for, and the numbers of what was added; the past stays as it is.
    pub fn with(&self, wish: &Wish, now: Timestamp) -> Result<(Self, Vec<usize>), Refused> {
        check(wish, now)?;
        let mut story = self.clone();
        let places = match wish.trouble {
            Trouble::AllDown => (0..INSTANCES.len()).map(Some).collect(),
            _ => vec![wish.instance],
        };
        let mut numbers = Vec::new();
        for instance in places {
            let number = story.added.len();
            let incident = story.place(&Wish { instance, ..*wish }, number)?;
            story.added = story.added.iter().copied().chain([incident]).collect();
            numbers.push(number);
        }
        Ok((story, numbers))
    }

    /// The story in which an added incident gets better from `now` on; one that has not begun never does.
    pub fn without(&self, number: usize, now: Timestamp) -> Result<Self, Refused> {
        let mut added = self.added.to_vec();
        let incident = added.get_mut(number).ok_or(Refused::Unknown(number))?;
        *incident = incident.ended(now.0.max(incident.begin));
        if incident.fall == incident.begin {
            incident.calm = incident.fall; // it keeps its number and touches nothing
        }
        Ok(Self { added: added.into(), ..self.clone() })
    }

    /// The incident of a wish at the first place that is free, from where chance points.
    fn place(&self, wish: &Wish, number: usize) -> Result<Incident, Refused> {
        let own = pair(word(self.seed, &["wish"]), number as u64);
        let roll = |what: u64| unit(pair(own, what));
        let chosen = |fixed: Option<usize>, of: usize, what: u64| -> Vec<usize> {
            let first = (roll(what) * of as f64) as usize;
            fixed.map_or_else(|| (0..of).map(|i| (first + i) % of).collect(), |fixed| vec![fixed])
        };
        let mut taken = None;
        for endpoint in chosen(wish.endpoint, FRAGILE, 1) {
            for instance in chosen(wish.instance, INSTANCES.len(), 2) {
                let strength = wish.strength.unwrap_or_else(|| 0.75 + 0.25 * roll(3));
                let length = wish.length.unwrap_or_else(|| usual_length(wish.trouble, roll(4)));
                let incident = shape(wish, endpoint, instance, strength, length);
                match self.conflict(&incident) {
                    None => return Ok(incident),
                    Some(other) => taken = taken.or(Some(other)),
                }
            }
        }
        Err(taken.map_or(Refused::Instance, Refused::Taken))
    }

    /// What goes on at the same place at the same time.
    fn conflict(&self, new: &Incident) -> Option<Incident> {
        let mut others = self.incidents(new.first() - APART, new.calm + APART).filter(|other| other.begin < other.calm);
        others.find(|other| {
            let close = |from: i64, since: i64, apart: i64| since <= new.calm + apart && other.calm >= from - apart;
            let endpoint = new.hits_endpoint() && other.hits_endpoint() && new.endpoint == other.endpoint;
            let instance = new.holds_instance() && other.holds_instance() && new.instance == other.instance;
            (endpoint && close(new.begin, other.begin, APART))
                || (instance && close(new.first(), other.first(), LIVES_APART))
        })
    }
}

fn check(wish: &Wish, now: Timestamp) -> Result<(), Refused> {
    let outside = |place: Option<usize>, of: usize| place.is_some_and(|place| place >= of);
    match wish {
        _ if wish.begin < now => Err(Refused::Past),
        _ if wish.strength.is_some_and(|s| !(s > 0.0 && s <= 1.0)) => Err(Refused::Strength),
        _ if wish.length.is_some_and(|length| length < SHORTEST) => Err(Refused::Length),
        _ if outside(wish.endpoint, FRAGILE) => Err(Refused::Endpoint),
        _ if outside(wish.instance, INSTANCES.len()) => Err(Refused::Instance),
        _ => Ok(()),
    }
}

fn usual_length(trouble: Trouble, roll: f64) -> i64 {
    let (least, spread) = match trouble {
        Trouble::Leak => (35 * MINUTE, 20 * MINUTE),
        Trouble::LogStorm | Trouble::InstanceDown | Trouble::AllDown => (3 * MINUTE, 6 * MINUTE),
        Trouble::ErrorBurst | Trouble::Slow | Trouble::Stuck => (10 * MINUTE, 10 * MINUTE),
    };
    least + (roll * spread as f64) as i64 / SECOND * SECOND
}

fn shape(wish: &Wish, endpoint: usize, instance: usize, strength: f64, length: i64) -> Incident {
    let (kind, begin) = (wish.trouble.kind(), wish.begin.0);
    let fall = begin + length;
    let down = kind == Kind::Down;
    let (full, calm) = if down { (begin, fall) } else { (begin + RISE.min(length / 4), fall + RECOVERY) };
    let leak = Leak { from: begin, knee: begin + length / 2, until: fall, height: strength };
    let leak = (kind == Kind::Leak).then_some(leak);
    let strength = if down { 1.0 } else { strength };
    Incident { kind, endpoint, instance, strength, begin, full, fall, calm, restarts: kind == Kind::Leak, leak }
}

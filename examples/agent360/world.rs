//! What all parts of the service share: the simulation as it is now, and the latest traces for exemplars.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use a360::demo::sim::request::{MS, Request};
use a360::demo::sim::{Incident, Refused, Sim};
use a360::time::Timestamp;

use crate::order::Order;

/// A kept trace, as a bucket of the histogram names it.
#[derive(Debug, Clone)]
pub struct Exemplar {
    pub trace: String,
    pub seconds: f64,
    pub at: Timestamp,
}

pub struct World {
    sim: Mutex<Sim>,
    /// By instance, endpoint and bucket.
    exemplars: Mutex<BTreeMap<(usize, usize, usize), Exemplar>>,
}

/// What a panic elsewhere left is still the simulation.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub fn new(sim: Sim) -> Self {
        Self { sim: Mutex::new(sim), exemplars: Mutex::default() }
    }

    pub fn sim(&self) -> Sim {
        lock(&self.sim).clone()
    }

    /// Adds an incident, or several, and says their numbers.
    pub fn add(&self, order: &Order, now: Timestamp) -> Result<Vec<(usize, Incident)>, Refused> {
        let mut sim = lock(&self.sim);
        let (next, numbers) = sim.with(&order.wish(now), now)?;
        *sim = next;
        Ok(numbers.into_iter().filter_map(|number| Some((number, *sim.added().get(number)?))).collect())
    }

    /// Ends one, or every one that was added and is not over.
    pub fn end(&self, number: Option<usize>, now: Timestamp) -> Result<Vec<(usize, Incident)>, Refused> {
        let mut sim = lock(&self.sim);
        let numbers = match number {
            Some(number) => vec![number],
            None => (0..).zip(sim.added()).filter(|(_, i)| now.0 < i.fall).map(|(number, _)| number).collect(),
        };
        for &number in &numbers {
            *sim = sim.without(number, now)?;
        }
        Ok(numbers.into_iter().filter_map(|number| Some((number, *sim.added().get(number)?))).collect())
    }

    pub fn remember(&self, request: &Request) {
        let at = Timestamp(request.end / MS);
        let exemplar = Exemplar { trace: request.trace.to_string(), seconds: request.duration as f64 / 1e9, at };
        lock(&self.exemplars).insert((request.key.instance, request.key.endpoint, request.bucket()), exemplar);
    }

    pub fn exemplar(&self, instance: usize, endpoint: usize, bucket: usize) -> Option<Exemplar> {
        lock(&self.exemplars).get(&(instance, endpoint, bucket)).cloned()
    }
}

//! What fires and what is kept quiet, as every view counts it: worked out once from the answers, then only read.

use super::{Partners, State, is_switch, quiet};
use crate::model::alert::{Alert, AlertState, Severity};
use crate::model::delivery::{Held, Holdings};
use crate::model::labels::Labels;
use crate::text::Plain;

/// The most names that one sentence holds.
const NAMES: usize = 3;

/// One alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its place in the answer of Prometheus; those that only Alertmanager holds are numbered after these.
    pub number: usize,
    pub state: State,
    /// Alertmanager holds it.
    pub is_held: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Digest {
    /// Every alert that is pending or firing, the most urgent first.
    pub order: Vec<Standing>,
    /// How many fire and are not quiet, by severity, the worst first.
    pub firing: [usize; 4],
    /// How many are silenced, inhibited or muted.
    pub quiet: usize,
    /// The first names of those of the worst severity that fire, and how many more names there are.
    pub names: Vec<Plain>,
    pub more: usize,
    /// What Alertmanager holds of others that send to it, such as another Prometheus.
    pub elsewhere: Vec<Alert>,
}

const SEVERITIES: [Severity; 4] = [Severity::Critical, Severity::Warning, Severity::Info, Severity::Other];

impl Digest {
    /// How many fire and are not quiet.
    pub fn count(&self) -> usize {
        self.firing.iter().sum()
    }

    /// The alert of a standing; `alerts` are those that the digest was made of.
    pub fn alert<'a>(&'a self, alerts: &'a [Alert], number: usize) -> Option<&'a Alert> {
        alerts.get(number).or_else(|| self.elsewhere.get(number.checked_sub(alerts.len())?))
    }

    pub fn by_severity(&self) -> impl Iterator<Item = (Severity, usize)> {
        SEVERITIES.into_iter().zip(self.firing)
    }

    pub fn worst(&self) -> Option<Severity> {
        self.by_severity().find(|(_, count)| *count > 0).map(|(severity, _)| severity)
    }
}

/// `held` is nothing while Alertmanager is not known, and nothing counts as quiet then.
pub fn digest(alerts: &[Alert], held: Option<&Holdings>, switch: Option<&str>) -> Digest {
    made(alerts, held, switch, true)
}

/// The same of the alerts of Prometheus alone, as a report tells of them.
pub fn digest_of_own(alerts: &[Alert], held: Option<&Holdings>, switch: Option<&str>) -> Digest {
    made(alerts, held, switch, false)
}

fn made(alerts: &[Alert], held: Option<&Holdings>, switch: Option<&str>, others_too: bool) -> Digest {
    let mut partners = Partners::new(held, alerts.iter());
    let mut digest = Digest::default();
    let firing = |labels: &Labels, held: Option<&Held>| match held {
        _ if is_switch(labels, switch) => State::Alive,
        held => held.map_or(State::Firing, quiet),
    };
    for (number, alert) in alerts.iter().enumerate() {
        let held = partners.take(&alert.labels);
        let state = match alert.state {
            AlertState::Inactive => continue,
            AlertState::Pending => State::Pending,
            AlertState::Firing => firing(&alert.labels, held),
        };
        digest.count_in(alert, Standing { number, state, is_held: held.is_some() });
    }
    // Who is told of it does not care which Prometheus has sent it.
    for (number, held) in (alerts.len()..).zip(partners.rest().filter(|_| others_too)) {
        let alert = alert_of(held);
        let state = firing(&alert.labels, Some(held));
        digest.count_in(&alert, Standing { number, state, is_held: true });
        digest.elsewhere.push(alert);
    }
    let mut order = std::mem::take(&mut digest.order);
    order.sort_by_cached_key(|one| {
        let alert = digest.alert(alerts, one.number);
        (one.state, alert.map(Alert::severity), alert.and_then(|alert| alert.active_at), alert.map(Alert::name))
    });
    digest.order = order;
    name(&mut digest, alerts);
    digest
}

impl Digest {
    fn count_in(&mut self, alert: &Alert, standing: Standing) {
        self.quiet += usize::from(standing.state.is_quiet());
        let of = SEVERITIES.iter().zip(&mut self.firing).find(|(severity, _)| **severity == alert.severity());
        if let Some((_, count)) = of.filter(|_| standing.state == State::Firing) {
            *count += 1;
        }
        self.order.push(standing);
    }
}

fn alert_of(held: &Held) -> Alert {
    Alert {
        labels: held.labels.clone(),
        annotations: held.annotations.clone(),
        state: AlertState::Firing,
        active_at: held.starts_at,
        value: None,
    }
}

/// Names what is worst, in an order that does not change from answer to answer.
fn name(digest: &mut Digest, alerts: &[Alert]) {
    let worst = digest.worst();
    let firing = digest.order.iter().take_while(|one| one.state == State::Firing);
    let of_worst =
        firing.filter_map(|one| digest.alert(alerts, one.number)).filter(|alert| Some(alert.severity()) == worst);
    let mut names: Vec<Plain> = of_worst.map(Alert::name).collect();
    names.sort_unstable();
    names.dedup();
    digest.more = names.len().saturating_sub(NAMES);
    names.truncate(NAMES);
    digest.names = names;
}

//! What was away or began anew, and the alerts that fired.

use super::Scene;
use crate::analysis::history::{self, Firing};
use crate::analysis::insight::join::{Sign, host};
use crate::analysis::insight::{Finding, Kind};
use crate::model::alert::Severity;
use crate::report::ask::{Topic, When};
use crate::text::Plain;

pub fn signs(scene: &Scene, signs: &mut Vec<Sign>) {
    down(scene, signs);
    restarts(scene, signs);
    alerts(scene, signs);
}

fn bare(kind: Kind, subject: Plain, score: f64, (from, to): (Option<i64>, Option<i64>), text: String) -> Finding {
    let (carriers, evidence) = (Vec::new(), Vec::new());
    Finding { kind, subject, score, from, to, text, figures: None, carriers, evidence }
}

fn down(scene: &Scene, signs: &mut Vec<Sign>) {
    let presence = &scene.report.availability;
    let targets = scene.answers.frame(Topic::Up, When::Now).map_or(1, |frame| frame.series.len().max(1));
    for outage in &presence.outages {
        let (part, who) = match &outage.target {
            Some(target) => (1.0 / targets as f64, host(target)),
            None => (1.0, Plain::default()),
        };
        let stretch = (outage.from, outage.to);
        let name = if who.is_empty() { "The service" } else { who.as_str() };
        let was = match outage.gone {
            true => "was gone: nothing of it was scraped",
            false => "was down",
        };
        let text = format!("{name} {was}{}", scene.when(outage.from, outage.to));
        let mut finding = bare(Kind::Down, who.clone(), 70.0 + 25.0 * part, stretch, text);
        let at = outage.from.unwrap_or(scene.report.grid.now.start.0);
        finding.evidence.push(scene.panel("requests in that time", "requests", stretch, at));
        let brief = format!("{} was down", if who.is_empty() { "the service" } else { who.as_str() });
        let instance = Some(who).filter(|who| !who.is_empty());
        signs.push(Sign { finding, endpoint: None, instance, brief });
    }
}

fn restarts(scene: &Scene, signs: &mut Vec<Sign>) {
    for restart in scene.report.availability.restarts.iter().flatten() {
        let who = host(&restart.instance);
        let at = Some(restart.at);
        let text = format!("{who} restarted at {}", scene.clock(restart.at));
        let mut finding = bare(Kind::Restart, who.clone(), 30.0, (at, at), text);
        finding.evidence.push(scene.panel("memory by instance", "resources", (at, at), restart.at));
        let brief = format!("{who} restarted {}", scene.clock(restart.at));
        signs.push(Sign { finding, endpoint: None, instance: Some(who), brief });
    }
}

fn alerts(scene: &Scene, signs: &mut Vec<Sign>) {
    let Some(frame) = scene.answers.frame(Topic::Fired, When::Now) else { return };
    let told: Vec<&Plain> = scene.report.fired.iter().flatten().map(|fired| &fired.name).collect();
    for (name, past) in history::by(frame, "alertname") {
        // What must always fire is no news; it is not among what is told to have fired.
        if !told.contains(&&name) {
            continue;
        }
        let labels = frame.series.iter().map(|series| &series.labels);
        let same = labels.filter(|labels| labels.get("alertname") == Some(&name));
        let severity = same.map(Severity::of).min().unwrap_or(Severity::Other);
        let score = match severity {
            Severity::Critical => 60.0,
            Severity::Warning => 40.0,
            _ => 25.0,
        };
        for firing in &past.firings {
            signs.push(fired(scene, &name, score, firing));
        }
    }
}

fn fired(scene: &Scene, name: &Plain, score: f64, firing: &Firing) -> Sign {
    let from = (!firing.from_before).then_some(firing.range.start.0);
    let to = (!firing.still).then_some(firing.range.end.0);
    let text = format!("{name} fired{}", scene.when(from, to));
    let mut finding = bare(Kind::Alert, name.clone(), score, (from, to), text);
    finding.evidence.push(scene.alert(name, (from, to)));
    let brief = from.map_or_else(|| format!("{name} fired"), |from| format!("{name} fired {}", scene.clock(from)));
    Sign { finding, endpoint: None, instance: None, brief }
}

//! One incident is one finding: what goes on at the same time is put together, and what caused the rest names it.
//!
//! Two signs belong together if they begin together, if one begins as the other ends, if they fill the same stretch,
//! or if they are about the same endpoint or instance at about the same time. The strongest names the finding, unless a cause is known: an instance
//! that went down before errors began, or memory that ran out before its instance was restarted.

use super::{Evidence, Finding, Kind};
use crate::text::Plain;
use crate::time::{MINUTE, Range};

/// What stands out by itself, before it is put together with other signs.
#[derive(Debug, Clone, PartialEq)]
pub struct Sign {
    pub finding: Finding,
    pub endpoint: Option<Plain>,
    /// Without its port.
    pub instance: Option<Plain>,
    /// What it adds to the sentence of another one: `HighErrorRate fired 13:47`.
    pub brief: String,
}

/// What scores less is not told.
pub const FLOOR: f64 = 15.0;
/// The most findings, and what is said and shown of others beside one.
const MOST: usize = 10;
const BRIEFS: usize = 2;
const EVIDENCE: usize = 8;
/// Signs that begin with no more than this between them begin together; two steps at least.
const TOGETHER: i64 = 6 * MINUTE;

/// `agent360-1` of `agent360-1:8000`, by which pods and targets are the same.
pub fn host(name: &str) -> Plain {
    let bare = match name.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) && !host.is_empty() => host,
        _ => name,
    };
    Plain::new(bare)
}

/// The findings that the signs of a period make, the one that stands out most first.
pub fn findings(mut signs: Vec<Sign>, period: Range, step: i64) -> Vec<Finding> {
    let close = TOGETHER.max(2 * step);
    signs.retain(|sign| sign.finding.score.is_finite() && sign.finding.score > 0.0);
    signs.sort_by(order);
    let mut groups: Vec<Vec<Sign>> = Vec::new();
    for sign in signs {
        let own =
            groups.iter_mut().find(|group| group.first().is_some_and(|first| belong(first, &sign, period, close)));
        match own {
            Some(group) => group.push(sign),
            None => groups.push(vec![sign]),
        }
    }
    let mut found: Vec<Finding> = groups.into_iter().filter_map(|group| together(group, close)).collect();
    found.retain(|finding| finding.score >= FLOOR);
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(MOST);
    found
}

fn order(a: &Sign, b: &Sign) -> std::cmp::Ordering {
    let (one, other) = (&a.finding, &b.finding);
    let by_name = || (one.kind, one.from, &one.subject).cmp(&(other.kind, other.from, &other.subject));
    other.score.total_cmp(&one.score).then_with(by_name)
}

fn stretch(sign: &Sign, period: Range) -> (i64, i64) {
    let from = sign.finding.from.unwrap_or(period.start.0);
    (from, sign.finding.to.unwrap_or(period.end.0).max(from))
}

fn is_same<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
    a.is_some() && a == b
}

fn belong(leader: &Sign, sign: &Sign, period: Range, close: i64) -> bool {
    let same_place = is_same(leader.endpoint.as_ref(), sign.endpoint.as_ref())
        || is_same(leader.instance.as_ref(), sign.instance.as_ref());
    // Of some it is not known when they were: what is about the same thing is taken for the same.
    let is_timed = |sign: &Sign| sign.finding.from.is_some() || sign.finding.to.is_some();
    if !is_timed(leader) || !is_timed(sign) {
        return same_place || (!is_timed(sign) && !is_timed(leader) && leader.finding.subject == sign.finding.subject);
    }
    let ((a, b), (c, d)) = (stretch(leader, period), stretch(sign, period));
    let apart = (c - b).max(a - d);
    if same_place && apart <= close {
        return true;
    }
    let both = (b.min(d) - a.max(c)).max(0);
    let is_like = 2 * both > (b - a).max(d - c);
    let begins = leader.finding.from.is_some() == sign.finding.from.is_some() && (a - c).abs() <= close;
    let follows = (c - b).abs() <= close || (a - d).abs() <= close;
    // An alert says of itself that something is wrong: what goes on meanwhile is what it is about.
    let is_alert = |sign: &Sign| sign.finding.kind == Kind::Alert;
    begins || is_like || follows || (apart <= close && (is_alert(leader) || is_alert(sign)))
}

fn together(mut group: Vec<Sign>, close: i64) -> Option<Finding> {
    let score = group.first()?.finding.score;
    let place = cause(&group, close);
    let mut leader = group.remove(place);
    leader.finding.score = score.max(leader.finding.score);
    // Alerts are what one was woken by; then what is worst.
    group.sort_by_key(|sign| sign.finding.kind != Kind::Alert);
    let mut told: Vec<&Sign> = Vec::new();
    for sign in group.iter().filter(|sign| !sign.brief.is_empty() && sign.finding.score >= FLOOR / 2.0) {
        // The same in other words is said once; another endpoint is not the same.
        let same = |other: &Sign| {
            let is_place = other.endpoint == sign.endpoint && other.instance == sign.instance;
            let is_named = matches!(sign.finding.kind, Kind::Alert | Kind::Traces);
            other.finding.kind == sign.finding.kind && is_place && !is_named
        };
        if !same(&leader) && !told.iter().any(|other| same(other)) && told.len() < BRIEFS {
            told.push(sign);
        }
    }
    for sign in told {
        leader.finding.text.push_str("; ");
        leader.finding.text.push_str(&sign.brief);
    }
    let mut evidence: Vec<Evidence> = std::mem::take(&mut leader.finding.evidence);
    for other in group.iter().flat_map(|sign| &sign.finding.evidence) {
        if evidence.len() < EVIDENCE
            && !evidence.iter().any(|one| one.place.room == other.place.room && one.place.select == other.place.select)
            && !evidence.iter().any(|one| one.what == other.what)
        {
            evidence.push(other.clone());
        }
    }
    leader.finding.evidence = evidence;
    Some(leader.finding)
}

/// Which of the signs is the cause of the others.
fn cause(group: &[Sign], close: i64) -> usize {
    let at = |keep: &dyn Fn(&Sign) -> bool| group.iter().position(keep);
    let Some(first) = group.first() else { return 0 };
    let from = |sign: &Sign| sign.finding.from.unwrap_or(i64::MIN);
    let is_gone = |sign: &Sign| matches!(sign.finding.kind, Kind::Down | Kind::Restart);
    let ran_out = |gone: &Sign| {
        at(&|sign| {
            // Apart, not minus: what was gone before the period began has no beginning.
            let ends = sign.finding.to.is_some_and(|to| from(gone).abs_diff(to) <= close.unsigned_abs());
            sign.finding.kind == Kind::Memory && ends && is_same(sign.instance.as_ref(), gone.instance.as_ref())
        })
    };
    if is_gone(first) {
        return ran_out(first).unwrap_or(0);
    }
    let suffers = matches!(
        first.finding.kind,
        Kind::Errors | Kind::Latency | Kind::Traffic | Kind::Logs | Kind::Cpu | Kind::Alert
    );
    // Whoever is woken by an alert wants to know what it is about.
    let about = || at(&|sign| sign.finding.kind != Kind::Alert && sign.finding.score >= FLOOR).unwrap_or(0);
    let gone = at(&|sign| sign.finding.kind == Kind::Down && from(sign) <= from(first).saturating_add(close));
    match gone.filter(|_| suffers) {
        Some(gone) => group.get(gone).and_then(ran_out).unwrap_or(gone),
        None if first.finding.kind == Kind::Alert => about(),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{DAY, Timestamp};

    const DAYS: Range = Range { start: Timestamp(0), end: Timestamp(DAY) };

    fn sign(kind: Kind, place: &str, score: f64, (from, to): (i64, i64)) -> Sign {
        let is_instance = !place.starts_with('/');
        let finding = Finding {
            kind,
            subject: Plain::new(place),
            score,
            from: Some(from * MINUTE),
            to: Some(to * MINUTE),
            text: format!("{} {place}", kind.word()),
            figures: None,
            carriers: Vec::new(),
            evidence: Vec::new(),
        };
        let here = Some(Plain::new(place));
        let (endpoint, instance) = if is_instance { (None, here) } else { (here, None) };
        Sign { finding, endpoint, instance, brief: format!("also {}", kind.word()) }
    }

    fn told(signs: Vec<Sign>) -> Vec<String> {
        findings(signs, DAYS, MINUTE).into_iter().map(|one| one.text).collect()
    }

    #[test]
    fn what_goes_on_together_is_one_finding() {
        let signs = vec![
            sign(Kind::Latency, "/a", 40.0, (100, 119)),
            sign(Kind::Errors, "/a", 80.0, (101, 120)),
            sign(Kind::Alert, "", 60.0, (107, 121)),
            sign(Kind::Errors, "/b", 50.0, (700, 720)),
        ];
        assert_eq!(told(signs), ["errors /a; also alert; also latency", "errors /b"]);
    }

    #[test]
    fn an_instance_that_is_down_comes_before_what_it_causes_and_a_leak_before_both() {
        let errors = sign(Kind::Errors, "/a", 90.0, (100, 110));
        let down = sign(Kind::Down, "i", 70.0, (99, 105));
        assert_eq!(told(vec![errors.clone(), down.clone()]), ["down i; also errors"]);
        let leak = sign(Kind::Memory, "i", 50.0, (40, 99));
        assert!(told(vec![down.clone(), leak.clone()])[0].starts_with("memory i"));
        // A restart that ends the errors did not cause them.
        let late = sign(Kind::Down, "i", 70.0, (112, 113));
        assert!(told(vec![errors, late])[0].starts_with("errors /a"));
    }

    #[test]
    fn what_was_gone_all_the_time_has_no_beginning_to_compare() {
        let leak = sign(Kind::Memory, "i", 50.0, (0, 1400));
        let mut down = sign(Kind::Down, "i", 70.0, (0, 1400));
        (down.finding.from, down.finding.to) = (None, Some(1400 * MINUTE));
        assert_eq!(told(vec![leak, down]), ["down i; also memory"]);
    }

    #[test]
    fn little_things_and_nonsense_are_not_told() {
        let mut wild = sign(Kind::Cpu, "i", f64::NAN, (1, 2));
        wild.finding.from = None;
        assert!(told(vec![sign(Kind::Cpu, "i", 9.0, (1, 2)), wild]).is_empty());
        let many = (0..40).map(|i| sign(Kind::Errors, &format!("/{i}"), 20.0 + i as f64, (i * 30, i * 30 + 5)));
        assert_eq!(told(many.collect()).len(), MOST);
        assert_eq!((host("a-1:8000").as_str(), host("pod").as_str(), host("a:b").as_str()), ("a-1", "pod", "a:b"));
    }
}

//! Twenty incidents of a seed each: the first finding names the kind, and the endpoint or the instance.

use a360::analysis::insight::{Finding, Kind};
use a360::demo::sim::{ENDPOINT_PATHS, Job, Trouble};

use crate::draw::{Case, Chance, case};
use crate::stage::{all, report};

const CASES: usize = 20;
const RIGHT: usize = 18;
const SEED: u64 = 20_261_123;
const SEEDS: [u64; 5] = [90_210, 1, 7, 360, 4_711];

fn kinds(trouble: Trouble) -> &'static [Kind] {
    match trouble {
        Trouble::ErrorBurst => &[Kind::Errors],
        Trouble::Slow => &[Kind::Latency],
        // Nearly every request is slow, and half of them fail.
        Trouble::Stuck => &[Kind::Latency, Kind::Errors],
        Trouble::Leak => &[Kind::Memory],
        Trouble::LogStorm => &[Kind::Logs],
        Trouble::InstanceDown | Trouble::AllDown => &[Kind::Down],
    }
}

/// The endpoint or the instance that it is about, without its port.
fn place(one: &Case) -> &'static str {
    match one.wish.trouble {
        Trouble::ErrorBurst | Trouble::Slow | Trouble::Stuck => ENDPOINT_PATHS[one.wish.endpoint.unwrap()],
        _ => Job::Agent360.instances()[one.wish.instance.unwrap()].split(':').next().unwrap(),
    }
}

fn is_right(one: &Case, first: Option<&Finding>) -> bool {
    first.is_some_and(|first| {
        let of_it = first.carriers.iter().find(|carrier| carrier.share >= 0.5 && carrier.value == *place(one));
        let is_named = first.subject == *place(one) || of_it.is_some();
        kinds(one.wish.trouble).contains(&first.kind) && is_named && first.text.contains(place(one))
    })
}

/// How many are right; prints the table.
fn of_seed(seed: u64) -> usize {
    let mut chance = Chance(seed);
    let cases: Vec<Case> = (0..CASES).map(|_| case(&mut chance)).collect();
    let rows = all(cases, |one| {
        let insights = report(one.sim.clone(), one.period).insights;
        (one, insights)
    });
    let mut right = 0;
    println!("\nseed {seed}: incident | right | score (second) | first finding");
    for (one, insights) in &rows {
        let first = insights.first();
        let good = is_right(one, first);
        right += usize::from(good);
        let wish = &one.wish;
        let score = |at: usize| insights.get(at).map_or(0.0, |finding: &Finding| finding.score);
        println!(
            "{:13} {:13} {:3.0} % {:2} min in {:2} h at {} | {} | {:3.0} ({:3.0}) | {}",
            wish.trouble.name(),
            place(one),
            wish.strength.unwrap() * 100.0,
            wish.length.unwrap() / 60_000,
            one.period.length() / 3_600_000,
            wish.begin.rfc3339(),
            if good { "yes" } else { "NO " },
            score(0),
            score(1),
            first.map_or("nothing", |first| first.text.as_str()),
        );
    }
    println!("{right} of {CASES} right");
    right
}

#[test]
#[ignore = "takes minutes without optimisation; .ci/run runs it"]
fn the_first_finding_names_the_incident() {
    assert!(of_seed(SEED) >= RIGHT);
}

#[test]
#[ignore = "takes minutes without optimisation; .ci/run runs it"]
fn and_so_it_does_with_other_seeds() {
    let few: Vec<u64> = SEEDS.into_iter().filter(|seed| of_seed(*seed) < RIGHT).collect();
    assert!(few.is_empty(), "{few:?}");
}

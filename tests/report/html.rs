//! The report as one HTML file, and as the body of a mail.

use a360::cli::Format;
use a360::model::fault::FetchError;
use a360::model::labels::Labels;
use a360::model::watch::Watch;
use a360::report::{Plan, Report, mail, render};
use a360::time::{DAY, Range};

use crate::script::{Course, NOW, Script, build, build_for, plan};

fn html(script: Script) -> String {
    render(&build(script), Format::Html, false)
}

fn all() -> [Script; 6] {
    [
        Script::incident(),
        Script::no_traffic(),
        Script::no_errors(),
        Script::down(),
        Script::hostile(),
        hostile_everywhere(),
    ]
}

/// What a label may say to get out of where it is put.
fn hostile_everywhere() -> Script {
    let mut script = Script::incident();
    let watch = Watch::default();
    let long: &'static str = Box::leak("<b>\"'&".repeat(64 * 1024 / 6).into_boxed_str());
    let names: [(&str, Course); 4] = [
        ("<script>alert(1)</script>", |_| Some(0.5)),
        ("</style></title></svg><img src=x onerror='alert(1)'>", |ago| Some(if ago < 9 { 5.0 } else { 0.4 })),
        ("javascript:alert(1)\" style=\"x:y\" onload=\"z", |_| Some(0.2)),
        (long, |_| Some(0.1)),
    ];
    for expr in [&watch.requests, &watch.errors_by_endpoint, &watch.latency] {
        script.set(expr, "endpoint", &names);
    }
    for expr in [&watch.memory, &watch.cpu, &watch.memory_ratio, &watch.hosts.cpu, &watch.hosts.memory] {
        script.set(expr, "instance", &names);
    }
    let down: Course = |ago| Some(if ago > 20 { 1.0 } else { 0.0 });
    script.set(&watch.up, "instance", &names.map(|(name, _)| (name, down)));
    script.set(
        &watch.started,
        "instance",
        &names.map(|(name, _)| (name, (|ago| Some(if ago < 8 { 1_795_442_180.0 } else { 1.0 })) as Course)),
    );
    script.disk(names[1].0, |_| Some(0.9));
    script.fires(&names.map(|(name, _)| (name, "critical", (|ago| (ago < 9).then_some(1.0)) as Course)));
    for (alert, (name, _)) in script.alerts.iter_mut().zip(names) {
        alert.annotations = Labels::of(&[("summary", name)]);
        alert.labels = alert.labels.with("alertname", name).with(name, name);
    }
    script.refuse = |query| format!("{query:?}").contains("le)").then(|| FetchError::Broken("<script>".into()));
    script
}

/// Every tag is one of ours, is closed, and has attributes of ours in quotes.
fn check(page: &str) -> usize {
    const VOID: [&str; 3] = ["meta", "br", "!doctype"];
    let mut open: Vec<&str> = Vec::new();
    let (mut rest, mut count) = (page, 0);
    while let Some(at) = rest.find('<') {
        assert!(!rest[..at].contains('>'), "a loose > before {}", &rest[..at.min(200)]);
        let end = at + rest[at..].find('>').unwrap();
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        count += 1;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closed by </{name}>");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap();
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '!' || "123456".contains(c)), "<{tag}>");
        attributes(tag.strip_prefix(name).unwrap().trim_end_matches('/'));
        if name == "style" {
            rest = &rest[rest.find("</style>").unwrap()..];
        }
        if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    count
}

fn attributes(mut text: &str) {
    const OURS: &str = " http-equiv content charset name lang class id href width height viewBox preserveAspectRatio d x y x1 x2 \
         y1 y2 dx rx text-anchor role tabindex scope style align cellpadding cellspacing html ";
    while !text.trim().is_empty() {
        text = text.trim_start();
        let name = text.split(['=', ' ']).next().unwrap();
        assert!(name.starts_with("aria-") || OURS.contains(&format!(" {name} ")), "an attribute {name}");
        text = &text[name.len()..];
        if let Some(value) = text.strip_prefix("=\"") {
            let end = value.find('"').unwrap();
            assert!(name != "href" || value.starts_with('#'), "a link to {}", &value[..end]);
            text = &value[end + 1..];
        }
    }
}

#[test]
fn whatever_a_label_says_the_page_is_well_formed_and_runs_nothing() {
    for script in all() {
        let report = build(script);
        for page in [render(&report, Format::Html, false), mail(&report)] {
            assert!(check(&page) > 100);
            assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
            assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}'));
        }
    }
}

#[test]
fn hostile_names_are_shown_as_they_are() {
    let page = html(hostile_everywhere());
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
    assert!(page.contains("javascript:alert(1)&quot; style=&quot;x:y"), "{page}");
    assert!(page.len() < 1024 * 1024, "{} bytes", page.len());
    let body = mail(&build(hostile_everywhere()));
    assert!(body.len() <= 100 * 1024, "{} bytes", body.len());
}

#[test]
fn the_page_allows_no_script_and_one_style() {
    let page = html(Script::incident());
    let policy = page.split("Content-Security-Policy\" content=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(policy.starts_with("default-src &#39;none&#39;; style-src &#39;sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!page.contains(" style=") && page.matches("<style>").count() == 1);
    assert!(page.contains("name=\"viewport\"") && page.contains("<html lang=\"en\">"));
}

#[test]
fn charts_tell_what_they_show_and_headings_are_in_order() {
    let page = html(Script::incident());
    assert_eq!(page.matches("<h1>").count(), 1);
    assert!(!page.contains("<h3"));
    let charts = page.matches("<svg class=\"chart\" role=\"img\" aria-labelledby=").count();
    assert_eq!(charts, 6, "requests, errors, p95, memory, cpu, memory of the limit");
    assert_eq!(page.matches("<desc ").count(), charts);
    assert!(
        page.contains("limit 10 %") && page.contains("≥ 5 s: it may be more") && page.contains("a:8000 restarted at")
    );
    for title in ["requests", "errors", "performance", "resources", "availability", "hosts", "alerts", "what"] {
        assert!(page.contains(&format!("<section id=\"{title}\">")), "{title}");
        assert!(page.contains(&format!("<a href=\"#{title}\">")), "{title}");
    }
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "{ids:?}");
}

#[test]
fn what_could_not_be_asked_stands_before_all_figures() {
    let mut script = Script::incident();
    script.refuse = |query| format!("{query:?}").contains("memory").then_some(FetchError::Refused);
    let page = html(script);
    let at = |id: &str| page.find(&format!("<section id=\"{id}\"")).unwrap_or(usize::MAX);
    assert!(at("could") < at("what") && at("what") < at("requests"), "{page}");
    assert!(
        page.contains("<p>memory: not asked: see <a href=\"#could\">above</a></p>") && !page.contains("see the end")
    );
}

#[test]
fn what_fired_and_what_was_down_has_its_lane() {
    let mut script = Script::down();
    script.fires(&[("HighErrorRate", "critical", |ago| (!(20..=40).contains(&ago)).then_some(1.0))]);
    let page = html(script);
    assert!(page.contains("When alerts fired") && page.contains("critical HighErrorRate: 2 times, first"), "{page}");
    assert!(
        page.contains("When targets did not answer") && page.contains("<title>the service was down</title>"),
        "{page}"
    );
}

#[test]
fn a_gap_stays_a_gap() {
    let mut script = Script::calm();
    script.set(&Watch::default().latency, "endpoint", &[("/x", |ago| (!(20..40).contains(&ago)).then_some(0.3))]);
    let page = html(script);
    let path = page.split("id=\"thpercentileoftherequesttimebyendpoint-t\"").nth(1).unwrap();
    let path = path.split("<path class=\"s0\" d=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(path.matches('M').count(), 2, "{path}");
}

/// Fifty endpoints and thirty days.
fn large() -> Report {
    let mut script = Script::incident();
    let watch = Watch::default();
    let names: Vec<&'static str> =
        (0..50).map(|at| &*Box::leak(format!("/api/v1/endpoint-{at:02}").into_boxed_str())).collect();
    let course: Course = |ago| Some(((ago % 97) as f64).sin().abs());
    let series: Vec<(&str, Course)> = names.iter().map(|name| (*name, course)).collect();
    for expr in [&watch.requests, &watch.errors_by_endpoint, &watch.latency] {
        script.set(expr, "endpoint", &series);
    }
    for expr in [&watch.memory, &watch.cpu, &watch.memory_ratio] {
        script.set(expr, "instance", &series);
    }
    let plan: Plan = plan();
    build_for(script, &Plan { periods: a360::report::Periods::of(Range::new(NOW.plus(-30 * DAY), NOW)), ..plan })
}

#[test]
fn fifty_endpoints_and_thirty_days_stay_small() {
    let report = large();
    let page = render(&report, Format::Html, false);
    assert!(page.len() < 1024 * 1024, "{} bytes", page.len());
    assert!(page.contains("and 44 more") && page.contains("and 31 more"), "lines and rows that were left out are said");
    check(&page);
    let body = mail(&report);
    assert!(body.len() <= 100 * 1024, "{} bytes", body.len());
    check(&body);
}

#[test]
fn a_mail_needs_no_style_sheet_and_no_picture() {
    let body = mail(&build(Script::incident()));
    for bad in ["<style", "<svg", "<img", "class=", "position:", "display:", "var("] {
        assert!(!body.contains(bad), "{bad}");
    }
    assert!(body.contains("CRITICAL") && body.contains("/api/pay fails: 5xx") && body.contains("▁▁"), "{body}");
}

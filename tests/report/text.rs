//! The report as text.

use a360::cli::{FailOn, Format};
use a360::model::fault::FetchError;
use a360::model::query::Query;
use a360::model::watch::Watch;
use a360::report::{CALM, Periods, Plan, exit_code, render};
use a360::time::{DAY, HOUR, MINUTE, Range};
use jiff::tz::TimeZone;

use crate::script::{NOW, Script, build, build_for, plan};

fn text(script: Script) -> String {
    render(&build(script), Format::Text, false)
}

/// From a section's title to the blank line before the next.
fn section(text: &str, title: &str) -> String {
    let from = text.find(&format!("\n{title}")).unwrap_or_else(|| panic!("no {title} in\n{text}"));
    let rest = &text[from + 1..];
    let end = rest.match_indices("\n\n").find(|(at, _)| !rest[at + 2..].starts_with(' ')).map_or(rest.len(), |m| m.0);
    rest[..end].trim_end().to_owned()
}

fn refused(query: &Query) -> Option<FetchError> {
    let _ = query;
    Some(FetchError::Refused)
}

fn latency_fails(query: &Query) -> Option<FetchError> {
    let now = NOW.plus(-HOUR);
    match query {
        Query::Range { expr, span: a360::model::window::Span::Fixed(range), .. }
            if *expr == Watch::default().latency && range.end > now =>
        {
            Some(FetchError::Timeout(std::time::Duration::from_secs(30)))
        }
        _ => None,
    }
}

#[test]
fn an_incident() {
    insta::assert_snapshot!(text(Script::incident()), @r#"
    a360 report: last hour
    context prod, http://prometheus:9090
    2026-11-23 13:03:27 to 14:03:27 UTC
    sampled every 15s, compared with the 1h before and the same time a week before
    generated 2026-11-23 14:03:27 UTC by a360 0.1.0

    CRITICAL: /api/pay fails: 5xx 1.5 % → 62 % since 13:56 (6m); p95 400 ms → ≥ 5 s

    WHAT STANDS OUT
      - [77] Errors on /api/pay: 1.5 % → 62 % since 13:54; p95 of /api/pay 400 ms →
        ≥ 5 s; a restarted 13:56
        errors by endpoint:
          a360 --context prod --view overview --from 2026-11-23T13:44:04Z --to 2026-11-23T14:03:27Z --select errors@2026-11-23T14:03:27Z
        latency by endpoint:
          a360 --context prod --view overview --from 2026-11-23T13:44:04Z --to 2026-11-23T14:03:27Z --select latency@2026-11-23T14:03:27Z
        memory by instance:
          a360 --context prod --view overview --from 2026-11-23T13:46:20Z --to 2026-11-23T14:03:27Z --select resources@2026-11-23T13:56:20Z
      - [50] Disk / of node-a: 60 % → 81 %; full in 54m at this slope

    REQUESTS (REQ/S)
      ████████████████████████ about 1.08 M requests, 1.08 M before, 1.08 M a week
      before
      endpoint     now  min  avg  p95  max  change  of week
      all          300  300  300  300  300     0 %      0 %
      /api/search  240  240  240  240  240     0 %      0 %
      /api/pay      60   60   60   60   60     0 %      0 %

    ERRORS (5XX OF ALL REQUESTS)
      ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁███ highest 12.4 %
      endpoint        now    min     avg     p95     max  change  of week
      all          12.4 %  0.3 %  1.71 %  12.4 %  12.4 %  +471 %   +471 %
      /api/pay       62 %  1.5 %  8.56 %    62 %    62 %  +471 %   +471 %
      /api/search     0 %    0 %     0 %     0 %     0 %     0 %      0 %
      above 10 %: all for 7m, since 13:56; /api/pay for 7m, since 13:56

    PERFORMANCE (P95)
      ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁███ /api/pay, the slowest
      endpoint        now     min     avg     p95     max  change  of week
      /api/pay      ≥ 5 s  400 ms  937 ms     5 s   ≥ 5 s  +134 %   +134 %
      /api/search  260 ms  260 ms  260 ms  260 ms  260 ms     0 %      0 %
      above 2 s: /api/pay for 7m, since 13:56
      ≥ 5 s: the histogram's last bucket ends at 5 s; it may be more

    RESOURCES
      memory      now      min      avg      p95      max  change  of week
      a:8000  512 MiB  512 MiB  512 MiB  512 MiB  512 MiB     0 %      0 %
      b:8000  512 MiB  512 MiB  512 MiB  512 MiB  512 MiB     0 %      0 %

      cpu      now   min   avg   p95   max  change  of week
      a:8000  40 %  40 %  40 %  40 %  40 %     0 %      0 %
      b:8000  40 %  40 %  40 %  40 %  40 %     0 %      0 %

      memory of limit       now   min   avg   p95   max  change  of week
      agent360-0           50 %  50 %  50 %  50 %  50 %     0 %      0 %
      agent360-1       no limit     –     –     –     –       –        –

    AVAILABILITY
      up: 2 of 2 targets answer
      100 % of all scrapes answered, 100 % before
      no target answered: 0s (0s before)
      restarts: 1 (0 before)
      - 2026-11-23 13:56:20 UTC a:8000

    HOSTS
      host, at the end         cpu      memory  fullest disk          used
      node-a:9100       71 % (0 %)  54 % (0 %)             /  81 % (+35 %)

    ALERTS
      - critical HighErrorRate firing since 13:57 (6m): High error rate detected;
        {service="agent360"}
      - warning HighLatency pending since 13:59 (4m): High error rate detected;
        {service="agent360"}
      none fired in the period

    ERROR BUDGET
      98.2883 % of all requests did not fail, 99.9 % are promised: the error budget
      is used 17.1 times; at the end it is used 124.0 times as fast as it may: that
      of 30 days is spent in 5h
    "#);
}

#[test]
fn no_traffic_is_told_from_zero_and_from_no_data() {
    let text = text(Script::no_traffic());
    insta::assert_snapshot!(text.lines().nth(6).unwrap(), @"NOTICE: no traffic: every target answers, and no request comes; no traffic since");
    insta::assert_snapshot!(section(&text, "REQUESTS"), @"
    REQUESTS (REQ/S)
      ████████████████████▁▁▁▁ about 360 k requests, 432 k before, 432 k a week
      before; no traffic since 13:53
      endpoint     now  min  avg  p95  max  change  of week
      all            0    0  100  120  120   -17 %    -17 %
      /api/pay       0    0   50   60   60   -17 %    -17 %
      /api/search    0    0   50   60   60   -17 %    -17 %
    ");
    insta::assert_snapshot!(section(&text, "ERRORS"), @"
    ERRORS (5XX OF ALL REQUESTS)
      ████████████████████···· highest 1 %
      endpoint            now  min  avg  p95  max  change  of week
      all          no traffic  1 %  1 %  1 %  1 %     0 %      0 %
      /api/pay     no traffic  1 %  1 %  1 %  1 %     0 %      0 %
      /api/search  no traffic  0 %  0 %  0 %  0 %     0 %      0 %
    ");
    insta::assert_snapshot!(section(&text, "PERFORMANCE"), @"
    PERFORMANCE (P95)
      ████████████████████···· /api/pay, the slowest
      endpoint            now    min    avg    p95    max  change  of week
      /api/pay     no traffic  10 ms  10 ms  10 ms  10 ms     0 %      0 %
      /api/search  no traffic  10 ms  10 ms  10 ms  10 ms     0 %      0 %
    ");
}

#[test]
fn without_a_5xx_series_the_errors_are_zero() {
    insta::assert_snapshot!(section(&text(Script::no_errors()), "ERRORS"), @"
    ERRORS (5XX OF ALL REQUESTS)
      ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁ highest 0 %
      endpoint     now  min  avg  p95  max  change  of week
      all          0 %  0 %  0 %  0 %  0 %     0 %      0 %
      /api/pay     0 %  0 %  0 %  0 %  0 %     0 %      0 %
      /api/search  0 %  0 %  0 %  0 %  0 %     0 %      0 %
    ");
}

#[test]
fn a_service_that_is_down_says_so_first() {
    insta::assert_snapshot!(text(Script::down()), @"
    a360 report: last hour
    context prod, http://prometheus:9090
    2026-11-23 13:03:27 to 14:03:27 UTC
    sampled every 15s, compared with the 1h before and the same time a week before
    generated 2026-11-23 14:03:27 UTC by a360 0.1.0

    CRITICAL: DOWN: 0 of 2 targets answer since 13:49 (13m)

    WHAT STANDS OUT
      - [95] The service was down since 13:49
        requests in that time:
          a360 --context prod --view overview --from 2026-11-23T13:39:42Z --to 2026-11-23T14:03:27Z --select requests@2026-11-23T13:49:42Z
      - [50] Disk / of node-a: 60 % → 81 %; full in 54m at this slope

    REQUESTS (REQ/S)
      ███████████████████····· about 166 k requests, 216 k before, 216 k a week
      before; data for 76.7 % of the period
      endpoint      now  min  avg  p95  max  change  of week
      all       no data   60   60   60   60     0 %      0 %
      /api/pay  no data   60   60   60   60     0 %      0 %

    ERRORS (5XX OF ALL REQUESTS)
      ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁····· highest 0 %
      endpoint      now  min  avg  p95  max  change  of week
      all       no data  0 %  0 %  0 %  0 %     0 %      0 %
      /api/pay  no data  0 %  0 %  0 %  0 %     0 %      0 %

    PERFORMANCE (P95)
      ███████████████████····· /api/pay, the slowest
      endpoint      now     min     avg     p95     max  change  of week
      /api/pay  no data  400 ms  400 ms  400 ms  400 ms     0 %      0 %

    RESOURCES
      memory      now    min    avg    p95    max  change  of week
      a:8000  no data  4 KiB  4 KiB  4 KiB  4 KiB     0 %      0 %

      cpu         now   min   avg   p95   max  change  of week
      a:8000  no data  40 %  40 %  40 %  40 %     0 %      0 %
      memory of limit: no data: there is no such series, in this period or the one
      before

    AVAILABILITY
      DOWN: 0 of 2 targets answer since 13:49
      76.7 % of all scrapes answered, 100 % before
      no target answered: 14m (0s before)
      - the service down from 13:49 to now (14m)
      restarts: 0 (0 before)

    HOSTS
      host, at the end         cpu      memory  fullest disk          used
      node-a:9100       71 % (0 %)  54 % (0 %)             /  81 % (+35 %)

    ALERTS
      none is pending or firing
      none fired in the period

    ERROR BUDGET
      100 % of all requests did not fail, 99.9 % are promised: the error budget is
      used to 0 %
    ");
}

#[test]
fn what_was_down_at_the_end_of_a_past_period_is_not_down_now() {
    let plan = Plan { generated_at: NOW.plus(DAY), ..plan() };
    let report = build_for(Script::down(), &plan);
    let past = section(&render(&report, Format::Text, false), "AVAILABILITY");
    assert!(past.contains("- the service down from 13:49 to 14:03 or later (14m)"), "{past}");
}

#[test]
fn a_service_that_vanished_is_gone_and_one_never_seen_is_unseen() {
    let gone = text(Script::calm().all(|ago| (ago > 90).then_some(1.0)));
    insta::assert_snapshot!(gone.lines().nth(6).unwrap(), @"CRITICAL: DOWN: its series are gone since 12:32 (1h); nothing is scraped any");
    insta::assert_snapshot!(section(&gone, "AVAILABILITY"), @"
    AVAILABILITY
      DOWN: nothing is scraped any more since 2026-11-23 12:32:42 UTC
      no target answered: 1h (31m before)
      - the service not there from 13:03 or earlier to now (1h)
      restarts: 0 (0 before)
    ");
    let unseen = text(Script::calm().all(|_| None));
    insta::assert_snapshot!(unseen.lines().skip(6).take(3).collect::<Vec<_>>().join("\n"), @r#"
    CRITICAL: DOWN or not set up: no target of this service is scraped and none of
    its series is there; compare `up` under [contexts.….overview] with the targets
    of Prometheus
    "#);
    insta::assert_snapshot!(section(&unseen, "REQUESTS"), @r#"
    REQUESTS (REQ/S)
      no data: there is no such series, in this period or the one before
    "#);
}

#[test]
fn one_question_without_an_answer_hides_nothing_else() {
    let text = text(Script { refuse: latency_fails, ..Script::calm() });
    insta::assert_snapshot!(text.lines().nth(6).unwrap(), @"NOTICE: not known: latency; the rest is below its limits; 1 of 40 questions was");
    insta::assert_snapshot!(section(&text, "PERFORMANCE"), @"
    PERFORMANCE (P95)
      not asked: see above
    ");
    insta::assert_snapshot!(section(&text, "COULD NOT BE ASKED"), @r#"
    COULD NOT BE ASKED
      - prom: no answer within 30s: latency
    "#);
    assert!(section(&text, "REQUESTS").contains("about 1.08 M requests"));
}

#[test]
fn with_no_answer_at_all_the_report_still_comes() {
    insta::assert_snapshot!(text(Script { refuse: refused, ..Script::calm() }), @"
    a360 report: last hour
    context prod, http://prometheus:9090
    2026-11-23 13:03:27 to 14:03:27 UTC
    sampled every 15s, compared with the 1h before and the same time a week before
    generated 2026-11-23 14:03:27 UTC by a360 0.1.0

    UNKNOWN: nothing is known: none of 40 questions was answered (connection
    refused)

    WHAT STANDS OUT
      nothing that is known

    COULD NOT BE ASKED
      - prom: connection refused: all 40 questions

    REQUESTS (REQ/S)
      not asked: see above

    ERRORS (5XX OF ALL REQUESTS)
      not asked: see above

    PERFORMANCE (P95)
      not asked: see above

    RESOURCES
      memory: not asked: see above
      cpu: not asked: see above
      memory of limit: not asked: see above

    AVAILABILITY
      not asked: see above
      restarts: not asked: see above

    HOSTS
      not asked: see above

    ALERTS
      not asked: see above

    ERROR BUDGET
      99.9 % are promised; what was kept is not known
    ");
}

#[test]
fn an_answer_in_part_is_said() {
    let mut script = Script::calm();
    script.notes.partial = true;
    script.notes.warnings = vec!["store eu-2 is not there".into()];
    let text = text(script);
    insta::assert_snapshot!(section(&text, "COULD NOT BE ASKED"), @"
    COULD NOT BE ASKED
      - prom: answered in part: store eu-2 is not there: requests, requests
        (before), requests (a week before), errors, errors (before), errors (a week
        before), errors_by_endpoint, errors_by_endpoint (before), errors_by_endpoint
        (a week before), latency, latency (before), latency (a week before), memory,
        memory (before), memory (a week before), cpu, cpu (before), cpu (a week
        before), memory_ratio, memory_ratio (before), memory_ratio (a week before),
        up, up (before), up (a week befor…
    ");
    insta::assert_snapshot!(section(&text, "THE SERVERS REMARK"), @r#"
    THE SERVERS REMARK
      - store eu-2 is not there
    "#);
}

#[test]
fn a_period_of_the_past_in_its_zone_does_not_pass_off_the_alerts_of_now() {
    let end = NOW.plus(-2 * DAY);
    let period = Range::new(end.plus(-2 * DAY), end);
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let plan = Plan {
        periods: Periods::of(period),
        zone,
        label: "fixed range".into(),
        scope: Some("shop".into()),
        demo: true,
        ..plan()
    };
    let text = render(&build_for(Script::incident(), &plan), Format::Text, false);
    insta::assert_snapshot!(text.lines().take(8).collect::<Vec<_>>().join("\n"), @"
    a360 report: fixed range (demo: simulated data)
    context prod, scope shop, http://prometheus:9090
    2026-11-19 15:03:27 to 2026-11-21 15:03:27 CET
    sampled every 5m, compared with the 2d before and the same time a week before
    generated 2026-11-23 15:03:27 CET by a360 0.1.0
    each point stands for the 5m before it: gauges averaged over it, with their
    highest values
    ");
    insta::assert_snapshot!(section(&text, "ALERTS"), @r#"
    ALERTS
      as they were at 2026-11-23 15:03:27 CET, not in the period
      of the whole context, whatever the scope
      - critical HighErrorRate firing since 11-23 14:57 (6m): High error rate
        detected; {service="agent360"}
      - warning HighLatency pending since 11-23 14:59 (4m): High error rate
        detected; {service="agent360"}
      none fired in the period
    "#);
}

#[test]
fn an_old_locale_gets_ascii_in_the_same_columns() {
    for script in [Script::incident(), Script::down(), Script::hostile()] {
        let report = build(script);
        let (text, ascii) = (render(&report, Format::Text, false), render(&report, Format::Text, true));
        assert!(ascii.is_ascii(), "{ascii}");
        assert_eq!(text.lines().count(), ascii.lines().count());
    }
    let ascii = render(&build(Script::incident()), Format::Text, true);
    insta::assert_snapshot!(section(&ascii, "PERFORMANCE"), @"
    PERFORMANCE (P95)
      _____________________### /api/pay, the slowest
      endpoint        now     min     avg     p95     max  change  of week
      /api/pay      > 5 s  400 ms  937 ms     5 s   > 5 s  +134 %   +134 %
      /api/search  260 ms  260 ms  260 ms  260 ms  260 ms     0 %      0 %
      above 2 s: /api/pay for 7m, since 13:56
      > 5 s: the histogram's last bucket ends at 5 s; it may be more
    ");
}

#[test]
fn a_server_whose_clock_is_off_is_asked_about_its_own_hour() {
    // To this server it is 13:53:27; what is later has not happened to it yet.
    let behind = Script { ahead: -10 * MINUTE + 36, ..Script::calm().all(|ago| (ago >= 10).then_some(1.0)) };
    let report = build(behind);
    assert_eq!(exit_code(&report, FailOn::Critical), CALM);
    let text = render(&report, Format::Text, false);
    assert!(text.contains("2026-11-23 12:53:27 to 13:53:27 UTC"), "{text}");
    assert!(text.contains("the server's clock is 10m behind ours; all times here are the server's"), "{text}");
}

//! The report as Markdown.

use a360::cli::Format;
use a360::model::fault::FetchError;
use a360::report::render;

use crate::script::{Script, build};

fn markdown(script: Script) -> String {
    render(&build(script), Format::Markdown, false)
}

#[test]
fn an_incident() {
    insta::assert_snapshot!(markdown(Script::incident()), @r#"
    # a360 report: last hour

    - context prod, http&#58;//prometheus:9090
    - 2026-11-23 13:03:27 to 14:03:27 UTC
    - sampled every 15s, compared with the 1h before and the same time a week before
    - generated 2026-11-23 14:03:27 UTC by a360 0.1.0

    **CRITICAL: /api/pay fails: 5xx 1.5 % → 62 % since 13:56 (6m); p95 400 ms → ≥ 5 s**

    ## What stands out

    - \[77\] Errors on /api/pay: 1.5 % → 62 % since 13:54; p95 of /api/pay 400 ms → ≥ 5 s; a restarted 13:56
      - errors by endpoint: ` a360 --context prod --view overview --from 2026-11-23T13:44:04Z --to 2026-11-23T14:03:27Z --select errors@2026-11-23T14:03:27Z `
      - latency by endpoint: ` a360 --context prod --view overview --from 2026-11-23T13:44:04Z --to 2026-11-23T14:03:27Z --select latency@2026-11-23T14:03:27Z `
      - memory by instance: ` a360 --context prod --view overview --from 2026-11-23T13:46:20Z --to 2026-11-23T14:03:27Z --select resources@2026-11-23T13:56:20Z `

    - \[50\] Disk / of node-a: 60 % → 81 %; full in 54m at this slope

    ## Requests (req/s)

    `████████████████████████` about 1.08 M requests, 1.08 M before, 1.08 M a week before

    | endpoint | now | min | avg | p95 | max | change | of week |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | all | 300 | 300 | 300 | 300 | 300 | 0 % | 0 % |
    | /api/search | 240 | 240 | 240 | 240 | 240 | 0 % | 0 % |
    | /api/pay | 60 | 60 | 60 | 60 | 60 | 0 % | 0 % |

    ## Errors (5xx of all requests)

    `▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁███` highest 12.4 %

    | endpoint | now | min | avg | p95 | max | change | of week |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | all | 12.4 % | 0.3 % | 1.71 % | 12.4 % | 12.4 % | +471 % | +471 % |
    | /api/pay | 62 % | 1.5 % | 8.56 % | 62 % | 62 % | +471 % | +471 % |
    | /api/search | 0 % | 0 % | 0 % | 0 % | 0 % | 0 % | 0 % |

    above 10 %: all for 7m, since 13:56; /api/pay for 7m, since 13:56

    ## Performance (p95)

    `▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁███` /api/pay, the slowest

    | endpoint | now | min | avg | p95 | max | change | of week |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | /api/pay | ≥ 5 s | 400 ms | 937 ms | 5 s | ≥ 5 s | +134 % | +134 % |
    | /api/search | 260 ms | 260 ms | 260 ms | 260 ms | 260 ms | 0 % | 0 % |

    above 2 s: /api/pay for 7m, since 13:56

    ≥ 5 s: the histogram's last bucket ends at 5 s; it may be more

    ## Resources

    | memory | now | min | avg | p95 | max | change | of week |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | a:8000 | 512 MiB | 512 MiB | 512 MiB | 512 MiB | 512 MiB | 0 % | 0 % |
    | b:8000 | 512 MiB | 512 MiB | 512 MiB | 512 MiB | 512 MiB | 0 % | 0 % |

    | cpu | now | min | avg | p95 | max | change | of week |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | a:8000 | 40 % | 40 % | 40 % | 40 % | 40 % | 0 % | 0 % |
    | b:8000 | 40 % | 40 % | 40 % | 40 % | 40 % | 0 % | 0 % |

    | memory of limit | now | min | avg | p95 | max | change | of week |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | agent360-0 | 50 % | 50 % | 50 % | 50 % | 50 % | 0 % | 0 % |
    | agent360-1 | no limit | – | – | – | – | – | – |

    ## Availability

    up: 2 of 2 targets answer

    100 % of all scrapes answered, 100 % before

    no target answered: 0s (0s before)

    restarts: 1 (0 before)

    - 2026-11-23 13:56:20 UTC a:8000

    ## Hosts

    | host, at the end | cpu | memory | fullest disk | used |
    | --- | ---: | ---: | ---: | ---: |
    | node-a:9100 | 71 % (0 %) | 54 % (0 %) | / | 81 % (+35 %) |

    ## Alerts

    - critical HighErrorRate firing since 13:57 (6m): High error rate detected; {service="agent360"}
    - warning HighLatency pending since 13:59 (4m): High error rate detected; {service="agent360"}

    none fired in the period

    ## Error budget

    98.2883 % of all requests did not fail, 99.9 % are promised: the error budget is used 17.1 times; at the end it is used 124.0 times as fast as it may: that of 30 days is spent in 5h
    "#);
}

#[test]
fn every_table_has_as_many_cells_in_each_row_as_in_its_head() {
    for script in [Script::incident(), Script::no_traffic(), Script::no_errors(), Script::down(), Script::hostile()] {
        let markdown = markdown(script);
        let mut head = None;
        let mut tables = 0;
        for line in markdown.lines() {
            // A bar that is escaped ends no cell.
            let bars = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
            match (line.starts_with('|'), head) {
                (true, None) => (head, tables) = (Some(bars), tables + 1),
                (true, Some(cells)) => assert_eq!(bars, cells, "{line}"),
                (false, _) => head = None,
            }
        }
        assert!(tables >= 4, "{markdown}");
    }
}

#[test]
fn with_no_answer_at_all_the_report_still_comes() {
    insta::assert_snapshot!(markdown(Script { refuse: |_| Some(FetchError::Refused), ..Script::calm() }), @"
    # a360 report: last hour

    - context prod, http&#58;//prometheus:9090
    - 2026-11-23 13:03:27 to 14:03:27 UTC
    - sampled every 15s, compared with the 1h before and the same time a week before
    - generated 2026-11-23 14:03:27 UTC by a360 0.1.0

    **UNKNOWN: nothing is known: none of 40 questions was answered (connection refused)**

    ## What stands out

    nothing that is known

    ## Could not be asked

    - prom: connection refused: all 40 questions

    ## Requests (req/s)

    not asked: see above

    ## Errors (5xx of all requests)

    not asked: see above

    ## Performance (p95)

    not asked: see above

    ## Resources

    memory: not asked: see above

    cpu: not asked: see above

    memory of limit: not asked: see above

    ## Availability

    not asked: see above

    restarts: not asked: see above

    ## Hosts

    not asked: see above

    ## Alerts

    not asked: see above

    ## Error budget

    99.9 % are promised; what was kept is not known
    ");
}

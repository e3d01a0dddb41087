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
    - sampled every 15s, compared with the 1h before
    - generated 2026-11-23 14:03:27 UTC by a360 0.1.0

    **CRITICAL: /api/pay fails: 5xx 1.5 % → 62 % since 13:56 (6m); p95 400 ms → ≥ 5 s**

    ## Requests (req/s)

    `████████████████████████` about 1.08 M requests, 1.08 M before

    | endpoint | now | min | avg | p95 | max | change |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: |
    | all | 300 | 300 | 300 | 300 | 300 | 0 % |
    | /api/search | 240 | 240 | 240 | 240 | 240 | 0 % |
    | /api/pay | 60 | 60 | 60 | 60 | 60 | 0 % |

    ## Errors (5xx of all requests)

    `▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁███` highest 12.4 %

    | endpoint | now | avg | max | above 10 % | change |
    | --- | ---: | ---: | ---: | ---: | ---: |
    | all | 12.4 % | 1.71 % | 12.4 % | 7m, since 13:56 | +471 % |
    | /api/pay | 62 % | 8.56 % | 62 % | 7m, since 13:56 | +471 % |
    | /api/search | 0 % | 0 % | 0 % | 0s | 0 % |

    ## Performance (p95)

    `▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁███` /api/pay, the slowest

    | endpoint | now | min | avg | max | above 2 s | change |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: |
    | /api/pay | ≥ 5 s | 400 ms | 937 ms | ≥ 5 s | 7m, since 13:56 | +134 % |
    | /api/search | 260 ms | 260 ms | 260 ms | 260 ms | 0s | 0 % |

    ≥ 5 s: the histogram's last bucket ends at 5 s; it may be more

    ## Resources

    | memory | now | min | avg | max | change |
    | --- | ---: | ---: | ---: | ---: | ---: |
    | a:8000 | 512 MiB | 512 MiB | 512 MiB | 512 MiB | 0 % |
    | b:8000 | 512 MiB | 512 MiB | 512 MiB | 512 MiB | 0 % |

    | cpu | now | min | avg | max | change |
    | --- | ---: | ---: | ---: | ---: | ---: |
    | a:8000 | 40 % | 40 % | 40 % | 40 % | 0 % |
    | b:8000 | 40 % | 40 % | 40 % | 40 % | 0 % |

    | memory of limit | now | min | avg | max | above 85 % | change |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: |
    | agent360-0 | 50 % | 50 % | 50 % | 50 % | 0s | 0 % |
    | agent360-1 | no limit | – | – | – | – | – |

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

    ## What changed

    - Errors on /api/pay: 1.5 % → 62 % since 13:54; p95 of /api/pay 400 ms → 5 s; a restarted 13:56
    - Disk / of node-a: 60 % → 81 %; full in 54m at this slope
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
    - sampled every 15s, compared with the 1h before
    - generated 2026-11-23 14:03:27 UTC by a360 0.1.0

    **UNKNOWN: nothing is known: none of 40 questions was answered (connection refused)**

    ## Requests (req/s)

    not asked: see the end

    ## Errors (5xx of all requests)

    not asked: see the end

    ## Performance (p95)

    not asked: see the end

    ## Resources

    memory: not asked: see the end

    cpu: not asked: see the end

    memory of limit: not asked: see the end

    ## Availability

    not asked: see the end

    restarts: not asked: see the end

    ## Hosts

    not asked: see the end

    ## Alerts

    not asked: see the end

    ## What changed

    nothing that is known

    ## Could not be asked

    - prom: connection refused: all 40 questions
    ");
}

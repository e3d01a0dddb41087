//! What it serves, and incidents while it runs.

use std::net::TcpStream;
use std::process::Command;

use crate::process::{Service, ask, program, until};

#[test]
fn every_target_is_told_and_answers_in_the_text_format() {
    let service = Service::start(&["--calm"]);
    assert!(service.said.contains("http_sd_configs: [{url: 'http://127.0.0.1:"), "{}", service.said);
    for (job, count, metric) in [
        ("agent360", 3, "agent360_requests_total{endpoint=\"/api/checkout\",method=\"POST\",status=\"201\"} "),
        ("node", 2, "node_load1 "),
        ("kubelet", 2, "container_memory_usage_bytes{container=\"agent360\","),
        ("cassandra", 3, "cassandra_compaction_pending_tasks "),
    ] {
        let targets = service.targets(job);
        assert_eq!(targets.len(), count, "{job}");
        let answer = ask(targets[0], "GET", "/metrics", "*/*").unwrap();
        assert!(answer.head.contains("text/plain; version=0.0.4"), "{}", answer.head);
        assert!(answer.body.contains(metric) && !answer.body.contains("# EOF"), "{}", answer.body);
    }
}

#[test]
fn who_is_down_refuses_connections_and_comes_back_at_the_same_place() {
    let service = Service::start(&["--calm"]);
    let targets = service.targets("agent360");
    let added = service.ask("POST", "/incidents?kind=instance-down&instance=agent360-1&for=1h");
    assert_eq!((added.status, &added.json()["incidents"][0]["id"]), (201, &0.into()));
    until("its port is closed", || TcpStream::connect(targets[1]).is_err().then_some(()));
    assert!(ask(targets[0], "GET", "/metrics", "*/*").is_some() && ask(targets[2], "GET", "/metrics", "*/*").is_some());
    assert_eq!(service.ask("POST", "/incidents?kind=all-down").status, 409);
    assert_eq!(service.ask("DELETE", "/incidents/0").status, 200);
    let back = until("it is back", || ask(targets[1], "GET", "/metrics", "*/*"));
    let started = back.body.lines().find(|line| line.starts_with("process_start_time_seconds ")).unwrap();
    let before = ask(targets[0], "GET", "/metrics", "*/*").unwrap();
    assert!(!before.body.contains(started), "{started}");

    // Between two lives of one process there is a second.
    until("they may go down", || (service.ask("POST", "/incidents?kind=all-down&for=1h").status == 201).then_some(()));
    until("all ports are closed", || targets.iter().all(|t| TcpStream::connect(t).is_err()).then_some(()));
    assert_eq!(service.ask("DELETE", "/incidents").json()["incidents"].as_array().unwrap().len(), 3);
    until("all are back", || targets.iter().all(|t| TcpStream::connect(t).is_ok()).then_some(()));
}

#[test]
fn incidents_are_told_and_what_is_wrong_with_a_wish_is_said_in_a_line() {
    let service =
        Service::start(&["--calm", "--incident", "error-burst,endpoint=/api/checkout,after=1h,for=5m,strength=0.9"]);
    let incidents = service.ask("GET", "/incidents").json();
    let first = &incidents["incidents"][0];
    assert_eq!(
        (&first["kind"], &first["endpoint"], &first["phase"]),
        (&"error-burst".into(), &"/api/checkout".into(), &"waiting".into())
    );
    assert_eq!(first["strength"], 0.9);
    assert_eq!(
        service.ask("POST", "/incidents?kind=slow&endpoint=%2Fapi%2Fcart").json()["incidents"][0]["endpoint"],
        "/api/cart"
    );
    for (target, status, why) in [
        ("/incidents?kind=slow&endpoint=/api/checkout&after=1h", 409, "choose another place or time"),
        ("/incidents?kind=flood", 400, "there are error-burst, slow"),
        ("/incidents", 400, "which kind"),
        ("/incidents?kind=slow&endpoint=/nowhere", 400, "there are /api/search"),
        ("/incidents?kind=slow&endpoint=/health", 400, "the endpoints that can fail"),
        ("/incidents?kind=slow&strength=2", 400, "strength"),
        ("/incidents?kind=slow&for=soon", 400, "not a duration"),
        ("/incidents?kind=slow&colour=red", 400, "`colour` is unknown"),
    ] {
        let answer = service.ask("POST", target);
        assert_eq!(answer.status, status, "{target}: {}", answer.body);
        assert!(answer.body.contains(why) && answer.body.lines().count() == 1, "{target}: {}", answer.body);
    }
    assert_eq!(service.ask("DELETE", "/incidents/77").status, 404);
    assert_eq!(service.ask("PUT", "/incidents").status, 405);
    assert_eq!(service.ask("GET", "/nothing").status, 404);
}

#[test]
fn the_schedule_is_told_as_well() {
    let service = Service::start(&[]);
    let incidents = service.ask("GET", "/incidents").json();
    let all = incidents["incidents"].as_array().unwrap();
    assert!(
        all.iter().any(|i| i["id"].is_null() && i["endpoint"] == "/api/checkout" && i["phase"] == "full"),
        "{incidents}"
    );
}

#[test]
fn flags_that_make_no_sense_are_refused() {
    for (args, why) in [
        (&["--incident", "error-burst,endpoint=/nowhere"][..], "no endpoint"),
        (&["--incident", "instance-down,instance=0", "--incident", "all-down"], "choose another place or time"),
        (&["--late", "2"], "from 0 to 1"),
        (&["--late-by", "9s..5s"], "5s..55s"),
        (&["--request-lines", "1/0"], "1/10"),
        (&["--logs-to", "https://example.org"], "http://"),
        (&["--layout", "xml"], "envelope"),
        (&["--logs-user", "me", "--logs-to", "http://127.0.0.1:1"], "behind"),
    ] {
        let output = Command::new(program()).args(["--port", "0"]).args(args).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {error}");
        assert!(error.contains(why), "{args:?}: {error}");
    }
}

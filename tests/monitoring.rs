//! `monitoring/`, the files that are shipped for Agent360's own monitoring, agree with the console, the simulator and
//! each other. Those marked `ignore` run Prometheus's and Alertmanager's own checkers on them.

#![cfg(test)]

#[path = "monitoring/dashboard.rs"]
mod dashboard;
#[path = "monitoring/files.rs"]
mod files;
#[path = "monitoring/kubernetes.rs"]
mod kubernetes;
#[path = "support/program.rs"]
mod program;
#[path = "monitoring/programs.rs"]
mod programs;
#[path = "monitoring/routing.rs"]
mod routing;
#[path = "monitoring/rules.rs"]
mod rules;
#[path = "monitoring/scraping.rs"]
mod scraping;

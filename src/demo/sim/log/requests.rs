//! The lines that requests leave.

use super::{About, Dice, Level, Line, Lines};
use crate::demo::sim::fleet::{self, Place};
use crate::demo::sim::noise::pair;
use crate::demo::sim::request::{MS, Request};
use crate::demo::sim::story::Kind;
use crate::demo::sim::trace::{self, Failure, failure, recipe, stack};

const WORDS: [&str; 6] = ["red shoes", "rain coat", "größe 42", "usb-c \"fast\" charger", "tent 2p", "coffee"];

impl Lines<'_> {
    pub fn request(&mut self, request: &Request, one_in: u64) {
        match failure(request) {
            Some(failure) => self.failed(request, &failure),
            None => {
                if request.count.is_multiple_of(one_in) {
                    self.went_well(request);
                }
                if request.is_slow() {
                    let message = format!("slow response {} ms", request.duration / MS);
                    let gateway = fleet::own("gateway", request.key.instance);
                    self.about(request, 1, gateway, (Level::Warn, "slow", message), None);
                }
            }
        }
    }

    fn went_well(&mut self, request: &Request) {
        let mut dice = Dice(request.own);
        let took = request.duration / MS;
        let (path, method, status) = (request.path(), request.method, request.status);
        let message = match (path, status) {
            (_, "404") => format!("{method} {path}/{} not found", dice.roll(1_000, 99_999)),
            ("/api/search", _) => {
                format!("search \"{}\" found {} items in {took} ms", dice.pick(&WORDS), dice.roll(0, 480))
            }
            ("/api/checkout", _) => {
                format!("order {} placed, {} items, {took} ms", dice.roll(100_000, 999_999), dice.roll(1, 9))
            }
            ("/api/pay", _) => format!("payment {} captured in {took} ms", dice.roll(1_000, 9_999)),
            ("/api/login", _) => {
                let (a, b) = (dice.roll(0, 255), dice.roll(1, 254));
                format!("user u{} signed in from 10.{a}.0.{b}", dice.roll(1_000, 99_999))
            }
            _ => format!("{method} {path} {status} {took} ms"),
        };
        self.about(request, 0, handler(request), (Level::Info, "request", message), None);
    }

    fn failed(&mut self, request: &Request, failure: &Failure) {
        let mut message = failure.message.clone();
        // Some show where they come from, as an unhandled exception does.
        if failure.status == "500" && request.count.is_multiple_of(2) {
            let recipe = recipe(request.key.endpoint);
            let step = recipe.steps.first().map_or("call", |step| step.name);
            message = format!("{message}\n{}", stack(failure, recipe.service, recipe.function, step));
        }
        self.about(request, 0, handler(request), (Level::Error, "request", message), failure.kind);
        if request.cause != Some(Kind::Upstream) {
            return;
        }
        let mut dice = Dice(pair(request.own, 1));
        if request.status == "503" && request.count.is_multiple_of(3) {
            let message = format!("retrying payment {} attempt {}", dice.roll(1_000, 9_999), dice.roll(2, 3));
            self.about(request, 2, handler(request), (Level::Warn, "retry", message), None);
        }
        if request.status == "500" && request.count.is_multiple_of(4) {
            let payment = fleet::of("payment", 0, request.own);
            let message =
                format!("acquirer 10.20.{}.{}:8443 closed the connection", dice.roll(0, 3), dice.roll(1, 250));
            self.about(request, 3, payment, (Level::Error, "upstream", message), None);
        }
    }

    /// The later a role, the earlier its line, but never before the second in which the request is counted.
    fn about(
        &mut self,
        request: &Request,
        role: u64,
        place: Place,
        (level, kind, message): (Level, &'static str, String),
        error_type: Option<&'static str>,
    ) {
        let earlier = role as i64 * 2 * MS + (pair(request.own, 30 + role) % 1_000_000) as i64 * i64::from(role > 0);
        let about = About {
            endpoint: request.path(),
            method: request.method,
            status: request.status,
            duration_ms: request.duration_ms(),
            request_id: format!("req-{:016x}", request.own),
            trace: request.kept().then(|| (request.trace, trace::handler(request))),
        };
        self.found.push(Line {
            time: (request.end - earlier).max(request.key.second * 1_000 * MS + role as i64),
            key: pair(request.own, 40 + role),
            level,
            place,
            kind,
            message,
            error_type,
            about: Some(about),
        });
    }
}

fn handler(request: &Request) -> Place {
    fleet::own(recipe(request.key.endpoint).service, request.key.instance)
}

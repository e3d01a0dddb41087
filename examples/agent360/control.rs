//! The control page: what is scraped, what goes wrong, and how the sending goes.

use std::sync::Arc;

use a360::demo::sim::Refused;
use a360::run::clock;
use a360::time::HOUR;
use serde_json::{Value, json};

use crate::http::{Reply, Request};
use crate::order::{Order, told};
use crate::outbox::Tally;
use crate::targets::{Served, discovered};
use crate::world::World;

pub struct Control {
    pub world: Arc<World>,
    pub targets: Vec<Served>,
    pub seed: u64,
    pub logs: Vec<(String, Arc<Tally>)>,
    pub traces: Vec<(String, Arc<Tally>)>,
}

impl Control {
    pub fn answer(&self, request: &Request) -> Reply {
        let number = request.path.strip_prefix("/incidents/");
        match (request.method.as_str(), request.path.as_str(), number) {
            ("GET", "/", _) => Reply::json("200 OK", &self.about()),
            ("GET", "/targets", _) => Reply::json("200 OK", &discovered(&self.targets)),
            ("GET", "/incidents", _) => Reply::json("200 OK", &self.incidents()),
            ("POST", "/incidents", _) => self.add(&request.query),
            ("DELETE", "/incidents", _) => self.end(None),
            ("DELETE", _, Some(number)) => match number.parse() {
                Ok(number) => self.end(Some(number)),
                Err(_) => Reply::line("400 Bad Request", &format!("`{number}` is not a number of an incident")),
            },
            (_, "/" | "/targets" | "/incidents", _) | (_, _, Some(_)) => Reply::line(
                "405 Method Not Allowed",
                &format!("{} is not done here; GET / says what is", request.method),
            ),
            _ => Reply::line("404 Not Found", "GET / says what there is"),
        }
    }

    fn about(&self) -> Value {
        let sent = |all: &[(String, Arc<Tally>)]| all.iter().map(|(to, tally)| tally.told(to)).collect::<Vec<_>>();
        json!({
            "service": "the simulated Agent360",
            "seed": self.seed,
            "logs": sent(&self.logs),
            "traces": sent(&self.traces),
            "there_is": [
                "GET /targets: for http_sd_configs",
                "GET /incidents",
                "POST /incidents?kind=…&endpoint=…&instance=…&after=…&for=…&strength=…",
                "DELETE /incidents/ID and DELETE /incidents: end them now",
            ],
        })
    }

    /// The scheduled ones of these hours, and those that were added.
    fn incidents(&self) -> Value {
        let (sim, now) = (self.world.sim(), clock());
        let around = sim.incidents(now.plus(-3 * HOUR), now.plus(3 * HOUR));
        let scheduled = around.iter().filter(|i| !sim.added().contains(i)).map(|i| told(None, i, now));
        let added = sim.added().iter().enumerate().map(|(number, i)| told(Some(number), i, now));
        json!({ "incidents": scheduled.chain(added).collect::<Vec<_>>() })
    }

    fn add(&self, query: &[(String, String)]) -> Reply {
        let now = clock();
        let order = match Order::new(query.iter().map(|(key, value)| (key.as_str(), value.as_str()))) {
            Ok(order) => order,
            Err(why) => return Reply::line("400 Bad Request", &why),
        };
        match self.world.add(&order, now) {
            Ok(added) => {
                let added: Vec<Value> = added.iter().map(|(number, i)| told(Some(*number), i, now)).collect();
                Reply::json("201 Created", &json!({ "incidents": added }))
            }
            Err(refused) => refuse(&refused),
        }
    }

    fn end(&self, number: Option<usize>) -> Reply {
        let now = clock();
        match self.world.end(number, now) {
            Ok(ended) => {
                let ended: Vec<Value> = ended.iter().map(|(number, i)| told(Some(*number), i, now)).collect();
                Reply::json("200 OK", &json!({ "incidents": ended }))
            }
            Err(refused) => refuse(&refused),
        }
    }
}

fn refuse(refused: &Refused) -> Reply {
    let status = match refused {
        Refused::Taken(_) => "409 Conflict",
        Refused::Unknown(_) => "404 Not Found",
        _ => "400 Bad Request",
    };
    Reply::line(status, &refused.to_string())
}

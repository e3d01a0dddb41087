//! The four panels: their names, titles and units.

use crate::model::unit::Unit;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    Requests,
    Errors,
    Latency,
    Resources,
}

pub const ALL: [Panel; 4] = [Panel::Requests, Panel::Errors, Panel::Latency, Panel::Resources];

impl Panel {
    /// As `--select` names it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Errors => "errors",
            Self::Latency => "latency",
            Self::Resources => "resources",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Requests => "Request rate",
            Self::Errors => "Error rate",
            Self::Latency => "Latency p95",
            Self::Resources => "Memory ▏CPU",
        }
    }

    pub fn unit(self) -> Unit {
        match self {
            Self::Requests => Unit::PerSecond,
            Self::Errors => Unit::Ratio,
            Self::Latency => Unit::Seconds,
            Self::Resources => Unit::Bytes,
        }
    }
}

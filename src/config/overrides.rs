//! What the command line says on top of the file, for a quick look.

use super::mistake::Mistake;
use super::ui::Color;
use super::{Config, Context};
use crate::model::endpoint::Endpoint;
use crate::model::engine::Engine;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Overrides {
    pub context: Option<String>,
    /// An address that went through `check_url`.
    pub prometheus: Option<String>,
    /// As `prometheus`.
    pub alertmanager: Option<String>,
    /// As `prometheus`.
    pub elasticsearch: Option<String>,
    /// As `prometheus`.
    pub jaeger: Option<String>,
    /// Length of the live range, ms.
    pub range: Option<i64>,
    /// ms
    pub refresh: Option<i64>,
    pub theme: Option<String>,
    pub color: Option<Color>,
    /// Trace ourselves: to there, or where the file says. The address went through `collector_url`.
    pub trace_self: Option<Option<String>>,
}

impl Config {
    pub fn with(mut self, over: &Overrides) -> Result<Self, Mistake> {
        if let Some(name) = &over.context {
            self.find(name)?;
            self.context.clone_from(name);
        }
        if let Some(url) = &over.prometheus {
            // Without a config the other servers of this machine are a guess, and know nothing of another Prometheus.
            let guessed = self.path.is_none();
            self.chosen(|context| {
                context.prometheus = Some(Endpoint::new(url));
                if guessed {
                    context.alertmanager.clear();
                    context.elasticsearch = None;
                    context.jaeger = None;
                }
            });
        }
        if let Some(url) = &over.alertmanager {
            self.chosen(|context| context.alertmanager = vec![Endpoint::new(url)]);
        }
        if let Some(url) = &over.elasticsearch {
            // The lines have the same names wherever they lie.
            self.chosen(|context| {
                let former = context.elasticsearch.take();
                let new = Engine::new(url);
                context.elasticsearch = Some(match former {
                    Some(Engine { index, fields, .. }) => Engine { index, fields, ..new },
                    None => new,
                });
            });
        }
        if let Some(url) = &over.jaeger {
            self.chosen(|context| context.jaeger = Some(Endpoint::new(url)));
        }
        if let Some(theme) = &over.theme {
            self.ui.theme.clone_from(theme);
            self.theme_line = None;
        }
        if let Some(to) = &over.trace_self {
            self.telemetry.enabled = true;
            self.telemetry.url = to.clone().unwrap_or(self.telemetry.url);
        }
        self.ui.range = over.range.unwrap_or(self.ui.range);
        self.ui.refresh = over.refresh.unwrap_or(self.ui.refresh);
        self.ui.color = over.color.unwrap_or(self.ui.color);
        Ok(self)
    }

    /// Another server: nothing of the old one's identity may be sent to it.
    fn chosen(&mut self, replace: impl FnOnce(&mut Context)) {
        self.contexts.iter_mut().find(|context| context.name == self.context).map(replace);
    }
}

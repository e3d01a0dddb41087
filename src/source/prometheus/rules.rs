//! The rules page by page, for servers that hand them out in pages; most give everything at once.

use std::collections::HashSet;

use super::{Prometheus, decode, no_rule_engine};
use crate::model::fault::FetchError;
use crate::model::rule::RuleGroup;
use crate::source::http::encode;
use crate::text::Plain;
use crate::time::Timestamp;

/// No server has so many; one that points on for ever is not followed further.
const MAX_PAGES: usize = 200;

impl Prometheus {
    pub(super) async fn rules(&self, now: Timestamp) -> Result<Vec<RuleGroup>, FetchError> {
        let (mut groups, mut seen) = (Vec::new(), HashSet::new());
        let mut path = "/api/v1/rules".to_owned();
        for _ in 0..MAX_PAGES {
            let reply = self.client.get(&path, now).await?;
            let page = decode::rules(self.success(&reply, now).await?)?;
            let size = page.groups.len();
            let held = groups.len();
            // A server that does not know pages sends everything again.
            groups
                .extend(page.groups.into_iter().filter(|group| seen.insert((group.file.clone(), group.name.clone()))));
            match page.next {
                Some(token) if groups.len() > held => {
                    // The token is taken only beside a limit: that of the page it came with.
                    let limit = size.to_string();
                    let form = [("group_limit", limit.as_str()), ("group_next_token", &token)];
                    path = format!("/api/v1/rules?{}", encode(&form));
                }
                _ => return self.whole(groups, now).await,
            }
        }
        Err(FetchError::Decode(Plain::from(format!("the rules go on after {MAX_PAGES} pages"))))
    }

    /// VictoriaMetrics answers for an absent vmalert with an empty list, which must not look like peace.
    async fn whole(&self, groups: Vec<RuleGroup>, now: Timestamp) -> Result<Vec<RuleGroup>, FetchError> {
        if groups.is_empty() && self.is_victoria(now).await? { Err(no_rule_engine()) } else { Ok(groups) }
    }
}

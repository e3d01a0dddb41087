//! Redirects: only within the same origin, and never so that a question loses its body.
//!
//! Elsewhere our headers would go to a stranger, and a 302 turns a POST into an empty GET; both end as an error
//! that names the address to write into the config.

use reqwest::Url;

use super::reply::Reply;
use crate::model::fault::FetchError;
use crate::text::Plain;

/// Where to ask again, if `reply` to a request for `url` says so.
pub fn next(url: &Url, is_post: bool, reply: &Reply) -> Result<Option<Url>, FetchError> {
    if !matches!(reply.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(target) = reply.header("location").and_then(|to| url.join(to).ok()) else { return Ok(None) };
    let keeps_question = matches!(reply.status, 307 | 308) || !is_post;
    if target.origin() == url.origin() && keeps_question { Ok(Some(target)) } else { Err(refused(&target)) }
}

pub fn refused(target: &Url) -> FetchError {
    let mut shown = target.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    // These fail for addresses that cannot have a user, which then have none.
    let _ = (shown.set_username(""), shown.set_password(None));
    FetchError::Redirected(Plain::new(shown.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderMap, LOCATION};

    fn ask(status: u16, to: &str, is_post: bool) -> Result<Option<String>, FetchError> {
        let headers = HeaderMap::from_iter([(LOCATION, to.parse().unwrap())]);
        let from = Url::parse("http://prom:9090/api/v1/query").unwrap();
        let target = next(&from, is_post, &Reply { status, headers, body: Vec::new(), room: None })?;
        Ok(target.map(|url| url.to_string()))
    }

    #[test]
    fn only_the_same_origin_is_followed() {
        assert_eq!(ask(307, "/p/api/v1/query", true), Ok(Some("http://prom:9090/p/api/v1/query".to_owned())));
        for elsewhere in ["http://evil:9090/", "https://prom:9090/", "http://prom:9091/", "//evil/"] {
            assert!(matches!(ask(307, elsewhere, true), Err(FetchError::Redirected(_))), "{elsewhere}");
        }
    }

    #[test]
    fn a_post_is_never_turned_into_a_get() {
        for status in [301, 302, 303] {
            assert!(matches!(ask(status, "/p", true), Err(FetchError::Redirected(_))));
            assert_eq!(ask(status, "/p", false), Ok(Some("http://prom:9090/p".to_owned())));
        }
    }

    #[test]
    fn the_error_names_the_address_without_its_secrets() {
        let error = ask(302, "https://user:pass@sso.example/login?state=s3cret#x", true).unwrap_err();
        assert_eq!(error, FetchError::Redirected(Plain::new("https://sso.example/login")));
    }

    #[test]
    fn no_redirect_is_no_redirect() {
        assert_eq!(ask(200, "/p", true), Ok(None));
        assert_eq!(ask(304, "/p", true), Ok(None));
    }
}

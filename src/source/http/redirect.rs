//! Redirects: only within the same origin, and never so that a question loses its body.
//!
//! Elsewhere our headers would go to a stranger, and a 302 turns a POST into an empty GET; both end as an error
//! that names the address to write into the config.

use reqwest::Url;

use super::reply::Reply;
use crate::model::fault::FetchError;
use crate::text::Plain;

/// Where to ask again, if `reply` to a request of `path` at `url` says so.
pub fn next(url: &Url, path: &str, is_post: bool, reply: &Reply) -> Result<Option<Url>, FetchError> {
    let Some(target) = target(url, reply) else { return Ok(None) };
    let keeps_question = matches!(reply.status, 307 | 308) || !is_post;
    if target.origin() == url.origin() && keeps_question { Ok(Some(target)) } else { Err(refused(target, path)) }
}

/// A change is never sent on; the error names the place.
pub fn of_change(url: &Url, path: &str, reply: &Reply) -> Option<FetchError> {
    target(url, reply).map(|target| refused(target, path))
}

fn target(url: &Url, reply: &Reply) -> Option<Url> {
    if !matches!(reply.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let target = reply.header("location").and_then(|to| url.join(to).ok());
    target.filter(|target| target.has_host())
}

/// The address to write is the one below which our own path lies. Anything else is most likely a page to sign in.
fn refused(mut target: Url, path: &str) -> FetchError {
    target.set_query(None);
    target.set_fragment(None);
    // These fail for addresses that cannot have a user, which then have none.
    let _ = (target.set_username(""), target.set_password(None));
    let path = path.split('?').next().unwrap_or_default();
    let text = match target.as_str().strip_suffix(path) {
        Some(base) => format!("to {base}; set that address in the config"),
        None => format!("to {target}; a login in front of it, or a new address to set?"),
    };
    FetchError::Redirected(Plain::from(text))
}

/// A server that always points on, most often to itself.
pub fn endless() -> FetchError {
    FetchError::Redirected(Plain::new("again and again; is the address in the config right?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderMap, LOCATION};

    const PATH: &str = "/api/v1/query";

    fn ask(status: u16, to: &str, is_post: bool) -> Result<Option<String>, FetchError> {
        let headers = HeaderMap::from_iter([(LOCATION, to.parse().unwrap())]);
        let from = Url::parse("http://prom:9090/api/v1/query").unwrap();
        let target = next(&from, PATH, is_post, &Reply { status, headers, body: Vec::new(), room: None })?;
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
        let text = "redirected to https://sso.example/login; a login in front of it, or a new address to set?";
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn the_address_to_write_is_told_without_the_path_of_the_question() {
        for (to, base) in [
            ("https://prom:9090/api/v1/query", "https://prom:9090"),
            ("http://new/base/api/v1/query?query=up", "http://new/base"),
        ] {
            let error = ask(301, to, true).unwrap_err();
            assert_eq!(error.to_string(), format!("redirected to {base}; set that address in the config"));
        }
    }

    #[test]
    fn no_redirect_is_no_redirect() {
        assert_eq!(ask(200, "/p", true), Ok(None));
        assert_eq!(ask(304, "/p", true), Ok(None));
        assert_eq!(ask(302, "javascript:alert(1)", true), Ok(None));
    }
}

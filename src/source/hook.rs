//! The address of a webhook, which may be a secret: fetched when it is needed, checked, and never repeated.

use std::net::IpAddr;

use reqwest::Url;

use super::secret;
use crate::model::endpoint::Endpoint;
use crate::model::fault::FetchError;
use crate::model::target::Hook;
use crate::text::Plain;

/// The endpoint with its address filled in.
pub async fn endpoint(hook: &Hook) -> Result<Endpoint, FetchError> {
    let Some(place) = &hook.address else { return Ok(hook.endpoint.clone()) };
    let address = secret::resolve(place).await?;
    match check(address.trim()) {
        Ok(url) => Ok(Endpoint { url, ..hook.endpoint.clone() }),
        Err(why) => {
            let text = format!("the address of {} {why}", secret::place(place));
            Err(FetchError::Unsupported(Plain::from(text)))
        }
    }
}

fn check(address: &str) -> Result<String, &'static str> {
    let url = Url::parse(address).map_err(|_| "is no address; put the whole https://… there")?;
    let is_loopback = url.host_str().is_some_and(|host| {
        host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|host| host.is_loopback())
    });
    match url.scheme() {
        "https" => {}
        "http" if is_loopback => {}
        "http" => return Err("begins with http://; it is a secret, and would go out in clear text: write https://"),
        _ => return Err("has a scheme that is not spoken here; write https://"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user name or password; take them out, a webhook has `username` and `password` for them");
    }
    Ok(address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_address_goes_out_encrypted_or_not_at_all() {
        for good in ["https://hooks.example/services/T0/B0/x", "http://127.0.0.1:8000/x?y=1", "http://[::1]/x"] {
            assert_eq!(check(good).as_deref(), Ok(good));
        }
        for bad in ["hunter2", "", "http://hooks.example/hunter2", "ftp://x/hunter2", "https://me:hunter2@x/"] {
            let why = check(bad).unwrap_err();
            assert!(!why.contains("hunter2"), "{why}");
        }
    }
}

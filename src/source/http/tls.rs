//! What went wrong in a TLS handshake, and what to mend: the six cases that people meet, and the rest as rustls says it.

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

use super::fault::host;
use crate::model::endpoint::Endpoint;
use crate::text::Plain;
use crate::time::Timestamp;

pub fn explain(error: &Error, endpoint: &Endpoint) -> Plain {
    Plain::from(match error {
        Error::InvalidCertificate(error) => certificate(error, endpoint),
        Error::AlertReceived(alert) => alerted(*alert, endpoint),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "the port does not speak TLS; write http:// if that is meant".to_owned()
        }
        other => other.to_string(),
    })
}

/// The other side would not talk to us, by the handshake or by our certificate.
pub fn is_refusal(error: &Error) -> bool {
    use AlertDescription::{
        AccessDenied, BadCertificate, CertificateExpired, CertificateRequired, CertificateRevoked, CertificateUnknown,
        HandshakeFailure, UnknownCA, UnrecognisedName, UnsupportedCertificate,
    };
    matches!(
        error,
        Error::AlertReceived(
            AccessDenied
                | BadCertificate
                | CertificateExpired
                | CertificateRequired
                | CertificateRevoked
                | CertificateUnknown
                | HandshakeFailure
                | UnknownCA
                | UnrecognisedName
                | UnsupportedCertificate
        )
    )
}

fn certificate(error: &CertificateError, endpoint: &Endpoint) -> String {
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the server's certificate expired on {}", day(not_after.as_secs()))
        }
        CertificateError::Expired => "the server's certificate has expired".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("the server's certificate begins on {}; is a clock wrong?", day(not_before.as_secs()))
        }
        CertificateError::NotValidYet => "the server's certificate is not valid yet; is a clock wrong?".to_owned(),
        CertificateError::UnknownIssuer => {
            "nobody we trust has signed the server's certificate; set `ca_file` to its authority".to_owned()
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = if presented.is_empty() { "nobody".to_owned() } else { presented.join(", ") };
            format!("the server's certificate is not for {}, it is for {names}", host(&endpoint.url))
        }
        CertificateError::NotValidForName => format!("the server's certificate is not for {}", host(&endpoint.url)),
        CertificateError::Revoked => "the server's certificate was revoked".to_owned(),
        other => format!("the server's certificate is not acceptable: {other}"),
    }
}

/// The other side hung up and said why. In TLS 1.2 a missing client certificate goes by several names.
fn alerted(alert: AlertDescription, endpoint: &Endpoint) -> String {
    let wants = "the server wants a client certificate; set `cert_file` and `key_file`";
    match (alert, endpoint.tls.cert_file.is_some()) {
        (AlertDescription::CertificateRequired, false) => wants.to_owned(),
        (AlertDescription::BadCertificate | AlertDescription::HandshakeFailure, false) => {
            format!("the server refused the handshake; perhaps {wants}")
        }
        (AlertDescription::UnrecognisedName, _) => format!("the server knows no host {}", host(&endpoint.url)),
        (alert, true) => format!("the server refused the handshake or our client certificate ({alert:?})"),
        (alert, false) => format!("the server refused the handshake ({alert:?})"),
    }
}

fn day(seconds: u64) -> String {
    let ms = i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX);
    Timestamp(ms).format("%Y-%m-%d", &jiff::tz::TimeZone::UTC)
}

//! Text messages through a gateway of the operator's or a broker's over HTTP: each request signed, each with the key that lets
//! the gateway know it again, the delivery report on a signed call of the gateway's to us.
//!
//! What is said is written down for the other side in `docs/operations/messages.md`.

use crate::signature::check;
use crate::{Reach, Refused, Report, Secret, SignatureFault, Unusable, network_number, plain, signed, tls};
use reqwest::{Client, StatusCode, redirect};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Largest answer of a gateway that is read, and largest report of one, in bytes.
pub const ANSWER_BYTES_MAX: usize = 16 << 10;
/// Longest name a gateway may give a message, in characters.
const REFERENCE_CHARS_MAX: usize = 100;

/// Where text messages are handed in, and as whom.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// The address each message is posted to.
    pub url: String,
    /// What requests are signed with, in both directions.
    pub secret: Secret,
    /// The sender people see: a registered brand name or a short number.
    pub sender: String,
    /// Certificates (PEM) to check the gateway's with; none: those of the system.
    pub ca_file: Option<PathBuf>,
    /// How long one answer may take.
    pub answer_within: Duration,
}

/// One text message.
#[derive(Clone, Debug, Default)]
pub struct TextMessage {
    /// Its id: the key that makes sending it twice the same as sending it once.
    pub id: String,
    /// The phone, as its owner writes it.
    pub to: String,
    /// The text.
    pub text: String,
    /// What it tells: `received`.
    pub template: String,
    /// Which revision of that template; 0 is the one the program came with.
    pub revision: u32,
    /// The name this template is registered under with the operator; empty where it is not.
    pub registered_as: String,
    /// What its places were filled with, by name.
    pub values: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Handed<'a> {
    id: &'a str,
    from: &'a str,
    to: &'a str,
    text: &'a str,
    template: &'a str,
    revision: u32,
    #[serde(skip_serializing_if = "str::is_empty")]
    registered_as: &'a str,
    values: &'a BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Answer {
    accepted: bool,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    reason: String,
}

/// A gateway that takes our text messages.
pub struct Gateway {
    client: Client,
    url: reqwest::Url,
    secret: Secret,
    sender: String,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Gateway({})", self.url.host_str().unwrap_or_default())
    }
}

impl Gateway {
    /// A gateway to hand messages in at; nothing is said to it yet. No redirection is followed and no proxy of the machine asked.
    ///
    /// # Errors
    /// The address or the certificates cannot be used.
    pub fn new(settings: &GatewaySettings) -> Result<Self, Unusable> {
        let url =
            reqwest::Url::parse(&settings.url).map_err(|why| Unusable(format!("the gateway's address: {why}")))?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls::client(settings.ca_file.as_deref())?)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(settings.answer_within)
            .build()
            .map_err(|why| Unusable(format!("the gateway's address: {why}")))?;
        Ok(Self { client, url, secret: settings.secret.clone(), sender: settings.sender.clone() })
    }

    /// Hands one message in at a moment (seconds since 1970). Gives the gateway's name for it, by which it will report.
    ///
    /// # Errors
    /// It was not taken: [`Refused::Never`] where the gateway refuses this message for good, else [`Refused::Later`].
    pub async fn send(&self, message: &TextMessage, now: i64) -> Result<String, Refused> {
        let to =
            network_number(&message.to).ok_or_else(|| Refused::Never("the number is no phone number".to_owned()))?;
        let handed = Handed {
            id: &message.id,
            from: &self.sender,
            to: &to,
            text: &message.text,
            template: &message.template,
            revision: message.revision,
            registered_as: &message.registered_as,
            values: &message.values,
        };
        let body =
            serde_json::to_vec(&handed).map_err(|why| Refused::Never(format!("cannot be written down: {why}")))?;
        let request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("idempotency-key", &message.id)
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", now.to_string())
            .header("webhook-signature", signed(&self.secret, &message.id, now, &body))
            .body(body);
        let response = request.send().await.map_err(|why| Refused::Later(unreached(&why)))?;
        let status = response.status();
        let answer = read(response).await?;
        understood(status, &answer, &message.id)
    }
}

/// Why nobody answered, without the address: a gateway's can hold a key.
fn unreached(why: &reqwest::Error) -> String {
    let words = match (why.is_timeout(), why.is_connect()) {
        (true, _) => "the gateway did not answer in time",
        (_, true) => "the gateway cannot be reached",
        _ => "the connection to the gateway broke",
    };
    words.to_owned()
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, Refused> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|why| Refused::Later(unreached(&why)))? {
        body.extend_from_slice(&piece);
        if body.len() > ANSWER_BYTES_MAX {
            return Err(Refused::Later(format!("the gateway's answer is longer than {ANSWER_BYTES_MAX} bytes")));
        }
    }
    Ok(body)
}

/// What an answer means. A gateway that says "refused" under a status of success is believed, one that says nothing of ours is not.
fn understood(status: StatusCode, body: &[u8], id: &str) -> Result<String, Refused> {
    let answer: Option<Answer> = serde_json::from_slice(body).ok();
    let reason = answer.as_ref().map(|it| plain(&it.reason)).unwrap_or_default();
    let said = || format!("the gateway answered {} {reason}", status.as_u16()).trim_end().to_owned();
    // It will take it another time; or it does not know us, which is a matter of the settings.
    let patience = [401, 403, 404, 405, 407, 408, 425, 429].contains(&status.as_u16());
    match answer {
        Some(answer) if status.is_success() && answer.accepted => {
            let named: String = answer.reference.chars().take(REFERENCE_CHARS_MAX).collect();
            Ok(if named.is_empty() { id.to_owned() } else { named })
        }
        Some(_) if status.is_success() => Err(Refused::Never(said())),
        _ if status.is_client_error() && !patience => Err(Refused::Never(said())),
        None if status.is_success() => Err(Refused::Later("the gateway's answer is not in its form".to_owned())),
        _ => Err(Refused::Later(said())),
    }
}

/// A call of the gateway's is not to be believed, or not to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReport {
    /// It is not from the gateway, or not from now.
    #[error(transparent)]
    Signature(#[from] SignatureFault),
    /// It is not in its form.
    #[error("the report is not in its form")]
    Form,
}

#[derive(Deserialize)]
struct Reported {
    reference: String,
    state: String,
    #[serde(default)]
    reason: String,
}

/// Reads a delivery report: its three signature headers (id, moment, signatures) and its body, at a moment.
///
/// # Errors
/// It is not signed with the secret, not from now, or not in its form.
pub fn report(secret: &Secret, signature: (&str, &str, &str), body: &[u8], now: i64) -> Result<Report, BadReport> {
    check(secret, signature, body, now)?;
    let said: Reported = serde_json::from_slice(body).map_err(|_| BadReport::Form)?;
    let reach = match said.state.as_str() {
        "accepted" => Reach::Taken,
        "delivered" => Reach::Delivered,
        "failed" | "expired" => Reach::Failed,
        _ => return Err(BadReport::Form),
    };
    if said.reference.is_empty() || said.reference.chars().count() > REFERENCE_CHARS_MAX {
        return Err(BadReport::Form);
    }
    let reason = if reach == Reach::Failed { plain(&said.reason) } else { String::new() };
    Ok(Report { reference: said.reference, reach, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str) -> Result<String, Refused> {
        understood(StatusCode::from_u16(status).unwrap(), body.as_bytes(), "own")
    }

    #[test]
    fn an_answer_is_yes_not_now_or_never() {
        assert_eq!(answered(200, r#"{"accepted":true,"reference":"a1"}"#), Ok("a1".to_owned()));
        assert_eq!(answered(202, r#"{"accepted":true}"#), Ok("own".to_owned()));
        for (status, body) in
            [(500, ""), (503, r#"{"accepted":true}"#), (429, ""), (401, "{}"), (200, "<p>OK"), (302, "")]
        {
            assert!(matches!(answered(status, body), Err(Refused::Later(_))), "{status} {body}");
        }
        for (status, body) in [(400, ""), (422, r#"{"accepted":false}"#), (200, r#"{"accepted":false,"reason":"x"}"#)] {
            assert!(matches!(answered(status, body), Err(Refused::Never(_))), "{status} {body}");
        }
        let named = answered(400, r#"{"accepted":false,"reason":"no such number 0999000412"}"#);
        assert_eq!(named, Err(Refused::Never("the gateway answered 400 no such number …".to_owned())));
    }

    #[test]
    fn only_a_signed_report_in_its_form_is_read() {
        let secret = Secret::new("a secret of both sides");
        let read = |body: &str| {
            let signature = signed(&secret, "call", 1_000, body.as_bytes());
            report(&secret, ("call", "1000", &signature), body.as_bytes(), 1_010)
        };
        let failed = read(r#"{"reference":"a1","state":"failed","reason":"absent"}"#).unwrap();
        assert_eq!(failed, Report { reference: "a1".to_owned(), reach: Reach::Failed, reason: "absent".to_owned() });
        for body in [
            "",
            "[]",
            r#"{"reference":"a1"}"#,
            r#"{"reference":"","state":"failed"}"#,
            r#"{"reference":"a","state":"x"}"#,
        ] {
            assert_eq!(read(body), Err(BadReport::Form), "{body}");
        }
        let unsigned = report(&secret, ("call", "1000", "v1,AAAA"), b"{}", 1_010);
        assert_eq!(unsigned, Err(BadReport::Signature(SignatureFault::Wrong)));
    }
}

//! Getting to a server: encryption, what every connection is told first, and what a server must be to be ours.

use std::{path::Path, pin::Pin, sync::Arc, sync::mpsc::sync_channel, time::Duration};

use rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio::{runtime::Handle, time::timeout};
use tokio_postgres::{
    Client, Config, Error,
    config::{SslMode, TargetSessionAttrs},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{said::in_words, wait::Running};
use crate::engine::{
    address::Address,
    db::{Durability, Options},
    error::StorageError,
};

/// The oldest server we are tried on; older ones get no corrections any more.
const OLDEST: (i32, &str) = (140_000, "14");
/// So long the way to a server may take, with everything that is said at the door.
const CONNECTING_MAX: Duration = Duration::from_secs(10);
/// So long the system goes on sending to a server that does not confirm.
const UNHEARD_MAX: Duration = Duration::from_secs(15);
/// What every connection is told first: nobody waits for ever; plans are not compiled, ours are short.
const FIRST_WORDS: &str = "-c lock_timeout=10s -c client_min_messages=warning -c TimeZone=UTC -c jit=off";
/// What it is told then: outside a transaction that says it writes nothing can be written, so that not even a `BEGIN` that
/// failed lets single statements through.
const READ_ONLY: &str = "default_transaction_read_only=on";

/// How to get to a server: everything that is the same for each of its connections.
pub(in crate::engine) struct Way {
    config: Config,
    tls: MakeRustlsConnect,
    address: Address,
    /// True where one of several servers leads, and which one is asked each time.
    is_sought: bool,
}

impl Way {
    pub(in crate::engine) fn new(address: Address, options: &Options) -> Result<Self, StorageError> {
        let unsuitable = |reason| StorageError::Unsuitable { place: address.to_string(), reason };
        let mut config = address.config().map_err(unsuitable)?;
        let own = config.get_options().unwrap_or_default().to_owned();
        let durable = match options.durability {
            Durability::Full => "",
            Durability::Relaxed => " -c synchronous_commit=off",
        };
        let patience = options.patience_seconds;
        let is_sought = config.get_hosts().len() > 1 || config.get_target_session_attrs() != TargetSessionAttrs::Any;
        if is_sought {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        // Whoever is asked whether it takes what is written must not be told before that it shall not.
        let read_only = if is_sought { String::new() } else { format!(" -c {READ_ONLY}") };
        config.options(format!(
            "{own} {FIRST_WORDS}{read_only} -c statement_timeout={patience}s -c idle_in_transaction_session_timeout={patience}s{durable}"
        ));
        if config.get_application_name().is_none() {
            config.application_name("motcua");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECTING_MAX);
        }
        config.tcp_user_timeout(UNHEARD_MAX).keepalives_idle(UNHEARD_MAX);
        let is_encrypted = config.get_ssl_mode() != SslMode::Disable;
        let tls = tls(is_encrypted, address.ca_file()).map_err(unsuitable)?;
        Ok(Self { config, tls, address, is_sought })
    }

    pub(in crate::engine) fn address(&self) -> &Address {
        &self.address
    }

    /// One more connection. The runtime reads the socket's news; whoever waits does the rest.
    pub(super) fn connect(&self, runtime: &Handle) -> Result<(Client, Running), StorageError> {
        let (config, tls, is_sought) = (self.config.clone(), self.tls.clone(), self.is_sought);
        let (tell, told) = sync_channel(1);
        runtime.spawn(async move {
            let outcome = match timeout(CONNECTING_MAX, reach(&config, tls, is_sought)).await {
                Ok(Ok(reached)) => Ok(reached),
                Ok(Err(error)) => Err(in_words(&error)),
                Err(_) => Err(format!("no answer within {} seconds", CONNECTING_MAX.as_secs())),
            };
            // Whoever asked waits right here.
            drop(tell.send(outcome));
        });
        let outcome = told.recv().unwrap_or_else(|_| Err("the database is being closed".to_owned()));
        match outcome {
            Ok((client, connection)) => Ok((client, Running::new(Some(connection)))),
            Err(reason) => Err(StorageError::CannotReach { place: self.address.to_string(), reason }),
        }
    }
}

/// The half of a connection that the driver has run.
type Connection = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// Connects; where a server had to be sought, tells it now what the others hear at the door.
async fn reach(config: &Config, tls: MakeRustlsConnect, is_sought: bool) -> Result<(Client, Connection), Error> {
    let (client, connection) = config.connect(tls).await?;
    let mut connection: Connection = Box::pin(connection);
    if is_sought {
        let words = format!("SET {READ_ONLY}");
        tokio::select! {
            biased;
            said = client.batch_execute(&words) => said?,
            // Its end makes the other future end with an error.
            _ = &mut connection => client.batch_execute(&words).await?,
        }
    }
    Ok((client, connection))
}

fn tls(is_encrypted: bool, ca_file: Option<&Path>) -> Result<MakeRustlsConnect, String> {
    let mut roots = rustls::RootCertStore::empty();
    match ca_file {
        _ if !is_encrypted => {}
        Some(path) => {
            let unusable = |why: &dyn std::fmt::Display| format!("the certificates in {}: {why}", path.display());
            let found = CertificateDer::pem_file_iter(path).map_err(|why| unusable(&why))?;
            for certificate in found {
                let certificate = certificate.map_err(|why| unusable(&why))?;
                roots.add(certificate).map_err(|why| unusable(&why))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if is_encrypted && roots.is_empty() {
        return Err("there is no certificate to check the server's with: name one in the settings".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| why.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// What a server says of itself.
const ABOUT: &str = "SELECT current_setting('server_version_num'), current_setting('server_encoding'), \
    current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'), \
    pg_is_in_recovery()::text";

/// Refuses a server on which we could not keep what we promise; says why in words.
pub(super) async fn assess(client: &Client, durability: Durability) -> Result<(), String> {
    let row = client.query_one(ABOUT, &[]).await.map_err(|error| in_words(&error))?;
    let word = |column: usize| row.try_get::<_, String>(column).unwrap_or_default();
    let (version, encoding) = (word(0).parse::<i32>().unwrap_or(0), word(1));
    let (oldest, needed) = OLDEST;
    if version < oldest {
        return Err(format!("it is PostgreSQL {}; {needed} or newer is needed", version / 10_000));
    }
    if encoding != "UTF8" {
        return Err(format!("its texts are kept in {encoding}; create the database with ENCODING 'UTF8'"));
    }
    if word(5) == "true" {
        return Err("it only follows another server: name that one, or both parted by a comma".to_owned());
    }
    let kept = [("fsync", word(2)), ("full_page_writes", word(3)), ("synchronous_commit", word(4))];
    match kept.into_iter().find(|(_, value)| value == "off") {
        Some((name, _)) if durability == Durability::Full => {
            Err(format!("{name} is off on the server: what is acknowledged would not survive a power cut"))
        }
        _ => Ok(()),
    }
}

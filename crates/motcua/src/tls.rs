//! TLS without a proxy: certificates that are read again while the program runs, and a listener that shakes hands beside the
//! others.

use crate::ended::say;
use crate::settings::Settings;
use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// The largest file of certificates or of a key.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Between two looks at the files.
const LOOKED_EVERY: Duration = Duration::from_secs(5);
/// So long a visitor may take to shake hands.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// So many may shake hands at the same time; further ones wait.
const HANDSHAKES_MAX: usize = 512;
/// After the system could give no more connections.
const PAUSE: Duration = Duration::from_millis(200);

/// The certificate the program shows, and the files it comes from.
pub struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    shown: ArcSwap<CertifiedKey>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.shown.load_full())
    }
}

impl Certificates {
    /// Those the settings name, read; `None` where the program speaks no TLS.
    pub fn named(settings: &Settings) -> Option<Result<Arc<Self>, String>> {
        let (certificate, key) = settings.server.tls_certificate.clone().zip(settings.server.tls_key.clone())?;
        let provider = Arc::new(ring::default_provider());
        let read = certified(&certificate, &key, &provider);
        Some(read.map(|it| Arc::new(Self { certificate, key, provider, shown: ArcSwap::from_pointee(it) })))
    }

    /// Reads the files again; what is wrong with them, in words, while the old certificate stays.
    ///
    /// # Errors
    /// A file cannot be read, or the two do not belong together.
    pub fn read_again(&self) -> Result<(), String> {
        let fresh = certified(&self.certificate, &self.key, &self.provider)?;
        self.shown.store(Arc::new(fresh));
        Ok(())
    }

    fn config(self: Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        let provider = Arc::clone(&self.provider);
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(self);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// When the files changed last, and how long they are.
    fn state(&self) -> [Option<(SystemTime, u64)>; 2] {
        let of = |path: &Path| std::fs::metadata(path).ok().and_then(|it| Some((it.modified().ok()?, it.len())));
        [of(&self.certificate), of(&self.key)]
    }
}

fn certified(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, String> {
    let wrong = |path: &Path, why: &dyn fmt::Display| format!("{}: {why}", path.display());
    let pem = |path: &Path| {
        let about = std::fs::metadata(path).map_err(|why| wrong(path, &why))?;
        if about.len() > FILE_BYTES_MAX {
            return Err(wrong(path, &format!("larger than {FILE_BYTES_MAX} bytes")));
        }
        std::fs::read(path).map_err(|why| wrong(path, &why))
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem(certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|why| wrong(certificate, &why))?;
    if chain.is_empty() {
        return Err(wrong(certificate, &"there is no certificate in it"));
    }
    let secret = PrivateKeyDer::from_pem_slice(&pem(key)?).map_err(|why| wrong(key, &why))?;
    CertifiedKey::from_der(chain, secret, provider).map_err(|why| wrong(certificate, &why))
}

/// Reads the files again when they change or somebody sends SIGHUP, until told to stop. Without certificates SIGHUP is heard
/// and does nothing: it must not end the program.
pub async fn keep_fresh(certificates: Option<Arc<Certificates>>, mut hangup: Hangup, mut stop: watch::Receiver<bool>) {
    let mut known = certificates.as_ref().map(|it| it.state());
    while !*stop.borrow() {
        let asked = tokio::select! {
            () = hangup.heard() => true,
            () = tokio::time::sleep(LOOKED_EVERY) => false,
            _ = stop.changed() => continue,
        };
        let Some(certificates) = &certificates else { continue };
        let now = Some(certificates.state());
        if asked || now != known {
            known = now;
            tell(&certificates.read_again());
        }
    }
}

fn tell(outcome: &Result<(), String>) {
    match outcome {
        Ok(()) => {
            tracing::info!("the certificate was read again");
            say("chứng thư TLS đã được đọc lại.");
        }
        Err(why) => {
            tracing::error!(error = %why, "the new certificate cannot be used; the old one stays");
            say(&format!("chứng thư TLS mới không dùng được, giữ chứng thư cũ: {why}"));
        }
    }
}

/// The signal that asks to read files again, where the system has one. Once it is listened to, it does not end the program.
pub struct Hangup {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangup {
    /// Listens from now on, inside a runtime.
    #[cfg(unix)]
    pub fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self { signal: signal(SignalKind::hangup()).ok() }
    }

    /// There is no such signal here.
    #[cfg(not(unix))]
    pub fn listen() -> Self {
        Self {}
    }

    async fn heard(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            signal.recv().await;
            return;
        }
        std::future::pending().await
    }
}

/// Connections whose hands were shaken. A slow or silent visitor holds up nobody.
pub struct TlsListener {
    address: SocketAddr,
    shaken: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    accepting: JoinHandle<()>,
}

impl TlsListener {
    /// Takes connections at the listener from now on; the port is let go when this is dropped.
    ///
    /// # Errors
    /// The listener has no address, or the certificates are none for TLS.
    pub fn new(listener: TcpListener, certificates: Arc<Certificates>) -> anyhow::Result<Self> {
        let address = listener.local_addr()?;
        let acceptor = TlsAcceptor::from(Arc::new(certificates.config()?));
        let (ready, shaken) = mpsc::channel(HANDSHAKES_MAX);
        Ok(Self { address, shaken, accepting: tokio::spawn(accept(listener, acceptor, ready)) })
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, ready: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>) {
    let turns = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    loop {
        let (stream, address) = match listener.accept().await {
            Ok(it) => it,
            Err(error) => {
                tracing::debug!(error = %error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { return };
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            match timeout(HANDSHAKE, acceptor.accept(stream)).await {
                // Nobody takes it any more where the program stops.
                Ok(Ok(stream)) => drop(ready.send((stream, address)).await),
                Ok(Err(error)) => tracing::debug!(error = %error, "hands were not shaken"),
                Err(_) => tracing::debug!("hands were not shaken in time"),
            }
            drop(turn);
        });
    }
}

impl web::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.shaken.recv().await {
            Some(it) => it,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

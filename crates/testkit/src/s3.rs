//! A bucket of one's own: an S3 server started by the test that wants one, on the loopback address, gone when it is dropped.
//!
//! It needs moto, which `cargo xtask test` puts into `target/moto`. This file uses the standard library only: tests below this crate
//! include it by its path.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Where its programs are, from the top of the repository.
const PROGRAMS: &str = "target/moto/bin";
/// What stands before the address in what the server says.
const LISTENS: &str = "Running on ";
/// Makes a certificate for the loopback address: its file, then its key's.
const CERTIFICATE: &str = "
import datetime, ipaddress, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, 's3.example')])
here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address('127.0.0.1'))])
now = datetime.datetime.now(datetime.timezone.utc)
day = datetime.timedelta(days=1)
it = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
it = it.serial_number(x509.random_serial_number()).not_valid_before(now - day).not_valid_after(now + day)
it = it.add_extension(here, False).add_extension(x509.BasicConstraints(False, None), True).sign(key, hashes.SHA256())
pem = serialization.Encoding.PEM
open(sys.argv[1], 'wb').write(it.public_bytes(pem))
form = serialization.PrivateFormat.PKCS8
open(sys.argv[2], 'wb').write(key.private_bytes(pem, form, serialization.NoEncryption()))
";
/// The bucket's name.
pub const BUCKET: &str = "tep";

/// A server with one empty bucket. It must not outlive the thread that started it.
pub struct S3 {
    process: Option<Child>,
    address: String,
}

impl S3 {
    /// Starts one at a free port.
    ///
    /// # Panics
    /// moto is not installed, or does not start.
    pub fn start() -> Self {
        let mut server = Self { process: None, address: "127.0.0.1:0".to_owned() };
        server.start_again();
        server
    }

    /// Its address, for settings.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends the server: from now on nobody answers at its address.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.kill());
            drop(process.wait());
        }
    }

    /// Starts it at the address it had, with the bucket empty again.
    ///
    /// # Panics
    /// As [`S3::start`].
    pub fn start_again(&mut self) {
        self.launch(&[]);
        let made = self.ask("PUT", &format!("/{BUCKET}"));
        assert!(made.starts_with("HTTP/1.1 200"), "{made}");
    }

    /// Starts one with TLS and a certificate of its own, whose PEM comes with it; it has no bucket at all.
    ///
    /// # Panics
    /// As [`S3::start`].
    pub fn start_with_tls(folder: &Path) -> (Self, Vec<u8>) {
        let (certificate, key) = (folder.join("s3.pem"), folder.join("s3.key"));
        let mut maker = Command::new(found("python"));
        let made = maker.args(["-c", CERTIFICATE]).arg(&certificate).arg(&key).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut server = Self { process: None, address: "127.0.0.1:0".to_owned() };
        server.launch(&["-c", certificate.to_str().unwrap(), "-k", key.to_str().unwrap()]);
        (server, std::fs::read(certificate).unwrap())
    }

    /// Its address with TLS.
    pub fn endpoint_with_tls(&self) -> String {
        format!("https://{}", self.address)
    }

    fn launch(&mut self, more: &[&str]) {
        let (host, port) = self.address.split_once(':').unwrap();
        // To be ended with the thread that starts it, so that nothing is left of a test that was killed.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]).arg(found("moto_server")).args(["-H", host, "-p", port]).args(more);
        command.env("NO_COLOR", "1").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut told = String::new();
        let address = lines.by_ref().find_map(|line| {
            told.push_str(&line);
            told.push('\n');
            let (_, rest) = line.split_once(LISTENS)?.1.split_once("://")?;
            Some(rest.chars().take_while(|it| it.is_ascii_digit() || matches!(it, '.' | ':')).collect::<String>())
        });
        self.address = address.unwrap_or_else(|| panic!("moto did not start: {told}"));
        // Somebody must listen, or it stops when nobody does.
        std::thread::spawn(move || lines.for_each(drop));
        self.process = Some(process);
    }

    /// What the server answers to a question without a body.
    pub fn ask(&self, method: &str, path: &str) -> String {
        let mut line = TcpStream::connect(&self.address).unwrap();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\n", self.address);
        // It looks at nobody's signature, but wants to see one.
        let signed = "Authorization: AWS4-HMAC-SHA256 Credential=t/20250303/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
        write!(line, "{head}{signed}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn found(program: &str) -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let found = above.map(|it| it.join(PROGRAMS).join(program)).find(|it| it.exists());
    found.expect("moto is not here: cargo xtask test gets it into target/moto")
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.stop();
    }
}

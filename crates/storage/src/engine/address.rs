//! Where a PostgreSQL server is and how we get in.

use std::{
    fmt,
    net::IpAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

/// The address of a database on a PostgreSQL server: `postgres://USER@HOST[:PORT]/DATABASE`, several hosts parted by
/// commas. It carries no password: that comes apart from it, so that the address may be shown and logged.
///
/// ```
/// use storage::engine::Address;
///
/// let address = Address::parse("postgres://motcua@db.example/motcua").unwrap().with_password("khó đoán");
/// assert_eq!(address.to_string(), "postgres://motcua@db.example/motcua");
/// assert!(!format!("{address:?}").contains("khó đoán"));
/// assert!(Address::parse("postgres://motcua:secret@db.example/motcua").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    url: String,
    password: Option<String>,
    ca_file: Option<PathBuf>,
}

impl Address {
    /// True where the text means a server, right or wrong.
    pub fn is_one(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// Reads an address.
    ///
    /// # Errors
    /// In words, what is wrong with it; never the text itself, which may hold a password.
    pub fn parse(url: &str) -> Result<Self, String> {
        if !Self::is_one(url) {
            return Err("an address is like postgres://USER@HOST/DATABASE".to_owned());
        }
        let config = Config::from_str(url).map_err(|error| match std::error::Error::source(&error) {
            Some(why) => format!("an address is like postgres://USER@HOST/DATABASE: {why}"),
            None => "an address is like postgres://USER@HOST/DATABASE".to_owned(),
        })?;
        if config.get_password().is_some() {
            return Err("the address must not carry a password: it is shown and logged".to_owned());
        }
        if config.get_hosts().is_empty() {
            return Err("the address names no host".to_owned());
        }
        if config.get_dbname().is_none() || config.get_user().is_none() {
            return Err("the address must name the user and the database".to_owned());
        }
        Ok(Self { url: url.to_owned(), password: None, ca_file: None })
    }

    /// The same with a password.
    #[must_use]
    pub fn with_password(self, password: &str) -> Self {
        Self { password: Some(password.to_owned()), ..self }
    }

    /// The same, trusting the certificates of this file (PEM) instead of those of the system.
    #[must_use]
    pub fn with_ca_file(self, path: &Path) -> Self {
        Self { ca_file: Some(path.to_owned()), ..self }
    }

    pub(super) fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
    }

    /// What the driver makes of it. Over a network the connection is encrypted and the server's certificate checked, unless
    /// the address itself says `sslmode=disable`; a socket or the loopback needs none.
    pub(super) fn config(&self) -> Result<Config, String> {
        let mut config = Config::from_str(&self.url).map_err(|error| error.to_string())?;
        let named = self.url.contains("sslmode=");
        let plain = named && config.get_ssl_mode() == SslMode::Disable;
        let is_local = config.get_hosts().iter().all(is_local);
        config.ssl_mode(match (plain, is_local, named) {
            (true, _, _) | (false, true, false) => SslMode::Disable,
            // `prefer` would fall back to plain text for whoever stands between.
            (false, _, _) => SslMode::Require,
        });
        if let Some(password) = &self.password {
            config.password(password);
        }
        Ok(config)
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|it| it.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let password = self.password.as_ref().map(|_| "…");
        f.debug_struct("Address").field("url", &self.url).field("password", &password).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> SslMode {
        Address::parse(url).unwrap().config().unwrap().get_ssl_mode()
    }

    #[test]
    fn over_a_network_the_connection_is_encrypted() {
        assert_eq!(mode("postgres://a@db.example/m"), SslMode::Require);
        assert_eq!(mode("postgres://a@db.example/m?sslmode=prefer"), SslMode::Require);
        assert_eq!(mode("postgres://a@127.0.0.1,db.example/m"), SslMode::Require);
        assert_eq!(mode("postgres://a@127.0.0.1:5433/m"), SslMode::Disable);
        assert_eq!(mode("postgres://a@127.0.0.1/m?sslmode=require"), SslMode::Require);
        assert_eq!(mode("postgres://a@%2Frun%2Fpostgresql/m"), SslMode::Disable);
        assert_eq!(mode("postgres://a@10.0.0.1/m?sslmode=disable"), SslMode::Disable);
    }

    #[test]
    fn what_is_no_address_is_refused_in_words() {
        for (url, words) in [
            ("mysql://a@b/c", "postgres://USER@HOST"),
            ("postgres://a:b@c/d", "password"),
            ("postgres://a@c/d?password=b", "password"),
            ("postgres://c/d", "user and the database"),
            ("postgres://a@c/d?sslmode=maybe", "postgres://USER@HOST"),
        ] {
            let told = Address::parse(url).unwrap_err();
            assert!(told.contains(words), "{url}: {told}");
        }
    }
}

//! From which address somebody asks: the neighbour's, or what a proxy that the office trusts says of it.

mod network;

pub use network::network;

use axum::extract::ConnectInfo;
use axum::extract::connect_info::Connected;
use axum::http::Extensions;
use axum::http::HeaderMap;
use axum::serve::{IncomingStream, Listener};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The header proxies write: every one appends the address it was asked from.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// Most addresses of that header that are read, from the end.
const HOPS_MAX: usize = 16;

/// The neighbour a connection came from, whether it speaks TLS or not.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// A listener whose connections are told by their neighbour.
pub(crate) struct Neighbours<L>(pub L);

impl<L: Listener> Listener for Neighbours<L> {
    type Io = L::Io;
    type Addr = L::Addr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        self.0.accept().await
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl<L: Listener<Addr = SocketAddr>> Connected<IncomingStream<'_, Neighbours<L>>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Neighbours<L>>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// The address of whoever asks, where nobody unknown stands between: none where a header speaks of further ones, and the
/// neighbour is no proxy that is trusted. For what only some addresses may read.
pub fn of_neighbour(extensions: &Extensions, headers: &HeaderMap, proxies: &[IpNet]) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<Peer>>()?.0.0.ip().to_canonical();
    let is_forwarded = [FORWARDED_FOR, "forwarded", "x-real-ip"].iter().any(|it| headers.contains_key(*it));
    let is_trusted = proxies.iter().any(|it| it.contains(&peer));
    (!is_forwarded || is_trusted).then(|| of_visitor(extensions, headers, proxies))
}

/// The address of whoever asks. The header is read from its end, as long as the address before was a trusted proxy's: what a
/// visitor wrote into it themselves stands before that and is not believed.
pub fn of_visitor(extensions: &Extensions, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<Peer>>().map(|it| it.0.0.ip());
    let mut address = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical();
    let said: Vec<&str> =
        headers.get_all(FORWARDED_FOR).iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(',')).collect();
    for hop in said.iter().rev().take(HOPS_MAX) {
        if !proxies.iter().any(|it| it.contains(&address)) {
            break;
        }
        let Some(before) = parse_hop(hop) else { break };
        address = before;
    }
    address
}

/// An address as proxies write it, some with a port.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|it| it.ip()));
    bare.map(|it| it.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn asked(peer: &str, said: &[&str], proxies: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(Peer(SocketAddr::new(peer.parse().unwrap(), 1))));
        let mut headers = HeaderMap::new();
        for it in said {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(it).unwrap());
        }
        let proxies: Vec<IpNet> = proxies.iter().filter_map(|it| network(it)).collect();
        of_visitor(&extensions, &headers, &proxies).to_string()
    }

    #[test]
    fn a_neighbour_is_believed_only_where_the_office_trusts_it() {
        let trusted = ["10.0.0.0/8", "::1"];
        for (peer, said, address) in [
            ("203.0.113.9", vec![], "203.0.113.9"),
            ("203.0.113.9", vec!["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.2", vec![], "10.0.0.2"),
            ("10.0.0.2", vec!["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.2", vec!["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.2", vec!["6.6.6.6", "198.51.100.1, 10.0.0.3"], "198.51.100.1"),
            ("10.0.0.2", vec!["198.51.100.1:5000"], "198.51.100.1"),
            ("10.0.0.2", vec!["198.51.100.1, not an address"], "10.0.0.2"),
            ("::1", vec!["2001:db8::7"], "2001:db8::7"),
            ("::ffff:10.0.0.2", vec!["::ffff:198.51.100.1"], "198.51.100.1"),
        ] {
            assert_eq!(asked(peer, &said, &trusted), address, "{peer} {said:?}");
        }
        assert_eq!(asked("10.0.0.2", &["198.51.100.1"], &[]), "10.0.0.2");
    }

    #[test]
    fn who_comes_through_an_unknown_proxy_has_no_address_to_be_let_in_by() {
        let neighbour = |peer: &str, said: Option<&str>, proxies: &[&str]| {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(Peer(SocketAddr::new(peer.parse().unwrap(), 1))));
            let headers: HeaderMap = said
                .map(|it| (axum::http::HeaderName::from_static(FORWARDED_FOR), HeaderValue::from_str(it).unwrap()))
                .into_iter()
                .collect();
            let proxies: Vec<IpNet> = proxies.iter().filter_map(|it| network(it)).collect();
            of_neighbour(&extensions, &headers, &proxies).map(|it| it.to_string())
        };
        assert_eq!(neighbour("127.0.0.1", None, &[]).as_deref(), Some("127.0.0.1"));
        assert_eq!(neighbour("127.0.0.1", Some("203.0.113.9"), &[]), None);
        assert_eq!(neighbour("127.0.0.1", Some("127.0.0.1"), &[]), None);
        assert_eq!(neighbour("127.0.0.1", Some("203.0.113.9"), &["127.0.0.1"]).as_deref(), Some("203.0.113.9"));
        assert_eq!(of_neighbour(&Extensions::new(), &HeaderMap::new(), &[]), None);
    }

    #[test]
    fn a_chain_without_end_is_read_in_part() {
        let long = vec!["10.1.1.1"; 10_000].join(", ");
        assert_eq!(asked("10.0.0.2", &[&format!("6.6.6.6, {long}")], &["10.0.0.0/8"]), "10.1.1.1");
    }

    #[test]
    fn a_range_is_an_address_or_an_address_with_bits() {
        assert!(network("10.0.0.0/8").is_some_and(|it| it.contains(&IpAddr::from([10, 9, 9, 9]))));
        assert!(network("192.0.2.7").is_some_and(|it| !it.contains(&IpAddr::from([192, 0, 2, 8]))));
        assert!(network("10.0.0.0/33").is_none() && network("x").is_none());
    }
}

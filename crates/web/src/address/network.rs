//! A range of addresses as settings name it.

use ipnet::IpNet;
use std::net::IpAddr;

/// Reads `ADDRESS` or `ADDRESS/BITS`.
pub fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

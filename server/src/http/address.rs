//! The address of the client. Behind a proxy every connection comes from the
//! proxy, so what it says of the client counts: the header `X-Forwarded-For`,
//! read from its end, where the proxies that were named with `--trusted-proxy`
//! have written. What stands before them anybody may have written.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use ipnet::IpNet;

use crate::config::Config;

/// The client's address; none in a process of tests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

/// Puts it into a request.
pub(crate) fn find(request: &mut Request, config: &Config) {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let address = peer.map(|peer| client(peer, request.headers(), &config.trusted_proxies));
    request.extensions_mut().insert(ClientAddress(address));
}

/// The last address that no trusted proxy has.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let values = headers.get_all("x-forwarded-for").iter();
    let mut before: Vec<Option<IpAddr>> = values
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(|text| read(text.trim()))
        .collect();
    let mut address = peer;
    while is_trusted(&address) {
        match before.pop() {
            Some(Some(earlier)) => address = earlier.to_canonical(),
            // What is no address was not written by a proxy that can be trusted.
            Some(None) | None => break,
        }
    }
    address
}

/// An address, with a port or without.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_trusted_proxies_have_written_counts() {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "fd00::/8"].map(|text| text.parse().unwrap()).into();
        for (peer, forwarded, expected) in [
            ("192.0.2.1", "", "192.0.2.1"),
            // Nobody that is trusted: anybody can write a header.
            ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
            ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
            ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
            ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
            ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
            ("::ffff:10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"),
            ("fd00::1", "198.51.100.7", "198.51.100.7"),
            // A proxy that says nothing, or nonsense.
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "unknown", "10.0.0.1"),
            ("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"),
            ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ] {
            let mut headers = HeaderMap::new();
            if !forwarded.is_empty() {
                headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            }
            let peer: IpAddr = peer.parse().unwrap();
            let found = client(peer.to_canonical(), &headers, &trusted);
            assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded}");
        }
    }

    #[test]
    fn several_headers_are_one_list() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "203.0.113.9".parse().unwrap());
        headers.append("x-forwarded-for", "198.51.100.7".parse().unwrap());
        let found = client("10.0.0.1".parse().unwrap(), &headers, &trusted);
        assert_eq!(found, "198.51.100.7".parse::<IpAddr>().unwrap());
    }
}

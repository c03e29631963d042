//! From which addresses a key may be used.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::http::problem::Problem;

const MOST: usize = 32;

/// The networks, or single addresses; none: from anywhere. `field` is the member
/// that they stand in.
///
/// # Errors
/// 422, naming the one that is none.
pub(crate) fn read(field: &str, texts: &[String]) -> Result<Vec<IpNet>, Problem> {
    if texts.len() > MOST {
        let detail = format!("`{field}` has {} entries; at most {MOST} are allowed.", texts.len());
        return Err(Problem::field(field, detail));
    }
    let mut networks = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        let network = network(text).ok_or_else(|| {
            let field = format!("{field}[{index}]");
            let detail = format!(
                "`{field}` must be a network or an address, such as \"10.0.0.0/8\", \"2001:db8::/32\" or \"203.0.113.7\"."
            );
            Problem::field(field, detail)
        })?;
        if !networks.contains(&network) {
            networks.push(network);
        }
    }
    Ok(networks)
}

/// The address that an asker tells. Sockets of some systems put a zone behind one of the same link
/// (RFC 4007, section 11), which says nothing to anybody else.
///
/// # Errors
/// 422.
pub(crate) fn read_one(field: &str, text: &str) -> Result<IpAddr, Problem> {
    let zoned = text.split_once('%').filter(|(address, zone)| address.contains(':') && !zone.is_empty());
    let bare = zoned.map_or(text, |(address, _)| address);
    let address = bare.parse::<IpAddr>().map_err(|_| {
        let detail = format!(
            "`{field}` must be one IP address, such as \"203.0.113.7\" or \"2001:db8::1\", without a port: that of \
             the client, as your own server knows it."
        );
        Problem::field(field, detail)
    })?;
    Ok(address.to_canonical())
}

/// Whether a key with these networks may be used from there. Where there are any,
/// whoever does not tell the address is refused.
pub(crate) fn allow(networks: &[IpNet], address: Option<IpAddr>) -> bool {
    let Some(address) = address else { return networks.is_empty() };
    networks.is_empty() || networks.iter().any(|network| network.contains(&address))
}

/// Without the bits that the mask leaves out. An IPv4 address that is written as
/// IPv6 would match no client's.
fn network(text: &str) -> Option<IpNet> {
    let read = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address.to_canonical()),
        Err(_) => text.parse::<IpNet>().ok()?,
    };
    let is_mapped = matches!(read.addr(), IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some());
    (!is_mapped).then_some(read.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Result<Vec<IpNet>, Problem> {
        read("allowed_addresses", &texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn an_address_is_in_a_network_by_its_bits() {
        for (allowed, address, is_allowed) in [
            (vec![], None, true),
            (vec![], Some("203.0.113.7"), true),
            (vec!["10.0.0.0/8"], None, false),
            (vec!["10.0.0.0/8"], Some("10.255.255.255"), true),
            (vec!["10.0.0.0/8"], Some("11.0.0.0"), false),
            (vec!["10.0.0.0/8"], Some("::ffff:10.1.2.3"), true),
            (vec!["10.1.2.3/8"], Some("10.9.9.9"), true),
            (vec!["203.0.113.7"], Some("203.0.113.7"), true),
            (vec!["203.0.113.7"], Some("203.0.113.8"), false),
            (vec!["203.0.113.7/32", "2001:db8::/32"], Some("2001:db8:ffff::1"), true),
            (vec!["2001:db8::/32"], Some("2001:db9::1"), false),
            (vec!["0.0.0.0/0"], Some("2001:db8::1"), false),
            (vec!["0.0.0.0/0", "::/0"], Some("2001:db8::1"), true),
            (vec!["fe80::/10"], Some("fe80::1%eth0"), true),
            (vec!["fe80::2"], Some("fe80::1%12"), false),
        ] {
            let address = address.map(|text| read_one("ip", text).unwrap());
            assert_eq!(allow(&networks(&allowed).unwrap(), address), is_allowed, "{allowed:?} {address:?}");
        }
    }

    #[test]
    fn what_is_no_network_is_named() {
        for wrong in
            ["", "10.0.0.0/33", "10.0.0", "example.com", "10.0.0.0/8 ", "10.0.0.*", "::ffff:10.0.0.0/104"]
        {
            let problem = networks(&["10.0.0.0/8", wrong]).unwrap_err();
            assert_eq!(problem.field.as_deref(), Some("allowed_addresses[1]"), "{wrong:?}");
        }
        assert!(networks(&["10.0.0.0/8"; 33]).is_err());
        assert_eq!(networks(&["10.0.0.0/8", "10.1.0.0/8"]).unwrap().len(), 1);
        for wrong in
            ["", "203.0.113.7:80", "203.0.113.7, 10.0.0.1", "[::1]", "fe80::1%", "203.0.113.7%eth0", "%eth0"]
        {
            assert!(read_one("ip", wrong).is_err(), "{wrong:?}");
        }
    }
}

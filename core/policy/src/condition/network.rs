//! IP addresses and ranges. An IPv4 address written as IPv6 counts as IPv4.

use std::net::IpAddr;

use ipnet::IpNet;

/// The range that a policy names; an address without a prefix length stands for itself.
pub(crate) fn parse(text: &str) -> Option<IpNet> {
    match text.parse::<IpNet>() {
        Ok(network) => Some(canonical(network)),
        Err(_) => address(text).map(IpNet::from),
    }
}

/// A range of IPv4 addresses that is written as one of IPv6.
fn canonical(network: IpNet) -> IpNet {
    let mapped = match network {
        IpNet::V6(v6) => v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(96)),
        IpNet::V4(_) => None,
    };
    mapped.and_then(|(address, bits)| IpNet::new(address.into(), bits).ok()).unwrap_or(network)
}

/// The address of a request.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(network: &str, text: &str) -> bool {
        parse(network).unwrap().contains(&address(text).unwrap())
    }

    #[test]
    fn addresses_lie_in_their_ranges() {
        assert!(within("203.0.113.0/24", "203.0.113.255"));
        assert!(!within("203.0.113.0/24", "203.0.114.0"));
        assert!(within("203.0.113.77/24", "203.0.113.1"), "bits after the prefix do not count");
        assert!(within("10.0.0.1", "10.0.0.1"));
        assert!(!within("10.0.0.1", "10.0.0.2"));
        assert!(within("2001:DB8:1234:5678::/64", "2001:db8:1234:5678:1::1"));
        assert!(within("0.0.0.0/0", "8.8.8.8"));
        assert!(!within("0.0.0.0/0", "2001:db8::1"), "families do not mix");
        assert!(within("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(within("::ffff:10.0.0.0/104", "10.1.2.3"));
        assert!(!within("::ffff:10.0.0.0/104", "11.1.2.3"));
        assert!(within("::ffff:10.1.2.3", "10.1.2.3"));
        assert!(within("::/0", "2001:db8::1") && !within("::/0", "10.1.2.3"));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "*", "host", "10.0.0.256", "10.0.0.1/255.0.0.0"]
        {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}

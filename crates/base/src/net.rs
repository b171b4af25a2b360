//! Which address a request really comes from, seen through reverse proxies that the operator trusts.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use ipnet::{IpNet, Ipv4Net};

/// Bits of an IPv6 address that stay fixed for one customer of a provider.
const IPV6_CUSTOMER_BITS: u8 = 64;

/// The networks whose forwarding headers are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
}

impl TrustedProxies {
    /// Reads addresses and networks separated by commas, with or without host bits. Also returns how many items are
    /// neither, and were left out.
    pub fn parse(list: &str) -> (Self, usize) {
        let items: Vec<&str> = list.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
        let networks: Vec<IpNet> = items.iter().filter_map(|item| parse_network(item)).collect();
        let invalid = items.len() - networks.len();
        (Self { networks }, invalid)
    }

    /// Whether no proxy is trusted.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Whether an address belongs to a trusted proxy.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }
}

fn parse_network(text: &str) -> Option<IpNet> {
    let network = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => text.parse().ok()?,
    };
    Some(fold_mapped(network))
}

/// IPv4 addresses written as IPv6 (`::ffff:10.0.0.0/104`) mean the IPv4 network, as addresses are folded before look-up.
fn fold_mapped(network: IpNet) -> IpNet {
    let IpNet::V6(six) = network else { return network };
    let mapped_bits = 96;
    match (six.addr().to_ipv4_mapped(), six.prefix_len().checked_sub(mapped_bits)) {
        (Some(address), Some(bits)) => Ipv4Net::new(address, bits).map_or(network, IpNet::V4),
        _ => network,
    }
}

/// The address that limits count and logs name: a canonical IP address, or unknown when the connection has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress {
    ip: Option<IpAddr>,
}

impl ClientAddress {
    /// An address, with IPv4 inside IPv6 folded to IPv4.
    pub fn new(ip: Option<IpAddr>) -> Self {
        Self { ip: ip.map(|ip| ip.to_canonical()) }
    }

    /// The address, if there is one.
    pub fn ip(self) -> Option<IpAddr> {
        self.ip
    }

    /// Key for rate limits: an IPv4 address, or the /64 network of an IPv6 address, because one customer has all of it.
    pub fn limit_key(self) -> String {
        match self.ip {
            Some(IpAddr::V6(six)) => {
                let network = six.to_bits() >> IPV6_CUSTOMER_BITS << IPV6_CUSTOMER_BITS;
                format!("{}/{IPV6_CUSTOMER_BITS}", Ipv6Addr::from_bits(network))
            }
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ip {
            Some(ip) => ip.fmt(formatter),
            None => formatter.write_str("unknown"),
        }
    }
}

/// Finds the client behind trusted proxies. The peer counts unless it is trusted. Else the hops in `Forwarded`, or when
/// that names none, in `X-Forwarded-For`, are walked from the nearest one outwards: trusted ones are passed, the first
/// other one is the client; an entry that is no address ends the walk at the hop before it. Every value of a header that
/// occurs several times is to be given, in order.
pub fn client_address<'a>(
    peer: Option<IpAddr>,
    trusted: &TrustedProxies,
    forwarded: impl Iterator<Item = &'a str>,
    x_forwarded_for: impl Iterator<Item = &'a str>,
) -> ClientAddress {
    let Some(peer_ip) = peer.filter(|peer| trusted.contains(*peer)) else { return ClientAddress::new(peer) };
    let named: Vec<Option<String>> = forwarded.flat_map(forwarded_for).collect();
    let hops: Vec<Option<IpAddr>> = if named.iter().any(Option::is_some) {
        named.into_iter().map(|hop| parse_hop(&hop?)).collect()
    } else {
        x_forwarded_for.flat_map(|value| value.split(',')).map(|item| parse_hop(item.trim())).collect()
    };
    let mut client = peer_ip;
    for hop in hops.into_iter().rev() {
        let Some(address) = hop else { break };
        client = address;
        if !trusted.contains(address) {
            break;
        }
    }
    ClientAddress::new(Some(client))
}

/// The `for` of each hop in one `Forwarded` header (RFC 7239), outermost hop first.
fn forwarded_for(value: &str) -> Vec<Option<String>> {
    let for_of = |element| {
        split_outside_quotes(element, ';').into_iter().find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            name.trim().eq_ignore_ascii_case("for").then(|| unquote(value.trim()))
        })
    };
    split_outside_quotes(value, ',').into_iter().map(for_of).collect()
}

fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(|character| {
        let after_backslash = escaped;
        escaped = quoted && character == '\\' && !after_backslash;
        if character == '"' && !after_backslash {
            quoted = !quoted;
        }
        character == separator && !quoted
    })
    .collect()
}

fn unquote(text: &str) -> String {
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        // Backslashes cannot be part of an address; what they protect can.
        Some(inner) => inner.replace('\\', ""),
        None => text.to_owned(),
    }
}

/// Reads `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:80`.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))?;
    Some(IpAddr::to_canonical(&address))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PROXIES: &str = "10.0.0.0/8, 192.0.2.7, fd00::/8";

    fn client(peer: &str, forwarded: &[&str], x_forwarded_for: &[&str]) -> String {
        let (trusted, _) = TrustedProxies::parse(PROXIES);
        let peer = Some(peer.parse().unwrap());
        client_address(peer, &trusted, forwarded.iter().copied(), x_forwarded_for.iter().copied()).to_string()
    }

    #[test]
    fn networks_are_read_and_bad_items_counted() {
        let (trusted, invalid) =
            TrustedProxies::parse(" 10.1.2.3/8,,fd00::1/8, ::ffff:172.16.0.1/108, proxy, 1.2.3.4/33 ");
        assert_eq!(invalid, 2);
        for (address, contained) in [
            ("10.255.0.1", true),
            ("::ffff:10.0.0.1", true),
            ("11.0.0.1", false),
            ("fdff::1", true),
            ("fe00::1", false),
            ("172.31.0.1", true),
            ("172.32.0.1", false),
        ] {
            assert_eq!(trusted.contains(address.parse().unwrap()), contained, "{address}");
        }
        assert!(TrustedProxies::parse(" , ").0.is_empty());
    }

    #[test]
    fn an_untrusted_peer_is_the_client() {
        assert_eq!(client("203.0.113.9", &["for=198.51.100.1"], &["198.51.100.2"]), "203.0.113.9");
        assert_eq!(client("127.0.0.1", &[], &["198.51.100.2"]), "127.0.0.1");
        assert_eq!(client("::ffff:203.0.113.9", &[], &[]), "203.0.113.9");
    }

    #[test]
    fn lists_are_walked_from_the_right() {
        for (list, address) in [
            (&["198.51.100.1"][..], "198.51.100.1"),
            (&["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
            (&["6.6.6.6, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
            (&["6.6.6.6", "198.51.100.1", "10.9.9.9"], "198.51.100.1"),
            (&["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
            (&["198.51.100.1, nonsense, 10.2.2.2"], "10.2.2.2"),
            (&["198.51.100.1, nonsense"], "10.0.0.1"),
            (&["198.51.100.1,"], "10.0.0.1"),
            (&[""], "10.0.0.1"),
            (&[], "10.0.0.1"),
            (&["198.51.100.1:5000"], "198.51.100.1"),
            (&["[2001:db8::1]:5000"], "2001:db8::1"),
            (&["2001:DB8:0::1"], "2001:db8::1"),
            (&["::ffff:198.51.100.1"], "198.51.100.1"),
            (&["198.51.100.1, fd00::5"], "198.51.100.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[], list), address, "{list:?}");
        }
    }

    #[test]
    fn the_standard_header_goes_first() {
        for (list, address) in [
            (&["for=198.51.100.1"][..], "198.51.100.1"),
            (&["FOR=\"198.51.100.1:80\";proto=https"], "198.51.100.1"),
            (&["proto=https; For = \"[2001:db8::1]:80\""], "2001:db8::1"),
            (&["for=6.6.6.6, for=198.51.100.1;by=10.0.0.1, for=10.4.4.4"], "198.51.100.1"),
            (&["for=6.6.6.6", "for=198.51.100.1"], "198.51.100.1"),
            (&["for=\"6.6.6.6, for=7.7.7.7\", for=198.51.100.1"], "198.51.100.1"),
            (&["for=\"198.51.\\100.1\""], "198.51.100.1"),
            (&["for=198.51.100.1, for=unknown"], "10.0.0.1"),
            (&["for=_hidden"], "10.0.0.1"),
            (&["for=198.51.100.1, proto=https"], "10.0.0.1"),
            (&["proto=https"], "9.9.9.9"),
            (&[""], "9.9.9.9"),
        ] {
            assert_eq!(client("10.0.0.1", list, &["9.9.9.9"]), address, "{list:?}");
        }
    }

    #[test]
    fn limits_count_customers() {
        for (address, key) in [
            ("198.51.100.1", "198.51.100.1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ] {
            assert_eq!(ClientAddress::new(Some(address.parse().unwrap())).limit_key(), key, "{address}");
        }
        assert_eq!(ClientAddress::new(None).limit_key(), "unknown");
    }

    proptest! {
        #[test]
        fn nothing_overrides_an_untrusted_peer(peer: IpAddr, forwarded in any::<String>(), list in any::<String>()) {
            let (trusted, _) = TrustedProxies::parse(PROXIES);
            prop_assume!(!trusted.contains(peer));
            let found = client_address(Some(peer), &trusted, [&*forwarded].into_iter(), [&*list].into_iter());
            prop_assert_eq!(found, ClientAddress::new(Some(peer)));
        }

        #[test]
        fn no_header_makes_the_walk_panic(forwarded in "[a-z0-9=,;:.\\[\\]\"\\\\ ]{0,60}", list in "\\PC{0,40}") {
            let (trusted, _) = TrustedProxies::parse(PROXIES);
            let peer = Some("10.0.0.1".parse().unwrap());
            let found = client_address(peer, &trusted, [&*forwarded].into_iter(), [&*list].into_iter());
            prop_assert!(found.ip().is_some());
        }

        #[test]
        fn what_a_client_prepends_is_ignored(claimed in "[0-9a-f.:, ]{0,40}") {
            let list = format!("{claimed}, 198.51.100.1, 10.3.3.3");
            prop_assert_eq!(client("10.0.0.1", &[], &[&list]), "198.51.100.1");
        }
    }
}

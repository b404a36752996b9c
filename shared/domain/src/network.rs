//! The network of a client: limits count requests for it, not for a single address.

use std::fmt;
use std::net::IpAddr;

/// The smallest IPv6 network that a provider assigns to a customer.
const IPV6_NETWORK_BITS: u32 = 64;

/// The network of a client's address: an IPv4 address, or the /64 of an IPv6 address, because one customer has all
/// addresses of a /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientNetwork(Option<IpAddr>);

impl ClientNetwork {
    /// The network of an address in text form, with or without brackets. Text that is not an address is the network `unknown`, which all such
    /// clients share.
    pub fn parse(address: &str) -> Self {
        let address = address.trim().trim_start_matches('[').trim_end_matches(']');
        Self(address.parse::<IpAddr>().ok().map(|address| match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => {
                let host_bits = 128 - IPV6_NETWORK_BITS;
                IpAddr::V6((address.to_bits() >> host_bits << host_bits).into())
            }
        }))
    }
}

impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(IpAddr::V4(address)) => write!(f, "{address}"),
            Some(IpAddr::V6(network)) => write!(f, "{network}/{IPV6_NETWORK_BITS}"),
            None => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customer_is_one_network() {
        let network = |address: &str| ClientNetwork::parse(address).to_string();
        assert_eq!(network("192.0.2.1"), "192.0.2.1");
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(network("2001:db8::1"), "2001:db8::/64");
        assert_eq!(network("2001:db8:0:0:ffff::2"), "2001:db8::/64");
        assert_eq!(network("[2001:db8::1]"), "2001:db8::/64");
        assert_eq!(network("2001:db8:0:1::1"), "2001:db8:0:1::/64");
        for bad in ["", "unknown", "192.0.2", "2001:db8::1%eth0", "192.0.2.1:80"] {
            assert_eq!(network(bad), "unknown", "{bad}");
        }
        assert_ne!(ClientNetwork::parse("192.0.2.1"), ClientNetwork::parse("192.0.2.2"));
    }
}

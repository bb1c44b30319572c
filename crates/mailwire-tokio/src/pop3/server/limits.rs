use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

/// How many connections there may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ConnectionLimits {
    /// In all. Default 10,000.
    pub total: usize,
    /// From one IPv4 address, or from one IPv6 network of 64 bits, which is one customer's. Default 20.
    pub per_address: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self { total: 10_000, per_address: 20 }
    }
}

/// Counts connections.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    limits: ConnectionLimits,
    counts: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One counted connection, until it is dropped.
#[derive(Debug)]
pub(super) struct Admission {
    counter: Counter,
    address: IpAddr,
}

impl Counter {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self { limits, counts: Arc::default() }
    }

    /// Counts one more, unless there are too many.
    pub(super) fn admit(&self, address: IpAddr) -> Option<Admission> {
        let address = network(address);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let here = counts.by_address.get(&address).copied().unwrap_or_default();
        if counts.total >= self.limits.total || here >= self.limits.per_address {
            return None;
        }
        counts.total += 1;
        counts.by_address.insert(address, here + 1);
        Some(Admission { counter: self.clone(), address })
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut counts = self.counter.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.total -= 1;
        if let Some(here) = counts.by_address.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                counts.by_address.remove(&self.address);
            }
        }
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_counted_in_all_and_by_network() {
        let counter = Counter::new(ConnectionLimits { total: 3, per_address: 2 });
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let (one, same, other) = (address("2001:db8::1"), address("2001:db8::2"), address("10.0.0.1"));
        let first = counter.admit(one);
        let second = counter.admit(same);
        assert!(first.is_some() && second.is_some() && counter.admit(one).is_none());
        let third = counter.admit(other);
        assert!(third.is_some() && counter.admit(address("10.0.0.2")).is_none());
        drop(first);
        assert!(counter.admit(one).is_some());
        drop((second, third));
        assert!(counter.counts.lock().unwrap().by_address.is_empty());
    }

    #[test]
    fn a_mapped_address_is_the_address_it_maps() {
        assert_eq!(network("::ffff:10.0.0.1".parse().unwrap()), "10.0.0.1".parse::<IpAddr>().unwrap());
    }
}

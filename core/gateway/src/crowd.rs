use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

/// How much of something each address has, so that none has all of it. Cloned, it is the same crowd.
#[derive(Debug, Clone)]
pub(crate) struct Crowd(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    /// What one address may have.
    most: usize,
    by: Mutex<HashMap<IpAddr, usize>>,
}

/// What one of an address has; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    crowd: Crowd,
    address: IpAddr,
    has: usize,
}

impl Crowd {
    /// Each address may have so much.
    pub(crate) fn new(most: usize) -> Self {
        Self(Arc::new(Counts { most, by: Mutex::default() }))
    }

    /// A place that has nothing yet.
    pub(crate) fn place(&self, address: IpAddr) -> Place {
        Place { crowd: self.clone(), address: network(address), has: 0 }
    }
}

impl Place {
    /// Has so much from now on; false, and nothing changes, where the address would have too much.
    pub(crate) fn have(&mut self, much: usize) -> bool {
        let Counts { most, by } = &*self.crowd.0;
        let mut by = by.lock().unwrap_or_else(PoisonError::into_inner);
        let all = by.get(&self.address).copied().unwrap_or_default().saturating_sub(self.has);
        let all = all.saturating_add(much);
        if much > self.has && all > *most {
            return false;
        }
        match all {
            0 => by.remove(&self.address),
            all => by.insert(self.address, all),
        };
        self.has = much;
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.has > 0 {
            self.have(0);
        }
    }
}

/// The address, or what its owner has beside it: of version 6, whoever has one has the 64 bits behind it too.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (!0 << 64)).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_has_more_than_its_part() {
        let crowd = Crowd::new(3);
        let [one, other] = ["10.0.0.1", "10.0.0.2"].map(|address| address.parse().unwrap());
        let (mut first, mut second) = (crowd.place(one), crowd.place(one));
        assert!(first.have(2) && !second.have(2) && second.have(1) && !second.have(2));
        assert!(crowd.place(other).have(3));
        assert!(first.have(1) && second.have(2));
        drop((first, second));
        assert!(crowd.0.by.lock().unwrap().is_empty());
        assert!(crowd.place(one).have(3));
    }

    #[test]
    fn neighbours_of_version_6_are_one() {
        let crowd = Crowd::new(1);
        let of = |text: &str| crowd.place(text.parse().unwrap());
        let mut held = of("2001:db8::1");
        assert!(held.have(1) && !of("2001:db8::2").have(1) && of("2001:db8:0:1::1").have(1));
        let mut mapped = of("::ffff:10.0.0.1");
        assert!(mapped.have(1) && !of("10.0.0.1").have(1));
    }
}

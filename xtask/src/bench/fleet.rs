use std::{thread, time::Duration};

use super::{
    kurodo, measure,
    peers::{self, Peer},
    place::Place,
    server::Server,
    work::Work,
};
use crate::failure::Outcome;

/// The servers that are compared, all running.
pub(crate) struct Fleet {
    pub(crate) servers: Vec<Server>,
    /// Peers that are not installed.
    pub(crate) missing: Vec<&'static str>,
}

impl Fleet {
    /// Starts Kurodo, the yardstick, and the peers that are installed and asked for.
    pub(crate) fn start(place: &Place, asked: &[String]) -> Outcome<Self> {
        let mut servers = vec![kurodo::start(place)?];
        let mut missing = Vec::new();
        if super::chosen(asked, kurodo::BARE) {
            servers.push(kurodo::bare(place)?);
        }
        for peer in Peer::ALL.into_iter().filter(|peer| super::chosen(asked, peer.name())) {
            match peers::start(peer, place)? {
                Some(server) => servers.push(server),
                None => {
                    eprintln!("skipped, as it is not installed: {}", peer.name());
                    missing.push(peer.name());
                }
            }
        }
        Ok(Self { servers, missing })
    }

    /// Lets all settle, and notes what memory they hold then.
    pub(crate) fn rest(&mut self) {
        thread::sleep(Duration::from_secs(3));
        for server in &mut self.servers {
            server.idle = server.process.resident();
        }
    }

    /// Puts a load on each server in turn. One that fails is left out of that load, saying why.
    pub(crate) fn load(&mut self, work: Work, seconds: u32, place: &Place) -> Outcome {
        for server in self.servers.iter_mut().filter(|server| server.takes(work)) {
            server.process.alive(&server.log)?;
            let folder = place.folder("requests")?;
            if let Err(failure) = measure::measure(server, work, seconds, &folder) {
                eprintln!("{}: {failure}", server.name);
            }
        }
        Ok(())
    }
}

//! The gateway over real connections, with a small service behind it.

#![expect(unreachable_pub, reason = "the table makes public items, as a service's crate wants them")]

#[cfg(test)]
mod bodies;
#[cfg(test)]
mod chores;
#[cfg(test)]
mod client;
#[cfg(test)]
mod depot;
#[cfg(test)]
mod drain;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod front;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod model;
#[cfg(test)]
mod needs;
#[cfg(test)]
mod paths;
#[cfg(test)]
mod public;
#[cfg(test)]
mod relay;
#[cfg(test)]
mod resources;
#[cfg(test)]
mod signatures;
#[cfg(test)]
mod smuggling;
#[cfg(test)]
mod version_two;
#[cfg(test)]
mod world;

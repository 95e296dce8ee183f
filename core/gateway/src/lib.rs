//! Listener, routing and the way of a request from its head to the response.
//!
//! Read [`way`](mod@way) first: it is the one straight line that every request takes. The table macro
//! [`service!`](crate::service) makes the rows that the line is taken for.

mod answered;
mod authenticate;
mod body;
mod call;
mod chore;
mod codec;
mod connection;
mod crowd;
mod error;
mod facts;
mod find;
mod form;
mod framing;
mod gateway;
mod guard;
mod head;
mod inflate;
mod input;
mod lasting;
mod listen;
mod measures;
mod message;
mod mount;
mod observer;
mod operation;
mod origin;
mod outgoing;
mod pace;
mod refuse;
mod relay;
mod reply;
mod respond;
mod room;
mod route;
mod scrape;
mod signature;
mod signing;
mod strict;
mod table;
mod tls;
mod trail;
mod turns;
mod way;

pub use kurodo_authz as authz;
pub use kurodo_wire as wire;

pub use answered::Answered;
pub use body::{Body, BodyError};
pub use call::Call;
pub use chore::{Chore, ChoreEntry, ChoreFacts, Errand, Keeper, Progress, Round};
pub use error::Failure;
pub use facts::{Dialect, ServiceFacts};
pub use find::Find;
pub use form::FormError;
pub use gateway::{Gateway, Settings};
pub use listen::{Limits, Listener};
pub use mount::Mount;
pub use observer::{Measured, Observer, Seen, Watcher};
pub use operation::{Authorized, ConditionItem, ConditionValue, Handler, Row, Service};
pub use origin::{CrossOrigin, Sharing};
pub use pace::Pace;
pub use refuse::body as body_failure;
pub use relay::{Order, Relay, Relayed};
pub use reply::{Content, Reply};
pub use room::{Full, Room, Share};
pub use scrape::Scraped;
pub use table::{ActionFacts, Entry, RowFacts, Table, TableFacts};
pub use tls::tls_config;
pub use turns::Turns;
pub use way::{Received, Sent};

//! The peers: what they are called, how they are started, and what they keep.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    client::{Endpoint, Request},
    kurodo::until,
    place::{Place, free_port},
    process::Process,
    server::{Keeps, Server, Service},
};
use crate::failure::Outcome;

/// A server of others. All listen on the loopback interface only, without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    SeaweedFs,
    Garage,
    S3sFs,
    FakecloudDurable,
    Fakecloud,
    Ministack,
    Moto,
    S3rver,
    Dynalite,
    Kinesalite,
}

impl Peer {
    pub(crate) const ALL: [Self; 10] = [
        Self::SeaweedFs,
        Self::Garage,
        Self::S3sFs,
        Self::FakecloudDurable,
        Self::Fakecloud,
        Self::Ministack,
        Self::Moto,
        Self::S3rver,
        Self::Dynalite,
        Self::Kinesalite,
    ];

    /// As the table names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SeaweedFs => "SeaweedFS",
            Self::Garage => "Garage",
            Self::S3sFs => "s3s-fs",
            Self::FakecloudDurable => "fakecloud, persistent",
            Self::Fakecloud => "fakecloud, memory",
            Self::Ministack => "ministack",
            Self::Moto => "moto",
            Self::S3rver => "s3rver",
            Self::Dynalite => "dynalite",
            Self::Kinesalite => "kinesalite",
        }
    }

    fn program(self) -> &'static str {
        match self {
            Self::SeaweedFs => "weed",
            Self::Garage => "garage",
            Self::S3sFs => "s3s-fs",
            Self::FakecloudDurable | Self::Fakecloud => "fakecloud",
            Self::Ministack => "ministack",
            Self::Moto => "moto_server",
            Self::S3rver => "s3rver",
            Self::Dynalite => "dynalite",
            Self::Kinesalite => "kinesalite",
        }
    }

    fn keeps(self) -> Keeps {
        match self {
            Self::SeaweedFs | Self::Garage | Self::S3sFs | Self::FakecloudDurable | Self::S3rver => {
                Keeps::Durable
            }
            Self::Fakecloud | Self::Ministack | Self::Moto | Self::Dynalite | Self::Kinesalite => {
                Keeps::Memory
            }
        }
    }

    fn serves(self) -> Vec<Service> {
        match self {
            Self::SeaweedFs | Self::Garage | Self::S3sFs | Self::S3rver => vec![Service::S3],
            Self::Dynalite => vec![Service::DynamoDb],
            Self::Kinesalite => vec![Service::Kinesis],
            _ => vec![Service::S3, Service::Sts, Service::Iam, Service::DynamoDb, Service::Kinesis],
        }
    }

    /// Credentials that the peer knows, where it knows any.
    fn credentials(self) -> (&'static str, &'static str) {
        match self {
            Self::S3rver => ("S3RVER", "S3RVER"),
            // It takes no keys of another form.
            Self::Garage => (
                "GK0123456789abcdef01234567",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            ),
            _ => ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        }
    }

    fn command(self, program: &Path, folder: &Path, port: u16) -> Outcome<Command> {
        let mut command = Command::new(program);
        command.current_dir(folder);
        let port = port.to_string();
        match self {
            Self::SeaweedFs => seaweedfs(&mut command, folder, &port)?,
            Self::Garage => garage(&mut command, folder, &port, self.credentials())?,
            Self::S3sFs => {
                let (key, secret) = self.credentials();
                command.args(["--host", "127.0.0.1", "--port", &port]);
                command.args(["--access-key", key, "--secret-key", secret]).arg(folder);
            }
            Self::FakecloudDurable => {
                command.args(["--addr", &format!("127.0.0.1:{port}"), "--storage-mode", "persistent"]);
                command.arg("--data-path").arg(folder);
            }
            Self::Fakecloud => {
                command.args(["--addr", &format!("127.0.0.1:{port}")]);
            }
            Self::Ministack => {
                command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", &port);
            }
            Self::Moto => {
                command.args(["-H", "127.0.0.1", "-p", &port]);
            }
            Self::Dynalite => {
                command.args(["--host", "127.0.0.1", "--port", &port, "--createTableMs", "0"]);
            }
            Self::Kinesalite => {
                // Its limit of shards is small, and it has none of what a shard takes.
                let shards = super::work::SHARDS.to_string();
                command.args(["--port", &port, "--createStreamMs", "0", "--shardLimit", &shards]);
            }
            Self::S3rver => {
                command
                    .args(["--address", "127.0.0.1", "--port", &port, "--silent", "--directory"])
                    .arg(folder);
            }
        }
        Ok(command)
    }
}

/// Starts the peer and waits for its first answer to a signed request; none where it is not installed.
pub(crate) fn start(peer: Peer, place: &Place) -> Outcome<Option<Server>> {
    let Some(program) = place.program(peer.program()) else { return Ok(None) };
    let folder = place.folder(&peer.name().replace([' ', ','], "-"))?;
    let log: PathBuf = folder.with_extension("log");
    let port = free_port()?;
    let (key, secret) = peer.credentials();
    let (access_key_id, secret) = (key.to_owned(), secret.to_owned());
    let endpoint = Endpoint { scheme: "http", host: "127.0.0.1", port, ca: None, access_key_id, secret };
    let mut process = Process::start(&mut peer.command(&program, &folder, port)?, &log)?;
    let list = match peer {
        Peer::Kinesalite => Request::json("kinesis", "Kinesis_20131202.ListStreams", &serde_json::json!({})),
        Peer::Dynalite => Request::json("dynamodb", "DynamoDB_20120810.ListTables", &serde_json::json!({})),
        _ => Request::s3(http::Method::GET, "/".to_owned(), Vec::new()),
    };
    until(&mut process, &log, || endpoint.send(&list).is_ok())?;
    Ok(Some(Server {
        name: peer.name(),
        keeps: peer.keeps(),
        serves: peer.serves(),
        endpoint,
        start: process.started.elapsed(),
        process,
        log,
        idle: 0,
        samples: Vec::new(),
        prepared: Vec::new(),
    }))
}

/// One process with all its parts, that tells nobody of itself.
fn seaweedfs(command: &mut Command, folder: &Path, port: &str) -> Outcome {
    command.args(["server", "-s3", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"]);
    command.arg(format!("-dir={}", folder.display())).arg(format!("-s3.port={port}"));
    for part in ["master", "volume", "filer"] {
        command.arg(format!("-{part}.port={}", free_port()?));
        command.arg(format!("-{part}.port.grpc={}", free_port()?));
    }
    command.arg(format!("-s3.port.grpc={}", free_port()?));
    Ok(())
}

/// A configuration for a single node, whose first key is ours.
fn garage(command: &mut Command, folder: &Path, port: &str, (key, secret): (&str, &str)) -> Outcome {
    let file = folder.join("garage.toml");
    let (rpc, folder) = (free_port()?, folder.display());
    let text = format!(
        "metadata_dir = '{folder}/meta'\ndata_dir = '{folder}/data'\ndb_engine = 'lmdb'\n\
         replication_factor = 1\nrpc_bind_addr = '127.0.0.1:{rpc}'\nrpc_public_addr = '127.0.0.1:{rpc}'\n\
         rpc_secret = '{}'\n[s3_api]\ns3_region = 'us-east-1'\napi_bind_addr = '127.0.0.1:{port}'\n",
        "0".repeat(64),
    );
    fs::write(&file, text).map_err(|error| crate::failure::Failure::new(error.to_string()))?;
    command.env("GARAGE_DEFAULT_ACCESS_KEY", key).env("GARAGE_DEFAULT_SECRET_KEY", secret);
    command.env("GARAGE_DEFAULT_BUCKET", "unused");
    command.arg("--config").arg(file).args(["server", "--single-node", "--default-bucket"]);
    Ok(())
}

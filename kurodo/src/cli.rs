use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use kurodo_arn::{AccountId, Region};

use crate::home::Home;

/// An AWS-compatible data cloud whose locks are real.
#[derive(Debug, Parser)]
#[command(name = "kurodo", version, about, long_about = LONG)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const LONG: &str = "An AWS-compatible data cloud whose locks are real.\n\n\
    Start it with `kurodo` (or `kurodo serve`), then, in another terminal,\n\
    `eval \"$(kurodo env)\"`: the AWS CLI, boto3 and every other AWS SDK now talk to it.\n\
    Every request is signed, authorized, audited and stored encrypted; when one is denied,\n\
    `kurodo why` tells which policy did it, or which was missing.";

/// What to do; `serve` where nothing is said.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the server (the default). The first start creates the account, its keys and its certificates.
    Serve(Box<ServeArgs>),
    /// Print `export NAME=value` lines that point every AWS SDK at the server.
    Env {
        /// The account, by name or id, as whose administrator to act [default: the first account's root user].
        #[arg(long, value_name = "NAME|ID")]
        account: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Create and list accounts of the organisation.
    Account {
        #[command(subcommand)]
        command: AccountCommand,
        #[command(flatten)]
        place: Place,
    },
    /// Explain the decision about one request, by the id that its answer carried; without one, the newest denial.
    Why {
        /// The id: `RequestId` in the answer, `x-amz-request-id` or `x-amzn-requestid` in its head.
        request_id: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Read and verify the audit trail.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
        #[command(flatten)]
        place: Place,
    },
    /// List, rotate and reseal the installation's keys. The server must be stopped.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
        #[command(flatten)]
        place: Place,
    },
    /// Verify records, blobs, keys and the audit trail, and say what is damaged. The server must be stopped.
    Check(Place),
    /// Show every setting, its value, and where the value comes from.
    Config(Box<ServeArgs>),
    /// Print the tables of all services: what every operation demands.
    Table {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print a completion script for your shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

impl Default for Command {
    fn default() -> Self {
        // Parsed, so that environment variables count here too.
        Cli::try_parse_from(["kurodo", "serve"])
            .ok()
            .and_then(|cli| cli.command)
            .unwrap_or(Self::Serve(Box::default()))
    }
}

/// Where the data is.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Place {
    /// The data directory.
    #[arg(long, global = true, env = "KURODO_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The file that seals the root key, where it is kept apart from the data.
    #[arg(long, global = true, env = "KURODO_SEAL_KEY", value_name = "FILE")]
    pub(crate) seal_key: Option<PathBuf>,
    /// The file whose first line is the passphrase that seals the root key.
    #[arg(
        long,
        global = true,
        env = "KURODO_PASSPHRASE_FILE",
        value_name = "FILE",
        conflicts_with = "seal_key"
    )]
    pub(crate) passphrase_file: Option<PathBuf>,
}

impl Place {
    /// The data directory that is meant.
    pub(crate) fn home(&self) -> Result<Home, Box<dyn std::error::Error + Send + Sync>> {
        Home::find(self)
    }
}

/// What the server may be told. Flags win over the environment, the environment over the file.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) place: Place,
    /// A TOML file with settings, named as the flags are.
    #[arg(long, env = "KURODO_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The address to listen on; may be given several times [default: 127.0.0.1:4566].
    #[arg(long, env = "KURODO_LISTEN", value_name = "ADDR:PORT", value_delimiter = ',')]
    pub(crate) listen: Option<Vec<SocketAddr>>,
    /// The region of requests that name none [default: us-east-1].
    #[arg(long, env = "KURODO_REGION")]
    pub(crate) region: Option<Region>,
    /// The first account's id, at the first start [default: random].
    #[arg(long, env = "KURODO_ACCOUNT_ID", value_name = "12 DIGITS")]
    pub(crate) account_id: Option<AccountId>,
    /// Keep everything in a temporary directory and remove it at the end.
    #[arg(long, conflicts_with = "data_dir")]
    pub(crate) ephemeral: bool,
    /// A further domain under which clients reach the server, such as kurodo.example; may be repeated.
    #[arg(long, env = "KURODO_DOMAIN", value_delimiter = ',')]
    pub(crate) domain: Option<Vec<String>>,
    /// Your own certificate chain, PEM.
    #[arg(long, env = "KURODO_CERTIFICATE", value_name = "FILE", requires = "private_key")]
    pub(crate) certificate: Option<PathBuf>,
    /// The private key of your own certificate, PEM.
    #[arg(long, env = "KURODO_PRIVATE_KEY", value_name = "FILE", requires = "certificate")]
    pub(crate) private_key: Option<PathBuf>,
    /// Which allowed data events the audit trail keeps; management events and denials are always kept [default: all].
    #[arg(long, env = "KURODO_AUDIT_DATA", value_name = "none|writes|all")]
    pub(crate) audit_data: Option<AuditData>,
    /// An account that may still sign with the historic Signature Version 2; may be repeated. All others may not.
    #[arg(long, env = "KURODO_SIGNATURE_V2", value_name = "ACCOUNT", value_delimiter = ',')]
    pub(crate) signature_v2: Option<Vec<AccountId>>,
    /// Enforce the capacity that DynamoDB's tables have provisioned: requests beyond it are refused [default: false].
    #[arg(long, env = "KURODO_DYNAMODB_THROUGHPUT", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub(crate) dynamodb_throughput: Option<bool>,
    /// The most bytes of an item collection in DynamoDB, to try what a client does at the limit [default: 10 GiB, as AWS].
    #[arg(long, env = "KURODO_DYNAMODB_COLLECTION_BYTES", value_name = "BYTES")]
    pub(crate) dynamodb_collection_bytes: Option<u64>,
    /// Where CloudWatch's alarms may send messages: beginnings of addresses under https, such as
    /// `https://hooks.example/alarms/`; may be repeated [default: none].
    #[arg(long, env = "KURODO_ALARM_WEBHOOKS", value_name = "URL", value_delimiter = ',')]
    pub(crate) alarm_webhooks: Option<Vec<String>>,
    /// The seconds that restoring an archived object of S3 takes, whatever its class and tier [default: as long as AWS].
    #[arg(long, env = "KURODO_S3_RESTORE_SECONDS", value_name = "SECONDS")]
    pub(crate) s3_restore_seconds: Option<u32>,
}

/// Which allowed data events are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AuditData {
    /// None.
    None,
    /// Those that write.
    Writes,
    /// All.
    All,
}

/// Accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Create an account in the organisation, with an administrator whose credentials are left in the data
    /// directory: `eval "$(kurodo env --account NAME)"` then acts as it.
    Create {
        /// Its name.
        name: String,
        /// Its e-mail address [default: <name>@kurodo.invalid].
        #[arg(long)]
        email: Option<String>,
    },
    /// List the accounts of the organisation.
    List,
}

/// The audit trail.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Print the newest entries.
    Tail {
        /// How many.
        #[arg(short, default_value_t = 20)]
        number: usize,
        /// Go on printing as they come.
        #[arg(short, long)]
        follow: bool,
    },
    /// Verify that no entry was changed, removed or added.
    Verify,
    /// Put a damaged trail aside as evidence; the next start begins a new one. The server must be stopped.
    Renew,
}

/// Keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Show every key's versions, and what wraps it.
    List,
    /// Renew the root key, and wrap all that is below it anew. Data is not rewritten.
    Rotate {
        /// Renew the key of every account too: what is made from then on is wrapped by it.
        #[arg(long)]
        accounts: bool,
    },
    /// Seal the root key another way. The keys stay; what sealed them before opens nothing any more.
    Reseal {
        /// The new sealing key's file; made if it is not there.
        #[arg(long, value_name = "FILE", required_unless_present = "to_passphrase_file")]
        to_seal_key: Option<PathBuf>,
        /// The file whose first line is the new passphrase.
        #[arg(long, value_name = "FILE", conflicts_with = "to_seal_key")]
        to_passphrase_file: Option<PathBuf>,
    },
}

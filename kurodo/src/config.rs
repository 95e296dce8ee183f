use crate::say::say;
use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};

use clap::{ArgMatches, parser::ValueSource};
use kurodo_arn::{AccountId, Region};
use serde::Deserialize;

use crate::{
    Outcome,
    cli::{AuditData, ServeArgs},
    home::Home,
};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The port that AWS emulators share.
const PORT: u16 = 4566;

/// Every setting, decided.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) home: Home,
    pub(crate) listen: Vec<SocketAddr>,
    /// Whether the addresses are our own choice: then one that the machine lacks is passed over.
    pub(crate) listen_is_default: bool,
    pub(crate) region: Region,
    pub(crate) account_id: Option<AccountId>,
    pub(crate) ephemeral: bool,
    pub(crate) domains: Vec<String>,
    pub(crate) certificate: Option<(PathBuf, PathBuf)>,
    pub(crate) audit_data: AuditData,
    /// The accounts that may sign with Signature Version 2.
    pub(crate) signature_v2: Vec<AccountId>,
    /// Where alarms may send messages.
    pub(crate) alarm_webhooks: Vec<String>,
    /// Whether DynamoDB enforces the capacity that tables have provisioned.
    pub(crate) dynamodb_throughput: bool,
    /// The most bytes of an item collection in DynamoDB, where fewer than AWS's.
    pub(crate) dynamodb_collection_bytes: Option<u64>,
    /// How long S3 takes to restore an archived object, where not as long as AWS.
    pub(crate) s3_restore_seconds: Option<u32>,
    sources: Vec<(&'static str, String, &'static str)>,
}

/// The file's settings: the flags' names with underscores.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data_dir: Option<PathBuf>,
    seal_key: Option<PathBuf>,
    passphrase_file: Option<PathBuf>,
    listen: Option<Vec<SocketAddr>>,
    region: Option<String>,
    account_id: Option<String>,
    domain: Option<Vec<String>>,
    certificate: Option<PathBuf>,
    private_key: Option<PathBuf>,
    audit_data: Option<AuditData>,
    signature_v2: Option<Vec<String>>,
    alarm_webhooks: Option<Vec<String>>,
    dynamodb_throughput: Option<bool>,
    dynamodb_collection_bytes: Option<u64>,
    s3_restore_seconds: Option<u32>,
}

/// Decides every setting: flags, then environment, then the file, then defaults.
pub(crate) fn resolve(args: Box<ServeArgs>, matches: &ArgMatches) -> Result<Config, Fault> {
    let file = read(args.config.as_ref())?;
    let mut place = args.place.clone();
    let mut sources = Sources { matches: matches.subcommand().map(|(_, m)| m), list: Vec::new() };
    place.data_dir = sources.pick("data_dir", place.data_dir, file.data_dir);
    place.seal_key = sources.pick("seal_key", place.seal_key, file.seal_key);
    place.passphrase_file = sources.pick("passphrase_file", place.passphrase_file, file.passphrase_file);
    let listen = sources.pick("listen", args.listen, file.listen);
    let region = sources.pick("region", args.region, parsed(file.region)?);
    let account_id = sources.pick("account_id", args.account_id, parsed(file.account_id)?);
    let domains = sources.pick("domain", args.domain, file.domain);
    let certificate = sources.pick("certificate", args.certificate, file.certificate);
    let private_key = sources.pick("private_key", args.private_key, file.private_key);
    let audit_data = sources.pick("audit_data", args.audit_data, file.audit_data);
    let opted_in: Option<Vec<AccountId>> = file
        .signature_v2
        .map(|accounts| accounts.iter().map(|account| account.parse()).collect::<Result<_, _>>())
        .transpose()?;
    let signature_v2 = sources.pick("signature_v2", args.signature_v2, opted_in);
    let alarm_webhooks = sources.pick("alarm_webhooks", args.alarm_webhooks, file.alarm_webhooks);
    let dynamodb_throughput =
        sources.pick("dynamodb_throughput", args.dynamodb_throughput, file.dynamodb_throughput);
    let dynamodb_collection_bytes = sources.pick(
        "dynamodb_collection_bytes",
        args.dynamodb_collection_bytes,
        file.dynamodb_collection_bytes,
    );
    let s3_restore_seconds =
        sources.pick("s3_restore_seconds", args.s3_restore_seconds, file.s3_restore_seconds);
    let own =
        vec![SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)), SocketAddr::from((Ipv6Addr::LOCALHOST, PORT))];
    Ok(Config {
        home: Home::find(&place)?,
        listen_is_default: listen.is_none(),
        listen: listen.unwrap_or(own),
        region: region.map_or_else(|| "us-east-1".parse(), Ok)?,
        account_id,
        ephemeral: args.ephemeral,
        domains: domains.unwrap_or_default(),
        certificate: certificate.zip(private_key),
        audit_data: audit_data.unwrap_or(AuditData::All),
        signature_v2: signature_v2.unwrap_or_default(),
        alarm_webhooks: alarm_webhooks.unwrap_or_default(),
        dynamodb_throughput: dynamodb_throughput.unwrap_or_default(),
        dynamodb_collection_bytes,
        s3_restore_seconds,
        sources: sources.list,
    })
}

fn read(path: Option<&PathBuf>) -> Result<File, Fault> {
    let Some(path) = path else { return Ok(File::default()) };
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("the configuration {} cannot be read: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn parsed<T>(text: Option<String>) -> Result<Option<T>, Fault>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    Ok(text.map(|text| text.parse()).transpose()?)
}

/// Notes where each setting comes from while they are decided.
struct Sources<'m> {
    matches: Option<&'m ArgMatches>,
    list: Vec<(&'static str, String, &'static str)>,
}

impl Sources<'_> {
    fn pick<T: std::fmt::Debug>(
        &mut self,
        name: &'static str,
        given: Option<T>,
        file: Option<T>,
    ) -> Option<T> {
        let source = match (&given, &file) {
            (Some(_), _) => match self.matches.and_then(|m| m.value_source(name)) {
                Some(ValueSource::CommandLine) => "flag",
                _ => "environment",
            },
            (None, Some(_)) => "file",
            (None, None) => "default",
        };
        let value = given.or(file);
        self.list.push((name, value.as_ref().map_or_else(String::new, |v| format!("{v:?}")), source));
        value
    }
}

/// Prints every setting with its source.
pub(crate) fn show(config: &Config) -> Outcome {
    let decided = |name: &str| match name {
        "data_dir" => config.home.directory().display().to_string(),
        "seal_key" => config.home.seal_key().display().to_string(),
        "listen" => format!("{:?}", config.listen),
        "region" => config.region.to_string(),
        "audit_data" => format!("{:?}", config.audit_data).to_lowercase(),
        "dynamodb_throughput" => config.dynamodb_throughput.to_string(),
        "dynamodb_collection_bytes" => "10 GiB, as AWS".to_owned(),
        "s3_restore_seconds" => "as long as AWS".to_owned(),
        "account_id" => "random, at the first start".to_owned(),
        _ => "none".to_owned(),
    };
    for (name, value, source) in &config.sources {
        let value = if value.is_empty() { decided(name) } else { value.clone() };
        say!("{name:<26} {value:<48} {source}");
    }
    Ok(())
}

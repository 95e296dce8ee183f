//! Composes the server: keys, store, directory, services, gateway, listener.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use kurodo_audit::{Audit, Options, Selector};
use kurodo_gateway::{Gateway, Limits, Listener, Relay, Settings};
use kurodo_identity::{Directory, Founded, SessionSealer, StoredDirectory, accept_signature_v2, first_start};
use kurodo_keys::SecretKey;
use kurodo_store::{
    AccountKeys, CoreDoor, Store,
    blobs::{Blobs, Sweep},
};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

use crate::{
    Outcome, certificates, cli::AuditData, config::Config, home::Home, keys::Keys, platform, registry,
};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What services are made of.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) door: CoreDoor,
    pub(crate) blobs: Blobs,
    pub(crate) directory: Arc<StoredDirectory>,
    /// Seals authorization messages.
    pub(crate) messages: SecretKey,
    pub(crate) audit: Audit,
    /// What is counted of all requests.
    pub(crate) figures: Arc<kurodo_cloudwatch::Figures>,
    /// Whom alarms may tell.
    pub(crate) webhooks: kurodo_cloudwatch::Webhooks,
    /// How services ask each other.
    pub(crate) relay: Relay,
    /// The keyrings that services wrap their buckets' and tables' keys with.
    pub(crate) keys: AccountKeys,
    /// What DynamoDB refuses beside what AWS's quotas say.
    pub(crate) dynamodb_limits: kurodo_dynamodb::Limits,
    /// How long S3 takes to restore archived objects.
    pub(crate) s3_restorations: kurodo_s3::Restorations,
}

/// Serves until it is told to stop.
pub(crate) fn run(config: &Config, started: Instant) -> Outcome {
    let warnings = tracing_subscriber::filter::LevelFilter::WARN.into();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::builder().with_default_directive(warnings).from_env_lossy(),
        )
        .with_writer(std::io::stderr)
        .init();
    let temporary =
        config.ephemeral.then(|| tempfile::Builder::new().prefix("kurodo-").tempdir()).transpose()?;
    let home = match &temporary {
        Some(folder) => config.home.at(folder.path()),
        None => config.home.clone(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(serve(config, &home, started));
    drop(runtime);
    if let Some(folder) = temporary {
        folder.close()?;
    }
    outcome
}

async fn serve(config: &Config, home: &Home, started: Instant) -> Outcome {
    home.create()?;
    let (parts, sweep) = open(home, config)?;
    let founded = first_start(&parts.door, config.account_id, "root@kurodo.invalid", now()?).await?;
    for (account, accepts) in accept_signature_v2(&parts.door, &config.signature_v2).await? {
        tracing::warn!(%account, accepts, "Signature Version 2");
    }
    parts.keys.keyring(founded.account).await?;
    parts.figures.belong_to(founded.account);
    platform::note_trail(&parts.door, Some(parts.audit.end())).await?;
    let authority = platform::authority(&parts.door).await?;
    let tls = certificates::tls(config, &authority)?;
    let gateway = Arc::new(gateway(config, &parts));
    parts.relay.bind(&gateway);

    let (stop, stopped) = watch::channel(false);
    let mut listeners = Vec::new();
    for address in &config.listen {
        match Listener::bind(*address, tls.clone(), Limits::default(), gateway.clone()).await {
            Ok(listener) => listeners.push(listener),
            Err(error) if config.listen_is_default && !listeners.is_empty() => {
                tracing::debug!(%address, %error, "not listening");
            }
            Err(error) => return Err(format!("{address} cannot be listened on: {error}").into()),
        }
    }
    let bound: Vec<SocketAddr> = listeners.iter().filter_map(|l| l.address().ok()).collect();
    let mut signals = Signals::listen()?;
    announce(config, home, &founded, &authority.certificate, &bound, started)?;

    let door = parts.door.clone();
    tokio::task::spawn_blocking(move || clear(&door, sweep));
    let recorder = parts.directory.clone();
    let recording = tokio::spawn(async move { recorder.keep_recording_uses().await });
    let mut serving: Vec<_> = listeners.into_iter().map(|l| tokio::spawn(l.run(stopped.clone()))).collect();
    serving.push(tokio::spawn(gateway.clone().keep_house(stopped)));
    signals.next().await;
    eprintln!("stopping: open requests may end (interrupt again to stop at once)");
    stop.send_replace(true);
    tokio::select! {
        () = all(serving) => {}
        () = signals.next() => std::process::exit(130),
    }
    gateway.close_house().await;
    recording.abort();
    parts.directory.record_uses().await?;
    parts.audit.flush().await?;
    platform::note_trail(&parts.door, Some(parts.audit.end())).await?;
    Ok(())
}

/// Opens keys, records, blobs and audit trail; makes them at the first start.
fn open(home: &Home, config: &Config) -> Result<(Parts, Sweep), Fault> {
    let keys = Keys::open_or_create(home)?;
    if home.audit().exists() && !Store::exists(&home.records()) {
        return Err(format!("{} has no records: restore them from a backup", home.records().display()).into());
    }
    let (store, door) = keys.store(home)?;
    let (blobs, sweep) = Blobs::open(&home.blobs())?;
    let directory = Arc::new(StoredDirectory::new(door.clone(), SessionSealer::new(keys.sessions())));
    let selector = match config.audit_data {
        AuditData::None => Selector::None,
        AuditData::Writes => Selector::Writes,
        AuditData::All => Selector::All,
    };
    let options = Options { selector, at_least: platform::trail(&door)?, ..Options::default() };
    let audit = Audit::open(&home.audit(), &keys.audit(), options)?;
    let messages = keys.messages();
    let keys = keys.accounts(&door);
    let relay = Relay::default();
    let dynamodb_limits = kurodo_dynamodb::Limits {
        throughput: config.dynamodb_throughput,
        collection: config.dynamodb_collection_bytes,
    };
    let s3_restorations = kurodo_s3::Restorations { seconds: config.s3_restore_seconds };
    let parts = Parts {
        store,
        door,
        blobs,
        directory,
        messages,
        audit,
        relay,
        keys,
        dynamodb_limits,
        figures: Arc::default(),
        webhooks: kurodo_cloudwatch::Webhooks::new(config.alarm_webhooks.clone())
            .map_err(|wrong| format!("alarm_webhooks: {wrong} is no address under https"))?,
        s3_restorations,
    };
    Ok((parts, sweep))
}

/// Removes the blobs that an earlier run wrote and never published.
fn clear(door: &CoreDoor, sweep: Sweep) {
    let swept = kurodo_s3::live_blobs(door)
        .map_err(|error| error.to_string())
        .and_then(|live| sweep.run(|id| live.contains(id)).map_err(|error| error.to_string()));
    match swept {
        Ok(swept) => tracing::info!(removed = swept.removed.len(), kept = swept.kept, "swept the blobs"),
        Err(error) => tracing::warn!(%error, "no unpublished blobs were removed"),
    }
}

fn gateway(config: &Config, parts: &Parts) -> Gateway {
    let mut domains = config.domains.clone();
    domains.extend(["localhost".to_owned(), "amazonaws.com".to_owned()]);
    let settings = Settings { region: config.region.clone(), requests: 4096, domains };
    let directory: Arc<dyn Directory> = parts.directory.clone();
    let audit = parts.audit.clone();
    let services = registry::services(parts);
    Gateway::new(services, directory, audit, parts.door.clone(), &parts.messages, settings)
        .observed_by(parts.figures.clone())
}

/// Says where everything is, and leaves the same for `kurodo env`.
fn announce(
    config: &Config,
    home: &Home,
    founded: &Founded,
    ca: &str,
    bound: &[SocketAddr],
    started: Instant,
) -> Outcome {
    let port = bound.first().map_or(0, SocketAddr::port);
    let endpoint = format!("https://localhost:{port}");
    home.write(&home.ca(), ca)?;
    home.write(&home.endpoint(), &format!("{endpoint}\n{}\n", config.region))?;
    if let Some(root) = &founded.credentials {
        let (id, secret) = (&root.access_key_id, root.secret.expose());
        let text = format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
        home.write(&home.credentials(), &text)?;
    }
    let folder = home.directory().display();
    println!("kurodo: ready in {} ms", started.elapsed().as_millis());
    println!("  endpoint     {endpoint}");
    println!("  account      {}", founded.account);
    println!("  data         {folder}");
    println!("  CA           {}", home.ca().display());
    println!("  credentials  {}", home.credentials().display());
    println!("paste this in another terminal:\n  eval \"$({})\"", home.env_command());
    Ok(())
}

async fn all(tasks: Vec<tokio::task::JoinHandle<()>>) {
    for task in tasks {
        if let Err(error) = task.await {
            tracing::error!(%error, "a listener, or the chores, failed");
        }
    }
}

/// Interrupts, and the requests to end that service managers send.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// From here on they no longer end the process by themselves.
    fn listen() -> std::io::Result<Self> {
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate })
    }

    /// Waits for the next one.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Seconds since 1970.
fn now() -> Result<i64, Fault> {
    Ok(i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs())?)
}

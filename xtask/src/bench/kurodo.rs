//! Kurodo, as its user starts it; and the yardstick.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::{
    client::{Endpoint, Request},
    place::{Place, free_port},
    process::Process,
    server::{Keeps, Server, Service},
    work::NAME,
};
use crate::failure::{Context, Failure, Outcome};

/// The yardstick's name.
pub(crate) const BARE: &str = "bare hyper + rustls";

/// Starts Kurodo twice: the first start makes the data, the second one, on the same data, is measured.
pub(crate) fn start(place: &Place) -> Outcome<Server> {
    let (home, port) = (place.folder("kurodo")?, free_port()?);
    drop(serve(place, &home, port)?);
    let root = root(place, &home, port)?;
    let (process, log) = serve(place, &home, port)?;
    root.send(&Request::form("sts", "Action=GetCallerIdentity&Version=2011-06-15"))?;
    let start = process.started.elapsed();
    Ok(Server {
        name: "Kurodo",
        keeps: Keeps::Durable,
        serves: serves(place)?,
        endpoint: user(&root)?,
        process,
        log,
        start,
        idle: 0,
        samples: Vec::new(),
        prepared: Vec::new(),
    })
}

/// A server that has said where it listens.
fn serve(place: &Place, home: &Path, port: u16) -> Outcome<(Process, PathBuf)> {
    let log = home.with_extension("log");
    let mut command = Command::new(place.built.join("kurodo"));
    command.args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"]).arg(home);
    let mut process = Process::start(&mut command, &log)?;
    until(&mut process, &log, || fs::read_to_string(&log).is_ok_and(|said| said.contains("kurodo env")))?;
    Ok((process, log))
}

/// The root user, as `kurodo env` describes it.
fn root(place: &Place, home: &Path, port: u16) -> Outcome<Endpoint> {
    let mut command = Command::new(place.built.join("kurodo"));
    let output = command.args(["env", "--data-dir"]).arg(home).output().context(|| "kurodo env".into())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let setting = |name: &str| {
        let lines = text.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
        let found = lines.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.trim_matches(['\'', '"']).to_owned()).context(|| format!("no {name}"))
    };
    Ok(Endpoint {
        scheme: "https",
        host: "localhost",
        port,
        ca: Some(setting("AWS_CA_BUNDLE")?.into()),
        access_key_id: setting("AWS_ACCESS_KEY_ID")?,
        secret: setting("AWS_SECRET_ACCESS_KEY")?,
    })
}

/// A user who may do what the loads do, and no more: the root user would be asked for no policy.
fn user(root: &Endpoint) -> Outcome<Endpoint> {
    let iam = |form: String| root.send(&Request::form("iam", &format!("{form}&Version=2010-05-08")));
    iam("Action=CreateUser&UserName=load".to_owned())?;
    let policy = POLICY.replace("NAME", NAME);
    let encoded: String = policy.bytes().map(|byte| format!("%{byte:02X}")).collect();
    iam(format!("Action=PutUserPolicy&UserName=load&PolicyName=load&PolicyDocument={encoded}"))?;
    let answer = iam("Action=CreateAccessKey&UserName=load".to_owned())?;
    let element = |name: &str| {
        let (_, rest) = answer.split_once(&format!("<{name}>"))?;
        Some(rest.split_once('<')?.0.replace("&amp;", "&"))
    };
    Ok(Endpoint {
        access_key_id: element("AccessKeyId").context(|| format!("no access key in {answer}"))?,
        secret: element("SecretAccessKey").context(|| format!("no access key in {answer}"))?,
        ..root.clone()
    })
}

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":["iam:CreateUser","iam:GetUser"],"Resource":"arn:aws:iam::*:user/NAME"},
    {"Effect":"Allow","Action":["s3:CreateBucket","s3:ListBucket"],"Resource":"arn:aws:s3:::NAME"},
    {"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::NAME/*"},
    {"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/NAME"},
    {"Effect":"Allow","Action":"kinesis:*","Resource":"arn:aws:kinesis:*:*:stream/NAME"},
    {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#;

/// The services that this build has.
fn serves(place: &Place) -> Outcome<Vec<Service>> {
    let mut command = Command::new(place.built.join("kurodo"));
    let output = command.arg("table").output().context(|| "kurodo table".into())?;
    let text = String::from_utf8_lossy(&output.stdout).to_lowercase();
    let known = [
        (Service::Sts, "getcalleridentity"),
        (Service::Iam, "getuser"),
        (Service::S3, "putobject"),
        (Service::DynamoDb, "putitem"),
        (Service::Kinesis, "putrecords"),
    ];
    Ok(known
        .into_iter()
        .filter(|(_, operation)| text.contains(operation))
        .map(|(service, _)| service)
        .collect())
}

/// Starts the yardstick.
pub(crate) fn bare(place: &Place) -> Outcome<Server> {
    let log = place.folder("bare")?.with_extension("log");
    let mut process = Process::start(&mut Command::new(place.built.join("kurodo-bare")), &log)?;
    let port = || fs::read_to_string(&log).ok()?.strip_prefix("ready ")?.trim().parse::<u16>().ok();
    until(&mut process, &log, || port().is_some())?;
    let start = process.started.elapsed();
    let (access_key_id, secret) = ("AKIAIOSFODNN7EXAMPLE".to_owned(), "secret".to_owned());
    let port = port().context(|| "no port".into())?;
    Ok(Server {
        name: BARE,
        keeps: Keeps::Nothing,
        serves: Vec::new(),
        endpoint: Endpoint { scheme: "https", host: "localhost", port, ca: None, access_key_id, secret },
        process,
        log,
        start,
        idle: 0,
        samples: Vec::new(),
        prepared: vec![super::Work::Put4K, super::Work::Get4K],
    })
}

/// Waits until it is so, as long as the process lives and half a minute at most.
pub(crate) fn until(process: &mut Process, log: &Path, mut so: impl FnMut() -> bool) -> Outcome {
    let begun = Instant::now();
    while !so() {
        process.alive(log)?;
        if begun.elapsed() > Duration::from_secs(30) {
            let said = fs::read_to_string(log).unwrap_or_default();
            return Err(Failure::new(format!("{} does not answer; it said: {said}", log.display())));
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

//! Clients: hyper's, and one that writes what it is told, byte by byte.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use kurodo_sigv4::{Head, Scope, ScopeDate, SigningKey, sign::Signer, stamp};
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::world::{Key, World, now};

pub(crate) const HOST: &str = "localhost";

/// A request to be.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static(HOST));
        let method = method.parse().unwrap();
        Self { method, path: path.to_owned(), query: query.to_owned(), headers, body: Vec::new() }
    }

    /// An operation of the service that speaks XML, on the bucket `b`.
    pub(crate) fn xml(operation: &str) -> Self {
        Self::new("POST", &format!("/?{operation}")).body("<Named><Bucket>b</Bucket></Named>")
    }

    /// An operation of the service that speaks JSON.
    pub(crate) fn json(operation: &str, body: &str) -> Self {
        let target = format!("Depot.{operation}");
        let ask = Self::new("POST", "/").with("content-type", "application/x-amz-json-1.1");
        ask.with("x-amz-target", &target).body(body)
    }

    /// An operation of the service that takes forms.
    pub(crate) fn query(form: &str) -> Self {
        Self::new("POST", "/").with("content-type", "application/x-www-form-urlencoded").body(form)
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, value.parse().unwrap());
        self
    }

    pub(crate) fn set(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn hash(&self) -> String {
        hex(digest(&SHA256, &self.body).as_ref())
    }

    fn head(&self) -> Head<'_> {
        Head {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            authority: None,
        }
    }

    /// Signed for the service now, its content by its hash.
    pub(crate) fn signed(self, key: &Key, service: &str) -> Self {
        let hash = self.hash();
        self.signed_at(key, service, &hash, now())
    }

    /// The same for the service in another region.
    pub(crate) fn signed_in(mut self, region: &str, key: &Key, service: &str) -> Self {
        let (hash, time) = (self.hash(), now());
        let (scope, signing) = scope_in(region, key, service, time);
        let signer = signer(key, &signing, &scope, service);
        self.headers = signer.authorize(&self.head(), &hash, time).unwrap();
        self
    }

    /// Signed for the service at this time, its content as the word says.
    pub(crate) fn signed_at(mut self, key: &Key, service: &str, payload: &str, time: i64) -> Self {
        let (scope, signing) = scope(key, service, time);
        let signer = signer(key, &signing, &scope, service);
        self.headers = signer.authorize(&self.head(), payload, time).unwrap();
        self
    }

    /// Signed in the query, for so many seconds from this time.
    pub(crate) fn presigned(mut self, key: &Key, service: &str, time: i64, expires: u32) -> Self {
        let (scope, signing) = scope(key, service, time);
        let signer = signer(key, &signing, &scope, service);
        self.query = signer.presign(&self.head(), "UNSIGNED-PAYLOAD", time, expires).unwrap();
        self
    }

    pub(crate) fn target(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The request as it goes over an HTTP/1.1 connection.
    pub(crate) fn text(&self) -> Vec<u8> {
        let mut head = self.head_text();
        if !self.body.is_empty() && !self.headers.contains_key("transfer-encoding") {
            head += &format!("content-length: {}\r\n", self.body.len());
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }

    /// Its request line and fields.
    pub(crate) fn head_text(&self) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target());
        for (name, value) in &self.headers {
            head += &format!("{name}: {}\r\n", value.to_str().unwrap());
        }
        head
    }
}

/// What a signature is made for, and the key to make it.
pub(crate) fn scope(key: &Key, service: &str, time: i64) -> (Scope, SigningKey) {
    scope_in("us-east-1", key, service, time)
}

fn scope_in(region: &str, key: &Key, service: &str, time: i64) -> (Scope, SigningKey) {
    let date = ScopeDate::parse(&stamp::basic(time)[..8]).unwrap();
    let scope = Scope { date, region: region.into(), service: service.into() };
    let signing = SigningKey::derive(&key.secret, date, region, service);
    (scope, signing)
}

pub(crate) fn signer<'a>(
    key: &'a Key,
    signing: &'a SigningKey,
    scope: &'a Scope,
    service: &str,
) -> Signer<'a> {
    Signer { access_key_id: &key.id, key: signing, scope, token: None, s3: service == "s3" }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The error's code, in whichever protocol it is told.
    pub(crate) fn code(&self) -> String {
        let xml = self.body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        let json = self.body.split_once("\"__type\":\"").and_then(|(_, rest)| rest.split_once('"'));
        let (code, _) = xml.or(json).unwrap_or_else(|| panic!("no error: {self:?}"));
        code.rsplit('#').next().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The request's id.
    pub(crate) fn id(&self) -> &str {
        let of_s3 = self.header("x-amz-request-id");
        if of_s3.is_empty() { self.header("x-amzn-requestid") } else { of_s3 }
    }

    /// The error, as status and code.
    pub(crate) fn refused(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status.as_u16(), self.code().as_str()), (status, code), "{self:?}");
        self
    }

    pub(crate) fn ok(&self) -> &Self {
        assert!(self.status.is_success(), "{self:?}");
        self
    }
}

/// A TLS connection that speaks this protocol.
pub(crate) async fn connect(world: &World, protocol: &[u8]) -> TlsStream<TcpStream> {
    let socket = TcpStream::connect(world.address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let name = ServerName::try_from(HOST).unwrap();
    TlsConnector::from(world.client(protocol)).connect(name, socket).await.unwrap()
}

/// A connection to write bytes to.
pub(crate) struct Wire(pub(crate) TlsStream<TcpStream>);

impl Wire {
    pub(crate) async fn open(world: &World) -> Self {
        Self(connect(world, b"http/1.1").await)
    }

    /// Over a connection of which no version was agreed on.
    pub(crate) async fn agreeing_on_nothing(world: &World) -> Self {
        Self(connect(world, b"").await)
    }

    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
        self.0.flush().await.unwrap();
    }

    pub(crate) async fn ask(&mut self, ask: &Ask) -> Answer {
        self.write(ask.text()).await;
        self.answer(ask.method == Method::HEAD).await
    }

    /// The head of the next response, with the lines that end it.
    pub(crate) async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = timeout(Duration::from_secs(20), self.0.read_u8()).await.expect("an answer");
            head.push(byte.unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&head))));
        }
        String::from_utf8(head).unwrap()
    }

    /// The next response; one to HEAD has no content.
    pub(crate) async fn answer(&mut self, without_content: bool) -> Answer {
        let head = self.head().await;
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            headers.append(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
        }
        let length = headers.get("content-length").map_or(0, |l| l.to_str().unwrap().parse().unwrap());
        let mut body = vec![0; if without_content { 0 } else { length }];
        self.0.read_exact(&mut body).await.unwrap();
        Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// Waits until the server ends the connection, and gives what came until then.
    pub(crate) async fn end(&mut self) -> String {
        let mut rest = Vec::new();
        let read = timeout(Duration::from_secs(20), self.0.read_to_end(&mut rest)).await;
        // Without a close_notify the end is an error, but the end.
        let _ = read.expect("the connection to end");
        String::from_utf8_lossy(&rest).into_owned()
    }
}

/// Sends one request over a connection of its own.
pub(crate) async fn send(world: &World, ask: &Ask) -> Answer {
    let io = TokioIo::new(connect(world, b"http/1.1").await);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    let driver = tokio::spawn(connection);
    let mut request = http::Request::new(Full::<Bytes>::from(ask.body.clone()));
    *request.method_mut() = ask.method.clone();
    *request.uri_mut() = ask.target().parse().unwrap();
    *request.headers_mut() = ask.headers.clone();
    let answer = received(sender.send_request(request).await.unwrap()).await;
    driver.abort();
    answer
}

/// An HTTP/2 connection.
pub(crate) struct Second(hyper::client::conn::http2::SendRequest<Full<Bytes>>);

impl Second {
    pub(crate) async fn open(world: &World) -> Self {
        Self::over(world, b"h2").await
    }

    /// Over a connection of which nothing was agreed on.
    pub(crate) async fn knowing(world: &World) -> Self {
        Self::over(world, b"").await
    }

    async fn over(world: &World, protocol: &[u8]) -> Self {
        let io = TokioIo::new(connect(world, protocol).await);
        let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await;
        let (sender, connection) = handshake.unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    pub(crate) async fn ask(&self, ask: &Ask) -> Answer {
        let mut request = http::Request::new(Full::<Bytes>::from(ask.body.clone()));
        *request.method_mut() = ask.method.clone();
        *request.uri_mut() = format!("https://{HOST}{}", ask.target()).parse().unwrap();
        *request.headers_mut() = ask.headers.clone();
        received(self.0.clone().send_request(request).await.unwrap()).await
    }
}

async fn received(response: http::Response<hyper::body::Incoming>) -> Answer {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    Answer { status: parts.status, headers: parts.headers, body }
}

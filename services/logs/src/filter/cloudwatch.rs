use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use kurodo_arn::Region;
use kurodo_authz::Caller;
use kurodo_gateway::{Order, Relay};

use super::Figures;
use crate::Error;

/// The service, as policies see it in `aws:CalledVia`.
pub(super) const HOST: &str = "logs.amazonaws.com";

/// CloudWatch, as CloudWatch Logs itself reaches it.
pub(crate) struct CloudWatch<'r> {
    pub(crate) relay: &'r Relay,
    /// A session of the role that is linked to CloudWatch Logs.
    pub(crate) caller: Arc<Caller>,
    pub(crate) region: Region,
}

impl CloudWatch<'_> {
    /// Tells it figures. What it does not want is logged, and told to nobody else.
    ///
    /// # Errors
    /// It cannot be reached, or can take nothing now.
    pub(crate) async fn put(&self, figures: &Figures) -> Result<(), Error> {
        for content in figures.requests() {
            self.send(content.into()).await?;
        }
        Ok(())
    }

    async fn send(&self, content: Bytes) -> Result<(), Error> {
        let request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", "GraniteServiceVersion20100801.PutMetricData")
            .body(content)
            .map_err(|error| Error::Relay(error.to_string()))?;
        let (caller, region) = (Arc::clone(&self.caller), self.region.clone());
        let order = Order { service: "monitoring", via: HOST, caller, region, request };
        let answer = self.relay.send(order).await;
        let answer = answer.map_err(|failure| Error::Relay(failure.message.into_owned()))?;
        let told = || String::from_utf8_lossy(&answer.content).into_owned();
        match answer.status {
            ..=299 => Ok(()),
            status @ 300..=499 if !told().contains("Throttl") => {
                tracing::error!(
                    status,
                    answer = told(),
                    "CloudWatch does not take figures; they are dropped"
                );
                Ok(())
            }
            status => Err(Error::Relay(format!("CloudWatch answers {status}: {}", told()))),
        }
    }
}

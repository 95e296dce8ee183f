use kurodo_gateway::Handler;

use super::{Answer, Asked, update_shard_count::DAY};
use crate::{
    Error, Kinesis,
    model::{EncryptionType, StartStreamEncryptionOutput, StopStreamEncryptionOutput, op},
    names::StreamName,
};

/// How often each of both within a day.
///
/// Source: Kinesis API Reference, StartStreamEncryption and StopStreamEncryption, "API Limits".
const OFTEN: usize = 25;

impl Handler<op::StartStreamEncryption> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::StartStreamEncryption>) -> Answer<op::StartStreamEncryption> {
        let (stream, input, now) = (asked.permits.resource(), &asked.input, asked.call.now_ms);
        check(input.encryption_type)?;
        let mut definition = stream.active(now)?;
        note(&mut definition.sealed, "StartStreamEncryption", now)?;
        let key = self.stream_key(stream.stream(), &input.key_id, asked.call).await?;
        definition.turn(Some(key), now);
        self.redefine(&asked.permits, &definition).await?;
        Ok(StartStreamEncryptionOutput {}.into())
    }
}

impl Handler<op::StopStreamEncryption> for Kinesis {
    /// Of a stream whose records are not encrypted there is nothing to stop.
    async fn handle(&self, asked: Asked<'_, op::StopStreamEncryption>) -> Answer<op::StopStreamEncryption> {
        let (stream, input, now) = (asked.permits.resource(), &asked.input, asked.call.now_ms);
        check(input.encryption_type)?;
        let mut definition = stream.active(now)?;
        let Some(key) = definition.key(now) else { return Ok(StopStreamEncryptionOutput {}.into()) };
        if !key.is_called(&input.key_id) {
            let StreamName { account, name, .. } = stream.stream();
            let (given, named) = (&input.key_id, &key.named);
            return Err(Error::invalid(format!(
                "Stream {name} under account {account} is not encrypted with key {given}, but with key {named}."
            )));
        }
        note(&mut definition.unsealed, "StopStreamEncryption", now)?;
        definition.turn(None, now);
        self.redefine(&asked.permits, &definition).await?;
        Ok(StopStreamEncryptionOutput {}.into())
    }
}

fn check(asked: EncryptionType) -> Result<(), Error> {
    match asked {
        EncryptionType::Kms => Ok(()),
        other => Err(Error::invalid(format!("EncryptionType {other} is not supported; it must be KMS."))),
    }
}

/// Notes when something is done, unless it was done too often within the last day.
fn note(times: &mut Vec<i64>, operation: &str, now: i64) -> Result<(), Error> {
    times.retain(|at| at.saturating_add(DAY) > now);
    if times.len() >= OFTEN {
        return Err(Error::LimitExceeded(format!(
            "{operation} cannot be called more than {OFTEN} times in a rolling 24-hour period for a stream."
        )));
    }
    times.push(now);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_five_and_twenty_times() {
        let mut times = Vec::new();
        for at in 0..25 {
            assert!(note(&mut times, "StartStreamEncryption", at).is_ok());
        }
        assert!(matches!(note(&mut times, "StartStreamEncryption", DAY - 1), Err(Error::LimitExceeded(_))));
        assert_eq!(times.len(), 25);
        assert!(note(&mut times, "StartStreamEncryption", DAY).is_ok());
        assert!(note(&mut times, "StartStreamEncryption", DAY).is_err());
    }
}

use kurodo_gateway::Handler;

use super::{Answer, Asked, data_keys::random};
use crate::{
    Error, Kms,
    model::{GenerateRandomOutput, op},
};

impl Handler<op::GenerateRandom> for Kms {
    async fn handle(&self, asked: Asked<'_, op::GenerateRandom>) -> Answer<op::GenerateRandom> {
        let bytes = asked.input.number_of_bytes.and_then(|bytes| usize::try_from(bytes).ok());
        let missing = || Error::Validation("NumberOfBytes is required.".to_owned());
        let plaintext = Some(random(bytes.ok_or_else(missing)?)?);
        Ok(GenerateRandomOutput { plaintext, ..GenerateRandomOutput::default() }.into())
    }
}

use kurodo_gateway::Call;
use kurodo_identity::StoredDirectory;

use crate::Error;

/// Verifies the one-time code that a request shows; whether it shows one. A code is taken once.
pub(crate) async fn shown(
    directory: &StoredDirectory,
    call: &Call,
    serial: Option<&str>,
    code: Option<&str>,
) -> Result<bool, Error> {
    match (serial, code) {
        (None, None) => Ok(false),
        (Some(serial), Some(code)) => {
            let now = call.now_ms.div_euclid(1000);
            let right = directory.show_code(&call.caller, serial, code, now).await?;
            if right { Ok(true) } else { Err(Error::MfaWrong) }
        }
        _ => Err(Error::MfaHalf),
    }
}

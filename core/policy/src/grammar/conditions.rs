use super::{Source, raw::RawCondition};
use crate::{
    PolicyError,
    condition::{Condition, Test},
};

/// Compiles one operator with one key. A key without its service is none: nothing would ever have it.
pub(super) fn compile(
    raw: &RawCondition<'_>,
    variables: bool,
    source: &Source<'_>,
) -> Result<Condition, PolicyError> {
    let vendor = raw.key.split_once(':').is_some_and(|(vendor, name)| !vendor.is_empty() && !name.is_empty());
    if !vendor && !source.is_resource() {
        return Err(PolicyError::ActionVendor);
    }
    let values: Box<[Box<str>]> = raw.values.iter().map(|&value| value.into()).collect();
    let test = Test::new(raw.operator, &values, variables)
        .ok_or_else(|| source.legacy(raw.node, format!("a value of {} is not of its type", raw.key)))?;
    Ok(Condition { name: raw.name.into(), operator: raw.operator, key: raw.key.into(), values, test })
}

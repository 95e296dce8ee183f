//! What the integration tests share: descriptions from API facts, values from and to JSON, bodies in a normal form.
#![expect(dead_code, reason = "each test binary uses its part")]

pub(crate) mod facts;
pub(crate) mod normal;
pub(crate) mod params;

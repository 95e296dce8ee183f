//! What policies would decide, without anybody acting: the same evaluator that decides requests.

mod context;
mod gather;
mod get_context_keys_for_custom_policy;
mod get_context_keys_for_principal_policy;
mod question;
mod result;
mod simulate_custom_policy;
mod simulate_principal_policy;
mod simulator;

#[cfg(test)]
mod tests;

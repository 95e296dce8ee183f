//! The engine as its users see it: decisions in a small world of principals and policies.

#[cfg(test)]
mod across_accounts;
#[cfg(test)]
mod agreement;
#[cfg(test)]
mod explanation;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod within_account;
#[cfg(test)]
mod world;

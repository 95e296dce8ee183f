//! The engine as its users see it: decisions in a small world of principals and policies.

mod across_accounts;
mod within_account;
mod world;

//! Accounts, users, roles and sessions as stored, and the directory that looks them up

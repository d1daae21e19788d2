//! Accounts, refresh sessions and session contexts on rows.

mod acceptance;
mod accounts;
mod live;
mod provision;
mod rotation;
mod sessions;

pub(crate) use sessions::role;

#[cfg(test)]
mod tests;

//! Removing blobs, on a real database and a real volume: what goes, what stays, and who wins.

mod check;
mod depot;
mod partials;
mod races;
mod requests;
mod rules;

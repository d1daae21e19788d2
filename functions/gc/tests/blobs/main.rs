//! Removing blobs, on a real database and a real volume or bucket: what goes, what stays, and who
//! wins.

mod administer;
mod bucket;
mod check;
mod depot;
mod lambda;
mod partials;
mod races;
mod requests;
mod rules;
mod takeovers;
mod trouble;

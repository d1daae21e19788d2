//! What the byte URLs answer (storage contract, 6, 8.2 and 11).

mod dock;
mod download;
mod lambda;
mod tickets;
mod upload;

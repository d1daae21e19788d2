//! The endpoints through the real router, on a real database: what the recorded vectors leave open
//! and where a better server departs from the original on purpose.

mod bad_batch;
mod body;
mod budget;
mod carried;
mod damage;
mod door;
mod full;
mod page;
mod push;
mod requests;
mod server;
mod winner;

//! As much of the Lambda runtime API as a function meets before its first invocation.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::command::Outcome;

/// A function that has not asked by then has failed; its standard error says why.
const PATIENCE: Timespec = Timespec {
    tv_sec: 10,
    tv_nsec: 0,
};
const POLL: &str = "GET /2018-06-01/runtime/invocation/next ";

/// A listener that never gives out an invocation.
pub(super) struct RuntimeApi {
    listener: TcpListener,
}

impl RuntimeApi {
    pub(super) fn listen() -> Outcome<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        Ok(Self { listener })
    }

    pub(super) fn address(&self) -> Outcome<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Waits for a function to ask for work; how long that took since `started`. The connection
    /// comes back too, because the function would ask again if it ended.
    pub(super) fn first_poll(&self, started: Instant) -> Outcome<(Duration, impl Sized + use<>)> {
        let mut arrival = [PollFd::new(&self.listener, PollFlags::IN)];
        if poll(&mut arrival, Some(&PATIENCE))? == 0 {
            return Err("the function asked for nothing".into());
        }
        let (connection, _) = self.listener.accept()?;
        let mut lines = BufReader::new(connection);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let elapsed = started.elapsed();
        if line.starts_with(POLL) {
            Ok((elapsed, lines))
        } else {
            Err(format!("the function asked for {line:?} first").into())
        }
    }
}

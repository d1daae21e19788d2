//! The local stack on an empty data folder: secrets, migrations, and the first 200.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::command::Outcome;
use crate::figure::{float, mebibytes, millis};
use crate::latency::Latencies;
use crate::process::Server;
use crate::table::{Goal, Table};

const RUNS: usize = 20;

pub(super) fn measure() -> Outcome {
    let runs: Vec<(Duration, u64)> = (0..RUNS).map(|_| once()).collect::<Outcome<_>>()?;
    let times = Latencies::of(runs.iter().map(|(time, _)| *time).collect());
    let median = times.percentile(50);
    let resident = runs.iter().map(|(_, resident)| *resident).max();
    let resident = resident.unwrap_or_default();
    let mut table = Table::new(&["or3-local", "median", "min", "max", "goal"]);
    table.row(vec![
        format!("exec to the first 200, ms (n = {RUNS})"),
        millis(median),
        millis(times.percentile(0)),
        millis(times.percentile(100)),
        Goal::AtMost(60.0).beside(median.as_secs_f64() * 1000.0),
    ]);
    table.row(vec![
        "resident memory then, MiB".to_owned(),
        String::new(),
        String::new(),
        mebibytes(resident),
        Goal::AtMost(25.0).beside(float(resident) / f64::from(1 << 20)),
    ]);
    table.print("The local stack on an empty data folder, migrations included");
    Ok(())
}

/// Starts a server and asks for its health; how long that took, and what is resident then.
fn once() -> Outcome<(Duration, u64)> {
    let started = Instant::now();
    let server = Server::start(&[])?;
    healthy(server.address())?;
    Ok((started.elapsed(), server.usage()?.resident))
}

fn healthy(address: SocketAddr) -> Outcome {
    let mut connection = TcpStream::connect(address)?;
    connection.write_all(b"GET /api/health HTTP/1.1\r\nhost: bench\r\n\r\n")?;
    let mut status = [0; 12];
    connection.read_exact(&mut status)?;
    if &status == b"HTTP/1.1 200" {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&status).into())
    }
}

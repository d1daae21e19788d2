//! Several machines: a primary database server with a replica, two processes behind a balancer, and
//! both kinds dying in the middle of pushes. No acknowledged op is lost, clients go on by repeating,
//! and the replica ends up with what the primary has.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Mutex;
use std::thread;

use or3_settings::SECRETS;
use or3_testkit::Sqld;
use rustix::process::Signal;
use tempfile::tempdir;

use crate::pushes::{Noted, PROCESSES, SETTINGS, Writer, log_of, reckon, write_together};
use crate::running::Running;

/// Takes connections at the address that it returns and passes each to the next of `machines` that
/// takes it; one that nobody takes is ended.
fn balance(machines: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    thread::spawn(move || {
        for (number, client) in listener.incoming().enumerate() {
            let client = client.expect("a connection");
            let turn = (0..machines.len()).map(|step| &machines[(number + step) % machines.len()]);
            if let Some(machine) = turn.flat_map(TcpStream::connect).next() {
                relay(client, machine).expect("a connection");
            }
        }
    });
    address
}

/// Copies both ways until the machine ends the connection.
fn relay(client: TcpStream, machine: TcpStream) -> io::Result<()> {
    let pairs = [
        (client.try_clone()?, machine.try_clone()?),
        (machine, client),
    ];
    for (mut from, mut to) in pairs {
        thread::spawn(move || {
            // An error is a side that died, and the other is told by the end of the connection.
            let _died = io::copy(&mut from, &mut to);
            let _died_too = to.shutdown(Shutdown::Write);
        });
    }
    Ok(())
}

#[test]
fn no_acknowledged_op_is_lost_when_primary_and_processes_die_under_a_storm() {
    let Some(primary) = Sqld::start_primary() else {
        return;
    };
    let replica = primary.replica();
    let (url, copy) = (primary.url(), replica.url());
    let settings = |url| {
        let secrets = SECRETS.map(|name| (name, "what all machines of this deployment know"));
        let database = [("OR3_DATABASE_URL", url)];
        SETTINGS.into_iter().chain(secrets).chain(database)
    };
    let data = [(); 4].map(|()| tempdir().expect("a folder"));
    let start = |number: usize, url| {
        let settings: Vec<_> = settings(url).collect();
        Running::start(data[number].path(), &settings)
    };
    let machines = [start(0, &url), start(1, &url)];
    let ada = Writer::of(&machines[0]);
    let balancer = balance(
        machines
            .iter()
            .map(|machine| machine.address.clone())
            .collect(),
    );
    let (primary, noted) = (Mutex::new(primary), Noted::default());
    // A writer whose connection ends in the middle comes back to the balancer as often as this.
    let tries = [&*balancer; 2 * PROCESSES];
    let left = write_together(&ada, &tries, &noted, &|kill| {
        if let Some(machine) = kill.checked_sub(2) {
            if let Some(machine) = machines.get(machine) {
                machine.signal(Signal::KILL);
            }
            return;
        }
        let mut primary = primary.lock().expect("no writer panicked");
        primary.kill();
        assert!(primary.resume());
    });
    let acknowledged = reckon(&start(2, &url), &ada, noted, &left);

    let behind_the_replica = start(3, &copy);
    while log_of(&behind_the_replica, &ada) != acknowledged {
        thread::yield_now();
    }
}

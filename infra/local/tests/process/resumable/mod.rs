//! Uploads in parts over a real connection: with a client that is not ours, over aborts, kill -9
//! and several processes.

mod client;

use std::io::{BufRead, Write};
use std::net::TcpStream;
use std::path::Path;

use or3_domain::ids::{Ids, SystemIds};
use rustix::process::Signal;
use tempfile::tempdir;

use crate::owner::{File, Owner, hash_of, header, part_at};
use crate::running::{Running, answer};
use client::Client;

const SETTINGS: [(&str, &str); 3] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("DISABLE_RATE_LIMIT", "1"),
];

/// The same process again, on the same port.
fn again(data: &Path, address: &str) -> Running {
    let listen = [("OR3_LISTEN", address)];
    Running::start(data, &[&SETTINGS[..], &listen].concat())
}

/// Asserts that `file` is stored, and no upload is left.
fn assert_stored(data: &Path, owner: &Owner, file: &File) {
    let blobs = data.join("blobs");
    let folder = blobs.join("workspaces").join(&owner.workspace);
    let blob = std::fs::read(folder.join(file.hash.file_name())).expect("a blob");
    assert_eq!(hash_of(&blob), file.hash);
    assert_eq!(
        std::fs::read_dir(blobs.join("uploads"))
            .expect("a folder")
            .count(),
        0
    );
}

#[test]
fn tus_js_client_goes_on_after_an_abort_and_after_kill_9() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &SETTINGS);
    let address = running.address.clone();
    let owner = Owner::register(&running);
    let file = File::random(20_000_000);
    let path = data.path().join("file");
    std::fs::write(&path, &file.content).expect("a file");
    let Some(mut client) = Client::start(&address, &owner, &file, &path, None) else {
        return;
    };
    let (came, url) = client.wait_for(5_000_000);
    client.abort();
    let mut client = Client::start(&address, &owner, &file, &path, Some(&url)).expect("installed");
    let (first, _) = client.wait_for(1);
    assert!(first > came, "it goes on at {first}, not from the start");
    client.wait_for(12_000_000);
    running.signal(Signal::KILL);
    drop(running);
    let _running = again(data.path(), &address);
    assert_eq!(client.wait_for_end(), url, "the same upload");
    assert_stored(data.path(), &owner, &file);
}

/// Sends parts by hand.
struct Sender<'a> {
    owner: &'a Owner,
    url: String,
}

impl<'a> Sender<'a> {
    fn announce(running: &Running, owner: &'a Owner, file: &File) -> Self {
        let url = owner.announce(running, file);
        Self { owner, url }
    }

    /// How much has arrived.
    fn ask(&self, running: &Running) -> usize {
        let (status, text) =
            answer(&mut running.send(&self.head("HEAD", "tus-resumable: 1.0.0\r\n")));
        assert_eq!(status, 200, "{text}");
        let offset = header(&text, "upload-offset").expect("an offset");
        offset.parse().expect("a number")
    }

    /// Sends `part`, and after `fatal` bytes of it kills the process; says whether the part was
    /// acknowledged.
    fn send(&self, running: &Running, offset: usize, part: &[u8], fatal: Option<usize>) -> bool {
        let length = part.len();
        let said = format!("content-length: {length}\r\n{}", part_at(offset));
        let head = self.head("PATCH", &said);
        let Ok(mut connection) = TcpStream::connect(&running.address) else {
            return false;
        };
        let (before, after) = part.split_at(fatal.unwrap_or(length).min(length));
        let mut sent = connection.write_all(head.as_bytes()).is_ok();
        sent &= connection.write_all(before).is_ok();
        if fatal.is_some() {
            running.signal(Signal::KILL);
        }
        sent &= connection.write_all(after).is_ok();
        sent && answer(&mut connection).0 == 204
    }

    fn head(&self, method: &str, more: &str) -> String {
        format!(
            "{method} {} HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\n\
             {more}{}\r\n",
            self.url, self.owner.cookie
        )
    }
}

#[test]
fn kill_9_at_any_moment_loses_no_part_that_was_acknowledged() {
    const PART: usize = 300_000;
    let data = tempdir().expect("a folder");
    let file = File::random(8 * PART);
    let mut running = Running::start(data.path(), &SETTINGS);
    let owner = Owner::register(&running);
    let sender = Sender::announce(&running, &owner, &file);
    let mut acknowledged = 0;
    loop {
        let offset = sender.ask(&running);
        assert!(offset >= acknowledged, "{offset} of {acknowledged} bytes");
        if offset == file.content.len() {
            break;
        }
        let end = (offset + PART).min(file.content.len());
        let mut chance = [0; 4];
        SystemIds.fill(&mut chance);
        let chance = u32::from_le_bytes(chance) as usize % (2 * PART);
        let fatal = Some(chance).filter(|fatal| *fatal <= PART);
        if sender.send(&running, offset, &file.content[offset..end], fatal) {
            acknowledged = end;
        }
        if fatal.is_some() {
            running = again(data.path(), &running.address.clone());
        }
    }
    assert_stored(data.path(), &owner, &file);
}

#[test]
fn several_processes_take_turns_with_one_upload() {
    const PART: usize = 200_000;
    let data = tempdir().expect("a folder");
    let processes = [(); 2].map(|()| Running::start(data.path(), &SETTINGS));
    let owner = Owner::register(&processes[0]);
    let file = File::random(4 * PART);
    let sender = Sender::announce(&processes[0], &owner, &file);
    for (turn, part) in file.content.chunks(PART).enumerate() {
        // Both are asked to write the same part at once: one does.
        let sent: Vec<_> = std::thread::scope(|scope| {
            let tasks = processes.each_ref().map(|process| {
                let sender = &sender;
                scope.spawn(move || sender.send(process, turn * PART, part, None))
            });
            tasks.map(|task| task.join().expect("no panic")).into()
        });
        assert_eq!(sent.iter().filter(|sent| **sent).count(), 1, "{sent:?}");
        for process in &processes {
            assert_eq!(sender.ask(process), (turn + 1) * PART);
        }
    }
    assert_stored(data.path(), &owner, &file);
}

/// A line of a client's output, split at spaces.
fn words(output: &mut impl BufRead) -> Vec<String> {
    let mut line = String::new();
    output.read_line(&mut line).expect("output");
    line.split_whitespace().map(str::to_owned).collect()
}

//! This machine's limit for files: one thread that does what an upload cannot do without, and one
//! that does what a download cannot.

use std::fs::File as Handle;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::files::File;
use crate::command::Outcome;

/// How much is hashed, written, read and sent at once.
const CHUNK: usize = 256 << 10;

/// The time in which `files` are hashed, written, flushed, renamed, and their folder flushed.
pub(super) fn write(folder: &Path, files: &[File]) -> Outcome<Duration> {
    let started = Instant::now();
    for (at, file) in files.iter().enumerate() {
        let beside = folder.join("beside");
        let mut handle = Handle::create(&beside)?;
        let mut digest = Sha256::new();
        for chunk in file.parts().iter().flat_map(|part| part.chunks(CHUNK)) {
            digest.update(chunk);
            handle.write_all(chunk)?;
        }
        std::hint::black_box(digest.finalize());
        handle.sync_all()?;
        std::fs::rename(&beside, folder.join(at.to_string()))?;
        Handle::open(folder)?.sync_all()?;
    }
    Ok(started.elapsed())
}

/// The time in which `count` files that [`write()`] left are read and sent over loopback.
pub(super) fn send(folder: &Path, count: usize) -> Outcome<Duration> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || receive(&TcpStream::connect(address)?));
        let (mut stream, _) = listener.accept()?;
        let started = Instant::now();
        let mut chunk = vec![0; CHUNK];
        for at in 0..count {
            let mut handle = Handle::open(folder.join(at.to_string()))?;
            loop {
                let length = handle.read(&mut chunk)?;
                if length == 0 {
                    break;
                }
                stream.write_all(&chunk[..length])?;
            }
        }
        drop(stream);
        reader
            .join()
            .map_err(|_| "the receiving thread panicked")??;
        Ok(started.elapsed())
    })
}

fn receive(mut stream: &TcpStream) -> std::io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    while stream.read(&mut chunk)? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::files::Files;
    use super::*;

    #[test]
    fn what_was_written_can_be_sent() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut files = Files::of(70_000);
        let files = [files.next(), files.next()];
        write(folder.path(), &files).expect("written");
        assert_eq!(
            std::fs::read(folder.path().join("1"))
                .expect("a file")
                .len(),
            70_000
        );
        send(folder.path(), 2).expect("sent");
    }
}

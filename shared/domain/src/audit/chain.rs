//! Links: how an entry is bound to everything before it, and how a break is found.

use std::fmt::{self, Display};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::entry::Entry;
use crate::hex::{self, Hex};

/// A digest of an entry and of every one before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Link(pub [u8; 32]);

impl Link {
    /// Before the first entry.
    pub const NONE: Self = Self([0; 32]);

    /// The link of `entry` behind this one: SHA-256 of this link and of the entry as a JSON array of
    /// its members in their order, without the link.
    #[must_use]
    pub fn of(self, entry: &Entry) -> Self {
        let content = json!([
            entry.seq,
            entry.at.millis(),
            entry.action,
            entry.actor,
            entry.target,
            entry.workspace,
            entry.ip_address,
            entry.request_id,
            entry.detail,
        ]);
        let mut digest = Sha256::new();
        digest.update(self.0);
        digest.update(content.to_string());
        Self(digest.finalize().into())
    }

    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        hex::parse(text.as_bytes()).map(Self)
    }
}

impl Display for Link {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(out)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Link({self})")
    }
}

/// The first place where the chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// There should be an entry with this number, and it is gone.
    #[error("entry {0} is missing")]
    Missing(i64),
    /// The entry with this number, or its link, is not what was sealed.
    #[error("entry {0} is not what was sealed")]
    Changed(i64),
    /// The chain should end with this entry, and goes on or has another link there.
    #[error("the chain does not end at entry {0}, where it was sealed last")]
    End(i64),
}

/// Walks the chain, entry by entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The entry that was looked at last.
    pub seq: i64,
    /// Its link.
    pub link: Link,
}

impl Chain {
    /// Reads what `Display` writes: how far an earlier look has come.
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, link) = text.split_once('.')?;
        Some(Self {
            seq: seq.parse().ok()?,
            link: Link::parse(link)?,
        })
    }

    /// Looks at the next entry.
    ///
    /// # Errors
    ///
    /// When it does not follow.
    pub fn follow(&mut self, entry: &Entry) -> Result<(), Broken> {
        let expected = self.seq + 1;
        if entry.seq != expected {
            return Err(Broken::Missing(expected));
        }
        let link = self.link.of(entry);
        if entry.link != Some(link) {
            return Err(Broken::Changed(entry.seq));
        }
        *self = Self {
            seq: entry.seq,
            link,
        };
        Ok(())
    }
}

impl Display for Chain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.seq, self.link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn entry(seq: i64) -> Entry {
        Entry {
            seq,
            at: Timestamp::from_millis(seq * 1000),
            action: "sign-in".to_owned(),
            actor: format!("user {seq}"),
            target: None,
            workspace: None,
            ip_address: Some("192.0.2.1".to_owned()),
            request_id: None,
            detail: None,
            link: None,
        }
    }

    fn sealed(count: i64) -> Vec<Entry> {
        let mut link = Link::NONE;
        (1..=count)
            .map(|seq| {
                let mut entry = entry(seq);
                link = link.of(&entry);
                entry.link = Some(link);
                entry
            })
            .collect()
    }

    fn walk(entries: &[Entry]) -> Result<(), Broken> {
        let mut chain = Chain {
            seq: 0,
            link: Link::NONE,
        };
        entries.iter().try_for_each(|entry| chain.follow(entry))
    }

    #[test]
    fn what_was_sealed_holds() {
        assert_eq!(walk(&sealed(20)), Ok(()));
    }

    #[test]
    fn the_first_changed_entry_is_named() {
        type Change = fn(&mut Entry);
        let changes: [Change; 10] = [
            |entry| entry.at = Timestamp::from_millis(1),
            |entry| entry.action = "register".to_owned(),
            |entry| entry.actor = "somebody else".to_owned(),
            |entry| entry.target = Some(String::new()),
            |entry| entry.workspace = Some("ws".to_owned()),
            |entry| entry.ip_address = None,
            |entry| entry.request_id = Some("r".to_owned()),
            |entry| entry.detail = Some("owner".to_owned()),
            |entry| entry.link = Some(Link::NONE),
            |entry| entry.link = None,
        ];
        for change in changes {
            let mut entries = sealed(9);
            change(&mut entries[4]);
            assert_eq!(walk(&entries), Err(Broken::Changed(5)));
        }
        let mut forged = sealed(9);
        forged[4].actor = "somebody else".to_owned();
        forged[4].link = Some(forged[3].link.expect("sealed").of(&forged[4]));
        assert_eq!(walk(&forged), Err(Broken::Changed(6)), "the next one knows");
    }

    #[test]
    fn removed_and_moved_entries_are_missed() {
        let mut entries = sealed(9);
        entries.remove(4);
        assert_eq!(walk(&entries), Err(Broken::Missing(5)));
        entries[4].seq = 5;
        assert_eq!(walk(&entries), Err(Broken::Changed(5)));
        let mut swapped = sealed(9);
        swapped.swap(2, 3);
        assert_eq!(walk(&swapped), Err(Broken::Missing(3)));
    }

    #[test]
    fn a_link_is_read_as_it_is_written() {
        let link = Link::NONE.of(&entry(1));
        assert_eq!(Link::parse(&link.to_string()), Some(link));
        for odd in [
            "",
            "00",
            &"g".repeat(64),
            &"+f".repeat(32),
            &"\u{e9}".repeat(32),
        ] {
            assert_eq!(Link::parse(odd), None, "{odd}");
        }
    }
}

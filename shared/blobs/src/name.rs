//! The names of files in a workspace's folder.

use or3_domain::clock::Timestamp;
use or3_domain::ids::Ids;
use or3_domain::storage::ContentHash;

const MARK: &str = ".meta.json";
const TEMPORARY: &str = ".tmp-";

/// The name of the file that marks the commit of `hash`.
pub(crate) fn mark(hash: &ContentHash) -> String {
    format!("{}{MARK}", hash.file_name())
}

/// What a file of a workspace's folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Blob(ContentHash),
    Mark(ContentHash),
    Temporary,
}

/// What a file called `name` is; `None` for what is not of this provider.
pub(crate) fn meaning(name: &str) -> Option<Meaning> {
    if let Some(hash) = ContentHash::of_file_name(name) {
        return Some(Meaning::Blob(hash));
    }
    if let Some(of) = name.strip_suffix(MARK) {
        return ContentHash::of_file_name(of).map(Meaning::Mark);
    }
    let (of, _) = name.split_once(TEMPORARY)?;
    let whole = of.strip_suffix(MARK).unwrap_or(of);
    ContentHash::of_file_name(whole).map(|_| Meaning::Temporary)
}

/// A name that no other write uses, for the file that will be called `name`.
pub(crate) fn temporary(name: &str, now: Timestamp, ids: &dyn Ids) -> String {
    let mut random = [0; 8];
    ids.fill(&mut random);
    let random = u64::from_be_bytes(random);
    format!("{name}{TEMPORARY}{}-{random:016x}", now.millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use or3_domain::ids::SystemIds;

    #[test]
    fn only_names_of_this_provider_mean_something() {
        let hash = ContentHash::Md5([0xAB; 16]);
        let name = hash.file_name();
        let now = Timestamp::from_millis(7);
        assert_eq!(meaning(&name), Some(Meaning::Blob(hash)));
        assert_eq!(meaning(&mark(&hash)), Some(Meaning::Mark(hash)));
        for whole in [name.clone(), mark(&hash)] {
            let temporary = temporary(&whole, now, &SystemIds);
            assert_eq!(meaning(&temporary), Some(Meaning::Temporary), "{temporary}");
        }
        let upper = name.to_uppercase();
        let odd = [
            ".",
            "..",
            "notes.tmp-1-2",
            "a.meta.json",
            &upper,
            "abababababababababababababababab",
        ];
        for odd in odd {
            assert_eq!(meaning(odd), None, "{odd}");
        }
    }
}

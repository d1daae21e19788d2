//! The files of `ui/`, built in, and their hash.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use or3_domain::hex::Hex;
use sha2::{Digest, Sha256, Sha384};

/// A file as it is served.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) bytes: &'static [u8],
    /// Its media type.
    pub(crate) kind: &'static str,
    /// `sha384-…`, for the attribute of that name.
    pub(crate) integrity: String,
    /// A strong entity tag.
    pub(crate) tag: String,
}

/// All files.
pub(crate) struct Shelf {
    /// Changes whenever one of the files does.
    pub(crate) hash: String,
    files: BTreeMap<&'static str, File>,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../ui/", $name)))),*]
    };
}

const FILES: &[(&str, &[u8])] = files!(
    "account.js",
    "adapters.js",
    "admin-api.js",
    "admin-audit.js",
    "admin-collections.js",
    "admin-configuration.js",
    "admin-overview.js",
    "admin-sign-in.js",
    "admin-system.js",
    "admin-users.js",
    "admin-workspace.js",
    "admin-workspaces.js",
    "admin.css",
    "admin.js",
    "auth-button.js",
    "auth-error.js",
    "change-password.js",
    "chart.js",
    "dialog.js",
    "dom.js",
    "element.js",
    "form.js",
    "format.js",
    "health.js",
    "home.js",
    "icon.svg",
    "messages.js",
    "or3-auth.d.ts",
    "or3-auth.js",
    "or3-elements.js",
    "page.css",
    "requests.js",
    "sections.js",
    "session-notice.js",
    "sessions.js",
    "sign-in.js",
    "style.js",
    "table.js",
    "together.js",
    "try-it.js",
    "way-back.js",
    "workspaces.js",
);

/// The files of this build.
pub(crate) static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let mut all = Sha256::new();
    let files = FILES.iter().map(|(name, bytes)| {
        all.update(name);
        all.update(Sha256::digest(bytes));
        (*name, File::of(name, bytes))
    });
    let files = files.collect();
    let hash = all.finalize();
    Shelf {
        hash: Hex(&hash[..8]).to_string(),
        files,
    }
});

/// The path of a file that may be kept for ever.
pub fn address(file: &str) -> String {
    format!("/_or3/ui/{}/{file}", SHELF.hash)
}

impl Shelf {
    pub(crate) fn file(&self, name: &str) -> Option<&File> {
        self.files.get(name)
    }

    /// The module `entry` and those that it imports, each once.
    pub(crate) fn modules(&self, entry: &'static str) -> Vec<&'static str> {
        let mut found = vec![entry];
        let mut next = 0;
        while let Some(name) = found.get(next).copied() {
            let text = self.file(name).map_or(&b""[..], |file| file.bytes);
            let text = str::from_utf8(text).unwrap_or_default();
            for import in imports(text) {
                if !found.contains(&import) {
                    found.push(import);
                }
            }
            next += 1;
        }
        found
    }

    /// The files by name, with what embedding pages must know of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &File)> {
        self.files.iter().map(|(name, file)| (*name, file))
    }
}

/// The modules that a text imports: `from './name.js'`, `import './name.js'`.
fn imports(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter_map(|line| {
        let (before, rest) = line.split_once("'./")?;
        let before = before.trim_end();
        let imports = before.ends_with("from") || before.ends_with("import");
        rest.split('\'').next().filter(|_| imports)
    })
}

impl File {
    pub(crate) fn is_module(&self) -> bool {
        self.kind == MODULE
    }

    fn of(name: &str, bytes: &'static [u8]) -> Self {
        let integrity = format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)));
        Self {
            bytes,
            kind: kind(name),
            tag: format!("\"{integrity}\""),
            integrity,
        }
    }
}

const MODULE: &str = "text/javascript; charset=utf-8";

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => MODULE,
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_built_in() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/ui"));
        let there: BTreeSet<_> = folder
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .filter(|name| !name.contains(".html"))
            .collect();
        let built_in: BTreeSet<_> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(there, built_in);
    }

    #[test]
    fn what_a_module_imports_is_there() {
        for (name, _) in SHELF.iter().filter(|(_, file)| file.is_module()) {
            for module in SHELF.modules(name) {
                assert!(SHELF.file(module).is_some(), "{name} imports {module}");
            }
        }
        let account = SHELF.modules("account.js");
        assert!(account.contains(&"or3-auth.js"), "{account:?}");
    }

    #[test]
    fn imports_are_found_in_either_form_and_in_no_other_text() {
        let text = "import './a.js';\nexport { b } from './b.js';\nlink('./c.js');\n";
        assert_eq!(imports(text).collect::<Vec<_>>(), ["a.js", "b.js"]);
    }
}

//! What a bucket says of its objects: a page of a list (`ListObjectsV2`), in XML.

use or3_domain::clock::Timestamp;
use or3_domain::storage::ContentHash;
use percent_encoding::percent_decode_str;
use roxmltree::{Document, Node};

/// An object as a list has it.
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) size_bytes: u64,
    pub(crate) modified_at: Timestamp,
}

/// The objects of a page, and whether there are more; `None` if it is no page.
pub(crate) fn parse(body: &[u8]) -> Option<(Vec<Entry>, bool)> {
    let document = Document::parse(std::str::from_utf8(body).ok()?).ok()?;
    let root = document.root_element();
    let contents = root
        .children()
        .filter(|node| node.has_tag_name_of("Contents"));
    let entries = contents.map(|node| entry(&node)).collect::<Option<_>>()?;
    Some((entries, text(&root, "IsTruncated")? == "true"))
}

fn entry(node: &Node<'_, '_>) -> Option<Entry> {
    let key = text(node, "Key")?.replace('+', " ");
    let modified_at = Timestamp::of_iso(text(node, "LastModified")?)?;
    Some(Entry {
        key: percent_decode_str(&key).decode_utf8().ok()?.into_owned(),
        size_bytes: text(node, "Size")?.parse().ok()?,
        // Some servers cut to seconds: rounded up, a blob never looks older than it is.
        modified_at: Timestamp::from_seconds(modified_at.seconds() + 1),
    })
}

fn text<'a>(node: &Node<'a, '_>, name: &str) -> Option<&'a str> {
    let child = node.children().find(|child| child.has_tag_name_of(name))?;
    Some(child.text().unwrap_or_default())
}

/// Names without their namespace, which not every server gives.
trait LocalName {
    fn has_tag_name_of(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

/// The hash that stands behind the workspace in a key, to the letter.
pub(crate) fn hash_of(name: &str) -> Option<ContentHash> {
    let (algorithm, hex) = name.split_once('/')?;
    let canonical = format!("{algorithm}:{hex}");
    let hash: ContentHash = canonical.parse().ok()?;
    (hash.to_string() == canonical).then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
          <Name>files</Name><Prefix>ws/</Prefix><IsTruncated>true</IsTruncated>
          <Contents><Key>ws/md5/a%2Bb+c%C3%A9</Key><LastModified>2026-01-01T00:00:00.250Z</LastModified>
            <ETag>&quot;e&quot;</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>
        </ListBucketResult>"#;

    #[test]
    fn a_page_of_the_store_is_read() {
        let (entries, more) = parse(PAGE.as_bytes()).expect("a page");
        let [entry] = &entries[..] else {
            panic!("one entry");
        };
        assert_eq!((entry.key.as_str(), entry.size_bytes), ("ws/md5/a+b cé", 7));
        assert_eq!(entry.modified_at.millis(), 1_767_225_601_000, "rounded up");
        assert!(more);
    }

    #[test]
    fn what_is_no_page_is_no_empty_page() {
        for text in [
            "",
            "<html>maintenance</html>",
            &PAGE[..PAGE.len() - 20],
            &PAGE.replace("<Size>7", "<Size>x"),
        ] {
            assert!(parse(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn only_names_of_blobs_are_ours() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert!(hash_of(&format!("sha256/{hex}")).is_some());
        for foreign in [
            hex.to_owned(),
            format!("sha256:{hex}"),
            format!("md5/{hex}"),
            format!("sha256/{}", hex.to_uppercase()),
            format!("sha256/{hex}/x"),
            "notes.txt".to_owned(),
        ] {
            assert_eq!(hash_of(&foreign), None, "{foreign}");
        }
    }
}

//! Addresses as they may be shown.

/// What stands in the place of what must not be shown.
pub(crate) const MASK: &str = "******";

/// An address, right or wrong, without user, password, query and fragment. A password may hold what
/// ends the part of an address that it belongs to, where somebody forgot to encode it.
pub(crate) fn without_credentials(address: &str) -> String {
    let (scheme, rest) = match address.find("://") {
        Some(end) if address[..end].bytes().all(is_of_a_scheme) => address.split_at(end + 3),
        _ => ("", address),
    };
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (place, asked) = rest.split_at(end);
    let place = match place.rsplit_once('@') {
        Some((_, host)) => format!("{MASK}@{host}"),
        None if asked.contains('@') => MASK.to_owned(),
        None => place.to_owned(),
    };
    let asked = match asked.get(..1) {
        Some(mark) => format!("{mark}{MASK}"),
        None => String::new(),
    };
    format!("{scheme}{place}{asked}")
}

fn is_of_a_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_an_address_is_where_it_leads() {
        for (address, shown) in [
            ("libsql://db.example", "libsql://db.example"),
            ("https://db.example:1/x", "https://db.example:1/x"),
            ("file:./or3.db", "file:./or3.db"),
            ("file:or3.db?mode=ro", "file:or3.db?******"),
            (
                "https://u:p@db.example:1/x?authToken=t",
                "https://******@db.example:1/x?******",
            ),
            ("wss://db.example#t", "wss://db.example#******"),
            ("u:p@db.example", "******@db.example"),
            ("u:p@db.example?to=http://x", "******@db.example?******"),
            ("wss://u:p/p@p@db.example", "wss://******@db.example"),
            ("wss://u:p?p@db.example", "wss://******?******"),
            ("://", "://"),
            ("", ""),
        ] {
            assert_eq!(without_credentials(address), shown, "{address}");
        }
    }
}

//! The seven synced tables (sync contract, 5.1).

/// One synced table. The order of the variants is the byte order of the names, so that rows sorted
/// by [`code`](Self::code) are sorted by name, as snapshots must be (sync contract, 13.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// What is known of a file; keyed by its hash.
    FileMeta,
    /// Named values.
    Kv,
    /// Messages of a thread.
    Messages,
    /// Notes to one user; the only table with an owner.
    Notifications,
    /// Documents, prompts, workflows.
    Posts,
    /// Groups of threads.
    Projects,
    /// Conversations.
    Threads,
}

impl Table {
    /// Every table, in the order of codes and names.
    pub const ALL: [Self; 7] = [
        Self::FileMeta,
        Self::Kv,
        Self::Messages,
        Self::Notifications,
        Self::Posts,
        Self::Projects,
        Self::Threads,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FileMeta => "file_meta",
            Self::Kv => "kv",
            Self::Messages => "messages",
            Self::Notifications => "notifications",
            Self::Posts => "posts",
            Self::Projects => "projects",
            Self::Threads => "threads",
        }
    }

    /// The table with this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// The number in rows: 0 to 6.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The table with this number, if there is one.
    pub fn coded(code: i64) -> Option<Self> {
        Self::ALL.get(usize::try_from(code).ok()?).copied()
    }

    /// The member of a payload that repeats the primary key.
    pub const fn key_member(self) -> &'static str {
        match self {
            Self::FileMeta => "hash",
            _ => "id",
        }
    }
}

/// A set of tables: the filter of a pull or of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSet(u8);

impl TableSet {
    /// Every table: no filter.
    pub const ALL: Self = Self(0x7F);
    /// No table: nothing matches.
    pub const NONE: Self = Self(0);

    /// This set with `table` in it.
    #[must_use]
    pub const fn with(self, table: Table) -> Self {
        Self(self.0 | 1 << table.code())
    }

    /// Whether `table` is in it.
    pub const fn has(self, table: Table) -> bool {
        self.0 >> table.code() & 1 == 1
    }

    /// One bit a table, by code.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set with these bits; others are dropped.
    pub fn of_bits(bits: i64) -> Self {
        Self(u8::try_from(bits & 0x7F).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_byte_order_of_names_and_lead_back() {
        assert!(Table::ALL.is_sorted_by_key(|table| table.name().as_bytes()));
        for table in Table::ALL {
            assert_eq!(Table::coded(i64::from(table.code())), Some(table));
            assert_eq!(Table::named(table.name()), Some(table));
        }
        assert_eq!(Table::coded(7), None);
        assert_eq!(Table::named("Threads"), None);
    }

    #[test]
    fn the_full_set_holds_every_table() {
        let full = Table::ALL.into_iter().fold(TableSet::NONE, TableSet::with);
        assert_eq!(full, TableSet::ALL);
        assert!(!TableSet::NONE.with(Table::Kv).has(Table::Posts));
    }
}

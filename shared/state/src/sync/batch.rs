//! How the ops of a push travel to the engine: as bytes that SQL cuts apart by position.
//!
//! The first argument holds a record of fixed width an op, with its numbers as decimal digits and
//! the places of its texts, and behind the records the texts. Payloads are an argument of their own,
//! which only the statement that stores them reads. A JSON array would need fewer words here, but
//! the engine takes it apart anew for every column of every op and copies it along with each row:
//! half of all instructions of a push (decision 0006).

use or3_domain::store::StoreError;
use or3_domain::sync::{MAX_OPS, Op, Operation};

/// The number of ops, before the first record.
const COUNT: usize = 8;
/// Op id, fingerprint, clock, table, operation, and the places of pk, hlc, device id and payload.
const RECORD: usize = 36 + 16 + 16 + 1 + 1 + 4 * PLACE;
/// Where a text begins and how long it is, in bytes.
const PLACE: usize = 8 + 7;

/// A batch in the form of the two arguments.
#[derive(Debug)]
pub(super) struct Packed {
    /// Records and short texts.
    pub(super) ops: Vec<u8>,
    /// The payloads, one after the other.
    pub(super) payloads: Vec<u8>,
}

impl Packed {
    /// At most [`MAX_OPS`]: as many places as `batch_places` has.
    pub(super) fn of(ops: &[Op]) -> Result<Self, StoreError> {
        if ops.len() > MAX_OPS {
            let count = ops.len();
            return Err(StoreError::Fault(format!("a batch of {count} ops")));
        }
        let mut records = Digits::default();
        let mut texts = Texts::after(COUNT + RECORD * ops.len());
        let mut payloads = Texts::after(0);
        records.number(ops.len() as u64, COUNT)?;
        for op in ops {
            records.fixed(op.revision.op_id.as_bytes(), 36)?;
            records.fixed(&op.fingerprint.0, 16)?;
            records.number(op.revision.clock.unsigned_abs(), 16)?;
            records.number(op.table.code().into(), 1)?;
            records.number((op.operation == Operation::Delete).into(), 1)?;
            for text in [&op.pk, &op.revision.hlc, &op.device_id] {
                records.place(texts.add(text))?;
            }
            records.place(payloads.add(op.payload.as_deref().unwrap_or_default()))?;
        }
        records.0.append(&mut texts.bytes);
        Ok(Self {
            ops: records.0,
            payloads: payloads.bytes,
        })
    }
}

/// Texts side by side, the first at position `first` (counted from 0).
struct Texts {
    first: usize,
    bytes: Vec<u8>,
}

impl Texts {
    const fn after(first: usize) -> Self {
        Self {
            first,
            bytes: Vec::new(),
        }
    }

    /// Adds a text and says where it begins, as `substr` counts, and how long it is.
    fn add(&mut self, text: &str) -> (u64, u64) {
        let begin = self.first + self.bytes.len() + 1;
        self.bytes.extend_from_slice(text.as_bytes());
        (begin as u64, text.len() as u64)
    }
}

#[derive(Default)]
struct Digits(Vec<u8>);

impl Digits {
    fn place(&mut self, (begin, length): (u64, u64)) -> Result<(), StoreError> {
        self.number(begin, 8)?;
        self.number(length, 7)
    }

    fn number(&mut self, number: u64, width: usize) -> Result<(), StoreError> {
        let first = self.0.len();
        self.0.resize(first + width, 0);
        let mut rest = number;
        for place in self.0[first..].iter_mut().rev() {
            *place = b"0123456789"[(rest % 10) as usize];
            rest /= 10;
        }
        if rest == 0 {
            return Ok(());
        }
        let text = format!("{number} has more than {width} digits");
        Err(StoreError::Fault(text))
    }

    /// A field that does not fill its place would shift all that follow.
    fn fixed(&mut self, field: &[u8], width: usize) -> Result<(), StoreError> {
        if field.len() != width {
            let found = field.len();
            let text = format!("a field of {width} bytes has {found}");
            return Err(StoreError::Fault(text));
        }
        self.0.extend_from_slice(field);
        Ok(())
    }
}

/// The number in the `$width` digits at `$at` of the record.
macro_rules! number_at {
    ($at:literal, $width:literal) => {
        concat!("CAST(substr(?2, at + ", $at, ", ", $width, ") AS INTEGER)")
    };
}

/// The text of `$argument` whose place stands at `$at`, and its length at `$length`.
macro_rules! text_at {
    ($argument:literal, $at:literal, $length:literal) => {
        concat!(
            "CAST(substr(",
            $argument,
            ", ",
            $crate::sync::batch::number_at!($at, 8),
            ", ",
            $crate::sync::batch::number_at!($length, 7),
            ") AS TEXT)"
        )
    };
}

/// The expression behind a column of `ops`; `payload` is in argument 3, and NULL where an op has
/// none.
macro_rules! field {
    (op_id) => {
        "CAST(substr(?2, at + 1, 36) AS TEXT)"
    };
    (fingerprint) => {
        "substr(?2, at + 37, 16)"
    };
    (clock) => {
        $crate::sync::batch::number_at!(53, 16)
    };
    (table_id) => {
        $crate::sync::batch::number_at!(69, 1)
    };
    (op) => {
        $crate::sync::batch::number_at!(70, 1)
    };
    (pk) => {
        $crate::sync::batch::text_at!("?2", 71, 79)
    };
    (hlc) => {
        $crate::sync::batch::text_at!("?2", 86, 94)
    };
    (device_id) => {
        $crate::sync::batch::text_at!("?2", 101, 109)
    };
    (payload) => {
        concat!(
            "nullif(",
            $crate::sync::batch::text_at!("?3", 116, 124),
            ", '')"
        )
    };
}

/// A source of rows: the ops of argument 2 with the columns that it names; `place` counts from 0 in
/// the order of the batch. It is no table expression of its own, because the engine would keep a
/// temporary b-tree for one.
macro_rules! ops {
    ($($column:ident),+) => {
        concat!(
            "(SELECT place",
            $(", ", $crate::sync::batch::field!($column), " AS ", stringify!($column),)+
            "
            FROM (SELECT place, 8 + place * 130 AS at FROM batch_places
                WHERE place < CAST(substr(?2, 1, 8) AS INTEGER)))"
        )
    };
}

pub(super) use {field, number_at, ops, text_at};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::{self, Durability, LocalOptions};
    use crate::statement::Statement;
    use or3_domain::sync::{Fingerprint, Revision, Table};

    const PLACES: &str = "CREATE TABLE batch_places AS SELECT value AS place
        FROM json_each('[0,1,2]')";

    fn op(number: u8, pk: &str, payload: Option<&str>) -> Op {
        Op {
            table: Table::Posts,
            operation: Operation::Delete,
            pk: pk.to_owned(),
            payload: payload.map(str::to_owned),
            revision: Revision {
                clock: 9_007_199_254_740_991,
                hlc: "0mfkq8v5c:000:é".to_owned(),
                op_id: format!("00000000-0000-4000-8000-{number:012}"),
            },
            device_id: "a \" ' device".to_owned(),
            fingerprint: Fingerprint([number; 16]),
        }
    }

    #[test]
    fn the_engine_reads_back_what_was_packed() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = LocalOptions::new(folder.path().join("or3.db"), Durability::Process);
        let connection = local::create(&options).expect("a database");
        connection.run(PLACES).expect("places");
        let long = format!("\"{}\\ud83d\"", "x".repeat(300_000));
        let ops = [
            op(0, "😀", Some("{}")),
            op(1, "plain", None),
            op(2, "p\u{1}k", Some(&long)),
        ];
        let packed = Packed::of(&ops).expect("packed");
        let select =
            Statement::new(concat!(
            "SELECT place, op_id, fingerprint, clock, table_id, op, pk, hlc, device_id, payload,
                typeof(pk) || typeof(payload) FROM ",
            ops!(op_id, fingerprint, clock, table_id, op, pk, hlc, device_id, payload),
            " WHERE ?1 = 1 ORDER BY place"
        ));
        let select = select.bind(1_i64).bind(packed.ops).bind(packed.payloads);
        let rows = connection.one(&select).expect("read").rows;
        assert_eq!(rows.len(), ops.len());
        for ((row, op), place) in rows.iter().zip(&ops).zip(0..) {
            assert_eq!(row.int(0).expect("place"), place);
            assert_eq!(row.text(1).expect("op id"), op.revision.op_id);
            assert_eq!(row.blob(2).expect("fingerprint"), op.fingerprint.0);
            assert_eq!(row.int(3).expect("clock"), op.revision.clock);
            assert_eq!(row.int(4).expect("table"), i64::from(op.table.code()));
            assert!(row.flag(5).expect("operation"));
            assert_eq!(row.text(6).expect("pk"), op.pk);
            assert_eq!(row.text(7).expect("hlc"), op.revision.hlc);
            assert_eq!(row.text(8).expect("device"), op.device_id);
            assert_eq!(row.opt_string(9).expect("payload"), op.payload);
            let kind = if op.payload.is_some() { "text" } else { "null" };
            assert_eq!(row.text(10).expect("types"), format!("text{kind}"));
        }
    }

    #[test]
    fn an_empty_batch_has_no_rows_and_a_field_that_does_not_fit_is_refused() {
        assert_eq!(Packed::of(&[]).expect("packed").ops, b"00000000");
        assert_eq!(RECORD, 130, "as the statements have it");
        let mut odd = op(0, "pk", None);
        odd.revision.op_id.push('0');
        assert!(matches!(Packed::of(&[odd]), Err(StoreError::Fault(_))));
    }
}

//! Why a single op of a batch is refused; its siblings are not affected.

use std::borrow::Cow;

/// The class of a refusal; clients decide by it whether to try again (sync contract, 11.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// The op is malformed and will stay so.
    ValidationError,
    /// The payload is too large.
    Oversized,
    /// The row belongs to somebody else.
    Unauthorized,
    /// The op id stands for another op.
    Conflict,
}

impl ErrorCode {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ValidationError => "VALIDATION_ERROR",
            Self::Oversized => "OVERSIZED",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::Conflict => "CONFLICT",
        }
    }
}

/// A refused op: class and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The class.
    pub code: ErrorCode,
    /// The text for the client.
    pub error: Cow<'static, str>,
}

impl Refusal {
    /// A malformed op.
    pub fn invalid(error: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code: ErrorCode::ValidationError,
            error: error.into(),
        }
    }

    /// A payload that breaks a rule of its table.
    pub fn payload(table: &str, detail: impl std::fmt::Display) -> Self {
        Self::invalid(format!("Invalid payload for {table}: {detail}"))
    }

    /// A payload over the limit (sync contract, 6.2).
    pub fn oversized(table: &str) -> Self {
        Self {
            code: ErrorCode::Oversized,
            error: too_large(table),
        }
    }

    /// A payload that is over the limit only once its names are folded (6.3).
    pub fn oversized_when_folded(table: &str) -> Self {
        Self::invalid(too_large(table))
    }

    /// A notification of another user (10).
    pub fn not_the_owner() -> Self {
        Self {
            code: ErrorCode::Unauthorized,
            error: "Forbidden: notification owner mismatch".into(),
        }
    }

    /// A clock so far ahead of its row that no later write could follow it (ADR 0005).
    pub fn clock_too_far() -> Self {
        Self::invalid("Invalid operation: stamp.clock is too far ahead of the row")
    }

    /// Two ops of one batch share an id and nothing else (6.3).
    pub fn reused_in_batch(op_id: &str) -> Self {
        let error = format!("Conflicting operations reuse op_id {op_id}").into();
        Self {
            code: ErrorCode::Conflict,
            error,
        }
    }

    /// The id stands for an op that was processed before (6.3).
    pub fn reused(op_id: &str) -> Self {
        let error = format!("Conflicting operation reuses processed op_id {op_id}").into();
        Self {
            code: ErrorCode::Conflict,
            error,
        }
    }
}

fn too_large(table: &str) -> Cow<'static, str> {
    format!(
        "Payload too large for {table}: exceeds {} bytes",
        super::MAX_PAYLOAD
    )
    .into()
}

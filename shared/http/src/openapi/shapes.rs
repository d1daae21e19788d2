//! Shapes of JSON, for what no type of ours stands for.

use std::ops::RangeInclusive;

use or3_domain::access::Role;
use or3_domain::gc::{Ended, Kind};
use utoipa::openapi::schema::{
    ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type,
};
use utoipa::openapi::{KnownFormat, Object, RefOr, SchemaFormat};

/// The shape of a value.
pub type Shape = RefOr<Schema>;

/// The largest integer that every client can tell from its neighbours.
const LARGEST: i64 = 9_007_199_254_740_991;

/// Text of so many characters. Where the code counts UTF-16 units, as browsers do, that is the same
/// for all but rare characters.
pub fn text(characters: RangeInclusive<usize>) -> ObjectBuilder {
    let (least, most) = characters.into_inner();
    let bounded = ObjectBuilder::new().schema_type(Type::String);
    let bounded = bounded.min_length((least > 0).then_some(least));
    bounded.max_length((most < usize::MAX).then_some(most))
}

/// Text in the form of an address of mail.
pub fn email() -> ObjectBuilder {
    text(3..=320).format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
}

/// Text that nobody should see while it is typed.
pub fn password(characters: RangeInclusive<usize>) -> ObjectBuilder {
    let format = SchemaFormat::KnownFormat(KnownFormat::Password);
    text(characters).format(Some(format))
}

/// Text in the form of a UUID.
pub fn uuid() -> ObjectBuilder {
    text(36..=36).format(Some(SchemaFormat::Custom("uuid".to_owned())))
}

/// One of these words.
pub fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    let words: Vec<_> = words.into_iter().collect();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
}

/// Always this word.
pub fn word(word: &str) -> ObjectBuilder {
    words([word])
}

/// A whole number.
pub fn integer(range: RangeInclusive<i64>) -> ObjectBuilder {
    let bound = |number: i64| isize::try_from(number).ok();
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(bound(*range.start()))
        .maximum(bound(*range.end()))
}

/// A whole number that is not negative and that every client can tell from its neighbours.
pub fn natural() -> ObjectBuilder {
    integer(0..=LARGEST)
}

/// Any number.
pub fn number() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Number)
}

/// `true` or `false`.
pub fn flag() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

/// Any JSON value.
pub fn anything() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::AnyValue)
}

/// A list of at most so many.
pub fn list(item: impl Into<Shape>, most: Option<usize>) -> ArrayBuilder {
    ArrayBuilder::new().items(item.into()).max_items(most)
}

/// The same, or `null`.
pub fn or_null(shape: ObjectBuilder) -> Object {
    let mut shape = shape.build();
    if let SchemaType::Type(kind) = shape.schema_type {
        shape.schema_type = SchemaType::from_iter([kind, Type::Null]);
    }
    shape
}

/// One or the other.
pub fn either(one: impl Into<Shape>, other: impl Into<Shape>) -> OneOfBuilder {
    OneOfBuilder::new().item(one).item(other)
}

/// An object; [`Members`] gives it members. Others are ignored.
pub fn object() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Object)
}

/// Members of an object.
pub trait Members {
    /// A member that must be there.
    #[must_use]
    fn with(self, name: &str, shape: impl Into<Shape>) -> Self;

    /// A member that may be there.
    #[must_use]
    fn maybe(self, name: &str, shape: impl Into<Shape>) -> Self;
}

impl Members for ObjectBuilder {
    fn with(self, name: &str, shape: impl Into<Shape>) -> Self {
        self.property(name, shape).required(name)
    }

    fn maybe(self, name: &str, shape: impl Into<Shape>) -> Self {
        self.property(name, shape)
    }
}

/// `{"ok":true}`.
pub fn done() -> Object {
    object().with("ok", flag()).build()
}

/// A member's role.
pub fn role() -> Object {
    words(Role::ALL.map(Role::as_str)).build()
}

/// A collection, as `or3_domain::gc::Run` shows itself. Moments are milliseconds.
pub fn collection_run() -> ObjectBuilder {
    let found = object().with("name", text(0..=usize::MAX));
    let outcome = || words(Ended::ALL.map(Ended::as_str));
    let part = object()
        .with("kind", words(Kind::ALL.map(Kind::as_str)))
        .with("outcome", outcome())
        .with("removed", natural())
        .with("bytes", natural())
        .maybe("found", list(found.with("bytes", natural()), None));
    object()
        .with("id", text(1..=usize::MAX))
        .with("source", words(["schedule", "event", "request"]))
        .with("userId", or_null(text(0..=usize::MAX)))
        .with("workspaceId", or_null(text(0..=usize::MAX)))
        .with("dryRun", flag())
        .with("startedAt", natural())
        .with("finishedAt", or_null(natural()))
        .with("durationMs", or_null(integer(i64::MIN..=i64::MAX)))
        .with("outcome", outcome())
        .with("removed", natural())
        .with("bytes", natural())
        .with("parts", list(part, None))
}

//! What a route answers when it does what was asked.

use utoipa::ToSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Ref, RefOr};

use super::shapes::{Shape, text};

/// Schemas by name.
pub(super) type Schemas = Vec<(String, Shape)>;

/// One answer that is no error.
pub struct Answer {
    pub(super) status: u16,
    pub(super) response: ResponseBuilder,
    pub(super) schemas: Schemas,
}

impl Answer {
    /// Without a body.
    pub fn empty(status: u16, meaning: &str) -> Self {
        let response = ResponseBuilder::new().description(meaning);
        Self {
            status,
            response: shared_header(response, "X-Request-Id"),
            schemas: Schemas::new(),
        }
    }

    /// JSON of the type `T`.
    pub fn json<T: ToSchema>(status: u16, meaning: &str) -> Self {
        let mut schemas = Schemas::new();
        let shape = named::<T>(&mut schemas);
        Self {
            schemas,
            ..Self::shaped(status, meaning, shape)
        }
    }

    /// JSON that is written by hand.
    pub fn shaped(status: u16, meaning: &str, shape: impl Into<Shape>) -> Self {
        Self::of(status, meaning, "application/json", Some(shape.into()))
    }

    /// Something else than JSON, of this media type.
    pub fn media(status: u16, meaning: &str, media_type: &str) -> Self {
        Self::of(status, meaning, media_type, None)
    }

    /// The same with a header of its own.
    #[must_use]
    pub fn header(mut self, name: &str, meaning: &str) -> Self {
        let header = HeaderBuilder::new()
            .schema(Some(text(0..=usize::MAX)))
            .description(Some(meaning));
        self.response = self.response.header(name, header.build());
        self
    }

    /// The same with the cookies that [`AuthCookies`](crate::AuthCookies) sets or clears.
    #[must_use]
    pub fn cookies(self) -> Self {
        self.header(
            "Set-Cookie",
            "`or3_access` and `or3_refresh`, set or cleared.",
        )
    }

    pub(super) fn shared_header(mut self, name: &str) -> Self {
        self.response = shared_header(self.response, name);
        self
    }

    fn of(status: u16, meaning: &str, media_type: &str, shape: Option<Shape>) -> Self {
        let mut answer = Self::empty(status, meaning);
        let content = ContentBuilder::new().schema(shape).build();
        answer.response = answer.response.content(media_type, content);
        answer
    }

    pub(super) fn build(self) -> RefOr<Response> {
        self.response.into()
    }
}

/// A header that many answers have, from the document's list of them.
pub(super) fn shared_header(response: ResponseBuilder, name: &str) -> ResponseBuilder {
    response.header_ref(name, Ref::new(format!("#/components/headers/{name}")))
}

/// The schema of `T` by its name; it and those that it names go to `schemas`.
pub(super) fn named<T: ToSchema>(schemas: &mut Schemas) -> Shape {
    T::schemas(schemas);
    schemas.push((T::name().into_owned(), T::schema()));
    Ref::from_schema_name(T::name()).into()
}

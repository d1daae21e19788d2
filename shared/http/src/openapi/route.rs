//! One route.

use or3_domain::limits::Policy;
use or3_domain::store::StoreError;
use serde_json::{Map, json};
use utoipa::ToSchema;
use utoipa::openapi::Required;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{
    Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::security::SecurityRequirement;

use super::answer::{Answer, Schemas, named};
use super::refusals;
use super::shapes::{Shape, text};
use crate::body::too_large;
use crate::error::ApiError;
use crate::limits::{Remaining, refusal};

/// What a route takes and answers.
pub struct Route {
    served: (&'static str, &'static str),
    pub(super) schemas: Schemas,
    summary: &'static str,
    about: Vec<String>,
    parameters: Vec<Parameter>,
    body: Option<RequestBody>,
    answers: Vec<Answer>,
    refusals: Vec<ApiError>,
    pub(super) securities: Vec<SecurityRequirement>,
    limits: Map<String, serde_json::Value>,
    tells_budget: bool,
}

impl Route {
    /// The route of this method and path, and what it is for in a line. What every route may
    /// answer is said already.
    pub fn new(route: (&'static str, &'static str), summary: &'static str) -> Self {
        let names = route.1.split('/').filter_map(|segment| {
            let name = segment.strip_prefix('{')?;
            name.strip_suffix('}')
        });
        let parameters = names.map(|name| {
            let shape = text(1..=usize::MAX);
            parameter(ParameterIn::Path, name, Required::True, shape)
        });
        Self {
            served: route,
            schemas: Schemas::new(),
            summary,
            about: Vec::new(),
            parameters: parameters.collect(),
            body: None,
            answers: Vec::new(),
            refusals: refusals::of_every_route(),
            securities: Vec::new(),
            limits: Map::new(),
            tells_budget: false,
        }
    }

    /// Its method and path.
    pub fn served(&self) -> (&'static str, &'static str) {
        self.served
    }

    /// Says more about it.
    #[must_use]
    pub fn about(mut self, text: impl Into<String>) -> Self {
        self.about.push(text.into());
        self
    }

    /// Answers `404 "Not Found"` where its feature is switched off.
    #[must_use]
    pub fn switchable(self) -> Self {
        self.refuses([ApiError::not_found()])
    }

    /// A parameter of the query.
    #[must_use]
    pub fn query(self, name: &str, required: bool, shape: impl Into<Shape>) -> Self {
        self.parameter(ParameterIn::Query, name, required, shape)
    }

    /// A header.
    #[must_use]
    pub fn header(self, name: &str, required: bool, shape: impl Into<Shape>) -> Self {
        self.parameter(ParameterIn::Header, name, required, shape)
    }

    /// A JSON body of the type `T` and of at most `ceiling` bytes.
    #[must_use]
    pub fn json<T: ToSchema>(mut self, ceiling: usize) -> Self {
        let shape = named::<T>(&mut self.schemas);
        self.shaped(ceiling, shape)
    }

    /// A JSON body that is read by hand, of at most `ceiling` bytes.
    #[must_use]
    pub fn shaped(mut self, ceiling: usize, shape: impl Into<Shape>) -> Self {
        self.limits.insert("bodyBytes".to_owned(), json!(ceiling));
        let body = self.body("application/json", Some(shape.into()), Required::True);
        body.refuses([too_large(), ApiError::slow()])
    }

    /// A body of any bytes, of this media type.
    #[must_use]
    pub fn bytes(self, media_type: &str) -> Self {
        let body = self.body(media_type, None, Required::False);
        body.refuses([ApiError::slow()])
    }

    /// An answer that is no error.
    #[must_use]
    pub fn answers(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }

    /// Errors that it returns.
    #[must_use]
    pub fn refuses<E: Into<ApiError>>(mut self, errors: impl IntoIterator<Item = E>) -> Self {
        self.refusals.extend(errors.into_iter().map(Into::into));
        self
    }

    /// It writes, and says so when there is no room: `507`. Where a full volume is passing trouble
    /// ([`full_is_passing`](crate::full_is_passing)) that is `503` as for a store that is away.
    #[must_use]
    pub fn writes(self) -> Self {
        self.refuses([StoreError::Full(String::new())])
    }

    /// Its budget. `tell` says which headers an answer has.
    #[must_use]
    pub fn budget(mut self, policy: Policy, tell: Remaining) -> Self {
        let seconds = policy.window.as_secs();
        let budget = json!({
            "name": policy.name, "requests": policy.max_requests, "windowSeconds": seconds,
        });
        self.limits.insert("budget".to_owned(), budget);
        self.tells_budget = tell != Remaining::Untold;
        self.refuses([refusal(policy.window)])
    }

    /// Its budget, where a refusal has a text of its own.
    #[must_use]
    pub fn budget_saying(mut self, policy: Policy, tell: Remaining, text: &'static str) -> Self {
        let before = self.refusals.len();
        self = self.budget(policy, tell);
        for refusal in &mut self.refusals[before..] {
            *refusal = refusal.clone().with_message(text);
        }
        self
    }

    fn parameter(
        mut self,
        place: ParameterIn,
        name: &str,
        required: bool,
        shape: impl Into<Shape>,
    ) -> Self {
        let required = if required {
            Required::True
        } else {
            Required::False
        };
        self.parameters
            .push(parameter(place, name, required, shape));
        self
    }

    fn body(mut self, media_type: &str, shape: Option<Shape>, required: Required) -> Self {
        let content = ContentBuilder::new().schema(shape).build();
        let body = RequestBodyBuilder::new()
            .content(media_type, content)
            .required(Some(required));
        self.body = Some(body.build());
        self
    }

    /// The operation, under the group `tag`.
    pub(super) fn operation(self, tag: &str) -> Operation {
        let with_body = self.served.0 != "HEAD";
        let mut operation = OperationBuilder::new()
            .tag(tag)
            .summary(Some(self.summary))
            .operation_id(Some(operation_id(self.served)))
            .request_body(self.body);
        if !self.about.is_empty() {
            operation = operation.description(Some(self.about.join("\n\n")));
        }
        for parameter in self.parameters {
            operation = operation.parameter(parameter);
        }
        for (status, response) in refusals::responses(&self.refusals, with_body) {
            operation = operation.response(status, response);
        }
        for mut answer in self.answers {
            if self.tells_budget {
                answer = answer
                    .shared_header("X-RateLimit-Limit")
                    .shared_header("X-RateLimit-Remaining");
            }
            operation = operation.response(answer.status.to_string(), answer.build());
        }
        if !self.securities.is_empty() {
            operation = operation.securities(Some(self.securities));
        }
        if !self.limits.is_empty() {
            let limits = Extensions::from_iter([("x-limits", self.limits)]);
            operation = operation.extensions(Some(limits));
        }
        operation.build()
    }

    pub(super) fn take_schemas(&mut self) -> Schemas {
        let of_answers = self.answers.iter_mut();
        let of_answers = of_answers.flat_map(|answer| std::mem::take(&mut answer.schemas));
        let mut schemas: Schemas = of_answers.collect();
        schemas.append(&mut self.schemas);
        schemas
    }
}

fn parameter(
    place: ParameterIn,
    name: &str,
    required: Required,
    shape: impl Into<Shape>,
) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .schema(Some(shape.into()))
        .build()
}

/// `postSyncPush` of `POST /api/sync/push`, `patchWorkspacesId` of `PATCH /api/workspaces/{id}`.
fn operation_id((method, path): (&str, &str)) -> String {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty() && *word != "api");
    let mut id = method.to_ascii_lowercase();
    for word in words {
        let (first, rest) = word.split_at(1);
        id.push_str(&first.to_ascii_uppercase());
        id.push_str(rest);
    }
    id
}

#[cfg(test)]
mod tests {
    use or3_domain::access::Permission;

    use super::*;

    #[test]
    fn an_operation_is_called_by_its_method_and_path() {
        let id = operation_id;
        assert_eq!(
            id(("POST", "/api/sync/update-cursor")),
            "postSyncUpdateCursor"
        );
        assert_eq!(id(("HEAD", "/api/storage/tus/{id}")), "headStorageTusId");
    }

    #[test]
    fn errors_of_one_status_are_one_answer_with_all_their_texts() {
        let route = Route::new(("GET", "/api/a/{id}"), "A").may(Permission::WorkspaceRead);
        let others = ["Forbidden", "Others only"];
        let others = others.map(|text| ApiError::forbidden().with_message(text));
        let operation = route.refuses(others).operation("a");
        let operation = serde_json::to_value(operation).expect("JSON");
        assert_eq!(operation["parameters"][0]["name"], "id");
        let refused = &operation["responses"]["403"]["description"];
        let texts = refused.as_str().expect("texts");
        assert_eq!(texts.matches("\"Forbidden\"").count(), 1);
        assert!(texts.contains("A valid invite is required to register."));
        assert_eq!(operation["security"].as_array().map(Vec::len), Some(3));
        let shared = &operation["responses"]["503"]["$ref"];
        assert_eq!(shared, "#/components/responses/SessionUnavailable");
    }
}

//! What a token says.

use serde_json::{Map, Value};

use crate::clock::Timestamp;

/// The longest subject, in bytes (OpenID Connect Core, 2).
const MAX_SUBJECT: usize = 255;
/// The longest address and name that are kept, in UTF-16 units, as at registration.
const MAX_EMAIL: usize = 320;
const MAX_NAME: usize = 120;

/// The members of a token's second part.
#[derive(Clone, Debug)]
pub struct Claims(Map<String, Value>);

impl Claims {
    pub(super) fn parse(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok().map(Self)
    }

    /// The identity at the provider; `None` when it is missing, empty or over 255 bytes.
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
            .filter(|sub| !sub.is_empty() && sub.len() <= MAX_SUBJECT)
    }

    /// When the token ends.
    pub fn ends(&self) -> Option<Timestamp> {
        self.moment("exp").ok().flatten()
    }

    /// Who issued the token.
    pub(super) fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// For whom the token is: `aud`, or the authorized party `azp` of a token without it. `None`
    /// when a member has another shape than text or a list of texts.
    pub(super) fn audiences(&self) -> Option<Vec<&str>> {
        match self.0.get("aud").or_else(|| self.0.get("azp"))? {
            Value::String(one) => Some(vec![one]),
            Value::Array(many) => many.iter().map(Value::as_str).collect(),
            _ => None,
        }
    }

    /// The moment in member `name`, in seconds with fractions cut off; `None` when there is none.
    pub(super) fn moment(&self, name: &str) -> Result<Option<Timestamp>, NotAMoment> {
        self.0.get(name).map(moment).transpose()
    }

    /// The address in member `name`, in lower case, unless the provider says that it did not
    /// verify it: an address that anybody can claim must not pass for its owner's.
    pub fn email(&self, name: &str) -> Option<String> {
        let unverified = match self.0.get("email_verified") {
            Some(Value::Bool(verified)) => !verified,
            Some(Value::String(word)) => word != "true",
            _ => false,
        };
        let email = self.kept(name, MAX_EMAIL)?.to_lowercase();
        (!unverified && email.contains('@')).then_some(email)
    }

    /// The name in member `name`; one over 120 characters is not kept.
    pub fn display_name(&self, name: &str) -> Option<String> {
        self.kept(name, MAX_NAME).map(str::to_owned)
    }

    fn kept(&self, name: &str, max_units: usize) -> Option<&str> {
        let text = self.text(name)?.trim();
        let fits = !text.is_empty() && text.encode_utf16().count() <= max_units;
        fits.then_some(text)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }
}

/// A member that must be a time is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotAMoment;

fn moment(value: &Value) -> Result<Timestamp, NotAMoment> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "saturates, and times that far away are decided alike"
    )]
    let whole = |seconds: f64| seconds.floor() as i64;
    let seconds = value.as_i64().or_else(|| value.as_f64().map(whole));
    seconds.map(Timestamp::from_seconds).ok_or(NotAMoment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(value: &Value) -> Claims {
        Claims::parse(value.to_string().as_bytes()).expect("claims")
    }

    #[test]
    fn an_address_is_kept_in_lower_case_unless_it_is_unverified() {
        let address = |value: Value| claims(&value).email("email");
        let kept = Some("ada@example.com".to_owned());
        assert_eq!(address(json!({"email": " Ada@Example.com "})), kept);
        let said = |verified: Value| {
            address(json!({"email": "ada@example.com", "email_verified": verified}))
        };
        assert_eq!(said(json!(true)), kept);
        assert_eq!(said(json!("true")), kept);
        assert_eq!(said(json!(false)), None);
        assert_eq!(said(json!("false")), None);
        assert_eq!(address(json!({"email": "no address"})), None);
        assert_eq!(address(json!({"email": ["ada@example.com"]})), None);
        assert_eq!(address(json!({})), None);
    }

    #[test]
    fn claims_are_found_under_the_names_of_the_deployment() {
        let claims = claims(&json!({"https://or3.test/mail": "a@b.co", "nick": "Ada"}));
        assert_eq!(
            claims.email("https://or3.test/mail"),
            Some("a@b.co".to_owned())
        );
        assert_eq!(claims.display_name("nick"), Some("Ada".to_owned()));
        assert_eq!(claims.display_name("name"), None);
    }

    #[test]
    fn a_name_that_is_blank_or_too_long_is_not_kept() {
        let name = |text: String| claims(&json!({ "name": text })).display_name("name");
        assert_eq!(name("  ".to_owned()), None);
        assert!(name("x".repeat(120)).is_some());
        assert_eq!(name("x".repeat(121)), None);
    }

    #[test]
    fn a_subject_has_1_to_255_bytes() {
        let subject = |sub: Value| claims(&json!({ "sub": sub })).subject().map(str::to_owned);
        assert_eq!(subject(json!("a")), Some("a".to_owned()));
        assert!(subject(json!("a".repeat(255))).is_some());
        assert_eq!(subject(json!("a".repeat(256))), None);
        assert_eq!(subject(json!("")), None);
        assert_eq!(subject(json!(7)), None);
        assert_eq!(subject(json!(null)), None);
    }

    #[test]
    fn moments_may_have_fractions_and_must_be_numbers() {
        let moment = |exp: Value| claims(&json!({ "exp": exp })).moment("exp");
        assert_eq!(moment(json!(7.9)), Ok(Some(Timestamp::from_seconds(7))));
        let end = Timestamp::from_seconds(i64::MAX);
        assert_eq!(moment(json!(1e300)), Ok(Some(end)));
        assert_eq!(moment(json!("7")), Err(NotAMoment));
        assert_eq!(moment(json!(null)), Err(NotAMoment));
        assert_eq!(claims(&json!({})).moment("exp"), Ok(None));
    }
}

//! `POST /api/basic-auth/change-password` (auth contract, 3.2.5).

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use or3_domain::auth::AuthError;
use or3_domain::ids::AccountId;
use or3_domain::limits::Policy;
use or3_http::{ApiError, Caller, Context};

use crate::Ports;
use crate::door::{Door, Operation};
use crate::form::{Form, guessable, invalid, mismatch};
use crate::sign_in::Done;

pub(crate) enum ChangePassword {}

impl Operation for ChangePassword {
    const BUDGET: Policy = Policy::per_minute("basic-auth:change-password", 20);
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    context: Context,
    door: Door<ChangePassword>,
    caller: Caller,
    request: Request,
) -> Result<Json<Done>, ApiError> {
    let Some(session) = caller.session().await? else {
        ports.sessions.cookies.clear(&context);
        return Err(AuthError::SessionExpired.into());
    };
    let account = AccountId::new(session.provider_user_id.as_str());
    let form = Form::from_request(request, &ports).await?;
    let (current, new) = passwords(&form)?;
    let user = &session.user;
    let about = [&user.email, &user.display_name].map(|text| text.as_deref().unwrap_or_default());
    if door.accounts.is_guessable(new, &about) {
        return Err(guessable());
    }
    let changed = door.accounts.change_password(&account, current, new).await;
    if matches!(changed, Ok(()) | Err(AuthError::SessionExpired)) {
        ports.sessions.cookies.clear(&context);
    }
    changed?;
    Ok(Json(Done { ok: true }))
}

fn passwords(form: &Form) -> Result<(&str, &str), ApiError> {
    let current = form.password("currentPassword").ok_or_else(invalid)?;
    let new = form.new_password("newPassword").ok_or_else(invalid)?;
    let repeated = form.new_password("confirmNewPassword");
    if repeated.ok_or_else(invalid)? != new {
        return Err(mismatch());
    }
    Ok((current, new))
}

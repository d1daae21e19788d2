//! The pages in a real browser: scripts of playwright-core, each against a local stack of its own, on
//! a desktop and on a phone. Errors on the console, reports of the content policy and findings of
//! axe-core fail a script; pictures of what it saw are left in `target/browser`.

mod host;
mod script;

use or3_domain::ids::{Ids, SystemIds};
use or3_tests::Server;

use host::Host;
use script::Script;

/// Limits are not what is looked at here.
const UNLIMITED: (&str, &str) = ("DISABLE_RATE_LIMIT", "1");

async fn play(name: &'static str, settings: &[(&str, &str)]) {
    let Some(script) = Script::find(name) else {
        return;
    };
    let settings = [settings, &[UNLIMITED]].concat();
    let server = Server::with(&settings).await;
    let base = server.browser();
    script.play(&[("BASE", base.origin())]).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_person_registers_signs_in_and_out_and_changes_the_password() {
    play("passwords", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn tabs_are_signed_in_and_out_together() {
    play("tabs", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_person_sees_and_ends_their_sessions() {
    play("sessions", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_person_looks_after_their_workspaces() {
    play("workspaces", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn access_is_renewed_before_it_ends_once_for_all_tabs() {
    play("renewal", &[("OR3_BASIC_AUTH_ACCESS_TTL_SECONDS", "5")]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_session_that_is_over_leads_to_the_way_in_and_back() {
    let settings = [
        ("OR3_BASIC_AUTH_ACCESS_TTL_SECONDS", "2"),
        ("OR3_BASIC_AUTH_SESSION_MAX_SECONDS", "6"),
    ];
    play("expiry", &settings).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn the_end_of_a_session_is_announced_and_put_off() {
    play("notice", &[("OR3_BASIC_AUTH_SESSION_MAX_SECONDS", "240")]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_lost_connection_is_told_and_comes_back() {
    play("offline", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_keyboard_is_enough() {
    play("keyboard", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn the_start_page_does_the_main_job() {
    play("home", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn an_invite_leads_to_an_account_where_one_is_needed() {
    play("invited", &[("OR3_AUTH_REGISTRATION_MODE", "invite_only")]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn without_sign_in_nothing_shows_and_nothing_breaks() {
    play("off", &[("SSR_AUTH_ENABLED", "false")]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn another_provider_has_a_plain_link_until_the_host_brings_an_adapter() {
    let settings = [
        ("AUTH_PROVIDER", "oidc"),
        ("OR3_OIDC_ISSUER", "https://id.example.test"),
        ("OR3_OIDC_JWKS_URL", "https://id.example.test/keys"),
    ];
    play("adapters", &settings).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn scripts_are_small_and_whole_and_pages_paint_at_once() {
    play("figures", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn the_administrator_looks_after_users_workspaces_and_collections() {
    let Some(script) = Script::find("admin") else {
        return;
    };
    let password = SystemIds.uuid();
    let settings = [
        ("OR3_ADMIN_USERNAME", "root"),
        ("OR3_ADMIN_PASSWORD", password.as_str()),
        UNLIMITED,
    ];
    let server = Server::with(&settings).await;
    let base = server.browser();
    let settings = [("BASE", base.origin()), ("ADMIN_PASSWORD", &password)];
    script.play(&settings).await;
    server.stop().await;
}

/// The button on a page of another origin: where that origin is listed, and where it is not.
#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_page_elsewhere_embeds_the_button_where_that_is_allowed() {
    let Some(script) = Script::find("embed") else {
        return;
    };
    let (friend, stranger) = (Host::start().await, Host::start().await);
    let settings = [("OR3_ALLOWED_ORIGINS", friend.origin()), UNLIMITED];
    let server = Server::with(&settings).await;
    let base = server.browser();
    let settings = [
        ("BASE", base.origin()),
        ("FRIEND", friend.origin()),
        ("STRANGER", stranger.origin()),
    ];
    script.play(&settings).await;
    server.stop().await;
}

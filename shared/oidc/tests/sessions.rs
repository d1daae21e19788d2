//! From a provider's token to a session, over loopback and real rows, with a clock that the test
//! moves.

use std::sync::Arc;
use std::time::Duration;

use or3_domain::auth::oidc::{Keyring, OidcConfig, OidcSessions, PAUSE, RETRY, STALE};
use or3_domain::auth::{
    Admission, Credentials, Email, Origin, Provisioning, ProvisioningFailure, Registration,
    Resolution, Session, SessionError, SessionResolver,
};
use or3_domain::clock::Clock;
use or3_domain::ids::WorkspaceId;
use or3_domain::invite::{InviteClaims, InviteKey};
use or3_domain::meter::measured;
use or3_settings::{Database, Oidc};
use or3_state::State;
use or3_testkit::{FixedClock, IdentityProvider, SequentialIds};
use serde_json::{Value, json};
use tempfile::TempDir;

struct Scene {
    provider: IdentityProvider,
    clock: Arc<FixedClock>,
    ids: Arc<SequentialIds>,
    state: State,
    _folder: TempDir,
}

impl Scene {
    async fn set() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::file(folder.path().join("or3.db"), 1);
        let clock = Arc::new(FixedClock::default());
        let migrated = State::migrate(&database, clock.now()).await;
        migrated.expect("an empty database can be migrated");
        Self {
            provider: IdentityProvider::start().await,
            clock,
            ids: Arc::default(),
            state: State::open(&database).expect("a migrated database opens"),
            _folder: folder,
        }
    }

    /// A process that has asked for no key yet.
    fn process(&self, admission: Admission) -> OidcSessions {
        let source = or3_oidc::key_source(&Oidc {
            issuer: self.provider.issuer(),
            jwks_url: self.provider.jwks_url(),
            audiences: Vec::new(),
            cookie: String::new(),
            email_claim: String::new(),
            name_claim: String::new(),
        });
        let config = OidcConfig {
            issuer: self.provider.issuer(),
            audiences: Vec::new(),
            email_claim: "email".to_owned(),
            name_claim: "name".to_owned(),
        };
        let clock = || Arc::clone(&self.clock) as Arc<dyn Clock>;
        let ids = Arc::clone(&self.ids) as _;
        let provisioning = Provisioning::new(admission, self.state.sessions(), clock(), ids);
        let keyring = Keyring::new(source, clock());
        OidcSessions::new(
            config,
            keyring,
            self.state.sessions(),
            provisioning,
            clock(),
        )
    }

    fn claims(&self) -> Value {
        let now = self.clock.now().seconds();
        json!({"sub": "user_ada", "exp": now + 60, "email": "ada@example.test", "name": "Ada"})
    }

    fn token(&self) -> String {
        self.provider.token(self.claims())
    }
}

fn open() -> Admission {
    Admission {
        registration: Registration::Open,
        failure: ProvisioningFailure::Throw,
        bootstrap_email: None,
        invites: None,
    }
}

async fn resolve(
    sessions: &OidcSessions,
    token: String,
    invite: Option<String>,
) -> Result<Resolution, SessionError> {
    let credentials = Credentials {
        access: Some(token),
        refresh: None,
        invite,
    };
    sessions.resolve(&credentials, &Origin::default()).await
}

async fn session(sessions: &OidcSessions, token: String) -> Option<Session> {
    let resolution = resolve(sessions, token, None).await;
    resolution.expect("an answer").session
}

#[tokio::test]
async fn somebody_known_costs_one_round_trip_and_nobody_costs_none() {
    let scene = Scene::set().await;
    let process = scene.process(open());
    let (first, trips) = measured(session(&process, scene.token())).await;
    assert_eq!(
        (first.is_some(), trips),
        (true, 2),
        "one to look, one to provision"
    );
    let (again, trips) = measured(session(&process, scene.token())).await;
    assert_eq!((again, trips), (first, 1));
    let (nobody, trips) = measured(session(&process, "a.b.c".to_owned())).await;
    assert_eq!((nobody, trips), (None, 0));
}

#[tokio::test]
async fn what_a_token_leaves_out_is_as_it_was_at_first() {
    let scene = Scene::set().await;
    let process = scene.process(open());
    let first = session(&process, scene.token()).await.expect("a session");
    let mut bare = scene.claims();
    bare["email"] = Value::Null;
    bare["name"] = json!("Countess");
    let later = session(&process, scene.provider.token(bare)).await;
    let later = later.expect("a session");
    assert_eq!(later.user.id, first.user.id);
    assert_eq!(later.user.email.as_deref(), Some("ada@example.test"));
    assert_eq!(later.user.display_name.as_deref(), Some("Countess"));
}

#[tokio::test]
async fn a_rotated_key_is_found_after_the_pause() {
    let scene = Scene::set().await;
    let process = scene.process(open());
    assert!(session(&process, scene.token()).await.is_some());
    scene.provider.rotate();
    let early = resolve(&process, scene.token(), None).await;
    assert!(matches!(early, Err(SessionError::IdentityProvider(_))));
    scene.clock.advance(PAUSE);
    assert!(session(&process, scene.token()).await.is_some());
    assert_eq!(scene.provider.times_asked(), 2);
}

#[tokio::test]
async fn an_outage_of_the_provider_is_bridged_and_then_an_error() {
    let scene = Scene::set().await;
    let process = scene.process(open());
    assert!(session(&process, scene.token()).await.is_some());
    scene.provider.set_away(true);
    scene
        .clock
        .advance(STALE.saturating_sub(Duration::from_millis(1)));
    assert!(session(&process, scene.token()).await.is_some());
    scene.clock.advance(RETRY);
    let error = resolve(&process, scene.token(), None).await.err();
    assert!(matches!(error, Some(SessionError::IdentityProvider(_))));
    scene.provider.set_away(false);
    scene.clock.advance(RETRY);
    assert!(session(&process, scene.token()).await.is_some());
}

#[tokio::test]
async fn every_process_sees_the_same_person() {
    let scene = Scene::set().await;
    let here = session(&scene.process(open()), scene.token()).await;
    let there = session(&scene.process(open()), scene.token()).await;
    assert_eq!(here, there);
}

#[tokio::test]
async fn a_subject_of_another_issuer_is_another_person() {
    let scene = Scene::set().await;
    let here = session(&scene.process(open()), scene.token()).await;
    let moved = Scene {
        provider: IdentityProvider::start().await,
        ..scene
    };
    let there = session(&moved.process(open()), moved.token()).await;
    let id = |session: Option<Session>| session.expect("a session").user.id;
    assert_ne!(id(here), id(there));
}

#[tokio::test]
async fn an_address_lets_nobody_in_without_the_provider_vouching_for_it() {
    let scene = Scene::set().await;
    let key = InviteKey::new("a secret");
    let invite = key.sign(&InviteClaims {
        workspace_id: WorkspaceId::new("somebody's"),
        email: "ada@example.test".to_owned(),
        exp: scene.clock.now().seconds() + 60,
    });
    let process = scene.process(Admission {
        registration: Registration::InviteOnly,
        bootstrap_email: Some(Email::normalized("ada@example.test")),
        invites: Some(key),
        ..open()
    });
    let mut unverified = scene.claims();
    unverified["email_verified"] = json!(false);
    let token = scene.provider.token(unverified);
    let bare = resolve(&process, token.clone(), None).await.err();
    assert!(matches!(bare, Some(SessionError::InviteRequired)));
    let invited = resolve(&process, token, Some(invite)).await.err();
    assert!(matches!(invited, Some(SessionError::InviteInvalid)));
    assert!(session(&process, scene.token()).await.is_some());
}

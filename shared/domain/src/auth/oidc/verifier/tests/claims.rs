//! What a token must say.

use super::*;

#[tokio::test]
async fn the_issuer_is_compared_to_the_letter() {
    let scene = scene();
    for issuer in [
        json!("https://id.example.test/"),
        json!("https://ID.example.test"),
        json!("https://evil.example.test"),
        json!([ISSUER]),
        json!(null),
    ] {
        assert!(
            !scene.believes_claims(&with("iss", issuer.clone())).await,
            "{issuer}"
        );
    }
    assert!(!scene.believes_claims(&without("iss")).await);
}

#[tokio::test]
async fn an_audience_counts_where_one_is_configured() {
    let mut scene = scene();
    assert!(scene.believes_claims(&with("aud", json!("anybody"))).await);
    scene.config.audiences = vec!["app".to_owned(), "web".to_owned()];
    for (audience, believed) in [
        (json!("app"), true),
        (json!(["other", "web"]), true),
        (json!("other"), false),
        (json!("app2"), false),
        (json!([]), false),
        (json!(["app", 7]), false),
        (json!({"app": true}), false),
        (json!(null), false),
    ] {
        let claims = with("aud", audience.clone());
        assert_eq!(scene.believes_claims(&claims).await, believed, "{audience}");
    }
    assert!(!scene.believes_claims(&claims()).await);
}

#[tokio::test]
async fn the_authorized_party_counts_only_for_a_token_without_an_audience() {
    let mut scene = scene();
    scene.config.audiences = vec!["https://app.example.test".to_owned()];
    let party = with("azp", json!("https://app.example.test"));
    assert!(scene.believes_claims(&party).await);
    let mut elsewhere = party.clone();
    elsewhere["aud"] = json!("https://other.example.test");
    assert!(!scene.believes_claims(&elsewhere).await);
    assert!(
        !scene
            .believes_claims(&with("azp", json!("https://evil.test")))
            .await
    );
}

#[tokio::test]
async fn moments_are_taken_with_a_leeway_of_ten_seconds() {
    let scene = scene();
    let now = NOW.seconds();
    for (member, moment, believed) in [
        ("exp", json!(now - 9), true),
        ("exp", json!(now - 10), false),
        ("exp", json!(0), false),
        ("exp", json!(-1e300), false),
        ("exp", json!("2999999999"), false),
        ("exp", json!(null), false),
        ("nbf", json!(now + 10), true),
        ("nbf", json!(now + 11), false),
        ("nbf", json!("0"), false),
        ("iat", json!(now + 10), true),
        ("iat", json!(now + 11), false),
        ("iat", json!(1e300), false),
    ] {
        let claims = with(member, moment.clone());
        assert_eq!(
            scene.believes_claims(&claims).await,
            believed,
            "{member} {moment}"
        );
    }
    assert!(!scene.believes_claims(&without("exp")).await);
    assert!(scene.believes_claims(&without("nbf")).await);
    assert!(scene.believes_claims(&without("iat")).await);
}

#[tokio::test]
async fn a_token_names_its_subject() {
    let scene = scene();
    assert!(!scene.believes_claims(&without("sub")).await);
    for sub in [json!(""), json!(null), json!(7), json!("x".repeat(256))] {
        assert!(
            !scene.believes_claims(&with("sub", sub.clone())).await,
            "{sub}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_for_us_does_not_make_us_ask_the_provider() {
    struct Away;
    #[async_trait]
    impl KeySource for Away {
        async fn fetch(&self) -> Result<KeySet, String> {
            Err("away".to_owned())
        }
    }
    let scene = scene();
    let keyring = Keyring::new(Arc::new(Away), Arc::new(SystemClock));
    let check = Verifier::new(&scene.config, &keyring);
    for claims in [
        with("exp", json!(0)),
        with("iss", json!("other")),
        without("sub"),
    ] {
        let verified = check.verify(&scene.rsa.token(&claims), NOW).await;
        assert!(verified.is_ok_and(|claims| claims.is_none()));
    }
    let verified = check.verify(&scene.rsa.token(&claims()), NOW).await;
    assert!(verified.is_err(), "nothing can be said of this one");
}

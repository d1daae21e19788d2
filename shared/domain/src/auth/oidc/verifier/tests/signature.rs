//! How a token must be signed.

use super::*;

#[tokio::test]
async fn a_token_of_either_algorithm_is_believed() {
    let scene = scene();
    for signer in [&scene.rsa, &scene.p256] {
        let token = signer.token(&claims());
        assert_eq!(scene.verify(&token).await, Ok(Some("user_1".to_owned())));
    }
}

#[tokio::test]
async fn no_part_of_a_token_can_be_changed() {
    let scene = scene();
    for signer in [&scene.rsa, &scene.p256] {
        let token = signer.token(&claims());
        let other = signer.token(&with("sub", json!("user_2")));
        let parts: Vec<_> = token.split('.').collect();
        let others: Vec<_> = other.split('.').collect();
        let swapped = format!("{}.{}.{}", parts[0], others[1], parts[2]);
        assert!(!scene.is_believed(&swapped).await);
        let at = token.len() - parts[2].len();
        for at in (at..token.len()).step_by(7) {
            let flipped = if &token[at..=at] == "A" { "B" } else { "A" };
            let changed = format!("{}{flipped}{}", &token[..at], &token[at + 1..]);
            assert!(!scene.is_believed(&changed).await, "byte {at}");
        }
    }
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused_whatever_its_header_says() {
    let scene = scene();
    for alg in ["none", "None", "", "RS256", "ES256"] {
        let bare = unsigned(&json!({"alg": alg, "kid": "rsa"}), &claims());
        assert!(!scene.is_believed(&bare).await, "{alg}");
        assert!(!scene.is_believed(&format!("{bare}.")).await, "{alg}");
    }
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret() {
    let scene = scene();
    let jwk = scene.rsa.jwk();
    let secrets = [
        jwk.to_string(),
        jwk["n"].as_str().expect("a modulus").to_owned(),
    ];
    for (alg, secret) in ["HS256", "RS256"].iter().zip(&secrets) {
        let signed = unsigned(&json!({"alg": alg, "kid": "rsa"}), &claims());
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
        let mac = mac.chain_update(&signed).finalize().into_bytes();
        assert!(
            !scene
                .is_believed(&format!("{signed}.{}", encoded(&mac)))
                .await
        );
    }
}

#[tokio::test]
async fn the_key_and_not_the_header_decides_the_algorithm() {
    let scene = scene();
    for alg in ["none", "", "ES256", "RS512", "PS256", "HS256", "rs256"] {
        let header = json!({"alg": alg, "kid": "rsa"});
        assert!(
            !scene
                .is_believed(&scene.rsa.token_with(&header, &claims()))
                .await,
            "{alg}"
        );
    }
}

#[tokio::test]
async fn a_token_under_another_keys_id_is_refused() {
    let scene = scene();
    let stranger = Signer::p256("p256");
    assert!(!scene.is_believed(&stranger.token(&claims())).await);
    let header = json!({"alg": "RS256", "kid": "p256"});
    assert!(
        !scene
            .is_believed(&scene.rsa.token_with(&header, &claims()))
            .await
    );
    let header = json!({"alg": "ES256", "kid": "p256", "jwk": stranger.jwk()});
    assert!(
        !scene
            .is_believed(&stranger.token_with(&header, &claims()))
            .await
    );
}

#[tokio::test]
async fn an_unknown_or_missing_key_id_is_refused() {
    let scene = scene();
    for header in [
        json!({"alg": "RS256", "kid": "gone"}),
        json!({"alg": "RS256"}),
        json!({"alg": "RS256", "kid": null}),
        json!({"alg": "RS256", "kid": ["rsa"]}),
    ] {
        let token = scene.rsa.token_with(&header, &claims());
        assert!(!scene.is_believed(&token).await, "{header}");
    }
}

#[tokio::test]
async fn other_kinds_of_tokens_and_extensions_are_refused() {
    let scene = scene();
    for (member, value, believed) in [
        ("typ", json!("at+jwt"), true),
        ("typ", json!("application/at+JWT"), true),
        ("typ", json!("logout+jwt"), false),
        ("typ", json!("dpop+jwt"), false),
        ("crit", json!(["b64"]), false),
        ("crit", json!([]), false),
    ] {
        let mut header = scene.p256.header();
        header[member] = value.clone();
        let token = scene.p256.token_with(&header, &claims());
        assert_eq!(
            scene.is_believed(&token).await,
            believed,
            "{member} {value}"
        );
    }
}

#[tokio::test]
async fn what_is_too_long_or_no_token_at_all_is_refused() {
    let scene = scene();
    let long = with("filler", json!("x".repeat(MAX_TOKEN_BYTES)));
    assert!(!scene.believes_claims(&long).await);
    let claims = encoded(claims().to_string().as_bytes());
    let deep = encoded("[".repeat(5000).as_bytes());
    for token in [
        "",
        ".",
        "..",
        "a.b.c",
        "é.é.é",
        "sk-or-v1-0123456789abcdef",
        &format!("{claims}.{claims}.{claims}.{claims}"),
        &format!("{deep}.{claims}."),
        &format!("{claims}.{deep}.AAAA"),
    ] {
        assert!(!scene.is_believed(token).await, "{token}");
    }
}

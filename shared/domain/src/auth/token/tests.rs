use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

fn tokens() -> Tokens {
    Tokens::new(
        ("one secret", Duration::from_secs(1)),
        ("one secret", Duration::from_mins(1)),
    )
}

fn account() -> Account {
    Account {
        id: AccountId::new("account"),
        email: "a@b.co".to_owned(),
        display_name: None,
        token_version: 3,
    }
}

fn refresh_token() -> String {
    let (account, session) = (account(), SessionId::new("session"));
    tokens().mint_refresh((&account.id, 3), &session, "jti".to_owned(), NOW, NOW)
}

#[test]
fn an_access_token_says_what_was_signed() {
    let token = tokens().mint_access(&account(), &SessionId::new("session"), NOW, NOW);
    let claims = tokens().read_access(&token, NOW).expect("valid");
    assert_eq!(claims.sub, account().id);
    assert_eq!((claims.sid.as_str(), claims.ver), ("session", 3));
    assert_eq!(claims.email.as_deref(), Some("a@b.co"));
}

#[test]
fn an_access_token_of_one_second_is_over_two_seconds_later() {
    let token = tokens().mint_access(&account(), &SessionId::new("session"), NOW, NOW);
    let later = NOW.plus(Duration::from_secs(2));
    assert_eq!(tokens().read_access(&token, later), None);
}

#[test]
fn a_refresh_token_says_what_was_signed() {
    let claims = tokens().read_refresh(&refresh_token(), NOW).expect("valid");
    assert_eq!(claims.jti, "jti");
    assert_eq!((claims.sid.as_str(), claims.ver), ("session", 3));
}

#[test]
fn neither_token_passes_for_the_other_even_under_one_secret() {
    let access = tokens().mint_access(&account(), &SessionId::new("session"), NOW, NOW);
    assert_eq!(tokens().read_refresh(&access, NOW), None);
    assert_eq!(tokens().read_access(&refresh_token(), NOW), None);
}

#[test]
fn a_refresh_token_under_another_secret_is_refused() {
    let second = Duration::from_mins(1);
    let others = Tokens::new(("one secret", second), ("another", second));
    assert_eq!(others.read_refresh(&refresh_token(), NOW), None);
}

#[test]
fn no_token_outlives_the_longest_time_of_its_session() {
    let minute = Duration::from_mins(1);
    let tokens = Tokens::new(("one secret", minute), ("another", minute))
        .ending_after(Some(Duration::from_secs(90)));
    let (account, session) = (account(), SessionId::new("session"));
    let later = NOW.plus(minute);
    let subject = (&account.id, 3);
    let refresh = tokens.mint_refresh(subject, &session, "jti".to_owned(), NOW, later);
    let access = tokens.mint_access(&account, &session, NOW, later);
    let claims = tokens.read_refresh(&refresh, later).expect("valid");
    assert_eq!(claims.since(), NOW);
    let end = NOW.plus(Duration::from_secs(90));
    assert_eq!(claims.exp, end.seconds());
    assert!(tokens.read_refresh(&refresh, end).is_none());
    assert!(tokens.read_access(&access, end).is_none());
}

#[test]
fn a_token_of_the_original_begins_when_it_was_made() {
    let claims = serde_json::json!({
        "sid": "session", "ver": 0, "typ": "refresh", "jti": "jti", "sub": "account",
        "iat": NOW.seconds(), "exp": NOW.seconds() + 3600,
    });
    let token = JwtKey::new("one secret").sign(&claims).expect("a token");
    let read = tokens().read_refresh(&token, NOW).expect("valid");
    assert_eq!(read.since(), NOW);
    let ending = tokens().ending_after(Some(Duration::from_mins(30)));
    assert!(
        ending
            .read_refresh(&token, NOW.plus(Duration::from_mins(29)))
            .is_some()
    );
    assert!(
        ending
            .read_refresh(&token, NOW.plus(Duration::from_mins(30)))
            .is_none()
    );
}

#[test]
fn a_digest_is_64_hexadecimal_digits_and_always_the_same() {
    assert_eq!(
        digest("abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(digest("abc"), digest("abc"));
}

//! What browsers and caches are told of pages and scripts.

use or3_testkit::{Answer, Client};
use pages::{Access, POLICY, Place, Ports, address, router};

fn client() -> Client {
    Client::new(router(&Ports {
        access: Access {
            auth_provider: Some("basic-auth"),
            registration_mode: "open",
        },
        place: Place(vec![("Files", "/data/\"blobs\"".to_owned())]),
    }))
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).expect("text")
}

#[tokio::test]
async fn a_page_names_its_scripts_with_hashes_and_may_run_no_others() {
    let client = client();
    for path in ["/", "/account", "/admin"] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("content-security-policy"), POLICY);
        assert_eq!(answer.header("cache-control"), "no-cache");
        let page = text(&answer);
        assert!(!page.contains("<!--or3:"), "{path} is filled");
        let scripts: Vec<_> = page.lines().filter(|line| line.contains(".js\"")).collect();
        assert!(scripts.len() > 5, "{path}: {scripts:?}");
        for script in scripts {
            assert!(script.contains("integrity=\"sha384-"), "{script}");
        }
        for inline in ["<script>", "<style", " style=", " onclick="] {
            assert!(!page.contains(inline), "{path} has {inline}");
        }
    }
    let home = text(&client.get("/").await);
    assert!(home.contains("<dd>/data/&quot;blobs&quot;</dd>"));
}

#[tokio::test]
async fn every_script_that_a_page_names_is_there_for_ever() {
    let client = client();
    let page = text(&client.get("/account").await);
    let named = page.split('"').filter(|part| part.starts_with("/_or3/ui/"));
    let named: Vec<_> = named.collect();
    assert!(named.len() > 8, "{named:?}");
    for path in named {
        let answer = client.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        let kept = answer.header("cache-control");
        assert_eq!(kept, "public, max-age=31536000, immutable");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    let client = client();
    for path in ["/_or3/ui/or3-auth.js", "/account", "/_or3/config.json"] {
        let first = client.get(path).await;
        assert_eq!(first.header("cache-control"), "no-cache", "{path}");
        let again = client.with_header("if-none-match", first.header("etag"));
        let again = again.get(path).await;
        assert_eq!(
            (again.status.as_u16(), again.body.len()),
            (304, 0),
            "{path}"
        );
        assert_eq!(again.header("etag"), first.header("etag"));
    }
}

#[tokio::test]
async fn what_is_of_no_build_or_no_file_is_404() {
    let client = client();
    for path in [
        "/_or3/ui/none.js",
        "/_or3/ui/account.html",
        "/_or3/ui/0000000000000000/or3-auth.js",
        "/_or3/ui/..%2Fsrc%2Flib.rs",
        "/_or3/ui/%FF",
        "/_or3/ui/%FF/or3-auth.js",
        "/_or3/ui/",
        "/account/",
    ] {
        assert_eq!(client.get(path).await.status, 404, "{path}");
    }
    let answer = client.get(&address("or3-auth.js")).await;
    assert_eq!(
        answer.header("content-type"),
        "text/javascript; charset=utf-8"
    );
}

#[tokio::test]
async fn the_configuration_says_who_may_sign_in_and_where_scripts_are() {
    let config = client().get("/_or3/config.json").await.json();
    assert_eq!(config["authProvider"], "basic-auth");
    assert_eq!(config["registrationMode"], "open");
    let script = &config["scripts"]["or3-elements.js"];
    assert_eq!(script["url"], address("or3-elements.js"));
    let integrity = script["integrity"].as_str().unwrap_or_default();
    assert!(integrity.starts_with("sha384-"));
}

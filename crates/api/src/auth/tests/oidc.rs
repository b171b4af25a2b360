//! Sign-in with OpenID Connect, against a pretended provider on loopback.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use http::{Method, StatusCode};
use mc_base::ManualClock;
use mc_domain::{
    egress::testing::LoopbackServer,
    identity::{
        Identity,
        oidc::{Oidc, OidcSettings},
    },
};
use mc_store::{
    Store,
    testing::{on_both, with_hand},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::provider::{Key, answer, publish};
use crate::testing::{Answer, TestServer, settings};

struct World {
    provider: LoopbackServer,
    key: Key,
    server: TestServer,
    hand: ManualClock,
    store: Store,
}

/// A browser on its way.
struct Way {
    cookie: String,
    state: String,
    nonce: String,
    challenge: String,
}

impl World {
    async fn new(store: &Store) -> Self {
        let provider = LoopbackServer::start();
        let key = Key::new("key");
        publish(&provider, "/keys", &[&key]);
        let base = provider.url();
        let issuer = base.as_str().trim_end_matches('/').to_owned();
        provider.page(
            "/.well-known/openid-configuration",
            answer(
                200,
                &json!({
                    "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize?realm=a"),
                    "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
                }),
            ),
        );
        let (store, hand) = with_hand(store).await;
        let oidc = Oidc::new(OidcSettings {
            issuer,
            client_id: "mission-control".to_owned(),
            client_secret: Some("a secret".into()),
            scopes: "openid email".to_owned(),
            allowed_domains: vec!["example.com".to_owned()],
            trusts_email: false,
            audience: Some("mission-control-api".to_owned()),
            label: "Example".to_owned(),
        });
        let context = mc_domain::testing::context(&store)
            .with_egress(provider.egress())
            .with_identity(Identity::Oidc(oidc));
        let server = TestServer::around(context, settings()).await;
        Self { provider, key, server, hand, store }
    }

    async fn depart(&self) -> Way {
        let path = "/api/v1/auth/oidc/start?return_to=/boards";
        let answer = self.server.call(Method::GET, path, &[], None).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.json);
        let to: Url = answer.headers["location"].to_str().unwrap().parse().unwrap();
        let value = |name: &str| to.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!(
            (to.path(), value("realm").as_str(), value("response_type").as_str()),
            ("/authorize", "a", "code")
        );
        assert_eq!(value("redirect_uri"), "http://mission-control.test/api/v1/auth/oidc/callback");
        assert_eq!(
            (value("client_id").as_str(), value("code_challenge_method").as_str()),
            ("mission-control", "S256")
        );
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        assert!(!cookie.contains(&value("state")) && !cookie.contains(&value("nonce")), "it is sealed");
        Way { cookie, state: value("state"), nonce: value("nonce"), challenge: value("code_challenge") }
    }

    fn claims(&self, way: &Way, change: &Value) -> Value {
        let now = self.store.clock().now().timestamp();
        let issuer = self.provider.url();
        let mut claims = json!({
            "iss": issuer.as_str().trim_end_matches('/'), "aud": "mission-control", "sub": "ada", "nonce": way.nonce,
            "iat": now, "exp": now + 300, "email": "Ada@Example.com", "email_verified": true, "name": "Ada",
        });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }

    /// Comes back with a code that is worth a token with these claims.
    async fn arrive(&self, way: &Way, change: &Value) -> Answer {
        let token = self.key.sign(&self.claims(way, change));
        self.provider.page(
            "/token",
            answer(200, &json!({ "id_token": token, "access_token": "opaque", "token_type": "Bearer" })),
        );
        self.callback(&way.cookie, &way.state).await
    }

    async fn callback(&self, cookie: &str, state: &str) -> Answer {
        let path = format!("/api/v1/auth/oidc/callback?code=the-code&state={state}");
        self.server.call(Method::GET, &path, &[("cookie", cookie)], None).await
    }

    async fn me(&self, name: &str, value: &str) -> Answer {
        self.server.call(Method::GET, "/api/v1/users/me", &[(name, value)], None).await
    }
}

fn cookies(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn a_person_goes_to_the_provider_and_comes_back_with_a_session() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let config = world.server.call(Method::GET, "/api/v1/config", &[], None).await.json;
        assert_eq!(config["auth_mode"], "oidc");
        assert_eq!(config["sign_in"], json!({ "path": "/api/v1/auth/oidc/start", "label": "Example" }));
        let way = world.depart().await;
        let back = world.arrive(&way, &json!({})).await;
        assert_eq!(
            (back.status, &back.headers["location"]),
            (StatusCode::SEE_OTHER, &"/boards".parse().unwrap())
        );
        let session = cookies(&back).into_iter().find(|cookie| cookie.starts_with("mc_session=")).unwrap();
        assert!(session.contains("HttpOnly") && session.contains("SameSite=Strict"));
        assert!(
            cookies(&back).iter().any(|cookie| cookie.starts_with("mc_sign_in=;")),
            "the way is forgotten"
        );
        let me = world.me("cookie", session.split(';').next().unwrap()).await;
        assert_eq!(
            (me.status, &me.json["email"], &me.json["name"]),
            (StatusCode::OK, &json!("ada@example.com"), &json!("Ada"))
        );

        let sent =
            world.provider.requests().into_iter().find(|head| head.starts_with("POST /token ")).unwrap();
        let (head, body) = sent.split_once("\r\n\r\n").unwrap();
        // The name and the password are written as in forms before they are put together (RFC 6749 §2.3.1).
        let basic = base64::engine::general_purpose::STANDARD.encode("mission-control:a+secret");
        assert!(head.contains(&format!("Basic {basic}")), "{head}");
        let fields: std::collections::HashMap<_, _> =
            url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        assert_eq!(
            (fields["grant_type"].as_str(), fields["code"].as_str()),
            ("authorization_code", "the-code")
        );
        assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(&fields["code_verifier"])), way.challenge);
    })
    .await;
}

#[tokio::test]
async fn who_does_not_come_back_the_way_they_went_is_not_let_in() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let way = world.depart().await;
        let location = |answer: &Answer| answer.headers["location"].to_str().unwrap().to_owned();
        for (cookie, state) in
            [("", way.state.as_str()), (&way.cookie, "else"), ("mc_sign_in=forged", &way.state)]
        {
            assert_eq!(location(&world.callback(cookie, state).await), "/sign-in?error=expired");
        }
        let mixed = format!("/api/v1/auth/oidc/callback?code=c&state={}&iss=https://evil.example", way.state);
        let mixed = world.server.call(Method::GET, &mixed, &[("cookie", &way.cookie)], None).await;
        assert_eq!(location(&mixed), "/sign-in?error=expired");
        let denied = format!("/api/v1/auth/oidc/callback?error=access_denied&state={}", way.state);
        let denied = world.server.call(Method::GET, &denied, &[("cookie", &way.cookie)], None).await;
        assert_eq!(location(&denied), "/sign-in?error=denied");
        world.hand.advance(TimeDelta::minutes(11));
        assert_eq!(location(&world.callback(&way.cookie, &way.state).await), "/sign-in?error=expired");
        let late = world.depart().await;
        let away = json!({ "return_to": "ignored" });
        assert_eq!(location(&world.arrive(&late, &away).await), "/boards");
    })
    .await;
}

#[tokio::test]
async fn tokens_that_say_something_else_are_refused() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        for (change, reason) in [
            (json!({ "iss": "https://evil.example" }), "failed"),
            (json!({ "aud": "another" }), "failed"),
            (json!({ "aud": ["mission-control", "another"] }), "failed"),
            (json!({ "azp": "another" }), "failed"),
            (json!({ "nonce": "another" }), "failed"),
            (json!({ "exp": 1 }), "failed"),
            (json!({ "sub": "" }), "failed"),
            (json!({ "email": "ada@evil.example" }), "not_allowed"),
            (json!({ "email": "ada@example.com.evil.example" }), "not_allowed"),
            (json!({ "email_verified": false }), "not_allowed"),
            (json!({ "email": null }), "not_allowed"),
        ] {
            let way = world.depart().await;
            let answer = world.arrive(&way, &change).await;
            assert_eq!(answer.headers["location"], format!("/sign-in?error={reason}").as_str(), "{change}");
            assert!(!cookies(&answer).iter().any(|cookie| cookie.starts_with("mc_session=")), "{change}");
        }
        let way = world.depart().await;
        let several = json!({ "aud": ["mission-control", "another"], "azp": "mission-control" });
        assert_eq!(world.arrive(&way, &several).await.headers["location"], "/boards");
    })
    .await;
}

#[tokio::test]
async fn scripts_act_with_access_tokens_for_people_who_have_come_in_before() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let way = world.depart().await;
        let mut claims = world.claims(&way, &json!({ "aud": "mission-control-api" }));
        claims.as_object_mut().unwrap().remove("nonce");
        let bearer = |claims: &Value| format!("Bearer {}", world.key.sign(claims));
        assert_eq!(
            world.me("authorization", &bearer(&claims)).await.status,
            StatusCode::UNAUTHORIZED,
            "unknown"
        );
        assert_eq!(world.arrive(&way, &json!({})).await.headers["location"], "/boards");
        assert_eq!(world.me("authorization", &bearer(&claims)).await.json["name"], "Ada");
        let id_token = world.claims(&way, &json!({}));
        assert_eq!(world.me("authorization", &bearer(&id_token)).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_is_away_or_another_one_sends_nobody_anywhere() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let document = "/.well-known/openid-configuration";
        let other = json!({ "issuer": "https://evil.example", "authorization_endpoint": "https://evil.example/a", "token_endpoint": "https://evil.example/t", "jwks_uri": "https://evil.example/k" });
        for page in [answer(503, &json!({})), answer(200, &other)] {
            world.provider.page(document, page);
            let answer = world.server.call(Method::GET, "/api/v1/auth/oidc/start", &[], None).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        }
        let local = TestServer::new(&world.store).await;
        for path in ["/api/v1/auth/oidc/start", "/api/v1/auth/oidc/callback"] {
            assert_eq!(local.call(Method::GET, path, &[], None).await.status, StatusCode::NOT_FOUND);
        }
    })
    .await;
}

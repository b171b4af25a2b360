//! Sign-in with Clerk, against a pretended one on loopback.

use chrono::TimeDelta;
use http::{Method, StatusCode};
use mc_base::ManualClock;
use mc_domain::{
    egress::testing::LoopbackServer,
    identity::{
        Identity,
        clerk::{Clerk, ClerkSettings},
    },
};
use mc_store::{
    Read, Store, sql,
    testing::{on_both, with_hand},
};
use serde_json::{Value, json};

use super::provider::{Key, answer, publish};
use crate::testing::{Answer, TestServer, settings};

const ME: &str = "/api/v1/users/me";
const JWKS: &str = "/v1/jwks";

struct World {
    clerk: LoopbackServer,
    key: Key,
    server: TestServer,
    hand: ManualClock,
    store: Store,
}

impl World {
    async fn new(store: &Store) -> Self {
        Self::with(store, |settings| settings).await
    }

    async fn with(store: &Store, change: impl FnOnce(ClerkSettings) -> ClerkSettings) -> Self {
        let clerk = LoopbackServer::start();
        let key = Key::new("first");
        publish(&clerk, JWKS, &[&key]);
        let (store, hand) = with_hand(store).await;
        let clerk_settings = change(ClerkSettings {
            secret_key: "sk_test_secret".into(),
            api_url: clerk.url().join("v1").unwrap(),
            leeway: std::time::Duration::from_secs(10),
            verify_issued_at: true,
            issuers: Vec::new(),
            authorized_parties: Vec::new(),
            publishable_key: Some("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k".to_owned()),
        });
        let context = mc_domain::testing::context(&store)
            .with_egress(clerk.egress())
            .with_identity(Identity::Clerk(Clerk::new(clerk_settings)));
        let server = TestServer::around(context, settings()).await;
        Self { clerk, key, server, hand, store }
    }

    /// The claims of a session of a minute, changed.
    fn claims(&self, subject: &str, change: &Value) -> Value {
        let now = self.store.clock().now().timestamp();
        let mut claims = json!({ "sub": subject, "iss": "https://clerk.example.com", "azp": "https://mc.example.com", "v": 2, "sid": "sess_1", "iat": now, "nbf": now - 10, "exp": now + 60 });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }

    fn token(&self, subject: &str, change: &Value) -> String {
        self.key.sign(&self.claims(subject, change))
    }

    fn account(&self, subject: &str, profile: &Value) {
        self.clerk.page(&format!("/v1/users/{subject}"), answer(200, profile));
    }

    async fn me(&self, token: &str) -> Answer {
        self.server.call(Method::GET, ME, &[("authorization", &format!("bearer {token}"))], None).await
    }
}

fn ada() -> Value {
    json!({
        "first_name": "Ada", "last_name": "Lovelace", "primary_email_address_id": "b",
        "email_addresses": [
            { "id": "a", "email_address": "old@example.com", "verification": { "status": "verified" } },
            { "id": "b", "email_address": "Ada@Example.com", "verification": { "status": "verified" } },
        ],
    })
}

#[tokio::test]
async fn a_person_of_clerk_comes_in_with_a_verified_address_and_an_organization() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        world.account("user_ada", &ada());
        let token = world.token("user_ada", &json!({ "email": "boss@example.com" }));
        let me = world.me(&token).await;
        assert_eq!(me.status, StatusCode::OK, "{}", me.json);
        assert_eq!(me.json["clerk_user_id"], "user_ada");
        assert_eq!((&me.json["email"], &me.json["name"]), (&json!("ada@example.com"), &json!("Ada")));
        let bearer = format!("Bearer {token}");
        let list = "/api/v1/organizations/me/list";
        let list = world.server.call(Method::GET, list, &[("authorization", &bearer)], None).await;
        assert_eq!(list.json[0]["role"], "owner");
        let asked = world.clerk.requests();
        assert!(
            asked.iter().all(|head| head.to_lowercase().contains("authorization: bearer sk_test_secret"))
        );
        assert_eq!((world.clerk.count(JWKS), world.clerk.count("/v1/users/user_ada")), (1, 1), "and no more");

        let config = world.server.call(Method::GET, "/api/v1/config", &[], None).await.json;
        assert_eq!(config["auth_mode"], "clerk");
        assert_eq!(config["clerk_publishable_key"], "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k");
        assert_eq!(config["clerk_frontend"], "clerk.example.com");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_session_of_a_person_is_refused() {
    on_both(|store| async move {
        let world = World::with(&store, |settings| ClerkSettings {
            issuers: vec!["https://clerk.example.com".to_owned()],
            authorized_parties: vec!["https://mc.example.com".to_owned()],
            ..settings
        })
        .await;
        world.account("user_ada", &ada());
        let now = world.store.clock().now().timestamp();
        let fine = world.token("user_ada", &json!({}));
        let (start, rest) = fine.split_once('.').unwrap();
        let claims = world.claims("user_ada", &json!({}));
        let stranger = Key::new("first");
        for (what, token) in [
            ("no token", "hello".to_owned()),
            ("a machine", "m2m_abc".to_owned()),
            ("expired", world.token("user_ada", &json!({ "exp": now - 11 }))),
            ("not yet", world.token("user_ada", &json!({ "nbf": now + 60 }))),
            ("of the future", world.token("user_ada", &json!({ "iat": now + 60 }))),
            ("no end", world.token("user_ada", &json!({ "exp": null }))),
            ("for an audience", world.token("user_ada", &json!({ "aud": "else" }))),
            ("another issuer", world.token("user_ada", &json!({ "iss": "https://evil.example" }))),
            ("another party", world.token("user_ada", &json!({ "azp": "https://evil.example" }))),
            ("nobody", world.token("", &json!({}))),
            ("not finished", world.token("user_ada", &json!({ "sts": "pending" }))),
            ("another key", stranger.sign(&claims)),
            ("no signature", format!("{}.", fine.rsplit_once('.').unwrap().0)),
            ("changed", format!("{start}.e30.{}", rest.split_once('.').unwrap().1)),
            ("algorithm none", world.key.sign_as(&json!({ "alg": "none", "kid": "first" }), &claims)),
            ("a shared secret", world.key.sign_as(&json!({ "alg": "HS256", "kid": "first" }), &claims)),
            (
                "an extension",
                world.key.sign_as(&json!({ "alg": "RS256", "kid": "first", "crit": ["b64"] }), &claims),
            ),
        ] {
            let answer = world.me(&token).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}: {}", answer.json);
        }
        assert_eq!(world.me(&fine).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn keys_are_kept_changed_and_asked_for_seldom() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        world.account("user_ada", &ada());
        assert_eq!(world.me(&world.token("user_ada", &json!({}))).await.status, StatusCode::OK);
        // A new key is found as soon as the pause between two questions is over, and not before.
        let second = Key::new("second");
        publish(&world.clerk, JWKS, &[&second]);
        let token = second.sign(&world.claims("user_ada", &json!({ "exp": 9_999_999_999_i64 })));
        for _ in 0..3 {
            assert_eq!(world.me(&token).await.status, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(world.clerk.count(JWKS), 1, "names of keys that nobody knows cost nothing");
        world.hand.advance(TimeDelta::seconds(11));
        assert_eq!(world.me(&token).await.status, StatusCode::OK);
        assert_eq!(world.clerk.count(JWKS), 2);
        let old = world.token("user_ada", &json!({}));
        assert_eq!(world.me(&old).await.status, StatusCode::UNAUTHORIZED, "a withdrawn key is no key");
        // Known keys carry on while Clerk is away, for an hour.
        world.clerk.page(JWKS, answer(500, &json!({})));
        world.hand.advance(TimeDelta::minutes(30));
        assert_eq!(world.me(&token).await.status, StatusCode::OK);
        world.hand.advance(TimeDelta::minutes(31));
        let away = world.me(&token).await;
        assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(away.headers.contains_key("retry-after"));
    })
    .await;
}

#[tokio::test]
async fn profiles_are_asked_for_seldom_and_names_of_people_stay() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let path = "/v1/users/user_grace";
        world.account("user_grace", &json!({ "email_addresses": [{ "id": "a", "email_address": "grace@example.com", "verification": { "status": "unverified" } }] }));
        let long = json!({ "exp": 9_999_999_999_i64 });
        let token = world.token("user_grace", &long);
        let me = world.me(&token).await;
        assert_eq!((me.status, &me.json["email"]), (StatusCode::OK, &Value::Null), "not verified");
        let _ = world.me(&token).await;
        assert_eq!(world.clerk.count(path), 1, "what Clerk does not know is not asked again at once");
        world.hand.advance(TimeDelta::minutes(11));
        world.clerk.page(path, answer(503, &json!({})));
        assert_eq!(world.me(&token).await.status, StatusCode::OK, "a profile is no condition");
        let said = json!({ "exp": 9_999_999_999_i64, "email": "Grace@Example.com", "email_verified": true, "given_name": "Grace", "family_name": "Hopper" });
        let me = world.me(&world.token("user_grace", &said)).await;
        assert_eq!((&me.json["email"], &me.json["name"]), (&json!("grace@example.com"), &json!("Grace Hopper")));
    })
    .await;
}

#[tokio::test]
async fn the_console_gets_a_session_and_clerks_own_cookie_changes_nothing_from_elsewhere() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        world.account("user_ada", &ada());
        let token = world.token("user_ada", &json!({}));
        let body = json!({ "token": token });
        let signed_in = world.server.call(Method::POST, "/api/v1/auth/session", &[], Some(body)).await;
        assert_eq!(signed_in.status, StatusCode::OK, "{}", signed_in.json);
        let cookie = signed_in.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        world.hand.advance(TimeDelta::minutes(5));
        assert_eq!(world.me(&token).await.status, StatusCode::UNAUTHORIZED, "the token has ended");
        let me = world.server.call(Method::GET, ME, &[("cookie", &cookie)], None).await;
        assert_eq!(me.status, StatusCode::OK);

        let foreign = format!("__session_abc={}", world.token("user_ada", &json!({})));
        let me = world.server.call(Method::GET, ME, &[("cookie", &foreign)], None).await;
        assert_eq!(me.status, StatusCode::OK);
        let headers = [("cookie", foreign.as_str()), ("origin", "https://evil.example")];
        let change = world.server.call(Method::PATCH, ME, &headers, Some(json!({ "name": "x" }))).await;
        assert_eq!(change.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn an_account_ends_there_and_here_or_nowhere() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let path = "/v1/users/user_ada";
        world.account("user_ada", &ada());
        let token = world.token("user_ada", &json!({}));
        let bearer = format!("Bearer {token}");
        let delete =
            async || world.server.call(Method::DELETE, ME, &[("authorization", &bearer)], None).await;
        assert_eq!(world.me(&token).await.status, StatusCode::OK);
        world.clerk.page(path, answer(500, &json!({})));
        let refused = delete().await;
        assert_eq!(refused.status, StatusCode::BAD_GATEWAY, "{}", refused.json);
        assert_eq!(world.me(&token).await.status, StatusCode::OK, "nothing has changed");
        world.clerk.page(path, answer(404, &json!({})));
        assert_eq!(delete().await.status, StatusCode::OK, "one that is gone already is fine");
        assert!(world.clerk.requests().iter().any(|head| head.starts_with("DELETE /v1/users/user_ada ")));
        let (left,): (i64,) = world.store.one(sql("SELECT count(*) FROM users")).await.unwrap();
        assert_eq!(left, 0);
        assert_eq!(world.me(&token).await.status, StatusCode::UNAUTHORIZED, "a token does not bring it back");
    })
    .await;
}

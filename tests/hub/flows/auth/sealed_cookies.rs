//! Encrypted cookies: each value is valid only for its purpose and its owner, and only until it expires.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lexicontract::domain::ids::UserId;
use lexicontract::hub::Hub;
use lexicontract::random::{hex, new_id};
use lexicontract::services::{SealedCookie, Via};
use test_support::databases::on_every_database;
use test_support::fixture::{BEGINNING, Fixture, open_hub};

const VALUE: &str = "lct_a-token-that-is-shown-once";

fn opens(hub: &Hub, cookie: SealedCookie<'_>, sealed: &str) -> bool {
    hub.open_cookie(cookie, sealed).is_some_and(|value| value.expose() == VALUE)
}

#[tokio::test]
async fn a_value_opens_for_its_purpose_and_owner_until_it_expires() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let other_server = open_hub(&fixture.opened, None, &[]).await.unwrap();
        let (mine, others, token) = (Via::Session(new_id()), Via::Session(new_id()), Via::Token(new_id()));
        let (ada, bo): (UserId, UserId) = (new_id(), new_id());
        let (team, tokens) = ("/team", "/settings/tokens");
        let cookies = [
            SealedCookie::KnownBrowser,
            SealedCookie::Once { session: &mine, page: team },
            SealedCookie::Once { session: &mine, page: tokens },
            SealedCookie::Once { session: &others, page: team },
            SealedCookie::Once { session: &token, page: team },
            SealedCookie::FormState { session: Some(&mine), page: team },
            SealedCookie::FormState { session: None, page: team },
            SealedCookie::SavedForm { user: &ada },
            SealedCookie::SavedForm { user: &bo },
        ];
        let sealed = cookies.map(|cookie| fixture.hub.seal_cookie(cookie, VALUE));
        for (at, cookie) in cookies.into_iter().enumerate() {
            for (of, sealed) in sealed.iter().enumerate() {
                assert_eq!(opens(&fixture.hub, cookie, sealed.expose()), at == of, "{cookie:?} {of}");
            }
            assert!(opens(&other_server, cookie, sealed[at].expose()), "{cookie:?}");
        }
        for (ages, left) in [(59, 9), (60, 3), (15 * 60 - 1, 3), (15 * 60, 1)] {
            let before = fixture.hub.clock().now().since(BEGINNING).as_secs();
            fixture.advance(ages - before);
            let open = cookies.iter().zip(&sealed).filter(|(cookie, sealed)| opens(&fixture.hub, **cookie, sealed.expose()));
            assert_eq!(open.count(), left, "after {ages} s");
        }
        // The other server's clock is behind, so the value's creation time is in the future for that server.
        assert!(!opens(&other_server, cookies[0], fixture.hub.seal_cookie(cookies[0], VALUE).expose()));
    })
    .await;
}

#[tokio::test]
async fn a_cookie_hides_its_value_and_rejects_forged_ones() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let session = Via::Session(new_id());
        let cookie = SealedCookie::Once { session: &session, page: "/team" };
        let sealed = fixture.hub.seal_cookie(cookie, VALUE).expose().clone();
        let shown = [VALUE.to_owned(), hex(VALUE.as_bytes()), STANDARD.encode(VALUE).trim_end_matches('=').to_owned()];
        assert!(shown.iter().all(|text| !sealed.contains(text)), "{sealed}");
        for planted in
            [VALUE.to_owned(), hex(VALUE.as_bytes()), String::new(), sealed.replacen('A', "B", 3), format!("{sealed}x")]
        {
            assert!(!opens(&fixture.hub, cookie, &planted), "{planted}");
        }
        assert!(opens(&fixture.hub, cookie, &sealed));
    })
    .await;
}

//! Requests whose user loses the required role while the client is sending the body.

use super::attempt::Attempt;
use super::fixture::Fixture;
use super::table::{Row, TABLE, UPLOAD, Who};
use crate::support::call::Call;
use serde_json::json;
use test_support::databases::on_every_database;

#[derive(Clone, Copy, Debug)]
enum Loss {
    Demoted,
    Disabled,
    Removed,
}

impl Loss {
    /// The losses after which the user is not allowed to use the row's route.
    fn of(row: &Row) -> &'static [Self] {
        match row.who {
            Who::Anyone(_) => &[],
            Who::Viewer => &[Self::Disabled, Self::Removed],
            Who::Member | Who::Admin => &[Self::Demoted, Self::Disabled, Self::Removed],
        }
    }

    async fn happen(self, fixture: &Fixture, user: &str) {
        let path = format!("/api/v1/users/{user}");
        let call = match self {
            Self::Demoted => Call::new("PATCH", &path).json(&json!({"role": "viewer"})),
            Self::Disabled => Call::new("PATCH", &path).json(&json!({"is_disabled": true})),
            Self::Removed => Call::new("DELETE", &path),
        };
        let answer = fixture.server.send(call.cookie(&fixture.admin().cookie)).await;
        assert!(matches!(answer.status, 200 | 204), "{self:?} {answer:?}");
    }
}

/// The ways to send a request to the row's route: `true` as a form without JavaScript, `false` as a program or an island. Actions
/// are sent in both ways, uploads to actions only as forms, and API requests never as forms.
fn forms(row: &Row) -> &'static [bool] {
    match (row.is_action(), row.body == UPLOAD) {
        (true, true) => &[true],
        (true, false) => &[false, true],
        (false, _) => &[false],
    }
}

#[tokio::test]
async fn a_request_whose_user_loses_the_role_during_the_body_changes_nothing() {
    on_every_database(async |opened| {
        let fixture = Fixture::new(&opened).await;
        let before = fixture.everything().await;
        for row in TABLE.iter().filter(|row| !row.body.is_empty()) {
            for loss in Loss::of(row) {
                for is_form in forms(row) {
                    let (user, person) = fixture.short_lived(row).await;
                    let attempt = Attempt::of(row, &fixture.own_id(row));
                    let attempt = if *is_form { attempt.sent_as_form() } else { attempt };
                    let outcome = attempt.send_delayed(&fixture, &person, async || loss.happen(&fixture, &user).await).await;
                    let is_rejected = match is_form {
                        true => outcome.redirects_to_sign_in() || outcome.is_forbidden(),
                        false => matches!(outcome.status, 401 | 403),
                    };
                    assert!(is_rejected, "{} {loss:?}, as a form: {is_form}: {outcome:?}", row.route);
                    fixture.remove_if_there(&user).await;
                }
            }
        }
        assert_eq!(fixture.everything().await, before);
    })
    .await;
}

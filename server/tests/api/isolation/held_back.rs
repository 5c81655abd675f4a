use super::{
    attempt::Attempt,
    cast::Cast,
    table::{Row, TABLE, UPLOAD, Who},
};
use crate::{call::Call, databases::on_every_database};
use serde_json::json;

/// What takes authority away while a body is held back.
#[derive(Clone, Copy, Debug)]
enum Loss {
    Demoted,
    Disabled,
    Removed,
}

impl Loss {
    /// Every loss that leaves less than the row asks for.
    fn of(row: &Row) -> &'static [Self] {
        match row.who {
            Who::Anyone(_) => &[],
            Who::Viewer => &[Self::Disabled, Self::Removed],
            Who::Member | Who::Admin => &[Self::Demoted, Self::Disabled, Self::Removed],
        }
    }

    async fn happen(self, cast: &Cast, user: &str) {
        let path = format!("/api/v1/users/{user}");
        let call = match self {
            Self::Demoted => Call::new("PATCH", &path).json(&json!({"role": "viewer"})),
            Self::Disabled => Call::new("PATCH", &path).json(&json!({"is_disabled": true})),
            Self::Removed => Call::new("DELETE", &path),
        };
        let answer = cast.server.send(call.cookie(&cast.admin().cookie)).await;
        assert!(matches!(answer.status, 200 | 204), "{self:?} {answer:?}");
    }
}

/// Whether to send it as a browser without JavaScript does: actions are tried both ways, an upload is always a form.
fn forms(row: &Row) -> &'static [bool] {
    match (row.is_action(), row.body == UPLOAD) {
        (true, true) => &[true],
        (true, false) => &[false, true],
        (false, _) => &[false],
    }
}

#[tokio::test]
async fn a_body_that_is_held_back_until_its_user_lost_the_authority_changes_nothing() {
    on_every_database(async |opened| {
        let cast = Cast::assemble(&opened).await;
        let before = cast.everything().await;
        for row in TABLE.iter().filter(|row| !row.body.is_empty()) {
            for loss in Loss::of(row) {
                for is_form in forms(row) {
                    let (user, person) = cast.short_lived(row).await;
                    let attempt = Attempt::of(row, &cast.own_id(row));
                    let attempt = if *is_form { attempt.posted() } else { attempt };
                    let seen = attempt.send_held_back(&cast, &person, async || loss.happen(&cast, &user).await).await;
                    let is_refused = match is_form {
                        true => seen.leads_to_sign_in() || seen.is_forbidden(),
                        false => matches!(seen.status, 401 | 403),
                    };
                    assert!(is_refused, "{} {loss:?}, as a form: {is_form}: {seen:?}", row.route);
                    cast.remove_if_there(&user).await;
                }
            }
        }
        assert_eq!(cast.everything().await, before);
    })
    .await;
}

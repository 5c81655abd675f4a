//! Looks up who presents a webhook secret. Calls that arrive while a look-up is under way share the next one: each still learns what
//! was true after it arrived, so a secret that was revoked is refused at once.

use crate::{
    clock::Clock,
    db::{Db, connections::webhook_secrets::CallerRow},
    domain::problem::Problem,
    hub::{Error, Result},
};
use std::collections::HashMap;
use tokio::sync::{mpsc, oneshot};

/// The most that wait; one more is told to come back.
const QUEUE: usize = 2_048;
/// The most that share a look-up.
const TOGETHER: usize = 128;

/// Where questions are handed in.
#[derive(Clone)]
pub struct WebhookAuthenticator {
    questions: mpsc::Sender<Question>,
}

struct Question {
    digest: String,
    answer: oneshot::Sender<Result<Option<CallerRow>>>,
}

impl WebhookAuthenticator {
    /// Starts the task that looks up. It ends when the last handle is gone.
    pub(crate) fn start(db: Db, clock: Clock) -> Self {
        let (questions, mut queue) = mpsc::channel(QUEUE);
        tokio::spawn(async move {
            let mut together = Vec::with_capacity(TOGETHER);
            while queue.recv_many(&mut together, TOGETHER).await > 0 {
                if let Err(problem) = answer(&db, &clock, std::mem::take(&mut together)).await {
                    // Those who wait meanwhile are told so too, instead of each waiting as long again.
                    for _ in 0..QUEUE {
                        let Ok(question) = queue.try_recv() else { break };
                        drop(question.answer.send(Err(problem.clone().into())));
                    }
                }
            }
        });
        Self { questions }
    }

    /// Whose digest it is, while it works.
    ///
    /// # Errors
    /// Too many wait, or the database did not answer.
    pub(crate) async fn find(&self, digest: String) -> Result<Option<CallerRow>> {
        let (answer, answered) = oneshot::channel();
        self.questions.try_send(Question { digest, answer }).map_err(|_| Problem::Unavailable)?;
        answered.await.map_err(|_| Problem::Unavailable)?
    }
}

async fn answer(db: &Db, clock: &Clock, questions: Vec<Question>) -> std::result::Result<(), Problem> {
    match look_up(db, clock, &questions).await {
        Ok(found) => {
            questions.into_iter().for_each(|question| {
                let row = found.get(&question.digest).and_then(Option::clone);
                drop(question.answer.send(Ok(row)));
            });
            Ok(())
        }
        Err(error) => {
            // Logged once, and not once for each who asked.
            let problem = Error::from(error).report();
            questions.into_iter().for_each(|question| drop(question.answer.send(Err(problem.clone().into()))));
            Err(problem)
        }
    }
}

async fn look_up(db: &Db, clock: &Clock, questions: &[Question]) -> crate::db::Result<HashMap<String, Option<CallerRow>>> {
    let mut found = HashMap::new();
    let mut tx = db.acquire().await?;
    for question in questions {
        if !found.contains_key(&question.digest) {
            let row = crate::db::connections::webhook_secrets::find_caller(&mut tx, &question.digest, clock.now()).await?;
            found.insert(question.digest.clone(), row);
        }
    }
    Ok(found)
}

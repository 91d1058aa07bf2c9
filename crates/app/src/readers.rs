//! Who read one's own personal data: what the log of readings tells the person it is about.

use crate::error::AppError;
use crate::house::House;
use domain::ids::{PersonId, UnitId};
use domain::post::Post;
use domain::time::Instant;
use jiff::civil::Date;
use std::sync::Arc;
use storage::people;

/// Most readings looked at: the latest.
pub const READINGS_MAX: u32 = 1_000;

/// Who read, as the person it is about is told: staff by unit and post, never by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Somebody of the staff, in the post and unit they held then.
    Staff(Option<(Post, UnitId)>),
    /// Somebody the applicant lets follow, by name.
    Follower(String),
}

/// The same reader, thing and day, together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The day.
    pub on: Date,
    /// Code of the dossier.
    pub code: String,
    /// Its procedure.
    pub procedure: String,
    /// Who.
    pub reader: Reader,
    /// What was shown, as the log has it.
    pub what: String,
    /// How often that day.
    pub times: u32,
    /// The last time.
    pub last_at: Instant,
    /// True where it lay outside the reader's task: the reason stands in the log.
    pub outside_task: bool,
}

/// Who else read the dossiers of this account, the latest day first; only of one dossier where a code is given.
///
/// # Errors
/// The house failed.
pub async fn of_own(house: &Arc<House>, person: PersonId, code: &str) -> Result<Vec<Read>, AppError> {
    let known = house.now_known();
    let code = code.to_owned();
    house
        .db
        .read(move |tx| {
            let mut found: Vec<Read> = Vec::new();
            for (who, at, what, reason, of, procedure) in storage::readings::of_account(tx, person, READINGS_MAX)? {
                if !code.is_empty() && of != code {
                    continue;
                }
                let reader = if known.staff_name(who).is_empty() {
                    Reader::Follower(people::find(tx, who)?.map_or_else(String::new, |it| it.name))
                } else {
                    Reader::Staff(known.mandates.of(who, at.day()).next().map(|it| (it.post, it.unit)))
                };
                let outside_task = !reason.is_empty();
                let same = found.iter_mut().rev().take_while(|it| it.on == at.day()).find(|it| {
                    it.code == of && it.reader == reader && it.what == what && it.outside_task == outside_task
                });
                match same {
                    Some(it) => it.times += 1,
                    None => {
                        let on = at.day();
                        found.push(Read { on, code: of, procedure, reader, what, times: 1, last_at: at, outside_task });
                    }
                }
            }
            Ok::<_, AppError>(found)
        })
        .await
}

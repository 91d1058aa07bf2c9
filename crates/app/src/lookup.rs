//! The public look-up: a code and the last four digits of the telephone or of the personal number, without signing in.
//!
//! Every miss is the same "not found" after the same work, and is counted by a keyed hash of the code, whether such a code exists
//! or not.

use crate::accounts::tries::{self, Answer, Limit, Room};
use crate::accounts::turns::Turn;
use crate::dossiers::DossierView;
use crate::error::AppError;
use crate::house::House;
use domain::dossier::DossierCode;
use domain::ids::DossierId;
use domain::time::Instant;
use std::hint::black_box;
use std::net::IpAddr;
use std::sync::Arc;
use storage::dossiers::{self, Tails};
use storage::engine::{StorageError, Tx};

/// Digits somebody must know.
const DIGITS: usize = 4;
/// So many look-ups from one address run at the same time; the others wait for their turn.
const AT_ONCE: u32 = 16;
/// Longest code that is looked at, in characters.
const CODE_CHARS_MAX: usize = 60;

/// Finds a dossier for somebody who knows its code and four digits: as its facts alone tell it. Show status, unit, dates and
/// what is owed of it, nothing more.
///
/// # Errors
/// [`AppError::NotFound`] for every miss, [`AppError::Locked`] after too many of one code or from one address, or the house failed.
pub async fn look_up(house: &Arc<House>, code: &str, digits: &str, from: IpAddr) -> Result<Box<DossierView>, AppError> {
    let code: String = code.trim().chars().take(CODE_CHARS_MAX).flat_map(char::to_uppercase).collect();
    let asked = Asked {
        subject: house.key.hash("look-up", &code),
        code: DossierCode::parse(&code).ok(),
        digits: digits_of(digits),
        limit: Limit::of_look_ups(house),
        address: tries::address_subject(house, from),
        by_address: Limit::of_addresses(house),
        now: house.clock.now(),
    };
    // Where all who ask are in this program, whoever is right and has nothing held against them need not wait for the writer.
    let turns = if house.db.is_shared() { None } else { Some(asked.turns(house).await) };
    if turns.is_some()
        && let Some(found) = house.db.read_now(|tx| asked.answer_uncounted(tx, house))?
    {
        return Ok(found);
    }
    // Counting and comparing in one transaction: however many ask at once, only so many get an answer.
    let id = house.db.write(move |tx| asked.answer(tx)).await??.ok_or(AppError::NotFound)?;
    let inside = Arc::clone(house);
    house.db.read_page(move |tx| found(tx, &inside, id)).await
}

fn found(tx: &Tx, house: &House, id: DossierId) -> Result<Box<DossierView>, AppError> {
    let (dossier, last) = dossiers::find_facts(tx, id)?.ok_or(AppError::NotFound)?;
    DossierView::of_facts(tx, house, dossier, house.clock.now().max(last)).map(Box::new)
}

struct Asked {
    subject: String,
    code: Option<DossierCode>,
    digits: Option<[u8; DIGITS]>,
    limit: Limit,
    address: String,
    by_address: Limit,
    now: Instant,
}

impl Asked {
    /// One after the other for each code, a few at once for each address: they hold until the try is counted or was right.
    async fn turns(&self, house: &House) -> (Turn, Turn) {
        // The code's first: who waits for that of one code keeps none of those of a whole office.
        let code = house.turns.wait(&self.subject, 1).await;
        (house.turns.wait(&self.address, AT_ONCE).await, code)
    }

    /// The answer to a try that is right and that nothing is held against; none for every other, which is counted first.
    ///
    /// It takes turns: nobody else looks at this code, so it is untried by everybody; and of this address so few look at once that they
    /// could not lock it, were all of them wrong.
    fn answer_uncounted(&self, tx: &Tx, house: &House) -> Result<Option<Box<DossierView>>, AppError> {
        let by_address = (self.by_address, self.address.as_str(), AT_ONCE - 1);
        let (room, tails) = tries::look_up(tx, self.code.as_ref(), (self.limit, &self.subject), by_address, self.now)?;
        let [of_code, of_address] = room;
        let known = self.known(tails);
        if of_code != Room::Untried || of_address == Room::None {
            return Ok(None);
        }
        let Some(id) = known else { return Ok(None) };
        found(tx, house, id).map(Some)
    }

    /// What is to be kept also where the answer is no must come as `Ok`: an error would undo the counting.
    fn answer(&self, tx: &mut Tx) -> Result<Result<Option<DossierId>, AppError>, StorageError> {
        if let Answer::Locked { minutes } = self.count(tx)? {
            return Ok(Err(AppError::Locked { minutes }));
        }
        // A code that does not exist takes the same comparisons.
        let tails = match &self.code {
            Some(code) => dossiers::tails(tx, code)?,
            None => None,
        };
        let Some(id) = self.known(tails) else { return Ok(Ok(None)) };
        tries::forget(tx, self.limit, &self.subject)?;
        tries::take_back(tx, self.by_address, &self.address)?;
        Ok(Ok(Some(id)))
    }

    /// The dossier, where its digits are known.
    fn known(&self, found: Option<Tails>) -> Option<DossierId> {
        let (phone, number) = found.as_ref().map_or(("", ""), |(_, phone, number)| (phone.as_str(), number.as_str()));
        let knows = is_same(self.digits, phone) | is_same(self.digits, number);
        found.map(|it| it.0).filter(|_| knows)
    }

    fn count(&self, tx: &mut Tx) -> Result<Answer, StorageError> {
        tries::count_from(tx, (self.limit, &self.subject), (self.by_address, &self.address), self.now)
    }
}

/// The last four digits of what was typed: people also type the whole number.
fn digits_of(text: &str) -> Option<[u8; DIGITS]> {
    let digits: Vec<u8> = text.bytes().take(40).filter(u8::is_ascii_digit).collect();
    digits.last_chunk().copied()
}

/// Compares in the same time whatever differs. A tail of fewer digits is nobody's.
fn is_same(typed: Option<[u8; DIGITS]>, tail: &str) -> bool {
    let kept = <[u8; DIGITS]>::try_from(tail.as_bytes()).ok();
    let (left, right) = (typed.unwrap_or([b'x'; DIGITS]), kept.unwrap_or([b'y'; DIGITS]));
    let differs = left.iter().zip(right).fold(0_u8, |sum, (left, right)| black_box(sum | (left ^ right)));
    differs == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestHouse, run};
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn the_code_and_four_digits_of_telephone_or_number_find_it() {
        run(async {
            let test = TestHouse::with_catalogue();
            let filed = test.file_at_desk(|_| {}).await;
            for digits in ["0412", "904", "0904", "0999 000 412", "999094000904"] {
                let found =
                    look_up(&test.house, &format!(" {} ", filed.code.as_str().to_lowercase()), digits, HERE).await;
                assert_eq!(found.is_ok_and(|it| it.dossier.id == filed.id), digits != "904", "{digits}");
            }
        });
    }

    #[test]
    fn every_miss_is_the_same_and_five_lock_that_code_for_an_hour() {
        run(async {
            let test = TestHouse::with_catalogue();
            let filed = test.file_at_desk(|_| {}).await;
            let other = test.file_at_desk(|_| {}).await;
            for code in [filed.code.as_str(), "H24.30-250331-9999", "không phải mã"] {
                for digits in ["1111", "", "12", "0905", "٠٤١٢"] {
                    assert!(
                        matches!(look_up(&test.house, code, digits, HERE).await, Err(AppError::NotFound)),
                        "{code} {digits}"
                    );
                }
                let locked = look_up(&test.house, code, "0412", HERE).await;
                assert!(matches!(locked, Err(AppError::Locked { minutes: 60 })), "{code}");
            }
            assert!(look_up(&test.house, other.code.as_str(), "0412", HERE).await.is_ok(), "other codes go on");
            test.later(59 * 60);
            assert!(matches!(
                look_up(&test.house, filed.code.as_str(), "0412", HERE).await,
                Err(AppError::Locked { minutes: 1 })
            ));
            test.later(61);
            assert!(look_up(&test.house, filed.code.as_str(), "0412", HERE).await.is_ok());
        });
    }

    #[test]
    fn being_right_forgets_the_wrong_tries_and_many_at_once_do_not_slip_through() {
        run(async {
            let test = TestHouse::with_catalogue();
            let filed = test.file_at_desk(|_| {}).await;
            for _ in 0..3 {
                for _ in 0..4 {
                    assert!(look_up(&test.house, filed.code.as_str(), "1111", HERE).await.is_err());
                }
                assert!(look_up(&test.house, filed.code.as_str(), "0412", HERE).await.is_ok());
            }
            let mut guesses = tokio::task::JoinSet::new();
            for guess in 0..40 {
                let (house, code) = (Arc::clone(&test.house), filed.code.clone());
                guesses
                    .spawn(async move { look_up(&house, code.as_str(), &format!("{:04}", 5000 + guess), HERE).await });
            }
            let answers = guesses.join_all().await;
            let answered = answers.iter().filter(|it| matches!(it, Err(AppError::NotFound))).count();
            assert_eq!(answered, 5, "the others found the code locked");
        });
    }

    #[test]
    fn many_codes_guessed_at_once_from_one_address_are_no_more_than_its_tries() {
        run(async {
            let test = TestHouse::with_rules(|rules| rules.address_tries = 30);
            test.publish();
            let mut filed = Vec::new();
            for _ in 0..50 {
                filed.push(test.file_at_desk(|_| {}).await);
            }
            let mut guesses = tokio::task::JoinSet::new();
            for it in &filed {
                let (house, code) = (Arc::clone(&test.house), it.code.clone());
                guesses.spawn(async move { look_up(&house, code.as_str(), "1111", HERE).await });
            }
            let answers = guesses.join_all().await;
            let missed = answers.iter().filter(|it| matches!(it, Err(AppError::NotFound))).count();
            let locked = answers.iter().filter(|it| matches!(it, Err(AppError::Locked { .. }))).count();
            assert_eq!((missed, locked), (30, 20));
        });
    }

    #[test]
    fn who_is_right_writes_nothing_until_somebody_was_wrong() {
        run(async {
            let test = TestHouse::with_catalogue();
            let filed = test.file_at_desk(|_| {}).await;
            let code = filed.code.as_str();
            let look = async |digits| look_up(&test.house, code, digits, HERE).await.is_ok();
            let before = test.house.db.commits();
            assert!(look("0412").await && look("0412").await);
            assert_eq!(test.house.db.commits(), before, "a look-up that is right changes nothing");
            assert!(!look("1111").await);
            let counted = test.house.db.commits();
            assert!(
                counted > before && look("0412").await && test.house.db.commits() > counted,
                "the tries are forgotten"
            );
            let forgotten = test.house.db.commits();
            assert!(look("0412").await);
            assert_eq!(test.house.db.commits(), forgotten);
        });
    }

    #[test]
    fn an_address_with_too_many_misses_is_locked_for_every_code_and_the_others_go_on() {
        run(async {
            let test = TestHouse::with_rules(|rules| rules.address_tries = 10);
            test.publish();
            let filed = test.file_at_desk(|_| {}).await;
            let code = filed.code.as_str();
            for guess in 0..9 {
                assert!(look_up(&test.house, &format!("H24-{guess}"), "1111", HERE).await.is_err());
                assert!(look_up(&test.house, code, "0412", HERE).await.is_ok(), "who is right is never counted");
            }
            let missed = look_up(&test.house, "H24-9", "1111", HERE).await;
            assert!(matches!(missed, Err(AppError::NotFound)));
            let locked = look_up(&test.house, code, "0412", HERE).await;
            assert!(matches!(locked, Err(AppError::Locked { minutes: 60 })));
            let own: IpAddr = "2001:db8:0:1::7".parse().unwrap();
            assert!(look_up(&test.house, code, "0412", own).await.is_ok(), "another address goes on");
            for guess in 0..10_u32 {
                let moved: IpAddr = format!("2001:db8:0:1::{guess:x}").parse().unwrap();
                assert!(look_up(&test.house, &format!("H25-{guess}"), "1111", moved).await.is_err());
            }
            assert!(
                matches!(look_up(&test.house, code, "0412", own).await, Err(AppError::Locked { .. })),
                "one subscriber"
            );
        });
    }

    #[test]
    fn a_dossier_without_digits_is_found_by_nobody() {
        run(async {
            let test = TestHouse::with_catalogue();
            let filed = test
                .file_at_desk(|plan| {
                    plan.filing.submitter.phone = String::new();
                    plan.filing.submitter.number = "12".to_owned();
                })
                .await;
            for digits in ["", "12", "0012", "yyyy", "xxxx"] {
                assert!(look_up(&test.house, filed.code.as_str(), digits, HERE).await.is_err(), "{digits}");
            }
        });
    }
}

//! A citizen who forgot the password: a code goes to the telephone and the address on record, and sets another password.
//!
//! Nothing is kept of a code. It is a keyed hash of the account, of its password and of a quarter of an hour: a new password makes
//! every code before it worthless, so that none works twice. Staff ask their administrator (`super::staff`).

use super::sessions::allowed;
use super::tries::{self, Answer, Limit};
use super::{normal_login, password, subject};
use crate::error::AppError;
use crate::house::House;
use crate::notice_texts::marked;
use domain::ids::{MessageId, PersonId};
use domain::notice::{Marks, NoticeChannel};
use domain::time::Instant;
use std::net::IpAddr;
use std::sync::Arc;
use storage::engine::Tx;
use storage::outbox::{self, Message};
use storage::people::{self, Person};
use storage::sessions;

/// So long a code works at least, in seconds; at most twice as long.
const CODE_SECONDS: i64 = 15 * 60;
/// Codes there are: six digits.
const CODES: u64 = 1_000_000;
/// Digits of a hash a code is made of: what fits a number of 64 bits.
const HASH_DIGITS: usize = 15;
/// What the message is called in the outbox.
const KIND: &str = "password_code";

/// Digits of a code.
pub const CODE_DIGITS: usize = 6;
/// Minutes a code works at least.
pub const CODE_MINUTES: i64 = CODE_SECONDS / 60;

/// An open account of a citizen.
struct Account {
    person: Person,
    hash: String,
}

fn find(tx: &Tx, login: &str) -> Result<Option<Account>, AppError> {
    let Some(it) = people::account(tx, login)?.filter(|it| it.active) else { return Ok(None) };
    let person = people::find(tx, it.person)?.filter(|it| !it.is_staff());
    Ok(person.map(|person| Account { person, hash: it.hash }))
}

fn code_of(house: &House, account: &Account, quarter: i64) -> String {
    let hash = house.key.hash("forgotten", &format!("{} {} {quarter}", account.person.id, account.hash));
    let digits: String = hash.chars().take(HASH_DIGITS).collect();
    let number = u64::from_str_radix(&digits, 16).unwrap_or(0) % CODES;
    format!("{number:0width$}", width = CODE_DIGITS)
}

fn quarter(now: Instant) -> i64 {
    now.micros().div_euclid(CODE_SECONDS * 1_000_000)
}

fn is_code_of(house: &House, account: &Account, typed: &str, now: Instant) -> bool {
    let last = quarter(now);
    [last, last - 1].into_iter().any(|it| code_of(house, account, it) == typed)
}

/// Sends a code to the telephone and the e-mail address of an account, if there is such an account: the answer does not tell.
/// Gives the code in a demonstration, where no message leaves the house.
///
/// # Errors
/// No login; too many codes asked for this login or from this address; or the house failed.
pub async fn ask_code(house: &Arc<House>, login: &str, from: IpAddr) -> Result<Option<String>, AppError> {
    let login = normal_login(login);
    if login.is_empty() {
        return Err(AppError::invalid("login", "gap-missing"));
    }
    let (limit, addresses) = (Limit::of_forgotten(house), Limit::of_addresses(house));
    let (tried, address) = (subject(house, &login), tries::address_subject(house, from));
    let now = house.clock.now();
    let ids = [(); 2].map(|()| MessageId::from_uuid(house.ids.uuid(now)));
    let inside = Arc::clone(house);
    let (answer, code) = house
        .db
        .write(move |tx| {
            let answer = tries::count_from(tx, (limit, &tried), (addresses, &address), now)?;
            if answer != Answer::Allowed {
                return Ok::<_, AppError>((answer, None));
            }
            let Some(account) = find(tx, &login)? else { return Ok((answer, None)) };
            let code = code_of(&inside, &account, quarter(now));
            for message in messages(&inside, &account.person, &code, now, ids) {
                outbox::add(tx, &message)?;
            }
            storage::house::audit(tx, now, None, "password code sent", &account.person.id.to_string(), "")?;
            Ok((answer, Some(code)))
        })
        .await?;
    allowed(answer)?;
    Ok(code.filter(|_| house.rules.demo))
}

fn messages(house: &House, to: &Person, code: &str, at: Instant, ids: [MessageId; 2]) -> Vec<Message> {
    let text = format!(
        "Mã đặt lại mật khẩu của bạn là {code}, dùng trong {CODE_MINUTES} phút. Không đưa mã cho ai. Bạn không yêu cầu thì bỏ qua tin này."
    );
    // Without its marks it is one part.
    let ways = [
        (NoticeChannel::Text, &to.phone, Marks::TakenOff.put_on(&marked(house, &text))),
        (NoticeChannel::Mail, &to.email, marked(house, &text)),
    ];
    let reachable = ways.into_iter().zip(ids).filter(|((_, recipient, _), _)| !recipient.is_empty());
    let written = reachable.map(|((channel, recipient, body), id)| Message {
        id,
        channel: channel.key().to_owned(),
        dossier: None,
        kind: KIND.to_owned(),
        recipient: recipient.clone(),
        subject: "Mã đặt lại mật khẩu".to_owned(),
        body,
        created_at: at,
        tries: 0,
        next_try_at: at,
        delivered_at: None,
        dead_at: None,
        last_error: String::new(),
        template: String::new(),
        details: String::new(),
    });
    written.collect()
}

/// Sets another password with a code. Every session of the account ends, and wrong tries at it are forgotten.
///
/// # Errors
/// The password cannot be one; the code is wrong or too old (the same for an unknown login); too many were wrong; or the house failed.
pub async fn set_password_by_code(
    house: &Arc<House>,
    login: &str,
    code: &str,
    new: &str,
    from: IpAddr,
) -> Result<PersonId, AppError> {
    let login = normal_login(login);
    let typed: String = code.chars().filter(|it| !it.is_whitespace()).take(64).collect();
    if typed.is_empty() {
        return Err(AppError::invalid("code", "gap-missing"));
    }
    if let Some(problem) = password::problem("new_password", new, &[&login]) {
        return Err(AppError::Invalid(vec![problem]));
    }
    let (limit, logins, addresses) =
        (Limit::of_password_codes(house), Limit::of_logins(house), Limit::of_addresses(house));
    let (subject, address) = (subject(house, &login), tries::address_subject(house, from));
    let (now, counted, counted_from) = (house.clock.now(), subject.clone(), address.clone());
    let counting = move |tx: &mut Tx| tries::count_from(tx, (limit, &counted), (addresses, &counted_from), now);
    allowed(house.db.write(counting).await?)?;
    let found = house.db.read_now(|tx| find(tx, &login))?;
    let account = found.filter(|it| is_code_of(house, it, &typed, now)).ok_or_else(wrong)?;
    let fresh = password::hash_apart(house, new).await?;
    let (inside, person) = (Arc::clone(house), account.person.id);
    house
        .db
        .write(move |tx| {
            // Somebody may have set another password meanwhile, with this very code.
            find(tx, &login)?.filter(|it| is_code_of(&inside, it, &typed, now)).ok_or_else(wrong)?;
            tries::take_back(tx, addresses, &address)?;
            for limit in [limit, logins] {
                tries::forget(tx, limit, &subject)?;
            }
            people::set_password(tx, person, &fresh, None)?;
            sessions::end_all(tx, person)?;
            storage::house::audit(tx, now, Some(person), "password set by code", &person.to_string(), "")?;
            Ok::<_, AppError>(())
        })
        .await?;
    Ok(person)
}

fn wrong() -> AppError {
    AppError::invalid("code", "gap-password-code")
}

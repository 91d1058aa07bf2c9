//! People, their accounts, and what is held against whoever tries to guess: at a login, or at the code of a dossier.

use crate::args;
use crate::dossiers::{Tails, has_code};
use crate::engine::{Cursor, Db, Row, StorageError, Tx};
use domain::dossier::DossierCode;
use domain::ids::{DossierId, PersonId};
use domain::time::Instant;

crate::statements! {
    NAME: "SELECT name FROM person WHERE id = $1";
    ADD_PERSON: "INSERT INTO person (id, kind, name, number, birth, phone, email, address, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    PERSON: "SELECT id, kind, name, number, birth, phone, email, address FROM person WHERE id = $1";
    SET_CONTACT: "UPDATE person SET phone = $2, email = $3, address = $4 WHERE id = $1";
    NAMES: "SELECT id, name FROM person WHERE kind = 'staff' ORDER BY name, id";
    ADD_ACCOUNT: "INSERT INTO account (person, login, password_hash, active, created_at) VALUES ($1, $2, $3, 1, $4)";
    ACCOUNT: "SELECT person, password_hash, active, password_until FROM account WHERE login = $1";
    LOGIN: "SELECT login, active FROM account WHERE person = $1";
    SET_ACTIVE: "UPDATE account SET active = $2 WHERE person = $1 AND active <> $2";
    NUMBER_TAKEN: "SELECT count(*) FROM person p JOIN account a ON a.person = p.id WHERE p.number = $1 AND p.kind = 'citizen'";
    LOGINS: "SELECT person, login, active FROM account ORDER BY login";
    SET_PASSWORD: "UPDATE account SET password_hash = $2, password_until = $3 WHERE person = $1";
    TRIES: "SELECT tries, since_at, locked_until FROM attempt WHERE scope = $1 AND subject = $2";
    LOOK_UP: concat!("SELECT CAST(0 AS BIGINT), tries, since_at, locked_until, CAST(NULL AS BYTEA), '', '' FROM attempt \
        WHERE scope = $1 AND subject = $2 \
        UNION ALL SELECT CAST(1 AS BIGINT), tries, since_at, locked_until, CAST(NULL AS BYTEA), '', '' FROM attempt \
        WHERE scope = $3 AND subject = $4 \
        UNION ALL SELECT CAST(2 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), id, phone_tail, number_tail \
        FROM dossier WHERE ", has_code!("code", "$5"));
    PUT_TRIES: "INSERT INTO attempt (scope, subject, tries, since_at, locked_until) VALUES ($1, $2, $3, $4, $5) \
                ON CONFLICT (scope, subject) DO UPDATE SET tries = excluded.tries, since_at = excluded.since_at, locked_until = excluded.locked_until";
    SWEEP_TRIES: "DELETE FROM attempt WHERE since_at < $1 AND locked_until < $1";
    FORGET_TRIES: "DELETE FROM attempt WHERE scope = $1 AND subject = $2";
}

/// A citizen or somebody of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// `staff` or `citizen`.
    pub kind: String,
    /// Full name.
    pub name: String,
    /// Personal number; empty where none is known.
    pub number: String,
    /// Date of birth as written.
    pub birth: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Where they live.
    pub address: String,
}

impl Person {
    /// True for staff.
    pub fn is_staff(&self) -> bool {
        self.kind == "staff"
    }
}

impl Row for Person {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            kind: row.take()?,
            name: row.take()?,
            number: row.take()?,
            birth: row.take()?,
            phone: row.take()?,
            email: row.take()?,
            address: row.take()?,
        })
    }
}

/// Adds somebody.
///
/// # Errors
/// The storage failed.
pub fn add(tx: &mut Tx, it: &Person, at: Instant) -> Result<(), StorageError> {
    tx.put(ADD_PERSON, args![it.id, it.kind, it.name, it.number, it.birth, it.phone, it.email, it.address, at])
}

/// What somebody is called, asked by itself: for whoever opens a page.
///
/// # Errors
/// The storage failed.
pub fn name_now(db: &Db, id: PersonId) -> Result<Option<String>, StorageError> {
    db.ask(NAME, args![id])
}

/// One person.
///
/// # Errors
/// The storage failed.
pub fn find(tx: &Tx, id: PersonId) -> Result<Option<Person>, StorageError> {
    tx.opt(PERSON, args![id])
}

/// Names of all staff, for lists and histories.
///
/// # Errors
/// The storage failed.
pub fn staff_names(tx: &Tx) -> Result<Vec<(PersonId, String)>, StorageError> {
    tx.all(NAMES, args![])
}

/// Opens an account. A login that is taken breaks the rule of uniqueness.
///
/// # Errors
/// The storage failed, or the login is taken.
pub fn add_account(tx: &mut Tx, person: PersonId, login: &str, hash: &str, at: Instant) -> Result<(), StorageError> {
    // Not told ahead: the caller tells a login that is taken from other faults.
    tx.exec(ADD_ACCOUNT, args![person, login, hash, at]).map(|_| ())
}

/// What is kept of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub person: PersonId,
    /// Hash of the password.
    pub hash: String,
    /// It can be signed in to.
    pub active: bool,
    /// Until when the password works, where its owner did not choose it.
    pub until: Option<Instant>,
}

impl Row for Account {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { person: row.take()?, hash: row.take()?, active: row.take()?, until: row.take()? })
    }
}

/// The account of a login.
///
/// # Errors
/// The storage failed.
pub fn account(tx: &Tx, login: &str) -> Result<Option<Account>, StorageError> {
    tx.opt(ACCOUNT, args![login])
}

/// What a person signs in with, and whether they may.
///
/// # Errors
/// The storage failed.
pub fn login_of(tx: &Tx, person: PersonId) -> Result<Option<(String, bool)>, StorageError> {
    tx.opt(LOGIN, args![person])
}

/// Closes an account or opens it again. Gives 0 where it was so already.
///
/// # Errors
/// The storage failed.
pub fn set_active(tx: &mut Tx, person: PersonId, active: bool) -> Result<u64, StorageError> {
    tx.exec(SET_ACTIVE, args![person, active])
}

/// All logins.
///
/// # Errors
/// The storage failed.
pub fn logins(tx: &Tx) -> Result<Vec<(PersonId, String, bool)>, StorageError> {
    tx.all(LOGINS, args![])
}

/// Changes a password: for good, or until then where somebody else chose it.
///
/// # Errors
/// The storage failed.
pub fn set_password(tx: &mut Tx, person: PersonId, hash: &str, until: Option<Instant>) -> Result<u64, StorageError> {
    tx.exec(SET_PASSWORD, args![person, hash, until])
}

/// Wrong tries at something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many.
    pub count: u32,
    /// Since when they are counted.
    pub since: Instant,
    /// Locked until then.
    pub locked_until: Instant,
}

/// Wrong tries of one subject.
///
/// # Errors
/// The storage failed.
pub fn tries(tx: &Tx, scope: &str, subject: &str) -> Result<Tries, StorageError> {
    let row: Option<(u32, Instant, Instant)> = tx.opt(TRIES, args![scope, subject])?;
    Ok(row.map_or_else(Tries::default, |(count, since, locked_until)| Tries { count, since, locked_until }))
}

/// What a look-up finds before anything is counted.
#[derive(Default)]
pub struct LookedUp {
    /// Wrong tries of the two subjects that were asked about.
    pub tries: [Tries; 2],
    /// The dossier of the code.
    pub tails: Option<Tails>,
}

/// The wrong tries of two subjects, and whom a code is of, asked at once; where the text is no code, the same is asked.
///
/// # Errors
/// The storage failed.
pub fn look_up(
    tx: &Tx,
    one: (&str, &str),
    other: (&str, &str),
    code: Option<&DossierCode>,
) -> Result<LookedUp, StorageError> {
    let code = code.map_or("", DossierCode::as_str);
    let mut found = LookedUp::default();
    tx.each(LOOK_UP, args![one.0, one.1, other.0, other.1, code], |row: LookUpRow| {
        let (place, count, since, locked_until, id, phone, number) = row;
        if let Some(id) = id {
            found.tails = Some((id, phone, number));
        } else if let Some(own) = found.tries.get_mut(usize::try_from(place).unwrap_or(usize::MAX)) {
            *own = Tries { count, since, locked_until };
        }
        Ok::<(), StorageError>(())
    })?;
    Ok(found)
}

/// Which of the two subjects, what is held against it; or the dossier with its digits.
type LookUpRow = (u32, u32, Instant, Instant, Option<DossierId>, String, String);

/// Writes the tries of one subject.
///
/// # Errors
/// The storage failed.
pub fn put_tries(tx: &mut Tx, scope: &str, subject: &str, tries: Tries) -> Result<(), StorageError> {
    tx.put(PUT_TRIES, args![scope, subject, tries.count, tries.since, tries.locked_until])
}

/// Forgets the tries of one subject, once it succeeded.
///
/// # Errors
/// The storage failed.
pub fn forget_tries(tx: &mut Tx, scope: &str, subject: &str) -> Result<(), StorageError> {
    tx.put(FORGET_TRIES, args![scope, subject])
}

/// Forgets tries that began, and locks that ended, before that.
///
/// # Errors
/// The storage failed.
pub fn sweep_tries(tx: &mut Tx, before: Instant) -> Result<u64, StorageError> {
    tx.exec(SWEEP_TRIES, args![before])
}

/// True where a citizen with that personal number has an account already.
///
/// # Errors
/// The storage failed.
pub fn number_taken(tx: &Tx, number: &str) -> Result<bool, StorageError> {
    Ok(!number.is_empty() && tx.one::<i64>(NUMBER_TAKEN, args![number])? > 0)
}

/// Changes how a person is reached.
///
/// # Errors
/// The storage failed.
pub fn set_contact(tx: &mut Tx, id: PersonId, phone: &str, email: &str, address: &str) -> Result<(), StorageError> {
    tx.put(SET_CONTACT, args![id, phone, email, address])
}

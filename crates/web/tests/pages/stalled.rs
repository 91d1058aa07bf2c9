//! Damage to a plan of reorganisation, as a hand in the database does it.

use domain::ids::ReformId;
use storage::engine::Tx;
use testkit::Office;

storage::statements! {
    BREAK: "UPDATE reform SET body = '{' WHERE id = $1";
}

/// Makes a plan one that nobody can read any more.
pub fn break_plan(office: &Office, id: ReformId) {
    let broken = |tx: &mut Tx| {
        assert_eq!(tx.exec(BREAK, storage::args![id])?, 1);
        storage::house::next_edition(tx, storage::house::ORGANISATION)
    };
    office.house.db.write_now(broken).unwrap();
    office.house.refresh().unwrap();
}

//! A small house for the tests of this crate: a district with an office and two wards, a few people, a clock that stands.

use crate::accounts;
use crate::actor::Actor;
use crate::catalogue::{self, SearchWords};
use crate::clock::{Clock, Ids};
use crate::error::AppError;
use crate::filing::Plan;
use crate::handle::{Asked, Handled, file, handle};
use crate::house::{House, OfficeRules, Parts};
use crate::key::InstallationKey;
use crate::units;
use domain::calendar::WorkingCalendar;
use domain::dossier::{Command, Filing, Party, SupplementItem};
use domain::ids::{DraftId, PersonId, UnitId};
use domain::organisation::Mandate;
use domain::post::Post;
use domain::procedure::{Channel, ProcedureRevision};
use domain::regime::Regimes;
use domain::time::Instant;
use jiff::civil::date;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use storage::blobs::{Blobs, KeyRing};
use storage::drafts::{self, Draft};
use storage::engine::{Db, Options, Place};
use storage::people::{self, Person};
use tempfile::TempDir;
use uuid::Uuid;

/// The password of everybody in this house.
pub(crate) const PASSWORD: &str = "mật khẩu dùng thử";
/// A procedure of the wards with a term, offered at the counter and online.
pub(crate) const PROCEDURE: &str = "cap-ban-sao-tu-so-goc@ward";

const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogue");

const UNITS: &str = r#"
[[unit]]
key = "quan"
name = "Quận Thử Nghiệm"
level = "district"
standing = "authority"
from = "2024-12-01"
codes = { agency = "H99.30" }

[[unit]]
key = "phong"
name = "Phòng Tư pháp quận Thử Nghiệm"
level = "district-office"
standing = "office"
parent = "quan"
from = "2024-12-01"
sectors = ["Chứng thực"]

[[unit]]
key = "phuong"
name = "Phường Một"
level = "ward"
standing = "authority"
parent = "quan"
from = "2024-12-01"
codes = { agency = "H99.30.01" }

[[unit]]
key = "phuong-hai"
name = "Phường Hai"
level = "ward"
standing = "authority"
parent = "quan"
from = "2024-12-01"
codes = { agency = "H99.30.02" }
"#;

/// Staff by login, unit and post.
const STAFF: [(&str, &str, Post); 7] = [
    ("tiep.nhan", "phuong", Post::Reception),
    ("thu.ly", "phuong", Post::Specialist),
    ("lanh.dao", "phuong", Post::Leader),
    ("van.thu", "phuong", Post::Clerk),
    ("nguoi.la", "phuong-hai", Post::Specialist),
    ("kiem.soat", "quan", Post::ControlOfficer),
    ("quan.tri", "quan", Post::Administrator),
];

/// A house with its folder, gone when dropped.
pub(crate) struct TestHouse {
    pub(crate) house: Arc<House>,
    pub(crate) folder: TempDir,
}

/// Runs a test on a runtime of its own.
pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

impl TestHouse {
    /// With units and staff.
    pub(crate) fn new() -> Self {
        Self::with_rules(|_| {})
    }

    /// With other rules than the usual ones.
    pub(crate) fn with_rules(change: impl FnOnce(&mut OfficeRules)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("motcua.db"), Options::of_a_house()).unwrap();
        Self::over(folder, db, change)
    }

    /// In a database of that place, which is empty.
    pub(crate) fn in_database(place: &Place) -> Self {
        Self::over(tempfile::tempdir().unwrap(), Db::at(place, Options::of_a_house()).unwrap(), |_| {})
    }

    fn over(folder: TempDir, db: Db, change: impl FnOnce(&mut OfficeRules)) -> Self {
        let mut rules = OfficeRules { outbox_folder: folder.path().join("outbox"), ..OfficeRules::default() };
        change(&mut rules);
        let read = |name: &str| std::fs::read_to_string(Path::new(CATALOGUE).join(name)).unwrap();
        let words = SearchWords {
            phrasings: read("phrasings.csv"),
            elsewhere: read("elsewhere.csv"),
            synonyms: read("synonyms.csv"),
        };
        let house = House::open(Parts {
            db,
            blobs: Blobs::folder(&folder.path().join("blobs"), Arc::new(KeyRing::of([9; 32]))).unwrap(),
            clock: Clock::standing(Instant::from_local(date(2025, 3, 31).at(8, 0, 0, 0))),
            ids: Ids::seeded(7),
            key: InstallationKey::from_secret([7; 32]),
            calendar: WorkingCalendar::parse(&read("holidays.toml")).unwrap(),
            regimes: Regimes::parse(&read("regimes.toml")).unwrap(),
            rules,
            words,
        })
        .unwrap();
        units::import(&house, "units.toml", UNITS).unwrap();
        let test = Self { house, folder };
        test.add_staff();
        test
    }

    /// With a published procedure, too.
    pub(crate) fn with_catalogue() -> Self {
        let test = Self::new();
        test.publish();
        test
    }

    /// Publishes the procedure of this house.
    pub(crate) fn publish(&self) {
        static REVISIONS: OnceLock<Vec<ProcedureRevision>> = OnceLock::new();
        let revisions = REVISIONS.get_or_init(|| {
            let mut all = catalogue::read_folder(Path::new(CATALOGUE)).unwrap();
            all.retain(|it| it.procedure.to_string() == PROCEDURE);
            assert_eq!(all.len(), 1);
            all
        });
        catalogue::publish(&self.house, revisions, None).unwrap();
    }

    fn add_staff(&self) {
        static HASH: OnceLock<String> = OnceLock::new();
        let hash = HASH.get_or_init(|| accounts::hash_password(PASSWORD, [1; 16]).unwrap());
        let now = self.now();
        self.house
            .db
            .write_now(|tx| {
                for (login, unit, post) in STAFF {
                    let person = person(staff_id(login), "staff", login);
                    accounts::add_staff(tx, &self.house, &person, login, hash, now)?;
                    let mandate = Mandate {
                        person: person.id,
                        unit: self.unit(unit),
                        post,
                        from: date(2024, 12, 1),
                        until: None,
                    };
                    storage::units::add_mandate(tx, &mandate)?;
                }
                let citizen = person(citizen_id(), "citizen", "cong.dan");
                people::add(tx, &citizen, now)?;
                people::add_account(tx, citizen.id, "0999000412", hash, now)?;
                Ok::<_, AppError>(())
            })
            .unwrap();
        self.house.refresh().unwrap();
    }

    /// Now.
    pub(crate) fn now(&self) -> Instant {
        self.house.clock.now()
    }

    /// Turns the clock on.
    pub(crate) fn later(&self, seconds: i64) {
        self.house.clock.turn_to(self.now().plus_seconds(seconds));
    }

    /// The unit of that key.
    pub(crate) fn unit(&self, key: &str) -> UnitId {
        units::by_key(&self.house.now_known().organisation, key, date(2025, 3, 31)).unwrap()
    }

    fn plan(&self, channel: Channel, account: Option<PersonId>) -> Plan {
        let submitter = Party {
            name: "Nguyễn Thị Thử".to_owned(),
            number: "999094000904".to_owned(),
            phone: "0999000412".to_owned(),
            email: "thu@mau.example".to_owned(),
            ..Party::default()
        };
        Plan {
            procedure: PROCEDURE.parse().unwrap(),
            revision: None,
            channel,
            receiving_unit: self.unit("phuong"),
            collect_at: None,
            foreign_code: None,
            fee_vnd: 0,
            filing: Filing { submitter, account, by_message: true, ..Filing::default() },
            draft: None,
            documents: Vec::new(),
        }
    }

    /// Files at the counter of the first ward.
    pub(crate) async fn file_at_desk(&self, change: impl FnOnce(&mut Plan)) -> Handled {
        let mut plan = self.plan(Channel::Counter, None);
        change(&mut plan);
        file(&self.house, Actor::Staff(staff_id("tiep.nhan")), plan, None).await.unwrap()
    }

    /// Files online with the citizen's account.
    pub(crate) async fn file_online(&self, change: impl FnOnce(&mut Plan)) -> Handled {
        let mut plan = self.plan(Channel::Online, Some(citizen_id()));
        change(&mut plan);
        file(&self.house, Actor::Citizen(citizen_id()), plan, None).await.unwrap()
    }

    /// Somebody of the staff does something.
    pub(crate) async fn act(&self, login: &str, dossier: &Handled, command: Command) -> Handled {
        let actor = Actor::Staff(staff_id(login));
        handle(&self.house, Asked { actor, id: dossier.id, version: None, command, once: None }).await.unwrap()
    }

    /// The desk asks for papers.
    pub(crate) async fn ask_for_papers(&self, dossier: &Handled) -> Handled {
        let revision = self.house.now_known().catalogue.current(&PROCEDURE.parse().unwrap()).unwrap();
        let paper = revision.requirements.first().unwrap();
        let item = SupplementItem {
            requirement: Some(paper.id.clone()),
            name: paper.name.clone(),
            what: "bản mờ".to_owned(),
            ..SupplementItem::default()
        };
        let command = Command::RequestSupplement {
            items: vec![item],
            reason: "Bản chụp không đọc được.".to_owned(),
            legal_basis: String::new(),
            override_reason: String::new(),
            days: None,
        };
        self.act("tiep.nhan", dossier, command).await
    }

    /// An empty draft of the citizen.
    pub(crate) async fn draft(&self) -> DraftId {
        let id = DraftId::from_uuid(self.house.ids.uuid(self.now()));
        let draft = Draft {
            id,
            person: citizen_id(),
            revision: format!("{PROCEDURE}#1"),
            procedure: PROCEDURE.to_owned(),
            unit: self.unit("phuong"),
            body: "{}".to_owned(),
            updated_at: self.now(),
            sent_as: None,
        };
        self.house.db.write(move |tx| drafts::put(tx, &draft)).await.unwrap();
        id
    }
}

/// Somebody of the staff.
pub(crate) fn staff_id(login: &str) -> PersonId {
    let place = STAFF.iter().position(|it| it.0 == login).unwrap();
    PersonId::from_uuid(Uuid::from_u128(1 + u128::try_from(place).unwrap()))
}

/// The citizen with an account, who signs in with 0999000412.
pub(crate) fn citizen_id() -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(100))
}

fn person(id: PersonId, kind: &str, name: &str) -> Person {
    Person {
        id,
        kind: kind.to_owned(),
        name: name.to_owned(),
        number: String::new(),
        birth: String::new(),
        phone: String::new(),
        email: String::new(),
        address: String::new(),
    }
}

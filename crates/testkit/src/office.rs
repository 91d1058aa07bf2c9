//! An office: the real catalogue, the real units, a few invented people, a clock that stands until it is turned.

use crate::postgres::Postgres;
use crate::s3::{BUCKET, S3};
use app::actor::Actor;
use app::catalogue::{self, SearchWords};
use app::clock::{Clock, Ids};
use app::filing::Plan;
use app::handle::{self, Asked, Handled, Once};
use app::house::{House, OfficeRules, Parts};
use app::key::InstallationKey;
use app::{AppError, units};
use domain::calendar::WorkingCalendar;
use domain::dossier::{Collection, Command, Dossier, DossierCode, FiledPaper, Filing, Party};
use domain::ids::{DossierId, PersonId, UnitId};
use domain::organisation::Mandate;
use domain::post::Post;
use domain::procedure::{Channel, Completeness, ProcedureId, sample_answers, validate};
use domain::queue::{Counter, Service, Setup};
use domain::regime::Regimes;
use domain::time::Instant;
use jiff::civil::{Date, DateTime, date};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use storage::blobs::{Blobs, Bucket, KeyRing};
use storage::engine::{Db, Options, Place};
use storage::people::Person;
use tempfile::TempDir;

/// Password of everybody in a test.
pub const PASSWORD: &str = "mat-khau-thu-nghiem";

/// "2025-03-03T09:00" as a moment.
pub fn at(text: &str) -> Instant {
    Instant::from_local(text.parse::<DateTime>().expect("a local time like 2025-03-03T09:00"))
}

/// The people of one ward and of the district.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the post its name says")]
pub struct Staff {
    pub reception: PersonId,
    pub specialist: PersonId,
    pub second_specialist: PersonId,
    pub leader: PersonId,
    pub clerk: PersonId,
    pub other_reception: PersonId,
    pub other_specialist: PersonId,
    pub district_reception: PersonId,
    pub district_specialist: PersonId,
    pub district_head: PersonId,
    pub district_leader: PersonId,
    pub district_clerk: PersonId,
    pub control: PersonId,
    pub administrator: PersonId,
    /// Control officer of the other ward.
    pub other_control: PersonId,
    /// Administrator of the other ward.
    pub other_administrator: PersonId,
    pub former: PersonId,
}

/// An office in a folder that goes with it.
pub struct Office {
    /// The house.
    pub house: Arc<House>,
    /// phường Hàng Kênh.
    pub ward: UnitId,
    /// Another ward.
    pub other_ward: UnitId,
    /// quận Lê Chân.
    pub district: UnitId,
    /// Its people.
    pub staff: Staff,
    /// A citizen with an account.
    pub citizen: PersonId,
    /// Another one.
    pub other_citizen: PersonId,
    folder: Folder,
}

/// Where an office lives: in a folder that goes with it, or in one that stays.
enum Folder {
    Passing(TempDir),
    Staying(PathBuf),
    BesideServer(TempDir, Postgres),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Passing(folder) => folder.path(),
            Self::Staying(path) => path,
            Self::BesideServer(folder, _) => folder.path(),
        }
    }

    /// A node of an office whose database is on a server.
    fn node(&self) -> Arc<House> {
        let Self::BesideServer(folder, server) = self else { panic!("this office has its database in a file") };
        let rules = OfficeRules { outbox_folder: folder.path().join("outbox"), ..OfficeRules::default() };
        let place = Place::parse(&server.url()).unwrap();
        // Each node mints ids of its own.
        wired(rules, Ids::random().unwrap(), (place, Options::of_a_house()), files_in(folder.path()))
    }
}

fn catalogue_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(catalogue_folder().join(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// Where an office in a folder has its database.
fn in_folder(folder: &Path) -> Place {
    Place::File(folder.join("motcua.db"))
}

/// The bucket of a server, as settings would describe it.
pub fn bucket_of(server: &S3) -> Bucket {
    Bucket {
        name: BUCKET.to_owned(),
        endpoint: Some(server.endpoint()),
        region: "us-east-1".to_owned(),
        allow_http: true,
        ca_pem: None,
        access_key: "who".to_owned(),
        secret_key: "secret".to_owned(),
    }
}

/// Files in a folder of the office, under a key that every node of a test has.
fn files_in(folder: &Path) -> Blobs {
    Blobs::folder(&folder.join("files"), Arc::new(KeyRing::of([9; 32]))).unwrap()
}

fn wired(rules: OfficeRules, ids: Ids, (place, options): (Place, Options), blobs: Blobs) -> Arc<House> {
    let rules = OfficeRules { scratch_folder: rules.outbox_folder.with_file_name("scratch"), ..rules };
    House::open(Parts {
        db: Db::at(&place, options).unwrap(),
        blobs,
        clock: Clock::standing(at("2025-03-03T09:00")),
        ids,
        key: InstallationKey::from_secret([7; 32]),
        calendar: WorkingCalendar::parse(&text("holidays.toml")).unwrap(),
        regimes: Regimes::parse(&text("regimes.toml")).unwrap(),
        rules,
        words: SearchWords {
            phrasings: text("phrasings.csv"),
            elsewhere: text("elsewhere.csv"),
            synonyms: text("synonyms.csv"),
        },
    })
    .unwrap()
}

fn founded(house: &House) {
    units::import(house, "units", &text("units/le-chan-2025-01-01.toml")).unwrap();
    let revisions = catalogue::read_folder(&catalogue_folder()).unwrap();
    catalogue::publish(house, &revisions, None).unwrap();
}

impl Office {
    /// An office on Monday 3 March 2025, 9 o'clock.
    pub fn open() -> Self {
        Self::open_with(|_| {})
    }

    /// The same with other rules.
    pub fn open_with(change: impl FnOnce(&mut OfficeRules)) -> Self {
        let folder = Folder::Passing(tempfile::tempdir().unwrap());
        let mut rules = OfficeRules { outbox_folder: folder.path().join("outbox"), ..OfficeRules::default() };
        change(&mut rules);
        let database = (in_folder(folder.path()), Options::of_a_house());
        let files = files_in(folder.path());
        let house = wired(rules, Ids::seeded(7), database, files);
        founded(&house);
        Self::peopled(house, folder)
    }

    /// The same with its files in a bucket, and its keys in a file of its folder.
    pub fn open_with_bucket(bucket: &Bucket) -> Self {
        let folder = Folder::Passing(tempfile::tempdir().unwrap());
        let rules = OfficeRules { outbox_folder: folder.path().join("outbox"), ..OfficeRules::default() };
        let database = (in_folder(folder.path()), Options::of_a_house());
        let ring = KeyRing::make(&folder.path().join("files.keys"), [9; 32], at("2025-03-03T09:00")).unwrap();
        let files = Blobs::bucket(bucket, Arc::new(ring)).unwrap();
        let house = wired(rules, Ids::seeded(7), database, files);
        founded(&house);
        Self::peopled(house, folder)
    }

    /// The same with its database on a PostgreSQL of its own.
    pub fn open_on_server() -> Self {
        let (folder, server) = (tempfile::tempdir().unwrap(), Postgres::start());
        let folder = Folder::BesideServer(folder, server);
        let house = folder.node();
        founded(&house);
        Self::peopled(house, folder)
    }

    /// One more node on the same server, with a house of its own.
    pub fn another_node(&self) -> Arc<House> {
        self.folder.node()
    }

    /// An office in a folder that stays: founded the first time, opened as it is later.
    pub fn open_in(path: &Path) -> Self {
        Self::open_existing_or_new(path, Options::of_a_house())
    }

    /// An office that is there already, on a disk which has no room left.
    pub fn on_a_full_disk(path: &Path) -> Self {
        Self::open_existing_or_new(path, Options { size_mib_max: Some(1), ..Options::of_a_house() })
    }

    /// The same with its database on a server, which stays, too: at this address.
    pub fn open_in_on(path: &Path, url: &str) -> Self {
        Self::open_at(path, Place::parse(url).unwrap(), Options::of_a_house())
    }

    fn open_existing_or_new(path: &Path, options: Options) -> Self {
        Self::open_at(path, in_folder(path), options)
    }

    fn open_at(path: &Path, place: Place, options: Options) -> Self {
        let rules = OfficeRules { outbox_folder: path.join("outbox"), ..OfficeRules::default() };
        let house = wired(rules, Ids::random().unwrap(), (place, options), files_in(path));
        let today = house.clock.now().day();
        if house.now_known().organisation.standing_on(today).next().is_none() {
            founded(&house);
        }
        Self::peopled(house, Folder::Staying(path.to_owned()))
    }

    fn peopled(house: Arc<House>, folder: Folder) -> Self {
        let today = house.clock.now().day();
        let known = house.now_known();
        let unit =
            |key: &str| units::by_key(&known.organisation, key, today).unwrap_or_else(|| panic!("no unit {key}"));
        let (ward, other_ward, district) = (unit("phuong-hang-kenh"), unit("phuong-an-bien"), unit("quan-le-chan"));
        let justice = unit("phong-tu-phap");
        let hash = app::accounts::hash_password(PASSWORD, [3; 16]).unwrap();
        let hire = |login: &str, name: &str, unit: UnitId, post: Post| hire(&house, &hash, login, name, unit, post);
        let staff = Staff {
            reception: hire("tn.hangkenh", "Vũ Đình Khang", ward, Post::Reception),
            specialist: hire("cv.hangkenh", "Phạm Thu Hà", ward, Post::Specialist),
            second_specialist: hire("cv2.hangkenh", "Đỗ Minh Nguyệt", ward, Post::Specialist),
            leader: hire("ld.hangkenh", "Lương Thế Quang", ward, Post::Leader),
            clerk: hire("vt.hangkenh", "Bùi Quang Huy", ward, Post::Clerk),
            other_reception: hire("tn.anbien", "Cao Xuân Bách", other_ward, Post::Reception),
            other_specialist: hire("cv.anbien", "Tạ Thị Nhàn", other_ward, Post::Specialist),
            district_reception: hire("tn.quan", "Trịnh Quốc Việt", district, Post::Reception),
            district_specialist: hire("cv.tuphap", "Mạc Hương Giang", justice, Post::Specialist),
            district_head: hire("tp.tuphap", "Đinh Công Mạnh", justice, Post::Head),
            district_leader: hire("ld.quan", "Phùng Văn Hiệp", district, Post::Leader),
            district_clerk: hire("vt.quan", "Doãn Thị Phượng", district, Post::Clerk),
            control: hire("kiemsoat", "Lã Thị Kim Oanh", district, Post::ControlOfficer),
            administrator: hire("quantri", "Quách Tuấn Kiệt", district, Post::Administrator),
            other_control: hire("kiemsoat.anbien", "Nghiêm Thị Tố", other_ward, Post::ControlOfficer),
            other_administrator: hire("quantri.anbien", "Lục Văn Thông", other_ward, Post::Administrator),
            former: retired(&house, &hash, "nghihuu", "Âu Dương Hùng", ward, Post::Specialist),
        };
        let citizen =
            enrol(&house, &hash, "congdan", "Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm", "999194006218", "0999123412");
        let other_citizen = enrol(&house, &hash, "congdan2", "Lê Thu Trang", "999196000527", "0999555666");
        house.refresh().unwrap();
        Self { house, ward, other_ward, district, staff, citizen, other_citizen, folder }
    }

    /// Two services, priority and three counters for a unit, as its control officer sets them up.
    pub async fn open_desk(&self, unit: UnitId) {
        let service = |letter: &str, name: &str| Service { series: letter.parse().unwrap(), name: name.to_owned() };
        let counter = |number: u32, serves: &str| Counter {
            number,
            serves: serves.chars().map(|it| it.to_string().parse().unwrap()).collect(),
            is_open: true,
            seat: None,
        };
        let setup = Setup {
            services: vec![service("A", "Hộ tịch, chứng thực"), service("B", "Trả kết quả")],
            counters: vec![counter(1, "A"), counter(2, "AB"), counter(3, "B")],
        };
        app::queue::setting_up::set_up(&self.house, self.staff.control, unit, setup).await.unwrap();
    }

    /// One more reception officer.
    pub fn hire_reception(&self, login: &str, unit: UnitId) -> PersonId {
        static HASH: OnceLock<String> = OnceLock::new();
        let hash = HASH.get_or_init(|| app::accounts::hash_password(PASSWORD, [3; 16]).unwrap());
        let person = hire(&self.house, hash, login, "Tăng Thị Bích Liên", unit, Post::Reception);
        self.house.refresh().unwrap();
        person
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Turns the clock.
    pub fn turn_to(&self, moment: &str) {
        self.house.clock.turn_to(at(moment));
    }

    /// Files a procedure online as the citizen, complete and valid.
    pub async fn file_online(&self, procedure: &str) -> Handled {
        let plan = self.plan(procedure, Channel::Online, self.ward, Some(self.citizen));
        handle::file(&self.house, Actor::Citizen(self.citizen), plan, None).await.unwrap()
    }

    /// Receives a procedure at the ward's counter.
    pub async fn receive_at_counter(&self, procedure: &str) -> Handled {
        let plan = self.plan(procedure, Channel::Counter, self.ward, None);
        handle::file(&self.house, Actor::Staff(self.staff.reception), plan, None).await.unwrap()
    }

    /// A complete plan to file a procedure.
    pub fn plan(&self, procedure: &str, channel: Channel, unit: UnitId, account: Option<PersonId>) -> Plan {
        let id: ProcedureId = procedure.parse().unwrap();
        let revision = self.house.now_known().catalogue.current(&id).unwrap_or_else(|| panic!("no {procedure}"));
        let today = self.house.clock.now().day();
        let answers = revision.forms.first().map(|form| {
            let raw = sample_answers(form, today, 11);
            let (answers, gaps) = validate(form, &raw, today, Completeness::Complete);
            assert!(gaps.is_empty(), "{procedure}: {gaps:?}");
            answers
        });
        let papers = revision.requirements.iter().take(2).map(|it| FiledPaper {
            requirement: it.id.clone(),
            name: it.name.clone(),
            originals: 1,
            ..FiledPaper::default()
        });
        Plan {
            procedure: id,
            revision: None,
            channel,
            receiving_unit: unit,
            collect_at: None,
            foreign_code: None,
            fee_vnd: 0,
            filing: Filing {
                submitter: Party {
                    name: "Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm".to_owned(),
                    number: "999194006218".to_owned(),
                    birth: "09/11/1994".to_owned(),
                    phone: "0999123412".to_owned(),
                    email: "tram@thu.example".to_owned(),
                    address: "Số 18 ngõ 64 phố Mẫu".to_owned(),
                },
                account,
                answers: answers.unwrap_or_default(),
                papers: papers.collect(),
                collection: Collection::Desk,
                by_message: true,
                ..Filing::default()
            },
            draft: None,
            documents: Vec::new(),
        }
    }

    /// One command by somebody of the staff on the dossier as it stands.
    pub async fn act(&self, person: PersonId, id: DossierId, command: Command) -> Result<Handled, AppError> {
        self.ask(Actor::Staff(person), id, command, None).await
    }

    /// One command by anybody.
    pub async fn ask(
        &self,
        actor: Actor,
        id: DossierId,
        command: Command,
        once: Option<Once>,
    ) -> Result<Handled, AppError> {
        let version = Some(self.dossier(id).version);
        handle::handle(&self.house, Asked { actor, id, version, command, once }).await
    }

    /// The dossier as it stands.
    pub fn dossier(&self, id: DossierId) -> Dossier {
        let found = self.house.db.read_now(|tx| storage::dossiers::find(tx, id)).unwrap();
        found.expect("the dossier is there").0
    }

    /// The dossier of a code.
    pub fn id_of(&self, code: &str) -> DossierId {
        let code = DossierCode::parse(code).unwrap();
        self.house.db.read_now(|tx| storage::dossiers::find_id(tx, &code)).unwrap().expect("the code is there")
    }
}

fn person(house: &House, kind: &str, name: &str, number: &str, phone: &str) -> Person {
    Person {
        id: PersonId::from_uuid(house.ids.uuid(house.clock.now())),
        kind: kind.to_owned(),
        name: name.to_owned(),
        number: number.to_owned(),
        birth: "09/11/1994".to_owned(),
        phone: phone.to_owned(),
        email: "tram@thu.example".to_owned(),
        address: "Số 18 ngõ 64 phố Mẫu, phường Hàng Kênh".to_owned(),
    }
}

fn known_as(house: &House, login: &str) -> Option<PersonId> {
    let found = house.db.read_now(|tx| storage::people::account(tx, login)).unwrap();
    found.map(|it| it.person)
}

fn hire(house: &House, hash: &str, login: &str, name: &str, unit: UnitId, post: Post) -> PersonId {
    hire_until(house, hash, login, name, (unit, post), None)
}

fn hire_until(
    house: &House,
    hash: &str,
    login: &str,
    name: &str,
    (unit, post): (UnitId, Post),
    until: Option<Date>,
) -> PersonId {
    if let Some(person) = known_as(house, login) {
        return person;
    }
    let it = person(house, "staff", name, "", "");
    let now = house.clock.now();
    house
        .db
        .write_now(|tx| {
            app::accounts::add_staff(tx, house, &it, login, hash, now)?;
            let mandate = Mandate { person: it.id, unit, post, from: date(2024, 1, 1), until };
            Ok::<_, AppError>(storage::units::add_mandate(tx, &mandate)?)
        })
        .unwrap();
    it.id
}

fn retired(house: &House, hash: &str, login: &str, name: &str, unit: UnitId, post: Post) -> PersonId {
    let until = Some(date(2025, 1, 1));
    hire_until(house, hash, login, name, (unit, post), until)
}

fn enrol(house: &House, hash: &str, login: &str, name: &str, number: &str, phone: &str) -> PersonId {
    if let Some(person) = known_as(house, login) {
        return person;
    }
    let it = person(house, "citizen", name, number, phone);
    let now = house.clock.now();
    house
        .db
        .write_now(|tx| {
            storage::people::add(tx, &it, now)?;
            storage::people::add_account(tx, it.id, login, hash, now)
        })
        .unwrap();
    it.id
}

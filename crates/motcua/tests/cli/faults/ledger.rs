//! What the client wrote down: what it asked, and what it was promised. At the end the house is held to it.

use super::client::{Client, Door, Page};
use super::grounds::Grounds;
use super::{until, within_seconds};
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha12Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What is applied for: no fee, and papers that can come as scans.
const PROCEDURE: &str = "dang-ky-khai-sinh@ward";
/// One of so many has a scan, and one of so many wants to hear by text message.
const WITH_SCAN: usize = 4;
const WITH_MESSAGE: usize = 8;
/// Most of those acknowledged since the last look that are looked up.
const LOOKED_UP: usize = 16;
/// Most that are held to their promise one by one at the end.
const HELD_MAX: usize = 600;

/// What came of sending something.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done, for good.
    Acknowledged,
    /// The house cannot now, and said so in words.
    Busy,
    /// No answer: done or not, nobody knows.
    Cut,
}

/// One dossier somebody tried to have received.
#[derive(Clone, Debug, Default)]
struct Entry {
    code: Option<String>,
    taken_on: TakenOn,
    is_looked_up: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum TakenOn {
    #[default]
    No,
    Tried,
    Acknowledged,
}

/// What the page of the counter asks for.
struct Form {
    revision: String,
    papers: Vec<String>,
    scan: String,
    taking_version: Mutex<String>,
}

/// The ledger of one test.
pub struct Ledger {
    form: Form,
    entries: Mutex<Vec<Entry>>,
}

impl Ledger {
    /// An empty one, with the form of the desk as it is.
    #[track_caller]
    pub fn open(reception: &Client) -> Self {
        let page = reception.get(&format!("/quay/tiep-nhan?thu-tuc={PROCEDURE}")).expect("the page of the counter");
        assert_eq!(page.status, 200, "{}", page.text());
        let names = |mark: &str| -> Vec<String> {
            let start = format!("name=\"{mark}");
            let found = page.body.split(&start).skip(1);
            found.filter_map(|it| Some(format!("{mark}{}", it.split('"').next()?))).collect()
        };
        let form = Form {
            revision: page.hidden("ban"),
            papers: names("giay-"),
            scan: names("tep-").first().expect("a paper that can be scanned").clone(),
            taking_version: Mutex::default(),
        };
        Self { form, entries: Mutex::default() }
    }

    /// One more to be received.
    pub fn next(&self) -> usize {
        let mut entries = self.entries.lock().unwrap();
        entries.push(Entry::default());
        entries.len() - 1
    }

    /// How many were tried, and how many acknowledged.
    pub fn counts(&self) -> (usize, usize) {
        let entries = self.entries.lock().unwrap();
        (entries.len(), entries.iter().filter(|it| it.code.is_some()).count())
    }

    /// Those nobody was promised anything about.
    fn open_ones(&self) -> Vec<usize> {
        let entries = self.entries.lock().unwrap();
        (0..entries.len()).filter(|number| entries[*number].code.is_none()).collect()
    }

    /// Sends one, again if it was sent before: the same key, the same contents.
    #[track_caller]
    pub fn send(&self, reception: &Client, number: usize) -> Answer {
        let (key, phone) = (format!("loi-{number}"), phone(number));
        let mut fields = vec![
            ("mot-lan", key.as_str()),
            ("thu-tuc", PROCEDURE),
            ("ban", self.form.revision.as_str()),
            ("so", "999094000904"),
            ("ten", "Nguyễn Mẫu Văn Thử"),
            ("dien-thoai", phone.as_str()),
            ("don-giay", "1"),
            ("nhan", "quay"),
            ("lenh", "tiep-nhan"),
        ];
        fields.extend(self.form.papers.iter().map(|name| (name.as_str(), "1")));
        if wants_message(number) {
            fields.push(("bao", "tin-nhan"));
        }
        let pdf = format!("%PDF-1.4\n% {number}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
        let scan = (self.form.scan.as_str(), "giay.pdf", pdf.as_bytes());
        let files = if number.is_multiple_of(WITH_SCAN) { vec![scan] } else { Vec::new() };
        let Some(page) = reception.post_files("/quay/tiep-nhan", &fields, &files) else { return Answer::Cut };
        let Some(code) = received(&page) else { return busy(&page) };
        self.note(number, &code);
        Answer::Acknowledged
    }

    #[track_caller]
    fn note(&self, number: usize, code: &str) {
        let mut entries = self.entries.lock().unwrap();
        let before = entries[number].code.replace(code.to_owned());
        assert!(
            before.as_deref().is_none_or(|it| it == code),
            "number {number} was acknowledged as {before:?} and is now {code}"
        );
    }

    /// The dossiers became older by something that happened to all of them.
    pub fn all_went_on(&self) {
        self.form.taking_version.lock().unwrap().clear();
    }

    /// Has the specialist take one on that was received, again if that was tried before.
    #[track_caller]
    pub fn take_on(&self, specialist: &Client, number: usize) -> Answer {
        let Some(code) = self.entries.lock().unwrap()[number].code.clone() else { return Answer::Busy };
        let address = format!("/nghiep-vu/ho-so/{code}/viec/nhan-viec");
        let mut version = self.form.taking_version.lock().unwrap().clone();
        if version.is_empty() {
            // Every dossier is as old as the others when it has just been received.
            let Some(page) = specialist.get(&address) else { return Answer::Cut };
            if page.status != 200 {
                return busy(&page);
            }
            version = page.hidden("phien-ban");
            self.form.taking_version.lock().unwrap().clone_from(&version);
        }
        self.entries.lock().unwrap()[number].taken_on = TakenOn::Tried;
        let key = format!("nhan-{number}");
        let fields = [("mot-lan", key.as_str()), ("phien-ban", version.as_str())];
        let Some(page) = specialist.post_files(&address, &fields, &[]) else { return Answer::Cut };
        if page.status != 303 {
            return busy(&page);
        }
        self.entries.lock().unwrap()[number].taken_on = TakenOn::Acknowledged;
        Answer::Acknowledged
    }

    /// Looks up some of those acknowledged since the last look, the latest first: they were the most in danger.
    #[track_caller]
    pub fn look_up_latest(&self, guest: &Client) {
        let mut latest = Vec::new();
        for (number, entry) in self.entries.lock().unwrap().iter_mut().enumerate().rev() {
            if let (Some(code), false) = (&entry.code, entry.is_looked_up) {
                if latest.len() < LOOKED_UP {
                    latest.push((number, code.clone()));
                }
                entry.is_looked_up = true;
            }
        }
        for (number, code) in latest {
            is_there(guest, number, &code);
        }
    }

    /// Holds the house to everything: it serves now, and nothing hinders it any more.
    #[track_caller]
    pub fn settle(&self, grounds: &Grounds, door: &Door, chance: &mut ChaCha12Rng) {
        let (reception, specialist, guest) = (Grounds::reception(door), Grounds::specialist(door), Client::guest(door));
        for number in self.open_ones() {
            surely(&format!("number {number}, tried again"), || self.send(&reception, number));
        }
        let entries = self.entries.lock().unwrap().clone();
        let all: Vec<usize> = (0..entries.len()).collect();
        let held: Vec<usize> = all.sample(chance, HELD_MAX).copied().collect();
        for number in held {
            let entry = &entries[number];
            is_there(&guest, number, entry.code.as_ref().unwrap());
            if number.is_multiple_of(5) {
                surely(&format!("number {number}, sent once more"), || self.send(&reception, number));
            }
            match entry.taken_on {
                TakenOn::No => {}
                // Whatever became of it: sent again, it is done once.
                TakenOn::Tried | TakenOn::Acknowledged => {
                    surely(&format!("number {number}, taken on"), || self.take_on(&specialist, number));
                }
            }
        }
        numbers_are_unbroken(&entries);
        messages_went_out_once(&entries, &grounds.beside("outbox").join("sms"));
    }

    /// Waits until whoever wanted to hear has heard: a node that was killed keeps its messages from the others for two minutes.
    #[track_caller]
    pub fn await_messages(&self, grounds: &Grounds) {
        let wanted = (0..self.counts().0).filter(|it| wants_message(*it)).count();
        let folder = grounds.beside("outbox").join("sms");
        within_seconds(150, "every message to be written", || messages(&folder).len() >= wanted);
    }

    /// The chains, the files and the read model, after the program has stopped or beside it; and then a seal.
    #[track_caller]
    pub fn verify(&self, grounds: &Grounds) {
        let ran = grounds.run(&["verify", "--seal"]).done();
        let (tried, _) = self.counts();
        assert!(ran.stderr.contains(&format!("Đã kiểm {tried} hồ sơ")), "{tried} were tried: {}", ran.stderr);
        grounds.run(&["verify"]).done();
    }
}

/// Asks until it is done: nothing hinders it for long any more.
#[track_caller]
fn surely(what: &str, mut ask: impl FnMut() -> Answer) {
    until(what, || ask() == Answer::Acknowledged);
}

/// The code of what was received, where the answer says so.
fn received(page: &Page) -> Option<String> {
    let code = page.header("location").strip_prefix("/nghiep-vu/ho-so/")?;
    web::pairs::decoded(code.split('/').next()?).filter(|_| page.status == 303)
}

/// Nothing else than a page in words may keep somebody from what they asked.
#[track_caller]
fn busy(page: &Page) -> Answer {
    assert!(page.says_busy(), "{} {}", page.status, page.text());
    Answer::Busy
}

#[track_caller]
fn is_there(guest: &Client, number: usize, code: &str) {
    let phone = phone(number);
    let tail = phone.get(phone.len() - 4..).unwrap();
    let mut page = None;
    // It may be away yet, or again: then nothing is known.
    until("an answer to a look-up", || {
        page = guest.post("/tra-cuu", &[("ma", code), ("so", tail)]).filter(|it| !it.says_busy());
        page.is_some()
    });
    let page = page.unwrap();
    assert!(
        page.status == 200 && page.body.contains(code),
        "number {number} was acknowledged as {code} and is not there: {} {}",
        page.status,
        page.text()
    );
}

fn phone(number: usize) -> String {
    format!("0999{:06}", number % 1_000_000)
}

fn wants_message(number: usize) -> bool {
    number.is_multiple_of(WITH_MESSAGE)
}

/// The numbers of each day and unit are 1, 2, 3 and so on, each once.
#[track_caller]
fn numbers_are_unbroken(entries: &[Entry]) {
    let mut numbers: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for code in entries.iter().filter_map(|it| it.code.as_deref()) {
        let (series, number) = code.rsplit_once('-').unwrap();
        assert!(numbers.entry(series).or_default().insert(number.parse().unwrap()), "{code} was given twice");
    }
    for (series, numbers) in numbers {
        let (first, last, count) = (numbers.first().unwrap(), numbers.last().unwrap(), numbers.len());
        assert!(*first == 1 && *last == count, "{series}: {count} numbers from {first} to {last}");
    }
}

/// Nobody heard twice, and nobody who did not want to.
#[track_caller]
fn messages_went_out_once(entries: &[Entry], folder: &Path) {
    let mut heard: BTreeMap<String, usize> = BTreeMap::new();
    for path in messages(folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut codes = text.split(|it: char| !it.is_ascii_alphanumeric() && !"-.".contains(it));
        let code = codes.find(|it| it.starts_with('H') && it.matches('-').count() == 2);
        let code = code.unwrap_or_else(|| panic!("{}: {text}", path.display())).trim_end_matches('.');
        *heard.entry(code.to_owned()).or_default() += 1;
    }
    for (number, entry) in entries.iter().enumerate() {
        let code = entry.code.as_deref().unwrap();
        let times = heard.remove(code).unwrap_or(0);
        assert!(times <= usize::from(wants_message(number)), "{code}: {times} messages");
    }
    assert_eq!(heard, BTreeMap::new(), "nobody else heard anything");
}

fn messages(folder: &Path) -> Vec<PathBuf> {
    let Ok(folder) = std::fs::read_dir(folder) else { return Vec::new() };
    let all = folder.map(|it| it.unwrap().path());
    all.filter(|it| it.extension().is_some_and(|it| it == "json")).collect()
}

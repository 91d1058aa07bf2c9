use super::kind::tests::zip_of;
use super::name::NAME_CHARS_MAX;
use super::*;
use crate::files::{sweep_older_than, sweep_orphans};
use crate::testing::{TestHouse, citizen_id, run, staff_id};
use domain::dossier::FiledPaper;
use domain::ids::PersonId;
use uuid::Uuid;

const PDF: &[u8] = b"%PDF-1.7 a scan";

async fn incoming(test: &TestHouse, bytes: &[u8]) -> Incoming {
    let mut incoming = begin(&test.house, u64::MAX).unwrap();
    for piece in bytes.chunks(1000) {
        incoming.write(piece).await.unwrap();
    }
    incoming
}

fn keys<T>(outcome: Result<T, AppError>) -> Vec<&'static str> {
    match outcome {
        Err(AppError::Invalid(found)) => found.iter().map(|it| it.key).collect(),
        _ => Vec::new(),
    }
}

/// Files in the store, finished or not.
fn kept(test: &TestHouse) -> usize {
    let folders = std::fs::read_dir(test.folder.path().join("blobs")).unwrap();
    let folders = folders.map(|it| it.unwrap().path()).filter(|it| it.is_dir());
    folders.map(|it| std::fs::read_dir(it).unwrap().count()).sum()
}

fn paper(document: &Document) -> FiledPaper {
    FiledPaper { requirement: "giay".to_owned(), documents: vec![document.id], ..FiledPaper::default() }
}

#[test]
fn a_file_is_taken_for_what_it_is_and_kept_whole() {
    run(async {
        let test = TestHouse::new();
        let document =
            incoming(&test, PDF).await.finish("C:\\Ảnh\\../gia\u{202e}y \u{0} tờ.PDF", "giay", None).await.unwrap();
        assert_eq!((document.name.as_str(), document.media_type.as_str()), ("giay tờ.pdf", "application/pdf"));
        assert_eq!(document.size_bytes, i64::try_from(PDF.len()).unwrap());
        assert_eq!((document.draft, document.dossier, document.sha256.len()), (None, None, 64));
        let blob = BlobName::parse(&document.blob).unwrap();
        let reading = test.house.blobs.read(&blob, document.key.as_ref()).unwrap();
        assert_eq!(reading.whole().await.unwrap(), PDF);
        assert_ne!(test.house.blobs.raw_get(&blob).whole().await.unwrap(), PDF, "it lies there sealed");
    });
}

#[test]
fn names_are_cleaned_and_end_as_the_kind_does() {
    let cases = [
        ("giấy khai sinh.pdf", FileKind::Pdf, "giấy khai sinh.pdf"),
        ("Gia\u{302}\u{301}y.jpeg", FileKind::Jpeg, "Giấy.jpeg"),
        ("a.JPG", FileKind::Jpeg, "a.jpg"),
        ("virus.exe", FileKind::Pdf, "virus.exe.pdf"),
        ("../../etc/passwd", FileKind::Png, "passwd.png"),
        (".pdf", FileKind::Pdf, "pdf.pdf"),
        ("", FileKind::Docx, "tep.docx"),
        ("///", FileKind::Docx, "tep.docx"),
        (". .a", FileKind::Pdf, "a.pdf"),
        ("a\r\nb\"c.pdf", FileKind::Pdf, "abc.pdf"),
        ("ễ.pdf", FileKind::Png, "ễ.pdf.png"),
    ];
    for (name, kind, clean) in cases {
        assert_eq!(clean_name(name, Some(kind)), clean, "{name:?}");
    }
    let long = clean_name(&format!("{}.pdf", "ễ".repeat(500)), Some(FileKind::Pdf));
    assert_eq!(long.chars().count(), NAME_CHARS_MAX);
    assert!(long.ends_with("ễ.pdf"));
}

#[test]
fn empty_too_large_and_other_kinds_are_refused_and_leave_nothing() {
    run(async {
        let test = TestHouse::with_rules(|rules| rules.file_bytes_max = 2 << 20);
        assert_eq!(keys(incoming(&test, b"").await.finish("a.pdf", "giay", None).await), ["gap-file-empty"]);
        let Err(AppError::Invalid(found)) = incoming(&test, b"MZ program").await.finish("a.pdf", "giay", None).await
        else {
            panic!()
        };
        assert_eq!(found[0].key, "gap-file-kind");
        assert!(found[0].args.contains(&("kinds", "PDF, JPG, PNG, DOCX, XLSX".to_owned())));
        let mut large = begin(&test.house, u64::MAX).unwrap();
        large.write(PDF).await.unwrap();
        let Err(AppError::Invalid(found)) = large.write(&vec![0; 2 << 20]).await else { panic!() };
        assert_eq!((found[0].key, found[0].args.clone()), ("gap-file-too-large", vec![("max_mib", "2".to_owned())]));
        assert!(large.write(b"more").await.is_err() && large.finish("a.pdf", "giay", None).await.is_err());
        drop(incoming(&test, PDF).await);
        for _ in 0..100 {
            if kept(&test) == 0 {
                break;
            }
            tokio::task::spawn_blocking(|| {}).await.unwrap();
        }
        assert_eq!(kept(&test), 0);
    });
}

#[test]
fn a_draft_takes_files_of_its_owner_up_to_the_limits() {
    run(async {
        let test = TestHouse::with_rules(|rules| {
            rules.files_max = 2;
            rules.dossier_bytes_max = 5_000;
        });
        let draft = test.draft().await;
        let attach = async |person: PersonId, bytes: &[u8]| {
            attach_to_draft(&test.house, person, draft, "giay", "a.pdf", incoming(&test, bytes).await).await
        };
        assert!(matches!(attach(staff_id("tiep.nhan"), PDF).await, Err(AppError::NotFound)));
        assert_eq!(keys(attach(citizen_id(), &[PDF, &[0; 5_000]].concat()).await), ["gap-files-too-large"]);
        let first = attach(citizen_id(), PDF).await.unwrap();
        let docx = zip_of(&["[Content_Types].xml", "word/document.xml"]);
        let second = attach(citizen_id(), &docx).await.unwrap();
        assert_eq!(second.name, "a.pdf.docx");
        assert_eq!(keys(attach(citizen_id(), PDF).await), ["gap-files-too-many"]);
        let remove = |person, id| remove_from_draft(&test.house, person, draft, id);
        assert!(matches!(remove(staff_id("tiep.nhan"), first.id).await, Err(AppError::NotFound)));
        remove(citizen_id(), first.id).await.unwrap();
        assert!(matches!(remove(citizen_id(), first.id).await, Err(AppError::NotFound)));
        assert_eq!(kept(&test), 1, "the bytes are gone with the row");
        attach(citizen_id(), PDF).await.unwrap();
        let there = test.house.db.read_now(|tx| drafts::documents_of_draft(tx, draft)).unwrap();
        assert_eq!(there.len(), 2);
    });
}

#[test]
fn a_file_of_a_draft_is_the_citizens_alone() {
    run(async {
        let test = TestHouse::new();
        let draft = test.draft().await;
        let file = incoming(&test, PDF).await;
        let document = attach_to_draft(&test.house, citizen_id(), draft, "giay", "a.pdf", file).await.unwrap();
        let found = open(&test.house, &Actor::Citizen(citizen_id()), document.id).await.unwrap();
        assert_eq!(found.document, document);
        assert_eq!(found.whole().await.unwrap(), PDF);
        let other = PersonId::from_uuid(Uuid::from_u128(999));
        for actor in [Actor::Citizen(other), Actor::Staff(staff_id("tiep.nhan")), Actor::Timer] {
            assert!(matches!(open(&test.house, &actor, document.id).await, Err(AppError::NotFound)), "{actor:?}");
        }
        let nothing = DocumentId::from_uuid(Uuid::nil());
        assert!(matches!(open(&test.house, &Actor::Citizen(citizen_id()), nothing).await, Err(AppError::NotFound)));
    });
}

#[test]
fn a_file_of_a_dossier_is_read_by_task_or_with_a_reason_of_today() {
    run(async {
        let test = TestHouse::with_catalogue();
        let document = incoming(&test, PDF).await.finish("a.pdf", "giay", Some(citizen_id())).await.unwrap();
        let filed = test
            .file_online(|plan| {
                plan.filing.papers = vec![paper(&document)];
                plan.documents = vec![document.clone()];
            })
            .await;
        let read = async |actor: &Actor| open(&test.house, actor, document.id).await;
        assert!(read(&Actor::Citizen(citizen_id())).await.is_ok());
        assert!(read(&Actor::Staff(staff_id("tiep.nhan"))).await.is_ok());
        let other = Actor::Citizen(PersonId::from_uuid(Uuid::from_u128(999)));
        assert!(matches!(read(&other).await, Err(AppError::NotFound)));
        assert!(
            matches!(read(&Actor::Staff(other.person().unwrap())).await, Err(AppError::Forbidden)),
            "no post at all"
        );
        for login in ["nguoi.la", "kiem.soat"] {
            let actor = Actor::Staff(staff_id(login));
            assert!(matches!(read(&actor).await, Err(AppError::ReasonNeeded)), "{login}");
            let reason = "Trả lời kiến nghị của công dân";
            crate::dossiers::give_reason(&test.house, staff_id(login), &filed.code, reason).await.unwrap();
            assert!(read(&actor).await.is_ok(), "{login}");
            test.later(8 * 3_600);
            assert!(read(&actor).await.is_ok(), "{login}");
            test.later(1);
            assert!(matches!(read(&actor).await, Err(AppError::ReasonNeeded)), "{login}");
        }
    });
}

#[test]
fn papers_asked_for_are_put_with_the_dossier_and_the_offices_drafts_stay_inside() {
    run(async {
        let test = TestHouse::with_catalogue();
        let filed = test.file_online(|_| {}).await;
        let attach = async |actor: Actor, bytes: &[u8]| {
            let file = incoming(&test, bytes).await;
            attach_to_dossier(&test.house, &actor, filed.id, "giay", "a.pdf", file).await
        };
        let citizen = Actor::Citizen(citizen_id());
        assert!(matches!(attach(citizen.clone(), PDF).await, Err(AppError::NotFound)), "nothing is asked");
        test.ask_for_papers(&filed).await;
        let supplied = attach(citizen.clone(), PDF).await.unwrap();
        assert!(open(&test.house, &citizen, supplied.id).await.is_ok());
        let inside = attach(Actor::Staff(staff_id("tiep.nhan")), PDF).await.unwrap();
        assert!(matches!(open(&test.house, &citizen, inside.id).await, Err(AppError::NotFound)));
        assert!(matches!(attach(Actor::Staff(staff_id("nguoi.la")), PDF).await, Err(AppError::Forbidden)));
        let other = Actor::Citizen(PersonId::from_uuid(Uuid::from_u128(999)));
        assert!(matches!(attach(other, PDF).await, Err(AppError::NotFound)));
    });
}

#[test]
fn the_sweep_takes_old_files_without_a_row_only() {
    run(async {
        let test = TestHouse::new();
        let draft = test.draft().await;
        let named = incoming(&test, PDF).await;
        attach_to_draft(&test.house, citizen_id(), draft, "giay", "a.pdf", named).await.unwrap();
        incoming(&test, PDF).await.finish("b.pdf", "giay", None).await.unwrap();
        assert_eq!(
            sweep_orphans(&test.house).await.unwrap(),
            0,
            "younger than a day, whatever the house's clock shows"
        );
        assert_eq!(sweep_older_than(&test.house, Instant::from_micros(i64::MAX)).await.unwrap(), 1);
        assert_eq!(kept(&test), 1);
    });
}

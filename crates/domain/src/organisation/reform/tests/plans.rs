//! What plans do with people and procedures, and the conflicts somebody must settle first.

use super::*;
use crate::dossier::{Owner, Status};
use crate::ids::DossierId;
use crate::organisation::{Mandates, Places};

const HEAD: &str = r#"
schema = "motcua.reform/1"
id = "thu"
title = "Thử"
instrument = "Nghị quyết"
number = "12/NQ-HĐND"
signed_on = "2024-12-10"
effective_at = "2025-01-01T00:00"
"#;
const TAIL: &str = r#"
[provenance]
invented = ["everything"]

[[unit]]
key = "moi"
name = "Phường Mới"
level = "ward"
standing = "authority"
parent = "quan-le-chan"
"#;

fn merger(more: &str) -> String {
    format!(
        "{HEAD}ends = [\"phuong-cat-dai\", \"phuong-lam-son\"]\n{TAIL}\n[[edge]]\nfrom = [\"phuong-cat-dai\", \"phuong-lam-son\"]\nto = \
         \"moi\"\nextent = \"whole\"\n{more}"
    )
}

struct Case {
    organisation: Organisation,
    mandates: Vec<Mandate>,
    plan: Reorganisation,
}

fn case(more: &str, mandates: impl FnOnce(&Organisation) -> Vec<Mandate>) -> Case {
    let (organisation, mut ids) = le_chan_in_2024();
    let around = Surroundings {
        organisation: &organisation,
        plans: &[],
        person: &|login| (login == "an.mau").then(|| person(1)),
        now: moment("2024-12-12T09:00"),
    };
    let plan = Plan::read("thu.toml", &merger(more)).unwrap().check(A, &around, &mut || ids.unit()).unwrap();
    let mandates = mandates(&organisation);
    Case { organisation, mandates, plan }
}

fn consequences(case: &Case, dossiers: &[OpenDossier], catalogue: &[CatalogueEntry]) -> Consequences {
    let held = Mandates::new(case.mandates.clone());
    let world = World {
        organisation: &case.organisation,
        mandates: &held,
        dossiers,
        sessions: &[(person(1), moment("2024-12-31T17:00"))],
        series: &[],
        catalogue,
        named: &[],
        plans: &[],
    };
    Consequences::of(&case.plan, &world).unwrap()
}

fn holds(person: PersonId, unit: UnitId, post: Post) -> Mandate {
    Mandate { person, unit, post, from: date(2024, 1, 1), until: None }
}

fn old(organisation: &Organisation, key: &str) -> UnitId {
    key_of(organisation, key, date(2024, 12, 31)).unwrap()
}

fn waiting(case: &Case, post: Post) -> OpenDossier {
    let unit = old(&case.organisation, "phuong-cat-dai");
    let owner = Owner { unit, post, person: Some(person(1)) };
    OpenDossier {
        id: DossierId::from_uuid(Uuid::from_u128(5)),
        status: Status::InProgress,
        places: Places { competent: unit, owner, desk: unit, collect: unit, received_by: unit, reform: None },
        address: String::new(),
        owed_vnd: 0,
        paid_vnd: 20_000,
        papers: 0,
        asked: None,
        is_told: true,
    }
}

#[test]
fn a_person_no_line_names_loses_the_right_and_is_a_conflict() {
    let one =
        |organisation: &Organisation| vec![holds(person(1), old(organisation, "phuong-cat-dai"), Post::Specialist)];
    let case = case("", one);
    let found = consequences(&case, &[], &[]);
    let unit = old(&case.organisation, "phuong-cat-dai");
    assert!(found.conflicts.contains(&Conflict::PersonLeaves { person: person(1), unit }));
    assert_eq!((found.mandates.ended.len(), found.mandates.begun.len()), (1, 0));
    assert_eq!(found.total(&Matter::Sessions), 1, "and the session ends with it");
}

#[test]
fn the_closest_line_decides_where_somebody_works() {
    let both = |organisation: &Organisation| {
        let cat_dai = old(organisation, "phuong-cat-dai");
        vec![holds(person(1), cat_dai, Post::Specialist), holds(person(2), cat_dai, Post::Head)]
    };
    let lines = "[[staff]]\nfrom = [\"phuong-cat-dai\"]\nto = \"moi\"\n\n[[staff]]\nfrom = [\"phuong-cat-dai\"]\npost = \"head\"\nto = \
                 \"moi\"\nas = \"specialist\"\n\n[[staff]]\nfrom = [\"phuong-cat-dai\"]\nperson = \"an.mau\"\nto = \"quan-le-chan\"\nas = \
                 \"reception\"\n";
    let case = case(lines, both);
    let found = consequences(&case, &[], &[]);
    let new = case.plan.begins[0].0;
    let district = old(&case.organisation, "quan-le-chan");
    let begun: Vec<_> = found.mandates.begun.iter().map(|it| (it.person, it.unit, it.post)).collect();
    assert_eq!(begun, [(person(1), district, Post::Reception), (person(2), new, Post::Specialist)]);
}

#[test]
fn somebody_in_two_units_and_a_post_nobody_holds_are_settled_first() {
    let held = |organisation: &Organisation| {
        let cat_dai = old(organisation, "phuong-cat-dai");
        let other = old(organisation, "phuong-vinh-niem");
        vec![
            holds(person(1), cat_dai, Post::Head),
            holds(person(1), other, Post::Head),
            holds(person(2), cat_dai, Post::Clerk),
        ]
    };
    let lines = "[[staff]]\nfrom = [\"phuong-cat-dai\"]\npost = \"head\"\nto = \"moi\"\n";
    let open = case(lines, held);
    let found = consequences(&open, &[waiting(&open, Post::Specialist)], &[]);
    let new = open.plan.begins[0].0;
    let twice = found.conflicts.iter().any(
        |it| matches!(it, Conflict::PersonInUnits { person: who, units } if *who == person(1) && units.len() == 2),
    );
    assert!(twice, "{:?}", found.conflicts);
    assert!(found.conflicts.contains(&Conflict::PostOpen { unit: new, post: Post::Clerk, dossiers: 0 }));
    assert!(found.conflicts.contains(&Conflict::PostOpen { unit: new, post: Post::Specialist, dossiers: 1 }));
    let [transfer] = found.transfers.as_slice() else { panic!("{:?}", found.transfers) };
    assert_eq!((transfer.to.owner.post, transfer.to.owner.person), (Post::Head, Some(person(1))));
    assert!(transfer.fell_to_head && found.total(&Matter::FellToHead) == 1);
    let settled = "\n[[settled]]\nwhat = \"person_in_units\"\nperson = \"an.mau\"\nreason = \"Kiêm nhiệm đến 31/3\"\n\n[[settled]]\nwhat = \
                   \"post_open\"\nunit = \"moi\"\npost = \"clerk\"\nreason = \"Đang tuyển\"\n";
    let found = consequences(&case(&format!("{lines}{settled}"), held), &[], &[]);
    assert!(!found.conflicts.iter().any(|it| matches!(it, Conflict::PersonInUnits { .. })));
    assert!(!found.conflicts.iter().any(|it| matches!(it, Conflict::PostOpen { post: Post::Clerk, .. })));
}

#[test]
fn two_workflows_of_one_procedure_are_settled_first() {
    let entry = |procedure: &str, workflow: &str, level: &str| {
        let procedure: crate::procedure::ProcedureId = procedure.parse().unwrap();
        CatalogueEntry {
            revision: procedure.revision(1),
            procedure,
            workflow: workflow.to_owned(),
            competent: vec![("post-2025-07".to_owned(), level.to_owned())],
        }
    };
    let catalogue = [
        entry("cai-chinh@district", "one", "ward"),
        entry("cai-chinh@ward", "other", "ward"),
        entry("khai-sinh@district", "same", "ward"),
        entry("khai-sinh@ward", "same", "ward"),
        entry("ho-kinh-doanh@district", "one", "ward"),
        entry("dat-dai@district", "one", "province"),
        entry("chung-thuc@ward", "one", "ward"),
    ];
    let offer = "\n[[offer]]\nunit = \"moi\"\nfrom = [\"quan-le-chan\", \"phuong-cat-dai\"]\n";
    let with_era = |more: &str| {
        let mut case = case(&format!("{offer}{more}"), |_| Vec::new());
        case.plan.era = Some("post-2025-07".to_owned());
        consequences(&case, &[], &catalogue)
    };
    let found = with_era("");
    let conflicts: Vec<&Conflict> = found.conflicts.iter().collect();
    let [Conflict::TwoWorkflows { one, other }] = conflicts.as_slice() else { panic!("{:?}", found.conflicts) };
    assert_eq!((one.to_string(), other.to_string()), ("cai-chinh@district".to_owned(), "cai-chinh@ward".to_owned()));
    let cloned = |found: &Consequences| found.clones.iter().map(|it| it.to.to_string()).collect::<Vec<_>>();
    assert_eq!(cloned(&found), ["ho-kinh-doanh@ward"]);
    assert_eq!((found.total(&Matter::RevisionsCloned), found.total(&Matter::ProceduresLeaving)), (1, 1));
    let kept = |keep: &str| {
        with_era(&format!("\n[[settled]]\nwhat = \"workflow\"\nkeep = \"{keep}\"\nreason = \"Thống nhất\"\n"))
    };
    assert!(kept("cai-chinh@ward").conflicts.is_empty());
    assert_eq!(cloned(&kept("cai-chinh@ward")), ["ho-kinh-doanh@ward"]);
    assert_eq!(cloned(&kept("cai-chinh@district")), ["cai-chinh@ward", "ho-kinh-doanh@ward"]);
}

/// A unit that stands on and only gives a part away keeps what no rule takes.
#[test]
fn a_part_given_away_leaves_the_rest_where_it_is() {
    let (organisation, mut ids) = le_chan_in_2024();
    let text = format!(
        "{HEAD}{TAIL}\n[[edge]]\nfrom = [\"phuong-vinh-niem\"]\nto = \"moi\"\nextent = \"part\"\n\n[[territory]]\nfrom = \
         [\"phuong-vinh-niem\"]\nto = \"moi\"\nstreets = [\"Thiên Lôi\"]\n"
    );
    let plan = checked(&text, A, &organisation, &mut ids).unwrap();
    let held = Mandates::default();
    let router = Router::new(&plan, &organisation, &held).unwrap();
    let unit = old(&organisation, "phuong-vinh-niem");
    let owner = Owner { unit, post: Post::Specialist, person: None };
    let places = Places { competent: unit, owner, desk: unit, collect: unit, received_by: unit, reform: None };
    let id = DossierId::from_uuid(Uuid::from_u128(5));
    assert_eq!(router.transfer(id, places, "12 Hồ Sen"), None);
    let moved = router.transfer(id, places, "387 Thiên Lôi").unwrap();
    assert_eq!((moved.to.competent, moved.needs_routing), (plan.begins[0].0, false));
}

/// What a plan did is taken back whole: units, rights and every dossier.
#[test]
fn a_plan_is_taken_back_whole() {
    let (before, mut ids) = le_chan_in_2024();
    let plan = checked(REFORM_A, A, &before, &mut ids).unwrap();
    let held = Mandates::new(staffed(&before));
    let made = Router::new(&plan, &before, &held).unwrap().mandates().clone();
    let mut after = carried_out(&before, &plan);
    let on = date(2025, 1, 2);
    let back = Compensation { id: B, instrument: "Nghị quyết 13/NQ-HĐND".into(), of: &plan, on };
    for (unit, event) in back.unit_events(&before) {
        after.apply(unit, &event).unwrap();
    }
    let standing = |it: &Organisation, day| it.standing_on(day).map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(standing(&after, on), standing(&before, date(2024, 12, 31)));
    assert_eq!(after.heir_of(plan.ends[0]), plan.ends[0]);
    assert!(!after.find_unit(plan.ends[0]).unwrap().stands_on(date(2025, 1, 1)), "it did not stand between");
    let restored = back.mandates(&made).applied_to(&made.applied_to(&held, date(2025, 1, 1)), on);
    for it in held.all() {
        assert!(restored.holds(it.person, it.unit, it.post, on));
    }
    assert_eq!(restored.all().iter().filter(|it| it.holds_on(on)).count(), held.all().len());
    let mut later = plan.clone();
    (later.id, later.ends) = (B, vec![plan.begins[0].0]);
    assert_eq!(back.stands_alone(std::slice::from_ref(&plan)), Ok(()));
    assert!(matches!(
        Compensation { id: ReformId::from_uuid(Uuid::from_u128(9)), ..back.clone() }
            .stands_alone(&[plan.clone(), later]),
        Err(UndoRefusal::LaterPlan { .. })
    ));
}

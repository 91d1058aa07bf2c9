//! The two reforms Lê Chân lived through, from the files that ship. Căn cứ: NQ 1232/NQ-UBTVQH15; NQ 1669/NQ-UBTVQH15.

use super::*;
use crate::dossier::{Owner, Status};
use crate::ids::DossierId;
use crate::organisation::{Extent, Mandates, Places, Succession};

fn after_a() -> (Organisation, Reorganisation, Organisation, Minted) {
    let (before, mut ids) = le_chan_in_2024();
    let plan = checked(REFORM_A, A, &before, &mut ids).unwrap();
    let after = carried_out(&before, &plan);
    (before, plan, after, ids)
}

fn wards(organisation: &Organisation, on: jiff::civil::Date) -> usize {
    organisation.standing_on(on).filter(|(_, it)| it.level == "ward").count()
}

#[test]
fn fifteen_wards_become_seven() {
    let (before, plan, after, _) = after_a();
    let (eve, on) = (date(2024, 12, 31), date(2025, 1, 1));
    // Two wards of quận Ngô Quyền are known beside those of Lê Chân.
    assert_eq!((wards(&before, eve), wards(&after, eve), wards(&after, on)), (17, 17, 9));
    assert_eq!((plan.ends.len(), plan.begins.len(), plan.instrument.as_str()), (12, 4, "Nghị quyết 1232/NQ-UBTVQH15"));
    let old = key_of(&after, "phuong-an-bien", eve).unwrap();
    let new = key_of(&after, "phuong-an-bien", on).unwrap();
    assert_ne!(old, new, "a merged unit is always new, also where it keeps name and code");
    assert_eq!(after.name_on(old, on), after.name_on(new, on));
    assert_eq!(after.successors_of(old, on), [Succession { unit: new, extent: Extent::Whole }]);
    let came: Vec<&str> = after.predecessors_of(new, on).iter().map(|it| after.name_on(it.unit, eve)).collect();
    assert_eq!(came, ["Phường An Biên", "Phường Cát Dài", "Phường Lam Sơn"]);
    let stays = key_of(&after, "phuong-vinh-niem", on);
    assert_eq!(key_of(&before, "phuong-vinh-niem", eve), stays, "what does not merge is the same unit");
}

#[test]
fn the_district_ends_and_its_codes_mean_other_ground() {
    let (_, _, between, mut ids) = after_a();
    let plan = checked(REFORM_B, B, &between, &mut ids).unwrap();
    let after = carried_out(&between, &plan);
    let (eve, on) = (date(2025, 6, 30), date(2025, 7, 1));
    let standing: Vec<&str> = after.standing_on(on).map(|(_, it)| it.name.as_str()).collect();
    assert_eq!(standing, ["Phường Lê Chân", "Phường An Biên", "Phường Gia Viên"]);
    for (code, old, new) in
        [("11383", "Phường Trần Nguyên Hãn", "Phường Lê Chân"), ("11407", "Phường Vĩnh Niệm", "Phường An Biên")]
    {
        let called = |day| after.unit_by_code("gso", code, day).map(|unit| after.name_on(unit, day));
        assert_eq!((called(eve), called(on)), (Some(old), Some(new)), "{code}");
    }
    assert!(plan.invented.iter().any(|it| it.contains("Bảng chia địa bàn")), "what is made up says so");
    // Through two reforms: what was phường Cát Dài lies in both new wards, and by default in An Biên.
    let cat_dai = key_of(&after, "phuong-cat-dai", date(2024, 12, 31)).unwrap();
    let heirs: Vec<(&str, Extent)> =
        after.successors_of(cat_dai, on).iter().map(|it| (after.name_on(it.unit, on), it.extent)).collect();
    assert_eq!(heirs, [("Phường Lê Chân", Extent::Part), ("Phường An Biên", Extent::DefaultPart)]);
    assert_eq!(after.name_on(after.heir_of(cat_dai), on), "Phường An Biên");
    // It became the An Biên of January first: the wards of today came on 1 July.
    let of_january = key_of(&after, "phuong-an-bien", eve).unwrap();
    assert_eq!(after.came_to(cat_dai, of_january), Some(date(2025, 1, 1)));
    assert_eq!(after.came_to(cat_dai, after.heir_of(cat_dai)), Some(on));
    assert_eq!(after.came_to(of_january, cat_dai), None);
}

fn dossier(number: u128, competent: UnitId, owner: Owner, desk: UnitId, address: &str) -> OpenDossier {
    OpenDossier {
        id: DossierId::from_uuid(Uuid::from_u128(number)),
        status: Status::InProgress,
        places: Places { competent, owner, desk, collect: desk, received_by: desk, reform: None },
        address: address.to_owned(),
        owed_vnd: 8_000,
        paid_vnd: 0,
        papers: 2,
        asked: None,
        is_told: true,
    }
}

#[test]
fn a_subject_goes_where_it_lives() {
    let (_, _, between, mut ids) = after_a();
    let mandates = staffed(&le_chan_in_2024().0);
    let plan = checked(REFORM_B, B, &between, &mut ids).unwrap();
    let eve = date(2025, 6, 30);
    let district = key_of(&between, "quan-le-chan", eve).unwrap();
    let division = key_of(&between, "phong-tu-phap", eve).unwrap();
    let ward = key_of(&between, "phuong-an-bien", eve).unwrap();
    let specialist = |unit| Owner { unit, post: Post::Specialist, person: None };
    let mut dossiers = Vec::new();
    for (nth, address) in [
        "12 phố Mẫu Đông An Biên, phường An Biên",
        "Tổ dân phố 7, phường Cát Dài, quận Lê Chân",
        "Số 3 đường không ai biết",
        "12 Mẫu Đông An Biên, tổ 7, phường An Biên",
    ]
    .into_iter()
    .enumerate()
    {
        dossiers.push(dossier(nth as u128, ward, specialist(ward), ward, address));
    }
    dossiers.push(dossier(50, division, specialist(division), district, "5 phố Mẫu, phường Nghĩa Xá, quận Lê Chân"));
    dossiers.push(dossier(51, division, specialist(division), district, "5 phố Mẫu, phường Trại Cau"));
    let held = Mandates::new(mandates);
    let world = World {
        organisation: &between,
        mandates: &held,
        dossiers: &dossiers,
        sessions: &[],
        series: &[],
        catalogue: &[],
        named: &[Named { what: "ticket".to_owned(), unit: ward, count: 3 }],
        plans: &[],
    };
    let found = Consequences::of(&plan, &world).unwrap();
    let after = carried_out(&between, &plan);
    let on = date(2025, 7, 1);
    let went: Vec<(&str, bool)> =
        found.transfers.iter().map(|it| (after.name_on(it.to.competent, on), it.needs_routing)).collect();
    assert_eq!(
        went,
        [
            ("Phường Lê Chân", false),
            ("Phường An Biên", false),
            ("Phường An Biên", true),
            // The group and its ward together are closer than the street alone.
            ("Phường An Biên", false),
            ("Phường An Biên", false),
            ("Phường Lê Chân", false),
        ]
    );
    for transfer in &found.transfers {
        let to = transfer.to;
        assert_eq!((to.desk, to.collect, to.owner.unit), (to.competent, to.competent, to.competent), "one address");
        assert_eq!((to.owner.post, transfer.fell_to_head), (Post::Specialist, false));
    }
    assert_eq!(found.total(&Matter::Dossiers(4)), 6);
    assert_eq!((found.total(&Matter::ShelfPapers), found.total(&Matter::UnpaidFees)), (12, 6));
    assert_eq!((found.total(&Matter::NeedsRouting), found.total(&Matter::Other("ticket".to_owned()))), (1, 3));
    assert_eq!(found.total(&Matter::SeriesOpened), 3);
}

#[test]
fn nobody_keeps_a_right_and_everybody_named_is_given_a_new_one() {
    let (before, mut ids) = le_chan_in_2024();
    let plan = checked(REFORM_A, A, &before, &mut ids).unwrap();
    let held = Mandates::new(staffed(&before));
    let router = Router::new(&plan, &before, &held).unwrap();
    let made = router.mandates();
    assert_eq!((made.ended.len(), made.begun.len()), (72, 72), "six posts of twelve wards");
    let after = made.applied_to(&held, date(2025, 1, 1));
    for it in &made.ended {
        assert!(!after.holds(it.person, it.unit, it.post, date(2025, 1, 1)), "nobody acts for a unit that ended");
        assert!(after.holds(it.person, it.unit, it.post, date(2024, 12, 31)), "and until then they did");
    }
    let an_bien = plan.begins[0].0;
    assert_eq!(router.holders_after(an_bien, Post::Leader).len(), 3);
}

/// A house founded from the units of January 2025 has no neighbours: what is missing is said once, with what to do.
#[test]
fn a_house_without_the_neighbours_is_told_which_units_it_lacks() {
    let units = read_units("units.toml", include_str!("../../../../../../catalogue/units/le-chan-2025-01-01.toml"));
    let mut ids = Minted(1_000);
    let organisation = founded(&units.unwrap(), &mut ids);
    let problems = checked(REFORM_B, B, &organisation, &mut ids).unwrap_err();
    let first = problems.first().unwrap();
    assert_eq!(
        (first.field.as_str(), first.found.as_str()),
        ("units", "phuong-cau-dat, phuong-lach-tray, quan-ngo-quyen")
    );
    assert!(first.expected.contains("motcua import units"), "{first:?}");
    assert_eq!(problems.iter().filter(|it| it.field == "units").count(), 1);
}

/// Who decides about a plan is the control officer of the lowest unit above all it touches.
#[test]
fn a_plan_is_decided_by_whoever_stands_above_all_it_touches() {
    let (organisation, mut ids) = le_chan_in_2024();
    let before = date(2024, 12, 31);
    let [district, ward, other] =
        ["quan-le-chan", "phuong-an-bien", "quan-ngo-quyen"].map(|key| key_of(&organisation, key, before).unwrap());
    let of_wards = checked(REFORM_A, A, &organisation, &mut ids).unwrap();
    assert_eq!(of_wards.decided_by(&organisation), Some(district));
    let after = carried_out(&organisation, &of_wards);
    let of_districts = checked(REFORM_B, B, &after, &mut ids).unwrap();
    assert_eq!(of_districts.decided_by(&after), Some(district), "most of it lies there, and nobody stands above both");
    let officer = |number, unit, until| Mandate {
        person: person(number),
        unit,
        post: Post::ControlOfficer,
        from: date(2024, 12, 1),
        until,
    };
    let new = of_districts.begins[0].0;
    let ended = Some(date(2025, 7, 1));
    let held = Mandates::new(vec![
        officer(1, district, ended),
        Mandate { from: date(2025, 7, 1), ..officer(1, new, None) },
        officer(2, ward, None),
        officer(3, other, None),
    ]);
    let decides = |plan: &Reorganisation, who, on| plan.is_decided_by(person(who), &after, &held, on);
    let (then, later) = (date(2025, 6, 20), date(2025, 7, 2));
    assert_eq!([1, 2, 3].map(|who| decides(&of_wards, who, then)), [true, false, false]);
    assert_eq!([1, 2, 3].map(|who| decides(&of_districts, who, then)), [true, false, false]);
    assert!(decides(&of_districts, 1, later), "who began it takes it back, though the district has ended");
    assert!(!decides(&of_districts, 3, later));
}

#[test]
fn a_post_the_plan_gives_its_author_is_noticed() {
    let (organisation, mut ids) = le_chan_in_2024();
    let plan = checked(REFORM_A, A, &organisation, &mut ids).unwrap();
    let ward = key_of(&organisation, "phuong-an-bien", date(2024, 12, 31)).unwrap();
    let new = plan.begins[0].0;
    let at = |unit, post, from| Mandate { person: person(1), unit, post, from, until: None };
    let held = Mandates::new(vec![at(ward, Post::ControlOfficer, date(2024, 12, 1))]);
    let grants = |post| MandateChanges { ended: Vec::new(), begun: vec![at(new, post, date(2025, 1, 1))] };
    assert_eq!(plan.favours(person(1), &grants(Post::ControlOfficer), &held), None);
    assert_eq!(plan.favours(person(1), &grants(Post::Leader), &held), Some(Post::Leader));
    assert_eq!(plan.favours(person(2), &grants(Post::Leader), &held), None);
}

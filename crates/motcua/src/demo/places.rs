//! The places of the demo that it treats by name, by their keys in `catalogue/units/`.

/// The district whose quarter it is.
pub const DISTRICT: &str = "quan-le-chan";
/// The wards of quận Ngô Quyền of which a part came to phường Lê Chân on 1 July 2025.
pub const NEIGHBOURS: [&str; 2] = ["phuong-cau-dat", "phuong-lach-tray"];
/// A ward of a ward that is split on 1 July 2025: of somebody there who names no group, no rule says where they belong.
pub const UNSAID_WARD: &str = "phuong-cat-dai";
/// The wards that gave their name to those of 1 January 2025, or stayed: they have a full staff, the others a smaller one.
pub const NAMED_ON: [&str; 7] = [
    "phuong-an-bien",
    "phuong-tran-nguyen-han",
    "phuong-hang-kenh",
    "phuong-an-duong",
    "phuong-du-hang-kenh",
    "phuong-kenh-duong",
    "phuong-vinh-niem",
];
/// The ward whose name there is again, of another ward, from 1 July 2025.
pub const AGAIN: &str = "phuong-an-bien";

//! QR codes as drawings.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// A QR code that says `text`, as a whole `<svg>` for a page; empty where the text is too long for one.
pub fn svg(text: &str, label: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return String::new() };
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(120, 120).quiet_zone(true).build();
    let Some(start) = drawn.find("<svg") else { return String::new() };
    let label = label.replace(['&', '<', '>', '"'], " ");
    drawn.get(start..).unwrap_or_default().replacen(
        "<svg",
        &format!("<svg class=\"qr\" role=\"img\" aria-label=\"{label}\""),
        1,
    )
}

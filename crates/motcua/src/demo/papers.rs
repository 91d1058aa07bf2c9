//! Files for the demo, made here: a page that says that it is a sample.

/// A small valid PDF with one line of ASCII text.
pub fn sample_pdf(line: &str) -> Vec<u8> {
    let plain: String = line.chars().filter(|it| it.is_ascii_alphanumeric() || *it == ' ' || *it == '-').collect();
    let drawn =
        format!("BT /F1 20 Tf 60 760 Td ({plain}) Tj 0 -30 Td (Ban trinh dien - khong co gia tri phap ly) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut text = "%PDF-1.4\n".to_owned();
    let mut places = String::new();
    for (number, object) in (1..).zip(&objects) {
        places.push_str(&format!("{:010} 00000 n \n", text.len()));
        text.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (count, table) = (objects.len() + 1, text.len());
    text.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n{places}"));
    text.push_str(&format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"));
    text.into_bytes()
}

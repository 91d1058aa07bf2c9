//! The forms of a page as a browser sees them: every field with its kind, what it holds and what it offers.

use std::collections::BTreeMap;

/// How somebody answers a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nobody sees it.
    Hidden,
    /// One line.
    Line,
    /// One line nobody may read over a shoulder.
    Secret,
    /// Several lines.
    Lines,
    /// One of a list: the first where none is held.
    Select,
    /// One of several buttons, or none.
    Radio,
    /// Any of several.
    Ticks,
    /// A file.
    File,
}

/// One field; radio buttons and boxes of one name are one field.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub kind: Kind,
    /// What it holds.
    pub held: Vec<String>,
    /// What it offers.
    pub offered: Vec<String>,
    pub is_required: bool,
    /// Digits are asked for.
    pub is_number: bool,
}

/// A button that sends the form.
#[derive(Clone, Debug, Default)]
pub struct Button {
    pub name: String,
    pub value: String,
    /// Where it sends the form, where not to the form's own address.
    pub action: String,
}

/// A form that is posted.
#[derive(Clone, Debug)]
pub struct PageForm {
    id: String,
    pub action: String,
    pub has_files: bool,
    pub fields: Vec<Field>,
    /// At least one: a form without any is sent by its only box.
    pub buttons: Vec<Button>,
}

impl PageForm {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|it| it.name == name)
    }

    /// The value of a field as it is held; empty where there is none.
    pub fn held(&self, name: &str) -> &str {
        self.field(name).and_then(|it| it.held.first()).map_or("", String::as_str)
    }
}

type Attributes = BTreeMap<String, String>;

struct Tag<'a> {
    name: &'a str,
    attributes: Attributes,
    /// The text up to the next tag.
    text: &'a str,
}

impl Tag<'_> {
    fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }

    fn get(&self, name: &str) -> String {
        self.attributes.get(name).cloned().unwrap_or_default()
    }
}

/// The tags that are read; all others are passed over.
const READ: [&str; 9] = ["a", "form", "/form", "input", "textarea", "select", "/select", "option", "button"];

/// Undoes the escapes of a page.
fn unescaped(text: &str) -> String {
    let signs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">")];
    let text = signs.iter().fold(text.to_owned(), |text, (escaped, sign)| text.replace(escaped, sign));
    text.replace("&quot;", "\"").replace("&#38;", "&").replace("&amp;", "&")
}

fn attributes(mut rest: &str) -> Attributes {
    let mut found = Attributes::new();
    loop {
        rest = rest.trim_start_matches(|it: char| it.is_whitespace() || it == '/');
        let end = rest.find(|it: char| it.is_whitespace() || it == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() {
            return found;
        }
        rest = after;
        let mut value = String::new();
        if let Some(quoted) = after.strip_prefix("=\"") {
            let close = quoted.find('"').unwrap_or(quoted.len());
            value = unescaped(&quoted[..close]);
            rest = quoted.get(close + 1..).unwrap_or("");
        }
        found.insert(name.to_owned(), value);
    }
}

/// Where the tag that begins here ends: a `>` between quotes does not count.
fn tag_end(text: &str) -> usize {
    let mut is_quoted = false;
    for (place, sign) in text.char_indices() {
        match sign {
            '"' => is_quoted = !is_quoted,
            '>' if !is_quoted => return place,
            _ => {}
        }
    }
    text.len()
}

fn tags(body: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut rest = body;
    while let Some(start) = rest.find('<') {
        let inside = &rest[start + 1..];
        let end = tag_end(inside);
        let (head, after) = (&inside[..end], inside.get(end + 1..).unwrap_or(""));
        let name_end = head.find(char::is_whitespace).unwrap_or(head.len());
        let text = &after[..after.find('<').unwrap_or(after.len())];
        let name = &head[..name_end];
        if READ.contains(&name) {
            found.push(Tag { name, attributes: attributes(&head[name_end..]), text });
        }
        rest = after;
    }
    found
}

/// Every form of the page that is posted.
pub fn page_forms(body: &str) -> Vec<PageForm> {
    let tags = tags(body);
    let mut forms = Vec::new();
    for tag in tags.iter().filter(|it| it.name == "form" && it.get("method") == "post") {
        forms.push(PageForm {
            id: tag.get("id"),
            action: tag.get("action"),
            has_files: tag.get("enctype") == "multipart/form-data",
            fields: Vec::new(),
            buttons: Vec::new(),
        });
    }
    let (mut next, mut inside) = (0, None);
    let mut select: Option<(usize, String)> = None;
    for tag in &tags {
        match tag.name {
            "form" if tag.get("method") == "post" => {
                inside = Some(next);
                next += 1;
            }
            "form" | "/form" => inside = None,
            "option" => {
                let Some((place, name)) = &select else { continue };
                let form: &mut PageForm = &mut forms[*place];
                let value = if tag.has("value") { tag.get("value") } else { unescaped(tag.text.trim()) };
                put(form, name, Kind::Select, tag, (Some(value), tag.has("selected")));
            }
            "input" | "textarea" | "select" | "button" => {
                let named = tag.get("form");
                let place = if named.is_empty() { inside } else { forms.iter().position(|it| it.id == named) };
                let Some(place) = place else { continue };
                if tag.name == "select" {
                    select = Some((place, tag.get("name")));
                }
                take(&mut forms[place], tag);
            }
            "/select" => select = None,
            _ => {}
        }
    }
    for form in &mut forms {
        if form.buttons.is_empty() {
            form.buttons.push(Button::default());
        }
    }
    forms
}

fn take(form: &mut PageForm, tag: &Tag<'_>) {
    let (name, kind) = (tag.get("name"), tag.get("type"));
    let value = || tag.get("value");
    let ticked = || if tag.has("value") { tag.get("value") } else { "on".to_owned() };
    match (tag.name, kind.as_str()) {
        ("button", "button" | "reset") => {}
        ("button", _) => form.buttons.push(Button { name, value: value(), action: tag.get("formaction") }),
        _ if name.is_empty() || tag.has("disabled") => {}
        ("select", _) => put(form, &name, Kind::Select, tag, (None, false)),
        ("textarea", _) => {
            let text = unescaped(tag.text);
            put(form, &name, Kind::Lines, tag, (Some(text.strip_prefix('\n').unwrap_or(&text).to_owned()), true));
        }
        (_, "hidden") => put(form, &name, Kind::Hidden, tag, (Some(value()), true)),
        (_, "password") => put(form, &name, Kind::Secret, tag, (Some(value()), true)),
        (_, "file") => put(form, &name, Kind::File, tag, (None, false)),
        (_, "radio") => put(form, &name, Kind::Radio, tag, (Some(ticked()), tag.has("checked"))),
        (_, "checkbox") => put(form, &name, Kind::Ticks, tag, (Some(ticked()), tag.has("checked"))),
        _ => put(form, &name, Kind::Line, tag, (Some(value()), true)),
    }
}

fn put(form: &mut PageForm, name: &str, kind: Kind, tag: &Tag<'_>, (value, is_held): (Option<String>, bool)) {
    let place = form.fields.iter().position(|it| it.name == name && it.kind == kind).unwrap_or_else(|| {
        let (is_required, is_number) = (tag.has("required"), !tag.get("inputmode").is_empty());
        let (name, held, offered) = (name.to_owned(), Vec::new(), Vec::new());
        form.fields.push(Field { name, kind, held, offered, is_required, is_number });
        form.fields.len() - 1
    });
    let field = &mut form.fields[place];
    let Some(value) = value else { return };
    if is_held {
        field.held.push(value.clone());
    }
    if matches!(kind, Kind::Select | Kind::Radio | Kind::Ticks) {
        field.offered.push(value);
    }
}

/// Addresses of our own that the page leads to.
pub fn links(body: &str) -> Vec<String> {
    let ours = |tag: &Tag<'_>| Some(tag.get("href")).filter(|it| it.starts_with('/') && !it.starts_with("//"));
    let found = tags(body).into_iter().filter(|it| it.name == "a").filter_map(|it| ours(&it));
    found.map(|it| it.split('#').next().unwrap_or("").to_owned()).collect()
}

#[test]
fn the_fields_of_a_form_are_read_as_a_browser_reads_them() {
    let body = r#"<form id="a" method="post" action="/x?a=1&#38;b=2" enctype="multipart/form-data"><input type="hidden" name="csrf" value="t">
        <input name="ten" value="a &#62; b" required><textarea name="loi">
hai
dòng</textarea><select name="muc"><option value="">Chọn…</option><option value="2" selected>Hai</option></select>
        <input type="radio" name="ai" value="toi" checked><input type="radio" name="ai" value="khac">
        <input type="checkbox" name="t" value="1"><input type="checkbox" name="t" value="2" checked><input type="file" name="tep">
        <button name="lenh" value="luu" formaction="/y">Lưu</button></form>
        <form method="get"><input name="q"></form><input form="a" name="ngoai" inputmode="numeric" value="7">"#;
    let forms = page_forms(body);
    assert_eq!(forms.len(), 1);
    let form = &forms[0];
    assert_eq!((form.action.as_str(), form.has_files), ("/x?a=1&b=2", true));
    let held: Vec<(&str, Kind, Vec<&str>)> = form
        .fields
        .iter()
        .map(|it| (it.name.as_str(), it.kind, it.held.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(
        held,
        [
            ("csrf", Kind::Hidden, vec!["t"]),
            ("ten", Kind::Line, vec!["a > b"]),
            ("loi", Kind::Lines, vec!["hai\ndòng"]),
            ("muc", Kind::Select, vec!["2"]),
            ("ai", Kind::Radio, vec!["toi"]),
            ("t", Kind::Ticks, vec!["2"]),
            ("tep", Kind::File, vec![]),
            ("ngoai", Kind::Line, vec!["7"]),
        ]
    );
    assert_eq!(form.field("muc").unwrap().offered, ["", "2"]);
    assert_eq!((form.buttons[0].value.as_str(), form.buttons[0].action.as_str()), ("luu", "/y"));
}

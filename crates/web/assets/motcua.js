// Improves pages that work without it. An ES module without dependencies; each part finds its own elements and does nothing when
// they are absent. Contracts with the server stand above each part. Allowed by `script-src 'self'; connect-src 'self'`.
// What only the office needs (keys of the list, the counter's live parts) is in desk.js.

const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const say = document.documentElement.lang === "en" ? (_, en) => en : (vi) => vi;
const later = (wait, act) => { let timer; return (...args) => { clearTimeout(timer); timer = setTimeout(act, wait, ...args); }; };

/** Makes an element from its name, attributes and children. */
const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

// ---- for everybody ----

/** [data-copy="text"]: a button that copies; shown only here because it needs the script. Its words stand in [data-words]. */
function copies(root) {
  for (const button of $$("[data-copy]", root)) {
    button.hidden = false;
    const words = button.querySelector("[data-words]") ?? button;
    const before = words.textContent;
    words.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        words.textContent = say("Đã chép", "Copied");
      } catch {
        const code = document.getElementById("ma-ho-so");
        if (code) getSelection().selectAllChildren(code);
        words.textContent = say("Bấm Ctrl+C để chép", "Press Ctrl+C to copy");
      }
      setTimeout(() => { words.textContent = before; }, 3000);
    });
  }
}

/** [data-print]: a button that prints. */
function prints(root) {
  for (const button of $$("[data-print]", root)) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}

/** input[data-reveal="id"]: a tick that shows the password typed there. It is hidden again before the form goes, or browsers would remember it as a word. */
function reveals(root) {
  for (const tick of $$("[data-reveal]", root)) {
    const box = document.getElementById(tick.dataset.reveal);
    const show = () => { box.type = tick.checked ? "text" : "password"; };
    tick.addEventListener("change", show);
    box.form?.addEventListener("submit", () => { tick.checked = false; show(); });
    show();
  }
}

/** [data-focus]: what must be read first (the summary of errors) receives the focus when the page comes. */
function firstFocus(root) {
  root.querySelector("[data-focus]")?.focus();
}

/** A form is sent once: a second press within ten seconds does nothing, going back makes it ready again. */
function onceOnly() {
  const sent = new WeakMap();
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (Date.now() - (sent.get(form) ?? 0) < 10_000) event.preventDefault();
    else sent.set(form, Date.now());
  });
  addEventListener("pageshow", (event) => { if (event.persisted) for (const form of document.forms) sent.delete(form); });
}

/**
 * [data-suggest="/address"] on a search box: GET address?q=… answers JSON [{"label", "detail", "href" | "value"}], best first.
 * Choosing one with `href` goes there; one with `value` fills the box, or the hidden input named by data-suggest-into.
 */
function suggestions(root) {
  for (const input of $$("[data-suggest]", root)) suggest(input);
}

function suggest(input) {
  const host = input.parentElement;
  const list = make("ul", { class: "sugg", role: "listbox", id: `${input.id}-goi-y-ds`, "aria-label": say("Gợi ý", "Suggestions") });
  const into = input.dataset.suggestInto && document.getElementById(input.dataset.suggestInto);
  let items = [], at = -1, asked = 0;
  list.hidden = true;
  host.classList.add("has-sugg");
  host.append(list);
  for (const [key, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) input.setAttribute(key, value);
  const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((option, n) => option.setAttribute("aria-selected", n === at));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else { input.setAttribute("aria-activedescendant", list.children[at].id); list.children[at].scrollIntoView({ block: "nearest" }); }
  };
  const choose = (item) => {
    close();
    if (item.href) { location.assign(item.href); return; }
    input.value = item.label;
    if (into) into.value = item.value;
    (into ?? input).dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = (found) => {
    items = found.slice(0, 10);
    list.replaceChildren(...items.map((item, n) => {
      const option = make("li", { role: "option", id: `${list.id}-${n}`, "aria-selected": "false" }, item.label);
      if (item.detail) option.append(make("br"), make("small", { class: "muted" }, item.detail));
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(item); });
      return option;
    }));
    list.hidden = items.length === 0;
    at = -1;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  const ask = later(150, async () => {
    const words = input.value.trim(), mine = ++asked;
    if (into) into.value = "";
    if (words.length < 2) { close(); return; }
    try {
      const answer = await fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: words })}`, { headers: { accept: "application/json" } });
      const found = answer.ok ? await answer.json() : [];
      if (mine === asked && document.activeElement === input) show(found);
    } catch { close(); }
  });
  input.addEventListener("input", ask);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); mark((at + (event.key === "ArrowDown" ? 1 : items.length)) % items.length); }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); choose(items[at]); }
    else if (event.key === "Escape") { event.preventDefault(); close(); }
  });
}

// ---- citizens ----

/**
 * form[data-autosave="/address"]: what is typed is sent there as a urlencoded POST a moment after each change; the answer's text
 * ("Đã lưu lúc 10 giờ 42") goes into [data-saved]. A failure is said in words and tried again at the next change.
 */
function autosave(root) {
  for (const form of $$("form[data-autosave]", root)) {
    const line = document.querySelector("[data-saved]");
    if (!form.dataset.autosave || !line) continue;
    let running = false, again = false;
    const save = async () => {
      if (running) { again = true; return; }
      running = true;
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { accept: "text/plain" } });
        // 409: written elsewhere meanwhile; the words say what to do.
        if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
        line.textContent = await answer.text();
      } catch {
        line.textContent = say("Chưa lưu được, sẽ thử lại. Đừng đóng trang vội.", "Not saved yet, we try again. Do not close the page.");
      }
      running = false;
      if (again) { again = false; save(); }
    };
    const soon = later(1500, save);
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
  }
}

/** A date box that is full hands the focus on to the next one. */
function dateBoxes(root) {
  for (const row of $$(".date", root)) {
    const boxes = $$("input", row);
    boxes.forEach((box, n) => box.addEventListener("input", (event) => {
      if (event.inputType === "insertText" && n + 1 < boxes.length && n !== 2 && /^\d\d$/.test(box.value)) boxes[n + 1].select();
    }));
  }
}

/**
 * form[data-files] with input[data-upload]: choosing a file sends the form at once as `viec=tai`, with its progress; the page that
 * comes back (303 followed, or 413/422 with its words) replaces the content of <main>.
 */
function uploads(root) {
  for (const form of $$("form[data-files]", root)) {
    for (const input of $$("[data-upload]", form)) {
      const drop = input.closest(".drop");
      drop.querySelector("[data-upload-button]").hidden = true;
      input.addEventListener("change", () => { if (input.files.length) send(form, drop); });
      drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
      drop.addEventListener("dragleave", () => drop.classList.remove("over"));
      drop.addEventListener("drop", (event) => {
        event.preventDefault();
        drop.classList.remove("over");
        if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; send(form, drop); }
      });
    }
  }
}

function send(form, drop) {
  const data = new FormData(form);
  data.append("viec", "tai");
  const bar = make("progress", { max: "100", value: "0", "aria-label": say("Đang tải lên", "Uploading") });
  const words = make("p", { class: "sm", role: "status" }, say("Đang tải lên…", "Uploading…"));
  drop.append(bar, words);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = Math.round((event.loaded / event.total) * 100);
    words.textContent = bar.value < 100 ? say(`Đang tải lên: ${bar.value} %`, `Uploading: ${bar.value} %`) : say("Đang kiểm tra tệp…", "Checking the file…");
  });
  request.addEventListener("load", () => renew(request.responseText, request.responseURL));
  request.addEventListener("error", () => { bar.remove(); words.className = "emsg"; words.textContent = say("Mất kết nối, tệp chưa gửi được. Hãy chọn lại tệp.", "The connection broke off and the file was not sent. Choose it again."); });
  request.send(data);
}

/** Shows the page that came back in place of this one, without losing the place on the screen. */
function renew(html, address) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("main");
  if (!main) { location.reload(); return; }
  document.title = page.title;
  if (address && new URL(address).origin === location.origin) history.replaceState(null, "", address);
  const here = document.querySelector("main");
  const held = here.contains(document.activeElement) ? document.activeElement.id : "";
  here.replaceWith(main);
  const [old, fresh] = [document.querySelector(".dock"), page.querySelector(".dock")];
  if (old && fresh) old.replaceWith(fresh);
  start(main);
  if (held && !main.querySelector("[data-focus]")) document.getElementById(held)?.focus({ preventScroll: true });
}

/** Everything that belongs to a piece of page; called again for a piece that was renewed. */
function start(root) {
  copies(root);
  prints(root);
  reveals(root);
  firstFocus(root);
  suggestions(root);
  autosave(root);
  dateBoxes(root);
  uploads(root);
}

start(document);
onceOnly();

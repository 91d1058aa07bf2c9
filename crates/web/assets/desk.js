// What a counter and an office gain when scripts run. Every page works without this file.
const $ = (sel, root = document) => root.querySelector(sel);
const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
const typing = (el) => el && (el.isContentEditable || /^(SELECT|TEXTAREA)$/.test(el.tagName)
  || (el.tagName === 'INPUT' && !/^(checkbox|radio|button|submit|reset|file)$/.test(el.type)));

// The list: a row under the keys, ticks counted in words.
const table = $('[data-keys]');
const rows = table ? $$('tbody tr', table) : [];
let here = -1;
const place = table?.dataset.keys;
function go(to) {
  if (!rows.length) return;
  rows[here]?.classList.remove('cur');
  here = Math.max(0, Math.min(rows.length - 1, to));
  const link = $('th a', rows[here]);
  rows[here].classList.add('cur');
  link?.focus({ preventScroll: true });
  rows[here].scrollIntoView({ block: 'nearest' });
}
function remember() {
  try { sessionStorage.setItem('row', JSON.stringify([place, here])); } catch { /* a private window keeps nothing */ }
}
function count() {
  const n = $$('tbody input:checked', table).length;
  const said = $('[data-count]');
  if (!said) return;
  const words = document.documentElement.lang === 'en' ? ['No dossier selected', `${n} selected`] : ['Chưa chọn hồ sơ nào', `Đã chọn ${n} hồ sơ`];
  said.textContent = words[n ? 1 : 0];
}
if (table) {
  table.addEventListener('change', count);
  $('#chon')?.addEventListener('reset', () => setTimeout(count));
  table.addEventListener('click', (e) => {
    const row = e.target.closest('tbody tr');
    if (row && e.target.closest('th a')) { here = rows.indexOf(row); remember(); }
  });
  count();
  try {
    const [at, row] = JSON.parse(sessionStorage.getItem('row') || '[]');
    sessionStorage.removeItem('row');
    const named = rows.findIndex((it) => `#${it.id}` === decodeURIComponent(location.hash));
    // The browser goes to the named row itself once all is there, and takes the focus away.
    if (named >= 0) addEventListener('load', () => setTimeout(() => go(named)));
    else if (at === place && row >= 0) go(row);
  } catch { /* nothing kept */ }
}
function step(by) {
  const link = $(`[data-key=${by > 0 ? 'n' : 'p'}]`);
  if (link) return link.click();
  if (table) go(here + by);
}
function escape() {
  if (typing(document.activeElement)) return document.activeElement.blur();
  const ticked = table && $$('tbody input:checked', table);
  if (ticked?.length) { ticked.forEach((t) => { t.checked = false; }); return count(); }
  $('[data-back]')?.click();
}
const keys = {
  '/': () => $('#q, #tim')?.focus(),
  j: () => go(here + 1),
  k: () => go(here - 1),
  n: () => step(1),
  p: () => step(-1),
  x: () => { const box = rows[here] && $('input[type=checkbox]', rows[here]); if (box) { box.checked = !box.checked; count(); } },
  '?': () => { const help = $('#phim'); if (help) { help.open = !help.open; help.scrollIntoView({ block: 'nearest' }); } },
};
document.addEventListener('keydown', (e) => {
  if (e.isComposing || e.altKey) return;
  if (e.ctrlKey || e.metaKey) {
    if (e.key === 'Enter') { const main = $('[data-main]'); if (main) { e.preventDefault(); main.click(); } }
    return;
  }
  if (e.key === 'Escape') return escape();
  if (typing(document.activeElement)) return;
  if (e.key === 'Enter' && here >= 0 && document.activeElement === document.body) return void $('th a', rows[here])?.click();
  const act = keys[e.key];
  if (act) { e.preventDefault(); act(); }
});

// The counter: parts of the page are fetched as HTML while one types; the server alone knows the rules.
const form = $('[data-intake]');
if (form) {
  const url = form.dataset.intake;
  const running = {};
  const said = (i) => (/^(checkbox|radio)$/.test(i.type) ? i.checked : i.value);
  const boxes = (root) => new Map($$('input,select,textarea', root).map((i) => [i.id || i.name, i]));
  const swap = (old, fresh, sent) => {
    if (!old.isConnected || !fresh) return;
    const at = old.contains(document.activeElement) && document.activeElement;
    const caret = at && typing(at) && [at.selectionStart, at.selectionEnd];
    const now = boxes(document.adoptNode(fresh));
    // What was typed while the answer was on its way stays.
    for (const [name, was] of boxes(old)) {
      const box = now.get(name);
      if (box && said(was) !== sent.get(name)) { box.value = was.value; box.checked = was.checked; }
    }
    old.replaceWith(fresh);
    const held = at ? now.get(at.id || at.name) : null;
    if (!held) return;
    held.focus();
    try { if (held.value === at.value) held.setSelectionRange(...caret); else held.select(); } catch { /* a box without a caret */ }
  };
  const part = async (name, ...ids) => {
    running[name]?.abort();
    const stop = running[name] = new AbortController();
    const data = new URLSearchParams([...new FormData(form)].filter(([, v]) => typeof v === 'string'));
    data.set('phan', name);
    const olds = ids.map((id) => document.getElementById(id));
    const sent = olds.map((old) => new Map([...boxes(old)].map(([name, i]) => [name, said(i)])));
    try {
      const answer = await fetch(url, { method: 'POST', body: data, signal: stop.signal, credentials: 'same-origin' });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      olds.forEach((old, i) => swap(old, page.getElementById(ids[i]), sent[i]));
    } catch { /* the buttons of the page still work */ }
  };
  let wait;
  const soon = (fn, ms) => { clearTimeout(wait); wait = setTimeout(fn, ms); };
  const due = () => soon(() => part('hen', 'hen', 'phi'), 250);
  $$('[data-nojs]').forEach((b) => { b.hidden = true; });
  form.addEventListener('input', (e) => {
    if (e.target.id === 'tim') soon(() => part('thu-tuc', 'goi-y'), 160);
    else if (!e.target.closest('#nguoi') && e.target.type !== 'file') due();
  });
  const person = async () => {
    await part('nguoi', 'nguoi');
    if (!/^(so|the)$/.test(document.activeElement.id)) return;
    ($$('#nguoi input').find((i) => i.type !== 'checkbox' && !i.value && i.id !== 'the') || $('#ten'))?.focus();
  };
  form.addEventListener('change', (e) => { if (e.target.id === 'so' && /^\d{12}$/.test(e.target.value.trim())) person(); });
  form.addEventListener('keydown', (e) => {
    const at = e.target;
    if (e.key === 'ArrowDown' && at.id === 'tim') { e.preventDefault(); $('button.hit')?.focus(); return; }
    if ((e.key === 'ArrowDown' || e.key === 'ArrowUp') && at.matches('button.hit')) {
      e.preventDefault();
      const all = $$('button.hit');
      (all[all.indexOf(at) + (e.key === 'ArrowDown' ? 1 : -1)] || $('#tim')).focus();
      return;
    }
    if (e.key !== 'Enter' || e.ctrlKey || e.isComposing || at.tagName !== 'INPUT') return;
    e.preventDefault();
    if (at.id === 'the') return void person();
    if (at.id === 'tim') return void ($('button.hit') ? $('button.hit').focus() : part('thu-tuc', 'goi-y').then(() => $('button.hit')?.focus()));
    const all = $$('input:not([type=hidden]),select,textarea', form).filter((i) => i.offsetParent);
    all[all.indexOf(at) + 1]?.focus();
  });
  document.addEventListener('keydown', (e) => {
    if (e.key === 'F2') { e.preventDefault(); $('#the')?.focus(); }
    if (e.altKey && /^[1-9]$/.test(e.key)) { const b = $$('.recent button')[e.key - 1]; if (b) { e.preventDefault(); b.click(); } }
  });
  if (!$('[data-focus],.err')) ($('#tim') || $('#the'))?.focus({ preventScroll: true });
}

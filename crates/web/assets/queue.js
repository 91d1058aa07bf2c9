// Pages of the queue follow by themselves; without this file they come anew by themselves (meta refresh). An ES module, no dependencies.
const $ = (selector) => document.querySelector(selector);

// [data-live="stream"][data-edition]: news are numbers; another one than ours means that this part of the page is old.
const live = $('[data-live]');
async function renew() {
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]');
    if (!fresh) return;
    live.className = fresh.className;
    live.dataset.edition = fresh.dataset.edition;
    if (live.innerHTML !== fresh.innerHTML) live.replaceChildren(...fresh.childNodes);
  } catch { /* the line is down: the next news or the next minute asks again */ }
}
function follow() {
  const source = new EventSource(live.dataset.live);
  // Many telephones hear the same news: not all of them ask at once.
  source.onmessage = (e) => { if (e.data !== live.dataset.edition) setTimeout(renew, Math.random() * 400); };
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(renew, 10_000);
    setTimeout(follow, 10_000);
  };
}
if (live) {
  follow();
  // Minutes pass without news.
  setInterval(renew, 60_000);
}

// [data-press="r"]: a letter presses the button while nobody types.
addEventListener('keydown', (e) => {
  const at = document.activeElement;
  if (e.isComposing || e.altKey || e.ctrlKey || e.metaKey || /^(SELECT|TEXTAREA|INPUT)$/.test(at?.tagName ?? '')) return;
  $(`[data-press="${CSS.escape(e.key.toLowerCase())}"]`)?.click();
});

// A kiosk goes home when nobody touches it, and keeps nothing that was typed.
const { home, homeAfter } = document.body.dataset;
if (home) {
  const said = $('[data-left-words]');
  let left = Number(homeAfter);
  for (const touched of ['pointerdown', 'keydown', 'input', 'scroll']) addEventListener(touched, () => { left = Number(homeAfter); }, { passive: true });
  setInterval(() => {
    left -= 1;
    if (said) said.textContent = `${said.dataset.leftWords} ${Math.max(left, 0)} s`;
    if (left <= 0) location.replace(home);
  }, 1000);
}
addEventListener('pageshow', (e) => { if (e.persisted) for (const form of document.querySelectorAll('[data-clears]')) form.reset(); });

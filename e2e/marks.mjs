// What a page may cost: bytes on the wire, scripts, shifts of its layout, and how narrow it may get.

/** Of a citizen's page: HTML, stylesheets, scripts and the sign of the house, as compressed as a browser gets them. */
const PAGE_BYTES_MAX = 40 * 1024;
/** Of any page: its scripts alone, compressed. */
const SCRIPT_BYTES_MAX = 15 * 1024;
/** What rounds to no shift at all, as Lighthouse shows it: part of a pixel when a letter finds its place. */
const SHIFT_MAX = 0.0005;
/** A tablet; a screen of 1366 px at 200 %; the width of WCAG 1.4.10, a screen of 1280 px at 400 %. */
const NARROW_WIDTHS = [960, 683, 320];

/** Runs in every page before its own scripts: adds up what moves by itself, before anybody touches anything. */
export function watchShifts() {
  const seen = { sum: 0, places: [], touched: false };
  window.motcuaShifts = seen;
  for (const kind of ['keydown', 'pointerdown', 'input', 'change', 'submit']) {
    addEventListener(kind, () => { seen.touched = true; }, { capture: true });
  }
  new PerformanceObserver((list) => {
    for (const it of list.getEntries()) {
      if (seen.touched || it.hadRecentInput) continue;
      seen.sum += it.value;
      seen.places.push(...it.sources.map((source) => source.node?.id || source.node?.className || source.node?.nodeName || '?'));
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Why the policy on contents is not strict; nothing when it is. */
export function laxPolicy(policy) {
  if (!policy) return 'there is no policy on contents';
  if (!/default-src 'none'/.test(policy)) return `the policy on contents does not begin with nothing: ${policy}`;
  if (/unsafe-|\*|https?:/.test(policy)) return `the policy on contents has an exception: ${policy}`;
  return '';
}

/** Fails when the page costs more than it may, moves while it comes, or scrolls sideways when narrow. */
export async function withinMarks(page, name) {
  const cost = await page.evaluate(measure);
  const faults = [];
  if (cost.forCitizens && cost.all > PAGE_BYTES_MAX) faults.push(`is ${cost.all} bytes on the wire, ${PAGE_BYTES_MAX} at most`);
  if (cost.scripts > SCRIPT_BYTES_MAX) faults.push(`has ${cost.scripts} bytes of scripts, ${SCRIPT_BYTES_MAX} at most`);
  if (cost.forCitizens && cost.shift > SHIFT_MAX) faults.push(`shifts by ${cost.shift} while it comes (${cost.places.join(', ')})`);
  for (const width of NARROW_WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const over = await sidewards(page);
    if (over) faults.push(`scrolls sideways by ${over} at ${width} px`);
  }
  if (faults.length > 0) throw new Error(`"${name}" (${page.url()}) ${faults.join('; it ')}`);
}

/** How far the page scrolls sideways, and what sticks out; empty when it does not. */
export function sidewards(page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    const over = root.scrollWidth - root.clientWidth;
    if (over <= 0) return '';
    const out = [...document.body.querySelectorAll('*')].filter((it) => it.getBoundingClientRect().right > root.clientWidth + 0.5);
    const last = out.filter((it) => !out.includes(it.firstElementChild)).slice(0, 3);
    return `${over} px (${last.map((it) => `<${it.tagName.toLowerCase()} class="${it.getAttribute('class') ?? ''}">`).join(', ')})`;
  });
}

/** Runs in the page. */
async function measure() {
  // A browser gets the sign of a page without telling its size; asked for by the page it does.
  const sign = document.querySelector('link[rel=icon]')?.href;
  if (sign) await fetch(sign);
  const sizes = new Map(performance.getEntriesByType('resource').map((it) => [it.name, it.encodedBodySize]));
  const sum = (wanted) => [...sizes].reduce((all, [address, size]) => (wanted.test(address) ? all + size : all), 0);
  const pageBytes = performance.getEntriesByType('navigation')[0]?.encodedBodySize ?? 0;
  return {
    forCitizens: !document.body.classList.contains('desk') && !document.querySelector('header a[href="/nghiep-vu/tim"]'),
    all: pageBytes + sum(/\/tai-san\/[^/]+$/),
    scripts: sum(/\/tai-san\/[^/]+\.js$/),
    shift: window.motcuaShifts?.sum ?? 0,
    places: window.motcuaShifts?.places ?? [],
  };
}

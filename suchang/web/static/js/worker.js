/**
 * The service worker of a room: its pages open without a network and show what was there the last time.
 * The server writes above this text: `EDITION`, `HOME` (the room's first page), `PAGES` (those to keep), `PARTS` (assets).
 */

/* global EDITION, HOME, PAGES, PARTS, SPARE */

const PARTS_CACHE = `parts-${HOME}-${EDITION}`;
const PAGES_CACHE = `pages-${HOME}`;
const PATIENCE = 5000;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(PARTS_CACHE).then((cache) => cache.addAll(PARTS)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const isOld = (name) => name.startsWith(`parts-${HOME}-`) && name !== PARTS_CACHE;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))))
      .then(() => self.registration.navigationPreload?.enable())
      .then(() => self.clients.claim())
      // The page kept so far asks for the parts of an older edition.
      .then(() => caches.open(PAGES_CACHE))
      .then((cache) => cache.delete(HOME))
      .then(() => keepHome()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  // A form that was sent may have changed who is signed in and what there is to see.
  if (request.method !== 'GET') event.waitUntil(request.mode === 'navigate' ? caches.open(PAGES_CACHE).then((cache) => cache.delete(HOME)) : undefined);
  else if (url.pathname.startsWith('/assets/')) event.respondWith(part(request));
  else if (request.mode === 'navigate') event.respondWith(page(event, url));
});

async function part(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  return kept ?? fetch(request);
}

async function page(event, url) {
  const cache = await caches.open(PAGES_CACHE);
  const kept = PAGES.includes(url.pathname) ? await cache.match(url.pathname) : undefined;
  const asking = ask(event, url, cache);
  if (kept?.headers.get('X-Kept') === 'at-once' && !url.search) {
    event.waitUntil(tellIfNewer(event, kept.clone(), asking));
    return kept;
  }
  try {
    // A kept page need not wait for a slow network; any other has nothing better to show.
    return await (kept ? Promise.race([asking, late()]) : asking);
  } catch {
    asking.catch(() => {});
    return kept ?? (await caches.match(SPARE)) ?? Response.error();
  }
}

async function ask({ request, preloadResponse }, url, cache) {
  const answer = (await preloadResponse) ?? (await fetch(request));
  if (answer.ok && !answer.redirected && PAGES.includes(url.pathname)) await cache.put(url.pathname, answer.clone());
  return answer;
}

/** A page that was shown at once hears when what has come since is another. */
async function tellIfNewer({ resultingClientId }, kept, asking) {
  const fresh = await asking.then((answer) => (answer.ok ? answer.clone().text() : null), () => null);
  if (fresh === null || fresh === (await kept.text())) return;
  (await self.clients.get(resultingClientId))?.postMessage('newer');
}

function late() {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error('late')), PATIENCE);
  });
}

async function keepHome() {
  try {
    const answer = await fetch(HOME, { credentials: 'same-origin' });
    if (answer.ok && !answer.redirected) await (await caches.open(PAGES_CACHE)).put(HOME, answer);
  } catch {
    // Without a network there is nothing to keep; the next visit keeps it.
  }
}

// Service worker: network first, since stale legal advice is worse than none; a kept copy only when there is no network.
// KEEP and VERSION are filled in at build. Only caches with this site's own prefix and path are touched, because other
// projects may live on the same origin.
const KEEP = "__KEEP__";
const VERSION = "__VERSION__";
const SCOPE = new URL(self.registration.scope);
const PREFIX = `clear-account ${SCOPE.pathname} `;
const PATIENCE_MS = 4000;

const languageOf = (url) => (url.pathname.startsWith(`${SCOPE.pathname}en/`) ? "en" : "zh");
const cacheName = (language) => `${PREFIX}${language} ${VERSION}`;

async function store(cache, request, response) {
  // The day a copy was kept travels with it, so that the page can show its age.
  const headers = new Headers(response.headers);
  headers.set("x-kept-at", new Date().toISOString());
  await cache.put(request, new Response(await response.blob(), { status: response.status, headers }));
}

async function keep(language) {
  const cache = await caches.open(cacheName(language));
  await Promise.all(
    KEEP[language].map(async (address) => {
      const url = new URL(address, SCOPE);
      if (await cache.match(url)) return;
      const response = await fetch(url, { cache: "no-cache" });
      if (response.ok) await store(cache, url, response);
    }),
  );
}

async function drop() {
  // An older version goes once the newer one holds everything of that language.
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const [language, version] = name.slice(PREFIX.length).split(" ");
    if (version === VERSION || !KEEP[language]) continue;
    const cache = await caches.open(cacheName(language));
    const kept = (await cache.keys()).length;
    if (kept >= new Set(KEEP[language]).size) await caches.delete(name);
  }
}

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  const language = event.data && event.data.keep;
  if (language === "zh" || language === "en") event.waitUntil(keep(language).then(drop));
});

function withAge(response, html) {
  const keptAt = response.headers.get("x-kept-at") || "";
  const text = html.replace('data-copy-kept=""', `data-copy-kept="${keptAt}"`);
  const headers = new Headers(response.headers);
  return new Response(text, { status: 200, headers });
}

/** Address of a request without query and fragment. */
function url(request) {
  const address = new URL(request.url);
  address.hash = "";
  address.search = "";
  return address.href;
}

async function kept(request) {
  // The search of the whole site needs the network; the copy's own finds what can be opened without it.
  const address = url(request).replace(/search\/index\.json$/, "search/offline.json");
  // This version's copies before those of an older one.
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  names.sort((a, b) => b.endsWith(VERSION) - a.endsWith(VERSION));
  for (const name of names) {
    const cache = await caches.open(name);
    const hit = (await cache.match(address)) || (await cache.match(address.replace(/index\.html$/, "")));
    if (hit) return request.mode === "navigate" ? withAge(hit, await hit.text()) : hit;
  }
  return null;
}

async function networkFirst(request) {
  const copy = kept(request);
  const network = fetch(request).then(async (response) => {
    const address = url(request);
    const cache = await caches.open(cacheName(languageOf(new URL(address))));
    // Renew what is kept; what is not on the list is not stored.
    if (response.ok && (await cache.match(address))) await store(cache, address, response.clone());
    return response;
  });
  network.catch(() => {});
  const late = new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  try {
    const first = await Promise.race([network, late.then(() => copy)]);
    return first || (await network);
  } catch (error) {
    const hit = await copy;
    if (hit) return hit;
    if (request.mode === "navigate") {
      // A redirect, so that the page's relative addresses hold.
      const page = new URL("offline.html", SCOPE);
      if (url(request) !== page.href && (await kept(new Request(page)))) return Response.redirect(page);
    }
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET" || !event.request.url.startsWith(SCOPE.href)) return;
  event.respondWith(networkFirst(event.request));
});

// The service worker of the patrol pages (scope /workbench/patrols/). It answers without network with the pages that
// patrol.js asked it to keep, and with their files and the map. It sends nothing: the queue in the page does.
const PAGES = "patrol-pages-1";
const FILES = "patrol-files-1";
const GRID_PAGE = /^\d{15}\/$/;
const SCOPE = new URL(self.registration.scope).pathname;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const ours = (name) => name.startsWith("patrol-") && name !== PAGES && name !== FILES;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(ours).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

async function store(cacheName, url, query = "") {
  const answer = await fetch(url + query, { credentials: "same-origin" });
  // A redirect is the sign-in page: kept under this address it would lock the patroller out.
  if (answer.ok && !answer.redirected) await (await caches.open(cacheName)).put(url, answer);
}

async function keep({ today, grids, files, map }) {
  // The empty page of a grid: the one with today's log would be wrong tomorrow.
  const pages = [[PAGES, today], ...grids.map((url) => [PAGES, url, "?keep=1"])];
  const wanted = [...pages, ...files.map((url) => [FILES, url]), [FILES, map]];
  await Promise.all(wanted.map((one) => store(...one).catch(() => undefined)));
}

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keep(event.data.keep));
});

/** Newest first: a page tells today's state, and the map who answers for a grid. */
async function fromNetworkOrKept(request, cacheName, url) {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await (await caches.open(cacheName)).put(url, answer.clone());
    return answer;
  } catch (error) {
    const kept = await caches.match(url);
    if (kept) return kept;
    throw error;
  }
}

async function fromNetworkElseKept(request, url) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(url.pathname);
    if (kept) return kept;
    throw error;
  }
}

async function fromKeptOrNetwork(request, url) {
  const kept = await caches.match(url);
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok) await (await caches.open(FILES)).put(url, answer.clone());
    return answer;
  });
  if (!kept) return fresh;
  fresh.catch(() => undefined);
  return kept;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    // Of the patrol pages only today's and those of the grids: logs and calendars are not for a phone without network.
    if (url.pathname === SCOPE) event.respondWith(fromNetworkOrKept(request, PAGES, url.pathname));
    else if (GRID_PAGE.test(url.pathname.slice(SCOPE.length))) event.respondWith(fromNetworkElseKept(request, url));
  } else if (url.pathname === "/api/v1/grids/") {
    event.respondWith(fromNetworkOrKept(request, FILES, url.pathname));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(fromKeptOrNetwork(request, url.pathname));
  }
});

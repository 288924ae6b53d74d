// The page without a network, from the second visit on. `cargo xtask build` fills in the files with their hashes and moves this script beside
// index.html, so that it may answer for the whole page.
//
// - A file of this build is answered from the cache, whatever its address adds, unless it asks for another build (?v=).
// - Everything else below the page (index.html, a host's own sets) is fetched, and kept for when there is no network.
// - Other hosts are never answered for: pictures of the sky need the network.
const FILES = {};
const BUILD = "@BUILD@";
const CACHE = "galaxy-grove";
const HERE = new URL("./", self.location.href).href;
// Not needed to open the page: kept when they were used.
const LATER = ["pkg/engine-webgpu", "www/demo/", "www/card.jpg"];

// Milliseconds that a network has to answer where something is kept.
const PATIENCE = 3000;

const keyOf = (name) => `${HERE}${name}?hash=${FILES[name]}`;

const install = async () => {
  const cache = await caches.open(CACHE);
  const wanted = Object.keys(FILES).filter((name) => !LATER.some((start) => name.startsWith(start)));
  await Promise.all(
    wanted.map(async (name) => {
      if (await cache.match(keyOf(name))) return;
      const answer = await fetch(`${HERE}${name}?v=${BUILD}`);
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      await cache.put(keyOf(name), answer);
    }),
  );
  const index = await fetch(HERE, { cache: "no-cache" });
  if (index.ok) await cache.put(HERE, index);
};

const clean = async () => {
  const cache = await caches.open(CACHE);
  const current = new Set(Object.keys(FILES).map(keyOf));
  for (const request of await cache.keys()) {
    if (request.url.startsWith(HERE) && request.url.includes("?hash=") && !current.has(request.url)) await cache.delete(request);
  }
};

// A file of this build.
const own = async (name, request) => {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(keyOf(name));
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(keyOf(name), answer.clone());
  return answer;
};

// What may change at any time: fetched, and kept. Where there is no network, what was kept before. The page itself does not wait for a network that does
// not answer; galaxies do, so that a slow host's new set is never passed over for an old one.
const fresh = async (request, address) => {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(address);
  const fetched = fetch(request).then(async (answer) => {
    if (answer.status === 200) await cache.put(address, answer.clone());
    return answer;
  });
  if (!kept) return fetched;
  const found = fetched.catch(() => kept);
  if (address !== HERE) return found;
  return Promise.race([found, new Promise((resolve) => setTimeout(resolve, PATIENCE, kept))]);
};

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(clean()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || request.headers.has("range") || !url.href.startsWith(HERE)) return;
  const name = decodeURI(url.href.slice(HERE.length).split(/[?#]/)[0]);
  const build = url.searchParams.get("v");
  if (name in FILES) {
    if (build === null || build === BUILD || FILES[name].startsWith(build)) event.respondWith(own(name, request));
    return;
  }
  event.respondWith(fresh(request, name === "" || name === "index.html" ? HERE : HERE + name));
});

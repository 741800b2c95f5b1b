/* Keeps the site on the phone, and answers from there when the network does not.
 *
 * A page comes from the network if that answers within a second, else from the phone; after the
 * network has failed, the phone answers at once for a while. What is kept is one language's pages
 * as a bundle (see kb_app/site/offline.py), later changes of single pages beside it, and the pack
 * for searching; all of it as it came, compressed. A new version is fetched whole into a cache of its
 * own, and only then takes the place of the old one. Nothing that is made for one person is kept:
 * no answer of the service, no page that is not in the list of the built site.
 */
"use strict";

const PATIENCE = 1000;
const PHONE_FIRST = 30000;
const BETWEEN_LOOKS = 60000;
const AT_ONCE = 4;
/* Above this share of changed pages the whole bundle is the shorter way. */
const MOST_CHANGED = 0.25;
const RECORD = "/offline/kept.json";
const CHANGED = "/offline/changed";
const HEADERS = [
  "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy",
  "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy",
];
const TYPES = { css: "text/css", js: "text/javascript", svg: "image/svg+xml" };

const live = {};
const running = {};
const looked = {};
let phoneFirstUntil = 0;

/* --- What is kept ----------------------------------------------------------------------------- */

const named = (lang) => `lanewise-${lang}-`;

/* The complete version of a language; null where there is none. */
function kept(lang) {
  live[lang] = live[lang] || find(lang);
  return live[lang];
}

async function find(lang) {
  const names = (await caches.keys()).filter((name) => name.startsWith(named(lang)));
  for (const name of names.reverse()) {
    const cache = await caches.open(name);
    const record = await cache.match(RECORD);
    if (record) return { name, cache, ...(await record.json()) };
  }
  return null;
}

async function drop(lang, except) {
  for (const name of await caches.keys()) {
    if (name.startsWith(named(lang)) && name !== except) await caches.delete(name);
  }
  delete live[lang];
}

function through(body, stream) {
  return new Response(body.pipeThrough(stream)).arrayBuffer();
}

async function opened(cache, url) {
  return through((await cache.match(url)).body, new DecompressionStream("gzip"));
}

/* The text of a kept file; null if it is not among them. */
async function text(path) {
  const store = await kept(path.slice(1, 3));
  if (!store || !(path in store.listed.files)) return null;
  if (store.changed.includes(path)) {
    return new TextDecoder().decode(await opened(store.cache, CHANGED + path));
  }
  store.bundle = store.bundle || opened(store.cache, store.bundleUrl).then(unpacked);
  return (await store.bundle)(path);
}

/* A bundle as a function that gives the text at an address. */
function unpacked(buffer) {
  const size = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  const written = new Uint8Array(buffer, 4 + size, head.size);
  const pieces = new TextDecoder(head.encoding).decode(written).split("\0");
  const numbers = numbersOf(new Uint8Array(buffer, 4 + size + head.size));
  let known = 0;
  for (let at = 0; at < numbers.length; at += 1) {
    if (numbers[at] === 0) numbers[at] = known += 1;
  }
  const places = new Map();
  let start = 0;
  for (const [path, count] of head.files) {
    places.set(path, [start, start + count]);
    start += count;
  }
  return (path) => numbers.slice(...places.get(path)).map((n) => pieces[n - 1]).join("");
}

/* Numbers of seven bits a byte, the lowest first. */
function numbersOf(bytes) {
  const found = [];
  let value = 0;
  let shift = 0;
  for (const byte of bytes) {
    value += (byte & 127) << shift;
    shift += 7;
    if (byte < 128) {
      found.push(value);
      value = 0;
      shift = 0;
    }
  }
  return found;
}

async function fromPhone(path) {
  const found = await text(path);
  if (found === null) return null;
  const { headers } = await kept(path.slice(1, 3));
  const suffix = /\.(css|js|svg)$/.exec(path);
  const type = suffix ? TYPES[suffix[1]] : "text/html";
  /* A page says where it comes from, so that its line tells the truth. */
  const body = suffix ? found : found.replace("<html ", "<html data-from-phone ");
  return new Response(body, { headers: { ...headers, "Content-Type": `${type}; charset=utf-8` } });
}

/* --- Fetching a new version ------------------------------------------------------------------- */

async function print(data) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function fetched(url, wanted, progress) {
  const response = await fetch(url, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  const data = progress ? await counted(response, progress) : await response.arrayBuffer();
  if ((await print(data)) !== wanted) throw new Error(`${url} is not what was promised`);
  return data;
}

async function counted(response, progress) {
  const parts = [];
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    progress(part.value.length);
  }
  return new Blob(parts).arrayBuffer();
}

const printIn = (url) => url.split(".")[1];

async function copied(from, to, url) {
  await to.put(url, await from.match(url));
}

/* Bring a language up to date; what was kept stays until the new version is whole. */
async function update(lang) {
  const response = await fetch(`/offline/${lang}.json`, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${response.status} for the list`);
  const listed = await response.json();
  const old = await kept(lang);
  if (old && old.listed.version === listed.version) return;
  const name = named(lang) + listed.version;
  await caches.delete(name);
  try {
    const cache = await caches.open(name);
    const record = { listed, ...(await filled(cache, listed, old, lang)) };
    record.headers = Object.fromEntries(
      HEADERS.map((header) => [header, response.headers.get(header)]).filter((pair) => pair[1])
    );
    await cache.put(RECORD, new Response(JSON.stringify(record)));
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
  await drop(lang, name);
}

async function filled(cache, listed, old, lang) {
  const plan = planned(listed, old);
  const total = plan.fetch.length * 4000 + (plan.whole ? listed.pages.bytes : 0) + listed.pack.bytes;
  let done = 0;
  const progress = (bytes) => {
    done += bytes;
    tell({ lang, state: "fetching", percent: Math.min(99, Math.floor((done / total) * 100)) });
  };
  progress(0);
  await large(cache, listed.pack.url, old, progress);
  if (plan.whole) await large(cache, listed.pages.url, null, progress);
  else await copied(old.cache, cache, old.bundleUrl);
  for (const path of plan.copy) await copied(old.cache, cache, CHANGED + path);
  for (let at = 0; at < plan.fetch.length; at += AT_ONCE) {
    const some = plan.fetch.slice(at, at + AT_ONCE);
    await Promise.all(some.map((path) => single(cache, path, listed.files[path])));
    progress(some.length * 4000);
  }
  const bundleUrl = plan.whole ? listed.pages.url : old.bundleUrl;
  return { bundleUrl, changed: [...plan.copy, ...plan.fetch] };
}

/* What to fetch: all, or the pages that have changed since. */
function planned(listed, old) {
  const whole = { whole: true, copy: [], fetch: [] };
  if (!old) return whole;
  const before = old.listed.files;
  const fetch = Object.keys(listed.files).filter((path) => before[path] !== listed.files[path]);
  const copy = old.changed.filter((path) => before[path] === listed.files[path]);
  const beside = fetch.length + copy.length;
  if (beside > Object.keys(listed.files).length * MOST_CHANGED) return whole;
  return { whole: false, copy, fetch };
}

async function large(cache, url, old, progress) {
  if (old && (await old.cache.match(url))) return copied(old.cache, cache, url);
  return cache.put(url, new Response(await fetched(url, printIn(url), progress)));
}

async function single(cache, path, wanted) {
  const data = await fetched(path, wanted);
  const small = await through(new Response(data).body, new CompressionStream("gzip"));
  await cache.put(CHANGED + path, new Response(small));
}

/* --- Talking with the pages ------------------------------------------------------------------- */

async function tell(message) {
  const pages = await clients.matchAll({ includeUncontrolled: true });
  pages.forEach((page) => page.postMessage(message));
}

async function state(lang) {
  const store = await kept(lang);
  if (!store) return { lang, state: "none" };
  const { day, pack, pages } = store.listed;
  return { lang, state: "kept", day, bytes: pack.bytes + pages.bytes };
}

/* Look for a new version; a language that is not kept is fetched only when that is wanted. */
function look(lang, { wanted, now }) {
  if (!running[lang]) {
    const recent = Date.now() - (looked[lang] || 0) < BETWEEN_LOOKS;
    running[lang] = Promise.resolve(kept(lang))
      .then((store) => ((store ? now || !recent : wanted) ? started(lang) : null))
      .then(() => state(lang), async () => ({ ...(await state(lang)), failed: true }))
      .then(tell)
      .finally(() => delete running[lang]);
  }
  return running[lang];
}

function started(lang) {
  looked[lang] = Date.now();
  return update(lang);
}

const ASKED = {
  state: ({ lang }) => state(lang).then(tell),
  check: ({ lang }) => look(lang, { wanted: false }),
  keep: ({ lang }) => look(lang, { wanted: true }),
  renew: ({ lang }) => look(lang, { wanted: true, now: true }),
  drop: ({ lang }) =>
    Promise.all([drop(lang), caches.delete("weekly-bank")]).then(() => state(lang)).then(tell),
  text: async ({ path }, port) => port.postMessage(await text(path).catch(() => null)),
  pack: async ({ lang }, port) => {
    const store = await kept(lang);
    const found = store && (await opened(store.cache, store.listed.pack.url));
    port.postMessage(found && { day: store.listed.day, data: found });
  },
};

self.addEventListener("message", (event) => {
  const act = ASKED[event.data && event.data.ask];
  if (act) event.waitUntil(act(event.data, event.ports[0]));
});

/* --- Answering -------------------------------------------------------------------------------- */

const wait = (time) => new Promise((done) => { setTimeout(done, time, null); });

async function answer(event, path) {
  const network = Promise.resolve(event.preloadResponse).then((early) => early || fetch(event.request));
  const fine = network.then((response) => (response.status < 500 ? response : null), () => null);
  event.waitUntil(fine.then((response) => { if (response) phoneFirstUntil = 0; }));
  if (navigator.onLine && Date.now() >= phoneFirstUntil) {
    const soon = await Promise.race([fine, wait(PATIENCE)]);
    if (soon) return soon;
  }
  const own = await fromPhone(path).catch(() => null);
  if (own) {
    if (!(await Promise.race([fine, wait(0)]))) phoneFirstUntil = Date.now() + PHONE_FIRST;
    return own;
  }
  if (event.request.mode !== "navigate") return network;
  /* What the service has to say of its troubles is better than a word about the network. */
  return network.catch(async () => (await away(path)) || Response.error());
}

/* Where there is neither network nor a page: to the first page, to a form, or a word about it. */
async function away(path) {
  const blank = /^\/(?:zh|en)\/(ask|weekly)\/?$/.exec(path);
  if (blank) return fromPhone(`${path.slice(0, 4)}${blank[1]}.html`).catch(() => null);
  if (path !== "/") return fromPhone(`${path.slice(0, 4)}away.html`).catch(() => null);
  const own = (navigator.language || "").startsWith("zh") ? ["zh", "en"] : ["en", "zh"];
  for (const lang of own) {
    if (await kept(lang)) return Response.redirect(`/${lang}/`);
  }
  return null;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const ours = url.origin === location.origin && request.method === "GET";
  const page = /^\/(zh|en)\//.test(url.pathname) || (url.pathname === "/" && request.mode === "navigate");
  if (ours && page) event.respondWith(answer(event, url.pathname));
});

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const preload = self.registration.navigationPreload;
  event.waitUntil(Promise.all([clients.claim(), preload && preload.enable()]));
});

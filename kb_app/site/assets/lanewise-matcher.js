// Ranks pages in the browser as the server ranks them, over a pack written by search_index/pack.py.
//
//   const matcher = LanewiseMatcher.open(arrayBuffer);
//   matcher.search("电瓶车上楼", { limit: 10 }).hits
//
// No network, no dependency. Every rule here has its twin in search_index: analysis.py (folding,
// characters, pairs, words), query.py (words that only ask), correction.py (one slip), answer.py
// (glossary, weights). A test runs the judged queries through both and compares them.
"use strict";

const LanewiseMatcher = (() => {
  const TOKEN = /([\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+)|([^\W_]+(?:'[a-z]+)*)/gu;
  const LETTERS = "abcdefghijklmnopqrstuvwxyz";
  const SHORTEST_TO_MEND = 4;
  const SHORTEST_PREFIX = 3;

  function open(buffer) {
    const size = new DataView(buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
    const terms = head.terms.split("\n");
    const starts = new Uint32Array(buffer, 4 + size, terms.length + 1);
    const count = starts[terms.length];
    const pages = new Uint16Array(buffer, 4 + size + starts.byteLength, count);
    const scores = new Uint8Array(buffer, 4 + size + starts.byteLength + pages.byteLength, count);
    const pack = {
      head, starts, pages, scores,
      places: new Map(terms.map((term, place) => [term, place])),
      simplified: pairs(head.simplified),
      stems: new Map(Object.entries(head.stems)),
      vocabulary: Object.keys(head.stems),
      stop: new Set(head.stop),
      known: new Set(Object.values(head.stems)),
      asking: new RegExp(head.asking.map(escaped).join("|"), "g"),
    };
    return { search: (text, options) => search(pack, text, options), pages: head.pages.length };
  }

  function pairs(text) {
    const found = new Map();
    const characters = Array.from(text);
    for (let i = 0; i + 1 < characters.length; i += 2) found.set(characters[i], characters[i + 1]);
    return found;
  }

  function escaped(text) {
    return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  }

  // Width, case, accents and traditional forms.
  function fold(pack, text) {
    const plain = text.replace(/[\u2018\u2019]/g, "'").normalize("NFKC").toLowerCase();
    const bare = plain.normalize("NFD").replace(/\p{Mn}/gu, "").normalize("NFC");
    return Array.from(bare, (c) => pack.simplified.get(c) || c).join("");
  }

  function stem(pack, word) {
    const bare = word.replace(/'/g, "");
    return pack.stems.get(bare) || bare;
  }

  function withoutAsking(pack, folded) {
    const left = folded.replace(pack.asking, " ").split(/\s+/)
      .filter((word) => word && !pack.stop.has(word.replace(/'/g, ""))).join(" ");
    return left.match(TOKEN) ? left : folded;
  }

  // The terms of a query, and the hints of single characters.
  function read(pack, folded) {
    const terms = new Map();
    const hints = new Map();
    for (const match of withoutAsking(pack, folded).matchAll(TOKEN)) {
      if (match[2]) {
        terms.set(stem(pack, match[2]), 1);
        continue;
      }
      const run = Array.from(match[1]);
      if (run.length === 1) terms.set(run[0], 1);
      run.forEach((character, i) => {
        if (run.length > 1) hints.set(character, pack.head.weights.hint);
        if (i + 1 < run.length) terms.set(character + run[i + 1], 1);
      });
    }
    for (const term of terms.keys()) hints.delete(term);
    return { terms, hints };
  }

  // The index of the first word of the vocabulary that is not before `word`.
  function lowerBound(words, word) {
    let low = 0;
    let high = words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (words[middle] < word) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function beginning(pack, prefix) {
    const low = lowerBound(pack.vocabulary, prefix);
    return pack.vocabulary.slice(low, lowerBound(pack.vocabulary, `${prefix}\uffff`));
  }

  function mended(pack, folded) {
    return folded.replace(/[a-z']+/g, (word) => {
      const bare = word.replace(/'/g, "");
      const fine = bare.length < SHORTEST_TO_MEND || pack.stop.has(bare) || pack.stems.has(bare) ||
        pack.known.has(bare) || beginning(pack, bare).length;
      return fine ? word : oneSlip(bare).find((other) => pack.stems.has(other)) || word;
    });
  }

  function oneSlip(word) {
    const found = [];
    for (let i = 0; i <= word.length; i += 1) {
      const before = word.slice(0, i);
      const after = word.slice(i);
      if (after) found.push(before + after.slice(1));
      if (after.length > 1) found.push(before + after[1] + after[0] + after.slice(2));
      for (const letter of LETTERS) {
        found.push(before + letter + after);
        if (after) found.push(before + letter + after.slice(1));
      }
    }
    return found;
  }

  function extras(pack, folded) {
    const { glossary, prefix } = pack.head.weights;
    const found = new Map();
    const spaced = ` ${folded} `;
    for (const [names, official] of pack.head.glossary) {
      const said = names.some((name) => spaced.includes(/^[\x00-\x7f]*$/.test(name) ? ` ${name} ` : name));
      if (said) for (const term of official) found.set(term, glossary);
    }
    const last = /([a-z']+)\s*$/.exec(folded);
    if (last && last[1].length >= SHORTEST_PREFIX) {
      for (const word of beginning(pack, last[1].replace(/'/g, ""))) found.set(pack.stems.get(word), prefix);
    }
    return found;
  }

  function add(pack, weighted, into) {
    for (const [term, weight] of weighted) {
      const place = pack.places.get(term);
      if (place === undefined) continue;
      for (let at = pack.starts[place]; at < pack.starts[place + 1]; at += 1) {
        into[pack.pages[at]] += pack.scores[at] * weight;
      }
    }
  }

  function search(pack, text, { limit = 10 } = {}) {
    const folded = fold(pack, text);
    const said = mended(pack, folded);
    const { terms, hints } = read(pack, said);
    const more = new Map([...extras(pack, said)].filter(([term]) => !terms.has(term)));
    const scores = new Float64Array(pack.head.pages.length);
    add(pack, terms, scores);
    add(pack, more, scores);
    const found = [];
    scores.forEach((score, page) => { if (score > 0) found.push(page); });
    add(pack, hints, scores);
    for (const page of found) scores[page] *= pack.head.scale * pack.head.favour[pack.head.pages[page][1]];
    found.sort((a, b) => scores[b] - scores[a] || (pack.head.pages[a][0] < pack.head.pages[b][0] ? -1 : 1));
    return {
      total: found.length,
      corrected: said === folded ? null : said,
      hits: found.slice(0, limit).map((page) => row(pack.head.pages[page], scores[page], pack.head.lang)),
    };
  }

  function row([id, kind, title, lesson, url, problems, evidence, relapsed, checkedOn], score, lang) {
    return { id, kind, lang, title, lesson, url, problems, evidence, relapsed, checked_on: checkedOn, score };
  }

  return { open };
})();

// In the page a global; in a worker or a test the same.
if (typeof self !== "undefined") self.LanewiseMatcher = LanewiseMatcher;

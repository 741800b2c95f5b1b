// Ranks pages in the browser as the server ranks them, over a pack written by search_index/pack.py.
//
//   const matcher = LanewiseMatcher.open(arrayBuffer);
//   const found = matcher.search("电瓶车上楼", { limit: 10, kind: "case" });
//   matcher.excerpt(["A paragraph of a page."], found.marks)
//
// What is found has the shape of the service's answer, with `marks`: the terms to show in excerpts.
//
// No network, no dependency. Every rule here has its twin in search_index: analysis.py (folding,
// characters, pairs, words), query.py (words that only ask), correction.py (one slip), answer.py
// (glossary, weights), emergency.py (signs), snippet.py (excerpts). A test runs the judged queries through both and compares them.
"use strict";

const LanewiseMatcher = (() => {
  const TOKEN = /([\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+)|([^\W_]+(?:'[a-z]+)*)/gu;
  const LETTERS = "abcdefghijklmnopqrstuvwxyz";
  const SHORTEST_TO_MEND = 4;
  const SHORTEST_PREFIX = 3;
  // As many of the best pages must speak of at least this share of the words, for the words to count
  // as answered; fitted on the judged queries.
  const BEST = 3;
  const ANSWERED = 0.6;
  const DAY = 86400000;

  function open(buffer) {
    const size = new DataView(buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
    const terms = lexicon(head.terms);
    const [counted, distant, stepped] = runs(buffer, 4 + size, head.runs);
    const starts = new Uint32Array(terms.length + 1);
    numbers(counted).forEach((count, term) => { starts[term + 1] = starts[term] + count; });
    const pages = new Uint16Array(numbers(distant));
    for (let term = 0; term < terms.length; term += 1) {
      pages[starts[term]] -= 1;
      for (let at = starts[term] + 1; at < starts[term + 1]; at += 1) pages[at] += pages[at - 1];
    }
    const scores = Float32Array.from(stepped, (step) => step * step);
    const pack = {
      head, starts, pages, scores,
      places: new Map(terms.map((term, place) => [term, place])),
      simplified: pairs(head.simplified),
      stems: new Map(Object.entries(head.stems)),
      vocabulary: Object.keys(head.stems),
      stop: new Set(head.stop),
      known: new Set(Object.values(head.stems)),
      asking: new RegExp(head.asking.map(escaped).join("|"), "g"),
      rules: head.emergencies.map(([signs, harmless, call, message]) =>
        ({ signs: signs.map(parts), harmless: harmless.map(parts), call, message })),
    };
    return {
      search: (text, options) => search(pack, text, options),
      excerpt: (blocks, marks) => excerpt(pack, blocks, marks),
      nearest: (blocks, marks) => nearest(pack, blocks, marks),
      pages: head.pages.length,
    };
  }

  // Sorted terms: before each a letter, A if it shares nothing with the one before, B one character …
  function lexicon(text) {
    const found = [];
    for (const [, shared, rest] of text.matchAll(/([A-I])([^A-I]*)/g)) {
      const before = found.length ? found[found.length - 1] : "";
      found.push(Array.from(before).slice(0, shared.charCodeAt(0) - 65).join("") + rest);
    }
    return found;
  }

  function runs(buffer, at, sizes) {
    let start = at;
    return sizes.map((size) => {
      start += size;
      return new Uint8Array(buffer, start - size, size);
    });
  }

  // Numbers of seven bits a byte, the lowest first.
  function numbers(bytes) {
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

  // --- Danger to life -------------------------------------------------------------------------

  function parts(sign) {
    return sign.split(" ").map((part) => part.split("|"));
  }

  function alarm(pack, folded) {
    const words = [...folded.replace(/_/g, " ").matchAll(/[a-z0-9]+(?:'[a-z]+)*/g)];
    const stems = ` ${words.map(([word]) => stem(pack, word)).join(" ")} `;
    const said = (name) => (/^[\x00-\x7f]*$/.test(name)
      ? stems.includes(` ${name.replace(/_/g, " ")} `) : folded.includes(name));
    const first = (signs) => signs.map((sign) => sign.map((names) => names.find(said)))
      .find((found) => found.every(Boolean));
    const fired = pack.rules.filter((rule) => first(rule.signs) && !first(rule.harmless));
    if (!fired.length) return null;
    return {
      matched: [...new Set(fired.flatMap((rule) => first(rule.signs)))],
      call: [...new Set(fired.flatMap((rule) => rule.call))],
      message: fired[0].message,
    };
  }

  // --- Search ---------------------------------------------------------------------------------

  function search(pack, text, { limit = 10, kind = "", problem = "", literal = false } = {}) {
    const folded = fold(pack, text);
    const said = literal ? folded : mended(pack, folded);
    const { terms, hints } = read(pack, said);
    const more = literal ? new Map() : extras(pack, said);
    for (const term of terms.keys()) more.delete(term);
    const scores = new Float64Array(pack.head.pages.length);
    add(pack, terms, scores);
    add(pack, more, scores);
    const found = [];
    scores.forEach((score, page) => { if (score > 0) found.push(page); });
    add(pack, hints, scores);
    for (const page of found) scores[page] *= pack.head.scale * pack.head.favour[pack.head.pages[page][1]];
    found.sort((a, b) => scores[b] - scores[a] || (pack.head.pages[a][0] < pack.head.pages[b][0] ? -1 : 1));
    const kept = found.map((page) => row(pack.head.pages[page], scores[page], pack.head.lang))
      .filter((hit) => (!kind || hit.kind === kind) && (!problem || hit.problems.includes(problem)));
    return {
      query: text,
      total: kept.length,
      answered: answered(pack, terms, found),
      corrected: said === folded ? null : { query: said },
      emergency: alarm(pack, folded) || alarm(pack, said),
      marks: new Set([...terms.keys(), ...more.keys()]),
      hits: kept.slice(0, limit),
    };
  }

  // Whether the best pages speak of enough of what was asked.
  function answered(pack, terms, found) {
    const best = found.slice(0, BEST);
    if (!best.length) return false;
    const has = (term, page) => {
      const place = pack.places.get(term);
      return place !== undefined &&
        pack.pages.subarray(pack.starts[place], pack.starts[place + 1]).includes(page);
    };
    const asked = [...terms.keys()];
    const shares = best.map((page) => asked.filter((term) => has(term, page)).length / asked.length);
    return shares.reduce((sum, share) => sum + share, 0) / best.length >= ANSWERED;
  }

  function row([id, kind, title, lesson, url, problems, evidence, relapsed, checkedOn, due], score, lang) {
    const stale = Boolean(due) && new Date(due).getTime() + DAY <= Date.now();
    return { id, kind, lang, title, lesson, url, problems, evidence, relapsed, checked_on: checkedOn, stale, score };
  }

  // --- Excerpts -------------------------------------------------------------------------------

  // Where marked terms stand in a text: [term, start, end].
  function spans(pack, text, marks) {
    let folded = "";
    const places = [];
    let at = 0;
    for (const character of text) {
      const plain = fold(pack, character);
      for (let i = 0; i < plain.length; i += 1) places.push(at);
      folded += plain;
      at += character.length;
    }
    places.push(at);
    const found = [];
    const note = (term, start, end) => { if (marks.has(term)) found.push([term, places[start], places[end]]); };
    for (const match of folded.matchAll(TOKEN)) {
      const start = match.index;
      if (match[2]) {
        note(stem(pack, match[2]), start, start + match[2].length);
        continue;
      }
      for (let i = 0; i < match[1].length; i += 1) {
        note(match[1][i], start + i, start + i + 1);
        note(match[1].slice(i, i + 2), start + i, start + i + 2);
      }
    }
    return found;
  }

  // The block that has most of the terms; of equals, one that is more than a heading.
  function nearest(pack, blocks, marks) {
    const worth = blocks.map((block) => {
      const found = spans(pack, block, marks);
      return { block, found, weight: new Set(found.map(([term]) => term)).size * 100 + Math.min(block.length, 20) };
    });
    return worth.reduce((best, other) => (best && best.weight >= other.weight ? best : other), null);
  }

  // Escaped but for <mark>, as the service's excerpts are.
  function excerpt(pack, blocks, marks) {
    const best = nearest(pack, blocks, marks);
    if (!best) return "";
    const text = best.block;
    const width = /[\u4e00-\u9fff]/.test(text) ? 60 : 150;
    const starts = best.found.map(([, start]) => start);
    const [low, high] = edges(text, width, Math.max(0, (starts[0] || 0) - (width >> 2)));
    const inside = merged(best.found.map(([, start, end]) => [start, end])
      .filter(([start, end]) => start >= low && end <= high));
    let at = low;
    let html = low ? "…" : "";
    for (const [start, end] of inside) {
      html += `${plain(text.slice(at, start))}<mark>${plain(text.slice(start, end))}</mark>`;
      at = end;
    }
    return html + plain(text.slice(at, high)) + (high < text.length ? "…" : "");
  }

  // Where to cut a long text from about there on, so that no word is cut.
  function edges(text, width, about) {
    if (text.length <= width) return [0, text.length];
    let low = Math.min(about, text.length - width);
    let high = low + width;
    const letter = /[a-z]/i;
    if (low && letter.test(text[low])) low = Math.max(text.lastIndexOf(" ", low) + 1, low - 20);
    const end = text.indexOf(" ", high);
    if (high < text.length && letter.test(text[high]) && end >= 0) high = Math.min(end, high + 20);
    return [low, high];
  }

  function merged(found) {
    const whole = [];
    for (const [start, end] of found.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
      const last = whole[whole.length - 1];
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else whole.push([start, end]);
    }
    return whole;
  }

  function plain(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  return { open };
})();

// In the page a global; in a worker or a test the same.
if (typeof self !== "undefined") self.LanewiseMatcher = LanewiseMatcher;

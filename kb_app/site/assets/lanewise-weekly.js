/* Five questions a week: which come, one after the other, and what is right and why.
 *
 * Answers and dates stay in this browser ("kb-weekly": {known: {id: [next, on, print]}, topics,
 * round: {week, items, done}}); the outbox carries each choice to the totals, without a name. The
 * rule of choosing is that of kb_app/weekly/spacing.py, and a test holds both to the same table.
 * All text of the bank becomes text nodes.
 */
var LanewiseWeekly = (function () {
  "use strict";

  var KEPT = "kb-weekly";
  /* The cache of the banks; the worker has others. */
  var BANK = "weekly-bank";
  var TOTALS = "/api/v1/weekly";
  var FIELDS = ["id", "stem", "options", "answer", "explain", "url", "title", "topics", "print"];
  var A_WEEK = 5;
  var NEW = 2;
  var WAITS = [3, 11, 21, 35];
  var RETURNS = ["3d", "2w", "5w", "10w"];
  var DAY = 86400000;
  var CHINA = 8 * 3600000;

  /* --- The rule -------------------------------------------------------------------------------- */

  function plus(day, days) {
    return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
  }

  function today() {
    return new Date(Date.now() + CHINA).toISOString().slice(0, 10);
  }

  function monday(day) {
    return plus(day, -((new Date(day).getUTCDay() + 6) % 7));
  }

  /* A number from ASCII text that looks like chance and is not (FNV-1a, 32 bits). */
  function mixed(text) {
    var found = 2166136261;
    for (var at = 0; at < text.length; at += 1) found = Math.imul(found ^ text.charCodeAt(at), 16777619);
    return found >>> 0;
  }

  /* The first day on which an item may come back; null for one that rests. */
  function dueOn(known) {
    return known[0] < WAITS.length ? plus(known[1], WAITS[known[0]]) : null;
  }

  function after(item, known) {
    if (!known) return "new";
    return known[2] !== item.print || known[0] >= RETURNS.length ? "changed" : RETURNS[known[0]];
  }

  /* What is kept once an option (from 1) has been chosen; a wrong one starts over. */
  function answered(item, known, choice, day) {
    var goesOn = RETURNS.indexOf(after(item, known)) >= 0 && choice === item.answer;
    return [goesOn ? known[0] + 1 : 0, day, item.print];
  }

  function order(one, other) {
    return one < other ? -1 : one > other ? 1 : 0;
  }

  /* At most five: what has changed, what is due, the longest due first, what is new. */
  function chosen(items, known, day, week) {
    var ranked = items
      .map(function (item) { return { item: item, rank: mixed(week + ":" + item.id), before: known[item.id] }; })
      .sort(function (a, b) { return order(a.rank, b.rank) || order(a.item.id, b.item.id); });
    var fresh = ranked.filter(function (each) { return !each.before; });
    var changed = ranked.filter(function (each) { return each.before && each.before[2] !== each.item.print; });
    var due = ranked.filter(function (each) {
      if (!each.before || each.before[2] !== each.item.print) return false;
      each.due = dueOn(each.before);
      return each.due !== null && each.due <= day;
    });
    due.sort(function (a, b) { return order(a.due, b.due); });
    var free = Math.min(fresh.length, changed.length > A_WEEK - NEW ? 1 : NEW);
    var first = changed.concat(due).slice(0, A_WEEK - free);
    return first.concat(fresh).slice(0, A_WEEK).map(function (each) { return each.item; });
  }

  /* --- What this phone keeps ------------------------------------------------------------------- */

  /* What a browser that keeps nothing holds until the page is left. */
  var held = null;

  function isDay(text) {
    return typeof text === "string" && /^\d{4}-\d{2}-\d{2}$/.test(text) && !isNaN(Date.parse(text));
  }

  function texts(value) {
    return Array.isArray(value) ? value.filter(function (each) { return typeof each === "string"; }) : [];
  }

  function isKnown(value) {
    return Array.isArray(value) && [0, 1, 2, 3, 4].indexOf(value[0]) >= 0 && isDay(value[1]) && typeof value[2] === "string";
  }

  /* What was kept, as far as it can be read. */
  function read() {
    var found = null;
    try {
      found = JSON.parse(localStorage.getItem(KEPT));
    } catch (error) {
      /* Nothing is kept, or it is broken. */
    }
    found = found || held || {};
    var state = { known: {}, topics: texts(found.topics), round: null };
    Object.keys(Object(found.known)).forEach(function (id) {
      if (isKnown(found.known[id])) state.known[id] = found.known[id];
    });
    var round = found.round;
    if (round && isDay(round.week)) {
      state.round = { week: round.week, items: texts(round.items).slice(0, A_WEEK), done: texts(round.done) };
    }
    return state;
  }

  function keep(state) {
    held = state;
    try {
      localStorage.setItem(KEPT, JSON.stringify(state));
    } catch (error) {
      /* Then it is held until the page is left. */
    }
  }

  function forget() {
    held = null;
    try {
      localStorage.removeItem(KEPT);
    } catch (error) {
      /* Nothing was kept. */
    }
  }

  /* --- The week -------------------------------------------------------------------------------- */

  function unpacked(row) {
    var item = {};
    FIELDS.forEach(function (name, at) { item[name] = row[at]; });
    return item;
  }

  function wanted(items, topics) {
    if (!topics.length) return items;
    return items.filter(function (item) {
      return item.topics.some(function (topic) { return topics.indexOf(topic) >= 0; });
    });
  }

  /* The round of this week: the same until Monday, chosen anew where nothing is answered yet. */
  function begun(state, items, anew) {
    var week = monday(today());
    var round = state.round && state.round.week === week ? state.round : null;
    if (round && (round.done.length || (round.items.length && !anew))) return state;
    var five = chosen(wanted(items, state.topics), state.known, today(), week);
    state.round = { week: week, items: five.map(function (item) { return item.id; }), done: [] };
    keep(state);
    return state;
  }

  var rule = { after: after, answered: answered, chosen: chosen, dueOn: dueOn, unpacked: unpacked };

  /* --- The page -------------------------------------------------------------------------------- */

  var root = document.querySelector(".kb-weekly[data-bank]");
  if (!root) return rule;
  var say = JSON.parse(root.querySelector(".kb-weekly__words").textContent);
  var live = root.querySelector(".kb-weekly__live");
  var told = root.querySelector(".kb-weekly__told");
  var bank = {};
  var items = [];

  function make(name, attributes) {
    var element = document.createElement(name);
    Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); });
    element.append.apply(element, Array.prototype.slice.call(arguments, 2));
    return element;
  }

  function filled(words, values) {
    return words.replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }

  function dated(day) {
    var shape = { month: "long", day: "numeric", weekday: "long", timeZone: "UTC" };
    return new Date(day).toLocaleDateString(root.dataset.lang === "zh" ? "zh-CN" : "en-GB", shape);
  }

  /* Only addresses of this site are followed. */
  function link(item, name) {
    return make("a", { href: /^\/(?!\/)/.test(item.url) ? item.url : "/", class: "kb-weekly__read" }, name);
  }

  function show(parts, focus) {
    live.replaceChildren.apply(live, parts);
    if (focus) {
      focus.tabIndex = -1;
      focus.focus();
    }
  }

  function letter(at) {
    return make("span", { class: "kb-weekly__letter", "aria-hidden": "true" }, String.fromCharCode(65 + at));
  }

  function step(move) {
    var state = begun(read(), items, false);
    var asked = state.round.items.filter(function (id) { return bank[id]; });
    var left = asked.filter(function (id) { return state.round.done.indexOf(id) < 0; });
    if (left.length) ask(bank[left[0]], state, asked.length - left.length + 1, asked.length, move);
    else finish(asked, state, move);
  }

  function head(item, state, n, all) {
    var sort = after(item, state.known[item.id]);
    var chip = make("span", { class: "kb-weekly__sort kb-weekly__sort--" + sort }, say[sort]);
    return make("p", { class: "kb-weekly__place" }, filled(say.place, { n: n, all: all }) + " · ", chip);
  }

  function ask(item, state, n, all, move) {
    var title = make("h2", {}, item.stem);
    var place = head(item, state, n, all);
    var options = make("ul", { class: "kb-weekly__options" });
    item.options.forEach(function (option, at) {
      var button = make("button", { type: "button", class: "kb-weekly__option" }, letter(at), make("span", {}, option));
      button.addEventListener("click", function () { answer(item, at + 1, place, n, all); });
      options.append(make("li", {}, button));
    });
    show([place, title, options], move && title);
  }

  function answer(item, choice, place, n, all) {
    var state = begun(read(), items, false);
    if (state.round.done.indexOf(item.id) < 0) {
      LanewiseOutbox.add(TOTALS, { item: item.id, choice: choice, after: after(item, state.known[item.id]) });
      state.known[item.id] = answered(item, state.known[item.id], choice, today());
      state.round.done.push(item.id);
      keep(state);
    }
    tell("");
    explain(item, choice, place, n === all);
  }

  function explain(item, choice, place, last) {
    var right = choice === item.answer;
    var blank = root.dataset.lang === "zh" ? "" : " ";
    var words = right ? say.right : say.wrong + blank + say.again;
    var verdict = make("p", { class: "kb-weekly__verdict kb-weekly__verdict--" + (right ? "right" : "wrong") }, words);
    var options = make("ul", { class: "kb-weekly__options" });
    item.options.forEach(function (option, at) { options.append(marked(option, at, item.answer, choice)); });
    var next = make("button", { type: "button", class: "kb-button kb-button--main" }, last ? say.end : say.next);
    next.addEventListener("click", function () { step(true); });
    var parts = [place, make("h2", {}, item.stem), verdict, options, make("p", { class: "kb-weekly__why" }, item.explain)];
    var read = make("p", {}, link(item, filled(say.read, { title: item.title })));
    show(parts.concat(read, make("p", {}, next)), verdict);
  }

  function marked(option, at, answer, choice) {
    var sort = at + 1 === answer ? " kb-weekly__option--right" : at + 1 === choice ? " kb-weekly__option--wrong" : "";
    var row = make("li", { class: "kb-weekly__option" + sort }, letter(at), make("span", {}, option));
    if (at + 1 === answer) row.append(make("span", { class: "kb-weekly__note" }, say.good));
    if (at + 1 === choice) row.append(make("span", { class: "kb-weekly__note" }, say.yours));
    return row;
  }

  function finish(asked, state, move) {
    var day = dated(plus(state.round.week, 7));
    var title = make("h2", { class: "kb-weekly__end" }, filled(asked.length ? say.done : say.nothing, { day: day }));
    var list = make("ul", { class: "kb-weekly__list" });
    asked.forEach(function (id) {
      var due = dueOn(state.known[id] || [0, today(), ""]);
      /* Five are chosen when a week is first opened, so what is due on a Thursday comes on Monday. */
      var when = due ? filled(say.from, { day: dated(monday(plus(due, 6))) }) : say.rests;
      list.append(make("li", {}, link(bank[id], bank[id].stem), make("span", { class: "kb-weekly__when" }, when)));
    });
    show(asked.length ? [title, make("h3", {}, say.back), list] : [title], move && title);
  }

  /* --- Which problems, and starting afresh ------------------------------------------------------- */

  function tell(words) {
    told.textContent = words;
    told.hidden = !words;
  }

  function topics(groups) {
    var ticked = read().topics;
    var place = root.querySelector(".kb-weekly__topics");
    place.replaceChildren.apply(place, groups.map(function (group) {
      var field = make("fieldset", {}, make("legend", {}, group[0]));
      group[1].forEach(function (topic) {
        var box = make("input", { type: "checkbox", value: topic[0] });
        box.checked = ticked.indexOf(topic[0]) >= 0;
        field.append(make("label", {}, box, make("span", {}, topic[1])));
      });
      return field;
    }));
    place.addEventListener("change", choose);
  }

  function choose() {
    var boxes = root.querySelectorAll(".kb-weekly__topics input:checked");
    var state = read();
    state.topics = Array.prototype.map.call(boxes, function (box) { return box.value; });
    keep(state);
    if (state.round && state.round.done.length) return;
    begun(state, items, true);
    step(false);
  }

  root.querySelector(".kb-weekly__forget").addEventListener("click", function () {
    if (!confirm(say.sure)) return;
    forget();
    LanewiseOutbox.drop(TOTALS);
    root.querySelectorAll(".kb-weekly__topics input").forEach(function (box) { box.checked = false; });
    step(false);
    tell(say.fresh);
    told.tabIndex = -1;
    told.focus();
  });

  /* The bank as the service has it; without network as it was when it was last fetched. */
  function fetched() {
    var url = root.dataset.bank;
    return fetch(url)
      .then(function (response) {
        if (!response.ok) throw new Error(response.status);
        var copy = response.clone();
        if (window.caches) caches.open(BANK).then(function (cache) { return cache.put(url, copy); }).catch(Boolean);
        return response;
      })
      .catch(function (error) {
        if (!window.caches) throw error;
        return caches.match(url, { cacheName: BANK });
      })
      .then(function (response) { return response.json(); });
  }

  fetched()
    .then(function (found) {
      items = found[0].map(unpacked);
      items.forEach(function (item) { bank[item.id] = item; });
      topics(found[1]);
      step(false);
    })
    .catch(function () { tell(say.failed); });

  return rule;
})();

/* What the phone keeps, seen from a page: the line at its foot, and search without the service.
 *
 * Where a browser has no service workers (plain http in the office, windows inside other apps) this
 * file does nothing and the line stays hidden.
 */
(function () {
  "use strict";

  var able = "serviceWorker" in navigator && "DecompressionStream" in window && window.isSecureContext;
  var place = document.querySelector(".kb-offline");
  if (!able || !place) return;

  var root = document.documentElement;
  var words = JSON.parse(document.getElementById("kb-words").textContent);
  var lang = root.lang.slice(0, 2) === "zh" ? "zh" : "en";
  var other = lang === "zh" ? "en" : "zh";
  var matcherUrl = document.currentScript.dataset.matcher;
  var line = place.querySelector(".kb-offline__line");
  var acts = place.querySelector(".kb-offline__acts");
  var connection = navigator.connection || {};
  var states = {};
  /* Who cleared the phone does not want it filled again by the next page. */
  var REFUSED = "kb-offline-refused";
  var WAIT = 4000;

  function say(key, values) {
    return (words[key] || "").replace(/\{(\w+)\}/g, function (_, name) {
      return values[name];
    });
  }

  function dated(day) {
    var shape = { year: "numeric", month: "long", day: "numeric" };
    return new Date(day + "T12:00").toLocaleDateString(lang === "zh" ? "zh-CN" : "en-GB", shape);
  }

  function refused() {
    try {
      return localStorage.getItem(REFUSED) === "yes";
    } catch (error) {
      return false;
    }
  }

  function refuse(yes) {
    try {
      localStorage.setItem(REFUSED, yes ? "yes" : "no");
    } catch (error) {
      /* Then the next page asks again. */
    }
  }

  /* --- The worker ------------------------------------------------------------------------------ */

  function send(message) {
    navigator.serviceWorker.ready.then(function (registration) {
      registration.active.postMessage(message);
    });
  }

  /* Ask the worker something and wait for its answer; null if it has none. */
  function asked(message) {
    return new Promise(function (done) {
      var channel = new MessageChannel();
      channel.port1.onmessage = function (event) {
        done(event.data);
      };
      setTimeout(done, WAIT, null);
      navigator.serviceWorker.getRegistration("/").then(function (registration) {
        if (registration && registration.active) registration.active.postMessage(message, [channel.port2]);
        else done(null);
      }, function () { done(null); });
    });
  }

  navigator.serviceWorker.addEventListener("message", function (event) {
    if (!event.data || !event.data.state) return;
    states[event.data.lang] = event.data;
    show();
  });
  navigator.serviceWorker.startMessages();

  /* After the page is there, so that it never waits for this. */
  function start() {
    navigator.serviceWorker.register("/sw.js").then(
      function () {
        var wanted = !connection.saveData && !refused();
        send({ ask: wanted ? "keep" : "state", lang: lang });
        send({ ask: wanted ? "check" : "state", lang: other });
      },
      function () {
        /* A browser that refuses is one that has none. */
      }
    );
  }
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start);

  /* --- The line -------------------------------------------------------------------------------- */

  function told(now) {
    var day = now.day && dated(now.day);
    if (now.state === "fetching") return say("offline_fetching", now);
    if (now.state === "kept") {
      if (!navigator.onLine || "fromPhone" in root.dataset) return say("offline_from_phone", { day: day });
      return say(now.failed ? "offline_old_stays" : "offline_kept", { day: day });
    }
    return say(now.failed ? "offline_failed" : "offline_none", {});
  }

  function show() {
    var now = states[lang];
    if (!now) return;
    var text = told(now);
    if (line.textContent !== text) line.textContent = text;
    place.dataset.state = now.state;
    place.hidden = false;
    if (now.state !== "fetching") acts.replaceChildren.apply(acts, buttons(now));
  }

  function buttons(now) {
    var there = states[other] && states[other].state === "kept";
    var found = [];
    if (now.state === "kept") {
      found.push(button("offline_renew", "renew", lang));
      found.push(there ? button("offline_other_drop", "drop", other) : button("offline_other", "renew", other));
      found.push(button("offline_drop", "drop", lang));
    } else {
      found.push(button("offline_save", "renew", lang));
    }
    return found;
  }

  function button(key, act, which) {
    var made = document.createElement("button");
    made.type = "button";
    made.textContent = say(key, {});
    made.addEventListener("click", function () {
      if (which === lang) refuse(act === "drop");
      send({ ask: act, lang: which });
      if (act === "drop" && which === lang) send({ ask: act, lang: other });
    });
    return made;
  }

  window.addEventListener("online", show);
  window.addEventListener("offline", show);

  /* --- Search without the service -------------------------------------------------------------- */

  var matching = null;

  function loaded() {
    return new Promise(function (done, failed) {
      var script = document.createElement("script");
      script.src = matcherUrl;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  }

  /* The matcher over the kept pack; null if nothing is kept. */
  function matcher() {
    matching = matching || Promise.all([asked({ ask: "pack", lang: lang }), loaded()]).then(
      function (found) {
        return found[0] && { day: dated(found[0].day), open: window.LanewiseMatcher.open(found[0].data) };
      }
    );
    /* What was not there once may be there later. */
    matching.then(forget, function () { forget(null); });
    return matching;
  }

  function forget(found) {
    if (!found) matching = null;
  }

  function page(hit) {
    return asked({ ask: "text", path: hit.url }).then(function (html) {
      return html && new DOMParser().parseFromString(html, "text/html").querySelector(".kb-article");
    });
  }

  var BLOCKS = "p, li, dd, td, h2, blockquote";

  /* The places of a page: the anchor that each block stands under, and its text. */
  function blocks(article) {
    var anchor = "";
    var found = [];
    article.querySelectorAll(".kb-card__row, " + BLOCKS).forEach(function (block) {
      if (block.closest(".kb-head, nav, .kb-checked, .kb-sources")) return;
      if (block.id) anchor = block.id;
      if (block.matches(".kb-card__row, h2") || block.querySelector(BLOCKS)) return;
      var text = block.textContent.trim();
      if (text) found.push({ anchor: anchor, text: text });
    });
    return found;
  }

  function withExcerpt(open, hit, marks) {
    return page(hit).then(function (article) {
      if (!article) return hit;
      var found = blocks(article);
      var texts = found.map(function (block) { return block.text; });
      var best = open.nearest(texts, marks);
      var at = best ? texts.indexOf(best.block) : -1;
      hit.snippet = open.excerpt(texts, marks);
      if (at >= 0 && found[at].anchor) hit.url += "#" + found[at].anchor;
      return hit;
    });
  }

  /* What to do, word for word from the first page that has a street card or steps. */
  function answer(found) {
    var first = found.hits.slice(0, 3).filter(function (hit) { return hit.kind === "problem"; })[0];
    if (!found.answered || found.emergency || !first) return Promise.resolve(null);
    return page(first).then(function (article) {
      var card = article && article.querySelector("#do dd");
      if (!card) return null;
      var steps = Array.prototype.map.call(card.querySelectorAll("li"), function (step) { return step.textContent; });
      var passage = { role: "do", title: first.title, url: first.url.split("#")[0] + "#do",
                      text: steps.length ? steps[0] : card.textContent };
      return { answered: true, passages: [passage] };
    });
  }

  /* What the service would have said, from what is kept; null if nothing is. */
  window.LanewiseOffline = {
    search: function (text, options) {
      return matcher().then(function (kept) {
        if (!kept) return null;
        var found = kept.open.search(text, options);
        var first = answer(found);
        var hits = found.hits.map(function (hit) { return withExcerpt(kept.open, hit, found.marks); });
        return Promise.all([first].concat(hits)).then(function (done) {
          return { found: Object.assign(found, { hits: done.slice(1) }), answered: done[0], day: kept.day };
        });
      });
    },
  };
})();

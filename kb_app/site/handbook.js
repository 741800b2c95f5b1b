/* The handbook's own program: opens leaves, searches, and says when the handbook is old. */
(function () {
  "use strict";

  var words = JSON.parse(document.getElementById("words").textContent);
  var box = document.getElementById("q");
  var place = document.getElementById("found");
  var chapters = document.querySelector(".kb-handbook__chapters");
  var DAY = 86400000;
  var MOST = 10;

  function make(name, attributes) {
    var element = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) {
      element.setAttribute(key, attributes[key]);
    });
    element.append.apply(element, Array.prototype.slice.call(arguments, 2).filter(Boolean));
    return element;
  }

  /* --- Age --------------------------------------------------------------------------------- */

  var age = (Date.now() - new Date(document.body.dataset.day).getTime()) / DAY;
  document.querySelector(".kb-handbook__old").hidden = age <= Number(document.body.dataset.oldAfter);

  /* --- Leaves ------------------------------------------------------------------------------ */

  function openAt(hash) {
    var target = document.getElementById(decodeURIComponent(hash.slice(1)));
    var leaf = target && target.closest(".kb-leaf");
    if (!leaf) return;
    chapters.hidden = false;
    leaf.open = true;
    target.scrollIntoView();
  }

  window.addEventListener("hashchange", function () {
    openAt(location.hash);
  });
  if (location.hash) openAt(location.hash);
  document.addEventListener("click", function (event) {
    var link = event.target.closest('a[href^="#"]');
    /* The same link twice changes no hash. */
    if (link && link.hash === location.hash) openAt(link.hash);
  });

  /* What is open is printed; if nothing is, the cards are. */
  window.addEventListener("beforeprint", function () {
    if (document.querySelector(".kb-leaf[open]")) return;
    document.querySelectorAll(".kb-leaf").forEach(function (leaf) {
      if (leaf.querySelector(".kb-card")) leaf.open = true;
    });
  });

  /* --- Search ------------------------------------------------------------------------------ */

  function opened(packed) {
    var bytes = Uint8Array.from(atob(packed), function (c) { return c.charCodeAt(0); });
    var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  }

  /* Browsers that cannot open the pack have their own search in the page. */
  if (!("DecompressionStream" in window)) return;
  box.parentNode.hidden = false;
  var matcher = opened(document.getElementById("pack").textContent).then(function (buffer) {
    return window.LanewiseMatcher.open(buffer);
  });

  function texts(leaf) {
    var found = leaf.querySelectorAll("p, li, dd, td");
    return Array.prototype.filter.call(found, function (block) {
      return !block.querySelector("p, li, dd, td");
    }).map(function (block) { return block.textContent.trim(); }).filter(Boolean);
  }

  function row(open, hit, marks) {
    var link = make("a", { href: "#" + hit.id, class: "kb-result__title" }, hit.title);
    var kind = make("span", {}, words[hit.kind]);
    var tag = hit.evidence &&
      make("span", { class: "kb-evidence kb-evidence--" + hit.evidence }, words[hit.evidence]);
    return make("li", { class: "kb-result" }, link,
      make("p", { class: "kb-result__lesson" }, hit.lesson),
      marked(open.excerpt(texts(document.getElementById(hit.id)), marks)),
      make("p", { class: "kb-result__facts kb-dotted" }, kind, tag && make("span", {}, tag)));
  }

  /* An excerpt is escaped but for <mark>: everything else in it is text. */
  function marked(html) {
    var line = make("p", { class: "kb-result__snippet" });
    html.split(/(<mark>[^<]*<\/mark>)/).forEach(function (piece) {
      var found = /^<mark>([^<]*)<\/mark>$/.exec(piece);
      line.append(found ? make("mark", {}, plain(found[1])) : plain(piece));
    });
    return line;
  }

  function plain(text) {
    return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
  }

  function banner(emergency) {
    var calls = make("p", { class: "kb-emergency__call" });
    emergency.call.forEach(function (number) {
      calls.append(make("a", { href: "tel:" + number }, number));
    });
    return make("section", { class: "kb-emergency", role: "alert" },
      make("p", { class: "kb-emergency__message" }, emergency.message), calls);
  }

  function show(open, text) {
    var found = open.search(text, { limit: 60 });
    var hits = found.hits.filter(function (hit) { return document.getElementById(hit.id); });
    var said = hits.length === 1 ? words.search_one : words.search_count.replace("{n}", hits.length);
    var list = make("ol", { class: "kb-results" });
    hits.slice(0, MOST).forEach(function (hit) { list.append(row(open, hit, found.marks)); });
    place.replaceChildren.apply(place, [
      found.emergency && banner(found.emergency),
      make("p", { class: "kb-quiet" }, hits.length ? said : words.search_none),
      hits.length ? list : make("p", {}, words.search_none_hint),
    ].filter(Boolean));
  }

  box.addEventListener("input", function () {
    matcher.then(function (open) {
      var text = box.value.trim();
      chapters.hidden = Boolean(text);
      if (text) show(open, text);
      else place.replaceChildren();
    });
  });

  /* A result leaves the list and opens its leaf. */
  place.addEventListener("click", function (event) {
    if (!event.target.closest("a[href^='#']")) return;
    box.value = "";
    chapters.hidden = false;
    setTimeout(function () { place.replaceChildren(); openAt(location.hash); }, 0);
  });
})();

/* Asking a question: what comes near is shown as it is written, and the outbox carries it.
 *
 * The form works without this file, by being sent to the service twice: to look, and to send. With it
 * one tap is enough, and no network is needed: the question waits on the phone, and its number and
 * code appear when it has arrived. They are also kept in this browser, as "My questions".
 * All text that comes from the service becomes text nodes.
 */
(function () {
  "use strict";

  var QUESTIONS = "/api/v1/questions";
  var QUIET = 700;
  var PATIENCE = 2500;
  var SHOWN = 3;

  function make(name, attributes) {
    var element = document.createElement(name);
    Object.keys(attributes).forEach(function (key) {
      element.setAttribute(key, attributes[key]);
    });
    element.append.apply(element, Array.prototype.slice.call(arguments, 2));
    return element;
  }

  function filled(words, values) {
    return words.replace(/\{(\w+)\}/g, function (_, name) {
      return values[name];
    });
  }

  /* --- My questions ---------------------------------------------------------------------------- */

  var language = document.documentElement.lang.slice(0, 2) === "zh" ? "zh" : "en";

  function address(question, page) {
    var number = encodeURIComponent(question.number);
    return "/" + language + "/questions/" + number + (page || "") + "?" + new URLSearchParams({ code: question.code });
  }

  function row(question, place) {
    var name = filled(place.dataset.number, { number: question.number });
    var link = make("a", { href: address(question) }, name + (question.words ? " · " + question.words : ""));
    var forget = make("button", { type: "button", "aria-label": place.dataset.forget + " " + name }, place.dataset.forget);
    forget.addEventListener("click", function () {
      LanewiseOutbox.remember({ number: question.number });
      list();
      document.querySelector(".kb-ask h1").focus();
    });
    return make("li", {}, link, forget);
  }

  function list() {
    var place = document.querySelector(".kb-ask__mine");
    if (!place) return;
    var rows = LanewiseOutbox.mine().map(function (question) {
      return row(question, place);
    });
    place.querySelector("ul").replaceChildren.apply(place.querySelector("ul"), rows);
    place.hidden = !rows.length;
  }

  var slip = document.querySelector(".kb-ask__slip[data-mine]");
  if (slip) {
    LanewiseOutbox.remember({ number: Number(slip.dataset.mine), code: slip.dataset.code, words: slip.dataset.words });
  }
  var title = document.querySelector(".kb-ask h1");
  if (title) title.tabIndex = -1;
  list();
  document.addEventListener("kb-outbox", list);

  /* --- The form -------------------------------------------------------------------------------- */

  var form = document.querySelector(".kb-ask__form[data-send]");
  if (!form) return;
  var say = form.dataset;
  var text = form.elements.text;
  var button = form.querySelector(".kb-ask__acts .kb-ask__first");
  var again = form.querySelector(".kb-ask__acts button:not(.kb-ask__first)");
  var alarm = document.querySelector(".kb-ask__alarm");
  var personal = form.querySelector(".kb-ask__personal");
  var failed = form.querySelector(".kb-ask__failed");
  var kept = document.querySelector(".kb-ask__kept");
  var near = { words: null, personal: [] };
  var heeded = null;
  var timer = 0;
  var key = "";
  var waited = false;

  button.textContent = say.send;
  if (again) again.remove();
  text.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(look, QUIET);
  });
  if (text.value.trim()) look();

  function words() {
    return text.value.trim();
  }

  /* --- What comes near ------------------------------------------------------------------------- */

  function asked(said) {
    var stop = new AbortController();
    var limit = setTimeout(function () { stop.abort(); }, PATIENCE);
    return fetch("/api/v1/similar", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: said, lang: say.lang }),
      signal: stop.signal,
    })
      .then(function (response) {
        if (!response.ok) throw new Error(response.status);
        return response.json();
      })
      .catch(fromPhone.bind(null, said))
      .finally(clearTimeout.bind(null, limit));
  }

  /* Without the service the phone answers, as in the search box. */
  function fromPhone(said) {
    var phone = window.LanewiseOffline;
    var found = phone ? phone.search(said.slice(0, 500), { limit: SHOWN }) : Promise.resolve(null);
    return found
      .catch(function () { return null; })
      .then(function (got) {
        var hits = got ? got.found.hits : [];
        return { similar: hits, answered: [], personal: [], emergency: got && got.found.emergency };
      });
  }

  function look() {
    var said = words();
    if (said === near.words) return Promise.resolve();
    return asked(said).then(function (found) {
      if (said !== words()) return;
      near = { words: said, personal: found.personal };
      show(found);
    });
  }

  function show(found) {
    alarm.replaceChildren.apply(alarm, found.emergency ? banner(found.emergency) : []);
    part(".kb-ask__answered", found.answered.map(answer));
    part(".kb-ask__similar", found.similar.slice(0, SHOWN).map(similar));
    personal.hidden = !found.personal.length;
    personal.textContent = personal.hidden ? "" : filled(say.personal, { sorts: found.personal.join(say.comma) });
  }

  function part(name, rows) {
    var place = form.querySelector(name);
    place.lastElementChild.replaceChildren.apply(place.lastElementChild, rows);
    place.hidden = !rows.length;
  }

  function banner(emergency) {
    var calls = make("p", { class: "kb-emergency__call" });
    emergency.call.forEach(function (number) {
      calls.append(make("a", { href: "tel:" + number }, number), " ");
    });
    var told = make("p", { class: "kb-emergency__message" }, emergency.message);
    return [
      make("section", { class: "kb-emergency", role: "alert" }, told, calls),
      make("p", { class: "kb-ask__now" }, say.now),
    ];
  }

  /* Only addresses of this site are followed. */
  function link(url, name) {
    return make("a", { href: /^\/(?!\/)/.test(url) ? url : "/" }, name);
  }

  function similar(hit) {
    var item = make("li", {}, link(hit.url, hit.title));
    if (hit.lang && hit.lang !== say.lang) item.firstChild.lang = hit.lang;
    if (hit.lesson) item.append(" ", make("span", { class: "kb-ask__quiet" }, hit.lesson));
    return item;
  }

  function answer(found) {
    var pages = make("ul", { class: "kb-ask__links" });
    found.pages.forEach(function (each) {
      pages.append(make("li", {}, link(each.url, each.text)));
    });
    var box = make("div", { class: "kb-ask__answer" });
    if (found.text) box.append(make("p", { class: "kb-ask__words" }, found.text));
    box.append(pages, make("p", { class: "kb-ask__quiet" }, filled(say.answered, { day: dated(found.day) })));
    return box;
  }

  function dated(day) {
    var shape = { year: "numeric", month: "long", day: "numeric", weekday: "long" };
    return new Date(day + "T12:00").toLocaleDateString(language === "zh" ? "zh-CN" : "en-GB", shape);
  }

  /* --- Sending --------------------------------------------------------------------------------- */

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (button.disabled) return;
    mistake(words() ? "" : say.empty);
    if (!words()) return;
    busy(true);
    look().then(function () {
      busy(false);
      if (near.words === words() && near.personal.length && heeded !== words()) return heed();
      deliver();
    });
  });

  function busy(yes) {
    button.disabled = yes;
    button.textContent = yes ? say.sending : say.send;
  }

  function mistake(said) {
    var line = document.getElementById("ask-text-mistake");
    line.textContent = said;
    line.hidden = !said;
    if (said) {
      text.setAttribute("aria-invalid", "true");
      text.focus();
    } else text.removeAttribute("aria-invalid");
  }

  function heed() {
    heeded = words();
    personal.textContent += " " + say.again;
    personal.tabIndex = -1;
    personal.focus();
  }

  function deliver() {
    var body = { text: words(), lang: say.lang };
    ["contact", "query"].forEach(function (name) {
      var said = form.elements[name].value.trim();
      if (said) body[name] = said;
    });
    form.hidden = true;
    failed.hidden = true;
    waited = false;
    tell(say.sending, "");
    /* The key of the form, so that the form itself sent before or after counts as the same. */
    key = form.elements.key.value;
    form.elements.key.value = "";
    key = LanewiseOutbox.add(QUESTIONS, body, 0, key);
    kept.focus();
  }

  function tell(head, told) {
    kept.hidden = false;
    kept.querySelector("h2").textContent = head;
    kept.querySelector(".kb-ask__kept-words").textContent = told;
  }

  document.addEventListener("kb-outbox", function (event) {
    var told = event.detail;
    if (!key || told.key !== key) return;
    if (told.state === "waiting") wait();
    else if (told.state === "refused") refuse(told.message);
    else arrive(told.answer);
  });

  function wait() {
    waited = true;
    tell("", kept.dataset.waits);
  }

  function refuse(why) {
    key = "";
    kept.hidden = true;
    form.hidden = false;
    failed.textContent = why;
    failed.hidden = false;
    button.focus();
  }

  /* At once: to the page with number and code. Later: here, for nobody likes a page to change by itself. */
  function arrive(answer) {
    key = "";
    if (!waited) {
      location.assign(address(answer, "/received"));
      return;
    }
    tell(filled(kept.dataset.sent, { number: answer.number }), "");
    var fields = kept.querySelectorAll("dd");
    fields[0].textContent = answer.number;
    fields[1].textContent = answer.code.slice(0, 4) + " " + answer.code.slice(4);
    kept.querySelector("dl").hidden = false;
    var way = kept.querySelector("a");
    way.href = address(answer, "/received");
    way.parentNode.hidden = false;
  }
})();

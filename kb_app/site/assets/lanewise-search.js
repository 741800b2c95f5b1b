/* The search box: a dialog over the page, answered by the service as the reader types.
 *
 * It is a combobox: the field keeps the focus, arrows choose, Enter opens, Escape closes. All text
 * that comes from the service becomes text nodes; only <mark> in a snippet becomes an element.
 * When the service cannot be reached, the phone answers (lanewise-offline.js), and for a few seconds
 * it is asked at once; then the next words go to the service again.
 * Without this file the same form is sent to /{lang}/search.
 */
(function () {
  "use strict";

  var words = JSON.parse(document.getElementById("kb-words").textContent);
  var lang = document.documentElement.lang.slice(0, 2) === "zh" ? "zh" : "en";
  var page = "/" + lang + "/search";
  /* Long enough for two keys at once, too short to be felt. */
  var WAIT = 20;
  var LIMIT = 8;
  var KINDS = ["problem", "case", "guide"];
  var PATIENCE = 3000;
  var PHONE_FIRST = 5000;
  var RECENT = "kb-recent";
  var MOST_RECENT = 6;

  function say(key, values) {
    return (words[key] || "").replace(/\{(\w+)\}/g, function (_, name) {
      return values && name in values ? values[name] : "";
    });
  }

  /* make("p", {class: "x"}, "text", node): an element with its attributes and children. */
  function make(name, attributes) {
    var element = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) {
      var value = attributes[key];
      if (value !== null && value !== undefined && value !== false) {
        element.setAttribute(key, value === true ? "" : value);
      }
    });
    Array.prototype.slice.call(arguments, 2).forEach(function (child) {
      if (child) element.append(child);
    });
    return element;
  }

  function icon(path) {
    var space = "http://www.w3.org/2000/svg";
    var svg = document.createElementNS(space, "svg");
    var line = document.createElementNS(space, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("width", "22");
    svg.setAttribute("height", "22");
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  var GLASS = "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13m5 11.5 5 5";
  var CROSS = "M5 5l14 14M19 5 5 19";
  var CHARACTERS = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'", "#39": "'", "#34": '"' };

  function unescaped(text) {
    return text.replace(/&(amp|lt|gt|quot|#x27|#39|#34);/g, function (_, name) {
      return CHARACTERS[name];
    });
  }

  /* A snippet is escaped but for <mark>: everything else in it is text. */
  function snippet(html) {
    var made = make("span", { class: "kb-result__snippet" });
    html.split(/(<mark>[^<]*<\/mark>)/).forEach(function (piece) {
      var marked = /^<mark>([^<]*)<\/mark>$/.exec(piece);
      if (marked) made.append(make("mark", {}, unescaped(marked[1])));
      else if (piece) made.append(unescaped(piece));
    });
    return made;
  }

  /* Only addresses of this site are followed. */
  function address(url) {
    return /^\/(?!\/)/.test(url) ? url : "/";
  }

  function facts(hit, names) {
    var tag = function (level) {
      return make("span", { class: "kb-evidence kb-evidence--" + level }, say(level));
    };
    var row = make("span", { class: "kb-result__facts kb-dotted" });
    [
      say(hit.kind),
      hit.kind !== "problem" && names && names[hit.problems[0]],
      hit.evidence && tag(hit.evidence),
      hit.relapsed && tag("relapsed"),
      hit.checked_on && say("checked", { day: hit.checked_on }),
      hit.stale && make("span", { class: "kb-stale" }, say("stale")),
    ].forEach(function (fact) {
      if (fact) row.append(make("span", {}, fact));
    });
    return row;
  }

  /* --- The dialog, made when it is first opened ---------------------------------------------- */

  var box, field, kinds, problems, status, alarm, suggestions, corrected, answer, list, after;
  var chosen = -1;
  var running = null;
  var timer = 0;
  var shown = "";
  var literal = false;
  var phoneFirstUntil = 0;

  function build() {
    field = make("input", {
      type: "search",
      name: "q",
      maxlength: 500,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      enterkeyhint: "search",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": "kb-hits",
      "aria-label": say("search_label"),
      placeholder: say("search_hint"),
    });
    var close = make(
      "button",
      { type: "button", class: "kb-icon", "aria-label": say("search_close") },
      icon(CROSS)
    );
    kinds = make("fieldset", { class: "kb-choices" });
    kinds.append(make("legend", { class: "kb-hidden" }, say("search_kinds")));
    [""].concat(KINDS).forEach(function (kind) {
      var radio = make("input", { type: "radio", name: "kind", value: kind, checked: !kind });
      var name = kind ? say(kind) : say("search_all_kinds");
      kinds.append(make("label", { class: "kb-choice" }, radio, make("span", {}, name)));
    });
    problems = make("select", { name: "problem", "aria-label": say("search_problems") });
    offer([], {});
    status = make("p", { class: "kb-dialog__status", role: "status" });
    alarm = make("div", {});
    suggestions = make("div", {
      class: "kb-dialog__suggestions",
      role: "group",
      "aria-label": say("search_suggestions"),
    });
    corrected = make("p", { class: "kb-corrected" });
    answer = make("div", {});
    list = make("div", { id: "kb-hits", role: "listbox", "aria-label": say("search") });
    list.hidden = true;
    after = make("div", {});
    var row = make("div", { class: "kb-dialog__form" }, icon(GLASS), field, close);
    var body = make("div", { class: "kb-dialog__body" });
    /* What comes and goes while typing stands below the results, so as not to push them about. */
    body.append(status, alarm, corrected, answer, list, suggestions, after);
    var filters = make("div", { class: "kb-dialog__filters" }, kinds, problems);
    var form = make("form", { action: page, method: "get", role: "search" }, row, filters);
    var keys = make("p", { class: "kb-dialog__keys", "aria-hidden": "true" }, say("search_keys"));
    box = make("dialog", { class: "kb-dialog", "aria-label": say("search") }, form, body, keys);
    document.body.append(box);
    listen(form, close);
  }

  function listen(form, close) {
    close.addEventListener("click", function () {
      box.close();
    });
    box.addEventListener("click", function (event) {
      if (event.target === box) box.close();
    });
    field.addEventListener("input", function (event) {
      if (!event.isComposing) typed();
    });
    field.addEventListener("compositionend", typed);
    field.addEventListener("keydown", pressed);
    [kinds, problems].forEach(function (filter) {
      filter.addEventListener("change", function () {
        ask(true);
      });
    });
    form.addEventListener("submit", function () {
      remember();
      /* An empty choice would be an empty filter in the address. */
      kinds.querySelectorAll("input").forEach(function (radio) {
        if (!radio.value) radio.disabled = true;
      });
      if (!problems.value) problems.disabled = true;
    });
    box.addEventListener("click", function (event) {
      /* A link to this very page does not reload it. */
      var link = event.target.closest("a[href]");
      if (link && link.dataset.page) opened(link.dataset.page, shown);
      if (event.target.closest("a[href]")) remember();
      if (event.target.closest("a[href]")) setTimeout(function () { box.close(); }, 0);
    });
  }

  function open(text) {
    if (!box) build();
    if (box.open) return;
    box.showModal();
    if (typeof text === "string" && text) field.value = text;
    field.focus();
    field.select();
    if (field.value && field.value.trim() !== shown) ask(true);
    else if (!field.value) clear("");
  }

  /* --- Recent searches: kept in this browser only, never sent ------------------------------------ */

  function recent() {
    try {
      var found = JSON.parse(localStorage.getItem(RECENT) || "[]");
      return Array.isArray(found) ? found.filter(function (text) { return typeof text === "string"; }) : [];
    } catch (error) {
      return [];
    }
  }

  function keep(texts) {
    try {
      localStorage.setItem(RECENT, JSON.stringify(texts));
    } catch (error) {
      /* A browser that keeps nothing has nothing to show. */
    }
  }

  function remember() {
    var text = field.value.trim();
    var before = recent().filter(function (other) { return other !== text; });
    if (text) keep([text].concat(before).slice(0, MOST_RECENT));
  }

  function showRecent() {
    var texts = recent();
    if (!texts.length) return;
    var forget = make("button", { type: "button", class: "kb-recent__forget" }, say("search_forget"));
    forget.addEventListener("click", function () {
      keep([]);
      clear("");
      field.focus();
    });
    after.append(make("p", { class: "kb-recent__title" }, say("search_recent"), " ", forget));
    var chips = make("div", { class: "kb-dialog__suggestions kb-recent" });
    chips.append.apply(chips, texts.map(again));
    after.append(chips);
  }

  function again(text) {
    var chip = make("button", { type: "button" }, text);
    chip.addEventListener("click", function () {
      field.value = text;
      ask(true);
      field.focus();
    });
    return chip;
  }

  function typed() {
    literal = false;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  }

  function pressed(event) {
    if (event.isComposing || event.keyCode === 229) return;
    var options = list.children;
    if (event.key === "Escape") {
      /* A search field would only be emptied; what was typed stays for the next time. */
      event.preventDefault();
      box.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!options.length) return;
      var step = event.key === "ArrowDown" ? 1 : -1;
      var count = options.length + 1;
      choose(((chosen + 1 + step + count) % count) - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      options[chosen].click();
    }
  }

  function choose(number) {
    chosen = number;
    Array.prototype.forEach.call(list.children, function (option, at) {
      option.setAttribute("aria-selected", at === chosen ? "true" : "false");
      if (at === chosen) option.scrollIntoView({ block: "nearest" });
    });
    if (chosen < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", "kb-hit-" + chosen);
  }

  /* --- Asking and showing ---------------------------------------------------------------------- */

  function parameters(text, more) {
    var asked = new URLSearchParams({ q: text, lang: lang });
    Object.keys(more || {}).forEach(function (key) {
      if (more[key]) asked.set(key, more[key]);
    });
    return asked;
  }

  window.addEventListener("online", function () {
    phoneFirstUntil = 0;
  });

  function fetched(path, asked, signal) {
    if (Date.now() < phoneFirstUntil) return Promise.reject(new Error("a moment ago it was away"));
    return fetch("/api/v1/" + path + "?" + asked, { signal: signal }).then(function (response) {
      if (!response.ok) throw Object.assign(new Error(), { status: response.status });
      return response.json();
    });
  }

  function ask(again) {
    var text = field.value.trim();
    if (text === shown && again !== true) return;
    shown = text;
    if (running) running.abort();
    if (!text) {
      running = null;
      clear("");
      return;
    }
    var mine = (running = new AbortController());
    var signal = mine.signal;
    var kind = kinds.querySelector("input:checked").value;
    var problem = problems.value;
    var asked = parameters(text, {
      kind: kind, problem: problem, limit: LIMIT, literal: literal ? "1" : "",
    });
    var filters = { kind: kind, problem: problem, limit: LIMIT, literal: literal };
    status.textContent = status.textContent || say("search_typing");
    within(PATIENCE, [
      fetched("search", asked, signal),
      kind || problem ? null : fetched("answer", parameters(text), signal).catch(forgive),
      kind || problem ? null : fetched("suggest", parameters(text, { limit: 4 }), signal).catch(forgive),
    ])
      .then(function (found) {
        if (running !== mine) return;
        show(text, found[0], found[1], found[2]);
      })
      .catch(function (error) {
        if (error.name === "AbortError") return null;
        mine.abort();
        /* The service is there and does not like the question: so it would be with the next. */
        if (error.status < 500) return failed();
        if (Date.now() >= phoneFirstUntil) phoneFirstUntil = Date.now() + PHONE_FIRST;
        return fromPhone(text, filters, mine);
      });
  }

  /* All of the promises, unless they take longer than that. */
  function within(time, promises) {
    var late = new Promise(function (_, failed) {
      setTimeout(failed, time, new Error("too slow"));
    });
    return Promise.race([Promise.all(promises), late]);
  }

  function fromPhone(text, filters, mine) {
    var phone = window.LanewiseOffline;
    var asked = phone ? phone.search(text, filters) : Promise.resolve(null);
    return asked.catch(function () { return null; }).then(function (got) {
      if (running !== mine) return;
      if (got) {
        show(text, got.found, got.answered, null);
        status.textContent += " · " + say("search_phone", { day: got.day });
        return;
      }
      failed();
    });
  }

  function failed() {
    clear(say("search_failed"));
    after.append(make("p", {}, make("a", { href: "/" + lang + "/problems/" }, say("problem"))));
    after.append(raise(field.value.trim()));
  }

  function forgive(error) {
    if (error.name === "AbortError") throw error;
    return null;
  }

  function clear(told) {
    [alarm, corrected, suggestions, answer, list, after].forEach(function (part) {
      part.replaceChildren();
    });
    choose(-1);
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    status.textContent = told;
    if (!told && !field.value) showRecent();
  }

  function show(text, found, answered, suggested) {
    clear("");
    if (found.emergency) alarm.append(banner(found.emergency));
    if (found.corrected) corrected.append.apply(corrected, correction(text, found.corrected));
    if (suggested) suggestions.append.apply(suggestions, others(suggested, found).map(chip));
    if (answered && answered.answered && answered.passages.length) {
      answer.append(card(answered.passages[0]));
    }
    list.append.apply(list, found.hits.map(function (hit, number) {
      return row(hit, number, found.names);
    }));
    offer((found.facets && found.facets.problem) || [], found.names || {});
    list.hidden = !found.hits.length;
    field.setAttribute("aria-expanded", found.hits.length ? "true" : "false");
    if (!found.hits.length) after.append(nothing());
    else if (found.total > found.hits.length) after.append(all(text, found.total));
    (found.answered || !found.hits.length ? after : answer).append(raise(text));
    status.textContent =
      found.total === 1 ? say("search_one") : say("search_count", { n: found.total });
  }

  function banner(emergency) {
    var calls = emergency.call.map(function (number) {
      return make("a", { href: "tel:" + number }, number);
    });
    var row = make("p", { class: "kb-emergency__call" });
    row.append.apply(row, calls);
    return make(
      "section",
      { class: "kb-emergency", role: "alert" },
      make("p", { class: "kb-emergency__message" }, emergency.message),
      row
    );
  }

  function correction(text, corrected) {
    var typed = make("button", { type: "button" }, say("search_literal", { query: text }));
    typed.addEventListener("click", function () {
      literal = true;
      ask(true);
      field.focus();
    });
    return [say("search_corrected", { query: corrected.query }), " ", typed];
  }

  /* Suggestions for pages that are not among the results anyway. */
  function others(suggested, found) {
    var bare = function (hit) {
      return hit.url.split("#")[0];
    };
    var there = found.hits.map(bare);
    return suggested.suggestions.filter(function (suggestion) {
      return there.indexOf(bare(suggestion)) < 0;
    });
  }

  function chip(suggestion) {
    return make("a", { href: address(suggestion.url) }, suggestion.text);
  }

  function card(passage) {
    var url = address(passage.url);
    var link = make("a", { href: url }, passage.title);
    var more = make("a", { href: url.split("#")[0] }, say("search_page_more"));
    return make(
      "section",
      { class: "kb-answer", "aria-label": say("search_answer") },
      make(
        "article",
        { class: "kb-answer__passage" },
        make("p", { class: "kb-answer__role" }, say(passage.role) || passage.section || ""),
        make("blockquote", { class: "kb-answer__text" }, passage.text),
        make("p", { class: "kb-answer__from" }, say("search_from"), " ", link, " ", more)
      )
    );
  }

  function row(hit, number, names) {
    return make(
      "a",
      {
        role: "option",
        id: "kb-hit-" + number,
        "aria-selected": "false",
        href: address(hit.url),
        tabindex: "-1",
        "data-page": hit.id,
        lang: hit.lang !== lang ? hit.lang : null,
      },
      make("span", { class: "kb-result__title" }, hit.title),
      hit.lesson && make("span", { class: "kb-result__lesson" }, hit.lesson),
      hit.snippet && snippet(hit.snippet),
      facts(hit, names)
    );
  }

  function nothing() {
    return make(
      "div",
      { class: "kb-empty" },
      make("p", {}, make("strong", {}, say("search_none"))),
      make("p", {}, say("search_none_hint"))
    );
  }

  /* The words come along to the page where the office is asked. */
  function raise(text) {
    var href = "/" + lang + "/ask?" + new URLSearchParams({ q: text });
    return make("a", { class: "kb-dialog__more", href: href }, say("search_ask"));
  }

  function all(text, total) {
    var href = page + "?" + new URLSearchParams({ q: text });
    return make("a", { class: "kb-dialog__more", href: href }, say("search_more", { n: total }));
  }

  /* The problem types among the results; the one that was chosen stays. */
  function offer(found, names) {
    var chosen = problems.value;
    var label = problems.selectedOptions.length ? problems.selectedOptions[0].dataset.name : "";
    var options = [make("option", { value: "" }, say("search_all_problems"))];
    if (chosen && !found.some(function (each) { return each.value === chosen; })) {
      options.push(option(chosen, label || chosen, 0));
    }
    found.forEach(function (each) {
      options.push(option(each.value, names[each.value] || each.value, each.count));
    });
    problems.replaceChildren.apply(problems, options);
    problems.value = chosen;
    problems.hidden = options.length < 3 && !chosen;
  }

  function option(value, name, count) {
    return make("option", { value: value, "data-name": name }, count ? name + " (" + count + ")" : name);
  }

  /* That a page was opened tells the office what was found; who opened it is not told. */
  function opened(id, words) {
    if (!words || Date.now() < phoneFirstUntil) return;
    fetch("/api/v1/opened", {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ page: id, query: words }),
    }).catch(function () {});
  }

  document.addEventListener("click", function (event) {
    var title = event.target.closest(".kb-result__title a");
    var told = title && title.closest(".kb-result").querySelector("[data-page][data-query]");
    if (told) opened(told.dataset.page, told.dataset.query);
  });

  /* --- Ways in --------------------------------------------------------------------------------- */

  document.querySelectorAll(".kb-find-button").forEach(function (button) {
    button.addEventListener("click", function () {
      open();
    });
  });

  /* The large field of the first page: a tap opens the box, Enter still sends the form. */
  document.querySelectorAll(".kb-hero input[name=q]").forEach(function (input) {
    input.addEventListener("click", function () {
      open(input.value);
    });
  });

  document.addEventListener("keydown", function (event) {
    var busy = /^(input|textarea|select)$/i.test(event.target.tagName || "");
    if (event.key !== "/" || busy || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    open();
  });

  /* Without network the page of results cannot be made; the box opens with its words instead. */
  if (document.querySelector(".kb-away") && /\/search\/?$/.test(location.pathname)) {
    open(new URLSearchParams(location.search).get("q") || "");
  }
})();

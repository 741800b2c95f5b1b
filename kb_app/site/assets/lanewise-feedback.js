/* One tap says what a page or a result was worth. The outbox carries it; nobody is named.
 *
 * "Useful" goes at once. The other three are in the outbox at once too, and wait there for a note
 * that may be written; leaving the page, or writing nothing for a while, sends them without one.
 */
(function () {
  "use strict";

  var words = JSON.parse(document.getElementById("kb-words").textContent);
  var ADDRESS = "/api/v1/feedback";
  var LONGEST_NOTE = 500;
  var LONGEST_QUERY = 500;
  var TIME_FOR_A_NOTE = 120000;
  /* The controls by the key of what they sent, and those that wait for a note. */
  var controls = {};
  var open = {};

  function say(key, values) {
    return words[key].replace(/\{(\w+)\}/g, function (_, name) {
      return values[name];
    });
  }

  function make(name, attributes, text) {
    var element = document.createElement(name);
    Object.keys(attributes).forEach(function (key) {
      element.setAttribute(key, attributes[key]);
    });
    if (text) element.textContent = text;
    return element;
  }

  /* --- The words that led to a page ------------------------------------------------------------ */

  function remember(path, query) {
    try {
      sessionStorage.setItem("kb-query", JSON.stringify({ path: path, query: query }));
    } catch (error) {
      /* Then the feedback goes without them. */
    }
  }

  function remembered() {
    try {
      var last = JSON.parse(sessionStorage.getItem("kb-query"));
      return last && last.path === location.pathname ? last.query : "";
    } catch (error) {
      return "";
    }
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest(".kb-dialog a[href], .kb-search a[href]");
    var field = link && link.closest(".kb-dialog, .kb-search").querySelector("input[name=q]");
    if (field && field.value.trim()) remember(link.pathname, field.value.trim());
  });

  /* --- One control ----------------------------------------------------------------------------- */

  document.querySelectorAll(".kb-feedback").forEach(function (control) {
    var key = "";
    var said = null;
    control.querySelectorAll("button[data-verdict]").forEach(function (button) {
      button.addEventListener("click", function () {
        if (said && !open[key]) return;
        said = verdict(control, button.dataset.verdict);
        press(control, button);
        if (open[key]) return open[key](said);
        var useful = said.verdict === "useful";
        key = LanewiseOutbox.add(ADDRESS, said, useful ? 0 : Date.now() + TIME_FOR_A_NOTE);
        controls[key] = control;
        if (useful) close(control);
        else ask(control, key, said);
      });
    });
  });

  function verdict(control, name) {
    /* A result says which page it is; below a page it is the page itself. */
    var page = control.dataset.page || document.getElementById("kb-content").dataset.page;
    var language = control.dataset.lang || document.documentElement.lang.slice(0, 2);
    var body = { page: page, lang: language, verdict: name };
    var query = control.dataset.query || remembered();
    if (query) body.query = Array.from(query).slice(0, LONGEST_QUERY).join("");
    return body;
  }

  function press(control, chosen) {
    control.querySelectorAll("button[data-verdict]").forEach(function (button) {
      button.setAttribute("aria-pressed", button === chosen ? "true" : "false");
    });
  }

  /* What was said stays to be seen and cannot be said again. */
  function close(control) {
    control.querySelectorAll("button[data-verdict]").forEach(function (button) {
      button.setAttribute("aria-disabled", "true");
    });
  }

  function ask(control, key, said) {
    var form = make("form", { class: "kb-feedback__note" });
    var label = make("label", { for: "kb-note-" + key }, say("feedback_note"));
    var field = make("textarea", { id: "kb-note-" + key, maxlength: LONGEST_NOTE, rows: 2 });
    var body = said;
    form.append(label, field, make("button", { type: "submit" }, say("feedback_send")));
    control.append(form);
    field.focus();

    function noted() {
      var note = field.value.trim();
      var whole = Object.assign({}, body);
      if (note) whole.note = note;
      return whole;
    }

    function finish() {
      if (!open[key]) return;
      delete open[key];
      form.remove();
      close(control);
    }

    open[key] = function (changed) {
      body = changed;
      LanewiseOutbox.amend(key, noted(), Date.now() + TIME_FOR_A_NOTE);
    };
    open[key].finish = finish;
    field.addEventListener("input", function () {
      LanewiseOutbox.amend(key, noted(), Date.now() + TIME_FOR_A_NOTE);
    });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      LanewiseOutbox.amend(key, noted(), 0);
      finish();
      control.querySelector("button[aria-pressed=true]").focus();
    });
    window.addEventListener("pagehide", function () {
      if (open[key]) LanewiseOutbox.amend(key, noted(), 0);
    });
  }

  /* --- What became of it ----------------------------------------------------------------------- */

  document.addEventListener("kb-outbox", function (event) {
    var told = event.detail;
    var control = controls[told.key];
    if (open[told.key] && told.state !== "waiting") open[told.key].finish();
    if (control) control.querySelector(".kb-feedback__status").textContent = outcome(told);
    tellWaiting(told.state === "waiting" ? told.waiting : 0);
  });

  function outcome(told) {
    if (told.state === "sent") return say("feedback_thanks");
    if (told.state === "refused") return say("feedback_refused", { why: told.message });
    return say("feedback_kept", { n: told.waiting });
  }

  /* Every page says below how many wait, so that nobody thinks them lost. */
  function tellWaiting(count) {
    var line = document.querySelector(".kb-waiting");
    line.textContent = count ? say("outbox_waiting", { n: count }) : "";
    line.hidden = !count;
  }
})();

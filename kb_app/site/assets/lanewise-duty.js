/* Duty guides: lists that are ticked in the lane, and the large view that is read to a room.
 *
 * Ticks stay on this phone. A list starts afresh each day, week (from Monday) or month, as it says.
 */
(function () {
  "use strict";

  var words = JSON.parse(document.getElementById("kb-words").textContent);
  var article = document.querySelector(".kb-article[data-page]");

  function say(key) {
    return words[key];
  }

  function each(parent, selector, act) {
    Array.prototype.forEach.call(parent.querySelectorAll(selector), act);
  }

  function make(name, attributes) {
    var element = document.createElement(name);
    Object.keys(attributes).forEach(function (key) {
      element.setAttribute(key, attributes[key]);
    });
    Array.prototype.slice.call(arguments, 2).forEach(function (child) {
      if (child) element.append(child);
    });
    return element;
  }

  /* --- Ticks ----------------------------------------------------------------------------------- */

  /* The stretch of time that a tick is good for, named by its first day. */
  function stretch(every, now) {
    var day = new Date(now.getFullYear(), now.getMonth(), now.getDate());
    if (every === "weekly") day.setDate(day.getDate() - ((day.getDay() + 6) % 7));
    if (every === "monthly") day.setDate(1);
    return [day.getFullYear(), day.getMonth() + 1, day.getDate()].join("-");
  }

  function ticks(list) {
    var name = "kb-ticks:" + article.dataset.page + ":" + list.id;
    /* What another season asks for is hidden, and not counted. */
    var boxes = Array.prototype.filter.call(list.querySelectorAll("input"), function (box) {
      return !box.closest("[hidden]");
    });
    var progress = document.querySelector('[data-counts="' + list.id + '"]');

    function count() {
      var done = boxes.filter(function (box) {
        return box.checked;
      });
      progress.textContent = done.length + "/" + boxes.length;
    }

    /* Ticks of another stretch, or of a list that was written anew, are forgotten. */
    function show() {
      var kept = null;
      try {
        kept = JSON.parse(localStorage.getItem(name));
      } catch (error) {
        /* Nothing is kept, or it cannot be read. */
      }
      var good = kept && kept.of === boxes.length && kept.since === since() && kept.done;
      boxes.forEach(function (box, at) {
        box.checked = Array.isArray(good) && good.indexOf(at) >= 0;
      });
      count();
    }

    function since() {
      return stretch(list.dataset.every, new Date());
    }

    function keep() {
      var done = [];
      boxes.forEach(function (box, at) {
        if (box.checked) done.push(at);
      });
      try {
        localStorage.setItem(
          name,
          JSON.stringify({ since: since(), of: boxes.length, done: done })
        );
      } catch (error) {
        /* Then the ticks go with the page. */
      }
      count();
    }

    list.addEventListener("change", keep);
    /* A page may lie open overnight. */
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden) show();
    });
    show();
  }

  each(document, ".kb-checks[data-every]", ticks);

  /* --- Reading aloud --------------------------------------------------------------------------- */

  /* What a room need not hear. */
  var UNSAID = ["rules", "quiz", "sources", "related"];

  /* A full stop inside a number or an address ends nothing. */
  function sentences(text) {
    return text
      .replace(/\s+/g, " ")
      .replace(/([。！？!?]|\.(?=\s|$))([”’」』）)]*)/g, "$1$2\n")
      .split("\n");
  }

  /* The page as a row of slides: {head, text} or {head, node}. */
  function slides() {
    var found = [];
    var head = "";
    var silent = false;

    function add(text, under) {
      if (text.trim()) found.push({ head: under || head, text: text.trim() });
    }

    function list(element, under) {
      each(element, "li", function (item) {
        var words = item.querySelector("label span") || item;
        if (!item.hidden) add(words.textContent, under);
      });
    }

    function routine(element) {
      each(element, "section", function (part) {
        list(part, part.querySelector("h3").firstChild.textContent.trim());
      });
    }

    add(article.querySelector("h1").textContent);
    each(article, ".kb-lesson", function (lesson) {
      add(lesson.textContent);
    });
    Array.prototype.forEach.call(article.children, function (element) {
      if (element.tagName === "H2") {
        head = element.textContent;
        silent = UNSAID.indexOf(element.id) >= 0;
      }
      if (silent || !head) return;
      if (element.tagName === "H3") head = element.textContent;
      else if (element.matches(".kb-table")) found.push({ head: head, node: element });
      else if (element.matches(".kb-routine")) routine(element);
      else if (element.matches("ul, ol")) list(element);
      else if (element.matches("p:not([class]), blockquote")) paragraph(element);
    });

    function paragraph(element) {
      var picture = element.querySelector("img");
      if (picture) found.push({ head: head, node: picture });
      sentences(element.textContent).forEach(function (sentence) {
        add(sentence);
      });
    }

    return found;
  }

  /* How large a slide can be set: a Chinese character counts as two. */
  function size(text) {
    var length = text.replace(/[^\x00-\xff]/g, "xx").length;
    return length <= 40 ? "short" : length <= 100 ? "middle" : "long";
  }

  function reader() {
    var shown = slides();
    var at = 0;
    var head = make("p", { class: "kb-read__head" });
    var stage = make("div", { class: "kb-read__stage", "aria-live": "polite" });
    var count = make("p", { class: "kb-read__count" });
    var close = button(say("search_close"), "");
    var back = button(say("aloud_previous"), "");
    var next = button(say("aloud_next"), "kb-button--main");
    var foot = make("div", { class: "kb-read__foot" }, close, count, back, next);
    var title = article.querySelector("h1").textContent;
    var box = make("dialog", { class: "kb-read", "aria-label": title }, head, stage, foot);
    var start = null;
    document.body.append(box);

    function button(text, kind) {
      return make("button", { type: "button", class: ("kb-button " + kind).trim() }, text);
    }

    function show(number) {
      at = Math.min(Math.max(number, 0), shown.length - 1);
      var slide = shown[at];
      head.textContent = slide.head;
      /* The address keeps the place, so that a page loaded again goes on there. */
      history.replaceState(null, "", "#read-" + (at + 1));
      count.textContent = at + 1 + " / " + shown.length;
      var inside = slide.node
        ? slide.node.cloneNode(true)
        : make("p", { class: "kb-read__text", "data-size": size(slide.text) }, slide.text);
      stage.replaceChildren(inside);
      stage.scrollTop = 0;
      back.setAttribute("aria-disabled", at === 0 ? "true" : "false");
      next.setAttribute("aria-disabled", at === shown.length - 1 ? "true" : "false");
      /* What does not fit is scrolled, also by keyboard. */
      if (overflows()) stage.tabIndex = 0;
      else stage.removeAttribute("tabindex");
    }

    function overflows() {
      return stage.scrollHeight > stage.clientHeight + 1;
    }

    close.addEventListener("click", function () {
      box.close();
    });
    box.addEventListener("close", function () {
      history.replaceState(null, "", location.pathname + location.search);
    });
    back.addEventListener("click", function () {
      show(at - 1);
    });
    next.addEventListener("click", function () {
      show(at + 1);
    });
    box.addEventListener("keydown", function (event) {
      var steps = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };
      var vertical = { ArrowDown: 1, ArrowUp: -1 };
      var step = steps[event.key] || (!overflows() && vertical[event.key]);
      if (event.key === "Home") show(0);
      else if (event.key === "End") show(shown.length - 1);
      else if (step) show(at + step);
      else return;
      event.preventDefault();
    });
    /* A swipe turns the page; so does a tap, on its left third backwards. */
    stage.addEventListener("pointerdown", function (event) {
      start = { x: event.clientX, y: event.clientY };
    });
    stage.addEventListener("pointercancel", function () {
      start = null;
    });
    stage.addEventListener("pointerup", function (event) {
      if (!start || event.button > 0) return;
      var x = event.clientX - start.x;
      var y = event.clientY - start.y;
      start = null;
      if (Math.abs(x) > 40 && Math.abs(x) > Math.abs(y)) show(at + (x < 0 ? 1 : -1));
      else if (Math.abs(x) < 10 && Math.abs(y) < 10) {
        show(at + (event.clientX < stage.clientWidth / 3 ? -1 : 1));
      }
    });

    return function (place) {
      box.showModal();
      show(place);
      next.focus();
    };
  }

  each(document, ".kb-aloud button", function (button) {
    var open = null;
    var place = /^#read-(\d{1,4})$/.exec(location.hash);

    function read(from) {
      open = open || reader();
      open(from);
    }

    button.addEventListener("click", function () {
      read(0);
    });
    if (place) read(place[1] - 1);
  });
})();

/* The desk: a text is checked while it is written, and a build is watched until it ends. */
(function () {
  "use strict";

  var QUIET = 900; /* milliseconds without a key before a text is checked */
  var LOOK = 2000;

  var line = function (words) {
    var item = document.createElement("li");
    item.textContent = words;
    return item;
  };

  var list = function (rows) {
    var found = document.createElement("ol");
    rows.forEach(function (words) {
      found.appendChild(line(words));
    });
    return found;
  };

  var watch = function (form) {
    var text = form.elements.text;
    var place = form.querySelector(".kb-live");
    if (!text || !place) return;
    var timer = 0;
    var asked = 0;

    var show = function (found) {
      var rows = found.findings.map(function (each) {
        return place.dataset.line.replace("{number}", each.line) + " " + each.message;
      });
      if (found.private.length) {
        rows.unshift(place.dataset.private.replace("{sorts}", found.private.join(", ")));
      }
      place.replaceChildren(rows.length ? list(rows) : document.createTextNode(place.dataset.fine));
    };

    var check = function () {
      asked += 1;
      var mine = asked;
      fetch(form.dataset.check, {
        method: "POST",
        headers: { "X-CSRFToken": form.elements.csrf_token.value },
        body: new URLSearchParams(new FormData(form)),
      })
        .then(function (answer) {
          if (!answer.ok) throw new Error(answer.statusText);
          return answer.json();
        })
        .then(function (found) {
          if (mine === asked) show(found);
        })
        .catch(function () {
          if (mine === asked) place.textContent = place.dataset.away;
        });
    };

    /* The lines that the findings name are found by selecting the line. */
    place.addEventListener("click", function (event) {
      var number = /\d+/.exec(event.target.textContent || "");
      if (event.target.tagName !== "LI" || !number) return;
      var lines = text.value.split("\n");
      var before = lines.slice(0, number[0] - 1).join("\n").length + (number[0] > 1 ? 1 : 0);
      text.focus();
      text.setSelectionRange(before, before + (lines[number[0] - 1] || "").length);
    });

    place.hidden = false;
    text.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(check, QUIET);
    });
    check();
  };

  var follow = function (place) {
    var look = function () {
      fetch(place.dataset.building)
        .then(function (answer) {
          return answer.json();
        })
        .then(function (state) {
          if (!state.running) return location.reload();
          var stage = place.querySelector("span");
          if (stage && state.stage) {
            stage.textContent =
              "(" + state.stage + (state.total ? " " + state.done + "/" + state.total : "") + ")";
          }
          return setTimeout(look, LOOK);
        })
        .catch(function () {
          setTimeout(look, LOOK * 5);
        });
    };
    setTimeout(look, LOOK);
  };

  document.querySelectorAll("form[data-check]").forEach(watch);
  /* A page on which somebody writes is never loaded anew under his hands. */
  if (!document.querySelector(".kb-sheet")) {
    document.querySelectorAll("[data-building]").forEach(follow);
  }
})();

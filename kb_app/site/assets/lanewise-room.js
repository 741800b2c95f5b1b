/* A training room: the page asks every second whether there is anything new, and takes it over; what is
   tapped is sent again until it was received, which counts it once all the same. */
(function () {
  "use strict";

  /* What somebody signs in with is typed once: it stays on this phone. */
  document.querySelectorAll("form[data-remember]").forEach(function (form) {
    var name = form.dataset.remember;
    var fields = Array.from(form.elements).filter(function (field) {
      return ["who", "role", "lane"].indexOf(field.name) >= 0;
    });
    var kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(name));
    } catch (error) {
      /* Nothing is kept, or it cannot be read. */
    }
    fields.forEach(function (field) {
      if (kept && !field.value && typeof kept[field.name] === "string") field.value = kept[field.name];
    });
    var other = form.parentNode.querySelector("[data-forget]");
    other.hidden = !kept;
    other.addEventListener("click", function () {
      localStorage.removeItem(name);
      fields.forEach(function (field) {
        field.value = "";
      });
      other.hidden = true;
      fields[0].focus();
    });
    form.addEventListener("submit", function () {
      var said = {};
      fields.forEach(function (field) {
        said[field.name] = field.value;
      });
      try {
        localStorage.setItem(name, JSON.stringify(said));
      } catch (error) {
        /* Then it is typed again the next time. */
      }
    });
  });

  var root = document.querySelector("[data-room]");
  if (!root) return;
  var LOOK = Number(root.dataset.look);
  var AGAIN = 1000; /* milliseconds until something that was not received is sent again */
  var sending = false;

  /* A hundred phones shall not all ask in the same moment. */
  var soon = function () {
    return LOOK * (0.85 + Math.random() * 0.3);
  };

  var connected = function (yes) {
    var words = root.querySelector(".kb-room__away");
    if (words) words.hidden = yes;
  };

  var count = function (votes) {
    root.querySelectorAll("[data-votes]").forEach(function (place) {
      var words = place.dataset.words.replace("{votes}", votes);
      if (place.textContent !== words) place.textContent = words;
    });
  };

  /* The middle of the page anew; what stands open stays open, and whoever uses keys stays where he is. */
  var take = function (text) {
    var made = new DOMParser().parseFromString(text, "text/html");
    var fresh = made.querySelector("[data-room]");
    if (!fresh) return location.reload();
    document.adoptNode(fresh);
    var opened = root.querySelectorAll("details[open]").length > 0;
    var act = document.activeElement && document.activeElement.value;
    root.replaceWith(fresh);
    root = fresh;
    if (opened) root.querySelectorAll("details").forEach(function (each) { each.open = true; });
    var same = act && root.querySelector('button[value="' + CSS.escape(act) + '"]');
    if (same) same.focus({ preventScroll: true });
  };

  var part = function (address, body) {
    var asked = { headers: { "X-Part": "middle" }, cache: "no-store", credentials: "same-origin" };
    if (body) {
      asked.method = "POST";
      asked.body = body;
    }
    return fetch(address, asked).then(function (answer) {
      if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
      if (!answer.ok && answer.status !== 409) return location.reload();
      return answer.text().then(take);
    });
  };

  var look = function () {
    fetch(root.dataset.room, { cache: "no-store" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (state) {
        connected(true);
        count(state.votes);
        if (sending || String(state.version) === root.dataset.version) return null;
        return part(location.href);
      })
      .catch(function () {
        connected(false);
      })
      .finally(function () {
        setTimeout(look, soon());
      });
  };

  var send = function (address, body) {
    part(address, body).then(
      function () {
        sending = false;
        connected(true);
      },
      function () {
        connected(false);
        setTimeout(send, AGAIN, address, body);
      }
    );
  };

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!root.contains(form) || form.method !== "post" || form.dataset.plain !== undefined) return;
    if (form.action.indexOf("/sign-out") >= 0) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    var body = new URLSearchParams(new FormData(form));
    var button = event.submitter;
    if (button && button.name) body.set(button.name, button.value);
    body.set("tap", String(Date.now()));
    var said = form.parentElement.querySelector(".kb-phone__said");
    if (said && form.dataset.sending) said.textContent = form.dataset.sending;
    send(form.action, body);
  });

  /* Arrow keys and clickers. */
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT|BUTTON|SUMMARY)$/.test(event.target.tagName)) return;
    var key = event.key === " " ? "Space" : event.key;
    root.querySelectorAll("[data-keys]").forEach(function (button) {
      if (button.dataset.keys.split(" ").indexOf(key) < 0) return;
      event.preventDefault();
      button.click();
    });
  });

  /* The code by the door changes when the service says so; no clock of this machine counts. */
  var turn = function () {
    part(location.href).then(connected.bind(null, true), connected.bind(null, false)).finally(function () {
      setTimeout(turn, Number(root.dataset.next));
    });
  };

  if (root.dataset.next) setTimeout(turn, Number(root.dataset.next));
  setTimeout(look, soon());
})();

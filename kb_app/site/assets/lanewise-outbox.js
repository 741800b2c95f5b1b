/* What people send waits on the phone until it has arrived.
 *
 *   LanewiseOutbox.add("/api/v1/feedback", {page: "…", verdict: "useful"});
 *
 * Every entry has a key of its own that travels as Idempotency-Key, so that one sent twice (the
 * answer was lost, two tabs were open) counts once. Entries are sent when added, when a page loads,
 * when the network comes back, and again after ever longer waits. A refusal that would not change
 * (4xx, but for 429) ends an entry. What became of an entry is told by the event "kb-outbox" on the
 * document: {state: "sent" | "refused" | "waiting", key, message, waiting: how many are left,
 * answer: what the service answered}. Number and code of a question stay here as one of "mine".
 */
var LanewiseOutbox = (function () {
  "use strict";

  var PREFIX = "kb-outbox:";
  var MINE = "kb-mine";
  var FIRST_WAIT = 5000;
  var LONGEST_WAIT = 600000;
  var PATIENCE = 20000;
  var NO_NETWORK = 1;
  /* What a browser that keeps nothing, or is full, still holds until the page is left. */
  var held = {};
  /* The key of the entry that is on its way. */
  var underway = "";
  var again = false;
  var wait = FIRST_WAIT;
  var timer = 0;

  /* A random version 4 UUID; crypto.randomUUID is missing on plain http. */
  function newKey() {
    if (crypto.randomUUID) return crypto.randomUUID();
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    var hex = Array.prototype.map.call(bytes, function (byte) {
      return (byte + 0x100).toString(16).slice(1);
    });
    return [hex.slice(0, 4), hex.slice(4, 6), hex.slice(6, 8), hex.slice(8, 10), hex.slice(10)]
      .map(function (part) {
        return part.join("");
      })
      .join("-");
  }

  function keep(entry) {
    try {
      localStorage.setItem(PREFIX + entry.key, JSON.stringify(entry));
      delete held[entry.key];
    } catch (error) {
      held[entry.key] = entry;
    }
  }

  function forget(key) {
    delete held[key];
    try {
      localStorage.removeItem(PREFIX + key);
    } catch (error) {
      /* Nothing was kept. */
    }
  }

  function names() {
    try {
      return Object.keys(localStorage).filter(function (name) {
        return name.indexOf(PREFIX) === 0;
      });
    } catch (error) {
      return [];
    }
  }

  /* An entry as it was kept; one that cannot be read, or leads elsewhere, is dropped. */
  function read(name) {
    try {
      var entry = JSON.parse(localStorage.getItem(name));
      if (entry && entry.key === name.slice(PREFIX.length) && /^\/(?!\/)/.test(entry.address)) {
        return entry;
      }
    } catch (error) {
      /* Not ours, or broken. */
    }
    forget(name.slice(PREFIX.length));
    return null;
  }

  /* Every entry, the oldest first. */
  function entries() {
    var found = names().map(read).filter(Boolean);
    Object.keys(held).forEach(function (key) {
      found.push(held[key]);
    });
    return found.sort(function (a, b) {
      return a.made_at - b.made_at;
    });
  }

  /* The questions that were asked from here, the latest first; kept in this browser only. */
  function mine() {
    try {
      var found = JSON.parse(localStorage.getItem(MINE));
      return Array.isArray(found) ? found.filter(function (each) { return each && each.code; }) : [];
    } catch (error) {
      return [];
    }
  }

  /* Keep a question as {number, code, words}, or forget it where it has no code any more. */
  function remember(question) {
    var others = mine().filter(function (each) { return each.number !== question.number; });
    try {
      localStorage.setItem(MINE, JSON.stringify((question.code ? [question] : []).concat(others)));
    } catch (error) {
      /* Then only the screen says number and code. */
    }
  }

  function tell(state, key, message, answer) {
    var detail = { state: state, key: key, message: message || "", waiting: entries().length, answer: answer };
    document.dispatchEvent(new CustomEvent("kb-outbox", { detail: detail }));
  }

  /* Add an entry and return its key; it is not sent before the time `after`. */
  function add(address, body, after, known) {
    var key = known || newKey();
    keep({ address: address, body: body, key: key, made_at: Date.now(), after: after || 0 });
    send();
    return key;
  }

  /* Change an entry that is not on its way yet; says whether it still could be. */
  function amend(key, body, after) {
    var entry = entries().filter(function (each) {
      return each.key === key;
    })[0];
    if (!entry || key === underway) return false;
    entry.body = body;
    entry.after = after || 0;
    keep(entry);
    send();
    return true;
  }

  /* Forget what still waits for an address, but for what is on its way. */
  function drop(address) {
    entries().forEach(function (entry) {
      if (entry.address === address && entry.key !== underway) forget(entry.key);
    });
  }

  /* Send what is due, one after the other; what could not be sent stays and is tried again. */
  function send() {
    if (underway) {
      again = true;
      return;
    }
    again = false;
    clearTimeout(timer);
    var now = Date.now();
    var troubled = 0;
    var later = [];
    var due = entries().filter(function (entry) {
      if (entry.after > now) later.push(entry.after - now);
      return !(entry.after > now);
    });
    underway = due.length ? due[0].key : "";

    function next() {
      var entry = due.shift();
      underway = entry ? entry.key : "";
      if (!entry) return done();
      post(entry).then(function (pause) {
        if (pause) troubled = Math.max(troubled, pause);
        /* Without network the others need not be tried. */
        if (pause === NO_NETWORK) due = [];
        next();
      });
    }

    function done() {
      if (troubled) {
        later.push(Math.max(troubled, wait));
        wait = Math.min(wait * 2, LONGEST_WAIT);
      } else wait = FIRST_WAIT;
      if (again) send();
      else if (later.length) timer = setTimeout(send, Math.max(Math.min.apply(null, later), 50));
    }

    next();
  }

  /* Send one entry; resolves to 0 when it is settled, else to how long to pause at least. */
  function post(entry) {
    var stop = new AbortController();
    var limit = setTimeout(function () {
      stop.abort();
    }, PATIENCE);
    return fetch(entry.address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": entry.key },
      body: JSON.stringify(entry.body),
      keepalive: true,
      signal: stop.signal,
    })
      .then(function (response) {
        /* An answer that breaks off is asked for again. */
        if (response.ok) return response.text().then(arrived.bind(null, entry));
        var final = response.status >= 400 && response.status < 500 && response.status !== 429;
        if (final) return reason(response).then(settle.bind(null, entry, "refused"));
        var asked = Number(response.headers.get("Retry-After")) * 1000;
        tell("waiting", entry.key);
        return Math.min(asked || FIRST_WAIT, LONGEST_WAIT);
      })
      .catch(function () {
        tell("waiting", entry.key);
        return NO_NETWORK;
      })
      .then(function (pause) {
        clearTimeout(limit);
        return pause;
      });
  }

  function arrived(entry, text) {
    var answer = null;
    try {
      answer = JSON.parse(text);
    } catch (error) {
      /* It has none. */
    }
    if (answer && answer.code) {
      var words = Array.from(entry.body.text).slice(0, 40).join("");
      remember({ number: answer.number, code: answer.code, words: words });
    }
    return settle(entry, "sent", "", answer);
  }

  function settle(entry, state, message, answer) {
    forget(entry.key);
    tell(state, entry.key, message, answer);
    return 0;
  }

  /* What the service says for itself, else the number. */
  function reason(response) {
    return response
      .json()
      .then(function (problem) {
        return String(problem.detail || problem.title || response.status);
      })
      .catch(function () {
        return String(response.status);
      });
  }

  window.addEventListener("online", function () {
    wait = FIRST_WAIT;
    send();
  });
  send();

  return {
    add: add,
    amend: amend,
    drop: drop,
    mine: mine,
    remember: remember,
    waiting: function () {
      return entries().length;
    },
  };
})();

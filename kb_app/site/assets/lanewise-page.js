/* Small comforts of every page; each page is complete without them. */
(function () {
  "use strict";

  var each = function (selector, act) {
    document.querySelectorAll(selector).forEach(act);
  };

  /* Dark or light: what the reader chose is kept, and follows the system until then. */
  each(".kb-scheme", function (button) {
    var root = document.documentElement;
    var system = matchMedia("(prefers-color-scheme: dark)");
    button.addEventListener("click", function () {
      var dark = root.dataset.scheme ? root.dataset.scheme === "dark" : system.matches;
      root.dataset.scheme = dark ? "light" : "dark";
      try {
        localStorage.setItem("kb-scheme", root.dataset.scheme);
      } catch (error) {
        /* A browser that keeps nothing forgets it with the page. */
      }
    });
  });

  /* Larger text: kept on this phone, and put in force by scheme.js before a page is drawn. */
  each(".kb-text input", function (choice) {
    var root = document.documentElement;
    choice.checked = choice.value === (root.dataset.text || "");
    choice.addEventListener("change", function () {
      if (choice.value) root.dataset.text = choice.value;
      else delete root.dataset.text;
      try {
        if (choice.value) localStorage.setItem("kb-text", choice.value);
        else localStorage.removeItem("kb-text");
      } catch (error) {
        /* A browser that keeps nothing forgets it with the page. */
      }
    });
  });

  /* The other language opens at the same place; a search keeps its words. */
  each(".kb-twin", function (link) {
    link.addEventListener("click", function () {
      var here = location.pathname;
      var made = new RegExp("^/(zh|en)/search/?$").exec(here);
      if (made) link.pathname = here.replace(/^\/(zh|en)\//, "/" + link.hreflang + "/");
      if (made) link.search = location.search;
      link.hash = location.hash;
    });
  });

  /* The menu and the sizes of text close when the reader goes elsewhere. */
  each(".kb-menu, .kb-text", function (menu) {
    document.addEventListener("click", function (event) {
      if (!menu.contains(event.target)) menu.open = false;
    });
    menu.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  /* The season is that of the reader's day, not of the day the site was built. */
  each(".kb-season", function (season) {
    var month = new Date().getMonth() + 1;
    var shown = 0;
    season.querySelectorAll("[data-months]").forEach(function (item) {
      item.hidden = item.dataset.months.split(" ").indexOf(String(month)) < 0;
      if (!item.hidden) shown += 1;
    });
    season.querySelector("h2, h3").textContent = JSON.parse(season.dataset.titles)[month - 1];
    season.hidden = !shown;
  });

  /* A table of the twelve months begins with the reader's month. */
  each(".kb-table tbody", function (table) {
    var rows = Array.prototype.slice.call(table.rows);
    var whole = rows.length === 12 && rows.every(function (row, at) {
      return row.cells[0].textContent.trim() === String(at + 1);
    });
    if (!whole) return;
    var now = new Date().getMonth();
    rows[now].classList.add("kb-now");
    table.append.apply(table, rows.slice(now).concat(rows.slice(0, now)));
  });

  /* The glossary shows what contains the words typed. */
  each(".kb-filter input", function (box) {
    var none = document.querySelector(".kb-filter__none");
    var lists = document.querySelectorAll(".kb-terms");
    box.addEventListener("input", function () {
      var wanted = box.value.trim().toLowerCase();
      var found = 0;
      lists.forEach(function (list) {
        var shown = 0;
        list.querySelectorAll(".kb-term").forEach(function (term) {
          term.hidden = term.textContent.toLowerCase().indexOf(wanted) < 0;
          if (!term.hidden) shown += 1;
        });
        list.hidden = !shown;
        if (list.previousElementSibling) list.previousElementSibling.hidden = !shown;
        found += shown;
      });
      none.hidden = found > 0;
    });
  });

  /* The list of the page's parts marks the one that is read. */
  (function () {
    var links = {};
    each(".kb-toc a", function (link) {
      links[decodeURIComponent(link.hash.slice(1))] = link;
    });
    if (!Object.keys(links).length || !("IntersectionObserver" in window)) return;
    var heads = Object.keys(links)
      .map(function (id) {
        return document.getElementById(id);
      })
      .filter(Boolean);
    var mark = function () {
      var line = window.innerHeight / 3;
      var now = heads.filter(function (head) {
        return head.getBoundingClientRect().top < line;
      });
      var current = now.length ? now[now.length - 1].id : heads[0] && heads[0].id;
      Object.keys(links).forEach(function (id) {
        if (id === current) links[id].setAttribute("aria-current", "true");
        else links[id].removeAttribute("aria-current");
      });
    };
    var seen = new IntersectionObserver(mark, { rootMargin: "0px 0px -60% 0px" });
    heads.forEach(function (head) {
      seen.observe(head);
    });
    mark();
  })();

  /* A page is handed on by the system's own means, else its address is copied. */
  var copied = function (address) {
    if (!navigator.clipboard) return copiedAsText(address);
    return navigator.clipboard.writeText(address).catch(function () {
      return copiedAsText(address);
    });
  };
  var copiedAsText = function (address) {
    var box = document.createElement("textarea");
    box.value = address;
    document.body.appendChild(box);
    box.select();
    document.execCommand("copy");
    box.remove();
    return Promise.resolve();
  };
  each("[data-share]", function (button) {
    if (navigator.share) button.textContent = button.dataset.send;
    button.addEventListener("click", function () {
      var address = location.href.split("#")[0];
      var done = navigator.share
        ? navigator.share({ title: document.title, url: address })
        : copied(address).then(function () {
            button.textContent = button.dataset.copied;
          });
      done.catch(function () {
        /* The reader thought better of it. */
      });
    });
  });

  /* The sheet for the notice board is the page without all but its card and its code. */
  each("[data-board]", function (button) {
    button.addEventListener("click", function () {
      document.documentElement.dataset.print = "board";
      window.print();
    });
  });
  window.addEventListener("afterprint", function () {
    delete document.documentElement.dataset.print;
  });

  /* A printed page says when it was printed. */
  window.addEventListener("beforeprint", function () {
    var lang = document.documentElement.lang;
    each(".kb-print-date time", function (time) {
      time.textContent = new Date().toLocaleDateString(lang === "en" ? "en-GB" : lang, {
        dateStyle: "long",
      });
    });
  });
})();

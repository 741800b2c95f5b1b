/* Runs before the page is drawn: scripts are here, and the reader's choice of dark or light. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.replace("no-js", "js");
  try {
    var scheme = localStorage.getItem("kb-scheme");
    if (scheme) root.dataset.scheme = scheme;
  } catch (error) {
    /* A browser that keeps nothing follows the system. */
  }
})();

/* Runs before the page is drawn: scripts are here, and what the reader chose of dark or light and of
 * the size of text. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.replace("no-js", "js");
  try {
    var scheme = localStorage.getItem("kb-scheme");
    var text = localStorage.getItem("kb-text");
    if (scheme) root.dataset.scheme = scheme;
    if (text) root.dataset.text = text;
  } catch (error) {
    /* A browser that keeps nothing follows the system. */
  }
})();

/* Slides by key, swipe and button, and a second window with the notes: the two tell each other
   where they are by messages, which works between files on a memory stick. */
const slides = [...document.querySelectorAll(".slide")];
const presenter = location.hash === "#presenter";
const at = (name) => document.querySelector(name);
const started = Date.now();
let now = 0;
let other = presenter ? window.opener : null;
let touched = null;

function show(number, tell = true) {
  now = Math.min(Math.max(number, 0), slides.length - 1);
  slides.forEach((slide, n) => slide.classList.toggle("now", n === now));
  at(".count").textContent = `${now + 1} / ${slides.length}`;
  const next = slides[now + 1];
  const words = at(".upcoming").dataset;
  at(".upcoming").textContent = next ? words.next + next.querySelector("h2").textContent : words.end;
  window.scrollTo(0, 0);
  if (tell && other && !other.closed) other.postMessage({ slide: now }, "*");
}

function tick() {
  const seconds = Math.floor((Date.now() - started) / 1000);
  const two = (number) => String(number).padStart(2, "0");
  at(".clock").textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

function openNotes() {
  other = window.open(`${location.href.split("#")[0]}#presenter`, "lanewise-notes", "width=900,height=700");
}

const keys = {
  ArrowRight: () => show(now + 1), ArrowDown: () => show(now + 1), PageDown: () => show(now + 1),
  " ": () => show(now + 1), ArrowLeft: () => show(now - 1), ArrowUp: () => show(now - 1),
  PageUp: () => show(now - 1), Home: () => show(0), End: () => show(slides.length - 1),
  p: () => presenter || openNotes(),
};

document.addEventListener("keydown", (event) => {
  const act = keys[event.key];
  const pressed = event.target.closest("button") && event.key === " ";
  if (!act || pressed || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});
document.addEventListener("touchstart", (event) => { touched = event.changedTouches[0].clientX; }, { passive: true });
document.addEventListener("touchend", (event) => {
  const moved = event.changedTouches[0].clientX - touched;
  if (Math.abs(moved) > 60) show(now + (moved < 0 ? 1 : -1));
});
window.addEventListener("message", (event) => {
  if (event.source !== other) return;
  if (event.data.ready) event.source.postMessage({ slide: now }, "*");
  if (Number.isInteger(event.data.slide)) show(event.data.slide, false);
});
at(".back").addEventListener("click", () => show(now - 1));
at(".next").addEventListener("click", () => show(now + 1));
at(".open").addEventListener("click", openNotes);
document.body.classList.add("live");
document.body.classList.toggle("presenter", presenter);
show(0, false);
if (presenter) {
  tick();
  setInterval(tick, 1000);
  if (other) other.postMessage({ ready: true }, "*");
}

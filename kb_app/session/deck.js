/* Starts the slides, and keeps a second window with the notes on the same one: the two tell each
   other where they are by messages, which works between files on a memory stick too. */
const deck = document.getElementById("deck");
const at = (name) => document.querySelector(name);
const presenter = location.search === "?presenter";
const started = Date.now();
let other = presenter ? window.opener : null;
let told = null;

/* A telephone held upright gets an upright slide, or its letters would be too small to read. */
function shape() {
  const upright = innerWidth < innerHeight;
  return { width: upright ? 640 : 1280, height: upright ? 1140 : 720 };
}

function follow() {
  const now = Reveal.getIndices().h;
  const next = Reveal.getSlides()[now + 1];
  const words = at(".upcoming").dataset;
  at(".count").textContent = `${now + 1} / ${Reveal.getTotalSlides()}`;
  at(".upcoming").textContent = next ? words.next + next.querySelector("h2").textContent : words.end;
  /* What the other window told is not told back: it may have gone on since. */
  if (other && !other.closed && now !== told) other.postMessage({ slide: now }, "*");
  told = null;
}

function tick() {
  const seconds = Math.floor((Date.now() - started) / 1000);
  const two = (number) => String(number).padStart(2, "0");
  at(".clock").textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

function openNotes() {
  if (presenter) return;
  const file = location.href.split(/[?#]/)[0];
  other = window.open(`${file}?presenter`, "lanewise-notes", "width=900,height=700");
}

window.addEventListener("message", (event) => {
  if (!other || event.source !== other) return;
  if (event.data.ready) follow();
  if (!Number.isInteger(event.data.slide)) return;
  told = event.data.slide;
  Reveal.slide(told);
});

deck.classList.add("reveal");
document.body.classList.add("live");
document.body.classList.toggle("presenter", presenter);
Reveal.initialize({
  ...shape(), margin: 0.04, maxScale: 6, scrollActivationWidth: null, disableLayout: presenter,
  controls: false, help: false, jumpToSlide: false, overview: !presenter, transition: "none",
  backgroundTransition: "none", hash: !presenter, hashOneBasedIndex: true, pause: !presenter,
  postMessage: false, postMessageEvents: false, keyboard: { 80: openNotes },
}).then(() => {
  Reveal.on("slidechanged", follow);
  window.addEventListener("resize", () => presenter || Reveal.configure(shape()));
  at(".back").addEventListener("click", () => Reveal.prev());
  at(".next").addEventListener("click", () => Reveal.next());
  at(".open").addEventListener("click", openNotes);
  follow();
  if (!presenter) return;
  tick();
  setInterval(tick, 1000);
  if (other) other.postMessage({ ready: true }, "*");
});

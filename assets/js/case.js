// The page of a case: long lists that can be searched, the moves, the neighbours in the queue one came from.
// Everything works without it; htmx puts new parts into the page, so each part is prepared when it comes in.

import { isForPage } from "./shared/keys.js";

// Each opens the form of its move, where the case offers it.
const MOVES = { KeyA: "accept", KeyD: "dispatch", KeyS: "sign", KeyR: "submit", KeyV: "pass" };
const LINKS = { KeyN: "[data-next-case][href], [data-next-page][href]", KeyP: "[data-previous-case][href]", KeyQ: "[data-queue-link]" };

/** A select with a field above it that narrows its options while one types. */
function makeFindable(select) {
  if (select.dataset.findReady) return;
  select.dataset.findReady = "1";
  const all = [...select.children].map((node) => node.cloneNode(true));
  const field = document.createElement("input");
  field.type = "search";
  field.className = "form-control find";
  field.placeholder = select.dataset.find;
  field.setAttribute("aria-label", select.dataset.find);
  field.autocomplete = "off";
  const none = document.createElement("p");
  none.className = "hint find-none";
  none.setAttribute("role", "status");
  select.before(field);
  select.after(none);
  field.addEventListener("input", () => narrow(select, all, field.value.trim(), none));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
    if (event.key === "ArrowDown" || event.key === "Enter") select.focus();
  });
}

function containing(node, words) {
  if (node.tagName === "OPTION") return !words || node.textContent.includes(words) ? [node.cloneNode(true)] : [];
  const group = node.cloneNode(false);
  const options = [...node.children].filter((option) => option.textContent.includes(words));
  group.append(...options.map((option) => option.cloneNode(true)));
  return options.length ? [group] : [];
}

function narrow(select, all, words, none) {
  const chosen = select.value;
  const named = all.flatMap((node) => containing(node, words));
  // No class is called so: then those of the majors that are.
  const kept = named.length ? named : all.filter((node) => node.label?.includes(words)).map((node) => node.cloneNode(true));
  select.replaceChildren(...kept);
  const options = [...select.options].filter((option) => option.value);
  // With words typed the list lies open; one click or an arrow key chooses.
  select.size = words ? Math.min(8, Math.max(2, options.length + kept.length)) : 1;
  if (options.some((option) => option.value === chosen)) select.value = chosen;
  else select.value = words && options.length === 1 ? options[0].value : "";
  none.textContent = options.length ? "" : `没有含“${words}”的，换个词再找。`;
}

/** A box of things to tick with a field above it that hides the lines without what one types. */
function makeNarrow(box) {
  if (box.dataset.narrowReady) return;
  box.dataset.narrowReady = "1";
  const field = document.createElement("input");
  field.type = "search";
  field.className = "form-control find";
  field.placeholder = "打字找单位";
  field.setAttribute("aria-label", "打字找单位");
  field.autocomplete = "off";
  box.before(field);
  field.addEventListener("input", () => {
    const words = field.value.trim();
    box.querySelectorAll("label").forEach((line) => {
      line.hidden = !line.textContent.includes(words) && !line.querySelector("input").checked;
    });
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

function openMove(address) {
  const move = document.querySelector(address);
  if (!move) return;
  move.open = true;
  move.scrollIntoView({ block: "start" });
  move.querySelector("textarea, select, input:not([type=hidden])")?.focus({ preventScroll: true });
}

function keptQueue() {
  try {
    return JSON.parse(sessionStorage.getItem("queue"));
  } catch {
    return null;
  }
}

/** Lead on to the next case of the queue page one came from, and back to that page. */
function showNeighbours() {
  const kept = keptQueue();
  const nav = document.querySelector("[data-case-nav]");
  if (!kept || !nav) return;
  document.querySelector("[data-queue-link]").href = kept.url;
  const here = kept.cases.indexOf(location.pathname);
  const lead = (link, url) => {
    if (!url) return;
    link.href = url;
    link.hidden = nav.hidden = false;
  };
  if (here < 0) return;
  lead(nav.querySelector("[data-previous-case]"), kept.cases[here - 1]);
  lead(nav.querySelector("[data-next-case]"), kept.cases[here + 1]);
  if (!kept.cases[here + 1]) lead(nav.querySelector("[data-next-page]"), kept.next);
}

function prepare() {
  document.querySelectorAll("select[data-find]").forEach(makeFindable);
  document.querySelectorAll("[data-units]").forEach(makeNarrow);
  showNeighbours();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open-move]");
  if (!link) return;
  event.preventDefault();
  openMove(link.getAttribute("href"));
});

document.addEventListener("keydown", (event) => {
  if (!isForPage(event)) return;
  const link = LINKS[event.code] && document.querySelector(LINKS[event.code]);
  const move = MOVES[event.code] && document.getElementById(`move-${MOVES[event.code]}`);
  if (!link && !move) return;
  event.preventDefault();
  if (link) link.click();
  else openMove(`#${move.id}`);
});

// One form at a time, so that there is one filled button.
document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.(".moves > .move[open]")) return;
    document.querySelectorAll(".moves > .move[open]").forEach((move) => {
      if (move !== event.target) move.open = false;
    });
    event.target.scrollIntoView({ block: "nearest" });
  },
  true,
);

// What htmx would draw anew but must stay: the map as it was moved, the photos that were chosen. (hx-preserve does the
// same with an inline style, which the content security policy forbids.)
let kept = [];

document.addEventListener("htmx:beforeSwap", (event) => {
  kept = [...event.target.querySelectorAll("[data-keep][id]")];
});

document.addEventListener("htmx:afterSwap", () => {
  kept.forEach((old) => {
    const drawn = document.getElementById(old.id);
    if (drawn && drawn !== old) drawn.replaceWith(old);
  });
  kept = [];
});

// After a move the reader's place is what was said about it: the refusal, what to mend, or the case anew.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.target;
  prepare();
  const place = part.querySelector("#refusal") || part.querySelector("#error-summary") || part.querySelector("h1");
  place?.focus();
  // A form that was fetched when it was opened is longer than the button above it.
  part.closest("details.move")?.scrollIntoView({ block: "nearest" });
});

prepare();
// From a key on the queue.
if (/^#move-[a-z_]+$/.test(location.hash)) openMove(location.hash);

// The queue by keyboard: J and K move along the rows, Enter opens (the row's link has the focus), X ticks it, A and D open the
// form of accepting or dispatching, / goes to the search, ? tells all this.
// The addresses of the rows are kept for the page of a case, which leads on to the next one (case.js).

import { isForPage } from "./shared/keys.js";

const KEPT = "queue";
const rows = [...document.querySelectorAll("[data-queue] [data-row]")];
const links = rows.map((row) => row.querySelector("a"));

function step(by) {
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const there = here < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, here + by));
  links[there]?.focus();
  rows[there]?.scrollIntoView({ block: "nearest" });
}

/** The row one stands on, or the first. */
function openMove(move) {
  const row = rows.find((one) => one.contains(document.activeElement)) || rows[0];
  if (row) location.href = `${row.querySelector("a").href}#move-${move}`;
}

function tickHere() {
  const row = rows.find((one) => one.contains(document.activeElement));
  row?.querySelector("input[name=case]")?.click();
}

function onKey(event) {
  if (!isForPage(event)) return;
  if (event.code === "KeyJ") step(1);
  else if (event.code === "KeyK") step(-1);
  else if (event.code === "KeyX") tickHere();
  else if (event.code === "KeyA") openMove("accept");
  else if (event.code === "KeyD") openMove("dispatch");
  else if (event.key === "/") document.getElementById("search")?.focus();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", onKey);

// Where the tabs scroll, the current one is in view.
const current = document.querySelector("[data-queue] .tabs [aria-current]");
if (current) current.parentElement.scrollLeft = current.offsetLeft - current.parentElement.offsetLeft - 16;

// Private browsing may have no storage; then the case page just leads back to the start of the queue.
try {
  const kept = { url: location.pathname + location.search, cases: links.map((link) => link.getAttribute("href")) };
  kept.next = document.querySelector("[data-queue] a[rel=next]")?.href;
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
} catch {}

// One tick for all rows of the page; how many are ticked is said beside the button.
const bulk = document.querySelector("[data-bulk]");
if (bulk) {
  const ticks = [...document.querySelectorAll("input[form=bulk][name=case]")];
  const all = document.querySelector("[data-tick-all]");
  const told = bulk.querySelector("[data-ticked]");
  const count = () => {
    const ticked = ticks.filter((tick) => tick.checked).length;
    all.checked = ticked === ticks.length;
    all.indeterminate = ticked > 0 && ticked < ticks.length;
    told.textContent = ticked ? `勾选了 ${ticked} 件：` : "勾选以后一起办：";
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    ticks.forEach((tick) => {
      tick.checked = all.checked;
    });
    count();
  });
  ticks.forEach((tick) => tick.addEventListener("change", count));
  count();
}

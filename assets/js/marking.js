// Marking flags by keyboard. Without this script every button still works; with it a board of 31 takes minutes.
// htmx sends and swaps; this file moves between the rows, opens statements in place and says what went wrong.

const table = document.getElementById("marking");
const blank = document.getElementById("statement-form");
const keysOn = document.getElementById("marking-keys-on");
const KEYS_OFF = "marking-keys-off";

let current = null; // id of the row last worked on

const rows = () => [...table.tBodies];
const row = () => document.getElementById(current) || firstUnmarked() || rows()[0];
const firstUnmarked = () => rows().find((one) => one.dataset.flag === "unmarked");
const statement = (one) => one.querySelector(".statement-row");
const isSaving = (one) => one.getAttribute("aria-busy") === "true";

function say(text) {
  document.getElementById("marking-said").textContent = text;
}

function button(one, flag) {
  return one.querySelector(`.flag-choice [value="${flag}"]`);
}

/** Focus stands on the flag that is chosen: a screen reader hears unit, task and flag. */
function go(one) {
  if (!one) return;
  current = one.id;
  (one.querySelector('.flag-choice [aria-pressed="true"]') || button(one, "red")).focus({ preventScroll: true });
  one.scrollIntoView({ block: "nearest" });
}

function step(by) {
  if (!current) return go(row());
  const all = rows();
  return go(all[Math.min(all.length - 1, Math.max(0, all.indexOf(row()) + by))]);
}

function nextUnmarked() {
  const all = rows();
  const from = current ? all.indexOf(row()) + 1 : 0;
  const next = [...all.slice(from), ...all.slice(0, from)].find((one) => one.dataset.flag === "unmarked");
  if (!next) {
    const board = document.querySelector("[data-next-board]");
    if (board) return board.click();
    return say("全部标完，没有未标的了。");
  }
  if (next.id === current) say("只剩这一项没标。");
  return go(next);
}

function mark(one, flag) {
  if (isSaving(one)) return say("这一项正在保存。");
  if (current !== one.id) go(one); // what a key changes must be in sight
  if (statement(one)) close(one);
  if (one.dataset.flag === flag) return say(`已经是${flag === "red" ? "红旗" : "未标"}。`);
  button(one, flag).click();
}

/** The statement form under the row, with what the task's statement says now; focus on the reason. */
function open(one) {
  if (isSaving(one)) return say("这一项正在保存。");
  if (!statement(one)) {
    one.append(filled(blank.content.cloneNode(true), one));
    press(one, "blue");
    one.rows[0].classList.add("on");
    window.htmx.process(statement(one));
  }
  const first = statement(one).querySelector("input:not([type=hidden])");
  first.focus({ preventScroll: true });
  statement(one).scrollIntoView({ block: "nearest" });
}

function filled(form, one) {
  const key = one.id.replace("task-", "");
  const choice = one.querySelector(".flag-form");
  form.querySelectorAll("[id], [for]").forEach((part) => {
    if (part.id) part.id = part.id.replace("__pk__", key);
    if (part.htmlFor) part.htmlFor = part.htmlFor.replace("__pk__", key);
  });
  const to = form.querySelector("form");
  to.setAttribute("action", choice.getAttribute("action"));
  to.setAttribute("hx-post", choice.getAttribute("action"));
  to.elements.version.value = choice.elements.version.value;
  to.elements.reason.value = one.dataset.reason || "";
  to.elements.plan.value = one.dataset.plan || "";
  to.elements.new_date.value = one.dataset.newDate || "";
  return form;
}

function press(one, flag) {
  one.querySelectorAll(".flag-choice button").forEach((each) => {
    each.setAttribute("aria-pressed", String(each.value === flag));
  });
}

function close(one) {
  statement(one)?.remove();
  one.rows[0].classList.remove("on");
  one.rows[0].cells[0].classList.remove("edge-on");
  press(one, one.dataset.flag);
}

function discard(one) {
  close(one);
  one.querySelector(".row-note")?.remove();
  go(one);
  say("放弃了，没有改动。");
}

function toggleHistory(one) {
  const shown = one.querySelector(".history-row");
  if (shown) shown.remove();
  else if (one.querySelector(".history-link")) window.htmx.trigger(one.querySelector(".history-link"), "click");
  else say("这一项还没标过旗。");
}

function toggleEvidence(one) {
  const shown = one.querySelector(".evidence-row");
  if (shown) shown.remove();
  else if (one.querySelector(".evidence-link")) window.htmx.trigger(one.querySelector(".evidence-link"), "click");
  else say("单位没有报告这一项。");
}

function pick(one) {
  if (current !== one.id) go(one);
  const box = one.querySelector(".pick input");
  box.checked = !box.checked;
  say(box.checked ? `已选中，一共 ${picked()} 项。` : `没有选中，一共 ${picked()} 项。`);
}

const picked = () => table.querySelectorAll(".pick input:checked").length;

function markPicked() {
  if (!picked()) return say("还没有选中的任务。按 X 选中。");
  return document.getElementById("mark-selected").requestSubmit();
}

/** What went wrong stands in the row; what was typed stays where it is. */
function complain(one, text) {
  one.querySelector(".row-note")?.remove();
  const note = document.createElement("p");
  note.className = "note note-alert row-note";
  note.textContent = text;
  one.rows[0].cells[1].append(note);
  say(text);
}

const ACTS = {
  ArrowUp: () => step(-1),
  ArrowDown: () => step(1),
  KeyR: () => mark(row(), "red"),
  KeyU: () => mark(row(), "unmarked"),
  KeyB: () => open(row()),
  KeyN: () => nextUnmarked(),
  KeyH: () => toggleHistory(row()),
  KeyE: () => toggleEvidence(row()),
  KeyX: () => pick(row()),
  KeyZ: () => document.getElementById("undo-marking").requestSubmit(),
};

function onKey(event) {
  const form = event.target.closest(".statement-form");
  if (event.key === "Escape" && form) {
    event.preventDefault();
    return discard(form.closest("tbody"));
  }
  if (event.key === "Enter" && event.ctrlKey && form) {
    event.preventDefault();
    return form.requestSubmit();
  }
  const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (isTyping || !keysOn.checked || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  // By place on the keyboard: an input method may swallow the letter itself.
  const act = event.shiftKey && event.code === "KeyR" ? markPicked : ACTS[event.code];
  if (!act || (event.target !== document.body && !event.target.closest("#marking, #marking-keys, main"))) return undefined;
  event.preventDefault();
  return act();
}

function onClick(event) {
  const one = event.target.closest("tbody");
  if (!one) return;
  current = one.id;
  if (event.target.closest(".pick-blue")) {
    event.preventDefault();
    open(one);
  } else if (event.target.closest("[data-discard]")) {
    event.preventDefault();
    discard(one);
  } else if (event.target.closest(".evidence-link") && one.querySelector(".evidence-row")) {
    event.preventDefault();
    event.stopPropagation();
    toggleEvidence(one);
  } else if (event.target.closest(".history-link") && one.querySelector(".history-row")) {
    event.preventDefault();
    event.stopPropagation();
    toggleHistory(one);
  }
}

const rowOf = (event) => event.target.closest?.("#marking > tbody");

function onSubmit(event) {
  const one = rowOf(event);
  one.setAttribute("aria-busy", "true");
  one.querySelector(".row-note")?.remove();
}

function onAnswer(event) {
  const one = rowOf(event);
  // Signed out meanwhile, the answer leads to the sign-in page: not while a statement is being written.
  if (one && event.detail.xhr.getResponseHeader("HX-Redirect") && table.querySelector(".statement-row")) {
    event.preventDefault();
    complain(one, "登录超时了，这一项没有存上。先把写好的说明复制下来，刷新这一页登录，再标。");
  }
}

/** Answers may overtake each other: counts older than those shown stay out. */
function onCounts(event) {
  const { target, fragment } = event.detail;
  const fresh = fragment.querySelector?.("[data-stamp]") || fragment;
  if (Number(fresh.dataset?.stamp) < Number(target.dataset?.stamp)) event.detail.shouldSwap = false;
}

/** Where the focus was in a form that is gone, it goes to the row; where something is to mend, to the first such field. */
function onSwapped(event) {
  const one = document.getElementById(event.detail.target?.id);
  if (!one || !table.contains(one)) return;
  const wrong = one.querySelector('[aria-invalid="true"]');
  const isLost = !document.activeElement || document.activeElement === document.body;
  if (wrong && (isLost || one.contains(document.activeElement))) wrong.focus();
  else if (isLost && current === one.id) go(one);
}

function onFailure(event) {
  const one = rowOf(event);
  if (!one) return;
  event.stopPropagation();
  const isOffline = event.type !== "htmx:responseError";
  complain(one, isOffline ? "没有连上，这一项没有存上。再按一次。" : "没有存上。刷新这一页，再标这一项。");
}

function start() {
  document.getElementById("marking-keys").hidden = false;
  keysOn.checked = localStorage.getItem(KEYS_OFF) !== "1";
  keysOn.addEventListener("change", () => localStorage.setItem(KEYS_OFF, keysOn.checked ? "0" : "1"));
  table.addEventListener("focusin", (event) => {
    current = event.target.closest("tbody")?.id || current;
  });
  table.addEventListener("click", onClick, true);
  document.addEventListener("keydown", onKey);
  table.addEventListener("submit", onSubmit);
  table.addEventListener("htmx:beforeOnLoad", onAnswer);
  table.addEventListener("htmx:afterRequest", (event) => rowOf(event)?.removeAttribute("aria-busy"));
  document.addEventListener("htmx:afterSwap", onSwapped);
  document.addEventListener("htmx:oobBeforeSwap", onCounts);
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach((name) => table.addEventListener(name, onFailure));
}

if (table) start();
if (table && location.hash.startsWith("#task-")) current = location.hash.slice(1);

// Today's page says what the server knows; over it goes what only this phone knows yet.
import { element, icon } from "./dom.js";
import { dayOf, timeOf } from "./store.js";

const LED = "[data-lead]";
const DONE = ["ok", "info", "warn"].map((mark) => `[data-lead] .state-${mark}`).join(", ");

function state(words, name, className) {
  const mark = element("span", `state ${className}`);
  mark.append(icon(name), words);
  return mark;
}

function startLink(card, label) {
  const link = element("a", "btn w-100", label);
  link.href = card.dataset.url;
  return link;
}

/** A page kept since another day must not pass for today's. */
function renew(card) {
  card.querySelector("[data-state]").replaceChildren(state("还没巡", "clock", ""));
  card.querySelector("[data-body]").replaceChildren(startLink(card, "开始巡查"));
}

function overlay(card, record) {
  if (!record || record.state === "conflict" || record.state === "refused") return;
  const mark = card.querySelector("[data-state]");
  const body = card.querySelector("[data-body]");
  if (record.state === "walking") {
    mark.replaceChildren(state("巡查中", "clock", "state-go"));
    body.replaceChildren(element("p", "mut sm", `${timeOf(record.startedAt)} 开始`), startLink(card, "接着巡查"));
    return;
  }
  mark.replaceChildren(
    record.logId ? state("已巡", "check", "state-ok") : state("已巡，等待上传", "check", "state-warn"),
  );
  const found = record.findings.length ? `发现 ${record.findings.length} 个问题` : "没有发现问题";
  const told = `${timeOf(record.startedAt)}–${timeOf(record.finishedAt)}，${found}`;
  body.replaceChildren(element("p", "mut sm", told));
  if (record.logId) body.append(startLink(card, "看记录，或再记一个问题"));
}

export function showToday(root, records) {
  const today = dayOf(new Date());
  const cards = [...document.querySelectorAll("[data-grid][data-url]")];
  if (root.dataset.today !== today) {
    document.querySelector("[data-date]").textContent = `${Number(today.slice(5, 7))} 月 ${Number(today.slice(8))} 日`;
    cards.forEach(renew);
  }
  cards.forEach((card) => {
    const own = records.filter((record) => record.grid === card.dataset.grid);
    overlay(card, own.find((record) => record.state === "walking") || own.find((record) => record.on === today));
  });
  const done = document.querySelector("[data-done] b");
  if (done) done.textContent = `${document.querySelectorAll(DONE).length}／${document.querySelectorAll(LED).length}`;
}

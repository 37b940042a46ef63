// The list of what this phone keeps: what waits, what was sent today, and what needs a word of the patroller.
import { button, element, icon } from "./dom.js";
import { forgetOld, sendWaiting } from "./send.js";
import { dayOf, forget, keep, of, timeOf } from "./store.js";

const WEEK = 7 * 24 * 3600 * 1000;

function when(moment) {
  const day = dayOf(moment);
  const words = day === dayOf(new Date()) ? "今天" : `${Number(day.slice(5, 7))} 月 ${Number(day.slice(8))} 日`;
  return `${words} ${timeOf(moment)}`;
}

function line(name, title, text, state) {
  const row = element("li", state === "conflict" || state === "refused" ? "bad" : "");
  const words = element("p");
  const tone = { sent: "ok", conflict: "alert-text", refused: "alert-text" }[state] || "mut";
  words.append(element("b", "", title), element("span", tone, text));
  row.append(icon(name, tone), words);
  return row;
}

function choices(title, lines, first, second) {
  const card = element("li", "patrol-choice stack-s");
  card.append(element("b", "", title));
  lines.filter(Boolean).forEach((text) => card.append(element("p", "sm", text)));
  const row = element("div", "btn-row");
  row.append(first, second);
  card.append(row);
  return card;
}

function photosOf(finding) {
  return finding.photos.length ? `（${finding.photos.length} 张照片）` : "";
}

export class Queue {
  constructor(root) {
    this.box = document.querySelector("[data-queue]");
    this.api = root.dataset.api;
    this.login = `${root.dataset.login}?next=${encodeURIComponent(root.dataset.home)}`;
    this.user = Number(root.dataset.user);
    this.heard = [];
    this.outcome = "idle";
  }

  /** `heard(records)` is called after each change. */
  onChange(heard) {
    this.heard.push(heard);
  }

  start() {
    this.box?.querySelector("[data-send-now]").addEventListener("click", () => this.send());
    window.addEventListener("online", () => this.send());
    window.addEventListener("offline", () => this.show());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.send());
    // The browser's "online" only means that there is some network, not that we can be reached.
    setInterval(() => this.outcome === "later" && this.send(), 20000);
    return this.send();
  }

  async send() {
    await forgetOld();
    await this.show();
    this.outcome = await sendWaiting(this.api, this.user);
    await this.show();
  }

  async show() {
    const records = await of(this.user);
    this.heard.forEach((heard) => heard(records));
    if (this.box) this.draw(records.filter((record) => record.state !== "walking"));
  }

  draw(records) {
    this.box.hidden = !records.length;
    if (!records.length) return;
    const open = records.filter((record) => record.state !== "sent");
    const asking = open.flatMap((record) => [record, ...record.findings]).filter((one) => this.asks(one)).length;
    const title = asking ? `有 ${asking} 条要看` : open.length ? "存好了，还没上传" : "都上传了";
    this.box.querySelector("[data-queue-title]").textContent = title;
    this.box.querySelector("[data-queue-text]").textContent = this.words(open.length, asking);
    this.box.querySelector("[data-queue-list]").replaceChildren(...records.flatMap((record) => this.rows(record)));
    this.box.querySelector("[data-queue-old]").hidden = !open.some((one) => Date.now() - new Date(one.startedAt) > WEEK);
    this.box.querySelector("[data-queue-said]").textContent = title;
    const press = this.box.querySelector("[data-send-now]");
    press.hidden = !open.some((record) => record.state === "waiting");
    press.disabled = !navigator.onLine;
    press.querySelector("span").textContent = navigator.onLine ? "立即上传" : "立即上传（没有网络）";
  }

  asks(one) {
    return one.state === "conflict" || one.state === "refused";
  }

  words(open, asking) {
    if (this.outcome === "sign-in" && open) return "登录已经过期。内容还在，重新登录后自动上传。";
    if (asking) return "您记的文字和照片都还在，选好后再上传。";
    return open ? "不用等在这里，也不要清除浏览器数据。" : "这里保留一天，之后自动清掉。";
  }

  rows(record) {
    const rows = [this.patrolLine(record)];
    if (this.asks(record)) rows.push(this.patrolChoice(record));
    record.findings.forEach((finding) => {
      rows.push(this.findingLine(finding));
      if (record.logId && this.asks(finding)) rows.push(this.findingChoice(record, finding));
    });
    if (this.outcome === "sign-in" && record.state === "waiting") {
      const link = element("a", "btn btn-primary w-100", "重新登录");
      link.href = this.login;
      const row = element("li", "patrol-choice");
      row.append(link);
      rows.push(row);
    }
    return rows;
  }

  patrolLine(record) {
    const title = `${record.title} 巡查记录`;
    if (record.logId) return line("check", title, `已上传　${timeOf(record.sentAt || record.changedAt)}`, "sent");
    if (record.state === "conflict") return line("alert", title, "没有上传：今天已有人巡过", "conflict");
    if (record.state === "refused") return line("alert", title, "没有上传", "refused");
    return line("clock", title, `${when(record.finishedAt)}　等待上传`, "waiting");
  }

  findingLine(finding) {
    const title = `${finding.text.slice(0, 24)}${photosOf(finding)}`;
    if (finding.state === "sent") {
      const done = finding.caseNumber ? `${finding.same ? "已并到" : "已立案"} ${finding.caseNumber}` : "已记下，当场解决";
      return line("check", title, done, "sent");
    }
    if (finding.state === "conflict") return line("alert", title, "没有上传：同一处已有人报过", "conflict");
    if (finding.state === "refused") return line("alert", title, "没有上传", "refused");
    return line("camera", title, `${when(finding.foundAt)}　等待上传`, "waiting");
  }

  patrolChoice(record) {
    if (record.state === "conflict") {
      return choices("今天已有人巡过", [record.problem], this.again("并到那一次", record, { join: true }), this.drop(record));
    }
    return choices("这次巡查没有收下", [record.problem], this.again("再试一次", record, {}), this.drop(record));
  }

  again(label, record, change) {
    return button(label, "btn-primary", async () => {
      Object.assign(record, change, { state: "waiting" });
      await keep(record);
      await this.send();
    });
  }

  drop(record) {
    return button("不要这一次", "btn-neutral", async () => {
      await forget(record.key);
      await this.show();
    });
  }

  findingChoice(record, finding) {
    const decide = (label, className, change) =>
      button(label, className, async () => {
        Object.assign(finding, change, { state: "waiting" });
        record.state = "waiting";
        await keep(record);
        await this.send();
      });
    if (finding.state === "conflict" && finding.known) {
      const { number, title, unit, state, metres } = finding.known;
      return choices(
        "已有的案件",
        [`${number}　${title}`, `${unit ? `${unit}　` : ""}${state}，相距 ${metres} 米`],
        decide("并到这件", "btn-primary", { choice: "same" }),
        decide("仍作新的", "btn-neutral", { choice: "new" }),
      );
    }
    const without = finding.photos.length
      ? decide("去掉照片再传", "btn-primary", { photos: [] })
      : decide("再试一次", "btn-primary", {});
    const remove = button("不要这个问题", "btn-neutral", async () => {
      record.findings = record.findings.filter((one) => one !== finding);
      record.state = "waiting";
      await keep(record);
      await this.send();
    });
    return choices("这个问题没有收下", [finding.problem], without, remove);
  }
}

// The photo step of a complaint. Without this script photos are chosen together and sent with the form. With it each
// one is shrunk here, sent by itself with its progress, and can be cancelled, tried again or removed; the form then
// carries none. The rows come from the server, so that a reload shows the same list.
import { shrink } from "./intake/shrink.js";
import { send } from "./intake/send.js";

const megabytes = (bytes) => `${Math.round(bytes / 1024 / 1024)} MB`;

class Photos {
  constructor(box) {
    this.box = box;
    this.list = box.querySelector(".uploads");
    this.input = box.querySelector("input[type=file]");
    this.form = this.input.form;
    const { csrfmiddlewaretoken, begun } = this.form.elements;
    this.fields = { csrfmiddlewaretoken: csrfmiddlewaretoken.value, begun: begun.value };
    this.most = Number(box.dataset.most);
    this.mostBytes = Number(box.dataset.mostBytes);
    this.button = box.querySelector("[data-choose]");
    this.waiting = [];
    this.isSending = false;
    this.goesOn = false;
  }

  start() {
    this.box.querySelector("[data-plain-field]").hidden = true;
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.input.click());
    this.input.addEventListener("change", () => this.take());
    this.list.addEventListener("submit", (event) => this.remove(event));
    this.list.addEventListener("click", (event) => this.pressed(event));
    this.form.addEventListener("submit", (event) => this.hold(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.isSending && !this.goesOn) event.preventDefault();
    });
    this.count();
  }

  rows() {
    return [...this.list.querySelectorAll("[data-photo]")];
  }

  /** Takes the chosen files; the field is emptied, so that the form sends nothing twice. */
  take() {
    const files = [...this.input.files];
    this.input.value = "";
    const room = this.most - this.rows().length;
    this.problem(files.length > room ? `最多 ${this.most} 张，多出的 ${files.length - room} 张没有加。` : "");
    files.slice(0, room).forEach((file) => this.add(file));
    this.count();
    this.next();
  }

  add(file) {
    const row = this.box.querySelector("template[data-row]").content.cloneNode(true).querySelector("[data-photo]");
    row.file = file;
    row.querySelector("img").src = URL.createObjectURL(file);
    row.querySelector("img").addEventListener("error", (event) => event.target.removeAttribute("src"));
    this.list.append(row);
    this.count();
    if (file.size > this.mostBytes) {
      this.fail(row, `太大了（${megabytes(file.size)}，最多 ${megabytes(this.mostBytes)}）`, { again: false });
      return;
    }
    this.say(row, "等着上传");
    this.waiting.push(row);
  }

  async next() {
    const row = this.isSending ? null : this.waiting.shift();
    if (!row) return;
    this.isSending = true;
    row.querySelector("[data-retry]").hidden = true;
    row.classList.remove("bad");
    try {
      await this.upload(row);
    } finally {
      this.isSending = false;
      this.next();
      this.maybeGoOn();
    }
  }

  async upload(row) {
    this.say(row, "正在处理");
    const photo = await shrink(row.file);
    if (!row.isConnected) return;
    const answer = await send(this.box.dataset.addUrl, this.fields, photo, {
      started: (cancel) => {
        row.cancel = cancel;
      },
      progress: (percent) => this.progress(row, percent),
    });
    if (answer.row) this.done(row, answer.row);
    else if (!answer.cancelled) this.fail(row, answer.problem, { again: answer.again });
  }

  progress(row, percent) {
    row.querySelector(".bar-on").setAttribute("width", percent);
    this.say(row, percent < 100 ? `正在上传　${percent}%` : "正在检查");
  }

  done(row, html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const fresh = holder.content.querySelector("[data-photo]");
    // The picture is here already: no need to fetch it back.
    fresh.querySelector("img").src = row.querySelector("img").src;
    const same = this.rows().find((other) => other !== row && this.removal(other) === this.removal(fresh));
    if (same) {
      row.remove();
      this.problem("这张照片已经传过了，没有再加。");
    } else {
      row.replaceWith(fresh);
      this.announce(`${fresh.querySelector("[data-title]").textContent}已上传。`);
    }
    this.count();
  }

  removal(row) {
    return row.querySelector("[data-remove]")?.getAttribute("action");
  }

  fail(row, problem, { again }) {
    row.classList.add("bad");
    row.querySelector(".bar").setAttribute("hidden", "");
    row.querySelector("[data-retry]").hidden = !again;
    row.querySelector("[data-cancel]").textContent = "移除";
    this.say(row, problem, "alert-text");
    this.announce(`${row.querySelector("[data-title]").textContent}没有传上去：${problem}`);
  }

  say(row, words, look = "mut") {
    const state = row.querySelector("[data-state]");
    state.textContent = words;
    state.className = look;
  }

  announce(words) {
    this.box.querySelector("[data-said]").textContent = words;
  }

  problem(words) {
    const line = this.box.querySelector("[data-problem]");
    line.hidden = !words;
    line.querySelector("span").textContent = words;
    if (words) this.announce(words);
  }

  pressed(event) {
    const row = event.target.closest("[data-photo]");
    if (event.target.closest("[data-cancel]")) {
      row.cancel?.();
      this.waiting = this.waiting.filter((other) => other !== row);
      row.remove();
      this.count();
      this.maybeGoOn();
    } else if (event.target.closest("[data-retry]")) {
      row.querySelector(".bar").removeAttribute("hidden");
      row.querySelector("[data-cancel]").textContent = "取消";
      this.say(row, "等着上传");
      row.classList.remove("bad");
      this.waiting.push(row);
      this.next();
    }
  }

  /** A photo that lies on the server already. */
  async remove(event) {
    const form = event.target.closest("[data-remove]");
    if (!form) return;
    event.preventDefault();
    const row = form.closest("[data-photo]");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (!answer.ok) throw new Error(answer.status);
    } catch {
      this.problem("没有移除，网络断了。请再试一次。");
      return;
    }
    row.remove();
    this.problem("");
    this.announce("照片已移除。");
    this.count();
    this.button.focus();
  }

  /** On to the next step only when every photo is up or taken back: none gets lost unseen. */
  hold(event) {
    const failed = this.rows().filter((row) => row.classList.contains("bad")).length;
    if (failed) {
      event.preventDefault();
      this.problem(`有 ${failed} 张没有传上去。请重试，或移除后再点下一步。`);
      this.list.querySelector(".bad").scrollIntoView({ block: "center" });
    } else if (this.isSending || this.waiting.length) {
      event.preventDefault();
      this.goesOn = true;
      this.problem("照片还在上传，传完自动到下一步。");
    }
  }

  maybeGoOn() {
    if (!this.goesOn || this.isSending || this.waiting.length) return;
    this.goesOn = false;
    this.problem("");
    this.form.requestSubmit();
  }

  count() {
    const rows = this.rows();
    rows.forEach((row, index) => {
      const title = `照片 ${index + 1}`;
      row.querySelector("[data-title]").textContent = title;
      row.querySelector("img").alt = title;
      row.querySelectorAll("button").forEach((button) => button.setAttribute("aria-label", `${button.textContent.replace(/照片 \d+$/, "").trim()}${title}`));
    });
    this.button.disabled = rows.length >= this.most;
  }
}

const box = document.querySelector("[data-photos]");
if (box) new Photos(box).start();

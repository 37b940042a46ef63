// One patrol on the phone: begun by opening the page, kept with every touch, finished into the queue.
import { button, element, icon } from "./dom.js";
import { shrunk } from "./photo.js";
import { dayOf, keep, newKey, of } from "./store.js";

const MOST_PHOTOS = 6;

export class Walk {
  constructor(form, root) {
    this.form = form;
    this.root = root;
    this.editor = document.querySelector("[data-finding-editor]");
    this.shots = [];
  }

  async start() {
    const user = Number(this.root.dataset.user);
    const grid = this.form.dataset.grid;
    const mine = (await of(user)).filter((record) => record.grid === grid);
    const today = dayOf(new Date());
    if (mine.some((record) => record.on === today && record.state !== "walking")) {
      // Finished already, and the page is the one kept from before.
      location.replace(`${this.root.dataset.home}#waiting`);
      return;
    }
    this.record = mine.find((record) => record.state === "walking") || this.fresh(user, grid);
    await keep(this.record);
    this.listen();
    this.show();
    setInterval(() => this.tellTime(), 20000);
  }

  fresh(user, grid) {
    const now = new Date().toISOString();
    return {
      key: newKey(), user, grid, title: this.form.dataset.title, on: dayOf(now), startedAt: now, finishedAt: null,
      checks: {}, findings: [], state: "walking", logId: null, problem: "",
    };
  }

  listen() {
    this.form.addEventListener("change", () => this.keepChecks());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.finish();
    });
    this.form.querySelector("[data-plain]").hidden = true;
    const another = this.form.querySelector("[data-new-finding]");
    another.hidden = false;
    another.addEventListener("click", () => this.openEditor());
    this.editor.addEventListener("submit", (event) => {
      event.preventDefault();
      this.takeFinding();
    });
    this.editor.querySelector("[data-cancel-finding]").addEventListener("click", () => this.closeEditor());
    this.files.addEventListener("change", () => this.takePhotos());
    // One big target for a thumb; the browser's own field stays for the keyboard.
    this.files.classList.add("visually-hidden");
    this.editor.querySelector("[data-photo-button]").hidden = false;
  }

  get files() {
    return this.editor.querySelector("input[type=file]");
  }

  show() {
    Object.entries(this.record.checks).forEach(([code, value]) => {
      const radio = this.form.querySelector(`[name="check_${code}"][value="${value}"]`);
      if (radio) radio.checked = true;
    });
    const count = this.record.findings.length;
    const list = this.form.querySelector("[data-findings]");
    list.hidden = !count;
    list.replaceChildren(...this.record.findings.map((finding) => this.card(finding)));
    this.form.querySelector("[data-new-finding] span").textContent = count ? "再记一个问题" : "记一个问题";
    this.form.querySelector("[data-finish] .btn-primary span").textContent = count
      ? `结束巡查（${count} 个问题）`
      : "没有问题，结束巡查";
    this.tellTime();
  }

  tellTime() {
    const walked = document.querySelector("[data-walked]");
    walked.hidden = false;
    const minutes = Math.max(0, Math.floor((Date.now() - new Date(this.record.startedAt)) / 60000));
    walked.querySelector("b").textContent = minutes;
  }

  card(finding) {
    const card = element("article", "card");
    const body = element("div", "card-body stack-s");
    const head = element("div", "cluster between nowrap cluster-top");
    head.append(element("h2", "h3", finding.text));
    head.append(
      button("删掉", "btn-neutral btn-sm", async () => {
        this.record.findings = this.record.findings.filter((one) => one !== finding);
        await keep(this.record);
        this.show();
      }),
    );
    const row = element("div", "cluster nowrap");
    if (finding.photos[0]) row.append(this.picture(finding.photos[0]));
    const told = [finding.groupLabel];
    if (finding.place || finding.longitude) told.push(`位置：${finding.place || "地图上标的点"}`);
    told.push(finding.photos.length ? `照片 ${finding.photos.length} 张` : "没有照片");
    if (finding.settled) told.push("当场解决了");
    row.append(element("p", "sm mut", told.join("　")));
    body.append(head, row);
    card.append(body);
    return card;
  }

  picture(photo) {
    const shown = element("img");
    shown.src = URL.createObjectURL(photo);
    shown.alt = "照片";
    shown.width = 84;
    shown.height = 63;
    shown.addEventListener("load", () => URL.revokeObjectURL(shown.src), { once: true });
    return shown;
  }

  async keepChecks() {
    this.form.querySelectorAll("[name^=check_]:checked").forEach((radio) => {
      this.record.checks[radio.name.slice("check_".length)] = radio.value;
    });
    this.say(this.form.querySelector("[data-patrol-problem]"), "");
    await keep(this.record);
  }

  say(place, text) {
    place.hidden = !text;
    place.querySelector("span").textContent = text;
  }

  openEditor() {
    this.editor.reset();
    this.editor.querySelectorAll("[name=longitude], [name=latitude]").forEach((field) => {
      field.value = "";
    });
    this.shots = [];
    this.showShots();
    this.say(this.editor.querySelector("[data-finding-problem]"), "");
    this.form.hidden = true;
    this.editor.hidden = false;
    this.editor.scrollIntoView({ block: "start" });
    this.editor.querySelector("select").focus({ preventScroll: true });
  }

  closeEditor() {
    this.editor.hidden = true;
    this.form.hidden = false;
    this.form.querySelector("[data-new-finding]").focus();
  }

  async takePhotos() {
    const chosen = [...this.files.files];
    this.files.value = "";
    const room = MOST_PHOTOS - this.shots.length;
    const problem = this.editor.querySelector("[data-finding-problem]");
    this.say(problem, chosen.length > room ? `最多 ${MOST_PHOTOS} 张照片，多的没有加上。` : "");
    for (const file of chosen.slice(0, room)) this.shots.push(await shrunk(file));
    this.showShots();
  }

  showShots() {
    const rows = this.shots.map((photo, number) => {
      const row = element("li");
      const remove = button("移除", "btn-neutral btn-sm", () => {
        this.shots.splice(number, 1);
        this.showShots();
      });
      remove.setAttribute("aria-label", `移除照片 ${number + 1}`);
      row.append(this.picture(photo), remove);
      return row;
    });
    this.editor.querySelector("[data-shots]").replaceChildren(...rows);
  }

  async takeFinding() {
    const problem = this.editor.querySelector("[data-finding-problem]");
    const sent = new FormData(this.editor);
    const group = this.editor.querySelector("[name=group]");
    const text = sent.get("text").trim();
    if (!group.value) return this.refuse(problem, group, "请选一类问题，说不准就选“其他”。");
    if (text.length < 2) {
      const field = this.editor.querySelector("[name=text]");
      return this.refuse(problem, field, "什么情况还没写。写几个字，例如：垃圾箱满溢，箱外堆了 5 袋。");
    }
    if ([...text].length > 500) {
      return this.refuse(problem, this.editor.querySelector("[name=text]"), "什么情况最多 500 个字，请删去一些。");
    }
    this.record.findings.push({
      key: newKey(), group: group.value, groupLabel: group.selectedOptions[0].textContent, text,
      place: sent.get("place").trim(), longitude: sent.get("longitude"), latitude: sent.get("latitude"),
      settled: sent.get("is_settled") === "on", foundAt: new Date().toISOString(), photos: this.shots, choice: "ask",
      state: "waiting", problem: "",
    });
    await this.keepOr(problem, async () => {
      this.say(this.form.querySelector("[data-patrol-problem]"), "");
      this.show();
      this.closeEditor();
    });
    return undefined;
  }

  refuse(place, field, text) {
    this.say(place, text);
    field.focus();
  }

  /** A full phone must not swallow a finding: say it, and leave everything as it was. */
  async keepOr(place, then) {
    try {
      await keep(this.record);
    } catch {
      this.record.findings.pop();
      this.say(place, "这部手机的存储满了，没有存下。请删掉一些照片或文件，再记一次。");
      return;
    }
    await then();
  }

  async finish() {
    const isBad = Object.values(this.record.checks).includes("problem");
    if (isBad && !this.record.findings.length) {
      const problem = this.form.querySelector("[data-patrol-problem]");
      this.say(problem, "有一项选了“有问题”。请记下这个问题，或者改成“正常”。");
      problem.scrollIntoView({ block: "center" });
      return;
    }
    // One that was left open over night ended when it was last touched.
    const now = new Date().toISOString();
    this.record.finishedAt = this.record.on === dayOf(now) ? now : this.record.changedAt;
    this.record.state = "waiting";
    await keep(this.record);
    location.assign(`${this.root.dataset.home}#waiting`);
  }
}

// The big screen: one scene after another, fetched anew once a minute; without network the last one stays, and says so.
const SCENE_SECONDS = 20;
const REFRESH_SECONDS = 60;
const STALE_MINUTES = 5;
const MINUTE = 60_000;

const box = document.querySelector("#scenes");
const at = (name) => document.querySelector(`#screen-${name}`);

class Screen {
  constructor() {
    this.place = 0;
    this.paused = false;
    this.skew = 0;
    this.countedAt = null;
    this.isCutOff = false;
    this.taken();
  }

  get scenes() {
    return [...box.querySelectorAll("[data-scene]")];
  }

  show(place) {
    const scenes = this.scenes;
    this.place = (place + scenes.length) % scenes.length;
    scenes.forEach((scene, index) => scene.classList.toggle("on", index === this.place));
    at("dots").textContent = scenes.map((_, index) => (index === this.place ? "●" : "○")).join(" ") + (this.paused ? " 暂停" : "");
  }

  /** What came with the scenes: up to when they are counted, and the server's clock, which is the right one. */
  taken() {
    const facts = box.querySelector("[data-counted]").dataset;
    this.skew = Date.parse(facts.now) - Date.now();
    this.countedAt = facts.counted ? Date.parse(facts.counted) : null;
    this.show(this.place);
  }

  async refresh() {
    try {
      const answer = await fetch(box.dataset.url, { cache: "no-store", signal: AbortSignal.timeout?.(15_000) });
      // Led elsewhere: this screen was closed.
      if (answer.redirected) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      box.innerHTML = await answer.text();
      this.isCutOff = false;
      this.taken();
    } catch {
      // What stands there stays; its age is said by tick().
      this.isCutOff = true;
    }
  }

  tick() {
    const now = new Date(Date.now() + this.skew);
    const two = (number) => String(number).padStart(2, "0");
    const clock = (moment) => `${two(moment.getHours())}:${two(moment.getMinutes())}`;
    at("clock").textContent = clock(now);
    at("counted").textContent = this.countedAt ? `数据截至 ${clock(new Date(this.countedAt))}` : "还没有数据";
    const minutes = this.countedAt ? Math.floor((now - this.countedAt) / MINUTE) : 0;
    at("stale").hidden = !this.isCutOff && minutes < STALE_MINUTES;
    const age = minutes ? `已 ${minutes} 分钟没有新数据，` : "";
    const of = this.countedAt ? `画面是 ${clock(new Date(this.countedAt))} 的。` : "";
    at("stale").textContent = `${this.isCutOff ? "网络断了，" : ""}${age}${of}${this.isCutOff ? "连上后自己更新。" : ""}`;
  }

  key(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1 };
    if (event.key === " ") document.body.classList.toggle("paused", (this.paused = !this.paused));
    else if (!(event.key in steps)) return;
    event.preventDefault();
    this.show(this.place + (steps[event.key] || 0));
  }
}

document.body.classList.add("rotating");
const screen = new Screen();
screen.tick();
setInterval(() => screen.tick(), 1000);
setInterval(() => screen.paused || screen.show(screen.place + 1), SCENE_SECONDS * 1000);
setInterval(() => screen.refresh(), REFRESH_SECONDS * 1000);
window.addEventListener("online", () => screen.refresh());
window.addEventListener("offline", () => (screen.isCutOff = true));
document.addEventListener("keydown", (event) => screen.key(event));

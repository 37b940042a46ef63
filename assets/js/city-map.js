// The staff's map: grids coloured by a measure and a month, cases put together where they are close.
// Every address comes from data-… of #city-map; see templates/reports/map.html.
import { drawCity, loadCity, openMap, say } from "./map/city.js";
import { CaseLayer } from "./map/cases.js";
import { MEASURES, scaleOf, shown } from "./map/measures.js";

const box = document.querySelector("#city-map");
const control = (name) => document.querySelector(`#map-${name}`);

const AWAY = "案件没有取到，网络好了以后移动一下地图再试。";

async function json(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}

class StaffMap {
  async start() {
    const [city, figures] = await Promise.all([loadCity(box.dataset.geojsonUrl), json(box.dataset.figuresUrl)]);
    this.figures = figures;
    this.months = box.dataset.months.split(",");
    this.map = openMap(box);
    this.city = drawCity(this.map, city);
    this.cases = new CaseLayer(this.map, box.dataset.caseUrl, (bounds) => this.casesAt(bounds));
    this.city.eachGrid((layer, grid) => layer.on("click", () => this.choose(grid.code)));
    control("measure").addEventListener("change", () => this.paint());
    control("month").addEventListener("input", () => this.paint());
    control("month").addEventListener("change", () => {
      this.loadCases();
      if (this.chosen) this.choose(this.chosen);
    });
    control("cases").addEventListener("change", () => this.loadCases());
    this.map.on("moveend", () => this.loadCases());
    box.addEventListener("keydown", (event) => this.enter(event));
    this.paint();
    this.loadCases();
  }

  get month() {
    return Number(control("month").value);
  }

  paint() {
    const measure = MEASURES[control("measure").value];
    const values = new Map();
    this.city.eachGrid((_, grid) => values.set(grid.code, measure.value(this.figures.grids[grid.code], this.month)));
    const scale = scaleOf(measure, [...values.values()]);
    this.city.eachGrid((layer, grid) => {
      const element = layer.getElement();
      const level = scale.level(values.get(grid.code));
      for (let step = 0; step < 5; step += 1) element.classList.toggle(`map-level-${step}`, step === level);
      element.classList.toggle("map-level-none", level === null);
      layer.unbindTooltip();
      layer.bindTooltip(`${grid.title}：${shown(measure, this.figures.grids[grid.code], this.month)}`, { sticky: true });
    });
    control("month-name").textContent = this.figures.months[this.month];
    this.tell(scale);
  }

  tell(scale) {
    const svg = (level) =>
      `<svg class="swatch" viewBox="0 0 16 11" aria-hidden="true"><rect class="map-level-${level}" width="16" height="11"/></svg>`;
    control("legend").innerHTML = scale.legend.map(([level, words]) => `<span>${svg(level)}${words}</span>`).join("");
  }

  async casesIn(bounds) {
    const query = new URLSearchParams({ month: this.months[this.month], box: bounds.toBBoxString() });
    const answer = await json(`${box.dataset.casesUrl}?${query}`);
    this.say("");
    return answer;
  }

  say(words) {
    control("note").textContent = words;
    control("note").hidden = !words;
  }

  /** What is loaded holds all that is to be seen, and what is joined in it was joined for this closeness. */
  get isLoaded() {
    const { month, view, zoom, cell } = this.loaded || {};
    if (month !== this.month || !view.contains(this.map.getBounds())) return false;
    return !cell || zoom === this.map.getZoom();
  }

  /** Only the last of several requests counts; a network that is away is said and tried at the next move. */
  async loadCases() {
    const turn = (this.turn = (this.turn || 0) + 1);
    if (!control("cases").checked) {
      this.loaded = null;
      this.cases.show([]);
      this.say("");
      box.setAttribute("aria-busy", "false");
      return;
    }
    if (this.isLoaded) return;
    const asked = { month: this.month, zoom: this.map.getZoom(), view: this.map.getBounds().pad(0.3) };
    box.setAttribute("aria-busy", "true");
    try {
      const { cases, cell } = await this.casesIn(asked.view);
      if (turn !== this.turn) return;
      this.loaded = { ...asked, cell };
      this.cases.show(cases, cell);
    } catch {
      this.say(AWAY);
    }
    box.setAttribute("aria-busy", "false");
  }

  /** The cases of a spot, for their list. */
  async casesAt(bounds) {
    try {
      return (await this.casesIn(bounds)).cases;
    } catch {
      this.say(AWAY);
      return null;
    }
  }

  enter(event) {
    if (event.key !== "Enter" || event.target !== box) return;
    event.preventDefault();
    const centre = this.map.getCenter();
    // Boxes of neighbours overlap: the grid whose middle is nearest.
    let nearest = null;
    this.city.eachGrid((layer, grid) => {
      const metres = layer.getBounds().getCenter().distanceTo(centre);
      if (layer.getBounds().contains(centre) && !(metres >= nearest?.metres)) nearest = { metres, code: grid.code };
    });
    if (nearest) this.choose(nearest.code);
  }

  async choose(code) {
    this.chosen = code;
    this.city.mark(code);
    const card = control("card");
    try {
      const answer = await fetch(`${box.dataset.cardUrl.replace("CODE", code)}?month=${this.months[this.month]}`);
      if (!answer.ok) throw new Error(answer.status);
      card.innerHTML = await answer.text();
    } catch {
      card.innerHTML = '<div class="card-body"><p class="mut">没有取到这个网格的情况，请再点一次。</p></div>';
    }
  }
}

if (box) {
  new StaffMap().start().catch(() => say(box, "地图没有打开，请刷新页面再试。数字都在数据表里。"));
}

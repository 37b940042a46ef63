// The map of the grids, on any page. Put {% map_assets %} into the head and {% grid_map … %} where the map stands
// (both from {% load maps %}); the tag writes the element below. Leaflet must be loaded before this script.
//
//   <div class="map" data-map data-geojson-url="/api/v1/grids/" data-locate-url="/api/v1/grids/locate/" …></div>
//
//   data-geojson-url   where grids, communities and landmarks come from (set by the tag)
//   data-locate-url    who answers for a point (set by the tag)
//   data-selected      code of a grid that is marked and brought into view
//   data-landmarks     "off" leaves out river and streets
//   data-located       selector of an element (a hidden <p class="note">) in which the grid of the chosen point is said:
//                      "阳光社区 012 网格，主责单位：…"; it gets data-place="inside|near|outside" and is shown
//
// Picker, for the complaint form: a tap, a drag of the pin, or Enter with the map focused chooses a point.
//   data-picker        "#id_longitude,#id_latitude": two inputs that get the point (WGS-84, 6 decimals) and fire
//                      "change"; values they have at the start are shown
//   data-grid-field    selector of a <select> whose values are grid codes: it follows the point, and a choice in it
//                      without a point is shown on the map
// Point, for the page of a case: a pin that stays.
//   data-point         "longitude,latitude"
// Browse, for everything else: a tap on a grid marks it and fills the card.
//   data-card          selector of the element that gets the card
//   data-detail-url    address of a grid's page with CODE in place of the code
//
// Buttons anywhere on the page (give them `hidden`: this script shows them); with several maps the value is the map's selector:
//   data-use-my-position   asks the browser where we are and chooses that point
//   data-clear-position    picker only: takes the point back
//
// The element fires "map:chosen" with detail {longitude, latitude, place, grid} after each choice. Without JavaScript
// nothing of this happens: give the page a list or a field that does the same.
import { drawCity, loadCity, openMap, pinAt, say } from "./map/city.js";
import { emptyCard, showCard } from "./map/card.js";
import { locate, myPosition, sentence } from "./map/where.js";

const started = new WeakMap();

function found(selector) {
  return selector ? document.querySelector(selector) : null;
}

class CityMap {
  constructor(box) {
    this.box = box;
    this.inputs = (box.dataset.picker || "").split(",").map((selector) => found(selector.trim()));
    this.isPicker = Boolean(box.dataset.picker && this.inputs[0] && this.inputs[1]);
    this.field = found(box.dataset.gridField);
    this.asked = 0;
  }

  async start() {
    const city = await loadCity(this.box.dataset.geojsonUrl);
    this.map = openMap(this.box);
    this.city = drawCity(this.map, city, { landmarks: this.box.dataset.landmarks !== "off" });
    this.city.show(this.box.dataset.selected);
    if (this.box.dataset.point) this.showPoint(...this.box.dataset.point.split(",").map(Number));
    else if (this.isPicker) this.startPicker();
    else if (this.box.dataset.card) this.startBrowsing();
    if (this.isPicker || this.box.dataset.card) this.listenToEnter();
  }

  showPoint(longitude, latitude) {
    this.pin(longitude, latitude);
    if (!this.box.dataset.selected) this.city.bringIntoView([latitude, longitude]);
  }

  startPicker() {
    this.box.classList.add("map-picker");
    this.map.on("click", (event) => this.choose(event.latlng.lng, event.latlng.lat));
    if (this.field) {
      this.field.addEventListener("change", () => {
        if (this.field.dataset.setByMap) return;
        this.clear();
        this.city.show(this.field.value);
      });
    }
    const [longitude, latitude] = this.inputs.map((input) => input.value);
    if (longitude && latitude) this.choose(Number(longitude), Number(latitude), { quiet: true });
    else if (this.field?.value) this.city.show(this.field.value);
  }

  startBrowsing() {
    this.city.eachGrid((layer, grid) => layer.on("click", () => this.mark(grid.code)));
    if (this.box.dataset.selected) this.mark(this.box.dataset.selected);
  }

  /** With the map focused, arrow keys move it and Enter takes what is under the cross in the middle. */
  listenToEnter() {
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== this.box) return;
      event.preventDefault();
      const { lng, lat } = this.map.getCenter();
      this.choose(lng, lat, { stay: true });
    });
  }

  pin(longitude, latitude) {
    const place = [latitude, longitude];
    if (this.marker) this.marker.setLatLng(place);
    else this.marker = pinAt(this.map, place, { draggable: this.isPicker });
    if (!this.isPicker || this.marker.watched) return;
    this.marker.watched = true;
    this.marker.on("dragend", () => {
      const { lng, lat } = this.marker.getLatLng();
      this.choose(lng, lat, { stay: true });
    });
  }

  mark(code) {
    const grid = this.city.mark(code);
    const card = found(this.box.dataset.card);
    if (card && grid) showCard(card, grid, this.box.dataset.detailUrl);
    else if (card) emptyCard(card);
  }

  /** Works without the map too, where it could not be opened: a position is still a position. */
  async choose(longitude, latitude, { quiet = false, stay = false } = {}) {
    if (this.city) this.pin(longitude, latitude);
    if (this.isPicker) this.fill(longitude.toFixed(6), latitude.toFixed(6), quiet);
    if (this.city && !stay) this.city.bringIntoView([latitude, longitude]);
    const turn = (this.asked += 1);
    const where = await locate(this.box.dataset.locateUrl, longitude, latitude);
    // A later tap was quicker than this answer.
    if (turn !== this.asked) return;
    this.tell(where);
    const detail = { longitude, latitude, place: where?.place, grid: where?.grid };
    this.box.dispatchEvent(new CustomEvent("map:chosen", { bubbles: true, detail }));
  }

  tell(where) {
    const code = where?.grid?.code || "";
    if (this.city && this.box.dataset.card) this.mark(code);
    else this.city?.mark(code);
    if (this.field && [...this.field.options].some((option) => option.value === code)) {
      this.field.value = code;
      this.field.dataset.setByMap = "1";
      this.field.dispatchEvent(new Event("change", { bubbles: true }));
      delete this.field.dataset.setByMap;
    }
    sentence(found(this.box.dataset.located), where);
  }

  fill(longitude, latitude, quiet) {
    [longitude, latitude].forEach((value, index) => {
      this.inputs[index].value = value;
      if (!quiet) this.inputs[index].dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  clear() {
    this.asked += 1;
    if (this.marker) this.marker.remove();
    this.marker = null;
    if (this.isPicker) this.fill("", "", false);
    this.city?.mark("");
    const note = found(this.box.dataset.located);
    if (note) note.hidden = true;
  }
}

function start(box) {
  if (started.has(box)) return;
  const map = new CityMap(box);
  started.set(box, map);
  map.opened = map.start().catch((error) => {
    console.error(error);
    say(box, "地图没有打开。没有地图也能用：从列表里选网格。");
  });
}

/** The map a button belongs to: the one it names, or the first on the page. */
function mapOf(button, attribute) {
  return started.get(found(button.dataset[attribute]) || document.querySelector("[data-map]"));
}

async function useMyPosition(button) {
  const map = mapOf(button, "useMyPosition");
  if (!map) return;
  button.disabled = true;
  const [{ point, problem }] = await Promise.all([myPosition(), map.opened]);
  button.disabled = false;
  if (point) await map.choose(...point);
  else sentence(found(map.box.dataset.located), null, problem);
}

function prepare(root) {
  root.querySelectorAll("[data-map]").forEach(start);
  root.querySelectorAll("[data-use-my-position], [data-clear-position]").forEach((button) => {
    button.hidden = false;
  });
}

document.addEventListener("click", (event) => {
  const mine = event.target.closest("[data-use-my-position]");
  if (mine) useMyPosition(mine);
  const clear = event.target.closest("[data-clear-position]");
  if (clear) mapOf(clear, "clearPosition")?.clear();
});
document.addEventListener("htmx:load", (event) => prepare(event.target));
prepare(document);

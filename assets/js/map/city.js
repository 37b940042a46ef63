// The town as a Leaflet map: river, streets, grids, communities, one pin.
const L = window.L;

const PIN =
  '<svg viewBox="-14 -34 28 38" aria-hidden="true"><path d="M0 0C-4-7-11-12-11-20a11 11 0 0122 0C11-12 4-7 0 0z" ' +
  'fill="currentColor" stroke="#fff" stroke-width="2"/><circle cy="-20" r="4" fill="#fff"/></svg>';
// So many zoom steps past the whole town the grids show their serials, and then the streets their names.
const CLOSE = 1.5;
const CLOSEST = 2.25;
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export async function loadCity(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}

export function say(box, text) {
  const words = document.createElement("p");
  words.className = "map-words";
  words.textContent = text;
  box.replaceChildren(words);
}

export function openMap(box) {
  box.replaceChildren();
  const map = L.map(box, {
    attributionControl: false,
    zoomControl: false,
    zoomSnap: 0.25,
    maxZoom: 19,
    // A page that is scrolled past the map must not stop in it; a click or Tab into it says that it is meant.
    scrollWheelZoom: false,
    fadeAnimation: !calm,
    zoomAnimation: !calm,
    inertia: !calm,
  });
  // Leaflet focuses the map on a tap, and the browser takes that for the keyboard: the cross is for keys only.
  box.addEventListener("pointerdown", () => box.classList.add("map-by-hand"));
  box.addEventListener("keydown", () => box.classList.remove("map-by-hand"));
  box.addEventListener("blur", () => box.classList.remove("map-by-hand"));
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  L.control.zoom({ position: "topright", zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  if (box.dataset.tileUrl) {
    L.control.attribution({ prefix: false }).addTo(map);
    const attribution = document.createElement("span");
    attribution.textContent = box.dataset.tileAttribution;
    L.tileLayer(box.dataset.tileUrl, { attribution: attribution.innerHTML, maxZoom: 19 }).addTo(map);
    box.classList.add("map-tiled");
  }
  return map;
}

export function pinAt(map, place, { draggable }) {
  const icon = L.divIcon({ className: "map-pin", html: PIN, iconSize: [30, 40], iconAnchor: [15, 36] });
  return L.marker(place, { icon, draggable, autoPan: true, keyboard: false, interactive: draggable }).addTo(map);
}

export function label(map, place, text, className) {
  const words = document.createElement("span");
  words.textContent = text;
  const icon = L.divIcon({ className: `map-label ${className}`, html: words, iconSize: [0, 0] });
  return L.marker(place, { icon, interactive: false, keyboard: false }).addTo(map);
}

function shapes(map, collection, className, interactive = false) {
  return L.geoJSON(collection, { interactive, style: () => ({ className }) }).addTo(map);
}

function swap([longitude, latitude]) {
  return [latitude, longitude];
}

function drawLandmarks(map, landmarks) {
  const of = (kind) => landmarks.features.filter((feature) => feature.properties.kind === kind);
  shapes(map, of("street"), "map-street");
  landmarks.features.forEach(({ properties }) =>
    label(map, swap(properties.label), properties.name, `map-label-${properties.kind}`),
  );
}

class City {
  constructor(map, layers, bounds) {
    this.map = map;
    this.layers = layers;
    this.bounds = bounds;
    this.marked = null;
    this.view = bounds;
    this.fit();
    new ResizeObserver(() => this.resized()).observe(map.getContainer());
  }

  fit() {
    if (!this.view?.isValid()) {
      this.map.setView([52.9705, 122.5292], 13);
      return;
    }
    this.width = this.map.getContainer().clientWidth;
    this.map.setMinZoom(0);
    const whole = this.map.getBoundsZoom(this.bounds, false, L.point(8, 8));
    this.map.fitBounds(this.view, { padding: [8, 8], animate: false });
    this.map.setMinZoom(Math.min(whole, this.map.getZoom()) - 0.5);
    this.map.setMaxBounds(this.bounds.pad(0.6));
    this.closeFrom = whole + CLOSE;
    this.tellCloseness();
  }

  /** A map that was hidden, or whose screen was turned, has to be measured again. */
  resized() {
    const wasHidden = !this.width;
    this.map.invalidateSize({ animate: false });
    if (wasHidden && this.map.getContainer().clientWidth) this.fit();
  }

  tellCloseness() {
    const close = this.map.getZoom() >= this.closeFrom;
    const box = this.map.getContainer().classList;
    box.toggle("map-close", close);
    box.toggle("map-closest", this.map.getZoom() >= this.closeFrom - CLOSE + CLOSEST);
    if (close && !this.serialsShown) {
      this.serialsShown = true;
      this.eachGrid((layer, grid) => label(this.map, layer.getBounds().getCenter(), grid.code.slice(-3), "map-label-grid"));
    }
  }

  eachGrid(visit) {
    this.layers.forEach((layer) => visit(layer, layer.feature.properties));
  }

  /** Marks one grid and unmarks the one before; returns its properties. An unknown code only unmarks. */
  mark(code) {
    this.marked?.getElement()?.classList.remove("on");
    this.marked = this.layers.get(code) || null;
    if (!this.marked) return null;
    this.marked.bringToFront();
    this.marked.getElement()?.classList.add("on");
    return this.marked.feature.properties;
  }

  /** Marks a grid and brings it and its neighbours into view. */
  show(code) {
    const grid = this.mark(code);
    if (!grid) return;
    this.view = this.marked.getBounds().pad(1.2);
    this.fit();
  }

  bringIntoView(place) {
    if (this.map.getZoom() >= this.closeFrom && this.map.getBounds().pad(-0.1).contains(place)) return;
    this.map.setView(place, Math.max(this.map.getZoom(), this.closeFrom), { animate: !calm });
  }
}

/** Draws what the API told; a later `city.mark(code)` needs no more requests. */
export function drawCity(map, city, { landmarks = true } = {}) {
  const rivers = { ...city.landmarks, features: city.landmarks.features.filter((f) => f.properties.kind === "river") };
  if (landmarks) shapes(map, rivers, "map-river");
  const grids = shapes(map, city, "map-grid", true);
  if (landmarks) drawLandmarks(map, city.landmarks);
  const communities = shapes(map, city.communities, "map-community");
  city.communities.features.forEach(({ properties }) =>
    label(map, swap(properties.label), properties.name, "map-label-community"),
  );
  const layers = new Map(grids.getLayers().map((layer) => [layer.feature.properties.code, layer]));
  const bounds = grids.getBounds().extend(communities.getBounds());
  const drawn = new City(map, layers, bounds);
  map.on("zoomend", () => drawn.tellCloseness());
  return drawn;
}

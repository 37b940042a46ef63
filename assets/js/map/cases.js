// Cases on the map, put together by cells of the screen: ten thousand points become a few dozen marks.
const L = window.L;
const CELL = 56;
const WORDS = ["时限内", "快到期", "超时", "已结"];
// Of several together: what the worst of them is.
const WORST_WORDS = ["没有快到期或超时的", "有快到期的", "有超时的", "都已结"];
const MOST_LISTED = 12;

export class CaseLayer {
  /** `caseUrl` is the address of a case's page with 2000-000000 in place of its number. */
  constructor(map, caseUrl) {
    this.map = map;
    this.caseUrl = caseUrl;
    this.points = [];
    this.marks = L.layerGroup().addTo(map);
    // A zoom ends with a move, too.
    map.on("moveend", () => this.draw());
  }

  /** `points`: [longitude, latitude, kind, number] each. */
  show(points) {
    this.points = points;
    this.projectedFor = null;
    this.draw();
  }

  /** The place of each point in the pixels of the whole world at this zoom, once a zoom. */
  project() {
    const zoom = this.map.getZoom();
    if (this.projectedFor === zoom) return;
    this.projectedFor = zoom;
    this.places = this.points.map(([longitude, latitude]) => this.map.project([latitude, longitude], zoom));
  }

  draw() {
    this.project();
    const view = this.map.getPixelBounds();
    const cells = new Map();
    this.places.forEach((place, index) => {
      if (!view.contains(place)) return;
      const key = `${Math.floor(place.x / CELL)}:${Math.floor(place.y / CELL)}`;
      const cell = cells.get(key);
      if (cell) cell.push(index);
      else cells.set(key, [index]);
    });
    this.marks.clearLayers();
    cells.forEach((indexes) => this.marks.addLayer(this.mark(indexes)));
  }

  mark(indexes) {
    // The worst of them gives the colour: late before soon before in time before closed.
    const worst = Math.max(...indexes.map((index) => (this.points[index][2] === 3 ? -1 : this.points[index][2])));
    const kind = worst < 0 ? 3 : worst;
    const count = indexes.length;
    const centre = indexes.reduce((sum, index) => sum.add(this.places[index]), L.point(0, 0)).divideBy(count);
    const size = count === 1 ? 14 : Math.min(44, 22 + 6 * Math.log10(count) * 2);
    const icon = L.divIcon({
      className: `case-mark case-mark-${kind}${count === 1 ? " case-mark-one" : ""}`,
      html: count === 1 ? "" : `<span>${count}</span>`,
      iconSize: [size, size],
    });
    const title = count === 1 ? `${this.points[indexes[0]][3]}，${WORDS[kind]}` : `${count} 件案件，${WORST_WORDS[kind]}`;
    const marker = L.marker(this.map.unproject(centre), { icon, title, alt: title });
    return marker.on("click", () => this.open(marker, indexes));
  }

  /** Closer in, as long as that parts them; else their numbers, each with a link. */
  open(marker, indexes) {
    const bounds = L.latLngBounds(indexes.map((index) => [this.points[index][1], this.points[index][0]]));
    const canPart = this.map.getZoom() < this.map.getMaxZoom() && !bounds.getNorthEast().equals(bounds.getSouthWest(), 1e-5);
    if (indexes.length > 1 && canPart) {
      this.map.fitBounds(bounds.pad(0.2), { maxZoom: Math.min(this.map.getMaxZoom(), this.map.getZoom() + 3) });
      return;
    }
    const list = document.createElement("ul");
    list.className = "case-list";
    indexes.slice(0, MOST_LISTED).forEach((index) => {
      const [, , kind, number] = this.points[index];
      const link = document.createElement("a");
      link.href = this.caseUrl.replace("2000-000000", number);
      link.textContent = number;
      const line = document.createElement("li");
      line.append(link, `　${WORDS[kind]}`);
      list.append(line);
    });
    if (indexes.length > MOST_LISTED) list.append(`还有 ${indexes.length - MOST_LISTED} 件`);
    L.popup({ closeButton: false }).setLatLng(marker.getLatLng()).setContent(list).openOn(this.map);
  }
}

// Cases on the map, put together by cells of the screen. Where there are many, the portal has joined them before by
// cells of its own: then a row stands for so many cases, and to look closer is to ask again.
const L = window.L;
const CELL = 56;
const WORDS = ["已结", "时限内", "快到期", "超时"];
// Of several together: what the worst of them is.
const WORST_WORDS = ["都已结", "没有快到期或超时的", "有快到期的", "有超时的"];
const OVERDUE = 3;
const MOST_LISTED = 12;
const STEP = 3;

function named([longitude, latitude, kind, number, count = 1]) {
  return { longitude, latitude, kind, number, count };
}

export class CaseLayer {
  /**
   * `caseUrl` is the address of a case's page with 2000-000000 in place of its number; `ask(bounds)` resolves to the
   * rows that lie there, or to null.
   */
  constructor(map, caseUrl, ask) {
    this.map = map;
    this.caseUrl = caseUrl;
    this.ask = ask;
    this.rows = [];
    this.marks = L.layerGroup().addTo(map);
    // A zoom ends with a move, too.
    map.on("moveend", () => this.draw());
  }

  /** `rows`: [longitude, latitude, kind, number, count] each, one case without a count; `cell`: what they were joined by. */
  show(rows, cell = null) {
    this.rows = rows.map(named);
    this.cell = cell;
    this.projectedFor = null;
    this.draw();
  }

  /** The place of each row in the pixels of the whole world at this zoom, once a zoom. */
  project() {
    const zoom = this.map.getZoom();
    if (this.projectedFor === zoom) return;
    this.projectedFor = zoom;
    this.rows.forEach((row) => (row.place = this.map.project([row.latitude, row.longitude], zoom)));
  }

  draw() {
    this.project();
    const view = this.map.getPixelBounds();
    const cells = new Map();
    this.rows.forEach((row) => {
      if (!view.contains(row.place)) return;
      const key = `${Math.floor(row.place.x / CELL)}:${Math.floor(row.place.y / CELL)}`;
      const cell = cells.get(key);
      if (cell) cell.push(row);
      else cells.set(key, [row]);
    });
    this.marks.clearLayers();
    cells.forEach((rows) => this.marks.addLayer(this.mark(rows)));
  }

  mark(rows) {
    const count = rows.reduce((sum, row) => sum + row.count, 0);
    // The worst of them gives the colour.
    const kind = Math.max(...rows.map((row) => row.kind));
    const centre = rows.reduce((sum, row) => sum.add(row.place.multiplyBy(row.count)), L.point(0, 0)).divideBy(count);
    const size = count === 1 ? 14 : Math.min(44, 22 + 6 * Math.log10(count) * 2);
    const icon = L.divIcon({
      className: `case-mark case-mark-${kind}${count === 1 ? " case-mark-one" : ""}`,
      html: count === 1 ? "" : `<span>${count}</span>`,
      iconSize: [size, size],
    });
    const title = count === 1 ? `${rows[0].number}，${WORDS[kind]}` : `${count} 件案件，${WORST_WORDS[kind]}`;
    const marker = L.marker(this.map.unproject(centre), { icon, title, alt: title, zIndexOffset: kind === OVERDUE ? 1000 : 0 });
    marker.on("click", () => this.open(marker, rows, count));
    return marker.on("keydown", ({ originalEvent }) => {
      // Leaflet makes a mark reachable by Tab, and no more.
      if (originalEvent.key !== "Enter") return;
      originalEvent.preventDefault();
      this.open(marker, rows, count);
    });
  }

  /** Closer in, as long as that parts them; else their numbers, each with a link. */
  async open(marker, rows, count) {
    const bounds = rows.reduce((sum, row) => sum.extend(this.boundsOf(row)), L.latLngBounds([]));
    const canPart = this.map.getZoom() < this.map.getMaxZoom() && !bounds.getNorthEast().equals(bounds.getSouthWest(), 1e-5);
    if (count > 1 && canPart) {
      // The mark goes away, and with it the focus; the next Tab finds the marks that it was parted into.
      this.map.getContainer().focus({ preventScroll: true });
      this.map.fitBounds(bounds.pad(0.2), { maxZoom: Math.min(this.map.getMaxZoom(), this.map.getZoom() + STEP) });
      return;
    }
    const single = rows.some((row) => row.count > 1) ? (await this.ask(bounds))?.map(named) : rows;
    if (single) this.list(marker, single, count);
  }

  /** Where the cases of a row lie: at its point, or somewhere in its cell. */
  boundsOf({ longitude, latitude, count }) {
    if (count === 1) return L.latLngBounds([[latitude, longitude]]);
    const [width, height] = this.cell;
    const [column, row] = [Math.floor(longitude / width), Math.floor(latitude / height)];
    return L.latLngBounds([row * height, column * width], [(row + 1) * height, (column + 1) * width]);
  }

  list(marker, rows, count) {
    const list = document.createElement("ul");
    list.className = "case-list";
    rows.slice(0, MOST_LISTED).forEach(({ kind, number }) => {
      const link = document.createElement("a");
      link.href = this.caseUrl.replace("2000-000000", number);
      link.textContent = number;
      const line = document.createElement("li");
      line.append(link, `　${WORDS[kind]}`);
      list.append(line);
    });
    if (count > MOST_LISTED) list.append(`还有 ${count - MOST_LISTED} 件`);
    L.popup({ closeButton: false }).setLatLng(marker.getLatLng()).setContent(list).openOn(this.map);
    list.querySelector("a").focus({ preventScroll: true });
  }
}

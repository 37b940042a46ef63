// Draws the polygon of a grid with Leaflet.draw. The widget (templates/grids/widgets/polygon.html) is
//   <div data-draw="id of the textarea"> <div class="map" data-geojson-url="…"> … buttons … <textarea data-code="…">
// The textarea holds the GeoJSON and is what is sent. Neighbours are shown, and corners snap to theirs.
import { drawCity, loadCity, openMap, say } from "./map/city.js";

const L = window.L;
const SNAP_PIXELS = 10;
const HINTS = {
  none: "还没有边界。按“画边界”，在地图上一个一个点出来，最后点回第一个点。",
  drawing: "在地图上点出各个角，靠近邻近网格的角会自动对齐。点回第一个点就画完。",
  drawn: "拖动白色的点改边界，拖动半透明的点加一个角。改完记得保存。",
  broken: "下面的边界文字读不出来，地图上没有画。可以重画，也可以改文字。",
};

L.drawLocal.draw.handlers.polygon.tooltip = {
  start: "点第一个角",
  cont: "接着点下一个角",
  end: "点回第一个角就画完",
};
L.drawLocal.draw.handlers.polyline.error = "边界不能交叉";
L.drawLocal.edit.handlers.edit.tooltip = { text: "拖动点改边界", subtext: "" };

class Drawing {
  constructor(widget) {
    this.widget = widget;
    this.box = widget.querySelector(".map");
    this.text = document.getElementById(widget.dataset.draw);
    this.original = this.text.value;
    this.code = this.text.dataset.code || "";
  }

  part(name) {
    return this.widget.querySelector(`[data-draw-${name}]`);
  }

  async start() {
    const city = await loadCity(this.box.dataset.geojsonUrl);
    // Its own old outline would lie under what is being drawn.
    const others = { ...city, features: city.features.filter((grid) => grid.properties.code !== this.code) };
    this.map = openMap(this.box);
    this.city = drawCity(this.map, others);
    this.corners = others.features.flatMap((grid) => grid.geometry.coordinates.flat()).map(([x, y]) => L.latLng(y, x));
    this.map.on("draw:created", (event) => this.drawn(event.layer));
    this.map.on("draw:drawvertex", () => {
      this.part("undo").hidden = false;
      this.hideCorners();
    });
    this.part("tools").hidden = false;
    this.part("new").addEventListener("click", () => this.draw());
    this.part("undo").addEventListener("click", () => this.pen?.deleteLastVertex());
    this.part("reset").addEventListener("click", () => this.reset());
    this.text.addEventListener("change", () => this.show());
    this.show();
    this.lookCloser();
  }

  lookCloser() {
    if (!this.layer) return;
    this.city.view = this.layer.getBounds().pad(0.6);
    this.city.fit();
  }

  /** Puts what the text says on the map. */
  show() {
    this.pen?.disable();
    this.layer?.remove();
    this.layer = null;
    if (!this.text.value.trim()) return this.hint("none");
    try {
      const geometry = JSON.parse(this.text.value);
      const [shape] = L.geoJSON(geometry).getLayers();
      this.edit(L.polygon(shape.getLatLngs(), { className: "map-grid on" }));
      return this.hint("drawn");
    } catch {
      return this.hint("broken");
    }
  }

  draw() {
    this.pen?.disable();
    this.layer?.remove();
    this.pen = new L.Draw.Polygon(this.map, {
      allowIntersection: false,
      showArea: false,
      shapeOptions: { className: "map-grid on" },
      drawError: { color: "#86205f", message: L.drawLocal.draw.handlers.polyline.error },
    });
    this.pen.enable();
    this.hint("drawing");
  }

  drawn(layer) {
    this.part("undo").hidden = true;
    layer.setLatLngs([layer.getLatLngs()[0].map((corner) => this.snapped(corner))]);
    this.edit(layer);
    this.write();
    this.hint("drawn");
  }

  edit(layer) {
    this.layer = layer.addTo(this.map);
    layer.editing.enable();
    layer.on("edit", () => this.edited());
    this.hideCorners();
  }

  /** Corners are for the mouse and the finger; who uses neither edits the text. */
  hideCorners() {
    this.box.querySelectorAll(".leaflet-editing-icon").forEach((corner) => {
      corner.removeAttribute("role");
      corner.removeAttribute("tabindex");
      corner.setAttribute("aria-hidden", "true");
    });
  }

  edited() {
    const rings = this.layer.getLatLngs();
    rings.forEach((ring) => ring.forEach((corner) => Object.assign(corner, this.snapped(corner))));
    this.layer.redraw();
    this.layer.editing.updateMarkers();
    this.hideCorners();
    this.write();
  }

  /** The nearest corner of a neighbour, if it is next to this one on the screen. */
  snapped(corner) {
    const here = this.map.latLngToLayerPoint(corner);
    let best = corner;
    let nearest = SNAP_PIXELS;
    this.corners.forEach((other) => {
      const distance = here.distanceTo(this.map.latLngToLayerPoint(other));
      if (distance < nearest) [best, nearest] = [other, distance];
    });
    return { lat: best.lat, lng: best.lng };
  }

  write() {
    this.text.value = JSON.stringify(this.layer.toGeoJSON(6).geometry);
  }

  reset() {
    this.text.value = this.original;
    this.show();
    this.lookCloser();
  }

  hint(name) {
    const line = this.part("hint");
    line.textContent = HINTS[name];
    line.hidden = false;
    if (name !== "drawing") this.part("undo").hidden = true;
    this.part("new").querySelector("span").textContent = name === "drawn" ? "重新画" : "画边界";
  }
}

document.querySelectorAll("[data-draw]").forEach((widget) => {
  const drawing = new Drawing(widget);
  drawing.start().catch((error) => {
    console.error(error);
    say(drawing.box, "地图没有打开。可以在下面的文字里改边界。");
  });
});

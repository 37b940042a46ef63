// Asking where a point lies, and saying it.

/** What the API says of a point; null where it could not be asked. */
export async function locate(url, longitude, latitude) {
  try {
    const query = new URLSearchParams({ lng: longitude.toFixed(6), lat: latitude.toFixed(6) });
    const answer = await fetch(`${url}?${query}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

const PROBLEMS = {
  1: "没有得到定位许可。可以点地图选位置，或者从列表里选网格。",
  2: "没有找到您的位置。可以点地图选位置，或者从列表里选网格。",
  3: "定位太慢，没有等到。可以点地图选位置，或者从列表里选网格。",
};

/** Resolves to {point: [longitude, latitude]} or {problem: a sentence}; never rejects. */
export function myPosition() {
  if (!navigator.geolocation) return Promise.resolve({ problem: PROBLEMS[2] });
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ point: [coords.longitude, coords.latitude] }),
      (error) => resolve({ problem: PROBLEMS[error.code] || PROBLEMS[2] }),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}

function words(where, problem) {
  if (problem) return ["没有定位", problem];
  if (!where) return ["位置已记下", "暂时查不到网格，由创城办确认。"];
  if (!where.grid) return ["这里不在网格里", "可以把位置挪到附近的小区；也可以就报这里，请在下面写一下具体地方。"];
  const lead = where.grid.lead_unit ? `主责单位：${where.grid.lead_unit}。` : "主责单位还没有定，由创城办安排。";
  const near = where.place === "near" ? `离这个网格约 ${Math.max(1, Math.round(where.metres))} 米。` : "";
  return [`${where.grid.title}，${where.grid.name}`, near + lead];
}

/** Writes into `element` whose grid it is, or `problem`; nothing without an element. */
export function sentence(element, where, problem = "") {
  if (!element) return;
  const [title, text] = words(where, problem);
  const strong = document.createElement("b");
  strong.textContent = title;
  element.replaceChildren(strong, document.createElement("br"), text);
  element.dataset.place = where?.place || "";
  element.classList.toggle("note-ok", Boolean(where?.grid));
  element.classList.toggle("note-warn", !where?.grid);
  element.hidden = false;
}

// Small helpers: elements and icons, built without any markup from data.
const root = document.querySelector("[data-patrols]");

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function icon(name, className = "") {
  const space = "http://www.w3.org/2000/svg";
  const drawn = document.createElementNS(space, "svg");
  drawn.setAttribute("class", `i ${className}`.trim());
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${root.dataset.icons}#${name}`);
  drawn.append(use);
  return drawn;
}

export function button(label, className, pressed) {
  const made = element("button", `btn ${className}`, label);
  made.type = "button";
  made.addEventListener("click", pressed);
  return made;
}

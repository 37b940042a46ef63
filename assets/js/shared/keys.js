// Keys of one character, on the pages that have them: what they do stands in a dialog that ? opens. Whoever dictates or
// reads by ear can switch them off there; the browser remembers.

const OFF = "keys-off";

export function areOn() {
  try {
    return localStorage.getItem(OFF) !== "1";
  } catch {
    return true;
  }
}

function switchTo(on) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // Private browsing: as it was, until the page is left.
  }
}

/** Whether a key pressed here is meant for the page: not for a field, a menu or a dialog, and not part of a chord. */
export function isForPage(event) {
  const elsewhere = event.target.closest("input, select, textarea, [contenteditable], dialog");
  return !event.altKey && !event.ctrlKey && !event.metaKey && !event.isComposing && !elsewhere && areOn();
}

const dialog = document.getElementById("keys-help");

if (dialog) {
  const choice = dialog.querySelector("[data-keys-on]");
  choice.checked = areOn();
  choice.addEventListener("change", () => switchTo(choice.checked));
  document.querySelectorAll("[data-keys-help]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || !isForPage(event)) return;
    event.preventDefault();
    dialog.showModal();
  });
}

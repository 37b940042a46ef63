// On every page, and nothing depends on it: each part mends or eases something that works without.

const SENDING = "正在提交…";

/** A second press of a slow button files nothing twice; the server refuses a double anyway. */
function sendOnce(form, button) {
  if (form.dataset.sending) return false;
  form.dataset.sending = "1";
  // After the browser has collected the form: a disabled button's name would not be sent.
  setTimeout(() => {
    if (!button) return;
    button.dataset.label = button.innerHTML;
    button.textContent = button.dataset.sending || SENDING;
    button.disabled = true;
  });
  return true;
}

function giveBack(form) {
  delete form.dataset.sending;
  form.querySelectorAll("button[data-label]").forEach((button) => {
    button.innerHTML = button.dataset.label;
    button.disabled = false;
    delete button.dataset.label;
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-resend") || form.hasAttribute("hx-post")) return;
  const button = event.submitter || form.querySelector("button[type=submit], button:not([type])");
  if (event.defaultPrevented) return;
  if (!sendOnce(form, button)) event.preventDefault();
});

// Back from the next page: the browser shows this one as it was left.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(giveBack));

/** Characters as the server counts them: an emoji is one, a line end two. */
function length(text) {
  return [...text.replace(/\n/g, "\r\n")].length;
}

function count(field, line) {
  const most = Number(field.getAttribute("maxlength") || field.dataset.most);
  const used = length(field.value);
  line.textContent = `${used}／${most}`;
  line.classList.toggle("over", used > most);
}

function prepare(root) {
  root.querySelectorAll("[data-counter]").forEach((line) => {
    const field = document.getElementById(line.dataset.counter);
    if (!field || line.dataset.ready) return;
    line.dataset.ready = "1";
    // Cutting off what someone pastes would lose words unseen: say that it is too long instead.
    field.dataset.most = field.getAttribute("maxlength");
    field.removeAttribute("maxlength");
    field.addEventListener("input", () => count(field, line));
    count(field, line);
  });
  root.querySelectorAll("[data-copy], [data-close], [data-print]").forEach((button) => {
    button.hidden = false;
  });
}

async function copy(button) {
  const words = button.querySelector("span") || button;
  const before = words.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    words.textContent = "已复制";
  } catch {
    words.textContent = "没能复制，请手抄";
  }
  setTimeout(() => {
    words.textContent = before;
  }, 2000);
}

/** Says something at the upper edge, as a message from the server would look. */
function say(text, level = "info") {
  const flash = document.getElementById("flash");
  if (!flash) return;
  const list = document.createElement("div");
  list.className = "flash-list container";
  const toast = document.createElement("div");
  toast.className = `toast toast-${level}`;
  toast.textContent = text;
  list.append(toast);
  flash.replaceChildren(list);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-close], [data-print]");
  if (button?.hasAttribute("data-copy")) copy(button);
  else if (button?.hasAttribute("data-print")) window.print();
  else if (button) button.closest(".toast").remove();
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A filter that applies itself; its button stays for those without script.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

function tellNetwork() {
  const strip = document.getElementById("offline");
  if (strip) strip.hidden = navigator.onLine;
}

window.addEventListener("online", tellNetwork);
window.addEventListener("offline", tellNetwork);

// htmx, where a page has it
document.addEventListener("htmx:load", (event) => prepare(event.target));
document.addEventListener("htmx:sendError", () => say("没有连上，内容还在，请再试一次。", "error"));
document.addEventListener("htmx:responseError", () => say("没有办成，内容还在。请刷新这一页再试。", "error"));

// After a refused form the reader's place is the list of what to mend.
document.getElementById("error-summary")?.focus();
prepare(document);
tellNetwork();

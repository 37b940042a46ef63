// One question a screen. Without a script all of them stand on one page and are handed in together; so they do after a
// refusal, where the list of what is missing leads to each.

const form = document.querySelector("[data-quiz]");
const cards = form ? [...form.querySelectorAll("[data-question]")] : [];

function make(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function step(bar, handIn) {
  const back = make("button", "btn btn-neutral", "上一题");
  const next = make("button", "btn btn-primary", "下一题");
  const place = make("p", "quiz-place num", "");
  const missing = make("p", "field-error", "");
  back.type = next.type = "button";
  place.setAttribute("aria-live", "polite");
  missing.setAttribute("role", "alert");
  form.prepend(place);
  bar.before(missing);
  bar.prepend(back, next);
  let at = 0;

  const chosen = () => cards[at].querySelector(":checked");

  function show(moved) {
    cards.forEach((card, index) => {
      card.hidden = index !== at;
    });
    const isLast = at === cards.length - 1;
    back.hidden = at === 0;
    next.hidden = isLast;
    handIn.hidden = !isLast;
    place.textContent = `第 ${at + 1} 题／共 ${cards.length} 题`;
    missing.textContent = "";
    if (!moved) return;
    const choices = cards[at].querySelector(".opts");
    (chosen() || choices.querySelector("input")).focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
  }

  function go(by) {
    if (by > 0 && !chosen()) {
      missing.textContent = `第 ${at + 1} 题还没选。`;
      cards[at].querySelector("input").focus();
      return;
    }
    at += by;
    show(true);
  }

  back.addEventListener("click", () => go(-1));
  next.addEventListener("click", () => go(1));
  form.addEventListener("change", () => {
    missing.textContent = "";
  });
  // Before portal.js sees the submit. Enter in the middle means: on to the next.
  form.addEventListener("submit", (event) => {
    const isLast = at === cards.length - 1;
    if (isLast && chosen()) return;
    event.preventDefault();
    go(1);
  });
  show(false);
}

if (cards.length > 1 && !document.getElementById("error-summary")) {
  const bar = form.querySelector("[data-quiz-bar]");
  step(bar, bar.querySelector("[type=submit]"));
}

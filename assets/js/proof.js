// Proof of work (ALTCHA) for the last step of a complaint: begins when the page opens and is done before a phone number
// is typed. Where it cannot be done, the form goes without, and the server decides.

const MOST_WAIT = 8000;
const field = document.querySelector("[data-challenge]");

function answer(challenge, solution) {
  return btoa(JSON.stringify({ challenge, solution }));
}

function solve(challenge, source) {
  return new Promise((resolve, reject) => {
    // Without https a browser has no cryptography to offer.
    if (!window.Worker || !window.crypto || !window.crypto.subtle) throw new Error("cannot");
    const worker = new Worker(source);
    worker.onmessage = ({ data }) => {
      worker.terminate();
      if (data && data.derivedKey) resolve(answer(challenge, data));
      else reject(new Error("unsolved"));
    };
    worker.onerror = reject;
    worker.postMessage({ type: "work", challenge, counterStart: 0, counterStep: 1 });
  });
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

if (field) {
  const form = field.form;
  const button = form.querySelector("button[type=submit]");
  let settled = false;
  const solved = solve(JSON.parse(field.dataset.challenge), field.dataset.worker)
    .then((found) => {
      field.value = found;
    })
    .catch(() => {})
    .then(() => {
      settled = true;
    });
  // Before portal.js sees the submit: who is faster than the riddle waits for it, unseen.
  form.addEventListener("submit", (event) => {
    if (settled) return;
    event.preventDefault();
    Promise.race([solved, pause(MOST_WAIT)]).then(() => {
      settled = true;
      button.click();
    });
  });
}

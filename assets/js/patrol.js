// The patrol pages on the phone. Without this script each step is a page of its own; with it everything is kept on the
// phone first and sent from there, so that a patrol needs no network from beginning to end.
import { Queue } from "./patrol/queue.js";
import { showToday } from "./patrol/today.js";
import { Walk } from "./patrol/walk.js";

const root = document.querySelector("[data-patrols]");

/** The worker keeps these for the time without network: this page, the pages of the grids, and all they loaded. */
function pagesToKeep() {
  const grids = [...document.querySelectorAll("[data-grid][data-url]")].map((card) => card.dataset.url);
  const loaded = performance
    .getEntriesByType("resource")
    .map((entry) => new URL(entry.name))
    .filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"))
    .map((url) => url.pathname);
  return { today: root.dataset.home, grids, files: [...new Set(loaded)], map: root.dataset.geojson };
}

async function prepareForNoNetwork() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.home });
  const ready = await navigator.serviceWorker.ready;
  if (navigator.onLine) ready.active.postMessage({ keep: pagesToKeep() });
}

/** On these pages losing the network costs nothing, and the strip at the top says so. */
function sayWhatNoNetworkMeans() {
  const words = document.querySelector("#offline span");
  if (!words) return;
  const bold = document.createElement("b");
  bold.textContent = "没有网络。";
  words.replaceChildren(bold, "照常巡查，内容先存在手机里，连上后自动上传。");
}

async function start() {
  sayWhatNoNetworkMeans();
  const queue = new Queue(root);
  const form = document.querySelector("[data-patrol]");
  const isToday = location.pathname === root.dataset.home;
  if (isToday) queue.onChange((records) => showToday(root, records));
  if (form && !document.getElementById("conflict")) await new Walk(form, root).start();
  await queue.start();
  if (isToday && location.hash === "#waiting") document.getElementById("waiting")?.focus();
}

if (root && window.indexedDB) {
  start();
  // After the page: what it loads first is what somebody waits for.
  window.addEventListener("load", prepareForNoNetwork);
}

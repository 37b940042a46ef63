// On every page of staff: signing out clears what the patrol pages keep on this phone. What was not sent yet is said
// first, and the patroller decides.
const DATABASE = "patrols";

function records() {
  return new Promise((resolve) => {
    const request = indexedDB.open(DATABASE);
    // A phone that never patrolled has no such database, and must not get one.
    request.onupgradeneeded = () => request.transaction.abort();
    request.onerror = () => resolve([]);
    request.onsuccess = () => {
      const database = request.result;
      const all = database.transaction(DATABASE).objectStore(DATABASE).getAll();
      all.onsuccess = () => resolve(all.result);
      all.onerror = () => resolve([]);
      all.transaction.oncomplete = all.transaction.onerror = () => database.close();
    };
  });
}

async function clear() {
  await new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(DATABASE);
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
  if (window.caches) {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("patrol-")).map((name) => caches.delete(name)));
  }
  const workers = (await navigator.serviceWorker?.getRegistrations()) || [];
  await Promise.all(workers.filter((one) => one.scope.endsWith("/patrols/")).map((one) => one.unregister()));
}

function tell(form, count) {
  const place = form.parentElement;
  place.querySelector("[data-leave]")?.remove();
  const box = document.createElement("div");
  box.className = "note note-warn stack-s";
  box.dataset.leave = "";
  box.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = `有 ${count} 次巡查还没上传，退出会删掉。`;
  const stay = document.createElement("a");
  stay.className = "btn btn-primary w-100";
  stay.href = "/workbench/patrols/#waiting";
  stay.textContent = "先去上传";
  const leave = document.createElement("button");
  leave.className = "btn btn-danger w-100";
  leave.type = "button";
  leave.textContent = "删掉并退出";
  leave.addEventListener("click", () => clear().finally(() => form.submit()));
  box.append(words, stay, leave);
  place.append(box);
  stay.focus();
}

async function leave(form) {
  const waiting = (await records()).filter((record) => record.state !== "sent");
  if (waiting.length) return tell(form, waiting.length);
  await clear().catch(() => undefined);
  return form.submit();
}

document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.action.endsWith("/accounts/logout/") || !window.indexedDB) return;
    event.preventDefault();
    event.stopPropagation();
    leave(event.target).catch(() => event.target.submit());
  },
  true,
);

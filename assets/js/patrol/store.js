// What the phone keeps: one record a patrol, with its findings and their photos, in IndexedDB.
//
//   {key, user, grid, title, on, startedAt, finishedAt, changedAt, checks, join, logId, sentAt,
//    state: "walking" | "waiting" | "conflict" | "refused" | "sent", problem,
//    findings: [{key, group, groupLabel, text, place, longitude, latitude, settled, foundAt, choice, photos: [Blob],
//                state: "waiting" | "conflict" | "refused" | "sent", problem, known, caseNumber}]}
//
// patrol-leave.js opens the same database by the same name.
export const DATABASE = "patrols";
const STORE = "patrols";

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      // Only then it is on the disk: what is said to be kept is kept.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export function keep(record) {
  record.changedAt = new Date().toISOString();
  return inStore("readwrite", (store) => store.put(record));
}

export function forget(key) {
  return inStore("readwrite", (store) => store.delete(key));
}

export async function all() {
  const records = await inStore("readonly", (store) => store.getAll());
  return records.sort((one, other) => one.startedAt.localeCompare(other.startedAt));
}

export async function of(user) {
  return (await all()).filter((record) => record.user === user);
}

/** The city's day of a moment, like 2026-11-23. */
export function dayOf(moment) {
  return new Date(new Date(moment).getTime() + 8 * 3600 * 1000).toISOString().slice(0, 10);
}

/** The city's time of a moment, like 08:05. */
export function timeOf(moment) {
  return new Date(new Date(moment).getTime() + 8 * 3600 * 1000).toISOString().slice(11, 16);
}

export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

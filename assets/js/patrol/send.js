// Sends what waits, oldest first, each patrol before its findings. The server takes a repeated one for the first, so
// what was sent and not answered is simply sent again.
import { all, forget, keep, of } from "./store.js";

const KEEP_SENT = 24 * 3600 * 1000;

/** No network, or the server is not well: try again later. */
class Later extends Error {}
/** Signed out, or signed in as somebody else. */
class SignIn extends Error {}

async function ask(url, options) {
  let answer;
  try {
    answer = await fetch(url, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    throw new Later();
  }
  if (answer.status === 401 || answer.redirected) throw new SignIn();
  if (answer.status >= 500 || answer.status === 429) throw new Later();
  const told = await answer.json().catch(() => null);
  if (!told) throw new Later();
  if (answer.status === 403 && told.code !== "permission_denied") throw new SignIn();
  return { ok: answer.ok, told };
}

function reason(told) {
  const fields = Object.values(told.errors || {}).flat();
  return fields.length ? fields.map(String).join(" ") : told.detail;
}

async function sendPatrol(record, api, headers) {
  const body = {
    grid: record.grid,
    started_at: record.startedAt,
    finished_at: record.finishedAt,
    result: record.findings.length ? "findings" : "no_problem",
    checks: record.checks,
    join: Boolean(record.join),
  };
  const { ok, told } = await ask(api, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json", "Idempotency-Key": record.key },
    body: JSON.stringify(body),
  });
  if (ok) {
    record.logId = told.id;
    record.state = "waiting";
    record.problem = "";
  } else {
    record.state = told.code === "already_patrolled" ? "conflict" : "refused";
    record.problem = reason(told);
  }
  await keep(record);
}

async function sendFinding(record, finding, api, headers) {
  const body = new FormData();
  const fields = {
    group: finding.group,
    text: finding.text,
    place: finding.place,
    longitude: finding.longitude,
    latitude: finding.latitude,
    is_settled: finding.settled ? "on" : "",
    found_at: finding.foundAt,
    choice: finding.choice || "ask",
  };
  Object.entries(fields).forEach(([name, value]) => value && body.append(name, value));
  finding.photos.forEach((photo, number) => body.append("photos", photo, `${number + 1}.jpg`));
  const { ok, told } = await ask(`${api}${record.logId}/findings/`, {
    method: "POST",
    headers: { ...headers, "Idempotency-Key": finding.key },
    body,
  });
  if (ok) {
    Object.assign(finding, { state: "sent", caseNumber: told.case, same: told.same, photos: [], problem: "" });
  } else {
    finding.state = told.code === "already_reported" ? "conflict" : "refused";
    finding.problem = reason(told);
    finding.known = told.case || null;
  }
  await keep(record);
}

async function sendRecord(record, api, headers) {
  if (!record.logId) await sendPatrol(record, api, headers);
  if (!record.logId) return;
  for (const finding of record.findings) {
    if (finding.state === "waiting") await sendFinding(record, finding, api, headers);
  }
  if (record.findings.every((finding) => finding.state === "sent")) {
    record.state = "sent";
    record.sentAt = new Date().toISOString();
    await keep(record);
  }
}

let running = null;

async function run(api, user) {
  const waiting = (await of(user)).filter((record) => record.state === "waiting");
  if (!waiting.length) return "idle";
  try {
    const { ok, told } = await ask(api, {});
    if (!ok || told.user !== user) throw new SignIn();
    for (const record of waiting) await sendRecord(record, api, { "X-CSRFToken": told.csrf_token });
    return "done";
  } catch (error) {
    if (error instanceof SignIn) return "sign-in";
    if (error instanceof Later) return "later";
    throw error;
  }
}

/** Resolves to "idle", "done", "later" or "sign-in". A second call while one is under way gets the first one's answer. */
export function sendWaiting(api, user) {
  running =
    running ||
    run(api, user).finally(() => {
      running = null;
    });
  return running;
}

/** Sent patrols stay for a day to be looked at. */
export async function forgetOld() {
  const old = (await all()).filter((one) => one.state === "sent" && Date.now() - new Date(one.sentAt) > KEEP_SENT);
  await Promise.all(old.map((record) => forget(record.key)));
}

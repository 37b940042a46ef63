// One photo on its way up. XMLHttpRequest, because fetch tells nothing of what has been sent.

const LONGEST_WAIT_MS = 120000;

/** Resolves to {row: html}, {problem: words, again: whether trying again may help} or {cancelled: true}; never rejects.
 * `fields` go with it; `started` gets the function that cancels, `progress` the percent sent. */
export function send(url, fields, photo, { started, progress }) {
  const body = new FormData();
  Object.entries(fields).forEach(([name, value]) => body.append(name, value));
  body.append("photo", photo, "photo.jpg");
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.timeout = LONGEST_WAIT_MS;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(Math.round((100 * event.loaded) / event.total));
    });
    request.addEventListener("load", () => resolve(read(request)));
    request.addEventListener("error", () => resolve({ problem: "没有传上去，网络断了", again: true }));
    request.addEventListener("timeout", () => resolve({ problem: "没有传上去，网络太慢", again: true }));
    request.addEventListener("abort", () => resolve({ cancelled: true }));
    started(() => request.abort());
    request.send(body);
  });
}

function read(request) {
  if (request.status === 201) return { row: request.responseText };
  const isSentence = (request.getResponseHeader("Content-Type") || "").startsWith("text/plain");
  if (isSentence && request.status < 500) {
    return { problem: request.responseText, again: request.status === 429 };
  }
  return { problem: "没有传上去，我们这边出错了", again: true };
}

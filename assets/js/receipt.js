// 存成图片: the receipt as a PNG. The server sends it as SVG; phones save PNG to their albums.

const SCALE = 3;

async function picture(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(String(answer.status));
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([await answer.text()], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}

/** Browsers inside chat apps ignore downloads: there one keeps a finger on the picture. */
function show(url) {
  const place = document.querySelector("[data-picture-here]");
  const image = new Image();
  image.src = url;
  image.alt = "回执图片";
  image.className = "receipt-picture";
  place.replaceChildren(image);
  document.querySelector("[data-picture-help]").hidden = false;
}

async function save(link) {
  const url = URL.createObjectURL(await picture(link.href));
  show(url);
  const download = document.createElement("a");
  download.href = url;
  download.download = "投诉回执.png";
  download.click();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-picture]");
  if (!link) return;
  event.preventDefault();
  save(link).catch(() => {
    // The SVG itself is better than nothing.
    window.location.assign(link.href);
  });
});

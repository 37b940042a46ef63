// Makes a photo small before it is sent: 12 megapixels over a mountain's mobile network take a minute.

const LONGEST_EDGE = 1920;
const ENOUGH_BYTES = 1024 * 1024;
const QUALITIES = [0.85, 0.75, 0.6];

/** A JPEG blob of at most LONGEST_EDGE pixels and about ENOUGH_BYTES; the file itself where the browser cannot read it
 * (the server then says whether it can) or where nothing is gained. */
export async function shrink(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const canvas = drawn(picture);
    picture.close();
    let blob = null;
    for (const quality of QUALITIES) {
      blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
      if (blob && blob.size <= ENOUGH_BYTES) break;
    }
    return blob && blob.size < file.size ? blob : file;
  } catch {
    return file;
  }
}

function drawn(picture) {
  const scale = Math.min(1, LONGEST_EDGE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// A photo as it is kept: drawn anew at no more than 1920 pixels, so that a morning's pictures fit on the phone and no
// place or time of the camera is sent.
const LONGEST = 1920;

export async function shrunk(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * share);
    canvas.height = Math.round(picture.height * share);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.82));
    return small || file;
  } catch {
    // What this browser cannot draw the server may be able to; it says so if not.
    return file;
  }
}

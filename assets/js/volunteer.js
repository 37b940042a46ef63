// Checking in by position: the form is hidden until here, since without a script there is no position to send.

const form = document.querySelector("[data-here]");

function say(words) {
  form.querySelector("[data-here-says]").textContent = words;
}

function refused(error) {
  say(
    error.code === error.PERMISSION_DENIED
      ? "浏览器不让用位置。请在设置里允许，或扫组织者的码。"
      : "没有拿到位置。走到开阔一点的地方再试，或扫组织者的码。",
  );
}

function send(position) {
  form.elements.longitude.value = position.coords.longitude;
  form.elements.latitude.value = position.coords.latitude;
  form.submit();
}

if (form && "geolocation" in navigator) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    say("正在找您的位置…");
    navigator.geolocation.getCurrentPosition(send, refused, { enableHighAccuracy: true, timeout: 15000 });
  });
}

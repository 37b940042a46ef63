// 读给我听 of 长辈版: reads a part of the page aloud where the browser can speak. The button is hidden until then.

const button = document.querySelector("[data-speak]");

function read() {
  const words = document.getElementById(button.dataset.speak).innerText;
  const speech = new SpeechSynthesisUtterance(words);
  speech.lang = "zh-CN";
  speech.rate = 0.9;
  window.speechSynthesis.cancel();
  window.speechSynthesis.speak(speech);
}

if (button && "speechSynthesis" in window) {
  button.hidden = false;
  button.addEventListener("click", read);
}

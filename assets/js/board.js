// A year board that does not fit shows the current month, not January.
const now = document.querySelector(".board-box .now");

if (now) {
  const box = now.closest(".board-box");
  box.scrollLeft = now.offsetLeft + now.offsetWidth * 2 - box.clientWidth;
}

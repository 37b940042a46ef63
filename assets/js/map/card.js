// The card beside the public map: who answers for the grid that was tapped.

function pair(list, term, value) {
  const dt = document.createElement("dt");
  dt.textContent = term;
  const dd = document.createElement("dd");
  dd.textContent = value;
  list.append(dt, dd);
}

export function emptyCard(card) {
  const words = document.createElement("p");
  words.className = "mut";
  words.textContent = "这里不在网格里。点地图上的网格，看谁负责。";
  card.replaceChildren(words);
}

/** `detailUrl` is the address of a grid's page with CODE in place of the code. */
export function showCard(card, grid, detailUrl) {
  const title = document.createElement("h2");
  title.className = "h3";
  title.textContent = grid.title;
  const facts = document.createElement("dl");
  facts.className = "kv";
  pair(facts, "网格名", grid.name);
  pair(facts, "主责单位", grid.lead_unit || "还没有定");
  if (grid.helpers.length) pair(facts, "协助单位", grid.helpers.join("、"));
  pair(facts, "包保领导", grid.leaders.length ? grid.leaders.join("、") : "还没有定");
  card.replaceChildren(title, facts);
  if (detailUrl) {
    const link = document.createElement("a");
    link.className = "btn btn-neutral";
    link.href = detailUrl.replace("CODE", grid.code);
    link.textContent = "看这个网格";
    card.append(link);
  }
}

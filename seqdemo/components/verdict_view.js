// One card a model: its name, its verdict, a bar for each class, where it comes from.
const makeBar = (bar) => {
  const row = make("div", "seqdemo-bar");
  const track = make("span", "seqdemo-track");
  const filled = make("span", "seqdemo-filled");
  filled.style.width = 100 * bar.share + "%";
  track.append(filled);
  row.append(make("span", "seqdemo-name", bar.label), track, make("span", "seqdemo-number", bar.text));
  return row;
};

const makeCard = (card) => {
  const item = make("li", "seqdemo-card");
  item.style.setProperty("--light", card.color);
  item.style.setProperty("--dark", darkColors[card.color] || card.color);
  item.append(make("h3", "seqdemo-model", card.model), make("p", "seqdemo-verdict", card.verdict));
  item.append(...card.bars.map(makeBar), makeSource(card.source));
  return item;
};

const update = () => {
  const content = readPayload();
  view.replaceChildren();
  if (!content) return;
  const list = make("ul", "seqdemo-cards");
  list.setAttribute("aria-label", content.label);
  list.append(...content.cards.map(makeCard));
  view.append(list);
};

watch("value", update);
update();

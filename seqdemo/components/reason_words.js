// The words of a text in lines, each on a ground as strong as its value and with a bar: up for it, down against it.
const BAR = 13; // pixels that the largest value takes
const CELL = 24; // of a word's own line

// {x, y, width} of each word, and the height of all. signed: whether there is room below the line too.
const placeWords = (words, width, signed) => {
  const tall = CELL + BAR * (signed ? 2 : 1) + 10;
  let [x, y] = [0, 0];
  const boxes = words.map((word) => {
    const wide = Math.min(width, Math.max(20, measure(visible(word), 15) + 10));
    if (x > 0 && x + wide > width) [x, y] = [0, y + tall];
    const box = { x, y, width: wide };
    x += wide + 3;
    return box;
  });
  return { boxes, tall, height: y + tall };
};

// What a value is painted with: the colour of the class that it speaks for, where there are two of them.
const groundOf = (value, { signed, label, color }) => {
  if (!signed) return shade(color);
  const upper = content.labels.length === 2 ? (value >= 0) === (label === content.focus) : value >= 0;
  return shade(content.scale[upper ? 3 : 1][1]);
};

// look: {signed, label, color, most}; most: the value of a full bar. Returns how to point at a word and strike some out.
const drawWords = (words, values, look, width, about) => {
  const { boxes, tall, height } = placeWords(words, width, look.signed);
  const sheet = makeSheet(width, height, about);
  const most = look.most || Math.max(1e-9, ...values.map(Math.abs));
  const frame = drawn(sheet, "rect", { height: tall - 6, fill: "none", stroke: shade(colors.ink), "stroke-width": 1.5, rx: 4, visibility: "hidden" });
  const names = words.map((word, place) => {
    const { x, y, width: wide } = boxes[place];
    const share = clamp(Math.abs(values[place]) / most, 0, 1);
    const ground = groundOf(values[place], look);
    drawn(sheet, "rect", { x, y: y + 1, width: wide, height: CELL - 2, rx: 3, fill: ground, "fill-opacity": 0.55 * share });
    const zero = y + CELL + BAR + 1;
    drawn(sheet, "line", { x1: x, x2: x + wide, y1: zero, y2: zero, stroke: shade(colors.grid) });
    const bar = Math.max(share > 0 ? 0.7 : 0, BAR * share);
    drawn(sheet, "rect", { x: x + wide / 2 - 4, y: values[place] >= 0 ? zero - bar : zero, width: 8, height: bar, fill: ground });
    return write(sheet, fitted(visible(word), wide - 6, 15), x + wide / 2, y + 17, { size: 15, anchor: "middle" });
  });
  return {
    sheet,
    at: (px, py) => {
      const place = boxes.findIndex(({ x, y, width: wide }) => px >= x && px < x + wide + 3 && py >= y && py < y + tall);
      return place < 0 ? null : place;
    },
    point: (place) => {
      const here = place !== null && boxes[place];
      changed(frame, here ? { x: here.x - 1, y: here.y, width: here.width + 2, visibility: "visible" } : { visibility: "hidden" });
    },
    strike: (gone) => names.forEach((name, place) => changed(name, { "text-decoration": gone.has(place) ? "line-through" : "none", fill: shade(gone.has(place) ? colors.faint : colors.ink) })),
  };
};

// Moving over a word peeks at it in all views, a click stays there.
const followWords = (made, clock) => {
  const at = (event) => {
    const box = made.sheet.getBoundingClientRect();
    return made.at(event.clientX - box.left, event.clientY - box.top);
  };
  made.sheet.addEventListener("pointermove", (event) => event.pointerType !== "touch" && clock.peek(at(event)));
  made.sheet.addEventListener("pointerleave", () => clock.peek(null));
  made.sheet.addEventListener("click", (event) => {
    const place = at(event);
    if (place === null) return;
    clock.pause();
    clock.set(place);
  });
};

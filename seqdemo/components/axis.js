// The shared axis of words: reads like a sentence where there is room, in equal slanted columns where there is not.
const makeAxis = (words, left, end) => {
  const names = words.map(visible);
  const size = [14, 13, 12].find((one) => sum(names.map((name) => measure(name, one, 600) + 12)) <= end - left);
  const slanted = size === undefined;
  const right = slanted ? end - 26 : end; // a slanted name leans over the end
  const room = right - left;
  const even = room / names.length;
  const wide = slanted ? [] : names.map((name) => measure(name, size, 600) + 12);
  const extra = slanted ? 0 : (room - sum(wide)) / names.length;
  const edges = [left];
  names.forEach((_, index) => edges.push(edges[index] + (slanted ? even : wide[index] + extra)));
  const every = slanted ? Math.max(1, Math.ceil(15 / even)) : 1; // each how many-th word is named
  const longest = slanted ? Math.max(...names.map((name) => Math.min(96, measure(name, 12)))) : 0;
  return {
    edges, left, right, slanted, every, count: names.length,
    height: slanted ? Math.ceil(0.72 * longest + 20) : 26,
    middle: (index) => (edges[index] + edges[index + 1]) / 2,
    at: (x) => (x < left || x >= right ? null : clamp(edges.findIndex((edge) => edge > x) - 1, 0, names.length - 1)),
    // Names the columns above y; returns one text element a word (null where it is left out).
    name: (sheet, y) =>
      names.map((name, index) => {
        if (index % every) return null;
        const middle = (edges[index] + edges[index + 1]) / 2;
        if (!slanted) return write(sheet, name, middle, y - 8, { size, anchor: "middle" });
        const shown = fitted(name, 96, 12);
        return write(sheet, shown, middle, y - 6, { size: 12, transform: `rotate(-45 ${middle} ${y - 6})` });
      }),
  };
};

// Pointer and clock: moving over a column peeks at its word, a click stays there.
const followPointer = (sheet, axis, clock) => {
  const stepAt = (event) => {
    const box = sheet.getBoundingClientRect();
    return axis.at(((event.clientX - box.left) * sheet.viewBox.baseVal.width) / box.width);
  };
  sheet.addEventListener("pointermove", (event) => {
    const step = stepAt(event);
    if (event.pointerType !== "touch") clock.peek(step);
    else if (step !== null && event.buttons) clock.set(step);
  });
  sheet.addEventListener("pointerleave", () => clock.peek(null));
  sheet.addEventListener("click", (event) => {
    const step = stepAt(event);
    if (step === null) return;
    clock.pause();
    clock.set(step);
  });
};

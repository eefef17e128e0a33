// What stands below a panel and opens on demand: a table with the same numbers, and where they come from.
const makeFold = (title, build) => {
  const fold = make("details", "seqdemo-fold");
  fold.append(make("summary", "", title));
  fold.addEventListener("toggle", () => {
    if (fold.open && fold.children.length === 1) fold.append(build());
  });
  return fold;
};

// [head, ...rows], arrays of strings; the first cell of each row names it.
const makeTable = ([head, ...rows], caption) => {
  const frame = make("div", "seqdemo-frame");
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", caption);
  const table = make("table", "seqdemo-table");
  const cells = (names, tag) => {
    const row = make("tr");
    names.forEach((name, place) => {
      const cell = make(place === 0 ? "th" : tag, "", String(name));
      if (cell.tagName === "TH") cell.scope = tag === "th" ? "col" : "row";
      row.append(cell);
    });
    return row;
  };
  table.append(make("caption", "seqdemo-caption", caption), cells(head, "th"), ...rows.map((row) => cells(row, "td")));
  frame.append(table);
  return frame;
};

// Which checkpoint, how large, trained on what, how good, which file, where it ran: one row a checkpoint. A tag says
// what was not computed just now.
const makeProvenance = ({ title, head, rows, ahead }) => {
  const fold = makeFold(fill(title, { count: rows.length, names: rows.map((row) => row[0]).join(", ") }), () =>
    makeTable([head, ...rows], head[0])
  );
  const origin = make("div", "seqdemo-provenance");
  origin.append(fold);
  if (ahead) origin.append(make("span", "seqdemo-tag", ahead));
  return origin;
};

// The table that is saved, all of it or, where it has parts, one of them: [name, its rows].
const makeTwin = (kept, strings) => {
  const [head, ...rows] = kept.table();
  const parts = kept.parts ? kept.parts() : [["", rows.map((_, place) => place)]];
  const place = make("div");
  const show = (number) => {
    const chosen = parts[number][1];
    const frame = makeTable([head, ...chosen.map((row) => rows[row])], kept.caption() + (kept.sum && canAsk() ? ". " + strings.walk : ""));
    if (kept.sum) makeWalkable(frame.querySelector("table"), (row, column) => kept.sum(chosen[row], column));
    place.replaceChildren(frame);
  };
  const box = make("div");
  if (parts.length > 1) box.append(makeSelect(strings.part, parts.map(([name], number) => [String(number), name]), "0", (value) => show(Number(value))));
  box.append(place);
  show(0);
  return box;
};

// All that stands below a panel. kept: see saving.js; the table that is shown is the table that is saved.
const makeFolds = (kept, provenance, strings) => {
  const twin = makeFold(strings.asTable, () => makeTwin(kept, strings));
  twin.addEventListener("toggle", () => !twin.open && twin.children.length > 1 && twin.lastChild.remove());
  const folds = make("div", "seqdemo-folds");
  folds.append(twin, makeSaving(kept, strings), makeProvenance(provenance));
  // An open table of another head or switch would be stale.
  folds.refresh = () => twin.open && twin.children.length > 1 && twin.lastChild.replaceWith(makeTwin(kept, strings));
  return folds;
};

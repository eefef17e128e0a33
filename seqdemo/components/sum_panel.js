// Show me the sum: a small panel with the formula, its numbers, a snippet that prints the same, and the brick's code.
const canAsk = () => window.seqdemoSearch === undefined; // a page that was saved has no server to ask

// An endpoint of the app (pages/endpoints.py): its answer, or an Error with what it has to say.
const askServer = async (name, values) => {
  const address = homeOf("/gradio_api/call/" + name);
  const sent = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ data: values }) });
  const told = await (await fetch(address + "/" + (await sent.json()).event_id)).text();
  const [, event, data] = told.match(/event: (complete|error)\ndata: (.*)/) || [];
  if (event !== "complete") throw new Error((data && data !== "null" && [JSON.parse(data)].flat().map((one) => one.error || one)[0]) || "");
  return JSON.parse(data)[0];
};

const closeSum = () => {
  const open = window.seqdemoSum;
  window.seqdemoSum = null;
  if (!open) return;
  open.panel.remove();
  if (open.from && open.from.isConnected) open.from.focus({ preventScroll: true });
};

const makeBrick = (brick, strings) => {
  const fold = makeFold(strings.brickShort, () => {
    const text = make("pre", "seqdemo-code seqdemo-long", strings.wait);
    text.tabIndex = 0;
    askServer("brick", [brick]).then(
      (found) => {
        fold.querySelector("summary").textContent = fill(strings.brick, { path: found.file });
        text.textContent = found.text;
      },
      () => (text.textContent = strings.noSum)
    );
    return text;
  });
  return fold;
};

const makeSnippet = (snippet, strings) => {
  const line = make("p", "seqdemo-caption", strings.snippet + " ");
  const copy = makeButton(strings.copy, async () => {
    try {
      await navigator.clipboard.writeText(snippet);
      copy.textContent = strings.copiedCode;
    } catch {
      getSelection().selectAllChildren(code); // no clipboard without https or permission: it is marked, ready to copy
    }
  });
  const code = make("pre", "seqdemo-code", snippet);
  code.tabIndex = 0;
  line.append(copy);
  return [line, code];
};

// what: the number in words; shown: what the drawing says; asked: fields of evidence.SumAsked; from: to focus afterwards.
const showSum = async ({ what, shown, asked, from = null }) => {
  if (!canAsk()) return;
  closeSum();
  const strings = content.strings;
  const panel = make("section", "seqdemo-sum");
  panel.popover = "manual"; // above everything, wherever it stands in the page
  panel.tabIndex = -1;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", strings.sumTitle + ". " + what);
  const close = makeButton("×", closeSum, "seqdemo-close");
  close.setAttribute("aria-label", strings.close);
  close.title = strings.close;
  const body = make("div", "seqdemo-sum-body", strings.wait);
  body.setAttribute("role", "status");
  panel.append(close, make("h3", "seqdemo-heading", what), body);
  element.append(panel);
  panel.showPopover();
  const mine = { panel, from };
  window.seqdemoSum = mine;
  if (from) panel.focus({ preventScroll: true });
  try {
    const found = await askServer("sum", [asked, content.question.lang]);
    if (window.seqdemoSum !== mine) return;
    const lines = make("dl", "seqdemo-lines");
    for (const [said, formula] of found.lines) lines.append(make("dt", "", said), make("dd", "", formula));
    body.replaceChildren(lines, make("p", "seqdemo-result", "= " + found.value.toPrecision(6)));
    if (Math.abs(found.value - shown) > 2e-3) body.append(make("p", "seqdemo-caption", fill(strings.differs, { shown: shown.toFixed(4) })));
    body.append(...makeSnippet(found.snippet, strings), makeBrick(found.brick, strings));
  } catch (error) {
    if (window.seqdemoSum === mine) body.textContent = error.message && !/fetch/i.test(error.message) ? error.message : strings.noSum;
  }
};

if (!window.seqdemoEscape) {
  window.seqdemoEscape = true;
  document.addEventListener("keydown", (event) => {
    const close = event.key === "Escape" && window.seqdemoSum && window.seqdemoSum.panel.querySelector(".seqdemo-close");
    if (!close) return;
    event.preventDefault();
    close.click();
  });
}

// A number in a drawing that opens its sum. ask() -> what showSum wants.
const opensSum = (node, ask) => {
  if (!canAsk()) return node;
  node.classList.add("seqdemo-asks");
  node.addEventListener("click", (event) => {
    event.stopPropagation();
    showSum(ask());
  });
  return node;
};

// A table whose cells open sums: arrow keys walk over them, Enter and a click open one. ask(row, column) -> or null.
const makeWalkable = (table, ask) => {
  const cellAt = (row, column) => table.rows[row] && table.rows[row].cells[column];
  let here = table.querySelector("td"); // the one that Tab reaches; a table may have a hundred thousand
  if (!here || !canAsk()) return;
  here.tabIndex = 0;
  const settle = (cell) => {
    here.tabIndex = -1;
    here = cell;
    here.tabIndex = 0;
  };
  const open = (cell) => {
    settle(cell);
    const asked = ask(cell.parentElement.rowIndex - 1, cell.cellIndex - 1);
    if (asked) showSum({ ...asked, from: cell });
  };
  const walk = (cell) => {
    settle(cell);
    cell.focus();
  };
  table.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (cell.tagName !== "TD") return;
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!move && event.key !== "Enter") return;
    event.preventDefault();
    if (!move) return open(cell);
    const next = cellAt(cell.parentElement.rowIndex + move[0], cell.cellIndex + move[1]);
    if (next && next.tagName === "TD") walk(next);
  });
  table.addEventListener("click", (event) => event.target.tagName === "TD" && open(event.target));
};

// What was typed and not answered, kept over a page that loads itself anew. Runs before the page is drawn.
// The browser's storage holds it only from the moment the page goes until it is back, or while its tab is out of sight.
window.seqdemoTyped = (() => {
  const KEY = "seqdemo-typed";
  const asked = {}; // id of a box -> the text that was asked last
  let [texts, chosen] = [{}, {}]; // id of a box -> typed there and not answered; field of a link -> what was chosen
  let back = false; // something was kept, and is not yet in its boxes again

  const stored = (act) => {
    try {
      return act(sessionStorage);
    } catch {
      return null; // a frame that may not store
    }
  };
  const boxOf = (id) => document.querySelector(`#${id} textarea`);
  const tabNow = () => [...document.querySelectorAll("[id^=tab-][role=tabpanel]")].find((panel) => panel.offsetParent)?.id.slice(4);
  const forget = () => stored((storage) => storage.removeItem(KEY));
  const keep = () => {
    const there = (id) => back || !boxOf(id) || boxOf(id).value === texts[id]; // an example may have taken its place
    const left = Object.fromEntries(Object.entries(texts).filter(([id, text]) => text.trim() && there(id)));
    if (!back) chosen.tab = tabNow() ?? ""; // not by an event: without a server Gradio passes none on
    if (Object.keys(left).length) stored((storage) => storage.setItem(KEY, JSON.stringify({ texts: left, chosen })));
    else forget();
  };

  const again = document.wasDiscarded || performance.getEntriesByType("navigation")[0]?.type !== "navigate";
  const kept = again ? stored((storage) => JSON.parse(storage.getItem(KEY))) : null;
  if (kept) [texts, chosen, back] = [kept.texts, kept.chosen, true];
  forget();

  addEventListener("input", ({ target }) => {
    const id = target.closest(".typed")?.id;
    if (id && target === boxOf(id)) texts[id] = target.value;
  }, true);
  addEventListener("pagehide", keep);
  addEventListener("pageshow", (event) => event.persisted && forget());
  document.addEventListener("visibilitychange", () => (document.hidden ? keep() : forget()));

  return {
    choose: (fields) => back || Object.assign(chosen, fields), // until all is back, it is the page itself that chooses
    chosen: () => (back ? "back=1&" + new URLSearchParams(chosen) : ""),
    restore: (ids, given) => {
      back = false;
      return ids.map((id, place) => texts[id] || given[place]);
    },
    ask: (id, text) => void (asked[id] = text),
    answer: (id) => {
      if (texts[id] === asked[id]) delete texts[id];
      return Object.keys(texts).length === 0; // all is answered
    },
  };
})();

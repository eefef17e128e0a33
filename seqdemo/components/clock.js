// One position in time for every view of a page. A hover peeks at a step; a click, a key or play stays there.
const makeClock = () => {
  const listeners = new Map(); // element of a view -> what it does when the step changes
  const speeds = [0.5, 1, 2, 4];
  let key = null;
  let steps = 1;
  let kept = 0;
  let peeked = null;
  let timer = null;
  let speed = 1;
  let seen = null; // a token of the source under the pointer: {source: all of its tokens in one string, index}
  const shown = () => Math.min(peeked ?? kept, steps - 1);
  const tell = () => {
    for (const [place, react] of listeners) {
      if (place.isConnected) react(shown());
      else listeners.delete(place);
    }
  };
  const set = (step) => {
    peeked = null;
    kept = clamp(step, 0, steps - 1);
    tell();
  };
  const pause = () => {
    clearInterval(timer);
    timer = null;
    tell();
  };
  const play = () => {
    if (kept >= steps - 1 || peeked !== null) set(kept >= steps - 1 ? 0 : kept);
    clearInterval(timer);
    timer = setInterval(() => {
      if (kept >= steps - 1) return pause();
      set(kept + 1);
      if (kept >= steps - 1) pause();
    }, 700 / speed);
    tell();
  };
  return {
    speeds,
    get steps() { return steps; },
    get step() { return shown(); },
    get kept() { return Math.min(kept, steps - 1); },
    get playing() { return timer !== null; },
    get speed() { return speed; },
    set speed(value) {
      speed = value;
      if (timer !== null) play();
    },
    // A new text begins at its last step; the same text keeps its place. `begin`: where a link wants it.
    open: (text, count, begin = null) => {
      const fresh = text !== key;
      [key, steps] = [text, count];
      if (!fresh) return;
      clearInterval(timer);
      [timer, peeked, seen] = [null, null, null];
      kept = clamp(begin ?? count - 1, 0, count - 1);
      tell();
    },
    join: (place, react) => listeners.set(place, react),
    peek: (step) => {
      if (timer !== null || step === peeked) return;
      peeked = step === null ? null : clamp(step, 0, steps - 1);
      tell();
    },
    get source() { return seen; },
    peekSource: (place) => {
      if (JSON.stringify(place) === JSON.stringify(seen)) return;
      seen = place;
      tell();
    },
    set, play, pause,
    refresh: tell,
    spotlight: null, // the attention rows that one view has chosen and others may paint
    toggle: () => (timer === null ? play() : pause()),
    onScreen: () => [...listeners.keys()].filter((place) => place.isConnected && place.offsetParent !== null),
  };
};

// Where a view stands: the clock may be at the next text already, whose answer has not come to this view yet.
const atMost = (step, words) => Math.min(step, words.length - 1);

const clockOf = (page) => {
  const name = lesson === null ? page : "lesson-" + page;
  window.seqdemoClocks ||= {};
  return (window.seqdemoClocks[name] ||= makeClock());
};

// Arrow keys and Space move the clock of the view with the focus, else the one that is first on the page, unless they mean something where the focus is.
// Digits switch heads of that clock's attention view, else of the first that has one (attention_heads.js).
if (!window.seqdemoKeys) {
  window.seqdemoKeys = true;
  document.addEventListener("keydown", (event) => {
    const here = event.target;
    const ours = here === document.body || (here.closest && here.closest(".seqdemo-view"));
    if (!ours || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (here.matches("input, select, textarea, [role=tab]") || (event.key === " " && here.matches("button, summary"))) return;
    const earlier = (one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
    const views = Object.values(window.seqdemoClocks).flatMap((one) => one.onScreen().map((place) => ({ one, place })));
    views.sort((first, second) => earlier(first.place, second.place));
    const clock = (views.find(({ place }) => place.contains(here)) || views[0])?.one;
    if (/^[0-9]$/.test(event.key)) {
      const heads = [{ one: clock }, ...views].find(({ one }) => one && one.numberKey)?.one;
      if (heads && heads.numberKey(event.key)) event.preventDefault();
      return;
    }
    const act = { ArrowLeft: () => clock.set(clock.kept - 1), ArrowRight: () => clock.set(clock.kept + 1), " ": () => clock.toggle() }[event.key];
    if (!clock || !act) return;
    event.preventDefault();
    if (event.key !== " ") clock.pause();
    act();
  });
}

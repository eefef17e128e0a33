// Everything on show is said anew in another language only when nothing that was asked is on its way: its answer would
// come in the old language, or be covered by the question before it.
window.seqdemoOrder = (() => {
  const under = new Set(); // what is being answered
  const waiting = [];
  return {
    begin: (what) => void under.add(what),
    end: (what) => {
      under.delete(what);
      if (!under.size) waiting.splice(0).forEach((go) => go());
    },
    // Promises that; after `most` milliseconds it lets through all the same, for an answer that never comes.
    idle: (most = 15000) => under.size && new Promise((go) => void (waiting.push(go), setTimeout(go, most))),
  };
})();

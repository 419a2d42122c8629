// The keyboard, as coverage.py's reports have it.

const KEYS = [
  ["j  k", "next and previous change, file or line"],
  ["[  ]", "previous and next file"],
  ["u", "up: to the list, to the overview"],
  ["o  f  l", "overview, files, lines"],
  ["/", "search"],
  ["i", "inline or side by side"],
  ["w", "spaces shown or not"],
  ["0  1", "top, first change"],
  ["?", "this help"],
];

function showHelp() {
  if (document.querySelector("dialog.help")) return;
  const close = el("button", { type: "button", onclick: () => dialog.close() }, "Close");
  const dialog = el("dialog.help", { "aria-labelledby": "help-title" },
    el("h2", { id: "help-title" }, "Keyboard"),
    el("dl.keys", {}, KEYS.map(([keys, words]) => el("div", {}, el("dt", {}, keys.split("  ").map((key) => el("kbd", {}, key))), el("dd", {}, words)))),
    el("p.buttons", {}, close));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function step(by) {
  const state = here();
  if (state.view === "file") stepChange(by);
  else {
    const list = state.view === "files" ? filesList : state.view === "lines" ? linesList : null;
    if (list) list.focus(list.focused < 0 ? (by > 0 ? 0 : list.count - 1) : list.focused + by);
  }
}

// Runs of changed rows count as one change.
function changeStarts() {
  if (!fileShown) return [];
  return [...fileShown.table.querySelectorAll("tr.change")].filter((row) => !(row.previousElementSibling ?? row.parentElement.previousElementSibling?.lastElementChild)?.classList.contains("change"));
}

function stepChange(by) {
  if (!fileShown) return;
  let starts = changeStarts();
  const active = document.activeElement.closest?.("tr.change");
  let at = active ? starts.findLastIndex((row) => row === active || row.compareDocumentPosition(active) & Node.DOCUMENT_POSITION_FOLLOWING) : -1;
  at += by;
  while (at >= starts.length && !fileShown.more.hidden) {
    drawMore(fileShown.drawing, fileShown.table, fileShown.more);
    starts = changeStarts();
  }
  const row = starts[Math.max(at, 0)];
  if (!row) return;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "center" });
}

function otherFile(by) {
  const state = here();
  if (state.view !== "file") return;
  const { before, after } = neighbours(Number(state.file), state);
  const to = by < 0 ? before : after;
  if (to != null) go({ file: String(to), from: "", to: "" });
}

function up() {
  const state = here();
  if (state.view === "file") go({ ...DEFAULTS, ...filtersOf(state), view: "files", sort: state.sort });
  else go({ ...DEFAULTS });
}

const ACTIONS = {
  j: () => step(1),
  k: () => step(-1),
  "[": () => otherFile(-1),
  "]": () => otherFile(1),
  u: up,
  o: () => go({ ...DEFAULTS }),
  f: () => go({ ...DEFAULTS, view: "files" }),
  l: () => go({ ...DEFAULTS, view: "lines" }),
  "/": () => {
    if (!byId("view").querySelector('[name="q"]')) go({ ...DEFAULTS, view: "files" });
    setTimeout(() => byId("view").querySelector('[name="q"]')?.focus(), 50);
  },
  i: () => here().view === "file" && go({ mode: here().mode === "split" ? "" : "split" }, { replace: true }),
  w: () => {
    if (here().view !== "file") return;
    const words = new Set(here().show.split(",").filter(Boolean));
    if (!words.delete("spaces")) words.add("spaces");
    go({ show: [...words].sort().join(",") }, { replace: true });
  },
  0: () => scrollTo(0, 0),
  1: () => changeStarts()[0]?.focus(),
  "?": showHelp,
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest?.("input, select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

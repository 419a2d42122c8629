// One file: every change with its rule, its evidence and how sure it is; inline or side by side, between any two passes.

const AT_ONCE = 400; // rows drawn at a time: what is further down comes when somebody gets there
let fileShown = null; // { file, record, more }

async function showFile(state) {
  const file = Number(state.file);
  const view = byId("view");
  if (!(file >= 0 && file < report.count)) {
    view.replaceChildren(el("p.nothing", {}, "There is no such file in this report."));
    return;
  }
  let record;
  try {
    record = await loadChanges(file);
  } catch (error) {
    view.replaceChildren(el("h2", { tabindex: -1 }, visible(files.path[file])), el("p.notice", { role: "alert" }, error.message));
    return;
  }
  if (here().file !== state.file) return; // somebody went on meanwhile
  const steps = passes(record);
  const from = state.from === "" ? -1 : Number(state.from);
  const to = state.to === "" ? steps.at(-1).layer : Number(state.to);
  const hidden = new Set(state.show.split(",").filter(Boolean).filter((word) => word.startsWith("no-")).map((word) => word.slice(3)));
  const spaces = state.show.split(",").includes("spaces");
  const whole = state.show.split(",").includes("all");
  const atEnd = to === steps.at(-1).layer;
  const doubted = new Map(atEnd ? record.s.map(([line, rule, chance, note]) => [line, { rule, chance, note }]) : []);
  const rows = folded(rowsOf(record, from, to, hidden), doubted, whole);
  const split = state.mode === "split";
  const drawing = { file, record, rows, doubted, spaces, split, drawn: 0, first: from === -1, state };
  const table = el(`table.changes${split ? ".split" : ""}`, {}, head(split, from, to, steps));
  const more = el("button.more", { type: "button", onclick: () => drawMore(drawing, table, more) }, "Show more");
  fileShown = { file, record, table, drawing, more };
  view.replaceChildren(
    el("article", { "aria-labelledby": "file-title" },
      fileHead(file, record, state),
      remarks(record),
      controls(record, state, steps, from, to, hidden, spaces, whole),
      record.bare && el("p.notice", {}, "The clean copy of this file is not at hand or was changed since: its changes stand without the text around them."),
      rows.some((row) => row.changes.length || doubted.has(row.after)) ? table : el("p.nothing", {}, isError(file) ? "" : "Nothing changed here."),
      more,
      record.left && el("p.notice", {}, `${many(record.left, "more change")} of this file ${record.left === 1 ? "is" : "are"} left out; findings.jsonl has them all.`),
      repairTable(record, hidden),
    ),
  );
  drawMore(drawing, table, more);
  if (state.at) pointAt(state.at);
  new IntersectionObserver((seen, observer) => {
    if (!more.isConnected || more.hidden) observer.disconnect();
    else if (seen.some((one) => one.isIntersecting)) drawMore(drawing, table, more);
  }, { rootMargin: "800px" }).observe(more);
}

// The beginning of a line, by which an address names it.
const shortened = (text) => text.trim().slice(0, 60);

function pointAt(text) {
  const { drawing, table, more } = fileShown;
  const at = drawing.rows.findIndex((row) => !row.fold && textOf(row.both).trim().startsWith(text));
  if (at < 0) return;
  while (drawing.drawn <= at) drawMore(drawing, table, more);
  const row = table.rows[at + 1]; // below the head
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  requestAnimationFrame(() => row.scrollIntoView({ block: "center" }));
}

function fileHead(file, record, state) {
  const list = neighbours(file, state);
  const site = report.sites[files.site[file]];
  const encoding = report.encodings[files.encoding[file]];
  const step = (other, words, key) => el("a", { href: other == null ? null : address({ ...DEFAULTS, ...filtersOf(state), sort: state.sort, mode: state.mode, show: state.show, file: String(other) }), "aria-disabled": other == null && "true", title: `${words} ( ${key} )` }, words);
  return [
    el("nav.steps", { "aria-label": "Files" },
      el("a", { href: address({ ...DEFAULTS, ...filtersOf(state), view: "files", sort: state.sort }), title: "to the list ( u )" }, "\u2190 All files"),
      el("span.grow", {}),
      el("span.place", {}, list.of > 1 ? `${figure(list.at + 1)} of ${figure(list.of)}` : ""),
      step(list.before, "Previous", "["),
      step(list.after, "Next", "]"),
    ),
    el("h2.path", { id: "file-title", tabindex: -1 }, visible(files.path[file])),
    isError(file) && el("p.notice", {}, el("strong", {}, "Not cleaned: "), visible(report.errors[file])),
    isOver(file) && el("p.notice", {}, el("strong", {}, "Over budget: "), visible(report.over[file])),
    !isError(file) && el("dl.facts", {},
      site && fact("Site", el("a", { href: address({ ...DEFAULTS, view: "files", site }) }, visible(site))),
      encoding && fact("Encoding", visible(encoding)),
      fact("Lines", `${figure(files.lines_in[file])} \u2192 ${figure(files.lines_out[file])}`),
      fact("Characters", `${figure(files.characters_in[file])} \u2192 ${figure(files.characters_out[file])}`),
      fact("Removed", percent(shareOf(file))),
      files.sure[file] >= 0 && fact("Lowest confidence", percent(files.sure[file] / 1000)),
    ),
  ];
}

const fact = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));

function neighbours(file, state) {
  if (!chosen.includes(file)) chosen = passing({ ...state, file: "" });
  const at = chosen.indexOf(file);
  return at < 0 ? { at, of: 0, before: null, after: null } : { at, of: chosen.length, before: chosen[at - 1] ?? null, after: chosen[at + 1] ?? null };
}

// What was remarked and changed nothing, and what decoding did.
function remarks(record) {
  const told = new Map();
  for (const [rule, note, layer, line] of record.c) {
    if (layer >= 0) continue;
    const key = `${rule} ${note}`;
    if (!told.has(key)) told.set(key, { rule, note: record.n[note], lines: [] });
    told.get(key).lines.push(line);
  }
  if (!told.size) return null;
  return el("ul.remarks", { "aria-label": "Remarks" }, [...told.values()].map(({ rule, note, lines }) =>
    el("li", {}, sign(RULES[rule].effect || "report"), " ", ruleName(rule), " ", el("small", {}, visible(note), lines.length > 1 || lines[0] > 1 ? `, ${places("line", lines)}` : ""))));
}

function places(what, numbers) {
  const once = [...new Set(numbers)];
  return `${what}${once.length > 1 ? "s" : ""} ${once.slice(0, 8).join(", ")}${once.length > 8 ? ` and ${once.length - 8} more` : ""}`;
}

function sign(effect) {
  const [mark, words] = SIGNS[effect] ?? SIGNS.report;
  return el(`b.sign.${effect || "report"}`, {}, el("span", { "aria-hidden": "true" }, mark), el("span.unseen", {}, words));
}

function ruleName(rule) {
  const { code, name, why } = RULES[rule];
  return el("a", { href: address({ ...DEFAULTS, view: "files", rule: code }), title: why }, el("code", {}, visible(code)), name && ` ${name}`);
}

function controls(record, state, steps, from, to, hidden, spaces, whole) {
  const words = new Set(state.show.split(",").filter(Boolean));
  const toggled = (word) => {
    const next = new Set(words);
    if (!next.delete(word)) next.add(word);
    return [...next].sort().join(",");
  };
  const kinds = [["remove", "removals"], ["repair", "repairs"], ["blank", "blank lines"]].filter(([kind]) => record.c.some((one, change) => one[2] >= 0 && kindOf(record, change) === kind));
  const toggle = (name, text, on, next) => el("label.toggle", {}, el("input", { type: "checkbox", name, checked: on, onchange: () => go({ show: next }, { replace: true }) }), ` ${text}`);
  const mode = (value, text) => el("label.toggle", {}, el("input", { type: "radio", name: "mode", value, checked: state.mode === value, onchange: () => go({ mode: value }, { replace: true }) }), ` ${text}`);
  const pick = (name, value, text) => choice(name, text, String(value), steps.map(({ layer, words: named }) => [String(layer), named]));
  return el("form.controls", { onsubmit: (event) => event.preventDefault() },
    el("fieldset", {}, el("legend", {}, "Layout"), mode("", "inline"), mode("split", "side by side")),
    kinds.length > 1 && el("fieldset", {}, el("legend", {}, "Show"), kinds.map(([kind, text]) => toggle(`show-${kind}`, text, !hidden.has(kind), toggled(`no-${kind}`)))),
    el("fieldset", {}, el("legend", {}, "Text"), toggle("spaces", "spaces", spaces, toggled("spaces")), toggle("all", "all context", whole, toggled("all"))),
    steps.length > 2 && el("fieldset.steps", {}, el("legend", {}, "What happened between"), pick("from", from, "From"), pick("to", to, "To")),
  );
}

function head(split, from, to, steps) {
  const named = (layer) => steps.find((step) => step.layer === layer)?.words ?? "";
  const cell = (kind, words, more = {}) => el(`th${kind}`, { scope: "col", ...more }, words);
  return el("thead", {}, split
    ? el("tr", {}, cell(".n", "Line"), cell(".t", named(from)), cell(".n", "Line"), cell(".t", to === steps.at(-1).layer ? "clean" : named(to)), cell(".r", "Rule and evidence"))
    : el("tr", {}, cell(".n", "Before"), cell(".n", "After"), cell(".s", el("span.unseen", {}, "Change")), cell(".t", "Text"), cell(".r", "Rule and evidence")));
}

function drawMore(drawing, table, more) {
  const { rows } = drawing;
  const end = Math.min(rows.length, drawing.drawn + AT_ONCE);
  let body = null;
  let before = null;
  const fragment = document.createDocumentFragment();
  for (let i = drawing.drawn; i < end; i += 1) {
    const row = rows[i];
    const kind = rowKind(row, drawing);
    if (!body || kind !== before) {
      body = el("tbody", { class: kind });
      fragment.append(body);
    }
    body.append(drawRow(row, kind, drawing, kind === before ? rows[i - 1] : null));
    before = kind;
  }
  drawing.drawn = end;
  table.append(fragment);
  more.hidden = end >= rows.length;
}

function rowKind(row, { record, doubted }) {
  if (row.fold) return "fold";
  if (row.changes.length) {
    const kinds = new Set(row.changes.map((change) => effectOf(record, change)));
    return row.right && row.left ? (kinds.has("repair") ? "repair" : "remove") : row.left ? (kinds.has("remove") ? "remove" : "repair") : "repair";
  }
  return doubted.has(row.after) ? "doubt" : "same";
}

function drawRow(row, kind, drawing, above) {
  const { record, split, spaces, doubted, first } = drawing;
  if (row.fold) return el("tr", {}, el("td", { colspan: 5 }, `\u22ef ${many(row.fold, "unchanged line")}`));
  const isChange = kind === "remove" || kind === "repair";
  const evidence = el("td.r", {}, isChange ? why(row, record, above) : kind === "doubt" ? doubt(doubted.get(row.after)) : "", actions(row, kind, drawing));
  const attributes = isChange || kind === "doubt" ? { class: "change", tabindex: -1, "data-line": row.line ?? "" } : {};
  const number = (value) => el("td.n", {}, value ?? "");
  if (split) {
    return el("tr", attributes,
      number(row.line), el("td.t.left", {}, row.left ? runs(row.left, record, spaces) : ""),
      number(row.after), el("td.t.right", {}, row.right ? runs(row.right, record, spaces) : ""), evidence);
  }
  const mark = isChange ? el("td.s", {}, sign(kind)) : el("td.s", {}, kind === "doubt" ? el("b.sign.doubt", {}, el("span", { "aria-hidden": "true" }, "?"), el("span.unseen", {}, "kept, but suspicious")) : "");
  void first;
  return el("tr", attributes, number(row.line), number(row.after), mark, el("td.t", {}, runs(row.both, record, spaces)), evidence);
}

function runs(parts, record, spaces) {
  return el("bdi", {}, parts.map(({ text, state, change }) => {
    if (typeof text === "number") return el("span.cut", {}, `\u2026 ${figure(text)} characters left out \u2026`);
    if (state === "same") return visible(text, spaces);
    const isRepair = effectOf(record, change) === "repair";
    const tag = state === "gone" ? "del" : "ins";
    if (text.trim() === "" && !isRepair) return el(tag, {}, text === "" ? el("i.none", {}, "blank") : visible(text, true));
    return el(`${tag}.${isRepair ? "repair" : "remove"}`, {}, isRepair ? repaired(text, { all: state === "gone" && looksAlike(record, change) }) : visible(text, spaces));
  }));
}

// Whether a repair changed only how a letter is stored.
function looksAlike(record, change) {
  const [old, fresh] = record.t.reduce(([gone, born], piece) => {
    if (!Array.isArray(piece) || typeof piece[0] !== "string") return [gone, born];
    return [piece[2] === change ? gone + piece[0] : gone, piece[1] === change ? born + piece[0] : born];
  }, ["", ""]);
  return old.normalize("NFC") === fresh.normalize("NFC");
}

function why(row, record, above) {
  const told = (change) => `${record.c[change][0]} ${record.c[change][1]}`;
  const said = new Set((above?.changes ?? []).map(told));
  const seen = new Set();
  return row.changes.map((change) => {
    const key = told(change);
    if (seen.has(key)) return null;
    seen.add(key);
    const [rule, note, , , , sure] = record.c[change];
    const inside = [ruleName(rule), " ", el("small", {}, visible(record.n[note])), sure == null ? "" : el("small.sure", {}, ` confidence ${percent(sure)}`)];
    return el("span.why-row", {}, said.has(key) && above.changes.length === row.changes.length ? [el("span.unseen", {}, inside.map((one) => one.textContent ?? one).join("")), el("span.ditto", { "aria-hidden": "true" }, "\u2033")] : inside);
  });
}

function doubt({ rule, chance, note }) {
  return el("span.why-row", {}, el("small", {}, "kept, but "), ruleName(rule), " ", el("small", {}, visible(note)), el("small.sure", {}, ` confidence ${percent(chance)}`));
}

function repairTable(record, hidden) {
  const found = hidden.has("repair") ? [] : repairsOf(record);
  if (!found.length) return null;
  const row = (one) => {
    const all = one.old.normalize("NFC") === one.new.normalize("NFC");
    return el("tr", {},
      el("td.t", {}, el("del.repair", {}, one.old ? repaired(one.old, { all }) : el("i.none", {}, "nothing")), el("span.to", {}, " \u2192 "), el("ins.repair", {}, one.new ? repaired(one.new) : el("i.none", {}, "nothing"))),
      el("td.num", {}, `${figure(one.places.length)}\u00d7`),
      el("td.r", {}, ruleName(one.rule), " ", el("small", {}, visible(one.note), `, ${places("line", one.places.map(([line]) => line))}`)));
  };
  return el("section.repairs", { "aria-labelledby": "repairs-title" },
    el("h3", { id: "repairs-title" }, "Repairs, character by character"),
    el("table.plain", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "What became what"), el("th.num", { scope: "col" }, "Times"), el("th", { scope: "col" }, "Rule and evidence"))),
      el("tbody", {}, found.slice(0, 200).map(row))));
}

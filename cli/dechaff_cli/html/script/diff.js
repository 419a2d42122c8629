// From the pieces of a file to rows: what stood there after one pass and after another, line beside line.

const NEAR = 3; // unchanged lines shown on either side of a change

// The passes of a file in their order: [{ layer, words }], the first being the file as it was read.
function passes(record) {
  const stages = new Map();
  for (const [rule, , layer] of record.c) if (layer >= 0 && !stages.has(layer)) stages.set(layer, RULES[rule].stage);
  const found = [{ layer: -1, words: "as it was read" }];
  for (const layer of [...stages.keys()].sort((a, b) => a - b)) found.push({ layer, words: `after ${layer + 1}. ${plain(stages.get(layer))}` });
  return found;
}

const effectOf = (record, change) => RULES[record.c[change][0]].effect;
const isBlank = (record, change) => RULES[record.c[change][0]].stage === "blank_lines";

// kindOf: what a reader can hide.
function kindOf(record, change) {
  return isBlank(record, change) ? "blank" : effectOf(record, change) === "repair" ? "repair" : "remove";
}

// Returns rows { left, right, both, line, after, changes } with runs of text [{ text, state, change }], or { fold } for lines left out.
function rowsOf(record, from, to, hidden) {
  const layer = (change) => record.c[change][2];
  const rows = [];
  let left = [], right = [], both = [];
  let line = 1, after = 1;
  const changesIn = (runs) => [...new Set(runs.filter((run) => run.state !== "same").map((run) => run.change))];
  const flush = (isLeft, isRight) => {
    const changes = changesIn(isLeft && isRight ? both : isLeft ? left : right);
    const row = { left: isLeft ? left : null, right: isRight ? right : null, both: isLeft && isRight ? both : isLeft ? left : right, changes };
    if (isLeft) { row.line = line; line += 1; left = []; }
    if (isRight) { row.after = after; after += 1; right = []; }
    both = isLeft && isRight ? [] : both.filter((run) => (isLeft ? right : left).includes(run));
    rows.push(row);
  };
  const add = (text, isLeft, isRight, change) => {
    const state = isLeft && isRight ? "same" : isLeft ? "gone" : "new";
    const parts = typeof text === "number" ? [text] : text.split("\n");
    parts.forEach((part, i) => {
      const last = i === parts.length - 1;
      const isBreak = !last && state !== "same" && effectOf(record, change) === "repair"; // a break that is itself the repair is shown
      if (part !== "" || isBreak) {
        const run = { text: isBreak ? `${part}\n` : part, state, change };
        if (isLeft) left.push(run);
        if (isRight) right.push(run);
        both.push(run);
      }
      if (last) return;
      if (!last && part === "" && !isBreak && state !== "same" && !(isLeft ? left : right).length) {
        const run = { text: "", state, change }; // a blank line that goes or comes
        (isLeft ? left : right).push(run);
        both.push(run);
      }
      flush(isLeft, isRight);
    });
  };
  for (const piece of record.t ?? []) {
    if (typeof piece === "number") {
      if (left.length || right.length) flush(left.length > 0, right.length > 0);
      rows.push({ fold: piece, line, after, changes: [] });
      line += piece;
      after += piece;
      continue;
    }
    if (typeof piece === "string") {
      add(piece, true, true, -1);
      continue;
    }
    const [text, born = -1, gone = -1] = piece;
    let isLeft = (born < 0 || layer(born) <= from) && !(gone >= 0 && layer(gone) <= from);
    let isRight = (born < 0 || layer(born) <= to) && !(gone >= 0 && layer(gone) <= to);
    if (!isLeft && !isRight) continue;
    const change = isLeft && !isRight ? gone : born;
    if (isLeft !== isRight && hidden.has(kindOf(record, change))) {
      if (isLeft) {
        line += typeof text === "string" ? text.split("\n").length - 1 : 0;
        continue;
      }
      isLeft = true;
    }
    add(text, isLeft, isRight, change);
  }
  if (left.length || right.length) flush(left.length > 0, right.length > 0);
  return rows;
}

// Folds what is far from any change, from a line that is doubted, and from what the reader asked for.
function folded(rows, doubted, all) {
  if (all) return rows;
  const near = new Array(rows.length).fill(false);
  rows.forEach((row, i) => {
    if (!row.changes.length && !doubted.has(row.after)) return;
    for (let k = Math.max(0, i - NEAR); k <= Math.min(rows.length - 1, i + NEAR); k += 1) near[k] = true;
  });
  const made = [];
  rows.forEach((row, i) => {
    if (near[i] && !row.fold) {
      made.push(row);
      return;
    }
    const size = row.fold ?? 1;
    const last = made.at(-1);
    if (last?.fold) last.fold += size;
    else made.push({ fold: size, line: row.line, after: row.after, changes: [] });
  });
  return made;
}

// What each repair turned into what: [{ change, old, text }], those alike together with how often.
function repairsOf(record) {
  const old = new Map(), fresh = new Map();
  for (const piece of record.t ?? []) {
    if (!Array.isArray(piece) || piece.length < 3) continue;
    const [text, born, gone] = piece;
    const words = typeof text === "number" ? "\u2026" : text;
    if (gone >= 0) old.set(gone, (old.get(gone) ?? "") + words);
    if (born >= 0) fresh.set(born, (fresh.get(born) ?? "") + words);
  }
  const alike = new Map();
  record.c.forEach(([rule, note, layer, line, column], change) => {
    if (layer < 0 || RULES[rule].effect !== "repair") return;
    const one = { rule, note: record.n[note], old: old.get(change) ?? "", new: fresh.get(change) ?? "", places: [] };
    const key = JSON.stringify([one.rule, one.note, one.old, one.new]);
    if (!alike.has(key)) alike.set(key, one);
    alike.get(key).places.push([line, column]);
  });
  return [...alike.values()].sort((a, b) => b.places.length - a.places.length);
}

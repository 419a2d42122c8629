// What everything else stands on: elements without markup, and the data of the report, inside the page or in shards beside it.

const byId = (id) => document.getElementById(id);
const report = JSON.parse(byId("report").textContent);
const nonce = document.currentScript.nonce;

// el("a.path", { href: "#x" }, "text", child): text only ever becomes text nodes.
function el(kind, attributes = {}, ...children) {
  const [name, ...classes] = kind.split(".");
  const made = document.createElement(name);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, String(value));
  }
  made.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return made;
}

function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

function bar(share, kind) {
  const rail = svg("rect", { class: "rail", width: 100, height: 8 });
  const fill = svg("rect", { class: "fill", width: (100 * share).toFixed(1), height: 8 });
  return svg("svg", { class: `bar ${kind}`, viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" }, rail, fill);
}

const figure = (number) => number.toLocaleString("en-GB");
const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`;
const many = (count, one, others = `${one}s`) => `${figure(count)} ${count === 1 ? one : others}`;
const plain = (name) => name.replaceAll("_", " ");

const SIGNS = { remove: ["\u2212", "removed"], repair: ["~", "repaired"], report: ["i", "reported"] };
const RULES = report.rules.map(([code, name, stage, effect, why]) => ({ code, name, stage, effect, why }));
const ruleNumber = new Map(RULES.map((rule, i) => [rule.code, i]));

// --- Shards ---------------------------------------------------------------------------------------------------------------------------

const HELD = 10; // shards of a megabyte that are kept at a time
const held = new Map();
const waiting = new Map();

globalThis.dechaff = {
  take(name, digest, value) {
    const asked = waiting.get(name);
    waiting.delete(name);
    if (!asked) return;
    if (digest === report.digest) asked.resolve(value);
    else asked.reject(new Error("The data beside this page belongs to another run. Make the report again: dechaff report REPORT"));
  },
};

function load(name) {
  if (held.has(name)) {
    const known = held.get(name);
    held.delete(name);
    held.set(name, known); // the newest last
    return known;
  }
  const promise = report.outside ? loadShard(name) : Promise.resolve(JSON.parse(byId(name).textContent));
  held.set(name, promise);
  promise.catch(() => held.delete(name));
  if (report.outside && held.size > HELD) held.delete(held.keys().next().value);
  return promise;
}

function loadShard(name) {
  return new Promise((resolve, reject) => {
    waiting.set(name, { resolve, reject });
    const script = document.createElement("script");
    script.nonce = nonce;
    script.src = `data/${name}.js`;
    script.addEventListener("error", () => {
      waiting.delete(name);
      reject(new Error(`data/${name}.js is not there. Keep the folder data beside this page.`));
    });
    script.addEventListener("load", () => script.remove());
    document.head.append(script);
  });
}

// The files of the run, a column each; filled before anything is shown.
const files = { path: [], site: [], encoding: [], lines_in: [], lines_out: [], characters_in: [], characters_out: [], sure: [], rules: [] };
const PER_LIST = 50000;

async function loadFiles() {
  for (let number = 0; number * PER_LIST < Math.max(report.count, 1); number += 1) {
    const part = await load(`files-${number}`);
    held.delete(`files-${number}`);
    for (const [name, column] of Object.entries(part)) files[name] = files[name].length ? files[name].concat(column) : column;
  }
}

function shardOf(file) {
  let low = 0;
  let high = report.begins.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (report.begins[middle] <= file) low = middle;
    else high = middle - 1;
  }
  return low;
}

// What is known of a file: its changes `c` as [rule, note, layer, line, column, sure], with rules and notes by number.
async function loadChanges(file) {
  const shard = shardOf(file);
  const record = (await load(`changes-${shard}`))[file - report.begins[shard]];
  return {
    ...record,
    c: record.c.map(([why, ...place]) => [ruleNumber.get(record.w[why][0]), why, ...place, record.w[why][2]]),
    n: record.w.map(([, note]) => note),
    s: (record.s ?? []).map(([line, code, ...rest]) => [line, ruleNumber.get(code), ...rest]),
  };
}

const isError = (file) => Object.hasOwn(report.errors, file);
const isOver = (file) => Object.hasOwn(report.over, file);
const isChanged = (file) => files.rules[file].some((rule) => RULES[rule].effect !== "report");
const shareOf = (file) => (files.characters_in[file] ? Math.max(0, 1 - files.characters_out[file] / files.characters_in[file]) : 0);

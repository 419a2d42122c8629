// Corrections: kept for export from a report on disk; written, tried and run again where `dechaff review` serves the report.

const served = document.querySelector('meta[name="dechaff-review"]') !== null;
const STORE = `dechaff corrections ${report.digest}`;
const SAID = { "keep-line": "Keep this line", "keep-alike": "Keep lines like this", chrome: "This is chrome" };
let corrections = [];
try {
  corrections = JSON.parse(localStorage.getItem(STORE) ?? "[]");
} catch { /* some browsers store nothing for files; then corrections last until the page is closed */ }

function keep() {
  try {
    localStorage.setItem(STORE, JSON.stringify(corrections));
  } catch { /* the same */ }
  drawTabs();
}

const textOf = (parts) => parts.map(({ text }) => (typeof text === "number" ? "" : text)).join("");
const isCut = (parts) => parts.some(({ text }) => typeof text === "number");

function actions(row, kind, drawing) {
  const { record, file } = drawing;
  const button = (what) => el("button", { type: "button", onclick: (event) => propose({ kind: what, ...place }, event.currentTarget) }, SAID[what]);
  const whole = kind === "remove" ? row.left : row.right;
  if (!whole || isCut(whole) || !textOf(whole).trim()) return null;
  const place = { path: files.path[file], site: report.sites[files.site[file]], text: textOf(whole).trim() };
  if (kind === "remove" && !row.right) {
    const change = row.changes.find((one) => effectOf(record, one) === "remove" && !isBlank(record, one));
    if (change === undefined) return null;
    Object.assign(place, { rule: RULES[record.c[change][0]].code, line: row.line });
    return el("span.actions", {}, button("keep-line"), button("keep-alike"));
  }
  if (kind === "same" || kind === "doubt") {
    if (drawing.record.bare) return null;
    Object.assign(place, { rule: "", line: row.line });
    return el("span.actions", {}, button("chrome"));
  }
  return null;
}

// The pattern of lines like one: RE2, digits standing for any.
function alike(text) {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&").replace(/\d+/g, "\\d+");
}

const quoted = (text) => JSON.stringify(text).replace(/[\u007f-\u{10ffff}]/gu, (c) => (c.codePointAt(0) < 0x10000 ? `\\u${c.codePointAt(0).toString(16).padStart(4, "0")}` : `\\U${c.codePointAt(0).toString(16).padStart(8, "0")}`));

// What a correction comes to in the configuration, as far as the page knows; `dechaff review` writes the exact words.
function asRule({ kind, text, site }) {
  if (kind === "keep-line") return `[[allow]]\nline = ${quoted(text)}${site ? `\nsites = [${quoted(site)}]` : ""}`;
  if (kind === "keep-alike") return `[[allow]]\npattern = ${quoted(alike(text).toLowerCase())}`;
  return `[[rule]]\npatterns = [${quoted(alike(text).toLowerCase())}]\n# with a code, an example and a look-alike that must survive`;
}

function reach({ kind, text, site }) {
  const row = [...report.lines[kind === "chrome" ? "doubtful" : "often"], ...report.lines.once].find(([line]) => line === text);
  if (row && kind === "keep-line" && site && row[6] > 1) return `Of ${many(row[4], "line")} that read so, those of ${site} would change.`;
  return row ? `About ${many(row[4], "line")} of the corpus would change.` : "At least one line of the corpus would change.";
}

async function ask(where, body) {
  const answer = await fetch(`review/${where}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error ?? answer.statusText);
  return told;
}

function propose(correction, opener) {
  const toml = el("pre.toml", {}, served ? "\u2026" : asRule(correction));
  const reached = el("p", { role: "status" }, served ? "Counting the lines it would change\u2026" : reach(correction));
  const faults = el("ul.faults", {});
  const add = el("button.primary", { type: "button", disabled: served, onclick: () => accept() }, served ? "Write it and clean again" : "Add to the corrections");
  const close = el("button", { type: "button", onclick: () => dialog.close() }, "Cancel");
  const dialog = el("dialog", { "aria-labelledby": "propose-title" },
    el("h2", { id: "propose-title" }, SAID[correction.kind]),
    el("p.quoted", {}, el("bdi.t", {}, visible(correction.text))),
    toml, reached, faults,
    el("p.buttons", {}, add, close));
  dialog.addEventListener("close", () => {
    dialog.remove();
    opener?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  if (served) preview();

  async function preview() {
    try {
      const told = await ask("preview", correction);
      toml.textContent = told.toml;
      reached.textContent = `${many(told.lines, "line")} in ${many(told.files, "file")} would change. It goes into ${told.config}.`;
      faults.replaceChildren(...told.faults.map((fault) => el("li", {}, visible(fault))));
      add.disabled = told.faults.length > 0;
    } catch (error) {
      reached.textContent = error.message;
    }
  }

  async function accept() {
    if (!served) {
      corrections.push(correction);
      keep();
      dialog.close();
      return;
    }
    add.disabled = true;
    reached.textContent = "Writing it, and cleaning the files concerned again\u2026";
    try {
      await ask("add", correction);
      location.reload();
    } catch (error) {
      reached.textContent = error.message;
    }
  }
}

function showCorrections() {
  const out = JSON.stringify({ dechaff_corrections: 1, report: report.digest, corrections }, null, 1);
  const rows = corrections.map((one, i) => el("li", {},
    el("strong", {}, SAID[one.kind]), " ", el("bdi.t", {}, visible(one.text)), el("small.path", {}, " ", visible(one.path)), " ",
    el("button", { type: "button", onclick: () => { corrections.splice(i, 1); keep(); route(); } }, "Take back")));
  byId("view").replaceChildren(
    el("section", { "aria-labelledby": "corrections-title" },
      el("h2", { id: "corrections-title", tabindex: -1 }, "Corrections"),
      el("p.hint", {}, "Save them as a file, then run ", el("code", {}, "dechaff review REPORT --apply corrections.json"), ": each becomes a rule of your configuration, with a test of its own, and the files concerned are cleaned again."),
      corrections.length ? el("ul.corrections", {}, rows) : el("p.nothing", {}, "None yet. Every changed line has buttons for them."),
      corrections.length > 0 && el("p.buttons", {}, el("button.primary", { type: "button", onclick: () => save(out) }, "Save corrections.json")),
      corrections.length > 0 && el("label", {}, el("span", {}, "Or copy them"), el("textarea", { readonly: true, rows: 8, spellcheck: "false" }, out))));
}

function save(text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  el("a", { href: url, download: "corrections.json" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

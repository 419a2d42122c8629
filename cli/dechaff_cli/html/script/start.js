// What is shown when, and the beginning of it all.

const TITLE = document.title;
const scrolled = new Map(); // where a list was left, by address
let shownBefore = "";

function drawTabs() {
  const state = here();
  const tab = (changes, words, on) => el("a", { href: address({ ...DEFAULTS, ...changes }), "aria-current": on && "page" }, words);
  byId("tabs").replaceChildren(
    tab({}, "Overview", state.view === "overview"),
    tab({ view: "files" }, `Files ${figure(report.count)}`, state.view === "files" || state.view === "file"),
    tab({ view: "lines" }, "Lines", state.view === "lines"),
    served ? "" : tab({ view: "corrections" }, corrections.length ? `Corrections ${corrections.length}` : "Corrections", state.view === "corrections"),
    el("button", { type: "button", onclick: showHelp, title: "Keyboard ( ? )" }, "Keyboard"),
  );
}

const VIEWS = { files: showFiles, lines: showLines, file: showFile, corrections: showCorrections };

async function route() {
  const state = here();
  const isView = Object.hasOwn(VIEWS, state.view);
  const what = `${state.view} ${state.file} ${state.kind}`;
  const fresh = what !== shownBefore;
  drawTabs();
  byId("overview").hidden = isView;
  byId("view").hidden = !isView;
  document.body.dataset.view = isView ? state.view : "overview";
  if (state.view !== "files") { filesList?.close(); filesList = null; }
  if (state.view !== "lines") { linesList?.close(); linesList = null; }
  if (state.view !== "file") fileShown = null;
  const active = document.activeElement;
  const field = active?.name && `[name="${active.name}"]${active.type === "radio" ? `[value="${active.value}"]` : ""}`;
  if (isView) await VIEWS[state.view](state);
  if (!fresh && field && !active.isConnected) byId("view").querySelector(field)?.focus({ preventScroll: true });
  document.title = state.view === "file" && files.path[Number(state.file)] ? `${files.path[Number(state.file)].replace(UNSAFE, "\ufffd")}: ${TITLE}` : TITLE;
  if (!fresh || here().file !== state.file) return;
  if (shownBefore !== "" || isView) {
    if (!state.at) scrollTo(0, scrolled.get(location.hash) ?? 0);
    if (!state.at && shownBefore !== "" && !scrolled.has(location.hash)) byId("view").querySelector("h2")?.focus({ preventScroll: true });
  }
  shownBefore = what;
}

async function start() {
  history.scrollRestoration = "manual";
  document.documentElement.classList.add("scripted");
  byId("tabs").hidden = false;
  linkOverview();
  drawTabs();
  try {
    await loadFiles();
  } catch (error) {
    byId("overview").prepend(el("p.notice", { role: "alert" }, error.message));
    return;
  }
  addEventListener("hashchange", route);
  addEventListener("keydown", onKey);
  addEventListener("scroll", () => scrolled.set(location.hash, scrollY), { passive: true });
  await route();
  document.documentElement.dataset.ready = "";
}

start();

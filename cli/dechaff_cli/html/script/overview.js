// The overview stands in the page as it was written; here its names become ways into the rest.

function linkOverview() {
  const overview = byId("overview");
  const link = (element, changes) => {
    const made = el("a", { href: address({ ...DEFAULTS, ...changes }), class: element.className });
    made.append(...element.childNodes);
    element.replaceWith(made);
  };
  for (const element of overview.querySelectorAll("[data-file]")) link(element, { file: element.dataset.file, at: element.closest(".lines") ? shortened(element.textContent) : "" });
  for (const element of overview.querySelectorAll("[data-stage]")) link(element, { view: "files", stage: element.dataset.stage });
  for (const element of overview.querySelectorAll("[data-site]")) link(element, { view: "files", site: report.sites[Number(element.dataset.site)] });
  for (const element of overview.querySelectorAll("span[data-rule]")) link(element, { view: "files", rule: element.dataset.rule });
  for (const element of overview.querySelectorAll("[data-lines]")) {
    const kind = element.dataset.lines;
    const all = { often: report.lines.often.length, once: report.once, doubtful: report.doubtful }[kind];
    if (all > 10) element.append(el("a", { href: address({ ...DEFAULTS, view: "lines", kind }) }, `See more of the ${many(all, "line")}`));
  }
  for (const element of overview.querySelectorAll("rect[data-share]")) {
    element.classList.add("way");
    element.addEventListener("click", () => go({ ...DEFAULTS, view: "files", share: element.dataset.share }));
  }
}

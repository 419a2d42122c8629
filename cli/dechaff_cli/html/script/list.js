// A list of any length: only the rows in sight are in the page.

const AHEAD = 8; // rows drawn above and below what is in sight

class VirtualList {
  // label: for screen readers; draw(i): the inside of row i, an element.
  constructor(label, draw) {
    this.draw = draw;
    this.count = 0;
    this.rows = new Map();
    this.element = el("ul.virtual", { "aria-label": label, role: "list" });
    this.onScroll = () => this.update();
    addEventListener("scroll", this.onScroll, { passive: true });
    addEventListener("resize", this.onScroll, { passive: true });
  }

  close() {
    removeEventListener("scroll", this.onScroll);
    removeEventListener("resize", this.onScroll);
  }

  reset(count) {
    this.count = count;
    this.rows.clear();
    this.element.replaceChildren();
    this.height = parseFloat(getComputedStyle(this.element).getPropertyValue("--row")) || 56;
    this.element.style.height = `${count * this.height}px`;
    this.update();
  }

  update() {
    const top = this.element.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(-top / this.height) - AHEAD);
    const last = Math.min(this.count, Math.ceil((innerHeight - top) / this.height) + AHEAD);
    const active = document.activeElement;
    for (const [i, row] of this.rows) {
      if ((i < first || i >= last) && !row.contains(active)) {
        row.remove();
        this.rows.delete(i);
      }
    }
    for (let i = first; i < last; i += 1) {
      if (this.rows.has(i)) continue;
      const row = el("li", { "aria-setsize": this.count, "aria-posinset": i + 1 }, this.draw(i));
      row.style.transform = `translateY(${i * this.height}px)`;
      this.rows.set(i, row);
      const next = [...this.element.children].find((other) => Number(other.getAttribute("aria-posinset")) > i + 1);
      this.element.insertBefore(row, next ?? null); // in reading order
    }
  }

  // Moves the focus to a row, drawing it if need be.
  focus(i) {
    const place = Math.min(Math.max(i, 0), this.count - 1);
    if (place < 0) return;
    const top = this.element.getBoundingClientRect().top + scrollY + place * this.height;
    if (top < scrollY + 80 || top > scrollY + innerHeight - 2 * this.height) scrollTo(0, top - innerHeight / 3);
    this.update();
    this.rows.get(place)?.querySelector("a, button")?.focus({ preventScroll: true });
  }

  // The row that has the focus, or -1.
  get focused() {
    for (const [i, row] of this.rows) if (row.contains(document.activeElement)) return i;
    return -1;
  }
}

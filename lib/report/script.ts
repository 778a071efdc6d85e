/**
 * The page's script, as text: it sorts the table of averages and shows the tip of a mark.
 * Without it nothing is missing. It writes text only as text, never as HTML.
 */

/** Shows the tips of marks, those that come later among them; to stand in a function. */
export const TIPS = `  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  const hide = () => { tip.hidden = true; };

  document.addEventListener("pointermove", (event) => {
    const mark = event.target instanceof Element && event.target.closest("[data-tip]");
    if (!mark) return hide();
    if (tip.hidden || tip.textContent !== mark.dataset.tip) tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const { clientX: x, clientY: y } = event;
    const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
    const above = y - tip.offsetHeight - 12;
    tip.style.left = Math.max(8, Math.min(x + 12, room)) + "px";
    tip.style.top = (above < 8 ? y + 20 : above) + "px";
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  document.addEventListener("pointerleave", hide);
  document.addEventListener("scroll", hide, { passive: true });
`;

/** What stands between `<script>` and `</script>`. */
export const SCRIPT = `
"use strict";
(() => {
  for (const head of document.querySelectorAll("table.sortable thead th:not(.ages)")) {
    const text = document.createElement("span");
    const button = document.createElement("button");
    text.textContent = button.textContent = head.textContent;
    text.className = "on-paper";
    button.type = "button";
    button.addEventListener("click", () => sort(head));
    head.replaceChildren(text, button);
  }

  function sort(head) {
    const table = head.closest("table");
    const column = head.cellIndex;
    const wasDown = head.getAttribute("aria-sort") === "descending";
    const isUp = head.hasAttribute("aria-sort") ? wasDown : column === 0;
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [row, value(row.cells[column], column)]);
    rows.sort(([, a], [, b]) => compare(a, b, isUp ? 1 : -1));
    body.append(...rows.map(([row]) => row));
  }

  function value(cell, column) {
    return column === 0 ? cell.textContent : parseFloat(cell.dataset.v ?? cell.textContent);
  }

  function compare(a, b, sign) {
    if (typeof a === "string") return sign * a.localeCompare(b, document.documentElement.lang);
    if (isNaN(a) || isNaN(b)) return isNaN(a) - isNaN(b);
    return sign * (a - b);
  }

${TIPS}})();
`;

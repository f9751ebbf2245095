// Filters and sorts the tables of the explorer. Without it they are plain tables with every row.
"use strict";
(() => {
  const form = document.querySelector("form.filters");
  const told = document.querySelector(".told");
  const sections = [...document.querySelectorAll("section.explored")];
  const format = new Intl.NumberFormat(document.documentElement.lang === "fr" ? "fr-CA" : "en-CA");
  const columns = table => [...table.tHead.rows[0].cells].map(cell => cell.dataset.column);
  const tables = sections.map(section => {
    const table = section.querySelector("table");
    return { section, table, columns: columns(table), rows: [...table.tBodies[0].rows] };
  });
  const total = tables.reduce((sum, each) => sum + each.rows.length, 0);

  // Where a table is not broken down by something, its rows are of everyone in it.
  function places(each, wanted) {
    const held = wanted.filter(([name, value]) => each.columns.includes(name) || value !== form.dataset.everyone);
    return held.every(([name]) => each.columns.includes(name))
      ? held.map(([name, value]) => [each.columns.indexOf(name), value])
      : null;
  }

  function filter() {
    const chosen = [...new FormData(form)].filter(([, value]) => value);
    const measure = chosen.find(([name]) => name === "section");
    const wanted = chosen.filter(([name]) => name !== "section");
    let shown = 0;
    for (const each of tables) {
      const at = measure && measure[1] !== each.section.dataset.section ? null : places(each, wanted);
      let here = 0;
      for (const row of at ? each.rows : []) {
        row.hidden = !at.every(([place, value]) => row.cells[place].textContent === value);
        here += !row.hidden;
      }
      each.section.hidden = here === 0;
      const link = document.querySelector(`nav a[href="#${each.section.querySelector("h2").id}"]`);
      if (link) link.parentElement.hidden = each.section.hidden;
      shown += here;
    }
    const said = shown ? told.dataset.some : told.dataset.none;
    told.textContent = said.replace("{n}", format.format(shown)).replace("{all}", format.format(total));
  }

  function sort(each, place, head) {
    const down = head.getAttribute("aria-sort") === "ascending";
    const number = row => { const cell = row.cells[place]; return cell && cell.dataset.v !== undefined ? +cell.dataset.v : null; };
    const numeric = each.rows.some(row => number(row) !== null);
    const words = new Intl.Collator(document.documentElement.lang).compare;
    each.rows.sort((one, other) => {
      if (!numeric) return words(one.cells[place].textContent, other.cells[place].textContent) * (down ? -1 : 1);
      const [a, b] = [number(one), number(other)];
      if (a === null || b === null) return (a === null) - (b === null); // what is withheld stands last
      return (a - b) * (down ? -1 : 1);
    });
    each.table.tBodies[0].append(...each.rows);
    for (const other of each.table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    told.textContent = told.dataset.sort.replace("{column}", head.textContent);
  }

  for (const each of tables) {
    [...each.table.tHead.rows[0].cells].forEach((head, place) => {
      if (head.dataset.column === "interval") return;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(each, place, head));
      head.replaceChildren(button);
    });
  }
  form.hidden = false;
  form.addEventListener("change", filter);
  form.addEventListener("submit", event => {
    event.preventDefault(); // nothing is sent anywhere: its one button shows what was shown at first
    form.reset();
    filter();
  });
  filter();
})();

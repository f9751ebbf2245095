// Filters the list of reports. Without it the form stays hidden and the list whole.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const form = document.querySelector(".filters");
const fields = [...form.querySelectorAll("input, select")];
const rows = [...document.querySelectorAll("tr[data-notebook]")];
const texts = rows.map((row) => plain(row.textContent));
const told = form.querySelector("[role=status]");

const filter = () => {
  const { search, ...given } = Object.fromEntries(fields.map((field) => [field.name, field.value]));
  const words = plain(search).split(/\s+/);
  const fits = (row) => Object.entries(given).every(([name, value]) => !value || row.dataset[name] === value);
  rows.forEach((row, at) => { row.hidden = !(fits(row) && words.every((word) => texts[at].includes(word))); });
  for (const list of document.querySelectorAll("[data-list]")) {
    list.hidden = !list.querySelector("tr[data-notebook]:not([hidden])");
  }
  const shown = rows.filter((row) => !row.hidden).length;
  for (const line of told.children) {
    line.textContent = line.dataset.text.replace("{shown}", shown).replace("{all}", rows.length);
  }
};

form.addEventListener("input", filter);
form.querySelector("button").addEventListener("click", () => {
  fields.forEach((field) => { field.value = ""; });
  filter();
});
form.hidden = false;
filter();
